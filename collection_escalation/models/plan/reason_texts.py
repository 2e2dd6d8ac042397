from odoo import models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

#: The same reasons in the words of the days before the due date.
BEFORE_DUE = {
    "STAGE_REACHED": "COURTESY_REACHED",
    "WAITS_FOR_TRIGGER": "WAITS_FOR_COURTESY",
}
UNIT_TEXTS = {"calendar": _lt("days"), "business": _lt("business days")}


class CollectionReason(models.AbstractModel):
    _inherit = "collection.reason"

    def _get_texts(self):
        return super()._get_texts() | {
            "STAGE_REACHED": _lt(
                "%(days)s %(unit)s after the effective due date (%(since)s): stage %(level)s."
            ),
            "COURTESY_REACHED": _lt(
                "%(days)s %(unit)s before the due date: stage %(level)s."
            ),
            "WAITS_FOR_COURTESY": _lt(
                "Next stage %(level)s %(days)s %(unit)s before the due date: not before %(on)s."
            ),
            "WAITS_FOR_TRIGGER": _lt(
                "Next stage %(level)s %(days)s %(unit)s after the effective due date "
                "(%(since)s): not before %(on)s."
            ),
            "WAITS_FOR_MANAGER": _lt(
                "The stage %(level)s waits for a manager's decision."
            ),
            "LADDER_END": _lt("The plan ends here: a manager decides what follows."),
            "STAYS": _lt("Stays in the stage %(level)s."),
        }

    def _get_wording(self, code, args):
        if args.get("level") == "pre_due" and args.get("days", 0) < 0:
            return BEFORE_DUE.get(code, code), {**args, "days": -args["days"]}
        return super()._get_wording(code, args)

    def _make_readable(self, key, value, args):
        if key == "level":
            field = self.env["collection.stage"]._fields["level"]
            return dict(field._description_selection(self.env)).get(value, value)
        if key == "unit":
            return UNIT_TEXTS[value]._translate(self.env.lang or "en_US")
        return super()._make_readable(key, value, args)
