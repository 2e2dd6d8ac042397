"""The list of a contact is made anew wherever it matters: when it is planned, written, begun
by a person, and just before it leaves."""

from odoo import models

from ...rules.decision import Reason
from .collection_contact_planned import get_different


class CollectionContact(models.Model):
    _inherit = "collection.contact"

    def _get_listing(self):
        return self._get_purpose()._get_listing(self)

    def _prepare_picture(self, contact, vals, pairs, facts):
        """What a new contact lists beside the items whose step it is.

        :param vals: of the contact; ``pairs``: [(ItemRow, step)]
        :return: (rows as `collection.contact.line._create_planned` takes them, values of
            lines of credits)"""
        if contact._get_listing() != "all":
            return [], []
        debtor = self.env["collection.debtor"].browse(vals["debtor_id"])
        present = {row.id for row, _step in pairs}
        tone = self.env["collection.stage"].browse(vals["stage_id"])
        beside = {
            id(step)
            for step in get_different(step for _row, step in pairs)
            if self._is_beside(step.stage_id, tone)
        }
        steps = {row.id for row, step in pairs if id(step) not in beside}
        step = self.env["collection.stage.step"].browse(vals["step_id"])
        parts = self.env["collection.evaluation"]._get_picture(
            facts, debtor, steps, contact._get_addressee(step, vals["addressee_id"])
        )
        by_id = {row.id: row for row in facts.items.get(debtor.id, ())}
        beside = [
            contact._prepare_beside(by_id[id_], part)
            for id_, part in parts.items()
            if part != "step" and id_ not in present
        ]
        asked_for = {id_ for id_, part in parts.items() if part != "info"}
        return beside, contact._prepare_credits(facts, debtor, asked_for)

    def _get_addressee(self, step, addressee_id):
        """Whose invoices it lists, as `collection.evaluation._get_picture` takes it."""
        return None if step.addressee == "decider" else addressee_id or 0

    def _prepare_beside(self, row, part):
        return (
            self.id,
            row.id,
            (None, row.stage_id, row.cycle, row.currency_id, row.due, part),
        )

    def _prepare_credits(self, facts, debtor, asked_for):
        """Values of the lines of credits that fall on these items."""
        taken = self.env["collection.evaluation"]._get_taken_from(
            facts, debtor, asked_for
        )
        vals_list = []
        for currency_id, line in taken:
            model, _sep, id_ = line.key.partition(":")
            in_ledger = model == "account.move.line"
            vals_list.append(
                {
                    "contact_id": self.id,
                    "part": "credit",
                    "credit_key": line.key,
                    "credit_line_id": in_ledger and int(id_),
                    "invoice_name": False if in_ledger else self._name_money(line),
                    "amount_original": float(line.original),
                    "taken": -float(line.open),
                    "currency_id": currency_id,
                    "date_due": line.due,
                }
            )
        return vals_list

    def _name_money(self, line):
        """Money that no document of ours stands for yet, in the reader's language."""
        here = self.with_context(lang=self.lang or self.partner_id.lang)
        return here.env._("Payment on its way (%s)", line.name)

    def _draw_what_people_make(self):
        """What the evaluation planned has its list, what takes its place has a copy of it,
        and messages get it when they are written; what a person makes by hand has not."""
        self.filtered(lambda c: c.handling != "automatic" and not c.step_id)._draw_now()

    def _draw_now(self):
        """`_draw`, from what the ledger says now."""
        if contacts := self.filtered(lambda c: c._get_listing() != "own"):
            facts = self.env["collection.evaluation"]._get_facts(contacts.debtor_id)
            contacts._draw(facts)

    def _draw(self, facts):
        """Make the lists of these contacts anew: what stands beside the items whose step
        it is, and the credits. Nothing is pulled forward, nothing climbs by being listed.

        :param facts: of `collection.evaluation`, about the debtors of these contacts"""
        Line = self.env["collection.contact.line"]
        rows, credits = [], []
        for contact in self.filtered(lambda c: c.debtor_id.id not in facts.errors):
            listing = contact._get_listing()
            if listing == "own":
                continue
            more = contact._draw_items(facts) if listing == "all" else []
            rows += more
            asked_for = contact._get_asked_ids() | {
                item_id for _id, item_id, vals in more if vals[-1] != "info"
            }
            credits += contact._draw_credits(facts, asked_for)
        Line._create_planned(rows)
        Line.create(credits)

    def _get_planned_items(self):
        return self.line_ids.filtered(lambda x: x.state == "planned" and x.item_id)

    def _get_asked_ids(self):
        lines = self._get_planned_items()
        return set(lines.filtered(lambda x: x.part in ("step", "also")).item_id.ids)

    def _draw_items(self, facts):
        """Take out what is not listed any more, change what is listed as something else.

        :return: the rows of what comes in, see `_prepare_beside`"""
        lines = self._get_planned_items()
        notes = lines.filtered(
            lambda x: x.part == "step" and self._is_beside(x.stage_id, self.stage_id)
        )
        if notes:  # they waited, and the tone was raised
            notes.write({"part": "info"})
        steps = set(lines.filtered(lambda x: x.part == "step").item_id.ids)
        parts = self.env["collection.evaluation"]._get_picture(
            facts,
            self.debtor_id,
            steps,
            self._get_addressee(self.step_id, self.addressee_id.id),
        )
        beside = lines.filtered(lambda x: x.part != "step")
        gone = beside.filtered(lambda x: parts.get(x.item_id.id) in (None, "step"))
        if gone:
            gone.write({"state": "cancelled"})
        for line in beside - gone:
            if line.part != parts[line.item_id.id]:
                line.write({"part": parts[line.item_id.id]})
        present = steps | set((beside - gone).item_id.ids)
        by_id = {row.id: row for row in facts.items.get(self.debtor_id.id, ())}
        return [
            self._prepare_beside(by_id[id_], part)
            for id_, part in parts.items()
            if id_ not in present
        ]

    def _draw_credits(self, facts, asked_for):
        """Credits as they fall on the items that are asked for.

        :return: values of the lines that come in"""
        lines = self.line_ids.filtered(
            lambda x: x.state == "planned" and x.part == "credit"
        )
        wanted = self._prepare_credits(facts, self.debtor_id, asked_for)
        if not lines and not wanted:
            return []
        standing = {(line.credit_key, line.currency_id.id): line for line in lines}
        fresh = []
        for vals in wanted:
            line = standing.pop((vals["credit_key"], vals["currency_id"]), None)
            if line is None:
                fresh.append(vals)
            elif line.currency_id.compare_amounts(line.taken, vals["taken"]):
                line.write(
                    {
                        "taken": vals["taken"],
                        "amount_original": vals["amount_original"],
                    }
                )
        gone = lines.browse().union(*standing.values())
        gone.write({"state": "cancelled"})
        return fresh

    def _drop_what_is_covered(self):
        """Where credits cover all that a contact asks for in a currency its lines are
        taken out, not burnt."""
        credited = self.line_ids.filtered(
            lambda x: x.state == "planned" and x.part == "credit"
        ).contact_id
        for contact in credited.filtered(lambda c: c._get_listing() == "all"):
            for total in contact._get_statement_now().totals:
                if total.asked > 0:
                    continue
                lines = contact.line_ids.filtered(
                    lambda x, total=total: (
                        x.state == "planned" and x.currency_id.name == total.currency
                    )
                )
                reason = self.env["collection.reason"]._store(Reason.of("COVERED"))
                lines._cancel(reason["code"])
                lines.item_id._wake()
