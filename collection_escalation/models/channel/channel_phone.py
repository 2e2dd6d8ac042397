from markupsafe import Markup

from odoo import api, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class CollectionChannelPhone(models.AbstractModel):
    _name = "collection.channel.phone"
    _inherit = "collection.channel"
    _description = "Phone call to a customer"

    _code = "phone"
    _label = _lt("Phone call")
    _sequence = 60
    _rule_channel = "phone"
    _usual_outcome = "no_answer"
    _outcomes = (
        "no_answer",
        "busy",
        "voicemail",
        "conversation",
        "wrong_party",
        "not_connected",
    )
    _is_live = True

    @api.model
    def _get_address(self, person):
        return self._get_phone_number(person)

    @api.model
    def _get_text(self, contact):
        """The words for the collector, and what a machine may hear."""
        text = super()._get_text(contact)
        text["body_html"] = Markup("%s<p>%s<br/>“%s”</p>") % (
            Markup(text["body_html"]),
            self.env._("If a machine answers, say only this, in these words:"),
            self._get_voicemail(contact.with_context(lang=contact.lang)),
        )
        return text

    @api.model
    def _get_voicemail(self, contact):
        """Anybody may listen to it: who called, and the wish to be called back; nothing of
        invoices (S20, S22). In the language of ``contact``'s context."""
        creditor = contact.get_creditor()
        names = {
            "collector": contact.user_id.name or self.env.user.name,
            "company": creditor.name,
            "customer": contact.recipient_id.name or contact.partner_id.name,
        }
        if not creditor.phone:
            return contact.env._(
                "Good day, this is %(collector)s of %(company)s with a message for "
                "%(customer)s. Please call us back. Thank you.",
                **names,
            )
        return contact.env._(
            "Good day, this is %(collector)s of %(company)s with a message for "
            "%(customer)s. Please call us back at %(phone)s. Thank you.",
            phone=creditor.phone,
            **names,
        )

    @api.model
    def _get_action(self, contact):
        if not contact.destination:
            return None
        return {
            "type": "ir.actions.act_url",
            "url": f"tel:{contact.destination}",
            "target": "self",
        }
