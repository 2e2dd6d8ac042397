from datetime import time, timedelta

from odoo import Command
from odoo.tests import tagged

from ..common import MONDAY, CollectionCommon


@tagged("post_install", "-at_install")
class TestStoryLedger(CollectionCommon):
    """What happens in the ledger acts at once."""

    def test_payment_between_planning_and_sending_withdraws_the_message(self):
        invoice = self._create_overdue_invoice(MONDAY)
        with self._at(MONDAY + timedelta(days=11), time(22, 0)):  # Friday, 19:00 there
            self._evaluate()
            planner = self.env["collection.planner"].sudo()
            planner._plan_debtors(planner._get_waiting_debtors())
            contact = self._contacts()
            self.assertEqual(contact.planned_on, MONDAY + timedelta(days=14))
            self._pay(invoice)
        self.assertEqual(contact.state, "skipped")
        self.assertEqual(contact.reasons[0]["code"], "NOT_OWED")
        self.assertFalse(self._live(MONDAY + timedelta(days=14)))

    def test_payment_between_queueing_and_smtp_stops_the_mail(self):
        invoice = self._create_overdue_invoice(MONDAY)
        day = MONDAY + timedelta(days=7)
        with self._at(day), self.mock_mail_gateway():
            self._evaluate()
            planner = self.env["collection.planner"].sudo()
            planner._plan_debtors(planner._get_waiting_debtors())
            dispatcher = self.env["collection.dispatcher"].sudo()
            dispatcher._queue(dispatcher._get_due())
            contact = self._contacts()
            self.assertEqual(contact.state, "queued")
            mail = contact.mail_id
            # paid in the ledger, and nobody told the collections yet
            self.env["account.payment.register"].with_context(
                active_model="account.move", active_ids=invoice.ids
            ).create({})._create_payments()
            self.env.flush_all()
            mail.send()
            self.assertFalse(self._mails)
        self.assertEqual(mail.state, "cancel")
        self.assertEqual(contact.state, "skipped")

    def test_reversal_after_closing_reopens_the_file_and_starts_friendly(self):
        invoice = self._create_overdue_invoice(MONDAY)
        self._live_until(MONDAY, MONDAY + timedelta(days=25))
        self.assertStage(invoice, "firm")
        case = self._debtor().case_id
        with self._at(MONDAY + timedelta(days=26)):
            payment = self._pay(invoice)
        self.assertEqual(case.state, "closed")
        with self._at(MONDAY + timedelta(days=30)):
            payment.action_draft()
            payment.action_cancel()
            self._settle_transaction()
        self.assertEqual(case.state, "open")
        self.assertEqual(self._items(invoice).cycle, 2)
        (mail,) = self._live(MONDAY + timedelta(days=30))
        self.assertStage(invoice, "friendly")
        self.assertIn(invoice.name, mail["body"])

    def test_a_partial_payment_lowers_what_is_asked_for(self):
        invoice = self._create_overdue_invoice(MONDAY, 1000.0)
        with self._at(MONDAY + timedelta(days=3)):
            self._pay(invoice, 400.0)
        self._live(MONDAY + timedelta(days=7))
        line = self._contacts(state="made").line_ids
        self.assertEqual((line.amount_original, line.amount_open), (1000.0, 600.0))

    def test_an_unallocated_credit_is_shown_and_lowers_the_total(self):
        self._create_overdue_invoice(MONDAY, 1000.0)
        refund = self.env["account.move"].create(
            {
                "move_type": "out_refund",
                "partner_id": self.debtor_partner.id,
                "invoice_date": MONDAY,
                "invoice_line_ids": [
                    Command.create({"name": "Back", "price_unit": 300, "tax_ids": []})
                ],
            }
        )
        refund.action_post()
        self._live(MONDAY + timedelta(days=7))
        contact = self._contacts(state="made")
        (total,) = contact.get_statement_totals(contact.get_statement())
        self.assertEqual(total["open"], 700.0, "1000 − 300")
        self.assertEqual(contact.line_ids.credit_line_id.move_id, refund)

    def test_within_the_tolerance_nobody_is_chased(self):
        currency = self.company.currency_id
        tolerance = self.policy._get_tolerance(currency)
        self.assertEqual((currency.name, tolerance), ("USD", 5.0))
        small = self._create_overdue_invoice(MONDAY, 5.0)
        self.assertFalse(self._live(MONDAY + timedelta(days=7)))
        self.assertWithheldBecause("WITHIN_TOLERANCE", small)
        self.assertFalse(self._debtor().case_id)
        self._create_overdue_invoice(MONDAY, 1.0)
        self.assertEqual(len(self._live(MONDAY + timedelta(days=8))), 1, "5 + 1 > 5")

    def test_nobody_is_chased_while_the_bank_data_is_old(self):
        """Payments entered up to Friday 27 February; on Monday 9 March that is six
        business days ago, more than three."""
        invoice = self._create_overdue_invoice(MONDAY)
        self.company.sudo().collection_payments_until = MONDAY - timedelta(days=3)
        day = MONDAY + timedelta(days=7)
        self.assertFalse(self._live(day, payments_entered=False))
        self.assertWithheldBecause("BANK_STALE", invoice)
        self.assertStage(invoice, None)
        self.assertEqual(len(self._live(day + timedelta(days=1))), 1)

    def test_an_invoice_never_sent_goes_first_and_grace_starts_anew(self):
        self.company.sudo().collection_require_sent = True
        invoice = self._create_overdue_invoice(MONDAY)
        (mail,) = self._live(MONDAY + timedelta(days=7))
        self.assertStage(invoice, None)
        self.assertEqual(self._contacts().purpose, "invoice")
        self.assertIn(invoice.name, mail["body"])
        self.assertEqual(self._items(invoice).grace_from, MONDAY + timedelta(days=7))
        self.assertFalse(
            self._live_until(MONDAY + timedelta(days=8), MONDAY + timedelta(days=13))
        )
        self._live(MONDAY + timedelta(days=14))
        self.assertStage(invoice, "friendly")

    def test_reset_to_draft_with_instalments_resumes_where_it_stood(self):
        invoice = self._create_instalment_invoice(
            [MONDAY, MONDAY + timedelta(days=30)], amount=900.0
        )
        self._live(MONDAY + timedelta(days=7))
        before = self._items(invoice)
        self.assertStage(invoice, "friendly", None)
        with self._at(MONDAY + timedelta(days=8)):
            invoice.button_draft()
            self._settle_transaction()
            self.assertEqual(set(before.mapped("ledger_state")), {"draft"})
            invoice.action_post()
            self._settle_transaction()
        self.assertEqual(self._items(invoice), before, "the same items, none twice")
        self.assertStage(invoice, "friendly", None)
        self.assertEqual(set(before.mapped("cycle")), {1})
        self.assertFalse(self._live(MONDAY + timedelta(days=8)), "not told again")

    def test_cancelling_and_crediting_close_the_file(self):
        invoice = self._create_overdue_invoice(MONDAY)
        self._live(MONDAY + timedelta(days=7))
        case = self._debtor().case_id
        with self._at(MONDAY + timedelta(days=9)):
            self.env["account.move.reversal"].with_context(
                active_model="account.move", active_ids=invoice.ids
            ).create({"journal_id": invoice.journal_id.id}).modify_moves()
            self._settle_transaction()
        self.assertEqual((case.state, case.outcome), ("closed", "credited"))

    def test_no_follow_up_takes_an_invoice_out(self):
        invoice = self._create_overdue_invoice(MONDAY)
        invoice.no_followup = True
        self._settle_transaction()
        self.assertEqual(self._items(invoice).ledger_state, "excluded")
        self.assertFalse(self._live(MONDAY + timedelta(days=7)))

    def test_the_weekly_check_mends_what_was_changed_behind_our_back(self):
        invoice = self._create_overdue_invoice(MONDAY)
        self.env.cr.execute(
            "UPDATE collection_item SET ledger_state = 'settled', next_date = NULL "
            "WHERE move_id = %s",
            (invoice.id,),
        )
        self.env.invalidate_all()
        with self._at(MONDAY):
            found = self.env["collection.item"].sudo()._cron_check_ledger()
            self._settle_transaction()
        self.assertEqual(found["mended"], 1)
        self.assertEqual(self._items(invoice).ledger_state, "open")
        self.assertTrue(self._items(invoice).next_date)
