from datetime import time, timedelta
from email.message import EmailMessage

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import MONDAY, CollectionCommon


@tagged("post_install", "-at_install")
class TestStoryContacts(CollectionCommon):
    """Every contact at a permitted moment, to the right person, and the proof."""

    def test_a_message_that_misses_friday_waits_for_monday_morning(self):
        """Looked at on Friday 13 March at 19:00 in Rio: Monday 16, 08:00 (11:00 UTC)."""
        self._create_overdue_invoice(MONDAY)
        self.assertFalse(self._live(MONDAY + timedelta(days=11), time(22, 0)))
        contact = self._contacts()
        self.assertEqual(contact.planned_on, MONDAY + timedelta(days=14))
        self.assertEqual(contact.planned_at.time(), time(11, 0))
        self.assertEqual(contact.reasons[0]["code"], "BR.WIN_HOURS")
        self.assertIn("BR.WIN_HOURS", contact.why)
        self.assertEqual(len(self._live(MONDAY + timedelta(days=14))), 1)

    def test_no_message_on_a_national_holiday(self):
        """Tuesday 21 April 2026 is Tiradentes in Brazil."""
        holiday = MONDAY.replace(month=4, day=21)
        self._create_overdue_invoice(holiday - timedelta(days=30))
        self._live(holiday - timedelta(days=1), time(22, 0))
        self.assertEqual(self._contacts().planned_on, holiday + timedelta(days=1))
        self.assertFalse(self._live(holiday))
        self.assertEqual(len(self._live(holiday + timedelta(days=1))), 1)

    def test_the_debtors_own_clock_decides(self):
        """Rondônia is one hour behind São Paulo: at 11:30 UTC it is 08:30 in São Paulo
        and 07:30 in Porto Velho."""
        north = self._create_debtor_partner(
            "Norte",
            state_id=self.env.ref("base.state_br_ro").id,
            phone="+55 69 99999-0000",
        )
        self._create_overdue_invoice(MONDAY)
        self._create_overdue_invoice(MONDAY, partner=north)
        (mail,) = self._live(MONDAY + timedelta(days=7), time(11, 30))
        self.assertIn(self.debtor_partner.email, mail["email_to"][0])
        self.assertEqual(self._contacts(north).planned_at.time(), time(12, 0))

    def test_a_queue_delayed_past_the_window_does_not_send(self):
        self._create_overdue_invoice(MONDAY)
        friday = MONDAY + timedelta(days=11)
        with self._at(friday, time(20, 58)), self.mock_mail_gateway():
            self._evaluate()
            planner = self.env["collection.planner"].sudo()
            planner._plan_debtors(planner._get_waiting_debtors())
            dispatcher = self.env["collection.dispatcher"].sudo()
            dispatcher._queue(dispatcher._get_due())
        contact = self._contacts()
        self.assertEqual(contact.state, "queued", "17:58 in São Paulo is permitted")
        with self._at(friday + timedelta(days=1)), self.mock_mail_gateway():
            contact.mail_id.sudo().send()
            self.assertFalse(self._mails)
        self.assertEqual(contact.state, "planned", "it gets a new moment")
        self.assertEqual(len(self._live(friday + timedelta(days=3))), 1)

    def test_once_a_day_per_debtor_over_all_channels(self):
        """Two invoices of different age: the call for one and the message for the other
        fall on Thursday 12 March; they are made on two days."""
        self._create_overdue_invoice(MONDAY)
        self._live_until(MONDAY, MONDAY + timedelta(days=9))
        self._create_overdue_invoice(MONDAY + timedelta(days=3))
        self._live(MONDAY + timedelta(days=10))
        self._live(MONDAY + timedelta(days=11))
        planned = self._contacts().filtered(
            lambda c: c.state in ("planned", "made", "missed")
        )
        days = [c.made_on or c.planned_on for c in planned]
        self.assertEqual(len(days), len(set(days)), days)

    def test_a_call_at_night_is_refused_and_the_attempt_is_logged(self):
        self._create_overdue_invoice(MONDAY)
        self._live_until(MONDAY, MONDAY + timedelta(days=10))
        call = self._contacts(channel="phone")
        with self._at(MONDAY + timedelta(days=10), time(22, 30)):
            answer = self._log_call(call)
        self.assertEqual(answer["params"]["type"], "danger")
        self.assertEqual(call.state, "planned")
        blocked = self._contacts(state="blocked")
        self.assertEqual(blocked.made_by_id, self.collector)
        self.assertEqual(blocked.reasons[0]["code"], "BR.WIN_HOURS")

    def test_a_call_nobody_makes_is_missed_and_the_ladder_goes_on(self):
        invoice = self._create_overdue_invoice(MONDAY)
        self._live_until(MONDAY, MONDAY + timedelta(days=22))
        self.assertEqual(self._contacts(channel="phone").state, "missed")
        self.assertStage(invoice, "firm")
        self.assertTrue(
            self.env["mail.message"]
            .with_user(self.collector)
            .search([("partner_ids", "in", self.collector.partner_id.ids)]),
            "the collector is told",
        )

    def test_a_call_is_left_out_when_the_debtor_already_talked_to_us(self):
        invoice = self._create_overdue_invoice(MONDAY)
        self._live(MONDAY + timedelta(days=7))
        with self._at(MONDAY + timedelta(days=8)):
            self._debtor()._note_answer("Re:", channel="email")
        self._live_until(MONDAY + timedelta(days=9), MONDAY + timedelta(days=13))
        self.assertFalse(self._contacts(channel="phone"))
        self.assertStage(invoice, "friendly")

    def test_without_e_mail_the_step_goes_to_the_phone(self):
        self.debtor_partner.email = False
        self._create_overdue_invoice(MONDAY)
        self.assertFalse(self._live(MONDAY + timedelta(days=7)))
        self.assertContacts(
            [("email", "friendly", "failed"), ("phone", "friendly", "planned")]
        )
        self.assertEqual(
            self._contacts(channel="email").reasons[0]["code"], "NO_ADDRESS"
        )

    def test_a_call_in_place_of_a_message_has_the_words_of_its_stages_call(self):
        """S58: the script is at hand on every call."""
        self.debtor_partner.email = False
        self._create_overdue_invoice(MONDAY)
        self._live(MONDAY + timedelta(days=7))
        call = self._contacts(channel="phone")
        self.assertEqual(call.step_id.channel, "email")
        self.assertIn("Is this a good moment?", call._render_preview()["body_html"])

    def test_without_any_address_a_person_is_told_and_nothing_is_lost(self):
        self.debtor_partner.write({"email": False, "phone": False})
        invoice = self._create_overdue_invoice(MONDAY)
        self._live(MONDAY + timedelta(days=7))
        self.assertContacts(
            [("email", "friendly", "failed"), ("phone", "friendly", "failed")]
        )
        self.assertStage(invoice, "friendly")
        self.assertTrue(self._items(invoice).next_date)

    def test_without_any_address_the_ladder_goes_on(self):
        """What failed is over on its own day: the call of three business days later, and
        the firm stage (15 business days, seven days in this one), come all the same."""
        self.debtor_partner.write({"email": False, "phone": False})
        invoice = self._create_overdue_invoice(MONDAY)
        self._live_until(MONDAY + timedelta(days=7), MONDAY + timedelta(days=22))
        self.assertStage(invoice, "firm")

    def test_the_invoice_address_receives_the_message(self):
        self.debtor_partner.is_company = True
        accounts = self.env["res.partner"].create(
            {
                "name": "Accounts payable",
                "parent_id": self.debtor_partner.id,
                "type": "invoice",
                "email": "payable@example.com",
            }
        )
        self._create_overdue_invoice(MONDAY)
        (mail,) = self._live(MONDAY + timedelta(days=7))
        self.assertIn("payable@example.com", mail["email_to"][0])
        self.assertEqual(self._contacts().recipient_id, accounts)

    def test_a_broken_template_fails_for_one_debtor_and_not_for_the_others(self):
        other = self._create_debtor_partner("Loja Verde")
        self._create_overdue_invoice(MONDAY)
        self._create_overdue_invoice(MONDAY, partner=other)
        template = self.policy.stage_ids.step_ids.filtered(
            lambda s: s.stage_id.level == "friendly" and s.channel == "email"
        ).template_id
        template.sudo().write(
            {
                "body_html": '<p><t t-out="1 / (0 if object.partner_id.name == '
                "'Loja Verde' else 1)\"/></p>"
                '<t t-call="collection_escalation.message_firm"/>'
            }
        )
        with mute_logger(
            "odoo.addons.mail.models.mail_render_mixin",
            "odoo.addons.collection_escalation.models.message.collection_contact_writing",
        ):
            mails = self._live(MONDAY + timedelta(days=7))
        self.assertEqual(len(mails), 1)
        failed = self._contacts(other, channel="email")
        self.assertEqual(self._contacts(other, channel="phone").state, "planned")
        self.assertEqual(failed.state, "failed")
        self.assertIn("division", failed.error)

    def test_a_pause_withdraws_what_is_planned_and_resumes_with_one_contact(self):
        invoice = self._create_overdue_invoice(MONDAY)
        with self._at(MONDAY + timedelta(days=5)):
            self._evaluate()
        self._live(MONDAY + timedelta(days=10))
        self._live(MONDAY + timedelta(days=14))
        with self._at(MONDAY + timedelta(days=14)):
            hold = (
                self.env["collection.hold"]
                .with_user(self.collector)
                .create(
                    {
                        "debtor_id": self._debtor().id,
                        "reason": "complaint",
                        "date_from": MONDAY + timedelta(days=14),
                        "date_to": MONDAY + timedelta(days=40),
                    }
                )
            )
            self._settle_transaction()
        self.assertFalse(
            self._live_until(MONDAY + timedelta(days=15), MONDAY + timedelta(days=39))
        )
        self.assertWithheldBecause("HELD", invoice)
        sent = self._live_until(
            MONDAY + timedelta(days=41), MONDAY + timedelta(days=43)
        )
        self.assertEqual(hold.state, "ended")
        planned = self._contacts().filtered(
            lambda c: (c.planned_on or MONDAY) > MONDAY + timedelta(days=40)
        )
        self.assertLessEqual(sum(map(len, sent.values())), 1)
        self.assertEqual(len(planned), 1, "one contact after the pause")

    def test_pause_all_sending_stops_everything_and_burns_no_step(self):
        invoice = self._create_overdue_invoice(MONDAY)
        self.company.sudo().collection_paused = True
        self.assertFalse(self._live(MONDAY + timedelta(days=7)))
        self.assertStage(invoice, None)
        self.company.sudo().collection_paused = False
        self.assertEqual(len(self._live(MONDAY + timedelta(days=8))), 1)

    def test_a_bounce_is_not_a_contact_and_the_step_goes_to_the_phone(self):
        """A delivery status notification (RFC 3464) through Odoo's own gateway."""
        self._create_overdue_invoice(MONDAY)
        self._live(MONDAY + timedelta(days=7))
        contact = self._contacts()
        raw = (
            "From: MAILER-DAEMON <MAILER-DAEMON@example.com>\r\n"
            "To: credor@example.com\r\nSubject: Undelivered Mail\r\n"
            "Message-Id: <dsn@example.com>\r\nMIME-Version: 1.0\r\n"
            'Content-Type: multipart/report; report-type=delivery-status; boundary="b"'
            "\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nno such user\r\n"
            "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
            "Reporting-MTA: dns; mx.example.com\r\n\r\n"
            f"Final-Recipient: rfc822; {self.debtor_partner.email}\r\n"
            "Action: failed\r\nStatus: 5.1.1\r\n\r\n"
            "--b\r\nContent-Type: message/rfc822\r\n\r\n"
            f"To: {self.debtor_partner.email}\r\n"
            f"Message-Id: {contact.message_id.message_id}\r\nSubject: x\r\n\r\nx\r\n"
            "--b--\r\n"
        )
        with self._at(MONDAY + timedelta(days=7)), self.mock_mail_gateway():
            self.env["mail.thread"].sudo().message_process("collection.debtor", raw)
        self.assertEqual(contact.delivery_status, "bounced")
        self.assertEqual(contact.line_ids.state, "failed")
        self.assertContacts(
            [("email", "friendly", "made"), ("phone", "friendly", "planned")]
        )

    def _receive_reply(self, contact, headers=""):
        """A mail from the customer that answers ``contact``, through Odoo's gateway."""
        raw = (
            f"From: {self.debtor_partner.email}\r\n"
            "To: credor@example.com\r\n"
            f"Message-Id: <{contact.id}.{len(headers)}@example.com>\r\n"
            f"In-Reply-To: {contact.message_id.message_id}\r\n"
            f"Subject: Re: {contact.message_id.subject}\r\n{headers}"
            "Content-Type: text/plain; charset=utf-8\r\n\r\nWe pay on Friday.\r\n"
        )
        with self.mock_mail_gateway():
            self.env["mail.thread"].sudo().message_process("collection.debtor", raw)

    def test_an_answer_by_mail_is_logged_and_leaves_the_call_out(self):
        self._create_overdue_invoice(MONDAY)
        self._live(MONDAY + timedelta(days=7))
        contact = self._contacts()
        with self._at(MONDAY + timedelta(days=8)):
            self._receive_reply(contact, "Auto-Submitted: auto-replied\r\n")
            self.assertFalse(self._contacts(direction="in"), "nobody wrote that")
            self._receive_reply(contact)
        answer = self._contacts(direction="in")
        self.assertEqual((answer.outcome, answer.state), ("reply", "made"))
        self.assertEqual(answer.made_on, MONDAY + timedelta(days=8))
        self.assertEqual(answer.destination, self.debtor_partner.email)
        self._live_until(MONDAY + timedelta(days=9), MONDAY + timedelta(days=13))
        self.assertFalse(self._contacts(channel="phone"))

    def test_an_automatic_reply_is_not_an_answer(self):
        for name, value in (
            ("Auto-Submitted", "auto-replied"),
            ("X-Autoreply", "yes"),
            ("Precedence", "bulk"),
            ("Subject", "Resposta automática: férias"),
        ):
            mail = EmailMessage()
            mail[name] = value
            self.assertTrue(self.env["mail.thread"]._is_automatic_mail(mail), name)
        by_hand = EmailMessage()
        by_hand["Subject"], by_hand["Auto-Submitted"] = "Oi", "no"
        self.assertFalse(self.env["mail.thread"]._is_automatic_mail(by_hand))

    def test_made_contacts_cannot_be_changed_or_deleted(self):
        self._create_overdue_invoice(MONDAY)
        self._live(MONDAY + timedelta(days=7))
        contact = self._contacts()
        with self.assertRaises(UserError):
            contact.write({"made_on": MONDAY})
        with self.assertRaises(UserError):
            contact.unlink()
        with self.assertRaises(AccessError):
            contact.with_user(self.manager).check_access("write")
        with self.assertRaises(UserError):
            contact._set_planned()

    def test_the_database_refuses_a_step_that_reaches_an_item_twice(self):
        self._create_overdue_invoice(MONDAY)
        self._live(MONDAY + timedelta(days=7))
        line = self._contacts().line_ids
        with (
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            line.copy({"state": "planned"})
            self.env.flush_all()

    def test_nobody_outside_hears_of_the_debtor_by_following(self):
        debtor = (
            self.env["collection.debtor"]
            .sudo()
            ._get_for(self.debtor_partner, self.company)
        )
        debtor.message_subscribe(self.debtor_partner.ids)
        with self.mock_mail_gateway():
            debtor.message_post(
                body="internal",
                partner_ids=self.debtor_partner.ids,
                subtype_xmlid="mail.mt_comment",
            )
        self.assertFalse(self._mails)
