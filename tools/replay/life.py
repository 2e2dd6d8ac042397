"""What people do while the ledger is lived: debtors answer, bounce, refuse e-mail, take an
attorney; a collector calls, also when it is not permitted. All of it by one seeded chance.

Every deed is kept with its moment: the audit compares the database with it.
"""

import random
from base64 import b64encode
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from odoo import fields

#: How many of a hundred customers are so; the others are silent.
TEMPERS = {"answers": 20, "bounces": 10, "refuses": 8, "attorney": 6, "cease": 4}
#: Share of the messages that are answered by who answers, that come back from who bounces.
ANSWERED, CAME_BACK = 0.4, 0.5
#: Share of the planned calls that the collector makes on a visit to the list when their
#: moment has come, and that a collector in a hurry tries although it has not.
DILIGENCE, HURRY = 0.5, 0.05
#: Of a hundred visits to the list, on how many the collector contacts somebody beside the
#: plan; share of the conversations in which the customer asks to be called back.
BESIDE_THE_PLAN, CALL_ME = 8, 0.4
#: When they want it, by their clock, on the next day whatever it is.
CALLBACK_HOURS = time(10), time(15)
OUTCOMES = {
    "no_answer": 8,
    "voicemail": 3,
    "busy": 3,
    "conversation": 4,
    "not_connected": 1,
    "wrong_party": 1,
}


@dataclass(slots=True)
class Deeds:
    """What happened, by contact or customer, with the (naive UTC) moment."""

    replies: dict[int, datetime] = field(default_factory=dict)
    answers: dict[str, list[datetime]] = field(default_factory=dict)
    bounces: dict[int, datetime] = field(default_factory=dict)
    calls: list[tuple[int, datetime, bool]] = field(default_factory=list)
    by_hand: int = 0
    callbacks: int = 0
    refusals: dict[str, datetime] = field(default_factory=dict)
    attorneys: dict[str, datetime] = field(default_factory=dict)
    ceases: dict[str, datetime] = field(default_factory=dict)
    tempers: dict[str, str] = field(default_factory=dict)
    #: channels that a customer allowed, where the law wants to know
    authorised: dict[str, set[str]] = field(default_factory=dict)
    #: where each customer, and each "attorney of CUSTOMER", may be reached
    addresses: dict[str, set[str]] = field(default_factory=dict)


def _addresses_of(partner) -> set[str]:
    """E-mail, and the number as one dials it."""
    return {partner.email, "+" + "".join(filter(str.isdigit, partner.phone))}


def call_what_is_due(env, collector) -> None:
    """The collector makes the calls whose moment has come."""
    calls = env["collection.contact"].search(
        [
            ("state", "=", "planned"),
            ("channel", "=", "phone"),
            ("planned_at", "<=", fields.Datetime.now()),
        ],
        order="planned_at, id",
    )
    outcomes = ("no_answer", "no_answer", "voicemail", "busy", "conversation")
    for call in calls:
        call.with_user(collector)._log_attempt(outcomes[call.id % len(outcomes)])


