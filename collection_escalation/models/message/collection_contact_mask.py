"""The link of a message is its reader's: whoever has it answers as the customer. What the
team sees of messages, written and to be written, has it without its token."""

from odoo import models

from ..collection_evidence import unlocked

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

    def _mask_kept_message(self, message_sudo):
        """The message that stays beside the one in the queue, which has the link."""
        masked = self._mask_link(message_sudo.body)
        if masked != message_sudo.body:
            unlocked(message_sudo).body = masked

    def _render_preview(self):
        values = super()._render_preview()
        return {
            **values,
            "subject": self._mask_link(values["subject"]),
            "body_html": self._mask_link(values["body_html"]),
        }
