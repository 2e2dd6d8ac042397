from odoo import api, models
from odoo.fields import Domain
from odoo.tools.translate import LazyTranslate

from odoo.addons.sms.tools.sms_tools import sms_content_to_rendered_html

_lt = LazyTranslate(__name__)


class CollectionChannelSms(models.AbstractModel):
    """Through Odoo's `sms` and whatever provider it uses; the last guard is in
    `sms_sms.py`."""

    _name = "collection.channel.sms"
    _inherit = "collection.channel.text"
    _description = "Text message to a customer"

    _code = "sms"
    _label = _lt("SMS")
    _sequence = 20
    _rule_channel = "sms"
    _queue_field = "sms_id"

    @api.model
    def _is_automatic(self):
        return True

    @api.model
    def _write_messages(self, contacts):
        contacts._write_safely(self._write_batch)

    def _write_batch(self, contacts):
        """Render and queue; the text is kept on the contact and, as a message that
        notifies nobody, in the debtor's history."""
        texts = self._render_permitted(contacts._keep_statement())
        contacts = contacts.filtered(lambda c: c.id in texts)
        contacts._forget_unsent()
        messages_sudo = (
            self.env["mail.message"]
            .sudo()
            .create([self._prepare_message_vals(c, texts[c.id]) for c in contacts])
        )
        many_sms_sudo = (
            self.env["sms.sms"]
            .sudo()
            .create(
                [
                    {
                        "number": contact.destination,
                        "body": texts[contact.id],
                        "partner_id": contact.recipient_id.id,
                        "mail_message_id": message.id,
                    }
                    for contact, message in zip(contacts, messages_sudo, strict=True)
                ]
            )
        )
        # the link that stays when Odoo deletes the text message after sending
        self.env["sms.tracker"].sudo().create(
            [
                {"sms_uuid": sms_sudo.uuid, "collection_contact_id": contact.id}
                for contact, sms_sudo in zip(contacts, many_sms_sudo, strict=True)
            ]
        )
        for contact, sms_sudo in zip(contacts, many_sms_sudo, strict=True):
            contact._set_queued(
                sms_id=sms_sudo.id,
                message_id=sms_sudo.mail_message_id.id,
                sent_text=contact._mask_link(sms_sudo.body),
                error=False,
                **contact._get_seal_vals(
                    sms_sudo.mail_message_id,
                    sms_sudo,
                    contact._mask_link(sms_sudo.body),
                ),
            )

    def _prepare_message_vals(self, contact, text):
        return {
            "model": "collection.debtor",
            "res_id": contact.debtor_id.id,
            "message_type": "sms",
            "subtype_id": self.env.ref("mail.mt_note").id,
            "author_id": contact.get_creditor().id,
            "email_from": contact.get_creditor().email_formatted,
            "reply_to": False,
            "body": sms_content_to_rendered_html(contact._mask_link(text)),
            "record_company_id": contact.company_id.id,
        }

    @api.model
    def _send_queued(self):
        queued = self.env["collection.contact"].search(
            [
                ("state", "=", "queued"),
                ("sms_id.state", "=", "outgoing"),
                ("company_id.collection_paused", "=", False),
            ]
        )
        queued.sms_id.sudo().send()

    @api.model
    def _get_evidence(self, contact):
        """The id by which the provider knows it."""
        trackers_sudo = self.env["sms.tracker"].sudo()
        domain = [("collection_contact_id", "=", contact.id)]
        return trackers_sudo.search(domain, order="id desc", limit=1).mapped("sms_uuid")

    @api.model
    def _withdraw(self, contacts):
        contacts.sms_id.sudo().filtered(
            lambda sms: sms.state == "outgoing"
        ).action_set_canceled()

    @api.model
    def _settle(self, contacts):
        contacts.sms_id.sudo().filtered(lambda sms: sms.state == "outgoing").write(
            {"state": "pending"}
        )

    @api.model
    def _get_cancelled_domain(self):
        return Domain("sms_id", "=", False) | Domain("sms_id.state", "=", "canceled")
