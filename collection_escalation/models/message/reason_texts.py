from odoo import models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

#: What a text can lack.
DATA_TEXTS = {
    "creditor": _lt("name of the company"),
    "address": _lt("address of the company"),
    "tax_id": _lt("tax id of the company"),
    "invoice": _lt("invoice number"),
    "due": _lt("due date"),
    "amount": _lt("open amount"),
    "link": _lt("link to the invoices"),
}


class CollectionReason(models.AbstractModel):
    _inherit = "collection.reason"

    def _get_texts(self):
        return super()._get_texts() | {
            "RENDERING_FAILED": _lt("The message could not be written: %(error)s"),
            "WORDING": _lt(
                "The text says %(words)s, which is forbidden: it did not leave. Mend the text."
            ),
            "WORDING_LACKS": _lt(
                "The text lacks what must be in it (%(missing)s): it did not leave. Mend the "
                "text."
            ),
            "RETURNED": _lt("The letter came back: the address is wrong."),
        }

    def _make_readable(self, key, value, args):
        if key == "missing":
            lang = self.env.lang or "en_US"
            return ", ".join(DATA_TEXTS[kind]._translate(lang) for kind in value)
        return super()._make_readable(key, value, args)
