"""What mail servers answer, and what comes of it."""

import smtplib
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.engine.ir_mail_server import LeavingMail
from .test_leaving import FRIENDLY_DAY, MONDAY, LeavingCommon

NOISY = (
    "odoo.addons.mail.models.mail_mail",
    "odoo.addons.base.models.ir_mail_server",
)


class MailServerCommon(LeavingCommon):
    def setUp(self):
        super().setUp()
        self.invoice = self._create_overdue_invoice(MONDAY)

    @contextmanager
    def _server_answers(self, error, after_data=False, to=None):
        """The mail server fails with ``error`` on the message (to the address ``to``)."""
        session = self.testing_smtp_session
        send, session.data = session.send_message, lambda content: (250, b"ok")

        def send_message(message, smtp_from, smtp_to_list):
            if to and smtp_to_list != [to]:
                return send(message, smtp_from, smtp_to_list)
            if after_data:
                session.data("content")
            raise error

        with patch.object(session, "send_message", send_message), mute_logger(*NOISY):
            yield

    def _dispatch(self, error, moment=time(12, 0), day=FRIENDLY_DAY, **options):
        with self._at(day, moment), self.mock_mail_gateway():
            self._plan()
            with self._server_answers(error, **options):
                dispatcher = self.env["collection.dispatcher"].sudo()
                dispatcher._queue(dispatcher._get_due())
                dispatcher._send_queued()
                self._settle_transaction()
        return self._contacts(channel="email")


@tagged("post_install", "-at_install")
class TestMailServer(MailServerCommon):
    def test_a_busy_server_does_not_burn_the_step(self):
        refused = smtplib.SMTPRecipientsRefused({"x": (450, b"mailbox busy")})
        answers = {
            450: refused,
            451: smtplib.SMTPDataError(451, b"try again"),
            421: smtplib.SMTPSenderRefused(421, b"closing", "x"),
        }
        for code, error in answers.items():
            with self.subTest(code):
                contact = self._dispatch(error)
                self.assertEqual(contact.state, "planned")
                self.assertEqual(contact.reasons[0]["code"], "SERVER_BUSY")
                self.assertIn(str(code), contact.why)
                self.assertEqual(
                    contact.planned_at,
                    datetime.combine(FRIENDLY_DAY, time(12, 15)),
                )
                self.assertFalse(contact.made_at)
                contact.sudo().write(
                    {"planned_at": datetime.combine(FRIENDLY_DAY, time(12, 0))}
                )
                contact.sudo().put_off = 0
        with self._at(FRIENDLY_DAY, time(12, 20)), self.mock_mail_gateway():
            self._run_actions()
            self.assertEqual(len(self._mails), 1)
        self.assertEqual(self._contacts(channel="email").state, "made")

    def test_after_five_tries_it_is_somebodys_duty_and_it_goes_on(self):
        error = smtplib.SMTPDataError(451, b"try again")
        contact = self._dispatch(error)
        Duty_sudo = self.env["collection.duty"].sudo()
        of_server = [("kind", "=", "mail_server"), ("state", "=", "open")]
        self.assertFalse(Duty_sudo.search(of_server))
        moment, tries = datetime.combine(FRIENDLY_DAY, time(12, 0)), {1}
        while contact.put_off:
            next_day = datetime.combine(moment.date() + timedelta(days=1), time(12, 0))
            moment = contact.planned_at or next_day
            self.assertLess(moment.date(), FRIENDLY_DAY + timedelta(days=7))
            contact = self._dispatch(error, moment.time(), moment.date())
            tries.add(contact.put_off)
        self.assertLessEqual(tries, {0, 1, 2, 3, 4})
        self.assertEqual(contact.state, "planned")
        duty = Duty_sudo.search(of_server)
        self.assertEqual(duty.company_id, self.company)
        self.assertEqual(duty.user_id, self.manager)
        self.assertIn("try again", duty.why)
        self.assertEqual((duty.res_model, duty.res_id), (contact._name, contact.id))
        self.assertEqual(contact.line_ids.mapped("state"), ["planned"])

    def test_a_final_refusal_fails(self):
        for error in (
            smtplib.SMTPRecipientsRefused({"x": (550, b"no such user")}),
            smtplib.SMTPDataError(554, b"spam"),
        ):
            with self.subTest(error), self.env.cr.savepoint() as kept:
                contact = self._dispatch(error)
                self.assertEqual(contact.state, "failed")
                self.assertEqual(contact.reasons[0]["code"], "SENDING_FAILED")
                kept.rollback()
            self.env.invalidate_all()

    def test_hanging_up_before_the_message_is_later_after_it_uncertain(self):
        error = smtplib.SMTPServerDisconnected("Connection unexpectedly closed")
        contact = self._dispatch(error)
        self.assertEqual(contact.state, "planned")
        self.assertEqual(contact.put_off, 1)
        contact.sudo().write(
            {"planned_at": datetime.combine(FRIENDLY_DAY, time(12, 0))}
        )
        contact = self._dispatch(error, after_data=True)
        self.assertEqual(contact.state, "uncertain")
        self.assertEqual(contact.reasons[0]["code"], "SERVER_HUNG_UP")

    def test_what_fails_for_one_stops_no_other(self):
        other = self._create_debtor_partner("Verde")
        self._create_overdue_invoice(MONDAY, partner=other)
        error = smtplib.SMTPServerDisconnected("Connection unexpectedly closed")
        self._dispatch(error, after_data=True, to="loja.azul@example.com")
        self.assertEqual(self._contacts(channel="email").state, "uncertain")
        self.assertEqual(self._contacts(other).state, "made")

    def test_a_nul_in_the_answer_is_left_out(self):
        contact = self._dispatch(smtplib.SMTPDataError(554, b"no\x00 such \xff user"))
        self.assertEqual(contact.error, "554 no such  user")

    def test_the_servers_words_are_read_in_the_network_of_errors(self):
        """Core wraps what smtplib raises."""
        leaving = LeavingMail("ana@example.com")
        leaving.note(ValueError("none of a mail server's"))
        self.assertIsNone(leaving.handover)
        leaving.note(TimeoutError("timed out"))
        self.assertEqual(leaving.handover.state, "later")


