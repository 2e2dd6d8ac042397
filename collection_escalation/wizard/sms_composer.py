from odoo import api, models
from odoo.exceptions import UserError

from ..models.message.collection_free_text import WRITTEN_FROM


class SmsComposer(models.TransientModel):
    _name = "sms.composer"
    _inherit = ["sms.composer", "collection.free.text"]

    @api.depends("body", "res_model", "res_id", "res_ids")
    def _compute_collection_findings(self):
        return super()._compute_collection_findings()

    def _get_written_from(self):
        return self._get_records() if self.res_model in WRITTEN_FROM else None

    def _get_written_texts(self):
        return [(self.body, True)]

    def _get_written_channel(self):
        return "sms"

    def action_send_sms(self):
        """Only what a person sends: what other modules send by code is theirs."""
        self._check_what_is_written()
        return super().action_send_sms()

    def _action_send_sms(self):
        """An SMS from a file or customer would go to the number whatever the contact
        rules say."""
        internal = self.env["collection.internal"]._get_internal_names()
        if self.filtered(lambda composer: composer.res_model in internal):
            raise UserError(
                self.env._(
                    "SMS to customers leave as contacts, at permitted moments and with "
                    "the proof kept. Open the collection file and use its buttons."
                )
            )
        return super()._action_send_sms()
