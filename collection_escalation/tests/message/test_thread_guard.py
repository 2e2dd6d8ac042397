from datetime import datetime, time, timedelta

from odoo import Command
from odoo.exceptions import UserError
from odoo.service.model import call_kw
from odoo.tests import tagged

from odoo.addons.mail.tests.common import mail_new_test_user
from odoo.addons.sms.tests.common import SMSCommon

from ..common import MONDAY, SAO_PAULO_9AM_UTC, CollectionCommon

WEDNESDAY = MONDAY + timedelta(days=2)
NIGHT_UTC = time(23, 0)  # 20:00 in Rio
ADDRESS = "loja.azul@example.com"


@tagged("post_install", "-at_install")
class TestThreadGuard(CollectionCommon, SMSCommon):
    """The ways to write to who is behind, past the contacts: at night none reaches them, and
    that is logged; in the day they do, and that is logged and counted."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk = mail_new_test_user(
            cls.env,
            login="clerk",
            groups="account.group_account_invoice,base.group_partner_manager",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def setUp(self):
        super().setUp()
        self.invoice = self._create_overdue_invoice(MONDAY)
        self.other = self._create_debtor_partner("Loja Verde")

    def _rpc(self, record, method, *args, user=None, **kwargs):
        model = self.env[record._name].with_user(user or self.clerk)
        return call_kw(model, method, [record.ids, *args], kwargs)

    def _compose(self, record, user=None, **vals):
        return (
            self.env["mail.compose.message"]
            .with_user(user or self.clerk)
            .with_context(
                default_model=record._name,
                default_res_ids=record.ids,
                default_partner_ids=self.debtor_partner.ids,
            )
            .create({"subject": "Hello", "body": "<p>Hi</p>", **vals})
        )

    def _post(self, record, **vals):
        to = {"partner_ids": self.debtor_partner.ids}
        return self._rpc(record, "message_post", **{"body": "Hi", **to, **vals})

    def _notify(self, record):
        people = self.debtor_partner.ids
        return self._rpc(record, "message_notify", body="Hi", partner_ids=people)

    def _schedule(self, edit=None):
        at = datetime.combine(WEDNESDAY + timedelta(days=1), SAO_PAULO_9AM_UTC)
        composer = self._compose(self.invoice)
        composer.scheduled_date = str(at)
        composer.action_schedule_message()
        message = self.env["mail.scheduled.message"].search([], limit=1)
        if edit:
            message.with_user(self.clerk).body = edit
        return message

    def _get_ways_of_threads(self):
        """{name: a call}: recipients are left out, nothing is raised."""
        note = self.env.ref("mail.mt_note").id
        invoice, partner = self.invoice, self.debtor_partner
        return {
            "note with @customer": lambda: self._post(
                invoice, subtype_xmlid="mail.mt_note"
            ),
            "note on somebody else's form": lambda: self._post(
                self.other, subtype_xmlid="mail.mt_note"
            ),
            "message_post on the invoice": lambda: self._post(invoice),
            "message_post on the customer": lambda: self._post(partner),
            "message_post to an address": lambda: self._post(
                invoice, partner_ids=[], outgoing_email_to=ADDRESS
            ),
            "made to look like incoming": lambda: self._post(
                invoice, message_type="email", author_id=self.other.id
            ),
            "message_notify": lambda: self._notify(invoice),
            "message_notify on nothing": lambda: self._notify(self.env["mail.thread"]),
            "composer": lambda: self._compose(invoice).action_send_mail(),
            "composer as note": lambda: self._compose(
                invoice, subtype_id=note
            ).action_send_mail(),
            "scheduled": lambda: self._schedule()._post_message(),
        }

    def _get_ways_without_thread(self):
        """{name: a call} that is refused with the reason."""
        template = (
            self.env["mail.template"]
            .sudo()
            .create(
                {
                    "name": "Sale",
                    "model_id": self.env["ir.model"]._get_id("res.partner"),
                    "subject": "Hi",
                    "body_html": "<p>Hi</p>",
                    "partner_to": "{{ object.id }}",
                }
            )
        )
        partner = self.debtor_partner
        return {
            "send_mail": lambda: self._rpc(template, "send_mail", partner.id),
            "send_mail_batch": lambda: self._rpc(
                template, "send_mail_batch", partner.ids
            ),
            "message_mail_with_source": lambda: partner.with_user(
                self.clerk
            ).message_mail_with_source(template),
            "mass mailing": lambda: self._compose(
                partner, composition_mode="mass_mail"
            ).action_send_mail(),
            "SMS to many": lambda: self._compose_sms(
                composition_mode="mass",
                res_model="res.partner",
                res_ids=str(partner.ids),
                mass_force_send=True,
            ).action_send_sms(),
            "SMS to a number": lambda: self._compose_sms(
                composition_mode="numbers", numbers=partner.phone
            ).action_send_sms(),
        }

    def _compose_sms(self, **vals):
        composer = self.env["sms.composer"].with_user(self.clerk)
        return composer.create({"body": "Hi", **vals})

    def _reached(self):
        """Messages to the customer that left or wait in the queue."""
        self.env.flush_all()
        mails = self.env["mail.mail"].sudo().search([])
        texts = self.env["sms.sms"].sudo().search([("state", "!=", "error")])
        return [
            *(m for m in self._mails if ADDRESS in str(m["email_to"])),
            *mails.filtered(
                lambda m: (
                    self.debtor_partner in m.recipient_ids
                    or ADDRESS in (m.email_to or "")
                )
            ),
            *texts,
        ]

    def _notes(self):
        return "\n".join(self._debtor().sudo().message_ids.mapped("body"))

    def test_at_night_no_thread_reaches_who_is_behind(self):
        for name, write in self._get_ways_of_threads().items():
            with (
                self.subTest(name),
                self.env.cr.savepoint() as savepoint,
                self._at(WEDNESDAY, NIGHT_UTC),
                self.mock_mail_gateway(),
            ):
                write()
                self.assertFalse(self._reached())
                self.assertIn("was not sent, it is not permitted", self._notes())
                self.assertFalse(self._contacts(purpose="by_hand"))
                savepoint.rollback()
                self.env.invalidate_all()

    def test_in_the_day_they_reach_and_are_logged_as_contacts(self):
        for name, write in self._get_ways_of_threads().items():
            with (
                self.subTest(name),
                self.env.cr.savepoint() as savepoint,
                self._at(WEDNESDAY),
                self.mock_mail_gateway(),
            ):
                write()
                self.assertTrue(self._reached())
                contact = self._contacts(purpose="by_hand")
                self.assertEqual((contact.state, contact.channel), ("made", "email"))
                self.assertIn("Written beside the plan", contact.note)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_makers_without_a_thread_are_refused_with_the_reason(self):
        for name, write in self._get_ways_without_thread().items():
            with (
                self.subTest(name),
                self.env.cr.savepoint() as savepoint,
                self._at(WEDNESDAY, NIGHT_UTC),
                self.mock_mail_gateway(),
                self.mockSMSGateway(),
            ):
                with self.assertRaisesRegex(UserError, "may not be written to now"):
                    write()
                self.assertFalse(self._reached())
                savepoint.rollback()
                self.env.invalidate_all()

    def test_an_sms_at_night_is_left_out_though_its_number_is_given(self):
        self._debtor().sudo().channel_ids = [Command.create({"channel": "sms"})]
        with self._at(WEDNESDAY, NIGHT_UTC), self.mockSMSGateway():
            self._compose_sms(
                res_model="res.partner", res_id=self.debtor_partner.id
            ).action_send_sms()
            self.invoice.with_user(self.clerk)._message_sms(
                "Hi", sms_numbers=[self.debtor_partner.phone]
            )
            self.assertFalse(self._new_sms)

    def test_a_threat_written_past_the_composer_does_not_leave(self):
        threat = "Você vai preso."
        with self._at(WEDNESDAY), self.mock_mail_gateway():
            self._post(self.invoice, body=threat)
            self._schedule(edit=threat)._post_message()
            self.assertFalse(self._reached())
        self.assertIn("“vai preso”", self._notes())

    def test_a_reason_given_when_it_was_scheduled_holds_for_that_text_only(self):
        for edit, leaves in (("<p>Você vai preso!!</p>", False), (None, True)):
            with self.subTest(edit), self._at(WEDNESDAY), self.mock_mail_gateway():
                composer = self._compose(
                    self.invoice,
                    body="<p>Você vai preso.</p>",
                    collection_reason="quotes his letter",
                    scheduled_date="2026-03-05 12:00:00",
                )
                composer.action_schedule_message()
                message = self.env["mail.scheduled.message"].search([], limit=1)
                if edit:
                    message.with_user(self.clerk).body = edit
                message._post_message()
                self.assertEqual(bool(self._reached()), leaves)

    def test_who_sends_the_invoice_is_not_stopped_and_uses_up_no_limit(self):
        """At night too; it is logged, and is no contact."""
        with self._at(WEDNESDAY, NIGHT_UTC), self.mock_mail_gateway():
            wizard = (
                self.env["account.move.send.wizard"]
                .with_user(self.clerk)
                .with_context(active_model="account.move", active_ids=self.invoice.ids)
                .create({"sending_methods": ["email"]})
            )
            wizard.action_send_and_print()
            self.assertTrue(self._reached())
        self.assertIn("The invoice itself was sent", self._notes())
        self.assertFalse(self._contacts())
        with self._at(WEDNESDAY):
            self.assertFalse(self._debtor()._explain_refusal_now("email"))

    def test_what_comes_in_is_passed_on_to_followers_as_it_came(self):
        follower = self._create_debtor_partner("Contadora")
        self.invoice.message_subscribe(
            follower.ids, [self.env.ref("mail.mt_comment").id]
        )
        raw = (
            f"From: {ADDRESS}\r\nTo: credor@example.com\r\n"
            f"Message-Id: <in.{self.invoice.id}@example.com>\r\nSubject: Re\r\n"
            "Content-Type: text/plain\r\n\r\nHello\r\n"
        )
        with self._at(WEDNESDAY, NIGHT_UTC), self.mock_mail_gateway():
            self.env["mail.thread"].sudo().message_process(
                "account.move", raw, thread_id=self.invoice.id
            )
            self.assertNotIn("was not sent", self._notes())

    def test_the_author_is_told_and_reads_no_more_than_they_may(self):
        seller = mail_new_test_user(
            self.env,
            login="seller",
            groups="base.group_user,base.group_partner_manager",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        told = []
        self.patch(
            self.registry["res.users"],
            "_bus_send",
            lambda user, kind, content: told.append((user, content)),
        )
        for user, why in ((self.clerk, "Not before"), (seller, "not permitted now")):
            with (
                self.subTest(user.login),
                self._at(WEDNESDAY, NIGHT_UTC),
                self.mock_mail_gateway(),
            ):
                self._rpc(
                    self.debtor_partner,
                    "message_post",
                    user=user,
                    body="Hi",
                    partner_ids=self.debtor_partner.ids,
                )
                recipient, content = told[-1]
                self.assertEqual(recipient, user)
                self.assertIn("Loja Azul", content["title"])
                self.assertIn(why, content["message"])

    def test_a_bill_is_discussed_with_who_sent_it_whatever_they_owe(self):
        bill = self.env["account.move"].create(
            {"move_type": "in_invoice", "partner_id": self.debtor_partner.id}
        )
        with self._at(WEDNESDAY, NIGHT_UTC), self.mock_mail_gateway():
            self._post(bill)
            self.assertTrue(self._reached())

    def test_who_owes_nothing_is_nobody_s_business(self):
        with self._at(WEDNESDAY, NIGHT_UTC), self.mock_mail_gateway():
            self._rpc(self.other, "message_post", body="Hi", partner_ids=self.other.ids)
            self.assertTrue(self._mails)
