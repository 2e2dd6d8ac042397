"""A message that waits was looked at when it was written: what is changed later is looked
at when it leaves."""

from hashlib import sha256

from odoo import api, fields, models

from .collection_thread_guard import PASS, REASONED


class MailScheduledMessage(models.Model):
    _inherit = "mail.scheduled.message"

    collection_kept = fields.Char(
        readonly=True,
        groups=fields.NO_ACCESS,
        help="The text, as a hash, whose doubtful words somebody gave a reason for.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals.pop("collection_kept", None)
        messages = super().create(vals_list)
        if self.env.context.get(PASS) is REASONED:
            for message_sudo in messages.sudo():
                message_sudo.collection_kept = message_sudo._hash_text()
        return messages

    def _hash_text(self):
        self.ensure_one()
        text = f"{self.subject or ''}\n{self.body or ''}"
        return sha256(text.encode()).hexdigest()

    def _post_message(self, raise_exception=True):
        """The context of the client is cleaned away, so the reason is told anew."""
        kept = self.filtered(lambda m: m.sudo().collection_kept == m._hash_text())
        if others := self - kept:
            super(MailScheduledMessage, others)._post_message(raise_exception)
        if kept:
            reasoned = kept.with_context(**{PASS: REASONED})
            super(MailScheduledMessage, reasoned)._post_message(raise_exception)
