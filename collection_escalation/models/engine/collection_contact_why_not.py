"""Why must a contact not speak of an invoice now? The facts of the evaluation say it, as they
are read when it is about to leave."""

from odoo import models

from ...rules.decision import Reason


class CollectionContact(models.Model):
    _inherit = "collection.contact"

    def _drop_what_is_not_owed(self):
        """Take out the lines that must not be chased now (paid, paused, in process,
        within the tolerance …), as the ledger says now.

        :return: the contacts that still have something to say"""
        facts = self.env["collection.evaluation"]._get_facts(self.debtor_id)
        chase = self.filtered(lambda c: c._get_purpose()._is_chase)
        chase._stop_undecidable(facts.errors)
        for line, reason in self._find_not_owed(facts).items():
            line._cancel(reason["code"], **reason["args"])
            if reason["code"] not in ("NOT_OWED", "COURTESY_OVER"):
                line.item_id._wake()
        waiting = self.filtered(lambda c: c.state in ("planned", "queued"))
        waiting._draw(facts)
        waiting._drop_what_is_covered()
        return waiting.filtered(lambda c: c.state in ("planned", "queued"))

    def _stop_undecidable(self, errors):
        """Contacts of debtors about whom nobody can decide go to a person; their steps
        are planned again when the facts are mended.

        :param errors: {debtor id: what is wrong}"""
        for contact in self.filtered(lambda c: c.debtor_id.id in errors):
            contact._back_to_plan()
            error = errors[contact.debtor_id.id]
            contact._set_blocked(
                reasons=[{"code": "UNDECIDABLE", "args": {"error": error}}]
            )
            contact._tell_collectors()

    def _find_not_owed(self, facts):
        """{planned line: stored reason} of what must not be chased now.

        :param facts: of `collection.evaluation`, about the debtors of these contacts"""
        rows = {row.id: row for each in facts.items.values() for row in each}
        found = {}
        for contact in self:
            for line in contact.line_ids.filtered(
                lambda x: x.item_id and x.state == "planned" and x.part == "step"
            ):
                row = rows.get(line.item_id.id)
                level = line.stage_id.level
                reason = contact._get_reason_not_owed(level, row, facts)
                reason = reason or contact._get_reason_not_in_plan(line, row, facts)
                if reason:
                    found[line] = self.env["collection.reason"]._store(reason)
        return found

    def _get_reason_not_owed(self, level, row, facts):
        """Why the contact may not speak now of an item on the stage of ``level``, or None.

        :param row: the open item as the ledger says now, or None"""
        purpose = self._get_purpose()
        if row is None or row.debtor_id != self.debtor_id.id or not row.is_owed:
            return Reason.of("NOT_OWED") if purpose._speaks_of_debt else None
        if row.debtor_id in facts.errors:
            return None
        pre_due = level == "pre_due"
        if pre_due and row.due <= facts.today[row.debtor_id]:
            return Reason.of("COURTESY_OVER")
        if not purpose._is_chase:
            return None
        evaluation = self.env["collection.evaluation"]
        ripe = evaluation._get_ripe_items(facts, self.debtor_id)
        if purpose._asks_for_money and not pre_due and row.id not in ripe:
            return Reason.of("NOT_RIPE")
        withheld = self.env["collection.evaluation"]._get_withheld(
            facts, self.debtor_id, row, post_due=not pre_due
        )
        return withheld if withheld and purpose._heeds(withheld) else None

    def _find_why_not_now(self):
        """{contact: stored reasons} of the planned ones that have nothing to say now:
        everything they are about is paid, paused, in process …"""
        facts = self.env["collection.evaluation"]._get_facts(self.debtor_id)
        not_owed = self._find_not_owed(facts)
        found = {}
        for contact in self.filtered("line_ids.item_id"):
            lines = contact.line_ids.filtered(
                lambda x: x.item_id and x.state == "planned" and x.part == "step"
            )
            if all(line in not_owed for line in lines):
                reasons = [not_owed[line] for line in lines]
                found[contact] = [
                    r for n, r in enumerate(reasons) if r not in reasons[:n]
                ]
        return found
