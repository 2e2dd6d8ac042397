import re
from collections import Counter
from contextlib import contextmanager
from datetime import time, timedelta
from unittest.mock import patch

from psycopg2.errors import ReadOnlySqlTransaction

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.sql_db import Cursor
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from ...models.management.collection_forecast import OUTBOX, DebtorForecast
from ..common import MONDAY, CollectionCommon

WRITING = re.compile(r"\b(INSERT INTO|UPDATE|DELETE FROM)\s+(\S+)", re.I)


@tagged("post_install", "-at_install")
class TestDryRun(CollectionCommon):
    """Trying a plan on the own open items."""

    def _try(self, **vals):
        run = self.env["collection.dry.run"].with_user(self.manager)
        run = run.create({"company_id": self.company.id, "days": 30, **vals})
        action = run.action_run()
        return run.env[action["res_model"]].search(action["domain"])

    def test_the_days_to_come_of_an_invoice(self):
        """Due Monday 2 March 2026, tried on that day: friendly after 5 business days
        (Mon 9), a call 3 later (Thu 12), firm after 15 (Mon 23), a call 3 later (Thu 26).
        Each at 08:00 in Rio, which is 11:00 UTC."""
        self._create_overdue_invoice(MONDAY)
        with self._at(MONDAY):
            self.company.collection_require_sent = False
            found = self._try()
        self.assertEqual(
            [(line.channel, (line.planned_at.date() - MONDAY).days) for line in found],
            [("email", 7), ("phone", 10), ("email", 21), ("phone", 24)],
        )
        self.assertEqual({line.planned_at.hour for line in found}, {11})
        self.assertEqual(found[0].destination, self.debtor_partner.email_normalized)
        self.assertIn("1,000.00", found[0].amount_text)
        self.assertEqual(found[0].why, "Due on 03/09/2026.")

    def test_it_says_what_really_comes(self):
        """The contacts of the dry run are those that the scheduled actions make."""
        self._create_overdue_invoice(MONDAY)
        with self._at(MONDAY):
            promised = {(line.channel, line.planned_on) for line in self._try(days=9)}
        self._live_until(MONDAY, MONDAY + timedelta(days=9))
        made = {(c.channel, c.planned_on) for c in self._contacts()}
        self.assertEqual(promised, made)

    def test_nothing_is_written(self):
        """Of all statements only those on the dry run's own tables write anything, even
        with something in the Outbox, somebody who cannot be reached and another plan."""
        self._create_overdue_invoice(MONDAY)
        nowhere = self._create_debtor_partner("Nowhere", email=False, phone=False)
        self._create_overdue_invoice(MONDAY, partner=nowhere)
        self._live(MONDAY + timedelta(days=7))
        plan = self.env.ref("collection_escalation.policy_company")
        with self._at(MONDAY + timedelta(days=8)):
            self.env.flush_all()
            with self._listen() as said:
                self.assertTrue(self._try())
                self.assertTrue(self._try(policy_id=plan.id, approves=True))
                self.env.flush_all()
        written = {
            found[2].strip('"') for query in said if (found := WRITING.search(query))
        }
        self.assertEqual(
            written,
            {
                "collection_dry_run",
                "collection_dry_run_line",
            },
        )

    @contextmanager
    def _listen(self):
        """The statements that are executed meanwhile."""
        execute, said = Cursor.execute, []

        def listen(cr, query, params=None, log_exceptions=True):
            said.append(query.code if isinstance(query, SQL) else str(query))
            return execute(cr, query, params, log_exceptions)

        with patch.object(Cursor, "execute", listen):
            yield said

    def test_who_writes_during_a_dry_run_is_refused_by_the_database(self):
        """At once, or when the record would be written; and afterwards all can write."""
        self._create_overdue_invoice(MONDAY)
        debtor, forecast = self._debtor(), self.env["collection.forecast"].sudo()

        def write_at_once(*_args):
            debtor.write({"slot_seq": 99})
            self.env.flush_all()

        def write_later(*_args):
            debtor.write({"slot_seq": 99})
            return []

        for write in (write_at_once, write_later):
            with (
                self.subTest(write.__name__),
                patch.object(DebtorForecast, "live", write),
                mute_logger("odoo.sql_db"),
                self.assertRaises(ReadOnlySqlTransaction),
            ):
                forecast._forecast(debtor, 1)
            self.assertEqual(debtor.slot_seq, 0)
        debtor.write({"slot_seq": 7})
        self.env.flush_all()

    def test_another_plan_and_managers_who_approve(self):
        """On the companies' plan the formal stage waits for a manager; as if managers
        approve, the letters of the legal stage come too: day 45."""
        self._create_overdue_invoice(MONDAY)
        plan = self.env.ref("collection_escalation.policy_company")
        self.debtor_partner.street = "Rua Um, 1"
        with self._at(MONDAY):
            waits = self._try(policy_id=plan.id, days=60)
            goes_on = self._try(policy_id=plan.id, days=60, approves=True)
        self.assertNotIn("legal", waits.stage_id.mapped("level"))
        legal = goes_on.filtered(lambda x: x.stage_id.level == "legal")
        self.assertEqual(legal.asked_on - MONDAY, timedelta(days=45))

    def test_the_plan_that_is_tried_says_whether_the_punctual_get_a_note(self):
        """They always paid on time. Their own plan sends the courtesy note all the same,
        the one that is tried does not."""
        for days in (70, 60, 50):
            due = MONDAY - timedelta(days=days)
            with self._at(due):
                self._pay(self._create_overdue_invoice(due), day=due)
        self._create_overdue_invoice(MONDAY + timedelta(days=10))
        plan = self.policy.copy({"courtesy_unless_punctual": True})
        with self._at(MONDAY):
            own, tried = self._try(days=10), self._try(days=10, policy_id=plan.id)
        self.assertEqual(own.stage_id.mapped("level"), ["pre_due"])
        self.assertFalse(tried)

    def test_a_paused_customer_is_left_alone(self):
        self._create_overdue_invoice(MONDAY)
        self._live(MONDAY)
        with self._at(MONDAY):
            self._pause(self.debtor_partner, 9)
            found = self._try(days=12)
        self.assertEqual(
            [(line.asked_on - MONDAY).days for line in found],
            [10],
            "after nine days of pause",
        )

    def test_a_collector_may_not_try_plans(self):
        with self.assertRaises(AccessError):
            self.env["collection.dry.run"].with_user(self.collector).create({})

    def _pause(self, partner, days):
        return self.env["collection.hold"].create(
            {
                "debtor_id": self._debtor(partner).id,
                "date_from": MONDAY,
                "date_to": MONDAY + timedelta(days=days),
            }
        )


