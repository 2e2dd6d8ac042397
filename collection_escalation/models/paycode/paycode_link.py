from odoo import api, models
from odoo.tools.translate import LazyTranslate

from .collection_paycode import PayCode

_lt = LazyTranslate(__name__)


class CollectionPaycodeLink(models.AbstractModel):
    """The invoice behind the link of the message, with every way to pay it there is."""

    _name = "collection.paycode.link"
    _inherit = "collection.paycode"
    _description = "Way to pay: link"

    _code = "link"
    _label = _lt("On the internet")
    _sequence = 50
    _leads_on = True
    _url_label = _lt("See this invoice and every way to pay it")

    @api.model
    def _build(self, to_pay):
        if to_pay.contact.on_paper:
            return None  # the letter has the link of the whole message
        return PayCode(self._code, url=to_pay.contact.get_line_url(to_pay.line))
