"""“I am not this person”: nothing goes to that address or number any more."""

from odoo import api, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class CollectionAnswerNotMe(models.AbstractModel):
    _name = "collection.answer.not_me"
    _inherit = "collection.answer"
    _description = "Answer: I am not this person"

    _code = "not_me"
    _label = _lt("I am not this person")
    _sequence = 40
    _form = "collection_escalation.answer_not_me_form"
    _submit = _lt("I am not this person")
    _thanks = _lt("Please excuse us. Nothing more will come to you here.")
    _shows_nothing = True
    _outcome = "wrong_party"

    @api.model
    def _take_effect(self, contact, values):
        """In all companies at once. The message counts as not received: the collector
        mends the address, and the step goes to its other channel."""
        contact._get_sent_there()._take_back_links()
        stop = self.env["collection.stopped.address"]._stop(contact)
        contact._on_not_received(
            "returned", "STOPPED_ADDRESS", value=contact.destination or ""
        )
        if not stop:
            return [{"code": "SAYS_NOT_THERE", "args": {}}]
        return [{"code": "SAYS_NOT_THEM", "args": {"value": stop.address}}]


class CollectionContact(models.Model):
    _inherit = "collection.contact"

    def _get_sent_there(self):
        """All messages to the address of this one, of whatever company; of a letter only
        itself, for others live at the place."""
        self.ensure_one()
        Stopped = self.env["collection.stopped.address"]
        kind = Stopped._get_kind(self.channel)
        if not kind or not self.destination:
            return self
        return self | self.search(
            [("destination", "=", self.destination), ("direction", "=", "out")]
        ).filtered(lambda c: Stopped._get_kind(c.channel) == kind)
