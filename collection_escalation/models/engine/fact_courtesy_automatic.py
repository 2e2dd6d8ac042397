from odoo import models
from odoo.tools import SQL

from ...rules.decision import Reason


class FactCourtesyAutomatic(models.AbstractModel):
    """A mandate or a stored card pays the invoice: no note before the due date."""

    _name = "collection.fact.courtesy_automatic"
    _inherit = ["collection.fact"]
    _description = "Invoices that are paid by themselves"

    _code = "courtesy_automatic"
    _sequence = 52
    _after_due = False

    def _read(self, facts, debtors):
        """Invoices whose payment comes by itself: a mandate or a stored card."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT m.id
                  FROM account_move m
                  JOIN account_payment_method_line l
                    ON l.id = m.preferred_payment_method_line_id
                 WHERE m.id IN %s AND l.collection_automatic
                """,
                facts.move_ids,
            )
        )
        return {id_ for (id_,) in rows}

    def _withhold(self, facts, debtor, row, post_due):
        if row.move_id in facts.of["courtesy_automatic"]:
            return Reason.of("COURTESY_AUTOMATIC")
        return None
