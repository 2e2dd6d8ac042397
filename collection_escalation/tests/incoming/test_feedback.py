"""What comes back: reports of mail servers, answers, wrong numbers, the blacklist."""

from datetime import date, time, timedelta
from pathlib import Path

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common import MONDAY, CollectionCommon

DSN = Path(__file__).parents[1] / "dsn"
#: The friendly message leaves on Monday 9 March 2026, the call is due on Thursday 12.
FRIENDLY_DAY = MONDAY + timedelta(days=7)
TUESDAY = FRIENDLY_DAY + timedelta(days=1)
CALL_DAY = FRIENDLY_DAY + timedelta(days=3)


class FeedbackCommon(CollectionCommon):
    def _send_friendly(self):
        """An invoice due on Monday 2 March whose friendly message left a week later."""
        self.invoice = self._create_overdue_invoice(MONDAY)
        self._live(FRIENDLY_DAY)
        return self._contacts()

    def _receive_sample(self, name, contact=None, message_id=None, address=None):
        """A report of a mail server, as it came in, through Odoo's own gateway."""
        message_id = (
            message_id or (contact and contact.message_id.message_id) or "<x@y>"
        )
        raw = (DSN / f"{name}.eml").read_bytes()
        for key, value in {
            b"{message_id}": message_id,
            b"{address}": address or self.debtor_partner.email,
        }.items():
            raw = raw.replace(key, value.encode())
        with self.mock_mail_gateway():
            self.env["mail.thread"].sudo().message_process("collection.debtor", raw)
        self._settle_transaction()

    def _get_told(self):
        """What the collector was told."""
        return (
            self.env["mail.message"]
            .sudo()
            .search([("partner_ids", "in", self.collector.partner_id.ids)])
        )

    def _get_duties(self, partner=None):
        """Open activities to mend an address."""
        debtor = self._debtor(partner)
        return (debtor.activity_ids | debtor.case_id.activity_ids).filtered(
            lambda a: a.activity_type_id
            == self.env.ref("collection_escalation.mail_activity_mend_address")
        )


