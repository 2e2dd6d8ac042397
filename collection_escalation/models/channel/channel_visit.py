from odoo import api, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class CollectionChannelVisit(models.AbstractModel):
    _name = "collection.channel.visit"
    _inherit = "collection.channel"
    _description = "Visit to a customer"

    _code = "visit"
    _label = _lt("Visit")
    _sequence = 70
    _rule_channel = "visit"
    _usual_outcome = "not_met"
    _outcomes = ("met", "not_met", "wrong_party", "not_connected")
    _is_live = True

    @api.model
    def _get_address(self, person):
        return self._get_postal_address(person)
