from collections import defaultdict

from odoo import models
from odoo.tools import SQL

from ...rules.decision import Reason
from ...rules.statement import Credit
from ..contact.collection_contact_line import to_decimal


class FactCredit(models.AbstractModel):
    """Money of the customer that is not allocated yet: it lowers what is asked for."""

    _name = "collection.fact.credit"
    _inherit = ["collection.fact"]
    _description = "Unallocated credits"

    _code = "credit"
    _sequence = 90

    def _read(self, facts, debtors):
        """{(debtor id, currency id): [`rules.statement.Credit`]}: posted receivable lines
        with a negative residual, of any branch: the creditor is the root company."""
        found = self.env.execute_query(
            SQL(
                """
                SELECT d.id, l.currency_id, l.id, m.name, l.date, l.company_id,
                       -l.amount_residual_currency::float
                  FROM collection_debtor d
                  JOIN account_move_line l ON l.partner_id = d.partner_id
                  JOIN account_move m ON m.id = l.move_id
                  JOIN account_account a ON a.id = l.account_id
                  JOIN res_company c ON c.id = l.company_id
                 WHERE d.id IN %s AND a.account_type = 'asset_receivable'
                   AND split_part(c.parent_path, '/', 1)::int = d.root_company_id
                   AND l.parent_state = 'posted' AND l.reconciled IS NOT TRUE
                   AND l.amount_residual_currency < 0
                 ORDER BY l.id
                """,
                tuple(debtors.ids) or (0,),
            )
        )
        credits = defaultdict(list)
        for debtor_id, currency_id, line_id, name, day, company_id, amount in found:
            currency = self.env["res.currency"].browse(currency_id)
            credits[debtor_id, currency_id].append(
                Credit(
                    f"account.move.line:{line_id}",
                    name or "",
                    str(currency_id),
                    to_decimal(amount, currency),
                    day,
                    str(company_id),
                )
            )
        return credits

    def _take_off(self, facts, debtor, currency_id):
        return [
            (credit, self._get_reason(credit, currency_id))
            for credit in facts.of["credit"].get((debtor.id, currency_id), ())
        ]

    def _get_reason(self, credit, currency_id):
        return Reason.of("CREDITS", amount=float(credit.amount), currency=currency_id)
