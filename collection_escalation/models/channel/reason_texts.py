from odoo import models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class CollectionReason(models.AbstractModel):
    _inherit = "collection.reason"

    def _get_texts(self):
        return super()._get_texts() | {
            "NO_ADDRESS": _lt("The customer has no usable address for this channel."),
            "BAD_ADDRESS": _lt(
                "The e-mail address “%(value)s” cannot be used: mend it on the customer."
            ),
            "BAD_NUMBER": _lt(
                "The number “%(value)s” cannot be read as a phone number there: write it with "
                "its country code on the customer."
            ),
            "NO_PROVIDER": _lt(
                "No provider is set up to send it for this company: connect one, or choose "
                "another channel in the plan."
            ),
        }
