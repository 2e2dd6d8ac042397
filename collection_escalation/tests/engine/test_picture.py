"""One picture of the debt (issue 11, letters B, D, E, I, J): the consumer plan, Monday is
2 March 2026, tolerance 5.00."""

from datetime import date, timedelta
from decimal import Decimal

from odoo import Command
from odoo.tests import tagged

from ..common import MONDAY, CollectionCommon

#: The fifth business day after 2 March.
FRIENDLY_DAY = date(2026, 3, 9)


class PictureCommon(CollectionCommon):
    def _get_mails(self, partner=None):
        return self._contacts(partner, channel="email", state="made")

    def _get_parts(self, contact):
        """[(part, what is still open of it as stated)], in the order of the message."""
        return [(x.part, x.open) for x in contact._get_statement().lines]

    def _get_asked(self, contact):
        return [total.asked for total in contact._get_statement().totals]

    def _credit(self, amount, day=MONDAY, **vals):
        return self._create_overdue_invoice(
            day, amount, move_type="out_refund", invoice_date=day, **vals
        )


@tagged("post_install", "-at_install")
class TestPicture(PictureCommon):
    def test_a_credit_is_taken_off_once(self):
        """B: A 1,000 due 2 March, B 100 due 5 March, credit 400. The mail of 9 March asks
        for 1,000 - 400 = 600 and names B; B's step falls due on 12 March and waits for the
        quiet days: 9 March + 4 business days = 13 March. Then 100 + 1,000 - 400 = 700."""
        first = self._create_overdue_invoice(MONDAY)
        second = self._create_overdue_invoice(MONDAY + timedelta(days=3), 100.0)
        self._credit(400.0)
        sent = self._live_until(MONDAY, date(2026, 3, 13))
        self.assertEqual([*sent], [FRIENDLY_DAY, date(2026, 3, 13)])
        earlier, later = self._get_mails()
        self.assertEqual(
            self._get_parts(earlier), [("step", 1000), ("credit", -400), ("info", 100)]
        )
        self.assertEqual(self._get_asked(earlier), [600])
        self.assertEqual(
            self._get_parts(later), [("step", 100), ("also", 1000), ("credit", -400)]
        )
        self.assertEqual(self._get_asked(later), [700])
        self.assertEqual(later.not_before, date(2026, 3, 13))
        self.assertStage(first, "friendly")
        self.assertStage(second, "friendly")

    def test_being_listed_is_not_being_reached(self):
        """What stands beside has no step, so its own still comes."""
        self._create_overdue_invoice(MONDAY)
        second = self._create_overdue_invoice(MONDAY + timedelta(days=3), 100.0)
        self._live(FRIENDLY_DAY)
        line = self._items(second).contact_line_ids
        self.assertEqual((line.part, line.step_id.id), ("info", False))
        self.assertStage(second, None)

    def test_credits_that_cover_all_leave_nothing_to_ask_for(self):
        """1,000 - 1,000 = 0: not above the tolerance."""
        invoice = self._create_overdue_invoice(MONDAY)
        self._credit(1000.0)
        self.assertFalse(self._live_until(MONDAY, FRIENDLY_DAY))
        self.assertWithheldBecause("WITHIN_TOLERANCE", invoice)

    def test_quiet_days_lie_between_messages_where_the_plan_has_them(self):
        """Due 2 and 4 March, so the steps fall due on 9 and 11 March."""
        plain = self._create_debtor_partner("Loja Verde")
        plan = self.policy.sudo().copy({"quiet_days": 0})
        self._create_overdue_invoice(MONDAY, partner=plain)
        with self._at(MONDAY):
            self._debtor(plain).policy_id = plan
        self._create_overdue_invoice(MONDAY)
        for partner in (plain, self.debtor_partner):
            self._create_overdue_invoice(MONDAY + timedelta(days=2), 100.0, partner)
        self._live_until(FRIENDLY_DAY, date(2026, 3, 13))
        days = {
            partner: self._get_mails(partner).mapped("made_on")
            for partner in (plain, self.debtor_partner)
        }
        self.assertEqual(days[plain], [FRIENDLY_DAY, date(2026, 3, 11)])
        self.assertEqual(
            days[self.debtor_partner],
            [FRIENDLY_DAY, date(2026, 3, 13)],
            "9 March + 4 business days",
        )

    def test_what_is_paid_meanwhile_is_not_listed(self):
        """Paid while the message waits for review: it lists what is owed when it leaves."""
        first = self._create_overdue_invoice(MONDAY)
        second = self._create_overdue_invoice(MONDAY, 100.0)
        self.company.sudo().collection_review_until = date(2026, 4, 1)
        self._live(FRIENDLY_DAY)
        contact = self._contacts(channel="email")
        self.assertEqual(self._get_asked(contact), [1100])
        with self._at(FRIENDLY_DAY):
            self._pay(second)
            contact.sudo().write({"reviewed": True})
        self._live(FRIENDLY_DAY + timedelta(days=1))
        self.assertEqual(contact.state, "made")
        self.assertEqual(self._get_parts(contact), [("step", 1000)])
        self.assertEqual(contact.line_ids.filtered("frozen").item_id.move_id, first)

    def test_a_courtesy_note_is_left_out_for_what_was_named(self):
        """Due 13 March: its note would go on 10 March, a day after the friendly mail that
        names it for information."""
        self._create_overdue_invoice(MONDAY)
        coming = self._create_overdue_invoice(date(2026, 3, 13), 100.0)
        sent = self._live_until(MONDAY, date(2026, 3, 12))
        self.assertEqual([*sent], [FRIENDLY_DAY])
        self.assertWithheldBecause("COURTESY_TOLD", coming)

    def test_nothing_is_asked_of_what_is_not_due(self):
        """Due 12 March: its courtesy note falls due on Monday 9 March, with the friendly
        mail of the other, and is an information in it."""
        self._create_overdue_invoice(MONDAY)
        coming = self._create_overdue_invoice(date(2026, 3, 12), 77.0)
        self._live(FRIENDLY_DAY)
        contact = self._get_mails()
        self.assertEqual(self._get_parts(contact), [("step", 1000), ("info", 77)])
        self.assertEqual(self._get_asked(contact), [1000])
        self.assertStage(coming, "pre_due")

    def test_a_due_date_moved_while_it_waits_is_heeded(self):
        """D: due 2 March, moved on the 16th to 13 March: 13 + 5 business days = 20 March."""
        invoice = self._create_overdue_invoice(MONDAY)
        self.company.sudo().collection_review_until = date(2026, 4, 1)
        self._live(FRIENDLY_DAY)
        contact = self._contacts(channel="email")
        with self._at(date(2026, 3, 16)):
            contact.sudo().write({"reviewed": True})
            invoice.sudo().invoice_date_due = date(2026, 3, 13)
            self._settle_transaction()
        self.assertFalse(self._live_until(date(2026, 3, 16), date(2026, 3, 19)))
        self.assertEqual(contact.state, "skipped")
        self.company.sudo().collection_review_until = False
        (mail,) = self._live(date(2026, 3, 20))
        self.assertIn("03/13/2026", mail["body"])
        self.assertNotIn("03/02/2026", mail["body"])


