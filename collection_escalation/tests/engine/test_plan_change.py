"""Another plan, or the same plan written otherwise: nothing is said twice, and nothing
leaves that the plan in force does not want yet."""

from datetime import timedelta

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common import MONDAY, CollectionCommon

#: Five business days after Monday 2 March 2026.
FRIENDLY_DAY = MONDAY + timedelta(days=7)
#: … and ten.
LATER = MONDAY + timedelta(days=14)


@tagged("post_install", "-at_install")
class TestPlanChange(CollectionCommon):
    def setUp(self):
        super().setUp()
        self.invoice = self._create_overdue_invoice(MONDAY)

    def _get_stage(self, policy, level="friendly"):
        return policy.stage_ids.filtered(lambda s: s.level == level)

    def _copy_plan(self, friendly_after=5):
        """The standard plan, friendly after so many business days (firm after 15)."""
        policy = self.policy.sudo().copy()
        self._get_stage(policy).trigger_days = friendly_after
        return policy

    def _plan_friendly(self):
        """The friendly e-mail is planned on Monday 9 March, and has not left."""
        with self._at(FRIENDLY_DAY):
            self._evaluate()
            self._run_action("plan")
        contact = self._contacts()
        self.assertEqual((contact.state, contact.channel), ("planned", "email"))
        return contact

    # -- what was said is not said again -------------------------------------------------

    def test_a_copy_of_the_plan_does_not_write_again(self):
        """E-mail on 9 March by the one plan; on the 10th a copy: it goes on with the call
        of the 12th, three business days later, and the firm e-mail of the 23rd."""
        self.assertEqual(len(self._live(FRIENDLY_DAY)), 1)
        with self._at(FRIENDLY_DAY + timedelta(days=1)):
            self._debtor().policy_id = self._copy_plan()
        sent = self._live_until(
            FRIENDLY_DAY + timedelta(days=1), FRIENDLY_DAY + timedelta(days=3)
        )
        self.assertFalse(sent)
        call = self._contacts(channel="phone")
        self.assertEqual(call.planned_on, FRIENDLY_DAY + timedelta(days=3))
        with self._at(call.planned_on):
            self._log_call(call)
        sent = self._live_until(call.planned_on, MONDAY + timedelta(days=21))
        self.assertEqual(list(sent), [MONDAY + timedelta(days=21)])
        self.assertStage(self.invoice, "firm")

    def test_a_second_step_of_the_new_plan_is_still_made(self):
        """The copy writes once more five business days after the first e-mail: Monday
        16 March. The e-mail that was made stands for the first one only."""
        policy = self._copy_plan()
        stage = self._get_stage(policy)
        email, call = stage.step_ids
        call.sudo().unlink()
        email.copy({"stage_id": stage.id, "offset_days": 5})
        self.assertEqual(len(self._live(FRIENDLY_DAY)), 1)
        with self._at(FRIENDLY_DAY + timedelta(days=1)):
            self._debtor().policy_id = policy
        sent = self._live_until(FRIENDLY_DAY + timedelta(days=1), LATER)
        self.assertEqual({day: len(mails) for day, mails in sent.items()}, {LATER: 1})

    def test_a_step_that_takes_the_place_of_one_that_was_made(self):
        """Deleted in the form, a step once used is archived, and who had it does not get
        its successor."""
        self.assertEqual(len(self._live(FRIENDLY_DAY)), 1)
        stage = self._get_stage(self.policy).sudo()
        email = stage.step_ids.filtered(lambda s: s.channel == "email")
        stage.write(
            {
                "step_ids": [
                    Command.create(email.copy_data()[0]),
                    Command.delete(email.id),
                ]
            }
        )
        self.assertTrue(email.exists())
        self.assertFalse(email.active)
        self.assertNotIn(email, stage.step_ids)
        self.assertEqual(self._contacts().step_id, email, "the evidence names it")
        with self._at(FRIENDLY_DAY + timedelta(days=1)):
            self._items(self.invoice)._wake()
        self.assertFalse(
            self._live_until(
                FRIENDLY_DAY + timedelta(days=1), FRIENDLY_DAY + timedelta(days=2)
            )
        )

    def test_stages_and_plans_once_used_are_kept(self):
        """And a new stage of the level may take its place."""
        other = self._copy_plan()
        self._live(FRIENDLY_DAY)
        stage = self._get_stage(self.policy).sudo()
        data = stage.copy_data({"name": "Kind"})[0]
        stage.unlink()
        self.assertFalse(stage.active)
        self.policy.sudo().stage_ids = [Command.create(data)]
        self.assertEqual(self._get_stage(self.policy).name, "Kind")
        with self.assertRaisesRegex(UserError, "Archive it instead"):
            self.policy.sudo().unlink()
        steps = other.stage_ids.step_ids
        other.unlink()
        self.assertFalse(steps.exists(), "nobody was contacted by these")

    # -- what the plan does not want yet does not leave ----------------------------------

    def _assert_leaves_later(self, contact):
        self.assertEqual(contact.state, "skipped")
        sent = self._live_until(FRIENDLY_DAY, LATER)
        self.assertEqual({day: len(mails) for day, mails in sent.items()}, {LATER: 1})

    def test_another_plan_of_the_customer_withdraws_what_it_does_not_want_yet(self):
        contact = self._plan_friendly()
        with self._at(FRIENDLY_DAY):
            self._debtor().policy_id = self._copy_plan(friendly_after=10)
        self.assertEqual(contact.reasons[0]["code"], "PLAN_CHANGED")
        self._assert_leaves_later(contact)

    def test_another_plan_of_the_company(self):
        contact = self._plan_friendly()
        with self._at(FRIENDLY_DAY):
            policy = self._copy_plan(friendly_after=10)
            self.company.sudo().collection_consumer_policy_id = policy
        self._assert_leaves_later(contact)

    def test_another_party_has_another_plan(self):
        contact = self._plan_friendly()
        self.company.sudo().collection_business_policy_id = self._copy_plan(10)
        with self._at(FRIENDLY_DAY):
            self._debtor().party = "business"
        self._assert_leaves_later(contact)

    def test_the_same_plan_that_starts_later(self):
        contact = self._plan_friendly()
        with self._at(FRIENDLY_DAY):
            self._get_stage(self.policy).sudo().trigger_days = 10
        self.assertEqual(contact.reasons[0]["code"], "NOT_WANTED_YET")
        self._assert_leaves_later(contact)

    def test_a_change_that_nobody_told_of_is_seen_at_leaving(self):
        """The company has no plan of its own choice, and another one comes first now."""
        with self._at(MONDAY):
            self.company.sudo().collection_consumer_policy_id = False
        policy = self._copy_plan(friendly_after=10)
        self.policy.sudo().sequence, policy.sequence = -2, -1
        contact = self._plan_friendly()
        policy.sequence = -3
        self.assertFalse(self._live(FRIENDLY_DAY))
        self._assert_leaves_later(contact)

    def test_what_the_new_plan_wants_too_leaves_on_its_day(self):
        self._plan_friendly()
        with self._at(FRIENDLY_DAY):
            self._debtor().policy_id = self._copy_plan()
        self.assertEqual(len(self._live(FRIENDLY_DAY)), 1)
