from datetime import datetime, time, timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common import MONDAY, CollectionCommon

TUESDAY = MONDAY + timedelta(days=1)
SATURDAY = MONDAY + timedelta(days=5)


@tagged("post_install", "-at_install")
class TestDebtorCallback(CollectionCommon):
    """Loja Azul in Rio (UTC-3) asks to be called."""

    def setUp(self):
        super().setUp()
        self.invoice = self._create_overdue_invoice(MONDAY - timedelta(days=20))
        self.debtor = self._debtor()

    def _utc(self, day, hour):
        return datetime.combine(day, time(hour + 3))

    def _ask(self, day, first, last, **kwargs):
        return self.debtor._plan_callback(
            "phone", self._utc(day, first), self._utc(day, last), **kwargs
        )

    def test_it_is_planned_when_they_asked_and_uses_up_no_limit(self):
        with self._at(MONDAY):
            call = self._ask(TUESDAY, 14, 16, note="About the delivery")
            self.assertEqual(call.planned_at, self._utc(TUESDAY, 14))
            self.assertEqual((call.purpose, call.state), ("callback", "planned"))
            self.assertEqual(call.user_id, self.collector)
            self.assertEqual(call.destination, "+5521999990000")
            self.assertTrue(call.consented)
            self.assertFalse(call._get_event().is_attempt)

    def test_hours_outside_the_usual_ones_are_theirs_to_choose(self):
        with self._at(MONDAY):
            call = self._ask(SATURDAY, 9, 11)
            self.assertEqual(call.planned_at, self._utc(SATURDAY, 9))

    def test_every_attempt_at_it_says_that_they_asked(self):
        """Saturday 09:00: the line is busy; 12:00: too late. Without their wish the log
        would show two calls on a Saturday."""
        with self._at(MONDAY):
            call = self._ask(SATURDAY, 9, 11)
        with self._at(SATURDAY):
            self._log_call(call, "busy")
        with self._at(SATURDAY, time(15)):
            self._log_call(call)
        busy, blocked = self._contacts(purpose="callback") - call
        self.assertEqual((busy.state, blocked.state), ("made", "blocked"))
        for attempt in busy + blocked:
            self.assertTrue(attempt.consented)
            self.assertEqual(attempt.callback_from, self._utc(SATURDAY, 9))
            self.assertEqual(attempt.callback_to, self._utc(SATURDAY, 11))

    def test_who_asks_again_changes_the_wish(self):
        with self._at(MONDAY):
            first = self._ask(TUESDAY, 14, 16)
            second = self._ask(TUESDAY, 10, 12, number="+5521988887777")
            self.assertEqual(first, second)
            self.assertEqual(second.planned_at, self._utc(TUESDAY, 10))
            self.assertEqual(second.destination, "+5521988887777")
            self.assertEqual(len(self._contacts(purpose="callback")), 1)

    def test_a_pause_does_not_take_it_out(self):
        with self._at(MONDAY):
            call = self._ask(TUESDAY, 14, 16)
            self.env["collection.hold"].create(
                {
                    "debtor_id": self.debtor.id,
                    "date_from": MONDAY,
                    "date_to": TUESDAY,
                    "reason": "says_paid",
                }
            )
            self.assertEqual(call.state, "planned")

    def test_a_time_that_is_over_is_refused(self):
        with self._at(MONDAY):
            with self.assertRaisesRegex(UserError, "Loja Azul.*another one"):
                self._ask(MONDAY - timedelta(days=1), 9, 12)
            with self.assertRaisesRegex(UserError, "ends before it begins"):
                self._ask(TUESDAY, 16, 14)
