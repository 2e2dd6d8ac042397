from odoo import api, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class CollectionPurposeStep(models.AbstractModel):
    """A step of the plan says what is written, and when."""

    _name = "collection.purpose.step"
    _inherit = "collection.purpose"
    _description = "Contact: step of the plan"

    _code = "step"
    _label = _lt("Collection step")
    _sequence = 10
    _states_debt = True
    _announces = None
    _keeps_quiet_days = True
    _begins_quiet_days = True

    @api.model
    def _get_listing(self, contact):
        """A courtesy note lists its own invoices alone."""
        return "own" if contact.stage_id.level == "pre_due" else "all"

    @api.model
    def _must_state_debt(self, contact):
        return contact.stage_id.level != "pre_due"