class Life:
    def __init__(self, env, books, seed: int, days: int):
        self.env, self.books = env, books
        self.chance = random.Random(seed)
        self.deeds = Deeds()
        self._answers: list[tuple[str, int]] = []
        self._turns = defaultdict(list)
        self._deal_tempers(sorted(books.partners), days)
        for customer, partner in books.partners.items():
            self.deeds.addresses[customer] = _addresses_of(partner)
        self._take_down_authorisations()

    def _deal_tempers(self, customers: list[str], days: int) -> None:
        """To whom what happens, and on which day who refuses or takes an attorney does."""
        deck = [temper for temper, share in TEMPERS.items() for _ in range(share)]
        deck += ["silent"] * (100 - len(deck))
        self.chance.shuffle(deck)
        for number, customer in enumerate(customers):
            temper = deck[number % len(deck)]
            self.deeds.tempers[customer] = temper
            if temper in ("refuses", "attorney", "cease"):
                self._turns[self.chance.randrange(days)].append((temper, customer))

    def _take_down_authorisations(self) -> None:
        """In Colombia only what the customer allowed may be used: every fourth allows
        calls alone."""
        colombians = [c for c, home in self.books.homes.items() if home.country == "CO"]
        for number, customer in enumerate(sorted(colombians)):
            channels = ["phone"] if number % 4 == 3 else ["email", "phone"]
            if "email" not in channels:
                self.deeds.tempers[customer] = "calls_only"
            self.deeds.authorised[customer] = set(channels)
            self._get_debtor(customer).write(
                {
                    "channel_ids": [
                        fields.Command.create(
                            {
                                "channel": channel,
                                "status": "authorised",
                                "proof": "contract",
                            }
                        )
                        for channel in channels
                    ]
                }
            )

    # -- the debtors ---------------------------------------------------------------------

    def begin_day(self, number: int) -> None:
        """What customers tell us on this day, before anything else happens."""
        for temper, customer in self._turns.pop(number, ()):
            getattr(self, f"_{temper}")(customer)

    def _get_debtor(self, customer: str):
        Debtor = self.env["collection.debtor"]
        return Debtor._get_for(self.books.partners[customer], self.books.company)

    def _refuses(self, customer: str) -> None:
        debtor = self._get_debtor(customer)
        debtor.channel_ids.filtered(lambda said: said.channel == "email").unlink()
        debtor.write(
            {
                "channel_ids": [
                    fields.Command.create({"channel": "email", "status": "refused"})
                ]
            }
        )
        self.deeds.refusals[customer] = fields.Datetime.now()

    def _attorney(self, customer: str) -> None:
        attorney = self.env["res.partner"].create(
            {
                "name": f"Attorney of {customer}",
                "email": f"{customer.lower()}@attorneys.example.com",
                "phone": f"+55 11 3456-{len(self.deeds.attorneys):04}",
            }
        )
        self._get_debtor(customer).write(
            {
                "person_ids": [
                    fields.Command.create(
                        {
                            "partner_id": attorney.id,
                            "kind": "attorney",
                            "document": b64encode(b"power of attorney"),
                        }
                    )
                ]
            }
        )
        addresses = _addresses_of(attorney)
        self.deeds.addresses[f"attorney of {customer}"] = addresses
        self.deeds.attorneys[customer] = fields.Datetime.now()

    def _cease(self, customer: str) -> None:
        debtor = self._get_debtor(customer)
        debtor.cease_on = debtor._get_today()
        self.deeds.ceases[customer] = fields.Datetime.now()

    def let_mail_arrive(self) -> None:
        """What the debtors' servers and the debtors sent since the last visit."""
        answers, self._answers = self._answers, []
        for kind, contact_id in answers:
            contact = self.env["collection.contact"].browse(contact_id)
            getattr(self, f"_receive_{kind}")(contact)

    def read_new_mail(self) -> None:
        """The debtors find what left on this visit; some of it will be answered, some
        comes back."""
        new = self.env["collection.contact"].search(
            [
                ("channel", "=", "email"),
                ("direction", "=", "out"),
                ("state", "=", "made"),
                ("made_at", "=", fields.Datetime.now()),
            ],
            order="id",
        )
        for contact in new:
            temper = self.deeds.tempers[contact.partner_id.ref]
            if temper == "answers" and self.chance.random() < ANSWERED:
                self._answers.append(("reply", contact.id))
            elif temper == "bounces" and self.chance.random() < CAME_BACK:
                self._answers.append(("bounce", contact.id))

    def _receive_reply(self, contact) -> None:
        self._receive(
            f"From: {contact.destination}\n"
            "To: billing@creditor.example.com\n"
            f"Message-Id: <reply.{contact.id}@customers.example.com>\n"
            f"In-Reply-To: {contact.message_id.message_id}\n"
            f"Subject: Re: {contact.message_id.subject}\n"
            "Content-Type: text/plain; charset=utf-8\n\nWe pay on Friday.\n"
        )
        self.deeds.replies[contact.id] = fields.Datetime.now()
        answers = self.deeds.answers.setdefault(contact.partner_id.ref, [])
        answers.append(fields.Datetime.now())

    def _receive_bounce(self, contact) -> None:
        """A delivery status notification (RFC 3464)."""
        self._receive(
            "From: MAILER-DAEMON <MAILER-DAEMON@customers.example.com>\n"
            "To: billing@creditor.example.com\nSubject: Undelivered Mail\n"
            f"Message-Id: <bounce.{contact.id}@customers.example.com>\n"
            "MIME-Version: 1.0\nContent-Type: multipart/report; "
            'report-type=delivery-status; boundary="b"\n\n'
            "--b\nContent-Type: text/plain\n\nmailbox full\n"
            "--b\nContent-Type: message/delivery-status\n\n"
            "Reporting-MTA: dns; mx.customers.example.com\n\n"
            f"Final-Recipient: rfc822; {contact.destination}\n"
            "Action: failed\nStatus: 5.2.2\n\n"
            "--b\nContent-Type: message/rfc822\n\n"
            f"To: {contact.destination}\n"
            f"Message-Id: {contact.message_id.message_id}\nSubject: x\n\nx\n--b--\n"
        )
        self.deeds.bounces[contact.id] = fields.Datetime.now()

    def _receive(self, text: str) -> None:
        raw = text.replace("\n", "\r\n")
        self.env["mail.thread"].message_process("collection.debtor", raw)

    # -- the collector -------------------------------------------------------------------

    def work_through_calls(self) -> None:
        """The collector makes calls whose moment has come, and tries some that wait."""
        now = fields.Datetime.now()
        calls = self.env["collection.contact"].search(
            [("state", "=", "planned"), ("channel", "=", "phone")], order="id"
        )
        for call in calls.filtered("planned_at"):
            share = DILIGENCE if call.planned_at <= now else HURRY
            if self.chance.random() < share:
                self._call(call, now)

    def _call(self, call, now: datetime) -> None:
        outcomes, weights = zip(*OUTCOMES.items(), strict=True)
        (outcome,) = self.chance.choices(outcomes, weights)
        answer = call.with_user(self.books.collector)._log_attempt(outcome)
        self.deeds.calls.append((call.id, now, answer is True))
        talked = answer is True and outcome == "conversation"
        if talked and self.chance.random() < CALL_ME:
            self._ask_for_callback(call.debtor_id, now)

    def _ask_for_callback(self, debtor, now: datetime) -> None:
        zone = ZoneInfo(self.books.homes[debtor.partner_id.ref].zones[0])
        tomorrow = now.replace(tzinfo=UTC).astimezone(zone).date() + timedelta(days=1)
        start, end = (
            datetime.combine(tomorrow, hour, tzinfo=zone)
            .astimezone(UTC)
            .replace(tzinfo=None)
            for hour in CALLBACK_HOURS
        )
        debtor._plan_callback("phone", start, end)
        self.deeds.callbacks += 1

    def contact_beside_the_plan(self) -> None:
        """Now and then the collector calls or writes to somebody of their own accord."""
        if self.chance.randrange(100) >= BESIDE_THE_PLAN:
            return
        env = self.env(user=self.books.collector.id)
        cases = env["collection.case"].search([("state", "=", "open")], order="id")
        if not cases:
            return
        debtor = self.chance.choice(cases).debtor_id
        channel = self.chance.choice(("phone", "email"))
        last = self.env["collection.contact"].search([], order="id desc", limit=1)
        vals = {"debtor_id": debtor.id, "channel": channel}
        if channel == "email":
            vals["own_html"] = "<p>Good day, may we talk about this?</p>"
        env["collection.contact.compose"].create(vals).action_confirm()
        self.deeds.by_hand += 1
        blocked = self.env["collection.contact"].search(
            [("id", ">", last.id), ("state", "=", "blocked"), ("channel", "=", "phone")]
        )
        now = fields.Datetime.now()
        self.deeds.calls += [(contact.id, now, False) for contact in blocked]
