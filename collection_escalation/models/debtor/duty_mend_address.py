from odoo import models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class CollectionDutyMendAddress(models.AbstractModel):
    """An address or number does not work. It is done when the customer's address changes,
    and stays when the file closes: the next invoice would not arrive either."""

    _name = "collection.duty.mend_address"
    _inherit = "collection.duty.kind"
    _description = "Duty: mend an address"

    _code = "mend_address"
    _label = _lt("Mend the address")
    _sequence = 30
    _activity_type = "collection_escalation.mail_activity_mend_address"
