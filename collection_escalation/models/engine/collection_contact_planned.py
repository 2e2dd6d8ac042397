"""The contacts that the evaluation asks for, with their lines, a whole batch at once."""

from datetime import timedelta

from odoo import api, models

from ..bulk_rows import insert_rows


class CollectionContact(models.Model):
    _inherit = "collection.contact"

    @api.model
    def _plan(self, wanted, cases, today):
        """Make the contacts that the evaluation asks for.

        :param wanted: {(debtor id, channel, purpose): [(ItemRow, step)]}
        :param cases: {debtor id: open case}
        :param today: {debtor id: today's date for them}
        A contact that is planned already for the debtor, channel and purpose takes the
        new items in: one notice per debtor, not one per invoice."""
        waiting = {
            (c.debtor_id.id, c.channel, c.purpose): c
            for c in self.search(
                [
                    ("debtor_id", "in", [debtor_id for debtor_id, *_ in wanted]),
                    ("state", "=", "planned"),
                ],
                order="id desc",
            )
        }
        Line = self.env["collection.contact.line"]
        steps = self.env["collection.stage.step"].union(
            *{step for pairs in wanted.values() for _row, step in pairs}
        )
        deciding = steps.filtered(lambda s: s.addressee == "decider").ids
        lines, new, new_keys = [], [], []
        for key, pairs in wanted.items():
            debtor_id, channel, purpose = key
            if contact := waiting.get(key):
                lines += self._prepare_lines(contact, pairs, contact.line_ids.item_id)
                contact._raise_tone(pairs)
                continue
            debtor = self.env["collection.debtor"].browse(debtor_id)
            vals = self._prepare_planned_vals(
                debtor, channel, purpose, pairs, today[debtor_id]
            )
            case = cases.get(debtor_id, self.env["collection.case"])
            new.append({**vals, "case_id": case.id})
            new_keys.append(key)
        created = self._insert_planned(new)
        for contact, key in zip(created, new_keys, strict=True):
            lines += self._prepare_lines(contact, wanted[key], ())
        Line._create_planned(lines)
        asking = [
            contact
            for contact, vals in zip(created, new, strict=True)
            if vals["step_id"] in deciding
        ]
        asking += [waiting[key] for key in wanted if key in waiting]
        self.browse().union(*asking)._ask_who_decides()
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

    def _prepare_planned_vals(self, debtor, channel, purpose, pairs, today):
        """Of a contact that is asked for on ``today`` (the debtor's) for ``pairs``
        [(ItemRow, step)]; the highest stage sets the tone."""
        highest = self._get_highest_step(step for _row, step in pairs)
        return {
            "debtor_id": debtor.id,
            "company_id": debtor.company_id.id,
            "purpose": purpose,
            "channel": channel,
            "step_id": highest.id,
            "stage_id": highest.stage_id.id,
            "user_id": debtor.collector_id.id,
            **debtor._get_review_vals(channel, today, purpose),
        }

    def _prepare_lines(self, contact, pairs, present):
        """As `collection.contact.line._create_planned` takes them."""
        present_ids = set(present.ids) if present else set()
        of_step = {
            step: (step.id or None, step.stage_id.id or None)
            for step in {step for _row, step in pairs}
        }
        return [
            (
                contact.id,
                row.id,
                (*of_step[step], row.cycle, row.currency_id, row.due),
            )
            for row, step in pairs
            if step or row.id not in present_ids
        ]

    def _get_highest_step(self, steps):
        return max(
            dict.fromkeys(steps),
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
