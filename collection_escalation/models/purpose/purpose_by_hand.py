from odoo import api, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class CollectionPurposeByHand(models.AbstractModel):
    """A person decided to talk about what is open: what withholds the chase they know, and
    say why all the same."""

    _name = "collection.purpose.by_hand"
    _inherit = "collection.purpose"
    _description = "Contact: by hand"

    _code = "by_hand"
    _label = _lt("By hand")
    _sequence = 30
    _made_by = "person"
    _is_chase = False
    _states_debt = True
    _needs_review = False
    _announces = None
    _begins_quiet_days = True
    _template = "collection_escalation.mail_template_manual"

    @api.model
    def _get_listing(self, contact):
        return "chosen"

    @api.model
    def _get_planning_reason(self, contact):
        return {"code": "BY_HAND", "args": {"user": contact.user_id.name}}
