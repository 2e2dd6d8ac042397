"""The contacts that the evaluation asks for, with their lines, a whole batch at once."""

from datetime import timedelta

from odoo import api, models

from ...rules.picture import quiet_until
from ..bulk_rows import insert_rows


def get_different(steps):
    """The records among ``steps``, each once. The rows of a batch share one record a step:
    told apart by identity, thousands of them need no look at their ids."""
    return list({id(step): step for step in steps}.values())


class CollectionContact(models.Model):
    _inherit = "collection.contact"

    @api.model
    def _plan(self, wanted, cases, facts):
        """Make the contacts that the evaluation asks for, with all they list.

        :param wanted: {(debtor id, channel, purpose, addressee id or 0): [(ItemRow, step)]}
        :param cases: {debtor id: open case}
        :param facts: of `collection.evaluation`
        A contact that is planned already for the debtor, channel, purpose and addressee
        takes the new items in: one notice per addressee, not one per invoice."""
        waiting = {
            (c.debtor_id.id, c.channel, c.purpose, c.addressee_id.id or 0): c
            for c in self.search(
                [
                    ("debtor_id", "in", [debtor_id for debtor_id, *_ in wanted]),
                    ("state", "=", "planned"),
                ],
                order="id desc",
            )
        }
        steps = self.env["collection.stage.step"].union(
            *get_different(step for pairs in wanted.values() for _row, step in pairs)
        )
        deciding = steps.filtered(lambda s: s.addressee == "decider").ids
        lines, new, new_keys, joined = [], [], [], self.browse()
        for key, pairs in wanted.items():
            if contact := waiting.get(key):
                lines += self._prepare_lines(contact, pairs, contact.line_ids.item_id)
                contact._raise_tone(pairs)
                joined |= contact
                continue
            debtor = self.env["collection.debtor"].browse(key[0])
            vals = self._prepare_planned_vals(debtor, key, pairs, facts)
            case = cases.get(debtor.id, self.env["collection.case"])
            new.append({**vals, "case_id": case.id})
            new_keys.append(key)
        created = self._insert_planned(new)
        credits = []
        for contact, key, vals in zip(created, new_keys, new, strict=True):
            lines += self._prepare_lines(contact, wanted[key], ())
            beside, taken = self._prepare_picture(contact, vals, wanted[key], facts)
            lines += beside
            credits += taken
        Line = self.env["collection.contact.line"]
        Line._create_planned(lines)
        Line.create(credits)
        joined._draw(facts)
        asking = [
            contact
            for contact, vals in zip(created, new, strict=True)
            if vals["step_id"] in deciding
        ]
        self.browse().union(*asking, joined)._ask_who_decides()
        return created

    @api.model
    def _insert_planned(self, vals_list):
        """New contacts of a whole batch, from what `_prepare_planned_vals` says."""
        debtors = self.env["collection.debtor"].browse(
            v["debtor_id"] for v in vals_list
        )
        return insert_rows(
            self,
            [
                {
                    **{name: value or None for name, value in vals.items()},
                    "not_before": vals.get("not_before"),
                    "reviewed": vals["reviewed"],
                    "partner_id": debtor.partner_id.id,
                    "logged_at": None,
                    "whom": None,
                    "access_token": self._make_token(),
                }
                for vals, debtor in zip(vals_list, debtors, strict=True)
            ],
        )

    def _ask_who_decides(self):
        """A duty for the collector, where a step is meant for who decides on payments and
        nobody is recorded. One per file is enough, done or not."""
        asking = self.filtered(
            lambda c: c.step_id.addressee == "decider"
            and "decider" not in c.debtor_id.person_ids.mapped("kind")
        )
        self.env["collection.duty"]._ask(
            "find_decider",
            [(case.debtor_id, {"case_id": case.id}) for case in asking.case_id],
        )

    def _prepare_planned_vals(self, debtor, key, pairs, facts):
        """Of a contact that is asked for on the debtor's day for ``pairs`` [(ItemRow,
        step)]; the highest stage sets the tone.

        :param key: as in `_plan`"""
        _debtor_id, channel, purpose, addressee_id = key
        highest = self._get_highest_step(step for _row, step in pairs)
        vals = {
            "debtor_id": debtor.id,
            "company_id": debtor.company_id.id,
            "purpose": purpose,
            "channel": channel,
            "addressee_id": addressee_id or False,
            "step_id": highest.id,
            "stage_id": highest.stage_id.id,
            "user_id": debtor.collector_id.id,
            **debtor._get_review_vals(channel, facts.today[debtor.id], purpose),
        }
        if quiet_until := self._get_quiet_until(debtor, key, highest, facts):
            not_before = vals.get("not_before") or quiet_until
            vals["not_before"] = max(not_before, quiet_until)
        return vals

    def _get_quiet_until(self, debtor, key, step, facts):
        """The first day after the quiet days, or None where there are none."""
        _debtor_id, channel, purpose, addressee_id = key
        if step.stage_id.level in (False, "pre_due"):
            return None
        if not self.env["collection.purpose"]._get(purpose)._keeps_quiet_days:
            return None
        last = facts.of["quiet"] and facts.of["quiet"].get(
            (debtor.id, channel, addressee_id)
        )
        if not last:
            return None
        calendar = self.env["collection.calendar"]._get(*facts.regions[debtor.id], last)
        days = facts.get_policy(debtor).quiet_days
        first = quiet_until(last, days, calendar)
        return first if first and first > facts.today[debtor.id] else None

    def _prepare_lines(self, contact, pairs, present):
        """As `collection.contact.line._create_planned` takes them, of those whose step it
        is. Beside what is asked for a courtesy note is an information: nothing is asked of
        what is not due."""
        present_ids = set(present.ids) if present else set()
        tone = self._get_highest_step([contact.step_id, *(step for _r, step in pairs)])
        of_step = {
            id(step): (
                (step.id or None, step.stage_id.id or None),
                "info" if self._is_beside(step.stage_id, tone.stage_id) else "step",
            )
            for step in get_different(step for _row, step in pairs)
        }
        return [
            (
                contact.id,
                row.id,
                (
                    *of_step[id(step)][0],
                    row.cycle,
                    row.currency_id,
                    row.due,
                    of_step[id(step)][1],
                ),
            )
            for row, step in pairs
            if step or row.id not in present_ids
        ]

    def _is_beside(self, stage, tone):
        """Is a line of ``stage`` a courtesy note in a contact of the stage ``tone``, which
        is after the due date?"""
        return stage.level == "pre_due" and tone.level not in (False, "pre_due")

    def _get_highest_step(self, steps):
        return max(
            get_different(steps),
            key=lambda s: s.stage_id.sequence if s else -1,
            default=self.env["collection.stage.step"],
        )

    def _raise_tone(self, pairs):
        highest = self._get_highest_step(
            [self.step_id, *(step for _row, step in pairs)]
        )
        if highest != self.step_id:
            self.write({"step_id": highest.id, "stage_id": highest.stage_id.id})


class CollectionDebtor(models.Model):
    _inherit = "collection.debtor"

    def _get_review_vals(self, channel, today, purpose):
        """While messages are reviewed before sending, nothing is planned before
        the day after ``today``, so that somebody can look at it.

        :param purpose: code, see `collection.purpose`"""
        until = self.company_id.collection_review_until
        if not until or until < today:
            return {"reviewed": True}
        if channel not in self.env["collection.channel"]._get_automatic_codes():
            return {"reviewed": True}
        if not self.env["collection.purpose"]._get(purpose)._needs_review:
            return {"reviewed": True}
        return {"reviewed": False, "not_before": today + timedelta(days=1)}
