from odoo import models
from odoo.tools import SQL

from ...rules.decision import Reason
from ...rules.picture import quiet_until


class FactCourtesyTold(models.AbstractModel):
    """The invoice stood for information in a message a few days ago: no note of its own."""

    _name = "collection.fact.courtesy_told"
    _inherit = ["collection.fact"]
    _description = "Invoices that were named lately"

    _code = "courtesy_told"
    _sequence = 52
    _learns = True
    _after_due = False

    def _read(self, facts, debtors):
        """{item id: their day on which it was last said for information}."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT line.item_id, max(c.made_on)
                  FROM collection_contact c
                  JOIN collection_contact_line line ON line.contact_id = c.id
                 WHERE c.debtor_id IN %s AND line.part = 'info' AND line.state = 'made'
                   AND c.made_on IS NOT NULL
                 GROUP BY line.item_id
                """,
                tuple(debtors.ids) or (0,),
            )
        )
        return dict(rows)

    def _withhold(self, facts, debtor, row, post_due):
        last = facts.of["courtesy_told"].get(row.id)
        if not last:
            return None
        calendar = self.env["collection.calendar"]._get(*facts.regions[debtor.id], last)
        until = quiet_until(last, facts.get_policy(debtor).quiet_days, calendar)
        if until and facts.today[debtor.id] < until:
            return Reason.of("COURTESY_TOLD", date=last)
        return None
