from odoo import models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class CollectionReason(models.AbstractModel):
    _inherit = "collection.reason"

    def _get_texts(self):
        return super()._get_texts() | {
            "HELD": _lt("Paused until %(until)s: %(reason)s."),
            "HELD_ELSEWHERE": _lt("Paused at %(company)s until %(until)s."),
            "STOPPED": _lt("Nobody may contact them: %(flag)s."),
            "CASE_CLOSED": _lt("The collection file was closed."),
            "RECIPIENT_LEFT": _lt("Whom we would write to is archived."),
            "MERGED": _lt("The customer was merged with another."),
        }

    def _make_readable(self, key, value, args):
        if key == "reason":
            field = self.env["collection.hold"]._fields["reason"]
            return dict(field._description_selection(self.env)).get(value, value)
        if key == "flag":
            return self.env["collection.debtor"]._get_field_label(value)
        return super()._make_readable(key, value, args)
