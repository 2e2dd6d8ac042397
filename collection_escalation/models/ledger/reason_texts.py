from odoo import models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class CollectionReason(models.AbstractModel):
    _inherit = "collection.reason"

    def _get_texts(self):
        return super()._get_texts() | {
            "FIRST_START": _lt(
                "Was already overdue when collections were switched on: placed here silently."
            ),
            "NEW_CYCLE": _lt("Owed again after it was settled: the plan begins anew."),
            "NOT_OWED": _lt("Nothing is owed any more."),
            "DUE_DATE_MOVED": _lt("The due date was moved."),
            "OTHER_DEBTOR": _lt("The invoice went to another customer."),
        }
