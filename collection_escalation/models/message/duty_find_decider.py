from odoo import api, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class CollectionDutyFindDecider(models.AbstractModel):
    """A message is meant for who decides on payments, and nobody is recorded."""

    _name = "collection.duty.find_decider"
    _inherit = "collection.duty.kind"
    _description = "Duty: find out who decides"

    _code = "find_decider"
    _label = _lt("Find out who decides on payments, and record them")
    _sequence = 40
    _activity_type = "collection_escalation.mail_activity_find_decider"
    _once_per_file = True

    @api.model
    def _ends_with_file(self, duty, outcome):
        return True
