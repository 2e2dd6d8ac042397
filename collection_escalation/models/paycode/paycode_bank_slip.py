from odoo import api, models
from odoo.tools.translate import LazyTranslate

from .collection_paycode import PayCode

_lt = LazyTranslate(__name__)


class CollectionPaycodeBankSlip(models.AbstractModel):
    """The slip that a bank registered for exactly what is open; see
    `collection.bank.slip`."""

    _name = "collection.paycode.bank_slip"
    _inherit = "collection.paycode"
    _description = "Way to pay: bank slip"

    _code = "bank_slip"
    _label = _lt("Bank slip: digitable line")
    _sequence = 20
    _url_label = _lt("Open the bank slip")

    @api.model
    def _build(self, to_pay):
        if to_pay.currency.name != "BRL":
            return None
        slips = to_pay.item.bank_slip_ids.sorted("id", reverse=True)
        for slip in slips:
            if slip._fits(to_pay.amount, to_pay.today):
                return PayCode(
                    self._code,
                    text=slip._read().shown,
                    url=slip.url or self._get_document_url(to_pay.contact, slip),
                )
        return None

    @api.model
    def _get_document_url(self, contact, slip):
        """The PDF, behind the link of the message; "" on paper."""
        # only whether there is one: the files are not read
        if contact.on_paper or not slip.with_context(bin_size=True).document:
            return ""
        return f"{contact.get_url()}/slip/{slip.id}"
