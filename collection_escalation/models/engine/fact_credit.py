from odoo import models
from odoo.tools import SQL

from ...rules.decision import Reason


class FactCredit(models.AbstractModel):
    """Money of the customer that is not allocated yet: it lowers what is asked for."""

    _name = "collection.fact.credit"
    _inherit = ["collection.fact"]
    _description = "Unallocated credits"

    _code = "credit"
    _place = 90

    def _read(self, facts, debtors):
        """{(debtor id, currency id): unallocated money, positive}: posted receivable lines
        with a negative residual."""
        found = self.env.execute_query(
            SQL(
                """
                SELECT d.id, l.currency_id, -sum(l.amount_residual_currency)::float
                  FROM account_move_line l
                  JOIN account_account a ON a.id = l.account_id
                  JOIN collection_debtor d
                    ON d.partner_id = l.partner_id AND d.company_id = l.company_id
                 WHERE d.id IN %s AND a.account_type = 'asset_receivable'
                   AND l.parent_state = 'posted' AND l.reconciled IS NOT TRUE
                   AND l.amount_residual_currency < 0
                 GROUP BY d.id, l.currency_id
                """,
                tuple(debtors.ids) or (0,),
            )
        )
        return {(debtor, currency): amount for debtor, currency, amount in found}

    def _take_off(self, facts, debtor, currency_id):
        amount = facts.of["credit"].get((debtor.id, currency_id))
        if not amount:
            return []
        return [(amount, Reason.of("CREDITS", amount=amount, currency=currency_id))]
