"""“Call me”: a call at a time they choose, among those that are permitted."""

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.tools import format_time
from odoo.tools.translate import LazyTranslate

from ..debtor.collection_debtor_call import format_day
from ..debtor.collection_debtor_place import city_of
from .callable_number import is_costly

_lt = LazyTranslate(__name__)

PARTS = {
    "morning": _lt("%(day)s, morning (%(start)s to %(end)s)"),
    "afternoon": _lt("%(day)s, afternoon (%(start)s to %(end)s)"),
}


class CollectionAnswerCallMe(models.AbstractModel):
    _name = "collection.answer.call_me"
    _inherit = "collection.answer"
    _description = "Answer: call me"

    _code = "call_me"
    _label = _lt("Call me")
    _sequence = 30
    _form = "collection_escalation.answer_call_me_form"
    _submit = _lt("Ask for the call")
    _thanks = _lt("We will call you.")
    _shows_nothing = True
    _pauses = True

    @api.model
    def _get_form_values(self, contact, proved):
        """Who did not prove who they are gives a number: nobody sends our calls to
        somebody else."""
        return {
            "slots": [
                {"key": slot["key"], "label": self._describe_slot(contact, slot)}
                for slot in contact.debtor_id._get_callback_slots()
            ],
            "number_needed": not proved,
        }

    def _describe_slot(self, contact, slot):
        debtor = contact.debtor_id
        days = (slot["day"] - debtor._get_today()).days
        near = (self.env._("Today"), self.env._("Tomorrow"))
        far = format_day(self.env, slot["day"])
        zone = debtor._get_zone_names()[0]
        start, end = (
            format_time(self.env, slot[name], tz=zone, time_format="short")
            for name in ("start", "end")
        )
        text = PARTS[slot["part"]]._translate(self.env.lang or "en_US")
        day = near[days] if days < len(near) else far[:1].upper() + far[1:]
        text = text % {"day": day, "start": start, "end": end}
        if len(debtor._get_clocks()) == 1:
            return text
        # we do not know their clock, so they read whose hours these are
        return f"{text}, {city_of(zone, self.env.lang)}"

    @api.model
    def _read_form(self, contact, form, proved):
        slots = {slot["key"]: slot for slot in contact.debtor_id._get_callback_slots()}
        slot = slots.get(self._clean_text(form.get("when"), 40))
        if slots and not slot:
            raise ValidationError(self.env._("Choose when we may call you."))
        return {
            "slot": slot,
            "number": self._read_number(contact, form.get("number"), proved),
            "text": self._clean_text(form.get("text")),
            "proved": proved,
        }

    def _read_number(self, contact, value, proved):
        """The number in international form, False for the one on record."""
        typed = self._clean_text(value, 40)
        if not typed and proved:
            return False
        number = typed and contact.partner_id._phone_format(
            number=typed, force_format="E164"
        )
        if number and is_costly(number):
            raise ValidationError(
                self.env._(
                    "We cannot call this number. Give us an ordinary one, of a telephone "
                    "at home or at work or of a mobile."
                )
            )
        if not number:
            raise ValidationError(
                self.env._(
                    "Write the number with its area code, so that we can call it."
                )
            )
        return number

    @api.model
    def _take_effect(self, contact, values):
        """The call stands in the outbox of the collector, who is told. Where no call is
        permitted (somebody asked for silence, or for an attorney) they only read of the
        wish."""
        slot, number = values["slot"], values["number"]
        debtor = contact.debtor_id
        said = self._describe(debtor, slot, number)
        if not values["proved"]:
            said.append({"code": "NOT_PROVED", "args": {}})
        standing = debtor._get_planned_callback("phone")
        if not values["proved"] and standing.callback_proved:
            said.append({"code": "CALLBACK_STANDS", "args": {}})
        elif slot:
            explained = self.env["collection.reason"]._explain(said)
            debtor._plan_callback(
                "phone",
                slot["start"],
                slot["end"],
                note="\n".join(filter(None, (explained, values["text"]))),
                recipient=contact.recipient_id if number else None,
                number=number,
                proved=values["proved"],
            )
        return said

    def _describe(self, debtor, slot, number):
        """What they wish, as stored reasons."""
        usual = debtor._get_call_questions().destination
        args = {"number": number or usual or "-"}
        if not slot:
            return [{"code": "WISHES_CALL_SOMETIME", "args": args}]
        args["on"] = slot["day"].isoformat()
        for name in ("start", "end"):
            args[name] = debtor._get_local(slot[name]).strftime("%H:%M")
        return [{"code": "WISHES_CALL", "args": args}]
