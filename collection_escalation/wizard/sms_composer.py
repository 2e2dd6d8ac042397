from odoo import models
from odoo.exceptions import UserError

from ..models.collection_internal_thread import INTERNAL


class SmsComposer(models.TransientModel):
    _inherit = "sms.composer"

    def _action_send_sms(self):
        """An SMS from a file or customer would go to the number whatever the contact
        rules say."""
        if self.filtered(lambda composer: composer.res_model in INTERNAL):
            raise UserError(
                self.env._(
                    "SMS to customers leave as contacts, at permitted moments and with "
                    "the proof kept. Open the collection file and use its buttons."
                )
            )
        return super()._action_send_sms()