@tagged("post_install", "-at_install")
class TestMoneyOnItsWay(PictureCommon):
    def test_a_small_payment_in_process_does_not_silence(self):
        """E: 10 of 1,000 pending since 9 March: 990 are asked for, the 10 are shown."""
        invoice = self._create_overdue_invoice(MONDAY)
        self._start_payment(invoice, 10.0, FRIENDLY_DAY)
        (mail,) = self._live(FRIENDLY_DAY)
        contact = self._get_mails()
        self.assertEqual(self._get_parts(contact), [("step", 1000), ("credit", -10)])
        self.assertEqual(self._get_asked(contact), [Decimal("990.00")])
        self.assertIn("TX-10.0", mail["body"])

    def test_what_is_covered_waits_and_then_somebody_looks(self):
        """Pending since Monday 9 March: waited for until Monday 16 March (5 business
        days); on the 17th the reminder leaves, and the manager has the duty."""
        invoice = self._create_overdue_invoice(MONDAY)
        self._start_payment(invoice, 1000.0, FRIENDLY_DAY)
        self.assertFalse(self._live_until(FRIENDLY_DAY, date(2026, 3, 16)))
        self.assertWithheldBecause("PAYMENT_IN_PROCESS", invoice)
        Duty_sudo = self.env["collection.duty"].sudo()
        self.assertFalse(Duty_sudo.search([("kind", "=", "payment_late")]))
        self._live(date(2026, 3, 17))
        self.assertEqual(self._get_asked(self._get_mails()), [1000])
        duty = Duty_sudo.search([("kind", "=", "payment_late")])
        self.assertEqual(duty.user_id, self.manager)
        self._live(date(2026, 3, 18))
        self.assertEqual(Duty_sudo.search([("kind", "=", "payment_late")]), duty)

    def test_the_accountant_has_the_duty_where_settings_name_one(self):
        accountant = self._new_user("accountant", "group_collection_user")
        self.company.sudo().collection_accounting_user_id = accountant
        invoice = self._create_overdue_invoice(MONDAY)
        self._start_payment(invoice, 1000.0, MONDAY)
        self._live(FRIENDLY_DAY + timedelta(days=1))
        duty = self.env["collection.duty"].sudo().search([])
        self.assertEqual((duty.kind, duty.user_id), ("payment_late", accountant))

    def test_old_bank_data_is_somebodys_duty(self):
        """Payments entered until 2 March, 3 business days allowed: stale from Monday 9
        March on; 3 more: from Thursday 12 March on somebody has the duty."""
        self._create_overdue_invoice(MONDAY)
        Duty_sudo = self.env["collection.duty"].sudo()
        for day in (9, 10):
            self._live(date(2026, 3, day), payments_entered=False)
            self.assertFalse(Duty_sudo.search([("kind", "=", "bank_data")]), day)
        self._live(date(2026, 3, 12), payments_entered=False)
        duty = Duty_sudo.search([("kind", "=", "bank_data")])
        self.assertEqual((duty.user_id, duty.debtor_id.id), (self.manager, False))


