from datetime import timedelta

from odoo import models
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools.translate import LazyTranslate

from .common import MONDAY, CollectionCommon
from .scratch_models import ScratchModels

#: The days on which the standard plan comes to the stage that a manager opens.
UP_TO_THE_MANAGER = (7, 10, 11, 21, 24, 25, 42, 45)
DECISION_DAY = MONDAY + timedelta(days=46)


@tagged("post_install", "-at_install")
class TestApproval(ScratchModels, CollectionCommon):
    """Who asked, what exactly, who decided, when, why."""

    def setUp(self):
        super().setUp()
        self.invoice = self._create_overdue_invoice(MONDAY)

    def _come_to_the_manager(self):
        for number in UP_TO_THE_MANAGER:
            self._live(MONDAY + timedelta(days=number))
        self.case = self._debtor().case_id
        return self.case.approval_ids

    def _decide(self, approval, user, reason="They do not answer", approved=True):
        return approval.with_user(user)._decide(approved, reason)

    def test_the_plan_asks_once_with_what_is_owed_frozen(self):
        approval = self._come_to_the_manager()
        self._items(self.invoice)._wake()
        self._live(DECISION_DAY)
        self.assertEqual(self.case.approval_ids, approval, "once")
        self.assertEqual((approval.state, approval.kind), ("asked", "next_stage"))
        self.assertFalse(approval.asked_by)
        self.assertIn(self.invoice.name, approval.text)
        (figures,) = approval.figures["items"]
        self.assertEqual(
            (figures["name"], figures["open"]), (self.invoice.name, "1000.0")
        )
        duty = self.case.activity_ids.collection_duty_id
        self.assertEqual((duty.kind, duty.user_id), ("approve", self.manager))
        self.assertIn(self.invoice.name, duty.note)

    def test_a_manager_approves_with_a_reason_and_it_happens_at_once(self):
        approval = self._come_to_the_manager()
        duty = self.case.activity_ids.collection_duty_id
        with self._at(DECISION_DAY):
            self._open_next_stage(self.case, reason="Promised twice")
        self.assertEqual(approval.state, "approved")
        self.assertEqual(approval.decided_by, self.manager)
        self.assertEqual(approval.why, "Promised twice")
        item = self._items(self.invoice)
        self.assertEqual(item.approved_stage_id.level, "formal")
        self.assertFalse(item.waits_for)
        self.assertEqual((duty.state, duty.done_by), ("done", self.manager))
        self.assertIn("Promised twice", str(self.case.message_ids.mapped("body")))
        self._live(DECISION_DAY)
        self.assertStage(self.invoice, "formal")

    def test_after_a_refusal_somebody_owes_the_next_action_and_may_ask_again(self):
        approval = self._come_to_the_manager()
        with self._at(DECISION_DAY):
            self._open_next_stage(self.case, approved=False, reason="Call first")
            self._items(self.invoice)._wake()
        self._live(DECISION_DAY)
        self.assertStage(self.invoice, "firm")
        self.assertEqual(approval.state, "refused")
        duty = self.case.activity_ids.collection_duty_id
        self.assertEqual((duty.kind, duty.user_id), ("refused", self.collector))
        self.assertEqual(duty.note, "Call first")
        with self._at(DECISION_DAY):
            self.case.with_user(self.collector).action_ask_next_stage()
        again = self.case.approval_ids - approval
        self.assertEqual((again.state, again.asked_by), ("asked", self.collector))
        with self.assertRaisesRegex(UserError, "asked already"):
            self.case.with_user(self.collector).action_ask_next_stage()

    def test_another_invoice_is_not_smuggled_into_what_was_asked_for(self):
        approval = self._come_to_the_manager()
        second = self._create_overdue_invoice(MONDAY, 500.0)
        self._items(second).sudo().write(
            {
                "case_id": self.case.id,
                "stage_id": self._items(self.invoice).stage_id.id,
                "waits_for": "manager",
            }
        )
        self.case._ask_for_next_stage()
        self.assertEqual(approval.state, "withdrawn")
        again = self.case.approval_ids - approval
        self.assertEqual(len(again.figures["items"]), 2)
        self.assertIn(second.name, again.text)
        duty = self.case.activity_ids.collection_duty_id
        self.assertEqual(len(duty), 1, "one duty all along")
        self.assertIn(second.name, duty.note)

    def test_nobody_decides_on_what_was_paid(self):
        approval = self._come_to_the_manager()
        duty = self.case.activity_ids.collection_duty_id
        with self._at(DECISION_DAY):
            self._pay(self.invoice)
        self.assertEqual(approval.state, "withdrawn")
        self.assertTrue(approval.why)
        self.assertEqual(duty.state, "cancelled")
        self.assertFalse(self.case.activity_ids)
        with self.assertRaisesRegex(UserError, "decided meanwhile|nothing to decide"):
            self._decide(approval, self.manager)

    def test_only_managers_decide_and_they_say_why(self):
        approval = self._come_to_the_manager()
        with self.assertRaisesRegex(UserError, "collection manager"):
            self._decide(approval, self.collector)
        for nothing in ("", "  ", False):
            with self.subTest(nothing), self.assertRaisesRegex(UserError, "Write why"):
                self._decide(approval, self.manager, nothing)
        with self.assertRaises(AccessError):
            self.env["collection.approval.decide"].with_user(self.collector).create(
                {"approval_id": approval.id, "reason": "x"}
            )
        self.assertEqual(approval.state, "asked")

    def test_another_company_sees_and_decides_nothing(self):
        approval = self._come_to_the_manager()
        elsewhere = self.env["res.company"].sudo().create({"name": "Elsewhere"})
        stranger = self._new_user("stranger", "group_collection_manager")
        stranger.sudo().write(
            {"company_ids": [(6, 0, elsewhere.ids)], "company_id": elsewhere.id}
        )
        clerk = self._new_user("clerk", "group_collection_user")
        clerk.group_ids = self.env.ref("account.group_account_invoice")
        for user in (stranger, clerk):
            with self.subTest(user.login):
                with self.assertRaises(AccessError):
                    approval.with_user(user).read(["text"])
                for method in ("action_decide", "action_withdraw"):
                    with self.assertRaises(AccessError):
                        getattr(approval.with_user(user), method)()
                with self.assertRaises(AccessError):
                    self._decide(approval, user)
        self.assertEqual(approval.state, "asked")

    def test_somebody_else_decides_where_settings_say_so(self):
        approval = self._come_to_the_manager()
        with self._at(DECISION_DAY):
            self._open_next_stage(self.case, approved=False)
            self.case.with_user(self.manager).action_ask_next_stage()
        again = self.case.approval_ids - approval
        self.company.sudo().collection_four_eyes = True
        with self.assertRaisesRegex(UserError, "You asked for this yourself"):
            self._decide(again, self.manager)
        other = self._new_user("other_manager", "group_collection_manager")
        with self._at(DECISION_DAY):
            self._decide(again, other)
        self.assertEqual(again.decided_by, other)

    def test_the_plan_and_the_manager_are_two(self):
        """What the plan asked any manager decides, also where four eyes are wanted."""
        approval = self._come_to_the_manager()
        self.company.sudo().collection_four_eyes = True
        with self._at(DECISION_DAY):
            self._decide(approval, self.manager)
        self.assertEqual(approval.state, "approved")

    def test_a_decision_is_never_changed_nor_deleted(self):
        approval = self._come_to_the_manager()
        with self.assertRaises(AccessError):
            approval.with_user(self.manager).write({"state": "approved"})
        with self._at(DECISION_DAY):
            self._decide(approval, self.manager)
        for vals in ({"reason": "Other"}, {"state": "asked"}, {"figures": {}}):
            with self.subTest(vals), self.assertRaises(UserError):
                approval.sudo().write(vals)
        with self.assertRaisesRegex(UserError, "evidence"):
            approval.sudo().unlink()
        with self.assertRaises(AccessError):
            approval.with_user(self.manager).unlink()
        with self.assertRaisesRegex(UserError, "decided meanwhile|nothing to decide"):
            self._decide(approval, self.manager, approved=False)

    def test_the_duty_is_not_done_by_saying_so(self):
        self._come_to_the_manager()
        duty = self.case.activity_ids.collection_duty_id
        with self.assertRaisesRegex(UserError, "waits for a decision"):
            duty.with_user(self.manager).action_done()
        with self.assertRaisesRegex(UserError, "waits for a decision"):
            self.case.activity_ids.with_user(self.manager).action_done()

    def test_who_asked_withdraws(self):
        approval = self._come_to_the_manager()
        with self.assertRaisesRegex(UserError, "the plan does so by itself"):
            approval.with_user(self.collector).action_withdraw()
        with self._at(DECISION_DAY):
            self._open_next_stage(self.case, approved=False)
            self.case.with_user(self.collector).action_ask_next_stage()
        again = self.case.approval_ids - approval
        again.with_user(self.collector).action_withdraw()
        self.assertEqual(again.state, "withdrawn")
        self.assertNotIn(
            "approve", self.case.activity_ids.collection_duty_id.mapped("kind")
        )

    def test_a_new_kind_is_one_new_model(self):
        class Gift(models.AbstractModel):
            _module = None
            _name = "collection.approval.gift"
            _inherit = ["collection.approval.kind"]
            _description = "Approval: give something away"

            _code = "gift"
            _label = LazyTranslate("collection_escalation")("Give a gift")

            def _on_approved(self, approval):
                approval._get_record().message_post(body="Given")

            def _on_refused(self, approval):
                approval._get_record().message_post(body="Not given")

        self._add_model(Gift)
        debtor = self.env["collection.debtor"].sudo()
        debtor = debtor._get_for(self.debtor_partner, self.company)
        approvals = self.env["collection.approval"]._ask(
            "gift",
            [
                (
                    debtor,
                    {
                        "key": key,
                        "debtor_id": debtor.id,
                        "company_id": self.company.id,
                        "text": f"A gift of {key}",
                        "figures": {"amount": key},
                    },
                )
                for key in ("10.00", "20.00")
            ],
            by=self.collector,
        )
        self.assertEqual(approvals.asked_by, self.collector)
        self.assertEqual(len(debtor.duty_ids), 2)
        small, large = approvals.sorted("key")
        self._decide(small, self.manager)
        self._decide(large, self.manager, approved=False)
        self.assertEqual(approvals.mapped("state"), ["approved", "refused"])
        self.assertEqual(set(debtor.duty_ids.mapped("state")), {"done"})
        said = str(debtor.message_ids.mapped("body"))
        self.assertIn(">Given<", said)
        self.assertIn("Not given", said)
