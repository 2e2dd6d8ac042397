from odoo import models
from odoo.tools import SQL

from ...rules.decision import Reason


class FactPayment(models.AbstractModel):
    """A payment of the invoice is in process."""

    _name = "collection.fact.payment"
    _inherit = ["collection.fact"]
    _description = "Payments on their way"

    _code = "payment"
    _place = 30

    def _read(self, facts, debtors):
        """Invoices with a payment transaction or a payment on its way."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT rel.invoice_id
                  FROM account_invoice_transaction_rel rel
                  JOIN payment_transaction t ON t.id = rel.transaction_id
                 WHERE rel.invoice_id IN %(moves)s
                   AND (t.state IN ('pending', 'authorized')
                        OR (t.state = 'done' AND t.is_post_processed IS NOT TRUE))
                 UNION
                SELECT rel.invoice_id
                  FROM account_move__account_payment rel
                  JOIN account_payment p ON p.id = rel.payment_id
                 WHERE rel.invoice_id IN %(moves)s
                   AND p.state = 'in_process' AND p.move_id IS NULL
                """,
                moves=facts.move_ids,
            )
        )
        in_payment = {row.move_id for row in facts.rows if row.in_payment}
        return in_payment | {id_ for (id_,) in rows}

    def _withhold(self, facts, debtor, row, post_due):
        if row.move_id in facts.of["payment"]:
            return Reason.of("PAYMENT_IN_PROCESS")
        return None
