from odoo import api, models
from odoo.exceptions import UserError

from ..models.message.collection_free_text import WRITTEN_FROM
from ..models.message.collection_thread_guard import PASS, REASONED


class MailComposeMessage(models.TransientModel):
    _name = "mail.compose.message"
    _inherit = ["mail.compose.message", "collection.free.text"]

    @api.depends("subject", "body", "model", "res_ids", "res_domain", "subtype_id")
    def _compute_collection_findings(self):
        return super()._compute_collection_findings()

    def _get_written_from(self):
        if self.model not in WRITTEN_FROM or self.subtype_is_log:
            return None
        records = self.env[self.model]
        if self.res_domain:
            return records.search(self._evaluate_res_domain())
        return records.browse(self._evaluate_res_ids())

    def _get_written_texts(self):
        return [(self.subject, True), (self.body, False)]

    def _has_no_thread(self):
        return self.composition_mode == "mass_mail"

    def action_send_mail(self):
        """Only what a person sends: what other modules send by code is theirs."""
        self._refuse_on_our_records()
        return super(MailComposeMessage, self._as_checked()).action_send_mail()

    def action_schedule_message(self):
        return super(MailComposeMessage, self._as_checked()).action_schedule_message()

    def _as_checked(self):
        """The composer, whose words have a reason where they need one."""
        self._check_what_is_written()
        reasoned = all(
            composer.collection_findings and (composer.collection_reason or "").strip()
            for composer in self
        )
        return self.with_context(**{PASS: REASONED}) if reasoned else self

    def _action_send_mail(self, auto_commit=False):
        self._refuse_on_our_records()
        return super()._action_send_mail(auto_commit=auto_commit)

    def _refuse_on_our_records(self):
        """“Send message” on a file or customer is internal: the thread drops everybody
        outside. E-mails to many records, and about contacts, would pass it by."""
        internal = self.env["collection.internal"]._get_internal_names()
        for composer in self.filtered(lambda c: c.model in internal):
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
