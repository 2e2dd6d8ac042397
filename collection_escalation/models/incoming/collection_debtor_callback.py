"""The contact the debtor asked for: "call me tomorrow between nine and twelve"."""

from datetime import time, timedelta

from odoo import fields, models
from odoo.exceptions import UserError

#: The times that are offered: part of the day, and its hours on the customer's clock.
PARTS = {"morning": (8, 12), "afternoon": (12, 18)}
#: Days from today on in which a time is looked for, and how many times are offered.
SLOT_DAYS, SLOTS = 10, 4
#: Less is no time to call in.
SHORTEST = timedelta(minutes=30)


class CollectionDebtor(models.Model):
    _inherit = "collection.debtor"

    def _plan_callback(
        self,
        channel,
        start,
        end,
        note="",
        recipient=None,
        number=False,
        proved=True,
    ):
        """Plan the contact the debtor asked for and reserve its moment: the first one the
        rules permit from ``start`` on. It uses up no limit, because they asked for it.

        There is one such contact a channel: who asks again changes the wish that stands.
        Runs as superuser; who calls it has checked the rights.

        :param channel: code of a channel, usually ``phone``
        :param start: from when they want it (naive UTC); may be past, then from now on
        :param end: until when (naive UTC)
        :param note: what else they said, for the collector
        :param recipient: res.partner who asked; None: whoever the rules find
        :param number: number (E.164) they want it on; False: the one on record
        :param proved: we know that it is the customer who asks
        :return: the contact, as superuser; ``planned_at`` is empty when nothing is
            permitted in the next 90 days: then it is *Not permitted* and says why
        :raise UserError: the time is over, or ends before it begins"""
        self.ensure_one()
        self._check_callback_time(start, end)
        contact_sudo = self._get_planned_callback(channel)
        wish = {
            "callback_from": start,
            "callback_to": end,
            "callback_number": number,
            "callback_proved": proved,
            "note": note,
            "recipient_id": recipient.id if recipient else False,
            "recipient_chosen": bool(recipient),
        }
        if contact_sudo:
            contact_sudo.write(wish)
            contact_sudo._back_to_plan("CALLBACK")
        else:
            contact_sudo = contact_sudo.create(
                {**self._prepare_callback_vals(channel), **wish}
            )
        self.env["collection.planner"].sudo()._plan_at_once(contact_sudo)
        return contact_sudo

    def _check_callback_time(self, start, end):
        if end <= start or end <= fields.Datetime.now():
            raise UserError(
                self.env._(
                    "%s: the time to call back is over, or ends before it begins. Choose "
                    "another one.",
                    self.display_name,
                )
            )

    def _get_planned_callback(self, channel):
        """The wish that stands, as superuser; empty if there is none."""
        return (
            self.env["collection.contact"]
            .sudo()
            .search(
                [
                    ("debtor_id", "=", self.id),
                    ("callback_from", "!=", False),
                    ("channel", "=", channel),
                    ("state", "=", "planned"),
                ],
                limit=1,
            )
        )

    def _prepare_callback_vals(self, channel):
        """Without invoices: a pause or a payment does not take the call out that they
        asked for; only the end of the whole matter does."""
        return {
            "debtor_id": self.id,
            "company_id": self.company_id.id,
            "case_id": self.case_id.id,
            "purpose": "callback",
            "channel": channel,
            "user_id": (self.case_id.user_id or self.collector_id).id,
            "reviewed": True,
            "reasons": [{"code": "CALLBACK", "args": {}}],
        }

    def _get_callback_slots(self):
        """The next times at which the debtor may be called if they ask for it, within the
        usual hours; none while all contact is stopped.

        :return: list of {"key", "day", "part", "start", "end"}: ``day`` of the debtor,
            moments in naive UTC, soonest first"""
        self.ensure_one()
        now, today = fields.Datetime.now(), self._get_today()
        question = self._get_call_questions()
        question.purpose = "callback"
        events = question._read_rule_events(self)
        slots = []
        for number in range(SLOT_DAYS):
            day = today + timedelta(days=number)
            for part, (first, last) in PARTS.items():
                start = max(self._get_utc(day, time(first)), now)
                end = self._get_utc(day, time(last))
                permitted = start < end and question._get_permitted_interval(
                    start, events
                )
                if not permitted:
                    continue
                start, end = max(start, permitted[0]), min(end, permitted[1])
                if end - start >= SHORTEST:
                    key = f"{day.isoformat()}-{part}"
                    slots.append(
                        {
                            "key": key,
                            "day": day,
                            "part": part,
                            "start": start,
                            "end": end,
                        }
                    )
            if len(slots) >= SLOTS:
                break
        return slots[:SLOTS]


class CollectionContact(models.Model):
    _inherit = "collection.contact"

    callback_number = fields.Char(
        readonly=True,
        help="The number they asked to be called on, if not the usual one.",
    )
    callback_proved = fields.Boolean(
        readonly=True, help="We know that it was the customer who asked."
    )

    def _resolve_recipients(self, *args, **kwargs):
        """The number they gave goes before the one on record."""
        given = self.filtered("callback_number")
        others = super(CollectionContact, self - given)
        missing = others._resolve_recipients(*args, **kwargs)
        stopped = self.env["collection.stopped.address"]
        for contact in given:
            number = contact.callback_number
            refusal = stopped._get_refusal(contact.channel, number)
            if refusal:
                missing[contact.id] = refusal
            person = contact.recipient_id or contact.partner_id
            contact.write(
                {
                    "recipient_id": person.id,
                    "destination": False if refusal else number,
                    **contact._get_language_vals(person),
                }
            )
        return missing
