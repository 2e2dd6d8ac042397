from datetime import date, timedelta

from odoo.tests import tagged

from ...rules import stages
from ..common import MONDAY, CollectionCommon

NEVER = date(9999, 12, 31)
FRIENDLY_DAY = MONDAY + timedelta(days=7)


@tagged("post_install", "-at_install")
class TestOddDates(CollectionCommon):
    """One item that nobody can decide about does not stop the customer's others."""

    def test_an_invoice_that_is_never_due_waits_and_the_others_are_chased(self):
        self._never = self._create_overdue_invoice(MONDAY, 70.0)
        line = self._never.line_ids.filtered("date_maturity")
        line.date_maturity = NEVER
        invoice = self._create_overdue_invoice(MONDAY)
        (mail,) = self._live(FRIENDLY_DAY)
        self.assertIn(invoice.name, mail["body"])
        self.assertStage(invoice, "friendly")
        self.assertStage(self._never, None)
        self.assertNotEqual(self._items(self._never).reason["code"], "UNDECIDABLE")
        self.assertEqual(self._items(self._never).next_date.year, 9999)

    def test_one_undecidable_item_is_set_aside_and_named(self):
        odd = self._create_overdue_invoice(MONDAY - timedelta(days=1), 70.0)
        invoice = self._create_overdue_invoice(MONDAY)
        right = stages.resolve

        def resolve(item, *args):
            if item.due == MONDAY - timedelta(days=1):
                raise ValueError("no such day")
            return right(item, *args)

        self.patch(stages, "resolve", resolve)
        with self.assertLogs("odoo.addons.collection_escalation", "WARNING"):
            (mail,) = self._live(FRIENDLY_DAY)
        self.assertIn(invoice.name, mail["body"])
        reason = self._items(odd).reason
        self.assertEqual(reason["code"], "UNDECIDABLE")
        self.assertIn(odd.name, reason["args"]["error"])
        self.assertIn("no such day", reason["args"]["error"])

    def test_a_review_without_end_is_written_as_the_last_day_there_is(self):
        self.company.sudo().collection_started_on = False
        with self._at(MONDAY):
            self.company.sudo()._start_collections(review_days=10**8)
        self.assertEqual(self.company.collection_review_until, NEVER)
