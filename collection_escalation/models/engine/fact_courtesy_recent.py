from odoo import models

from ...rules.decision import Reason

#: An invoice sent less than so many days before its courtesy note needs none.
RECENT_DAYS = 5


class FactCourtesyRecent(models.AbstractModel):
    """The invoice itself was sent so shortly before its courtesy note that it needs none."""

    _name = "collection.fact.courtesy_recent"
    _inherit = ["collection.fact"]
    _description = "Invoices that were sent lately"

    _code = "courtesy_recent"
    _sequence = 50
    _after_due = False

    def _read(self, facts, debtors):
        """{invoice: day (UTC) on which it was last sent}."""
        return facts.of["sending"]

    def _withhold(self, facts, debtor, row, post_due):
        sent = facts.of["courtesy_recent"].get(row.move_id)
        day = sent and self._get_courtesy_day(facts, debtor, row)
        if sent and (day - sent).days < RECENT_DAYS:
            return Reason.of("COURTESY_RECENT", date=sent)
        return None

    def _get_courtesy_day(self, facts, debtor, row):
        """The day on which the plan has the note: it is left out, not put off until the
        invoice is some days old."""
        evaluation = self.env["collection.evaluation"]
        ladder = evaluation._get_ladder(facts, debtor)
        rung = next((r for r in ladder.rungs if r.level == "pre_due"), None)
        if rung is None:
            return facts.today[debtor.id]
        return evaluation._get_trigger_date(facts, debtor, rung, row)
