"""The gate of contacts and of files: each state has its verb, and no other door is open."""

from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import tagged

from ...models.contact.collection_contact_gate import BORN_OVER, TRANSITIONS
from ..common import MONDAY, CollectionCommon

WHY = [{"code": "NOT_USED", "args": {}}]


@tagged("post_install", "-at_install")
class TestGate(CollectionCommon):
    def setUp(self):
        super().setUp()
        self.invoice = self._create_overdue_invoice(MONDAY)
        self.Contact = self.env["collection.contact"].sudo()
        self.about = {
            "debtor_id": self._debtor().id,
            "company_id": self.company.id,
            "channel": "phone",
        }

    def _create_in(self, state):
        """A contact in the state, however it got there."""
        contact = self.Contact.create(self.about)
        contact._write_state({"state": state})
        return contact

    def _use_verb(self, contact, state):
        """:return: what changed"""
        if state == "sending":
            return contact._start_leaving(*contact._get_leaving())
        return getattr(contact, f"_set_{state}")(reasons=WHY)

    def test_every_transition_has_its_verb_and_every_other_is_refused(self):
        for old, following in TRANSITIONS.items():
            for new in set(TRANSITIONS) - {old}:
                with self.subTest(old=old, new=new):
                    contact = self._create_in(old)
                    if new in following:
                        self.assertTrue(self._use_verb(contact, new))
                        self.assertEqual(contact.state, new)
                    elif new == "sending":  # one statement, which finds nothing to do
                        self.assertFalse(self._use_verb(contact, new))
                        self.assertEqual(contact.state, old)
                    else:
                        with self.assertRaisesRegex(UserError, "cannot become"):
                            self._use_verb(contact, new)
                        self.assertEqual(contact.state, old)

    def test_a_repeat_is_skipped(self):
        """What follows from a change follows once: the verb says which ones changed."""
        for state in TRANSITIONS:
            with self.subTest(state=state):
                contact = self._create_in(state)
                self.assertFalse(self._use_verb(contact, state))
                self.assertEqual(contact.state, state)
                self.assertFalse(contact.reasons)
        planned, missed = self._create_in("planned"), self._create_in("missed")
        self.assertEqual((planned | missed)._set_missed(reasons=WHY), planned)
        self.assertEqual((planned.state, planned.reasons), ("missed", WHY))

    def test_one_that_is_refused_refuses_all(self):
        planned, made = self._create_in("planned"), self._create_in("made")
        with self.assertRaisesRegex(UserError, "cannot become"):
            (planned | made)._set_missed()
        self.assertEqual(planned.state, "planned")

    def test_contacts_are_born_planned(self):
        for state in set(TRANSITIONS) - {"planned"}:
            with self.subTest(state=state):
                with self.assertRaisesRegex(UserError, "changes by its buttons"):
                    self.Contact.create({**self.about, "state": state})
                with self.assertRaisesRegex(UserError, "changes by its buttons"):
                    self.Contact.with_context(default_state=state).create(self.about)
                with self.assertRaisesRegex(UserError, "changes by its buttons"):
                    self._create_in("planned").write({"state": state})
        forged = {"collection_contact_over": True}
        with self.assertRaisesRegex(UserError, "changes by its buttons"):
            self.Contact.with_context(**forged).create({**self.about, "state": "made"})

    def test_nobody_creates_contacts_by_rpc(self):
        for user in (self.collector, self.manager):
            Contact = self.env["collection.contact"].with_user(user)
            for method, args in (
                ("create", [{**self.about, "state": "made"}]),
                ("_create_over", ["made", [self.about]]),
            ):
                with self.subTest(user=user.login, method=method):
                    with self.assertRaises(AccessError):
                        call_kw(Contact, method, args, {})

    def test_what_is_born_over_says_how(self):
        for state in BORN_OVER:
            contact = self.Contact._create_over(state, [self.about])
            self.assertEqual(contact.state, state)
            self.assertEqual(contact.env.context, self.env.context)
            self.assertTrue(contact.logged_at)
        for state in ("planned", "queued", "sending", "uncertain"):
            with self.subTest(state=state), self.assertRaises(ValueError):
                self.Contact._create_over(state, [self.about])

    def test_only_what_is_uncertain_is_resolved(self):
        """A planned call does not become made past the rules."""
        for state in ("planned", "made", "failed"):
            contact = self._create_in(state)
            contact.with_user(self.collector).action_resolve_sent()
            contact.with_user(self.collector).action_resolve_not_sent()
            self.assertEqual(contact.state, state)
        self.assertEqual(
            self.Contact.search_count([("debtor_id", "=", self.about["debtor_id"])]), 3
        )

    def test_a_copy_of_what_was_made_is_planned(self):
        self.assertEqual(self._create_in("made").copy().state, "planned")


@tagged("post_install", "-at_install")
class TestCaseGate(CollectionCommon):
    def setUp(self):
        super().setUp()
        self._create_overdue_invoice(MONDAY)
        self._live_until(MONDAY, MONDAY + timedelta(days=7))
        self.case = self._debtor().case_id.sudo()

    def test_a_file_is_born_open_and_its_state_is_not_written(self):
        vals = {
            "debtor_id": self.case.debtor_id.id,
            "company_id": self.company.id,
            "date_open": MONDAY,
        }
        with self.assertRaisesRegex(UserError, "nothing is chased"):
            self.case.create({**vals, "state": "closed"})
        with self.assertRaisesRegex(UserError, "nothing is chased"):
            self.case.write({"state": "closed"})
        for user in (self.collector, self.manager):
            with self.assertRaises(AccessError):
                self.case.with_user(user).write({"state": "closed"})
        self.assertEqual(self.case.state, "open")

    def test_a_file_closes_once_and_opens_again(self):
        planned = (
            self.env["collection.contact"]
            .sudo()
            .create(
                {
                    "debtor_id": self.case.debtor_id.id,
                    "company_id": self.company.id,
                    "case_id": self.case.id,
                    "channel": "phone",
                }
            )
        )
        self.case._close("excluded")
        self.assertEqual((self.case.state, self.case.outcome), ("closed", "excluded"))
        self.assertEqual(planned.state, "skipped")
        self.case._close("paid")
        self.assertEqual(self.case.outcome, "excluded")
        self.case._reopen(self.case.item_ids)
        self.assertEqual((self.case.state, self.case.outcome), ("open", False))
        self.case._reopen(self.case.item_ids)
        self.assertEqual(self.case.state, "open")