@tagged("post_install", "-at_install")
class TestForecastComesTrue(CollectionCommon):
    """If nobody pays and nobody answers, the days to come bring what the dry run said:
    the same contacts, on the same days, of the same steps, about as many invoices."""

    #: Moments of a day (UTC) at which the scheduled actions run; 03:30 is 00:30 in Rio.
    HOURS = (time(3, 30), time(12), time(13))

    def _foresee(self, days, debtors=None, **options):
        """What the dry run says on Monday at nine."""
        with self._at(MONDAY):
            debtors = debtors or self.env["collection.debtor"].search(
                [("company_id", "=", self.company.id)]
            )
            forecast = self.env["collection.forecast"].sudo()
            return forecast._forecast(debtors.sudo(), days, **options)

    def _live_on(self, days):
        """From Monday at nine on, all that is planned is done on its day."""
        for number in range(days + 1):
            day = MONDAY + timedelta(days=number)
            for moment in self.HOURS if number else self.HOURS[1:]:
                self._live(day, moment)
                with self._at(day, moment):
                    self._do_what_people_do()

    def _do_what_people_do(self):
        """Messages are looked at, calls are made, and nobody answers."""
        planned = self._search_contacts(("state", "=", "planned"))
        planned.filtered(lambda c: not c.reviewed).action_review()
        automatic = self.env["collection.channel"]._get_automatic_codes()
        for contact in planned.filtered(lambda c: c.channel not in automatic):
            if contact.planned_at and contact.planned_at <= fields.Datetime.now():
                outcome = "no_answer" if contact.channel == "phone" else "sent"
                self._log_call(contact, outcome)
        self._settle_transaction()

    def assertComesTrue(self, rows, days):
        self.env["collection.contact"].flush_model()
        before = self._search_contacts(("state", "not in", OUTBOX))
        self._live_on(days)
        came = self._search_contacts(
            ("id", "not in", before.ids), ("state", "!=", "skipped")
        )
        last = MONDAY + timedelta(days=days)
        made = came.filtered(lambda c: c.planned_on and c.planned_on <= last)
        impossible = came.filtered(lambda c: not c.planned_on) - came.fallback_of_id
        happened = Counter(
            [self._tell(c, c.made_on or c.planned_on) for c in made]
            + [self._tell(c, False) for c in impossible]
        )
        foreseen = Counter(self._tell(row, row["planned_on"]) for row in rows)
        self.assertEqual(foreseen - happened, Counter(), "foreseen, did not happen")
        self.assertEqual(happened - foreseen, Counter(), "happened, was not foreseen")

    def _search_contacts(self, *domain):
        return self.env["collection.contact"].search(
            [("company_id", "=", self.company.id), *domain]
        )

    def _tell(self, what, day):
        """Who, when, how, what, of how many invoices: of a contact or of a row."""
        debtor = self.env["collection.debtor"].browse(int(what["debtor_id"]))
        step = self.env["collection.stage.step"].browse(int(what["step_id"]))
        return (
            debtor.partner_id.name,
            str(day),
            what["channel"],
            what["purpose"],
            step.name or "",
            what["item_count"],
        )

    def _create_invoices(self, partner, *ages, amount=1000.0, sent=True):
        """Invoices that fell due so many days before Monday."""
        for age in ages:
            due = MONDAY - timedelta(days=age)
            self._create_overdue_invoice(due, amount, partner, is_move_sent=sent)

    def _live_before(self, *days):
        for number in days:
            self._live(MONDAY - timedelta(days=number))
            with self._at(MONDAY - timedelta(days=number)):
                self._do_what_people_do()

    def test_what_stands_in_the_outbox_is_listed_and_the_ladder_goes_on(self):
        """Due Wednesday 18 February, the reminder left on Thursday 26: the call of Tuesday
        3 March is planned on Monday already, by hand. Then firm, and its call."""
        self._create_invoices(self.debtor_partner, 12)
        self._live_before(5, 4, 3)
        call = self._plan_call_for_tomorrow()
        rows = self._foresee(20)
        self.assertEqual(
            [
                (row["in_outbox"], row["channel"], str(row["planned_on"]))
                for row in rows
            ],
            [
                (True, "phone", "2026-03-03"),
                (False, "email", "2026-03-11"),
                (False, "phone", "2026-03-16"),
            ],
        )
        self.assertEqual(rows[0]["planned_at"], call.planned_at)
        self.assertComesTrue(rows, 20)

    def _plan_call_for_tomorrow(self):
        self._live(MONDAY + timedelta(days=1), time(3, 30))
        (call,) = self._contacts(state="planned")
        return call

    def test_a_message_that_waits_for_its_review(self):
        """Planned on Monday, for Tuesday: it stands in the outbox, with its moment."""
        until = MONDAY + timedelta(days=4)
        self.company.sudo().collection_review_until = until
        self._create_invoices(self.debtor_partner, 12, 8)
        self._live(MONDAY)
        rows = self._foresee(10)
        self.assertEqual(
            [(row["in_outbox"], str(row["planned_on"])) for row in rows][0],
            (True, "2026-03-03"),
        )
        self.assertComesTrue(rows, 10)

    def test_a_talk_counts_for_its_own_stage_only(self):
        """They talked on Monday, when the call of the friendly stage was due. The call of
        the firm stage, made if they were not reached since then, is foreseen."""
        self._create_invoices(self.debtor_partner, 13)
        self._live_before(6, 5, 4, 3)
        self._live(MONDAY)
        with self._at(MONDAY):
            self._log_call(self._contacts(state="planned"), "conversation")
            self._settle_transaction()
        rows = self._foresee(20)
        self.assertEqual([row["channel"] for row in rows], ["email", "phone"])
        self.assertComesTrue(rows, 20)

    def test_another_plan_than_the_customers(self):
        """What is tried comes true when the customer gets that plan: its days, its
        tolerance, its first stage. 30 is too little on it, 60 is not: the second invoice
        of 30 is ripe on Tuesday 10 March, six business days after its due date."""
        own = self.debtor_partner, 6, 0
        plan = self._create_plan()
        self._create_invoices(*own, amount=30.0)
        rows = self._foresee(20, policy=plan)
        self.assertEqual(
            [
                (row["channel"], str(row["planned_on"]), row["item_count"])
                for row in rows
            ],
            [("email", "2026-03-10", 2), ("phone", "2026-03-12", 2)],
        )
        with self._at(MONDAY):
            self._debtor().policy_id = plan
        self.assertComesTrue(rows, 20)

    def _create_plan(self):
        """Friendly after six business days, a call two later; not for 50 or less."""
        template = self.env.ref("collection_escalation.mail_template_friendly")
        steps = [
            {"channel": "email", "template_id": template.id},
            {"channel": "phone", "offset_days": 2},
        ]
        stage = {
            "name": "Friendly",
            "level": "friendly",
            "trigger_days": 6,
            "step_ids": [Command.create(step) for step in steps],
        }
        tolerance = {"currency_id": self.company.currency_id.id, "amount": 50.0}
        return self.env["collection.policy"].create(
            {
                "name": "Tried",
                "stage_ids": [Command.create(stage)],
                "tolerance_ids": [Command.create(tolerance)],
            }
        )

    def test_a_whole_ledger(self):
        """Several invoices of a customer in different stages, instalments, another time
        zone, no address, a refused channel, a pause, small amounts that ripen later, a
        talk, a company with its own plan, invoices never sent, all in one ledger."""
        with self._at(MONDAY - timedelta(days=5)):
            self._create_ledger()
        self.assertComesTrue(self._foresee(26), 26)

    def _create_ledger(self):
        company_plan = self.env.ref("collection_escalation.policy_company")
        self.company.sudo().write(
            {
                "collection_business_policy_id": company_plan.id,
                "collection_require_sent": True,
                "collection_review_until": MONDAY + timedelta(days=4),
            }
        )
        partners = {
            name: self._create_debtor_partner(name, **vals)
            for name, vals in {
                "Acre": {"state_id": self.env.ref("base.state_br_ac").id},
                "No mail": {"email": False},
                "Nowhere": {"email": False, "phone": False},
                "Refuses": {},
                "Paused": {},
                "Small": {},
                "Talked": {},
                "Never sent": {},
                "Unreachable invoice": {"email": False},
                "Firm": {"is_company": True, "street": "Rua Um, 1", "city": "Rio"},
            }.items()
        }
        self._create_invoices(self.debtor_partner, 40, 12, 8, -4, -12)
        dues = [MONDAY + timedelta(days=days) for days in (-9, 5, 12, 19)]
        with self._at(dues[0]):
            self._create_instalment_invoice(dues).is_move_sent = True
            self._settle_transaction()
        for name in ("Acre", "No mail", "Nowhere", "Refuses", "Paused", "Talked"):
            self._create_invoices(partners[name], 12, 1)
        self._create_invoices(partners["Firm"], 13, -9)
        self._create_invoices(partners["Small"], 20, 4, -1, amount=3.0)
        self._create_invoices(partners["Never sent"], 9, sent=False)
        self._create_invoices(partners["Never sent"], 1)
        self._create_invoices(partners["Unreachable invoice"], 12, sent=False)
        self._debtor(partners["Firm"]).party = "business"
        self.env["collection.debtor.channel"].create(
            {"debtor_id": self._debtor(partners["Refuses"]).id, "channel": "email"}
        )
        self._live_before(5, 4, 3)
        with self._at(MONDAY):
            self.env["collection.hold"].create(
                {
                    "debtor_id": self._debtor(partners["Paused"]).id,
                    "date_from": MONDAY,
                    "date_to": MONDAY + timedelta(days=9),
                    "reason": "complaint",
                }
            )


