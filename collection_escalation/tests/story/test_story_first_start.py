from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common import MONDAY, CollectionCommon


@tagged("post_install", "-at_install")
class TestStoryFirstStart(CollectionCommon):
    """Switching the software on must not mail every old debt."""

    @classmethod
    def _open_company(cls, company):
        result = super()._open_company(company)
        company.sudo().collection_started_on = False
        return result

    def test_nothing_is_sent_before_somebody_starts(self):
        self._create_overdue_invoice(MONDAY - timedelta(days=100))
        self.assertFalse(self._live_until(MONDAY, MONDAY + timedelta(days=10)))
        self.assertFalse(self._contacts())

    def test_old_invoices_are_placed_silently_and_first_contacts_are_spread(self):
        """Five customers, two a day: three days."""
        partners = [self._create_debtor_partner(f"Antigo {n}") for n in range(5)]
        invoices = [
            self._create_overdue_invoice(MONDAY - timedelta(days=200), partner=partner)
            for partner in partners
        ]
        with self._at(MONDAY), self.mock_mail_gateway():
            placed = self.company._start_collections(review_days=0, per_day=2)
            self.assertEqual(placed, {"items": 5, "debtors": 5})
            self.assertFalse(self._mails)
        for invoice in invoices:
            self.assertStage(invoice, "friendly")
            (move,) = self._items(invoice).stage_move_ids
            self.assertEqual(move.reason["code"], "FIRST_START")
        sent = self._live_until(MONDAY, MONDAY + timedelta(days=4))
        self.assertEqual([len(mails) for mails in sent.values()], [2, 2, 1])

    def test_messages_wait_for_review_and_leave_when_released(self):
        invoice = self._create_overdue_invoice(MONDAY)
        with self._at(MONDAY):
            self.company._start_collections(review_days=14)
        day = MONDAY + timedelta(days=7)
        self.assertFalse(self._live(day))
        contact = self._contacts()
        self.assertFalse(contact.reviewed)
        self.assertEqual(contact.planned_on, day + timedelta(days=1), "tomorrow's")
        self.assertIn(invoice.name, contact.preview)
        self.assertFalse(self._live(day + timedelta(days=1)), "nobody looked at it")
        self._live(day + timedelta(days=2))
        self.assertEqual(contact.state, "planned", "the step is not burnt")
        with self._at(day + timedelta(days=2)):
            contact.with_user(self.collector).action_review()
        self.assertEqual(len(self._live(day + timedelta(days=2))), 1)

    def test_a_removed_message_is_left_out_for_good(self):
        self._create_overdue_invoice(MONDAY)
        with self._at(MONDAY):
            self.company._start_collections(review_days=14)
        day = MONDAY + timedelta(days=7)
        self._live(day)
        contact = self._contacts()
        with self._at(day):
            contact.with_user(self.collector).action_remove()
        self.assertEqual(contact.state, "skipped")
        self._live_until(day, day + timedelta(days=2))
        self.assertEqual(len(self._contacts(channel="email")), 1)

    def test_the_check_list_names_what_is_missing_and_refuses_to_start(self):
        self.company.sudo().collection_user_id = False
        ready = self.env["collection.ready"].create({})
        missing = ready.line_ids.filtered(lambda line: line.required and not line.done)
        self.assertIn("collector", missing.mapped("code"))
        self.assertFalse(ready.is_ready)
        with self.assertRaisesRegex(UserError, "Who collects"):
            ready.action_start()
        self.assertFalse(self.company.collection_started_on)
