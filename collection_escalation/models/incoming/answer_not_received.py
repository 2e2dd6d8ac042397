"""“I did not receive it”: the invoice goes once more, and the days count from then. Once
for each invoice (S15: “I never got it” must not be an excuse): who says it again is heard by
the collector, and the days go on."""

from odoo import api, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class CollectionAnswerNotReceived(models.AbstractModel):
    _name = "collection.answer.not_received"
    _inherit = "collection.answer"
    _description = "Answer: I did not receive the invoice"

    _code = "not_received"
    _label = _lt("I did not receive the invoice")
    _sequence = 20
    _form = "collection_escalation.answer_not_received_form"
    _submit = _lt("Send it to me again")
    _thanks = _lt("We see to it that it reaches you.")

    @api.model
    def _is_offered(self, contact):
        """Not where the message itself brought the invoice."""
        brings_it = contact._get_purpose()._brings_invoice
        return not brings_it and bool(contact._get_open_items())

    @api.model
    def _get_form_values(self, contact, proved):
        """`again`: all of it went once more already."""
        return {"again": all(contact._get_open_items().mapped("not_received_on"))}

    @api.model
    def _read_form(self, contact, form, proved):
        return {"text": self._clean_text(form.get("text"))}

    @api.model
    def _take_effect(self, contact, values):
        """What is planned for the invoices of which they say it for the first time is
        taken back. The next evaluation, at once, plans the invoice itself
        (`_brings_invoice` of the fact), and its delivery restarts the days of grace."""
        items = contact._get_open_items()
        again = items.filtered("not_received_on")
        first = items - again
        first._withdraw_contacts("INVOICE_NOT_RECEIVED")
        first.write(
            {
                "not_received_on": contact.debtor_id._get_today(),
                "grace_from": False,
            }
        )
        if first:
            self.env.ref("collection_escalation.ir_cron_evaluate")._trigger()
        said = (("SAYS_NOT_RECEIVED", first), ("SAYS_NOT_RECEIVED_AGAIN", again))
        return [
            {"code": code, "args": {"names": self._join_names(some)}}
            for code, some in said
            if some
        ]

    def _join_names(self, items):
        return ", ".join(sorted(filter(None, items.move_id.mapped("name"))))
