"""A busy line reached nobody: the planned call may be redialled, not without end, and a
law that counts calls counts every one."""

from datetime import time, timedelta

from odoo import fields
from odoo.tests import tagged

from ..common import MONDAY, CollectionCommon

CALL_DAY = MONDAY + timedelta(days=10)


@tagged("post_install", "-at_install")
class TestBusyLines(CollectionCommon):
    """Calls planned for Thursday 12 March 2026, from 09:00 in Brazil (UTC-3) on."""

    def _plan_call(self, state="state_br_rj", **vals):
        partner = self._create_debtor_partner(
            "Loja Verde", state_id=self.env.ref(f"base.{state}").id, **vals
        )
        self._create_overdue_invoice(MONDAY, partner=partner)
        self._live(MONDAY + timedelta(days=7))
        self._live(CALL_DAY)
        return self._contacts(partner, channel="phone")

    def _dial(self, call, times, day=CALL_DAY):
        for n in range(times):
            with self._at(day, time(12, n + 1)):
                self._log_call(call, "busy")

    def _attempts(self, call):
        """States of the log entries of the calls, the refused ones too."""
        made = self._contacts(call.partner_id, channel="phone") - call
        return made.sorted("id").mapped("state")

    def _refusals(self, call):
        blocked = self._contacts(call.partner_id, state="blocked")
        return [reason["code"] for reason in blocked.reasons]

    def test_it_may_be_redialled_at_once_and_then_be_a_conversation(self):
        """In Rio only prudent rules hold: once a day (BR, HOUSE)."""
        call = self._plan_call()
        self._dial(call, 1)
        self.assertEqual(self._attempts(call), ["made"])
        with self._at(CALL_DAY, time(12, 2)):
            self.assertTrue(call.with_user(self.collector).permitted_now)
            self._log_call(call, "conversation")
        self.assertEqual((call.state, call.outcome), ("made", "conversation"))

    def test_a_call_nobody_answered_is_not_redialled(self):
        call = self._plan_call()
        with self._at(CALL_DAY, time(12, 1)):
            self._log_call(call, "no_answer")
            question = self._debtor(call.partner_id)._get_call_questions()
            codes = question._decide(fields.Datetime.now()).codes
        self.assertEqual(codes, "BR.LIM_DAY+HOUSE.LIM_DAY")

    def test_three_redials_a_day_are_enough(self):
        call = self._plan_call()
        self._dial(call, 5)
        self.assertEqual(self._attempts(call), [*["made"] * 4, "blocked"])
        self.assertEqual(self._refusals(call), ["HOUSE.LIM_REDIAL"])
        self.assertEqual(call.state, "planned")

    def test_how_often_is_a_line_of_the_house_rules(self):
        house = self.env.ref("collection_escalation.ruleset_house").sudo()
        house.line_ids.filtered(lambda line: line.kind == "redial").max_count = 1
        call = self._plan_call()
        self._dial(call, 3)
        self.assertEqual(self._attempts(call), ["made", "made", "blocked"])

    def test_without_that_line_a_busy_line_is_a_call_like_any_other(self):
        house = self.env.ref("collection_escalation.ruleset_house").sudo()
        house.line_ids.filtered(lambda line: line.kind == "redial").unlink()
        call = self._plan_call()
        self._dial(call, 2)
        self.assertEqual(self._refusals(call), ["BR.LIM_DAY", "HOUSE.LIM_DAY"])

    def test_the_third_call_of_a_day_is_refused_in_minas_even_if_two_were_busy(self):
        """Two calls a day, whatever the number and whatever came of them."""
        call = self._plan_call("state_br_mg")
        self._dial(call, 3)
        self.assertEqual(self._attempts(call), ["made", "made", "blocked"])
        self.assertEqual(self._refusals(call), ["BR-MG.LIM_DAY"])

    def test_redials_to_companies_have_an_end_too(self):
        """Of the contacts with companies only those that reached somebody count."""
        call = self._plan_call()
        self._debtor(call.partner_id).sudo().party = "business"
        self._dial(call, 5)
        self.assertEqual(self._attempts(call), [*["made"] * 4, "blocked"])
        self.assertEqual(self._refusals(call), ["HOUSE-B.LIM_REDIAL"])
