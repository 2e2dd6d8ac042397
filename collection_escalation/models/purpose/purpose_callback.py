from odoo import api, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class CollectionPurposeCallback(models.AbstractModel):
    """The customer asked to be called: it uses up no limit."""

    _name = "collection.purpose.callback"
    _inherit = "collection.purpose"
    _description = "Contact: call-back they asked for"

    _code = "callback"
    _label = _lt("Call-back they asked for")
    _sequence = 40
    _made_by = "person"
    _rule_purpose = "requested"
    _is_chase = False
    _needs_review = False

    @api.model
    def _get_listing(self, contact):
        return "chosen"

    @api.model
    def _get_planning_reason(self, contact):
        return {"code": "CALLBACK", "args": {}}
