from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ..common import MONDAY, CollectionCommon

FRIENDLY_DAY = MONDAY + timedelta(days=7)
ADDRESS = "loja.azul@example.com"


@tagged("post_install", "-at_install")
class TestStoppedAddress(CollectionCommon):
    """Loja Azul owes two companies that write to the same address; who reads there is
    somebody else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.b = cls.setup_other_company(name="Other", currency_id=cls.brl.id)["company"]
        cls.b.partner_id.write({"country_id": cls.brazil.id, "email": "b@example.com"})
        cls._open_company(cls.b)
        cls.manager_b = cls._new_user("manager_b", "group_collection_manager")
        cls.manager_b.sudo().write(
            {"company_ids": [Command.set(cls.b.ids)], "company_id": cls.b.id}
        )

    def setUp(self):
        super().setUp()
        self._create_overdue_invoice(MONDAY)
        self._live(FRIENDLY_DAY)
        self.message = self._contacts(state="made")
        self._create_overdue_invoice(MONDAY, company_id=self.b.id)
        with self._at(FRIENDLY_DAY):
            self.b.sudo().collection_payments_until = FRIENDLY_DAY
            self._evaluate()
            planner = self.env["collection.planner"].sudo()
            self.other = planner._plan_debtors(planner._get_waiting_debtors())
        self.assertEqual(self.other.company_id, self.b)
        self.Stopped = self.env["collection.stopped.address"].sudo()

    def _stop(self):
        with self._at(FRIENDLY_DAY):
            return self.Stopped._stop(self.message)

    def _email(self, debtor):
        return debtor._get_person_and_address("email")

    # -- what it does --------------------------------------------------------------------

    def test_what_is_planned_in_another_company_is_withdrawn_at_once(self):
        self.assertTrue(self.other.planned_at)
        self._stop()
        self.assertEqual(self.other.state, "planned")
        self.assertFalse(self.other.planned_at, "it has no moment any more")
        summaries = self.other.case_id.activity_ids.mapped("summary")
        self.assertIn(ADDRESS, " ".join(summaries))

    def test_what_is_written_already_does_not_leave(self):
        with self._at(FRIENDLY_DAY), self.mock_mail_gateway():
            dispatcher = self.env["collection.dispatcher"].sudo()
            dispatcher._queue(self.other)
            self.assertEqual(self.other.state, "queued")
            mail = self.other.mail_id.sudo()
            self._stop()
            self.assertEqual(mail.state, "cancel")
            mail.state = "outgoing"  # whoever sends it all the same
            mail.send()
            self.assertFalse(self._mails)
        self.assertEqual(self.other.state, "planned")

    def test_the_last_look_passes_every_cache(self):
        """Another process stopped the address: here it is not known yet."""
        self._stop()
        self.other.write({"planned_at": FRIENDLY_DAY, "planned_on": FRIENDLY_DAY})
        self.assertEqual(self.other._get_stopped_now(), self.other)
        with self._at(FRIENDLY_DAY):
            self.assertFalse(self.other._check_before_leaving())
        self.assertFalse(self.other.planned_at)

    def test_the_debtor_is_reached_at_another_address_or_by_another_channel(self):
        self._stop()
        debtor = self.other.debtor_id
        _person, address, reason = self._email(debtor)
        self.assertEqual((address, reason.code), ("", "STOPPED_ADDRESS"))
        billing = self._create_debtor_partner(
            "Billing", parent_id=self.debtor_partner.id, type="invoice"
        )
        self.debtor_partner.is_company = True
        self.assertEqual(self._email(debtor), (billing, "billing@example.com", None))

    def test_the_planner_falls_back_and_asks_to_mend_the_address(self):
        step = self.other.step_id.sudo()
        step.fallback_channel = "phone"
        self._stop()
        with self._at(FRIENDLY_DAY):
            planner = self.env["collection.planner"].sudo()
            planner._plan_debtors(planner._get_waiting_debtors())
        self.assertEqual(self.other.state, "failed")
        self.assertEqual(self.other.reasons[0]["code"], "STOPPED_ADDRESS")
        instead = self.other.search([("fallback_of_id", "=", self.other.id)])
        self.assertEqual((instead.channel, instead.state), ("phone", "planned"))
        mend = self.env.ref("collection_escalation.mail_activity_mend_address")
        activities = self.other.case_id.activity_ids
        self.assertEqual(
            len(activities.filtered(lambda a: a.activity_type_id == mend)), 1
        )

    def test_a_message_read_by_somebody_else_does_not_count_as_received(self):
        with self._at(FRIENDLY_DAY):
            self.message._on_not_received("returned", "STOPPED_ADDRESS", value=ADDRESS)
        self.assertEqual(self.message.state, "made", "it is evidence still")
        self.assertEqual(self.message.delivery_status, "returned")
        self.assertEqual(self.message.line_ids.mapped("state"), ["failed"])
        self.assertFalse(self.message._get_event().is_attempt)

    def test_a_number_is_stopped_for_calls_and_messages_alike(self):
        self.Stopped.create({"kind": "phone", "address": "+55 21 99999-0000"})
        debtor = self.message.debtor_id
        _person, number, reason = debtor._get_person_and_address("phone")
        self.assertEqual((number, reason.code), ("", "STOPPED_ADDRESS"))
        self.assertIsNone(
            self._email(debtor)[2], "the e-mail address is another matter"
        )

    def test_who_answers_a_text_message_stops_the_number(self):
        text = self.message.copy_data()[0] | {
            "channel": "sms",
            "destination": "+5521999990000",
        }
        stop = self.Stopped._stop(self.message._create_over("made", [text]))
        self.assertEqual((stop.kind, stop.address), ("phone", "+5521999990000"))

    def test_a_letter_stops_nothing(self):
        letter = self.message.copy_data()[0] | {
            "channel": "letter",
            "destination": "Rua Um, 1",
        }
        self.assertFalse(self.Stopped._stop(self.message.create(letter)))

    # -- who may what --------------------------------------------------------------------

    def test_it_is_lifted_by_a_manager_with_a_reason(self):
        stop = self._stop()
        with self.assertRaises(AccessError):
            stop.with_user(self.collector).action_lift()
        stop = stop.with_user(self.manager)
        with self.assertRaisesRegex(UserError, f"{ADDRESS}: write why"):
            stop.action_lift()
        stop.lifted_reason = "Wrote from there on 9 March"
        stop.action_lift()
        self.assertEqual((stop.active, stop.lifted_by_id), (False, self.manager))
        self.assertEqual(self._email(self.message.debtor_id)[1], ADDRESS)
        self.assertNotEqual(self._stop(), stop, "and may be stopped again")

    def test_it_is_neither_changed_nor_deleted_by_hand(self):
        stop = self._stop().with_user(self.manager)
        for vals in ({"active": False}, {"address": "x@example.com"}, {"date": MONDAY}):
            with self.subTest(vals), self.assertRaises(AccessError):
                stop.write(vals)
        with self.assertRaises(AccessError):
            stop.unlink()

    def test_another_company_learns_the_address_but_not_the_customer(self):
        stop = self._stop()
        self.assertEqual(stop.with_user(self.manager).origin, self.message.display_name)
        other = stop.with_user(self.manager_b).with_company(self.b)
        self.env.invalidate_all()
        self.assertEqual(other.origin, "Another company")
        with self.assertRaises(AccessError):
            other.read(["contact_id"])

    def test_who_stops_twice_stops_once(self):
        self.assertEqual(self._stop(), self._stop())

    def test_what_is_no_address_is_refused(self):
        for kind, value in (("email", "nobody"), ("phone", "12"), ("email", "")):
            with (
                self.subTest(value),
                self.assertRaisesRegex(ValidationError, "neither"),
            ):
                self.Stopped.create({"kind": kind, "address": value})