@tagged("post_install", "-at_install")
class TestMeasure(CollectionCommon):
    """Of what fell due in a month: how much was unpaid some days later?"""

    def test_the_shares_of_a_month(self):
        """Due Monday 2 March 2026: 1000, paid in parts. 100 on the due date, 200 on Monday
        9 March (the fifth business day), 300 on 1 April (30 days), 150 on 1 May (60).
        Unpaid after 5 business days 1000 - 100 - 200 = 700, after 30 days 400, after 60
        days 250, after 90 days still 250. Another invoice of 1000 was paid at once: the
        month's 2000 make 35 %, 20 %, 12.5 %, 12.5 %."""
        invoice = self._create_overdue_invoice(MONDAY)
        other = self._create_overdue_invoice(MONDAY)
        with self._at(MONDAY):
            self._pay(other)
        for days, amount in ((0, 100), (7, 200), (30, 300), (60, 150)):
            day = MONDAY + timedelta(days=days)
            with self._at(day):
                self._pay(invoice, amount, day)
        with self._at(MONDAY + timedelta(days=95)):
            self.company._measure_receivables()
        measure = self.env["collection.measure"].search(
            [("company_id", "=", self.company.id), ("month", "=", "2026-03-01")]
        )
        self.assertEqual(measure.amount, 2000.0)
        self.assertEqual(
            [measure.share_5, measure.share_30, measure.share_60, measure.share_90],
            [700 / 2000, 400 / 2000, 250 / 2000, 250 / 2000],
        )

    def _measure(self, days, month="2026-03-01"):
        with self._at(MONDAY + timedelta(days=days)):
            self.company._measure_receivables()
        return self.env["collection.measure"].search(
            [("company_id", "=", self.company.id), ("month", "=", month)]
        )

    def _read_drawn(self, *names, interval="month"):
        """What the chart asks for: {label: [shares]}."""
        specs = [f"share_{name}:avg" for name in names]
        groups = self.env["collection.measure"].formatted_read_group(
            [("company_id", "=", self.company.id)], [f"month:{interval}"], specs
        )
        return {g[f"month:{interval}"][1]: [g[spec] for spec in specs] for g in groups}

    def test_a_young_month_has_no_share_yet(self):
        """Neither in the list nor in the chart, where 0 % would mean that all is paid."""
        self._create_overdue_invoice(MONDAY)
        measure = self._measure(10)
        self.assertEqual(
            [measure.due_5, measure.due_30, measure.due_60, measure.due_90],
            [1000.0, 0.0, 0.0, 0.0],
        )
        self.assertEqual(measure.share_5, 1.0)
        drawn = {"March 2026": [1.0, None, None, None]}
        self.assertEqual(self._read_drawn("5", "30", "60", "90"), drawn)

    def test_the_share_of_a_year_is_that_of_its_amounts(self):
        """3000 due in March, all unpaid after 30 days, and 1000 due in April, all paid:
        3000 of 4000, not the mean of 100 % and 0 %."""
        self._create_overdue_invoice(MONDAY, 3000.0)
        april = MONDAY + timedelta(days=35)
        paid = self._create_overdue_invoice(april, 1000.0)
        with self._at(april):
            self._pay(paid, day=april)
        self._measure(70)
        self.assertEqual(
            self._read_drawn("30"), {"March 2026": [1.0], "April 2026": [0.0]}
        )
        self.assertEqual(self._read_drawn("30", interval="year"), {"2026": [0.75]})

    def test_a_payment_after_the_horizon_counts_from_its_day_on(self):
        """400 of 1000 paid on the 31st day: unpaid after 30 days is all of it."""
        invoice, day = self._create_overdue_invoice(MONDAY), MONDAY + timedelta(days=31)
        with self._at(day):
            self._pay(invoice, 400, day)
        measure = self._measure(65)
        self.assertEqual([measure.share_30, measure.share_60], [1.0, 0.6])

    def test_a_credit_note_counts_from_its_day_on(self):
        """250 of 1000 credited on the tenth day; the credit note itself fell due in no
        month."""
        invoice, day = self._create_overdue_invoice(MONDAY), MONDAY + timedelta(days=10)
        with self._at(day):
            credit = self._create_overdue_invoice(
                day, 250.0, move_type="out_refund", invoice_date=day
            )
            lines = (invoice | credit).line_ids.filtered(
                lambda x: x.account_id.account_type == "asset_receivable"
            )
            lines.reconcile()
        measure = self._measure(65)
        self.assertEqual(measure.amount, 1000.0)
        self.assertEqual(
            [measure.share_5, measure.share_30, measure.share_60], [1.0, 0.75, 0.75]
        )

    def test_instalments_fall_due_in_their_own_months(self):
        """Two of 500, due on 2 March and 6 April; 600 are paid on the first day: the
        first, and 100 of the second."""
        dues = [MONDAY, MONDAY + timedelta(days=35)]
        invoice = self._create_instalment_invoice(dues)
        with self._at(MONDAY):
            self._pay(invoice, 600)
        march, april = self._measure(70), self._measure(70, "2026-04-01")
        self.assertEqual((march.amount, march.share_5), (500.0, 0.0))
        self.assertEqual((april.amount, april.share_5), (500.0, 0.8))

    def test_another_currency_counts_at_the_rate_of_the_invoice(self):
        """1000 in a currency of which two make one: 500 of ours. 600 of theirs paid on
        the twentieth day, when three make one, are six tenths all the same. Beside 1500
        of ours, unpaid: 200 + 1500 of 2000."""
        other = self.setup_other_currency(
            "EUR", rates=[("2026-01-01", 2.0), ("2026-03-20", 3.0)]
        )
        invoice = self._create_overdue_invoice(MONDAY, currency_id=other.id)
        self._create_overdue_invoice(MONDAY, 1500.0)
        day = MONDAY + timedelta(days=20)
        with self._at(day):
            self._pay(invoice, 600, day)
        measure = self._measure(40)
        self.assertAlmostEqual(measure.amount, 2000.0)
        self.assertAlmostEqual(measure.share_5, 1.0)
        self.assertAlmostEqual(measure.share_30, 1700 / 2000)

    def test_the_first_screen_is_up_to_date(self):
        self._create_overdue_invoice(MONDAY)
        with self._at(MONDAY + timedelta(days=10)):
            self.env["collection.measure"].with_user(self.collector).action_open()
        measure = self.env["collection.measure"].with_user(self.collector).search([])
        self.assertEqual(measure.amount, 1000.0)
        self.assertEqual(measure.display_name, "March 2026")


@tagged("post_install", "-at_install")
class TestHowWeCollect(CollectionCommon):
    """The plan printed for the team."""

    def test_the_printed_plan_names_stages_days_and_rules(self):
        report = self.env["ir.actions.report"].with_user(self.collector)
        html, _kind = report._render_qweb_html(
            "collection_escalation.report_how_we_collect_action", self.policy.ids
        )
        text = html.decode()
        for word in (
            "Friendly reminder",
            "business days",
            "08:00",
            "A manager decides",
        ):
            self.assertIn(word, text)

    def test_every_plan_can_be_printed(self):
        """A plan without steps, one with all kinds of them."""
        empty = self.env["collection.policy"].create(
            {
                "name": "Empty",
                "stage_ids": [
                    Command.create(
                        {"name": "Friendly", "level": "friendly", "trigger_days": 5}
                    )
                ],
            }
        )
        plans = empty + self.env.ref("collection_escalation.policy_company")
        report = self.env["ir.actions.report"]
        html, _kind = report._render_qweb_html(
            "collection_escalation.report_how_we_collect_action", plans.ids
        )
        self.assertIn("Supplies or services may stop", html.decode())
