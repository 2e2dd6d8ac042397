from odoo import models
from odoo.exceptions import UserError

from ..models.collection_internal_thread import INTERNAL


class MailComposeMessage(models.TransientModel):
    _inherit = "mail.compose.message"

    def _action_send_mail(self, auto_commit=False):
        """“Send message” on a file or customer is internal: the thread drops everybody
        outside. E-mails to many records, and about contacts, would pass it by."""
        for composer in self.filtered(lambda c: c.model in INTERNAL):
            if (
                composer.composition_mode == "mass_mail"
                or composer.model == "collection.contact"
            ):
                raise UserError(
                    self.env._(
                        "Messages to customers leave as contacts, at permitted moments "
                        "and with the proof kept. Open the collection file and use its "
                        "buttons."
                    )
                )
        return super()._action_send_mail(auto_commit=auto_commit)
