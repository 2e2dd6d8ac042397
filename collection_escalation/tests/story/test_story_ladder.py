from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common import MONDAY, CollectionCommon

TUESDAY = MONDAY + timedelta(days=1)


@tagged("post_install", "-at_install")
class TestStoryLadder(CollectionCommon):
    """An invoice from posting to firm to paid, day by day."""

    def test_an_invoice_from_posting_to_firm_to_paid(self):
        """Due Monday 2 March 2026. Friendly after 5 business days (Mon 9 March), a call
        3 business days later (Thu 12), firm after 15 (Mon 23), and paid."""
        invoice = self._create_overdue_invoice(MONDAY)
        self.assertStage(invoice, None)
        self.assertEqual(self._live(MONDAY), [], "nothing on the due date itself")
        for day in range(1, 7):
            self.assertFalse(self._live(MONDAY + timedelta(days=day)))
        self.assertStage(invoice, None)

        (mail,) = self._live(MONDAY + timedelta(days=7))
        self.assertStage(invoice, "friendly")
        self.assertIn(self.debtor_partner.email, mail["email_to"][0])
        self.assertIn(invoice.name, mail["body"])
        case = self._debtor().case_id
        self.assertEqual(case.stage_id.level, "friendly")
        self.assertEqual(case.user_id, self.collector)

        self.assertFalse(self._live(MONDAY + timedelta(days=8)), "never a second time")
        self._live(MONDAY + timedelta(days=10))
        call = self._contacts(channel="phone")
        self.assertEqual(call.state, "planned")
        with self._at(MONDAY + timedelta(days=10)):
            self._log_call(call)
        self.assertEqual(call.state, "made")

        self.assertFalse(self._live(MONDAY + timedelta(days=20)))
        (firm,) = self._live(MONDAY + timedelta(days=21))
        self.assertStage(invoice, "firm")
        self.assertNotEqual(firm["subject"], "")
        self.assertEqual(case.stage_id.level, "firm")
        moves = self._items(invoice).stage_move_ids.sorted("id")
        self.assertEqual(
            [(m.from_level or None, m.to_level) for m in moves],
            [(None, "friendly"), ("friendly", "firm")],
        )

        with self._at(MONDAY + timedelta(days=22)):
            self._pay(invoice)
        self.assertEqual(case.state, "closed")
        self.assertEqual(case.outcome, "paid")
        self.assertFalse(self._items(invoice).next_date)
        self.assertFalse(
            self._live_until(MONDAY + timedelta(days=23), MONDAY + timedelta(days=40))
        )

    def test_the_courtesy_note_comes_before_the_due_date_and_only_then(self):
        """Due Friday 13 March, three business days before is Tuesday 10 March."""
        invoice = self._create_overdue_invoice(MONDAY + timedelta(days=11))
        self.assertFalse(self._live(MONDAY + timedelta(days=7)))
        (note,) = self._live(MONDAY + timedelta(days=8))
        self.assertStage(invoice, "pre_due")
        self.assertIn(invoice.name, note["body"])
        self.assertFalse(self._debtor().case_id, "a courtesy note opens no file")
        self.assertFalse(
            self._live_until(MONDAY + timedelta(days=9), MONDAY + timedelta(days=17))
        )

    def test_an_instalment_in_arrears_climbs_though_the_invoice_is_not_due(self):
        invoice = self._create_instalment_invoice(
            [MONDAY, MONDAY + timedelta(days=60)], amount=900.0
        )
        self.assertEqual(invoice.invoice_date_due, MONDAY + timedelta(days=60))
        (mail,) = self._live(MONDAY + timedelta(days=7))
        self.assertStage(invoice, "friendly", None)
        lines = self._contacts(state="made").line_ids
        self.assertEqual(
            [(line.part, line.amount_open) for line in lines],
            [("step", 450.0), ("info", 450.0)],
            "900 / 2: the instalment, not the whole; the other one for information",
        )
        self.assertTrue(invoice.collection_overdue)
        self.assertIn(invoice.name, mail["body"])

    def test_one_notice_covers_all_invoices_of_a_debtor(self):
        invoices = [self._create_overdue_invoice(MONDAY, 100.0) for _n in range(5)]
        (mail,) = self._live(MONDAY + timedelta(days=7))
        for invoice in invoices:
            self.assertIn(invoice.name, mail["body"])
        contact = self._contacts(state="made")
        (total,) = contact.get_statement_totals(contact.get_statement())
        self.assertEqual(total["open"], 500.0, "5 × 100")

    def test_a_debtor_who_always_owes_still_gets_the_friendly_step_for_new_invoices(
        self,
    ):
        old = self._create_overdue_invoice(MONDAY)
        self._live_until(MONDAY, MONDAY + timedelta(days=30))
        self.assertStage(old, "firm")
        new = self._create_overdue_invoice(MONDAY + timedelta(days=28))
        sent = self._live_until(
            MONDAY + timedelta(days=31), MONDAY + timedelta(days=40)
        )
        self.assertStage(new, "friendly")
        lines = self._items(new).contact_line_ids.filtered(lambda x: x.state == "made")
        self.assertEqual(lines.stage_id.level, "friendly")
        self.assertTrue(any(new.name in m["body"] for ms in sent.values() for m in ms))

    def test_after_a_standstill_the_ladder_climbs_one_stage_at_a_time(self):
        invoice = self._create_overdue_invoice(MONDAY)
        sent = self._live_until(
            MONDAY + timedelta(days=70), MONDAY + timedelta(days=72)
        )
        self.assertStage(invoice, "friendly")
        self.assertEqual(sum(map(len, sent.values())), 1, "never several at once")

    def test_formal_waits_for_a_manager_and_opens_when_one_approves(self):
        invoice = self._create_overdue_invoice(MONDAY)
        self._live_until(MONDAY, MONDAY + timedelta(days=60))
        self.assertStage(invoice, "firm")
        item = self._items(invoice)
        case = self._debtor().case_id
        self.assertEqual(item.waits_for, "manager")
        self.assertEqual(case.activity_ids.user_id, self.manager)
        with self._at(MONDAY + timedelta(days=61)):
            with self.assertRaisesRegex(UserError, "collection manager"):
                case.with_user(self.collector).action_open_next_stage()
            self._open_next_stage(case)
        self._live(MONDAY + timedelta(days=61))
        self.assertStage(invoice, "formal")
        self.assertFalse(case.activity_ids, "the duty is done")

    def test_a_step_never_reaches_an_item_twice_in_a_cycle(self):
        invoice = self._create_overdue_invoice(MONDAY)
        for _again in range(3):
            self._live(MONDAY + timedelta(days=7))
            self._items(invoice)._wake()
        self.assertEqual(len(self._contacts(channel="email")), 1)
