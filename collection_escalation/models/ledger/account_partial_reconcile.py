from odoo import api, models


class AccountPartialReconcile(models.Model):
    """What is allocated to an open item, or taken back, is told to who listens."""

    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        partials = super().create(vals_list)
        self.env["collection.item"]._note_allocated(partials)
        return partials

    def unlink(self):
        self.env["collection.item"]._note_taken_back(self)
        return super().unlink()

    def _get_moved_money(self):
        """{id: (debit line id, amount in its currency, means)}; for the means see
        `LedgerEvent`. Superuser: who takes back a payment may not see every entry."""
        return {
            partial_sudo.id: (
                partial_sudo.debit_move_id.id,
                partial_sudo.debit_amount_currency,
                partial_sudo._get_means(),
            )
            for partial_sudo in self.sudo()
        }

    def _get_means(self):
        move = self.credit_move_id.move_id
        if move.move_type == "out_refund":
            return "credit"
        is_payment = move.origin_payment_id or move.statement_line_id
        return "payment" if is_payment else "entry"
