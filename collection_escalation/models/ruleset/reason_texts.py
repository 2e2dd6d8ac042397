from odoo import models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class CollectionReason(models.AbstractModel):
    """The contact rules, by the part of their id after the point."""

    _inherit = "collection.reason"

    def _get_texts(self):
        return super()._get_texts() | {
            "WIN_HOLIDAY": _lt("A holiday there (%(rule)s)."),
            "WIN_WEEKDAY": _lt("No contacts on that day of the week (%(rule)s)."),
            "WIN_HOURS": _lt("Outside the contact hours (%(rule)s)."),
            "LIM_DAY": _lt("The contacts of that day are used up (%(rule)s)."),
            "LIM_WEEK": _lt("The contacts of that week are used up (%(rule)s)."),
            "LIM_GAP": _lt("Too soon after the last contact (%(rule)s)."),
            "LIM_COOLDOWN": _lt("They were talked to a short time ago (%(rule)s)."),
            "LIM_ROLLING": _lt("The contacts of these days are used up (%(rule)s)."),
            "LIM_CHANNEL_EXCLUSIVE": _lt(
                "They were reached by another channel that week (%(rule)s)."
            ),
            "LIM_REDIAL": _lt(
                "The line was busy, it was redialled enough today (%(rule)s)."
            ),
            "LIM_GRACE": _lt(
                "Too soon after the due date for a first contact (%(rule)s)."
            ),
            "BLK_CEASE": _lt("They asked in writing not to be contacted (%(rule)s)."),
            "BLK_ATTORNEY": _lt("Only their attorney may be contacted (%(rule)s)."),
            "BLK_DISPUTE": _lt("They complain, and it is not settled (%(rule)s)."),
            "BLK_THIRD_PARTY": _lt(
                "This person is not the customer and may not learn of it (%(rule)s)."
            ),
            "BLK_WORKPLACE": _lt("No contacts at their place of work (%(rule)s)."),
            "BLK_VISIT": _lt("Visits are not permitted there (%(rule)s)."),
            "BLK_OPT_OUT": _lt("They refused this channel (%(rule)s)."),
            "BLK_CHANNEL_NOT_AUTHORISED": _lt(
                "They did not authorise this channel (%(rule)s)."
            ),
            "BLK_DECEASED": _lt("The customer is deceased (%(rule)s)."),
            "BLK_INSOLVENCY": _lt(
                "The customer is insolvent: file the claim (%(rule)s)."
            ),
            "BLK_OVER_INDEBTED": _lt(
                "The customer renegotiates all debts in court (%(rule)s)."
            ),
            "BLK_PAID_CLAIM": _lt("They say it is paid: wait for the bank (%(rule)s)."),
            "NO_RULES": _lt("No contact rules are known for this customer."),
            "BLK": _lt("Not permitted (%(rule)s)."),
            "LIM": _lt("Too many contacts (%(rule)s)."),
        }
