from urllib.parse import quote

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class CollectionChannelWhatsapp(models.AbstractModel):
    """Click to chat: the collector's own WhatsApp opens with the text filled in, they
    send it and say so.

    A module that connects a provider inherits this model and overrides `_is_automatic`
    (to return True), `_has_api` and `_send_by_api`. From then on the texts are written,
    pass the last guard and leave by themselves like text messages."""

    _name = "collection.channel.whatsapp"
    _inherit = "collection.channel.text"
    _description = "WhatsApp message to a customer"

    _code = "whatsapp"
    _label = _lt("WhatsApp")
    _sequence = 30
    _rule_channel = "whatsapp"
    # a number that has no WhatsApp cannot be written to
    _outcomes = ("sent", "not_connected")

    # -- by a person ---------------------------------------------------------------------

    @api.model
    def _get_action(self, contact):
        contact._find_address_now()
        text = self._render(contact._keep_statement())[contact.id]
        if refusal := contact._get_wording_refusal(text):
            raise UserError(self.env["collection.reason"]._explain(refusal))
        contact.write({"sent_text": text})
        number = contact.destination.lstrip("+")
        return {
            "type": "ir.actions.act_url",
            "url": f"https://wa.me/{number}?text={quote(text, safe='')}",
            "target": "new",
        }

    @api.model
    def _keep_evidence(self, contact):
        if not contact.sent_text:
            text = self._render(contact._keep_statement())[contact.id]
            contact.write({"sent_text": text})

    # -- by a provider -------------------------------------------------------------------

    @api.model
    def _has_api(self, company):
        """Is a provider connected for ``company``? For modules that connect one."""
        return False

    @api.model
    def _send_by_api(self, contact):
        """Send ``contact.sent_text`` to ``contact.destination`` (E.164); the last guard
        has let it pass, and *leaving* is committed. For modules that connect a provider.

        :return: `collection_contact_handover.Handover`; an error that is raised leaves the contact
            uncertain, so that it is never sent twice"""
        raise NotImplementedError(self._name)

    @api.model
    def _write_messages(self, contacts):
        connected = contacts.filtered(lambda c: self._has_api(c.company_id))
        (contacts - connected)._fall_back("NO_PROVIDER")
        connected._write_safely(self._write_batch)

    def _write_batch(self, contacts):
        texts = self._render_permitted(contacts._keep_statement())
        for contact in contacts.filtered(lambda c: c.id in texts):
            text = texts[contact.id]
            contact._set_queued(
                sent_text=text,
                content_seal=contact._get_content_seal(text=text),
                error=False,
            )

    @api.model
    def _send_queued(self):
        queued_sudo = (
            self.env["collection.contact"]
            .sudo()
            .search(
                [
                    ("state", "=", "queued"),
                    ("channel", "=", self._code),
                    ("company_id.collection_paused", "=", False),
                ],
                order="planned_at, id",
            )
        )
        self.env["collection.guard"]._let_leave(queued_sudo, self._send_by_api)
