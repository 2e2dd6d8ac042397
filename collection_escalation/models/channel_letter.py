from odoo import api, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class CollectionChannelLetter(models.AbstractModel):
    _name = "collection.channel.letter"
    _inherit = "collection.channel"
    _description = "Letter to a customer"

    _code = "letter"
    _label = _lt("Letter")
    _place = 40
    _rule_channel = "letter"

    @api.model
    def _get_address(self, person):
        return self._get_postal_address(person)
