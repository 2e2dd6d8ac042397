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
