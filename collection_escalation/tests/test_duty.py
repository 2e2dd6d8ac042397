import runpy
from datetime import timedelta
from pathlib import Path

from psycopg2 import IntegrityError

from odoo import models
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger
from odoo.tools.translate import LazyTranslate

from .common import MONDAY, CollectionCommon
from .scratch_models import ScratchModels

FRIENDLY_DAY = MONDAY + timedelta(days=7)


@tagged("post_install", "-at_install")
class TestDuty(ScratchModels, CollectionCommon):
    """What a person must do, by when, because of what."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor = (
            cls.env["collection.debtor"]
            .sudo()
            ._get_for(cls.debtor_partner, cls.company)
        )
        cls.Duty = cls.env["collection.duty"]

    def _ask(self, kind="mend_address", **vals):
        return self.Duty._ask(kind, [(self.debtor, vals)])

    def test_it_has_an_owner_a_day_and_an_activity(self):
        reason = {"code": "BAD_ADDRESS", "args": {"value": "loja@"}}
        duty = self._ask(reason=reason, due=MONDAY)
        self.assertEqual((duty.user_id, duty.due), (self.collector, MONDAY))
        self.assertEqual(duty.company_id, self.company)
        self.assertIn("loja@", duty.with_user(self.collector).why)
        activity = self.debtor.activity_ids
        self.assertEqual(activity.collection_duty_id, duty)
        self.assertEqual(activity.user_id, self.collector)
        self.assertEqual(activity.date_deadline, MONDAY)
        self.assertIn("loja@", activity.summary)

    def test_one_open_duty_a_customer_kind_and_key(self):
        first = self._ask(key="a")
        self.assertFalse(self._ask(key="a"), "it stands already")
        self.assertTrue(self._ask(key="b"))
        first._done(self.collector)
        self.assertTrue(self._ask(key="a"), "and may come again")
        with (
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.Duty.sudo().create(
                {"kind": "mend_address", "key": "a", "debtor_id": self.debtor.id}
            )
            self.env.flush_all()

    def test_asking_many_costs_no_more_queries_than_asking_few(self):
        partners = [self._create_debtor_partner(f"Customer {n}") for n in range(24)]
        Debtor = self.env["collection.debtor"].sudo()
        debtors = Debtor._get_for(self.debtor_partner.concat(*partners), self.company)
        self._ask()  # what is read once
        counts = []
        for some in (debtors[1:5], debtors[5:25]):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.Duty._ask("mend_address", [(debtor, {}) for debtor in some])
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 2, counts)

    def test_ticking_off_the_activity_ticks_off_the_duty(self):
        duty = self._ask()
        self.debtor.activity_ids.with_user(self.manager).action_done()
        self.assertEqual((duty.state, duty.done_by), ("done", self.manager))
        self.assertTrue(duty.done_at)

    def test_ticking_off_the_duty_ticks_off_the_activity(self):
        duty = self._ask()
        duty.with_user(self.collector).action_done()
        self.assertEqual((duty.state, duty.done_by), ("done", self.collector))
        self.assertFalse(self.debtor.activity_ids)

    def test_who_deletes_the_activity_says_that_there_is_nothing_to_do(self):
        duty = self._ask()
        self.debtor.activity_ids.with_user(self.collector).unlink()
        self.assertEqual(duty.state, "cancelled")
        self.assertIn("deleted its activity", duty.why)

    def test_owner_and_day_are_those_of_the_activity(self):
        duty = self._ask()
        activity = self.debtor.activity_ids
        duty.with_user(self.collector).write(
            {"user_id": self.manager.id, "due": FRIENDLY_DAY, "note": "Ask the bank"}
        )
        self.assertEqual(activity.user_id, self.manager)
        self.assertEqual(activity.date_deadline, FRIENDLY_DAY)
        self.assertIn("Ask the bank", activity.note)
        activity.write({"user_id": self.collector.id, "date_deadline": MONDAY})
        self.assertEqual((duty.user_id, duty.due), (self.collector, MONDAY))

    def test_it_survives_the_closing_of_the_file(self):
        """The address is wrong, paid or not; who decides is not asked any more."""
        invoice = self._create_overdue_invoice(MONDAY)
        self._live(FRIENDLY_DAY)
        case = self.debtor.case_id
        with self._at(FRIENDLY_DAY):
            mend, decider = self._ask(), self._ask("find_decider")
            self._pay(invoice)
        self.assertEqual(case.state, "closed")
        self.assertEqual((mend.state, mend.case_id), ("open", case))
        self.assertTrue(mend.activity_ids)
        self.assertEqual(decider.state, "cancelled")
        self.assertIn("file was closed", decider.why)
        self.assertFalse(decider.activity_ids)

    def test_a_changed_address_does_it(self):
        duty = self._ask()
        self.debtor_partner.email = "new@example.com"
        self.assertEqual(duty.state, "done")

    def test_overdue_ones_are_found(self):
        late, today = self._ask(due=MONDAY), self._ask(key="b", due=FRIENDLY_DAY)
        with self._at(FRIENDLY_DAY):
            self.env.invalidate_all()
            self.assertEqual((late | today).mapped("is_overdue"), [True, False])
            mine = [("id", "in", (late | today).ids)]
            for value, found in ((True, late), (False, today)):
                domain = [*mine, ("is_overdue", "=", value)]
                self.assertEqual(self.Duty.sudo().search(domain), found)
            late._done(self.collector)
            self.assertFalse(late.is_overdue)

    def test_a_company_has_duties_too(self):
        duty = self.Duty._ask("other", [(self.company, {"note": "Look at the bank"})])
        self.assertEqual(duty.user_id, self.manager)
        self.assertFalse(duty.activity_ids.res_model)
        duty.activity_ids.with_user(self.manager).action_done()
        self.assertEqual(duty.state, "done")

    def test_people_change_only_who_when_and_the_note(self):
        duty = self._ask().with_user(self.collector)
        for vals in ({"state": "done"}, {"kind": "other"}, {"done_by": 1}):
            with self.subTest(vals), self.assertRaises(AccessError):
                duty.write(vals)
        with self.assertRaises(AccessError):
            duty.unlink()
        duty.action_done()
        with self.assertRaisesRegex(UserError, "is over"):
            duty.write({"due": FRIENDLY_DAY})

    def test_a_collector_gives_a_colleague_something_to_do(self):
        Duty = self.Duty.with_user(self.collector)
        vals = {
            "debtor_id": self.debtor.id,
            "user_id": self.manager.id,
            "note": "Call the shop\nAfter five",
        }
        duty = Duty.create({**vals, "state": "done", "done_by": self.manager.id})
        self.assertEqual((duty.kind, duty.state), ("other", "open"))
        self.assertFalse(duty.done_by)
        self.assertEqual(duty.summary, "Call the shop")
        self.assertEqual(duty.activity_ids.user_id, self.manager)
        with self.assertRaises(AccessError):
            Duty.create({**vals, "kind": "stopped"})

    def test_others_see_and_do_nothing(self):
        duty = self._ask()
        clerk = self._new_user("clerk", "group_collection_user")
        clerk.group_ids = self.env.ref("account.group_account_invoice")
        elsewhere = self.env["res.company"].sudo().create({"name": "Elsewhere"})
        stranger = self._new_user("stranger", "group_collection_manager")
        stranger.sudo().write(
            {"company_ids": [(6, 0, elsewhere.ids)], "company_id": elsewhere.id}
        )
        for user in (clerk, stranger):
            with self.subTest(user.login):
                with self.assertRaises(AccessError):
                    duty.with_user(user).read(["note"])
                with self.assertRaises(AccessError):
                    duty.with_user(user).action_done()
                with self.assertRaises(AccessError):
                    self.Duty.with_user(user).create({"debtor_id": self.debtor.id})
        self.assertEqual(duty.state, "open")

    def test_open_activities_of_before_become_duties(self):
        """By the migration: each keeps its activity, and nobody is told again."""
        case = self._open_file()
        activity = case.activity_schedule(
            "collection_escalation.mail_activity_mend_address",
            summary="loja@ does not work",
            user_id=self.collector.id,
            date_deadline=FRIENDLY_DAY,
        )
        case.activity_schedule(
            "collection_escalation.mail_activity_approve", user_id=self.manager.id
        )
        item = case.item_ids
        item.write({"waits_for": "manager"})
        path = Path(__file__).parents[1] / "migrations/19.0.2.0.0/post-duty.py"
        self.env.flush_all()
        runpy.run_path(str(path))["migrate"](self.env.cr, "19.0.1.0.0")
        self.env.invalidate_all()
        duty = activity.collection_duty_id
        self.assertEqual((duty.kind, duty.case_id), ("mend_address", case))
        self.assertEqual((duty.user_id, duty.due), (self.collector, FRIENDLY_DAY))
        self.assertIn("loja@", duty.summary)
        self.assertEqual(duty.activity_ids, activity)
        self.assertEqual(case.approval_ids.state, "asked")
        duties = case.activity_ids.collection_duty_id
        self.assertEqual(set(duties.mapped("kind")), {"mend_address", "approve"})
        self.assertEqual(len(case.activity_ids), 2)

    def _open_file(self):
        self._create_overdue_invoice(MONDAY)
        self._live(FRIENDLY_DAY)
        return self.debtor.case_id

    def test_a_new_kind_is_one_new_model(self):
        class Feed(models.AbstractModel):
            _module = None
            _name = "collection.duty.feed"
            _inherit = ["collection.duty.kind"]
            _description = "Duty: feed the pigeon"

            _code = "feed"
            _label = LazyTranslate("collection_escalation")("Feed the pigeon")

            def _get_owner(self, debtor):
                return debtor.company_id.collection_manager_id

            def _ends_with_file(self, duty, outcome):
                return outcome == "paid"

        self._add_model(Feed)
        selection = dict(self.Duty._fields["kind"]._description_selection(self.env))
        self.assertEqual(selection["feed"], "Feed the pigeon")
        duty = self._ask("feed")
        self.assertEqual(
            (duty.user_id, duty.summary), (self.manager, "Feed the pigeon")
        )
        duty._on_file_closed("excluded")
        self.assertEqual(duty.state, "open")
        duty._on_file_closed("paid")
        self.assertEqual(duty.state, "cancelled")
