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
        return _hash(self.subject, self.body)

    @api.model
    def _has_reason(self, record, texts):
        """Was a reason given for the words of just this text, when it was scheduled?

        :param texts: as in `collection_thread_guard`: subject and body"""
        if len(texts) != 2:
            return False
        (subject, _neutral), (body, _neutral) = texts
        return bool(
            self.sudo().search_count(
                [
                    ("model", "=", record._name),
                    ("res_id", "in", record.ids),
                    ("collection_kept", "=", _hash(subject, body)),
                ],
                limit=1,
            )
        )


def _hash(subject, body):
    return sha256(f"{subject or ''}\n{body or ''}".encode()).hexdigest()
