from odoo import models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class CollectionChannelCertified(models.AbstractModel):
    """A letter whose receipt the post proves (S48, S62). To the contact rules it is a
    letter."""

    _name = "collection.channel.certified"
    _inherit = "collection.channel.letter"
    _description = "Certified letter to a customer"

    _code = "certified"
    _label = _lt("Certified letter")
    _sequence = 50
    _is_tracked = True