@tagged("post_install", "-at_install")
class TestDeliveryReports(FeedbackCommon):
    """Reports (RFC 3464 and its relatives) that real servers send."""

    def assertReportedLost(self, contact):
        self.assertEqual(contact.delivery_status, "bounced")
        self.assertEqual(contact.line_ids.state, "failed", "the step counts as failed")
        self.assertEqual(contact._get_event().outcome, "bounced", "and as no attempt")
        self.assertContacts(
            [("email", "friendly", "made"), ("phone", "friendly", "planned")]
        )
        self.assertEqual(len(self._get_duties()), 1)
        self.assertEqual(self._get_duties().user_id, self.collector)

    def test_what_postfix_returns_is_not_received(self):
        contact = self._send_friendly()
        with self._at(FRIENDLY_DAY):
            self._receive_sample("postfix_failed", contact)
        self.assertReportedLost(contact)
        self.assertIn("User unknown", contact.annotation_ids.remark)
        self.assertEqual(self.debtor_partner.message_bounce, 1, "Odoo counts it too")

    def test_what_exchange_returns_is_found_by_what_it_answers_to(self):
        """The copy has no Message-ID: Odoo alone does not find the message."""
        contact = self._send_friendly()
        with self._at(FRIENDLY_DAY):
            self._receive_sample("exchange_failed", contact)
        self.assertReportedLost(contact)

    def test_what_gmail_returns_is_not_received(self):
        contact = self._send_friendly()
        with self._at(FRIENDLY_DAY):
            self._receive_sample("gmail_failed", contact)
        self.assertReportedLost(contact)

    def test_what_qmail_returns_as_mere_text_is_not_received(self):
        contact = self._send_friendly()
        with self._at(FRIENDLY_DAY):
            self._receive_sample("qmail_failed", contact)
        self.assertReportedLost(contact)

    def test_a_message_given_up_after_five_days_is_not_received(self):
        contact = self._send_friendly()
        with self._at(FRIENDLY_DAY + timedelta(days=2)):
            self._receive_sample("postfix_expired", contact)
        self.assertReportedLost(contact)

    def test_without_an_id_the_newest_message_to_the_address_is_meant(self):
        contact = self._send_friendly()
        with self._at(FRIENDLY_DAY):
            self._receive_sample("no_message_id")
        self.assertReportedLost(contact)

    def test_an_address_that_does_not_exist_is_believed_whatever_the_id(self):
        """Some relays give messages an id of their own."""
        contact = self._send_friendly()
        with self._at(FRIENDLY_DAY):
            self._receive_sample("rewritten_id")
        self.assertReportedLost(contact)

    def test_forwarded_mail_is_found_by_the_address_it_was_sent_to(self):
        contact = self._send_friendly()
        with self._at(FRIENDLY_DAY):
            self._receive_sample("forwarded_failed")
        self.assertReportedLost(contact)

    def test_mail_of_other_programs_is_none_of_ours(self):
        """Known id, other message; a refusal of one message, not of the address; another
        address; too long ago."""
        contact = self._send_friendly()
        other = self.debtor_partner.message_post(body="Newsletter")
        with self._at(FRIENDLY_DAY):
            self._receive_sample("postfix_failed", other, other.message_id)
            self._receive_sample("spam_complaint", message_id="<foreign@example.net>")
            self._receive_sample("postfix_expired", message_id="<foreign@example.net>")
            self._receive_sample("no_message_id", address="nobody@example.com")
        with self._at(FRIENDLY_DAY + timedelta(days=8)):
            self._receive_sample("qmail_failed", message_id="<foreign@example.net>")
        self.assertEqual(contact.delivery_status, "sent")
        self.assertFalse(contact.annotation_ids)
        self.assertFalse(self._get_duties())

    def test_a_delay_is_no_failure(self):
        contact = self._send_friendly()
        with self._at(FRIENDLY_DAY):
            self._receive_sample("postfix_delayed", contact)
        self.assertEqual(contact.delivery_status, "sent")
        self.assertEqual(contact.line_ids.state, "made")
        self.assertContacts([("email", "friendly", "made")])
        self.assertFalse(self._get_duties())
        self.assertFalse(self.debtor_partner.message_bounce)
        self.assertIn("still on its way", contact.annotation_ids.remark)
        with self._at(FRIENDLY_DAY + timedelta(days=1)):
            self._receive_sample("delivered", contact)
        self.assertEqual(contact.delivery_status, "delivered")

    def test_a_receipt_says_that_it_was_opened(self):
        """Odoo takes it for a bounce: it is a multipart/report too."""
        contact = self._send_friendly()
        with self._at(FRIENDLY_DAY):
            self._receive_sample("receipt_read", contact)
        self.assertEqual(contact.delivery_status, "opened")
        self.assertContacts([("email", "friendly", "made")])

    def test_a_complaint_about_spam_arrived_and_the_collector_is_told(self):
        contact = self._send_friendly()
        with self._at(FRIENDLY_DAY):
            self._receive_sample("spam_complaint", contact)
        self.assertEqual(contact.delivery_status, "sent")
        self.assertIn("spam", contact.annotation_ids.remark)
        self.assertTold("reports on a message")

    def test_a_report_nobody_can_read_goes_to_a_person(self):
        contact = self._send_friendly()
        with self._at(FRIENDLY_DAY):
            self._receive_sample("unclear", contact)
        self.assertEqual(contact.delivery_status, "sent", "nothing is guessed")
        self.assertIn("wird bearbeitet", contact.annotation_ids.remark)
        self.assertTold("reports on a message")

    def assertTold(self, subject):
        self.assertEqual(len(self._get_told()), 1)
        self.assertIn(subject, self._get_told().subject)

    def test_a_second_report_tells_nothing_new(self):
        contact = self._send_friendly()
        with self._at(FRIENDLY_DAY):
            self._receive_sample("postfix_failed", contact)
            self._receive_sample("gmail_failed", contact)
            self._receive_sample("delivered", contact)
        self.assertReportedLost(contact)

    def test_an_uncertain_message_that_comes_back_has_failed(self):
        contact = self._send_friendly()
        # as a crash between SMTP and commit leaves it
        contact._write_state({"state": "uncertain"})
        with self._at(FRIENDLY_DAY):
            self._receive_sample("postfix_failed", contact)
        self.assertEqual(
            (contact.state, contact.delivery_status), ("failed", "bounced")
        )
        self.assertEqual(len(self._contacts(channel="phone", state="planned")), 1)

    def test_nobody_is_called_about_a_paid_invoice_because_an_old_message_returns(self):
        contact = self._send_friendly()
        with self._at(TUESDAY):
            self._pay(self.invoice)
        with self._at(TUESDAY):
            self._receive_sample("postfix_failed", contact)
        self.assertEqual(contact.delivery_status, "bounced")
        self.assertFalse(self._contacts(state="planned"))

    def test_a_bounced_message_uses_up_no_limit(self):
        """House rules: one contact a day. What came back was none, so the call may be
        made on the same day."""
        contact = self._send_friendly()
        with self._at(FRIENDLY_DAY, time(14, 0)):
            self._receive_sample("postfix_failed", contact)
            planner = self.env["collection.planner"].sudo()
            planner._plan_debtors(planner._get_waiting_debtors())
        call = self._contacts(channel="phone")
        self.assertEqual(call.planned_on, FRIENDLY_DAY)

    def test_a_mended_address_ends_the_duty_and_the_step_is_tried_again(self):
        """No phone number: after the bounce nobody can be reached."""
        self.debtor_partner.phone = False
        contact = self._send_friendly()
        with self._at(FRIENDLY_DAY):
            self._receive_sample("postfix_failed", contact)
        self.assertEqual(self._contacts(channel="phone").state, "failed")
        self.assertFalse(self._live(TUESDAY), "the same address would fail again")
        duty = self._get_duties()
        self.assertEqual(len(duty), 1, "one duty for both failures")
        with self._at(TUESDAY):
            self.debtor_partner.email = self.debtor_partner.email
        self.assertTrue(duty.active, "nothing was mended")
        with self._at(TUESDAY, time(15, 0)):
            self.debtor_partner.email = "new@example.com"
            self._settle_transaction()
        self.assertFalse(self._get_duties())
        self.assertFalse(duty.exists().active)
        (mail,) = self._live(TUESDAY + timedelta(days=1))
        self.assertIn("new@example.com", mail["email_to"][0])
        self.assertStage(self.invoice, "friendly")

    def test_a_call_made_instead_is_not_repeated_by_mail(self):
        contact = self._send_friendly()
        with self._at(FRIENDLY_DAY):
            self._receive_sample("postfix_failed", contact)
        self._live(TUESDAY)
        with self._at(TUESDAY, time(15, 0)):
            self._log_call(self._contacts(channel="phone"), "no_answer")
            self.debtor_partner.email = "new@example.com"
            self._settle_transaction()
        self.assertFalse(self._live(TUESDAY + timedelta(days=1)))


