from odoo import api, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class CollectionChannelPhone(models.AbstractModel):
    _name = "collection.channel.phone"
    _inherit = "collection.channel"
    _description = "Phone call to a customer"

    _code = "phone"
    _label = _lt("Phone call")
    _place = 60
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
    def _get_action(self, contact):
        if not contact.destination:
            return None
        return {
            "type": "ir.actions.act_url",
            "url": f"tel:{contact.destination}",
            "target": "self",
        }