@tagged("post_install", "-at_install")
class TestAddressees(PictureCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor_partner.is_company = True
        cls.first, cls.second = (
            cls._create_debtor_partner(
                name, parent_id=cls.debtor_partner.id, type="invoice"
            )
            for name in ("North", "South")
        )

    def test_who_it_was_made_out_to_gets_the_reminder(self):
        """J: invoice made out to the second invoice address."""
        self._create_overdue_invoice(MONDAY, partner=self.second)
        self._live(FRIENDLY_DAY)
        contact = self._get_mails(self.debtor_partner)
        self.assertEqual(contact.recipient_id, self.second)
        self.assertEqual(contact.destination, "south@example.com")

    def test_each_addressee_is_asked_for_their_own(self):
        """One message each; the contact rules may move one of them to another day."""
        self._create_overdue_invoice(MONDAY, 100.0, partner=self.first)
        self._create_overdue_invoice(MONDAY, 200.0, partner=self.second)
        self._live_until(FRIENDLY_DAY, date(2026, 3, 10))
        asked = {
            c.recipient_id: self._get_asked(c)
            for c in self._get_mails(self.debtor_partner)
        }
        self.assertEqual(asked, {self.first: [100], self.second: [200]})

    def test_who_may_not_learn_of_it_gets_nothing(self):
        """Made out to an employee, who is not entitled: to the usual address."""
        employee = self._create_debtor_partner(
            "Ana", parent_id=self.debtor_partner.id, type="contact"
        )
        self._create_overdue_invoice(MONDAY, partner=employee)
        self._live(FRIENDLY_DAY)
        contact = self._get_mails(self.debtor_partner)
        self.assertFalse(contact.addressee_id)
        self.assertNotEqual(contact.recipient_id, employee)


@tagged("post_install", "-at_install")
class TestHeadOffice(PictureCommon):
    """I: the creditor is the root company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.branch = (
            cls.env["res.company"]
            .sudo()
            .create(
                {
                    "name": "Recife",
                    "parent_id": cls.company.id,
                    "currency_id": cls.company.currency_id.id,
                }
            )
        )
        cls.env.user.company_ids = [Command.link(cls.branch.id)]
        cls._open_company(cls.branch)

    def _live(self, day, *args, **kwargs):
        self.branch.sudo().collection_payments_until = day
        return super()._live(day, *args, **kwargs)

    def test_money_at_the_head_office_is_taken_off(self):
        """The branch collects 1,000; 1,000 is on account at the head office."""
        invoice = self._create_overdue_invoice(MONDAY, company_id=self.branch.id)
        self._credit(1000.0)
        self.assertFalse(self._live_until(FRIENDLY_DAY, date(2026, 3, 10)))
        self.assertWithheldBecause("WITHIN_TOLERANCE", invoice)

    def test_own_company_first(self):
        """Branch and head office are owed 1,000 each, and 1,000 is on account at the head
        office: only the branch's is asked for."""
        self._create_overdue_invoice(MONDAY, company_id=self.branch.id)
        own = self._create_overdue_invoice(MONDAY)
        self._credit(1000.0)
        self._live_until(FRIENDLY_DAY, date(2026, 3, 11))
        self.assertEqual([self._get_asked(c) for c in self._get_mails()], [[1000]])
        self.assertEqual(self._get_mails().company_id, self.branch)
        self.assertWithheldBecause("WITHIN_TOLERANCE", own)

    def test_a_pause_at_the_head_office_holds_at_the_branch(self):
        invoice = self._create_overdue_invoice(MONDAY, company_id=self.branch.id)
        self._create_overdue_invoice(MONDAY, 5.0)
        with self._at(MONDAY):
            self.env["collection.hold"].sudo().create(
                {
                    "debtor_id": self._debtor()
                    .filtered(lambda d: d.company_id == self.company)
                    .id,
                    "reason": "complaint",
                    "user_id": self.manager.id,
                    "date_from": MONDAY,
                    "date_to": date(2026, 3, 20),
                }
            )
        self.assertFalse(self._live_until(FRIENDLY_DAY, date(2026, 3, 10)))
        self.assertWithheldBecause("HELD_ELSEWHERE", invoice)
        why = self._items(invoice).why
        self.assertIn(self.company.name, why)
        self.assertNotIn("complain", why.lower(), "what it is about stands there only")
