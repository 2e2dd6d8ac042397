"""The link of a message is its reader's: whoever has it answers as the customer. What the
team sees of messages, written and to be written, has it without its token."""

from odoo import models

from ..bulk_rows import update_rows

#: Stands for the token.
MASK = "·····"


class CollectionContact(models.Model):
    _inherit = "collection.contact"

    def _mask_link(self, text):
        """``text`` (or Markup) with a link that leads nowhere."""
        self.ensure_one()
        token = self.sudo().access_token
        return text.replace(token, MASK) if text and token else text

    def _unmask_link(self, text):
        """``text``, which the customer gets, with the link that works."""
        path = self._get_path()
        return text.replace(path.replace(self.sudo().access_token, MASK), path)

    def _mask_kept_messages(self, mail_of):
        """The messages that stay beside those in the queue, which have the link.

        :param mail_of: {contact: its mail.mail just written}"""
        messages_sudo = self.env["mail.message"].sudo()
        rows = []
        for contact in self:
            message_sudo = mail_of[contact].mail_message_id
            messages_sudo |= message_sudo
            rows.append((message_sudo.id, (contact._mask_link(message_sudo.body),)))
        update_rows(messages_sudo, ("body",), rows)

    def _render_preview(self):
        values = super()._render_preview()
        return {
            **values,
            "subject": self._mask_link(values["subject"]),
            "body_html": self._mask_link(values["body_html"]),
        }
