from odoo import api, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

#: What to do after each stop.
NOTES = {
    "cease_on": _lt(
        "Asked in writing not to be contacted: decide whether to go on formally."
    ),
    "deceased": _lt("Deceased: find out who handles the estate."),
    "insolvency": _lt("Insolvent: file the claim in time."),
    "over_indebted": _lt("Over-indebted: join the collective renegotiation."),
    "attorney_unproved": _lt(
        "They have an attorney: ask for the power of attorney, or a written notice, and "
        "attach it. Until then nobody may be told anything."
    ),
}


class CollectionDutyStopped(models.AbstractModel):
    """Nobody may contact the customer: somebody decides what follows."""

    _name = "collection.duty.stopped"
    _inherit = "collection.duty.kind"
    _description = "Duty: decide after a stop"

    _code = "stopped"
    _label = _lt("No contact permitted: decide")
    _sequence = 20
    _activity_type = "collection_escalation.mail_activity_stopped"

    @api.model
    def _explain(self, duty):
        note = NOTES.get(duty.key)
        if note is None:
            return super()._explain(duty)
        return note._translate(self.env.lang or "en_US")

    @api.model
    def _ends_with_file(self, duty, outcome):
        """A claim that was taken out of the follow-up is still to be filed; one that is
        paid is not."""
        return outcome in ("paid", "credited", "within_tolerance")
