from odoo import models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class CollectionReason(models.AbstractModel):
    _inherit = "collection.reason"

    def _get_texts(self):
        return super()._get_texts() | {
            "PLANNED": _lt("Planned for the first permitted moment."),
            "FIRST_REVIEW": _lt("Waits for the review of tomorrow's messages."),
            "BY_HAND": _lt("Planned by %(user)s."),
            "CALLBACK": _lt("They asked to be called then."),
            "REMOVED": _lt("Taken out by %(user)s."),
            "NOT_STARTED": _lt("Collections are not started for the company."),
            "SENDING_PAUSED": _lt("All sending is paused for the company."),
            "DID_NOT_LEAVE": _lt("It did not leave: planned again."),
            "WRONG_NUMBER": _lt("The number is not theirs or does not work."),
            "UNDECIDABLE": _lt(
                "Cannot tell whether the contact is permitted: %(error)s"
            ),
        }
