from odoo import models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class CollectionPurposeInbound(models.AbstractModel):
    """The customer called, wrote or answered: nothing of it is planned."""

    _name = "collection.purpose.inbound"
    _inherit = "collection.purpose"
    _description = "Contact: from the customer"

    _code = "inbound"
    _label = _lt("From the customer")
    _sequence = 50
    _made_by = "customer"
    _rule_purpose = "requested"
    _is_chase = False
    _asks_for_money = False
    _needs_review = False
