from odoo import api, models
from odoo.tools.translate import LazyTranslate

from ..rules.decision import Reason

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
    _is_live = True

    @api.model
    def _get_address(self, person):
        """The number in international form (E.164), read by the country of the person."""
        if not person.phone:
            return "", Reason.of("NO_ADDRESS")
        number = person._phone_format(fname="phone", force_format="E164")
        return number or "", None if number else Reason.of(
            "BAD_NUMBER", value=person.phone
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
