from odoo import api, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class CollectionDutyFindPayment(models.AbstractModel):
    """The customer says it is paid. It stands on the oldest invoice, where who enters
    payments works; who says it twice adds to it."""

    _name = "collection.duty.find_payment"
    _inherit = "collection.duty.kind"
    _description = "Duty: look for a payment"

    _code = "find_payment"
    _label = _lt("The customer says it is paid: look for the payment")
    _sequence = 10
    _activity_type = "collection_escalation.mail_activity_find_payment"
    _notifies = True

    @api.model
    def _join(self, duty, vals):
        duty.note = "\n".join(filter(None, (vals.get("note"), duty.note)))

    @api.model
    def _ends_with_file(self, duty, outcome):
        """Found. What was credited instead may have been paid all the same."""
        return outcome == "paid"
