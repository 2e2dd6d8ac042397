from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import MONDAY, CollectionCommon


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
        self.assertIn("is due on 03/09/2026", found[0].why)

    def test_it_says_what_really_comes(self):
        """The contacts of the dry run are those that the scheduled actions make."""
        self._create_overdue_invoice(MONDAY)
        with self._at(MONDAY):
            promised = {(line.channel, line.planned_on) for line in self._try(days=9)}
        self._live_until(MONDAY, MONDAY + timedelta(days=9))
        made = {(c.channel, c.planned_on) for c in self._contacts()}
        self.assertEqual(promised, made)

    def test_nothing_is_written(self):
        invoice = self._create_overdue_invoice(MONDAY)
        with self._at(MONDAY + timedelta(days=7)):
            before = self._items(invoice).read()
            self.assertTrue(self._try())
            self.env.invalidate_all()
            self.assertEqual(self._items(invoice).read(), before)
        self.assertFalse(self._contacts())
        self.assertFalse(self._debtor().case_ids)

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

    def test_a_paused_customer_is_left_alone(self):
        self._create_overdue_invoice(MONDAY)
        self._live(MONDAY)
        self.env["collection.hold"].create(
            {
                "debtor_id": self._debtor().id,
                "date_from": MONDAY,
                "date_to": MONDAY + timedelta(days=9),
            }
        )
        with self._at(MONDAY):
            found = self._try(days=12)
        self.assertEqual(
            [(line.asked_on - MONDAY).days for line in found],
            [10],
            "after nine days of pause",
        )

    def test_a_collector_may_not_try_plans(self):
        with self.assertRaises(AccessError):
            self.env["collection.dry.run"].with_user(self.collector).create({})


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

    def test_a_young_month_has_no_share_yet(self):
        self._create_overdue_invoice(MONDAY)
        with self._at(MONDAY + timedelta(days=10)):
            self.company._measure_receivables()
        measure = self.env["collection.measure"].search(
            [("company_id", "=", self.company.id)]
        )
        self.assertEqual(
            [measure.known_5, measure.known_30, measure.known_60, measure.known_90],
            [True, False, False, False],
        )
        self.assertEqual(measure.share_5, 1.0)

    def test_the_first_screen_is_up_to_date(self):
        self._create_overdue_invoice(MONDAY)
        with self._at(MONDAY + timedelta(days=10)):
            self.env["collection.measure"].with_user(self.collector).action_open()
        measure = self.env["collection.measure"].with_user(self.collector).search([])
        self.assertEqual(measure.amount, 1000.0)


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
