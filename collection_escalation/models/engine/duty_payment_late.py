from odoo import api, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class CollectionDutyPaymentLate(models.AbstractModel):
    """A payment that was in process did not arrive in the time its way takes: it counts as
    not paid, until somebody knows better."""

    _name = "collection.duty.payment_late"
    _inherit = "collection.duty.kind"
    _description = "Duty: a payment that does not arrive"

    _code = "payment_late"
    _label = _lt("A payment does not arrive: find out what became of it")
    _sequence = 12
    _once_per_file = True

    @api.model
    def _get_owner(self, debtor):
        return debtor.company_id._get_collection_accountant() or super()._get_owner(
            debtor
        )

    @api.model
    def _ends_with_file(self, duty, outcome):
        return outcome == "paid"
