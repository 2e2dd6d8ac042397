from odoo import api, models
from odoo.exceptions import UserError

from ..models.message.collection_free_text import WRITTEN_FROM
from ..models.message.collection_thread_guard import PASS, REASONED


class SmsComposer(models.TransientModel):
    _name = "sms.composer"
    _inherit = ["sms.composer", "collection.free.text"]

    @api.depends("body", "res_model", "res_id", "res_ids")
    def _compute_collection_findings(self):
        return super()._compute_collection_findings()

    def _get_written_from(self):
        """Of numbers alone: the customers who have them."""
        if self.res_model in WRITTEN_FROM:
            return self._get_records()
        if self.composition_mode == "numbers" or not self.res_model:
            numbers = (self.sanitized_numbers or self.numbers or "").split(",")
            return (
                self.env["res.partner"]
                .sudo()
                .search([("phone_sanitized", "in", list(filter(None, numbers)))])
            )
        return None

    def _has_no_thread(self):
        return self.composition_mode != "comment" or not self.res_model

    def _get_written_texts(self):
        return [(self.body, True)]

    def _get_written_channel(self):
        return "sms"

    def action_send_sms(self):
        """Only what a person sends: what other modules send by code is theirs."""
        self._refuse_on_our_records()
        return super(SmsComposer, self._as_checked()).action_send_sms()

    def _as_checked(self):
        self._check_what_is_written()
        return self.with_context(**{PASS: REASONED})

    def _action_send_sms(self):
        self._refuse_on_our_records()
        return super()._action_send_sms()

    def _refuse_on_our_records(self):
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
