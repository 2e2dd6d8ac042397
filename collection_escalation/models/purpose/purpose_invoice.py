from odoo import models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class CollectionPurposeInvoice(models.AbstractModel):
    """The invoice did not reach the customer: it goes before any reminder, at once."""

    _name = "collection.purpose.invoice"
    _inherit = "collection.purpose"
    _description = "Contact: the invoice itself"

    _code = "invoice"
    _label = _lt("The invoice itself")
    _sequence = 20
    _states_debt = True
    _asks_for_money = False
    _brings_invoice = True
    _must_arrive = True
    _template = "collection_escalation.mail_template_invoice"
