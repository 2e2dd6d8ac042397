from odoo import api, models


class AccountMoveSendWizard(models.TransientModel):
    """*Send* on an invoice. Sending an invoice is no contact about a debt, so the hours
    matter only once it is overdue itself; threats never have a place in it."""

    _name = "account.move.send.wizard"
    _inherit = ["account.move.send.wizard", "collection.free.text"]

    @api.depends("subject", "body", "move_id", "sending_methods")
    def _compute_collection_findings(self):
        return super()._compute_collection_findings()

    def _get_written_from(self):
        return self.move_id if "email" in (self.sending_methods or ()) else None

    def _get_written_texts(self):
        return [(self.subject, False), (self.body, False)]

    def _is_about_collections(self):
        return self.move_id.collection_overdue

    def action_send_and_print(self, allow_fallback_pdf=False):
        self._check_what_is_written()
        return super().action_send_and_print(allow_fallback_pdf=allow_fallback_pdf)
