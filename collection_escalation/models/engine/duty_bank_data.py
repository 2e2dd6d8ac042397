from odoo import models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class CollectionDutyBankData(models.AbstractModel):
    """Nobody is chased while payments may not be entered; that must not last."""

    _name = "collection.duty.bank_data"
    _inherit = "collection.duty.kind"
    _description = "Duty: enter the payments"

    _code = "bank_data"
    _label = _lt("Enter the payments: until then nobody is reminded")
    _sequence = 14