@tagged("post_install", "-at_install")
class TestUndeliveredInvoices(FeedbackCommon):
    """The invoice itself goes before any reminder; where it cannot arrive, a person is
    asked once, and nobody tries every day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.sudo().collection_require_sent = True

    def test_an_invoice_without_address_is_tried_once_until_it_is_mended(self):
        self.debtor_partner.write({"email": False, "phone": False})
        self._create_overdue_invoice(MONDAY)
        self._live_until(FRIENDLY_DAY, FRIENDLY_DAY + timedelta(days=4))
        tried = self._contacts(purpose="invoice")
        self.assertEqual(tried.mapped("state"), ["failed"], "once in five days")
        self.assertEqual(tried.reasons[0]["code"], "NO_ADDRESS")
        self.assertEqual(len(self._get_duties()), 1)
        self.assertEqual(self._get_duties().user_id, self.collector)
        with self._at(FRIENDLY_DAY + timedelta(days=4), time(15, 0)):
            self.debtor_partner.email = "azul@example.com"
            self._settle_transaction()
        self.assertFalse(self._get_duties())
        (mail,) = self._live(FRIENDLY_DAY + timedelta(days=7))
        self.assertIn("azul@example.com", mail["email_to"][0])

    def test_an_invoice_that_comes_back_gives_no_grace_and_is_not_repeated(self):
        invoice = self._create_overdue_invoice(MONDAY)
        self._live(FRIENDLY_DAY)
        contact = self._contacts(purpose="invoice")
        item = self._items(invoice)
        self.assertEqual(item.grace_from, FRIENDLY_DAY)
        with self._at(FRIENDLY_DAY):
            self._receive_sample("postfix_failed", contact)
        self.assertFalse(item.grace_from, "it was not delivered")
        sent = self._live_until(TUESDAY, TUESDAY + timedelta(days=3))
        self.assertFalse(sent, "neither the invoice again nor a reminder")
        self.assertStage(invoice, None)
        with self._at(TUESDAY + timedelta(days=3), time(15, 0)):
            self.debtor_partner.email = "azul@example.com"
            self._settle_transaction()
        self.assertEqual(len(self._live(TUESDAY + timedelta(days=6))), 1)
        self.assertEqual(item.grace_from, TUESDAY + timedelta(days=6))

    def _send_invoice(self):
        """An invoice mailed from Invoicing: (invoice, its message)."""
        invoice = self._create_overdue_invoice(MONDAY)
        with self._at(MONDAY), self.mock_mail_gateway():
            message = invoice.message_post(
                body="Your invoice",
                partner_ids=self.debtor_partner.ids,
                subtype_xmlid="mail.mt_comment",
            )
            invoice.is_move_sent = True
            self._settle_transaction()
        return invoice, message

    def test_an_invoice_from_invoicing_that_is_late_has_not_bounced(self):
        invoice, message = self._send_invoice()
        self._receive_sample("postfix_delayed", message_id=message.message_id)
        self._live(FRIENDLY_DAY)
        self.assertStage(invoice, "friendly")
        self.assertFalse(self._contacts(purpose="invoice"))

    def test_an_invoice_from_invoicing_that_exchange_returns_goes_again(self):
        """Odoo alone does not find it by this report."""
        invoice, message = self._send_invoice()
        self._receive_sample("exchange_failed", message_id=message.message_id)
        self.assertEqual(message.notification_ids.notification_status, "bounce")
        self._live(FRIENDLY_DAY)
        self.assertWithheldBecause("INVOICE_BOUNCED", invoice)
        self.assertEqual(len(self._contacts(purpose="invoice")), 1)


@tagged("post_install", "-at_install")
class TestAnswers(FeedbackCommon):
    """Who answered is not written to by a machine for two business days."""

    def _answer(self, contact, number=1, headers="Subject: Re:\r\n", author=None):
        raw = (
            f"From: {author or self.debtor_partner.email}\r\n"
            "To: credor@example.com\r\n"
            f"Message-Id: <answer.{contact.id}.{number}@example.com>\r\n"
            f"In-Reply-To: {contact.message_id.message_id}\r\n"
            f"{headers}"
            "Content-Type: text/plain; charset=utf-8\r\n\r\nWe pay on Friday.\r\n"
        )
        with self.mock_mail_gateway():
            self.env["mail.thread"].sudo().message_process("collection.debtor", raw)
        self._settle_transaction()

    def _get_pauses(self):
        return self._debtor().hold_ids.filtered(lambda h: h.reason == "answered")

    def test_an_answer_pauses_for_two_business_days(self):
        """Answered on Tuesday 10 March: Wednesday and Thursday are the two days."""
        contact = self._send_friendly()
        with self._at(TUESDAY):
            self._answer(contact)
        pause = self._get_pauses()
        self.assertEqual(
            (pause.date_from, pause.date_to), (TUESDAY, TUESDAY + timedelta(days=2))
        )
        self.assertEqual(pause.user_id, self.collector)
        self.assertFalse(pause.item_ids)
        self._live(TUESDAY + timedelta(days=2))
        self.assertWithheldBecause("HELD", self.invoice)
        self._live(TUESDAY + timedelta(days=4))
        self.assertEqual(pause.state, "ended", "by itself")
        self.assertEqual(self._items(self.invoice).reason["code"], "WAITS_FOR_TRIGGER")

    def test_weekends_and_holidays_do_not_count(self):
        """Answered on Wednesday 1 April 2026: Thursday 2 is the first day; Friday 3 is
        Good Friday in Brazil; Monday 6 is the second."""
        self._create_overdue_invoice(date(2026, 3, 23))
        self._live(date(2026, 3, 30))
        with self._at(date(2026, 4, 1)):
            self._answer(self._contacts())
        self.assertEqual(self._get_pauses().date_to, date(2026, 4, 6))

    def test_a_second_answer_prolongs_the_pause(self):
        contact = self._send_friendly()
        with self._at(TUESDAY):
            self._answer(contact, 1)
        with self._at(TUESDAY + timedelta(days=1)):
            self._answer(contact, 2)
        pause = self._get_pauses()
        self.assertEqual(len(pause), 1)
        self.assertEqual(pause.date_from, TUESDAY)
        self.assertEqual(pause.date_to, TUESDAY + timedelta(days=3))
        self.assertEqual(len(self._contacts(direction="in")), 2)

    def test_what_the_plan_had_planned_is_withdrawn_and_comes_back_later(self):
        """The firm message is planned when the answer comes."""
        contact = self._send_friendly()
        firm_day = MONDAY + timedelta(days=21)
        self._live_until(TUESDAY, firm_day - timedelta(days=1))
        with self._at(firm_day, time(11, 30)), self.mock_mail_gateway():
            self._evaluate()
            planner = self.env["collection.planner"].sudo()
            planner._plan_debtors(planner._get_waiting_debtors())
        firm = self._contacts(channel="email", state="planned")
        self.assertEqual(firm.stage_id.level, "firm")
        with self._at(firm_day, time(11, 40)):
            self._answer(contact)
        self.assertEqual(firm.state, "skipped")
        self.assertEqual(firm.reasons[0]["code"], "HELD")
        self.assertIn("Customer answered", firm.why)
        sent = self._live_until(firm_day, firm_day + timedelta(days=4))
        self.assertEqual(list(sent), [firm_day + timedelta(days=3)])

    def test_calls_by_hand_stay_permitted(self):
        contact = self._send_friendly()
        with self._at(TUESDAY):
            by_hand = self._plan_by_hand("by_hand")
            wish = self._plan_by_hand("callback")
            self._answer(contact)
            self.assertEqual((by_hand | wish).mapped("state"), ["planned"] * 2)
            self.assertTrue(by_hand.permitted_now, by_hand.permission)
            self._log_call(by_hand, "conversation")
            another = self._plan_by_hand("by_hand")
            self.assertEqual(another.state, "planned", "the pause does not forbid it")
        self.assertEqual(by_hand.state, "made")

    def _plan_by_hand(self, purpose):
        debtor = self._debtor()
        return (
            self.env["collection.contact"]
            .sudo()
            .create(
                {
                    "debtor_id": debtor.id,
                    "company_id": debtor.company_id.id,
                    "purpose": purpose,
                    "channel": "phone",
                    "user_id": self.collector.id,
                    "destination": "+5521999990000",
                    "line_ids": [
                        Command.create(
                            {
                                "item_id": item.id,
                                "cycle": item.cycle,
                                "currency_id": item.currency_id.id,
                                "date_due": item.date_due,
                            }
                        )
                        for item in debtor.item_ids
                    ],
                }
            )
        )

    def test_machines_do_not_pause_anything(self):
        contact = self._send_friendly()
        with self._at(TUESDAY):
            self._answer(contact, 1, "Auto-Submitted: auto-replied\r\n")
            self._answer(contact, 2, "X-Autoreply: yes\r\n")
            self._answer(contact, 4, "Return-Path: <>\r\n")
            self._answer(contact, 5, author="postmaster@example.com")
            self._answer(contact, 3, "Subject: Fora do =?utf-8?q?escrit=C3=B3rio?=\r\n")
        self.assertFalse(self._get_pauses())
        self.assertFalse(self._contacts(direction="in"))

    def test_what_a_collector_writes_is_no_answer_of_the_customer(self):
        """Who replies to the notice of an answer writes on the same record."""
        contact = self._send_friendly()
        with self._at(TUESDAY):
            self._answer(contact, author=self.collector.email)
        self.assertFalse(self._get_pauses())
        self.assertFalse(self._contacts(direction="in"))

    def test_the_answer_itself_is_kept_as_evidence(self):
        contact = self._send_friendly()
        with self._at(TUESDAY):
            self._answer(contact)
        answer = self._contacts(direction="in")
        self.assertIn("We pay on Friday", answer.message_id.body)
        self.assertIn("<answer.", answer.evidence)
        self.assertEqual(answer.who, self.debtor_partner.email)
        with self.assertRaisesRegex(UserError, "kept as it is"):
            answer.message_id.sudo().unlink()

    def test_an_answer_to_the_invoice_itself_is_an_answer(self):
        """Its message stays with the invoice, which the log never keeps from going."""
        invoice = self._create_overdue_invoice(MONDAY)
        with self._at(TUESDAY), self.mock_mail_gateway():
            invoice.with_context(mail_create_nosubscribe=True).message_post(
                body="We pay on Friday.",
                subject="Re: your invoice",
                message_type="email",
                email_from=self.debtor_partner.email,
                author_id=self.debtor_partner.id,
            )
        answer = self._contacts(direction="in")
        self.assertEqual(answer.destination, self.debtor_partner.email)
        self.assertIn("Re: your invoice", answer.note)
        self.assertFalse(answer.message_id)
        self.assertEqual(len(self._get_pauses()), 1)
        self.assertIn("Loja Azul answered", self._get_told().mapped("subject"))

    def test_the_collector_is_told_until_when_the_system_is_silent(self):
        contact = self._send_friendly()
        with self._at(TUESDAY):
            self._answer(contact)
        told = self._get_told()
        self.assertEqual(told.mapped("subject"), ["Loja Azul answered"], "told once")
        self.assertIn("03/12/2026", told.body)

    def test_nothing_is_paused_where_nothing_is_owed(self):
        contact = self._send_friendly()
        with self._at(TUESDAY):
            self._pay(self.invoice)
            self._answer(contact)
        self.assertFalse(self._get_pauses())
        self.assertEqual(len(self._contacts(direction="in")), 1, "but it is logged")


@tagged("post_install", "-at_install")
class TestWrongNumber(FeedbackCommon):
    def test_a_wrong_number_failed_and_the_step_goes_to_its_other_channel(self):
        self.debtor_partner.write({"street": "Rua Dois, 2", "city": "Rio"})
        step = self.env.ref("collection_escalation.step_consumer_friendly_phone")
        step.sudo().fallback_channel = "visit"
        self._send_friendly()
        self._live(CALL_DAY)
        call = self._contacts(channel="phone")
        with self._at(CALL_DAY):
            call.with_user(self.collector).action_log_wrong_number()
            self._settle_transaction()
        self.assertEqual((call.state, call.outcome), ("failed", "not_connected"))
        self.assertEqual(call.line_ids.state, "failed")
        self.assertEqual(call._get_event().outcome, "failed", "no attempt")
        self.assertEqual(self._contacts(channel="visit").state, "planned")
        duty = self._get_duties()
        self.assertEqual(duty.user_id, self.collector)
        self.assertIn("+5521999990000", duty.summary)

    def test_another_number_ends_the_duty_and_the_call_is_planned_again(self):
        self._send_friendly()
        self._live(CALL_DAY)
        call = self._contacts(channel="phone")
        with self._at(CALL_DAY):
            call.with_user(self.collector).action_log_wrong_number()
            self._settle_transaction()
        self._live(CALL_DAY + timedelta(days=1))
        self.assertFalse(self._contacts(state="planned"))
        with self._at(CALL_DAY + timedelta(days=1), time(15, 0)):
            self.debtor_partner.phone = "+55 21 98888-0000"
            self._settle_transaction()
        self.assertFalse(self._get_duties())
        self._live(CALL_DAY + timedelta(days=4))
        again = self._contacts(channel="phone", state="planned")
        self.assertEqual(again.destination, "+5521988880000")
        self.assertStage(self.invoice, "friendly")


@tagged("post_install", "-at_install")
class TestBlacklist(FeedbackCommon):
    """Odoo's blacklist is an opt-out of advertising."""

    def _blacklist(self, partner):
        self.env["mail.blacklist"].sudo()._add(partner.email)
        partner.invalidate_recordset(["is_blacklisted"])

    def _plan(self, day=FRIENDLY_DAY):
        with self._at(day, time(9, 0)), self.mock_mail_gateway():
            self._run_actions()  # 06:00 in Rio: planned for 08:00
        return self._contacts(channel="email")

    def test_it_only_warns_and_odoo_drops_nothing(self):
        self._create_overdue_invoice(MONDAY)
        self._blacklist(self.debtor_partner)
        contact = self._plan()
        self.assertIn("no advertising", contact.warning)
        (mail,) = self._live(FRIENDLY_DAY)
        self.assertIn(self.debtor_partner.email, mail["email_to"][0])
        self.assertEqual(contact.state, "made")
        self.assertEqual(contact.mail_id.state, "sent")

    def test_it_warns_wherever_people_look_before_something_leaves(self):
        self._create_overdue_invoice(MONDAY)
        self._blacklist(self.debtor_partner)
        contact = self._plan()
        for name in ("list_outbox", "list_review", "form"):
            view = self.env.ref(f"collection_escalation.collection_contact_view_{name}")
            with self.subTest(view=name):
                arch = contact.get_view(view.id, view.type)["arch"]
                self.assertIn('name="warning"', arch)
        with self._at(FRIENDLY_DAY):
            compose = (
                self.env["collection.contact.compose"]
                .with_user(self.collector)
                .create({"debtor_id": contact.debtor_id.id, "channel": "email"})
            )
            self.assertIn(f"{self.debtor_partner.email} is on", compose.warning)
            self.assertEqual(compose.warning, contact.warning)
            self.assertIn('name="warning"', compose.get_view(view_type="form")["arch"])
            compose.channel = "letter"
            self.assertFalse(compose.warning)

    def test_where_settings_say_so_it_is_as_good_as_refused(self):
        self.company.sudo().collection_blacklist_stops = True
        self._create_overdue_invoice(MONDAY)
        self._blacklist(self.debtor_partner)
        self.assertFalse(self._live(FRIENDLY_DAY))
        self.assertContacts(
            [("email", "friendly", "failed"), ("phone", "friendly", "planned")]
        )
        self.assertEqual(
            self._contacts(channel="email").reasons[0]["code"], "CHANNEL_REFUSED"
        )

    def test_an_opt_out_after_planning_is_seen_by_the_last_guard(self):
        self.company.sudo().collection_blacklist_stops = True
        self._create_overdue_invoice(MONDAY)
        contact = self._plan()
        self.assertFalse(contact.warning)
        with self._at(FRIENDLY_DAY), self.mock_mail_gateway():
            dispatcher = self.env["collection.dispatcher"].sudo()
            dispatcher._queue(dispatcher._get_due())
            self.assertEqual(contact.state, "queued")
            self._blacklist(self.debtor_partner)
            contact.mail_id.sudo().send()
            self.assertFalse(self._mails)
        self.assertEqual(contact.state, "planned")
        self.assertIn("BLK_OPT_OUT", contact.rule_codes)
        self.assertIn("nothing is sent", contact.warning)

    def test_the_setting_is_kept_per_company(self):
        settings = self.env["res.config.settings"].sudo().create({})
        settings.collection_blacklist_stops = True
        settings.execute()
        self.assertTrue(self.company.collection_blacklist_stops)

    def test_the_look_at_the_blacklist_costs_the_same_for_one_and_for_many(self):
        self.company.sudo().collection_blacklist_stops = True
        partners = [self._create_debtor_partner(f"Loja {n}") for n in range(8)]
        for partner in partners:
            self._create_overdue_invoice(MONDAY, partner=partner)
        self._blacklist(partners[0])
        self._plan()
        contacts = (
            self.env["collection.contact"]
            .sudo()
            .search([("channel", "=", "email"), ("state", "=", "planned")])
        )
        self.assertEqual(len(contacts), 7, "one was refused")
        counts = []
        for some in (contacts[:1], contacts):
            self.env.invalidate_all()
            some = some.browse(some.ids)
            some.mapped("recipient_id.email_normalized")
            before = self.cr.sql_log_count
            some.mapped(lambda contact: contact._is_blacklisted())
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])


