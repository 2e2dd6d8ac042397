import random
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from psycopg2 import IntegrityError

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import MONDAY, CollectionCommon

RIO = ZoneInfo("America/Sao_Paulo")
#: Public holidays of Brazil between the first and the last day of the random walk.
HOLIDAYS = {date(2026, 4, 3), date(2026, 4, 21), date(2026, 5, 1)}
FRIENDLY_DAY = MONDAY + timedelta(days=7)
WEEKS_2 = timedelta(weeks=2)
#: Days after MONDAY on which something happens until only a manager can go on: friendly
#: message, call, call missed, firm message, call, call missed, 45 days.
UP_TO_THE_MANAGER = (7, 10, 11, 21, 24, 25, 45)
LADDER = ["pre_due", "friendly", "firm", "formal", "legal", "loss"]


@tagged("post_install", "-at_install")
class TestInvariants(CollectionCommon):
    """The invariants of the design, section 4, each under its own name. What a story
    proves already is looked at from another side here, and all of them together hold on
    sixty random days."""

    # -- the walk ------------------------------------------------------------------------

    def test_sixty_random_days_keep_every_invariant(self):
        """Two customers pay, owe, complain, answer, are called, lose messages and have
        payments reversed by the dice; after each day every invariant is checked."""
        dice = random.Random(20260302)
        partners = [self._create_debtor_partner(f"Cliente {n}") for n in range(2)]
        self.walk = {"payments": [], "mails": 0, "moves": 0}
        for number in range(60):
            day = MONDAY + timedelta(days=number)
            self._play(dice, day, partners)
            before = {
                item: (item.ledger_state, item._get_held())
                for item in self._all("collection.item")
            }
            mails = self._live(day)
            self.walk["mails"] += len(mails)
            with self._at(day), self.subTest(day=day):
                self._check_what_left(day, before)
                self._check_open_cases_have_a_next()
                if number % 10 == 9:
                    self._check_steps_once_per_cycle()
                    self._check_moves_follow_the_plan()
                    self._check_holds_are_owned()
        self.assertGreater(self.walk["mails"], 10, "the walk is worth its time")
        self.assertTrue(self.walk["payments"])

    def _play(self, dice, day, partners):
        """What happens to the customers on ``day``, before the scheduled actions."""
        for partner in partners:
            fate = dice.random()
            open_items = self._debtor(partner).item_ids.filtered(
                lambda i: i.ledger_state == "open"
            )
            if fate < 0.12:
                due = day + timedelta(days=dice.randint(-4, 12))
                self._create_overdue_invoice(
                    due, dice.choice([4.0, 99.99, 1000.0]), partner
                )
                continue
            with self._at(day, time(dice.choice([3, 11, 15]), 0)):
                if fate < 0.17 and open_items:
                    invoice = dice.choice(open_items.sorted("id")).move_id
                    part = dice.choice([None, invoice.amount_residual / 2])
                    self.walk["payments"].append(self._pay(invoice, part, day))
                elif fate < 0.19 and self.walk["payments"]:
                    payment = self.walk["payments"].pop(0)
                    payment.action_draft()
                    payment.action_cancel()
                    self._settle_transaction()
                elif fate < 0.23 and open_items:
                    self.env["collection.hold"].with_user(self.collector).create(
                        {
                            "debtor_id": open_items.debtor_id.id,
                            "item_ids": [
                                Command.set(open_items[: dice.randint(0, 1)].ids)
                            ],
                            "reason": "checking",
                            "date_from": day,
                            "date_to": day + timedelta(days=dice.randint(0, 9)),
                        }
                    )
                    self._settle_transaction()
                elif fate < 0.35:
                    for call in self._contacts(
                        partner, channel="phone", state="planned"
                    ):
                        self._log_call(call, dice.choice(["no_answer", "conversation"]))
                elif fate < 0.40 and "manager" in open_items.mapped("waits_for"):
                    self._open_next_stage(self._debtor(partner).case_id)
                elif fate < 0.44:
                    mails = self._contacts(
                        partner, channel="email", state="made", direction="out"
                    )
                    mails[-1:]._on_bounce()
                elif fate < 0.48 and self._debtor(partner):
                    self._debtor(partner)._note_answer("Re:", channel="email")
                self._settle_transaction()

    def _all(self, model):
        return self.env[model].sudo().search([("company_id", "=", self.company.id)])

    def _check_what_left(self, day, before):
        """Invariants 1 and 2: owed, not paused, at a permitted moment, once a day."""
        made = self._all("collection.contact").filtered(
            lambda c: c.state == "made" and c.direction == "out"
        )
        for contact in made.filtered(lambda c: c.made_on == day):
            local = contact.made_at.replace(tzinfo=UTC).astimezone(RIO)
            self.assertTrue(8 <= local.hour < 18, local)
            self.assertLess(local.weekday(), 5, local)
            self.assertNotIn(local.date(), HOLIDAYS)
            if contact.channel != "email":
                continue
            for line in contact.line_ids.filtered(lambda x: x.state == "made"):
                state, held = before[line.item_id]
                self.assertEqual(state, "open", "1: owed when it left")
                self.assertFalse(held, "1: a pause is kept")
                self.assertTrue(line.frozen)
                self.assertEqual(line.amount_open, line.item_id.amount_open)
                self.assertGreater(line.amount_open, 0)
        counted = made.filtered(lambda c: c.delivery_status != "bounced")
        per_day = Counter((c.debtor_id, c.made_on) for c in counted)
        self.assertLessEqual(max(per_day.values(), default=0), 1, "2: once a day")

    def _check_steps_once_per_cycle(self):
        """Invariant 3."""
        reached = Counter(
            (line.item_id, line.step_id, line.cycle)
            for line in self._all("collection.contact").line_ids
            if line.item_id
            and line.step_id
            and line.state in ("planned", "made", "missed")
        )
        self.assertLessEqual(max(reached.values(), default=0), 1, "3")

    def _check_moves_follow_the_plan(self):
        """Invariant 4: in each cycle the moves form a chain that rises on the plan and
        ends where the item stands; nothing formal without an approval."""
        chains = defaultdict(list)
        for move in self._all("collection.stage.move").sorted("id"):
            chains[move.item_id, move.cycle].append(move)
        for (item, cycle), chain in chains.items():
            self.assertFalse(chain[0].from_stage_id)
            for one, following in zip(chain, chain[1:], strict=False):
                self.assertEqual(one.to_stage_id, following.from_stage_id, "4: a chain")
            heights = [LADDER.index(move.to_level) for move in chain]
            self.assertEqual(heights, sorted(set(heights)), "4: it only rises")
            climbed = [height for height in heights if height]
            self.assertEqual(
                climbed, list(range(1, len(climbed) + 1)), "4: no stage is left out"
            )
            if cycle == item.cycle:
                self.assertEqual(chain[-1].to_stage_id, item.stage_id)

    def _check_open_cases_have_a_next(self):
        """Invariant 6, second half."""
        for case in self._all("collection.case").filtered(lambda c: c.state == "open"):
            self.assertTrue(case.open_item_ids, "6: something is owed")
            for item in case.open_item_ids:
                self.assertTrue(
                    item.next_date or item.waits_for,
                    f"6: {item.display_name} has neither a day nor a person",
                )

    def _check_holds_are_owned(self):
        """Invariant 6, first half."""
        for hold in self.env["collection.hold"].sudo().search([]):
            self.assertTrue(hold.reason and hold.user_id and hold.date_to)

    def _live_on(self, *days):
        """Live only on these days after MONDAY; returns all mails that left."""
        return [mail for n in days for mail in self._live(MONDAY + timedelta(days=n))]

    # -- one by one ----------------------------------------------------------------------

    def test_invariant_01_nobody_is_chased_for_what_is_not_owed(self):
        """However a debt ceases between planning and sending, nothing leaves."""
        ways = {
            "paid": lambda move: self._pay(move),
            "within the tolerance": lambda move: self._pay(move, 996.0),
            "credited": self._credit,
            "reset to draft": lambda move: move.button_draft(),
            "payment blocked": lambda move: move.action_toggle_block_payment(),
            "taken out": lambda move: move.write({"no_followup": True}),
            "paused": self._pause,
        }
        invoices = {
            way: self._create_overdue_invoice(
                MONDAY, partner=self._create_debtor_partner(way)
            )
            for way in ways
        }
        with self._at(FRIENDLY_DAY, time(9, 0)), self.mock_mail_gateway():  # 06:00
            self._run_actions()
            self.assertFalse(self._mails)
            for way, invoice in invoices.items():
                (contact,) = self._contacts(invoice.partner_id)
                self.assertEqual(
                    (contact.state, bool(contact.planned_at)), ("planned", True)
                )
                ways[way](invoice)
                self._settle_transaction()
        self.assertFalse(self._live(FRIENDLY_DAY))
        for way, invoice in invoices.items():
            with self.subTest(way):
                (contact,) = self._contacts(invoice.partner_id)
                self.assertEqual(contact.state, "skipped")
                self.assertTrue(contact.why, "it says why it was not made")

    def _credit(self, move):
        self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=move.ids
        ).create({"journal_id": move.journal_id.id}).modify_moves()

    def _pause(self, move):
        self.env["collection.hold"].with_user(self.collector).create(
            {
                "debtor_id": self._debtor(move.partner_id).id,
                "reason": "complaint",
                "date_from": FRIENDLY_DAY,
                "date_to": FRIENDLY_DAY + timedelta(days=9),
            }
        )

    def test_invariant_02_a_blocked_attempt_is_logged_with_rule_and_next_moment(self):
        """The collector calls on Saturday 14 March: refused, with the rule and with
        Monday 16 March, 08:00 in Rio as the next permitted moment."""
        invoice = self._create_overdue_invoice(MONDAY)
        self._live(FRIENDLY_DAY)
        call = self._phone_planned_for(MONDAY + timedelta(days=14))
        with self._at(MONDAY + timedelta(days=12), time(15, 0)):
            answer = call.with_user(self.collector).action_log_conversation()
        self.assertIn("BR.WIN_WEEKDAY", answer["params"]["message"])
        self.assertIn(
            "Not before Monday, March 16, 08:00 in São Paulo",
            answer["params"]["message"],
        )
        self.assertEqual(call.state, "planned", "the plan is not touched")
        (blocked,) = self._contacts(state="blocked")
        self.assertEqual(blocked.made_by_id, self.collector)
        self.assertEqual(blocked.reasons[0]["code"], "BR.WIN_WEEKDAY")
        self.assertTrue(blocked.decision_version, "under which version of the rules")
        self.assertEqual(
            blocked.next_permitted_at, datetime.combine(MONDAY, time(11)) + WEEKS_2
        )
        self.assertIn(blocked, invoice.collection_contact_ids, "the invoice shows it")

    def _phone_planned_for(self, day):
        """A call of the debtor that is planned for ``day``."""
        contact = (
            self.env["collection.contact"]
            .sudo()
            .create(
                {
                    "debtor_id": self._debtor().id,
                    "company_id": self.company.id,
                    "case_id": self._debtor().case_id.id,
                    "channel": "phone",
                    "user_id": self.collector.id,
                    "planned_at": fields.Datetime.to_datetime(day)
                    + timedelta(hours=12),
                    "planned_on": day,
                    "reviewed": True,
                }
            )
        )
        return contact

    def test_invariant_03_a_step_reaches_an_item_at_most_once_per_cycle(self):
        """Told in the first cycle, paid, reversed: in the second cycle the same step
        reaches the invoice again, and again only once."""
        invoice = self._create_overdue_invoice(MONDAY)
        self._live(FRIENDLY_DAY)
        with self._at(FRIENDLY_DAY + timedelta(days=1)):
            payment = self._pay(invoice)
            payment.action_draft()
            payment.action_cancel()
            self._settle_transaction()
        for number in range(1, 5):  # quiet days until the fourth
            self._live(FRIENDLY_DAY + timedelta(days=number))
            self._items(invoice)._wake()
        lines = self._items(invoice).contact_line_ids.filtered(
            lambda x: x.contact_id.channel == "email" and x.state == "made"
        )
        self.assertEqual(sorted(lines.mapped("cycle")), [1, 2])
        self.assertEqual(len(lines.step_id), 1, "the same step")

    def test_invariant_04_an_approval_opens_one_stage_and_not_the_next(self):
        """Approved for *formal*: there it stops, *legal* needs an approval of its own,
        however old the invoice is."""
        invoice = self._create_overdue_invoice(MONDAY)
        self._live_on(*UP_TO_THE_MANAGER)
        item = self._items(invoice)
        self.assertEqual((item.level, item.waits_for), ("firm", "manager"))
        with self._at(MONDAY + timedelta(days=46)):
            self._open_next_stage(self._debtor().case_id)
        self._live(MONDAY + timedelta(days=46))
        self.assertStage(invoice, "formal")
        self._live_on(100, 101)
        self.assertStage(invoice, "formal")
        self.assertEqual(item.waits_for, "manager")
        moves = item.stage_move_ids.sorted("id")
        self.assertEqual(moves.mapped("to_level"), ["friendly", "firm", "formal"])

    def test_invariant_05_what_was_not_made_does_not_count_as_made(self):
        """A call refused at dawn and a message that could not be addressed use up
        nothing: the call is permitted later on the same day."""
        self.debtor_partner.email = False
        invoice = self._create_overdue_invoice(MONDAY)
        self._live(FRIENDLY_DAY, time(8, 0))  # 05:00 in Rio
        (call,) = self._contacts(channel="phone")
        with self._at(FRIENDLY_DAY, time(9, 0)):  # 06:00
            self._log_call(call)
        self.assertEqual(
            sorted(self._contacts().mapped("state")), ["blocked", "failed", "planned"]
        )
        self.assertEqual(invoice.collection_contact_count, 0)
        with self._at(FRIENDLY_DAY, time(13, 0)):  # 10:00
            self.assertIs(self._log_call(call), True)
        invoice.invalidate_recordset()
        self.assertEqual(call.state, "made")
        self.assertEqual(invoice.collection_contact_count, 1)

    def test_invariant_05_what_came_back_does_not_count_as_made(self):
        """A message that bounced: neither on the invoice, nor for the limits of the day,
        nor as a finished step that another channel would not take over."""
        invoice = self._create_overdue_invoice(MONDAY)
        self._live(FRIENDLY_DAY)
        self.assertEqual(invoice.collection_contact_count, 1)
        with self._at(FRIENDLY_DAY, time(13, 0)):
            self._contacts()._on_bounce()
            self._settle_transaction()
        self.assertEqual(invoice.collection_contact_count, 0)
        self._live(FRIENDLY_DAY, time(13, 0))
        (call,) = self._contacts(channel="phone")
        self.assertEqual(call.planned_on, FRIENDLY_DAY, "the day is not used up")
        self.assertEqual(call.step_id, self._contacts(channel="email").step_id)

    def test_invariant_05_an_uncertain_message_that_did_not_leave_is_not_evidence(self):
        """Its lines count as made while nobody knows; when a person finds out that it did
        not leave, nothing says any more that the debtor was told."""
        self._create_overdue_invoice(MONDAY)
        with self._at(FRIENDLY_DAY), self.mock_mail_gateway():
            self._evaluate()
            planner = self.env["collection.planner"].sudo()
            planner._plan_debtors(planner._get_waiting_debtors())
            dispatcher = self.env["collection.dispatcher"].sudo()
            dispatcher._queue(dispatcher._get_due())
            contact = self._contacts()
            contact._start_leaving(*contact._get_leaving())
            contact._set_uncertain(reasons=[{"code": "INTERRUPTED", "args": {}}])
            self.assertEqual(contact.line_ids.state, "made")
            contact.with_user(self.collector).action_resolve_not_sent()
        self.assertEqual((contact.state, contact.line_ids.state), ("failed", "failed"))

    def test_invariant_06_a_pause_without_reason_owner_or_end_is_refused(self):
        self._create_overdue_invoice(MONDAY)
        vals = {
            "debtor_id": self._debtor().id,
            "reason": "checking",
            "date_from": MONDAY,
            "date_to": MONDAY,
            "user_id": self.collector.id,
        }
        Hold = self.env["collection.hold"].with_user(self.collector)
        for name in ("reason", "user_id", "date_to"):
            with (
                self.subTest(name),
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                Hold.create({**vals, name: False})
                self.env.flush_all()
        self.assertEqual(Hold.create(vals).user_id, self.collector)

    def test_invariant_06_an_open_file_names_the_day_or_the_person(self):
        """At the end of the automatic plan a manager owes the next action, and has an
        activity for it."""
        invoice = self._create_overdue_invoice(MONDAY)
        self._live_on(*UP_TO_THE_MANAGER)
        case = self._debtor().case_id
        self.assertFalse(self._items(invoice).next_date)
        self.assertEqual(case.waits_for, "manager")
        self.assertEqual(case.activity_ids.user_id, self.manager)

    def test_invariant_08_money_is_exact_and_never_mixed(self):
        """100.05 in four parts is 25.01 + 25.01 + 25.01 + 25.02; beside it 5.1 + 5.2 in
        another currency. Every total is the sum of its lines."""
        other = self.env.ref("base.EUR")
        other.active = True
        parts = self._create_instalment_invoice(
            [MONDAY - timedelta(days=days) for days in (3, 2, 1, 0)], 100.05
        )
        for amount in (5.1, 5.2):
            self._create_overdue_invoice(MONDAY, amount, currency_id=other.id)
        self._live(FRIENDLY_DAY)
        (contact,) = self._contacts(state="made")
        mine = contact.line_ids.filtered(lambda x: x.item_id.move_id == parts)
        self.assertEqual(
            sorted(mine.mapped("amount_open")), [25.01, 25.01, 25.01, 25.02]
        )
        totals = {
            t["currency"]: t["open"]
            for t in contact.get_statement_totals(contact.get_statement())
        }
        self.assertEqual(
            totals, {self.company.currency_id: 100.05, other: 10.3}, "5.1 + 5.2 = 10.3"
        )
        for currency, total in totals.items():
            lines = contact.line_ids.filtered(lambda x, c=currency: x.currency_id == c)
            self.assertEqual(currency.round(sum(lines.mapped("amount_open"))), total)

    def test_invariant_09_what_the_debtor_was_told_stays_as_it_was(self):
        """Not even the superuser changes a made contact or its figures; the ledger goes
        on without touching them."""
        invoice = self._create_overdue_invoice(MONDAY)
        self._live(FRIENDLY_DAY)
        contact = self._contacts()
        line = contact.line_ids
        with self.assertRaises(UserError):
            line.write({"amount_open": 1.0})
        with self.assertRaises(UserError):
            line.write({"state": "planned"})
        with self.assertRaises(UserError):
            line.unlink()
        with self.assertRaises(UserError):
            contact.write({"destination": "other@example.com"})
        with self.assertRaises(UserError):
            contact.unlink()
        with self._at(FRIENDLY_DAY + timedelta(days=1)):
            self._pay(invoice, 400.0)
        self.assertEqual((line.amount_open, line.amount_original), (1000.0, 1000.0))
        self.assertEqual(self._items(invoice).amount_open, 600.0)

    def test_invariant_09_remarks_are_added_and_never_changed(self):
        """What is learnt later stands beside the contact; not even the superuser changes
        or deletes it."""
        self._create_overdue_invoice(MONDAY)
        self._live(FRIENDLY_DAY)
        contact = self._contacts()
        before = contact.read()[0]
        remark = (
            self.env["collection.contact.annotation"]
            .with_user(self.collector)
            .create({"contact_id": contact.id, "text": "She called: it arrived"})
        )
        for record in (remark, remark.sudo()):
            with self.assertRaises(UserError):
                record.write({"text": "It never arrived"})
            with self.assertRaises(UserError):
                record.unlink()
        after = contact.read()[0]
        changed = {name for name in before if before[name] != after[name]}
        self.assertEqual(changed, {"annotation_ids", "remarks"})

    def test_invariant_09_no_user_touches_stage_moves(self):
        invoice = self._create_overdue_invoice(MONDAY)
        self._live(FRIENDLY_DAY)
        move = self._items(invoice).stage_move_ids.with_user(self.manager)
        self.assertEqual(move.to_level, "friendly", "they may read it")
        with self.assertRaises(AccessError):
            move.write({"to_level": "legal"})
        with self.assertRaises(AccessError):
            move.unlink()

    def test_invariant_10_no_third_party_learns_of_the_debt(self):
        """A delivery address, a follower of the invoice and a colleague with a login:
        none of them is written to; the customer's own chatter says nothing."""
        delivery, colleague = self.env["res.partner"].create(
            [
                {
                    "name": "Depot",
                    "parent_id": self.debtor_partner.id,
                    "type": "delivery",
                    "email": "depot@example.com",
                },
                {
                    "name": "Ana",
                    "parent_id": self.debtor_partner.id,
                    "type": "contact",
                    "email": "ana@example.com",
                },
            ]
        )
        self.env["res.users"].sudo().create(
            {
                "login": "ana",
                "partner_id": colleague.id,
                "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
            }
        )
        invoice = self._create_overdue_invoice(MONDAY)
        for record in (invoice, self.debtor_partner, self._debtor()):
            record.message_subscribe((delivery | colleague).ids)
        chatter = self.debtor_partner.message_ids, invoice.message_ids
        mails = self._live_on(7, 10, 11, 21, 22)
        self.assertEqual(len(mails), 2, "friendly and firm")
        for mail in mails:
            (to,) = mail["email_to"]
            self.assertIn(self.debtor_partner.email, to)
            self.assertFalse(mail["email_cc"])
            for word in ("collection", "escalation", "overdue", "debt", "stage"):
                self.assertNotIn(word, mail["subject"].lower())
                self.assertNotIn(word, mail["email_from"].lower())
        self.assertEqual(
            (self.debtor_partner.message_ids, invoice.message_ids), chatter
        )

    def test_invariant_11_a_stranger_in_another_company_sees_nothing(self):
        """The thorough tests are in test_companies.py."""
        invoice = self._create_overdue_invoice(MONDAY)
        self._live(FRIENDLY_DAY)
        elsewhere = self.env["res.company"].sudo().create({"name": "Elsewhere"})
        stranger = self._new_user("stranger", "group_collection_manager")
        stranger.sudo().write(
            {"company_ids": [Command.set(elsewhere.ids)], "company_id": elsewhere.id}
        )
        item = self._items(invoice).with_user(stranger)
        self.assertNotIn(item, item.search([]))
        with self.assertRaises(AccessError):
            item.read(["why"])

    def test_invariant_12_settling_acts_at_once(self):
        """Two invoices on *firm* wait for a manager. The one payment that settles both
        closes the file and takes the duty away, in the same transaction."""
        first = self._create_overdue_invoice(MONDAY)
        second = self._create_overdue_invoice(MONDAY, 500.0)
        self._live_on(*UP_TO_THE_MANAGER)
        case = self._debtor().case_id
        self.assertTrue(case.activity_ids)
        with self._at(MONDAY + timedelta(days=46)):
            self.env["account.payment.register"].with_context(
                active_model="account.move", active_ids=(first | second).ids
            ).create({"group_payment": True})._create_payments()
            self._settle_transaction()
        self.assertEqual((case.state, case.outcome), ("closed", "paid"))
        self.assertEqual(case.date_closed, MONDAY + timedelta(days=46))
        self.assertFalse(case.activity_ids)
        items = self._items(first | second)
        self.assertEqual(items.mapped("ledger_state"), ["settled", "settled"])
        self.assertFalse(
            any(items.mapped("next_date")) or any(items.mapped("waits_for"))
        )
        self.assertEqual(first.collection_stage_id, self.env["collection.stage"])

    def test_invariant_12_when_the_oldest_is_paid_the_file_falls_to_the_next(self):
        old = self._create_overdue_invoice(MONDAY)
        self._live_on(7, 10, 11)
        new = self._create_overdue_invoice(MONDAY + timedelta(days=14))
        self._live_on(21, 22)
        self.assertStage(old, "firm")
        self.assertStage(new, "friendly")
        case = self._debtor().case_id
        self.assertEqual(case.level, "firm")
        with self._at(MONDAY + timedelta(days=26)):
            self._pay(old)
        self.assertEqual((case.state, case.level), ("open", "friendly"))

    def test_invariant_13_the_debtor_reads_their_own_language(self):
        """Amounts and dates as a Brazilian reads them, though the collector reads
        English."""
        self._activate_language("pt_BR")
        self.debtor_partner.lang = "pt_BR"
        self._create_overdue_invoice(
            MONDAY, 1234.5, currency_id=self._activate(self.brl)
        )
        (mail,) = self._live(FRIENDLY_DAY)
        contact = self._contacts()
        self.assertEqual(contact.lang, "pt_BR")
        self.assertIn("1.234,50", mail["body"])
        self.assertIn("02/03/2026", mail["body"])
        self.assertNotIn("1,234.50", mail["body"])

    def _activate(self, currency):
        currency.sudo().active = True
        return currency.id
