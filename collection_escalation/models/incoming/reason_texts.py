from odoo import models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class CollectionReason(models.AbstractModel):
    _inherit = "collection.reason"

    def _get_texts(self):
        return super()._get_texts() | {
            "STOPPED_ADDRESS": _lt(
                "Who reads at %(value)s told us that they are not the customer: nothing goes "
                "there any more."
            ),
            "NOT_DELIVERED": _lt("The message did not arrive: %(error)s"),
            "REPORT_FAILED": _lt("The mail server could not deliver it: %(said)s"),
            "REPORT_DELAYED": _lt(
                "Late, but still on its way, says the mail server: %(said)s"
            ),
            "REPORT_COMPLAINT": _lt("The reader called the message spam (%(said)s)."),
            "REPORT_UNCLEAR": _lt(
                "A mail server sent a report that must be read: %(said)s"
            ),
            "SAYS_PAID": _lt("They say it was paid on %(date)s."),
            "SAYS_PAID_AMOUNT": _lt("They say it was paid on %(date)s: %(sum)s."),
            "SENT_DOCUMENT": _lt("They sent a document: it lies with the customer."),
            "SAYS_NOT_RECEIVED": _lt("They say that these never arrived: %(names)s."),
            "SAYS_NOT_RECEIVED_AGAIN": _lt(
                "They say once more that these never arrived: %(names)s. They went again before, "
                "so the days go on: send them another way, or call."
            ),
            "CALLBACK_STANDS": _lt(
                "The call that the customer asked for before, after showing who they are, stands "
                "as it is."
            ),
            "SAYS_NOT_THEM": _lt(
                "Who reads at %(value)s is not the customer: stopped in all companies."
            ),
            "SAYS_NOT_THERE": _lt("Who reads there is not the customer."),
            "WISHES_CALL": _lt(
                "They wish a call on %(on)s between %(start)s and %(end)s (%(number)s)."
            ),
            "WISHES_CALL_SOMETIME": _lt(
                "They wish a call (%(number)s), but none is permitted: decide how to answer."
            ),
            "NOT_PROVED": _lt(
                "They did not prove who they are: ask before you say anything."
            ),
        }