@tagged("post_install", "-at_install")
class TestDelayedQueue(FeedbackCommon):
    def test_a_mail_queued_friday_1758_and_released_saturday_does_not_leave(self):
        """17:58 of Friday 13 March in Rio is 20:58 UTC. The queue stands until Saturday
        09:00; the next permitted moment is Monday 16, 08:00 (11:00 UTC)."""
        self._create_overdue_invoice(MONDAY)
        friday = MONDAY + timedelta(days=11)
        saturday, monday = friday + timedelta(days=1), friday + timedelta(days=3)
        dispatcher = self.env["collection.dispatcher"].sudo()
        planner = self.env["collection.planner"].sudo()
        with self._at(friday, time(20, 58)), self.mock_mail_gateway():
            self._evaluate()
            planner._plan_debtors(planner._get_waiting_debtors())
            dispatcher._queue(dispatcher._get_due())
            contact = self._contacts()
            self.assertEqual(contact.state, "queued")
            mail_sudo = contact.mail_id.sudo()
            self.assertEqual(mail_sudo.state, "outgoing")
        with self._at(saturday), self.mock_mail_gateway():
            # Odoo's own queue, which knows nothing of contact rules
            self.env["mail.mail"].sudo().process_email_queue(mail_sudo.ids)
            self.assertFalse(self._mails)
            self.assertEqual(contact.state, "planned")
            self.assertIn("HOUSE.WIN_WEEKDAY", contact.rule_codes)
            self.assertIn("No contacts on that day of the week", contact.why)
            self.assertFalse(contact.decision_version is False)
            dispatcher._queue(dispatcher._get_due())
            dispatcher._send_queued()
            self.assertFalse(self._mails)
            planner._plan_debtors(planner._get_waiting_debtors())
            self.assertEqual(contact.planned_on, monday)
            self.assertEqual(contact.planned_at.time(), time(11, 0))
            self.assertIn("HOUSE.WIN_WEEKDAY", contact.rule_codes)
            self.assertFalse(contact.logged_at, "an update, no entry in the log")
        self.assertEqual(len(self._live(monday)), 1)
        self.assertEqual(contact.state, "made")
