"""The seal of what left: the log shows whether the message it keeps is still the one that
the customer got, and the last guard that what leaves is what was looked at."""

from odoo import api, fields, models

from ...rules.seal import seal


class CollectionContact(models.Model):
    _inherit = "collection.contact"

    content_seal = fields.Char(
        string="Seal",
        readonly=True,
        copy=False,
        help="SHA-256 of the message, its files and its text, as they left.",
    )
    queue_seal = fields.Char(
        readonly=True,
        copy=False,
        help="The same of its place in the queue: recipients, headers, body.",
    )
    seal_state = fields.Selection(
        [("unchanged", "Unchanged since it left"), ("changed", "Changed afterwards")],
        compute="_compute_seal_state",
        string="What is kept",
        help="Whether the message that is kept is still what left.",
    )

    @api.depends("content_seal", "message_id", "letter_id", "sent_text")
    def _compute_seal_state(self):
        for contact in self:
            contact.seal_state = contact.content_seal and (
                "unchanged"
                if contact.content_seal == contact._get_content_seal()
                else "changed"
            )

    def _set_made(self, **vals):
        """What a person sent is sealed when they say so; the system's own messages were
        when they were written."""
        for contact in self.filtered(lambda c: c.state != "made"):
            if not contact.content_seal and contact._has_content(vals):
                text = vals.get("sent_text") or contact.sent_text
                seal_ = contact._get_content_seal(text=text)
                contact._write_state({"content_seal": seal_})
        return super()._set_made(**vals)

    def _has_content(self, vals):
        return bool(
            self.message_id or self.letter_id or self.sent_text or vals.get("sent_text")
        )

    def _get_seal_vals(self, message_sudo, queued_sudo, text=None):
        """Values for a message just written and looked at.

        :param queued_sudo: its mail.mail or sms.sms
        :param text: of a text message"""
        self.ensure_one()
        return {
            "content_seal": self._get_content_seal(message_sudo, text),
            "queue_seal": queued_sudo._get_collection_seal(),
        }

    def _get_content_seal(self, message_sudo=None, text=None):
        """Of what is kept when the queue was tidied."""
        self.ensure_one()
        message_sudo = self.message_id.sudo() if message_sudo is None else message_sudo
        return seal(
            {
                **message_sudo._get_collection_parts(),
                "text": text or self.sent_text,
                "letter": self.letter_id.sudo()._get_collection_parts(),
            }
        )

    def _is_sealed(self):
        """Is the message in the queue still what was looked at when it was written?"""
        self.ensure_one()
        if self.content_seal != self._get_content_seal():
            return False
        channel = self.env["collection.channel"]._get(self.channel)
        if not channel._queue_field:
            return True
        return self.queue_seal == self[channel._queue_field]._get_collection_seal()


class MailMessage(models.Model):
    _inherit = "mail.message"

    def _get_collection_parts(self):
        """{name: value} of what makes the message what it is; {} for none."""
        if not self:
            return {}
        self.ensure_one()
        return {
            "subject": self.subject,
            "body": self.body,
            "author": self.author_id.id,
            "from": self.email_from,
            "reply_to": self.reply_to,
            "date": self.date,
            "type": self.message_type,
            "people": sorted(self.partner_ids.ids),
            "files": self.attachment_ids._get_collection_parts(),
        }


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    def _get_collection_parts(self):
        """[[name, checksum of the content]] of the files."""
        return sorted([file.name or "", file.checksum or ""] for file in self)


class MailMail(models.Model):
    _inherit = "mail.mail"

    def _get_collection_seal(self):
        self.ensure_one()
        return seal(
            {
                "body": self.body_html,
                "to": self.email_to,
                "cc": self.email_cc,
                "people": sorted(self.recipient_ids.ids),
                "headers": self.headers,
                "references": self.references,
            }
        )


class SmsSms(models.Model):
    _inherit = "sms.sms"

    def _get_collection_seal(self):
        self.ensure_one()
        return seal({"number": self.number, "body": self.body})