@tagged("post_install", "-at_install")
class TestHeaders(MailServerCommon):
    def test_a_line_break_in_a_name_adds_no_recipient(self):
        self.debtor_partner.name = "Ana\r\nx@example.com"
        self._live(FRIENDLY_DAY)
        contact = self._contacts(channel="email")
        self.assertEqual(contact.state, "made")
        sent = [m for m in self.emails if m["smtp_to_list"] == [contact.destination]]
        self.assertEqual(len(sent), 1)
        self.assertFalse(
            [m for m in self.emails if "x@example.com" in m["smtp_to_list"]]
        )

    def test_a_line_break_in_the_companys_name_stops_nothing(self):
        self.company.partner_id.name = "Credor\nLtda\u2028SA"
        self.company.sudo().collection_reply_to = False
        self.assertTrue(self._live(FRIENDLY_DAY))
        self.assertEqual(self._contacts(channel="email").state, "made")

    def test_a_message_that_would_reach_another_does_not_leave(self):
        """Whatever changes the recipients on the way."""
        Mail = self.env.registry["mail.mail"]
        prepare = Mail._prepare_outgoing_list

        def add_copy(mail, *args, **kwargs):
            emails = prepare(mail, *args, **kwargs)
            for email in emails:
                email["email_cc"] = ["boss@example.com"]
                email["email_to_normalized"] = []
            return emails

        with (
            patch.object(Mail, "_prepare_outgoing_list", add_copy),
            mute_logger(*NOISY),
        ):
            self._live(FRIENDLY_DAY)
        self.assertFalse(
            [m for m in self.emails if "boss@example.com" in m["smtp_to_list"]]
        )
        contact = self._contacts(channel="email")
        self.assertEqual(contact.state, "failed")
        self.assertEqual(contact.reasons[0]["code"], "OTHER_RECIPIENTS")

    def test_a_subject_of_ones_own_is_one_line(self):
        wizard = self.env["collection.contact.compose"].create(
            {
                "debtor_id": self._debtor().id,
                "channel": "email",
                "own_subject": "Your\r\nBcc: x@example.com\naccount",
                "own_html": "<p>Please call us.</p>",
            }
        )
        vals = wizard._prepare_text_vals()
        self.assertEqual(vals["own_subject"], "Your Bcc: x@example.com account")


@tagged("post_install", "-at_install")
class TestNotices(MailServerCommon):
    """What is told to the team ends no work."""

    @contextmanager
    def _notices_fail(self):
        def fail(mails):
            raise smtplib.SMTPServerDisconnected("please run connect() first")

        with (
            patch.object(self.env.registry["mail.mail"], "send_after_commit", fail),
            patch.object(self.env.registry["ir.cron"], "_commit_progress"),
            patch.object(self.env.cr, "rollback"),
        ):
            yield

    def test_a_notice_waits_in_the_queue(self):
        debtor = self._debtor()
        with self._notices_fail(), self.mock_mail_gateway():
            debtor.message_notify(
                partner_ids=self.collector.partner_id.ids, subject="x", body="y"
            )
            self.assertEqual(self._new_mails.mapped("state"), ["outgoing"])

    def test_a_failing_notice_does_not_end_the_dispatch(self):
        """The first customer's message is refused for good and the collector told; the
        second one's leaves."""
        other = self._create_debtor_partner("Verde")
        self._create_overdue_invoice(MONDAY, partner=other)
        with self._at(FRIENDLY_DAY), self.mock_mail_gateway(), self._notices_fail():
            self._plan()
            refused = smtplib.SMTPDataError(554, b"spam")
            with self._server_answers(refused, to="loja.azul@example.com"):
                self.env["collection.dispatcher"].sudo()._cron_dispatch()
        self.assertEqual(self._contacts(channel="email").state, "failed")
        self.assertEqual(self._contacts(other).state, "made")

    def test_what_fails_while_tidying_ends_nothing(self):
        Dispatcher = self.env.registry["collection.dispatcher"]

        def fail(dispatcher):
            raise KeyError("what nobody foresaw")

        with self._at(FRIENDLY_DAY), self.mock_mail_gateway(), self._notices_fail():
            self._plan()
            for tidy in ("_find_interrupted", "_drop_cancelled"):
                fail.__name__ = tidy
                patcher = patch.object(Dispatcher, tidy, fail)
                patcher.start()
                self.addCleanup(patcher.stop)
            with mute_logger("odoo.addons.collection_escalation.models"):
                self.env["collection.dispatcher"].sudo()._cron_dispatch()
        self.assertEqual(self._contacts(channel="email").state, "made")
