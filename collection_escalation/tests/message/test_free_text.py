from datetime import time, timedelta

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import mail_new_test_user
from odoo.addons.sms.tests.common import SMSCommon

from ..common import MONDAY, CollectionCommon

WEDNESDAY = MONDAY + timedelta(days=2)
NIGHT_UTC = time(23, 0)  # 20:00 in Rio
THREAT = "<p>Você vai pr<b>eso</b>.</p>"
NAMED = "“vai preso” (threat)"


@tagged("post_install", "-at_install")
class TestFreeText(CollectionCommon, SMSCommon):
    """What people write to customers who are behind with Odoo's own composers: doubtful
    words need a reason (S22), and the writer sees whether it is permitted now."""

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

    def _compose(self, record, body=THREAT, user=None, **vals):
        return (
            self.env["mail.compose.message"]
            .with_user(user or self.clerk)
            .with_context(
                default_model=record._name,
                default_res_ids=record.ids,
                default_partner_ids=self.debtor_partner.ids,
            )
            .create({"subject": "Hello", "body": body, **vals})
        )

    def _compose_sms(self, record, body, **vals):
        return (
            self.env["sms.composer"]
            .with_user(self.clerk)
            .create({"res_model": record._name, "res_id": record.id, "body": body})
        )

    def _mails_to_customer(self):
        address = self.debtor_partner.email
        return [mail for mail in self._mails if address in str(mail["email_to"])]

    def _notes(self):
        return "\n".join(self._debtor().sudo().message_ids.mapped("body"))

    # -- doubtful words ------------------------------------------------------------------

    def test_a_message_to_who_is_behind_needs_a_reason_for_doubtful_words(self):
        child = self._create_debtor_partner(
            "Ana", parent_id=self.debtor_partner.id, type="contact"
        )
        with self._at(WEDNESDAY):
            for record in (self.invoice, self.debtor_partner, child):
                with self.subTest(record=record), self.mock_mail_gateway():
                    composer = self._compose(record)
                    self.assertEqual(composer.collection_findings, NAMED)
                    with self.assertRaisesRegex(
                        UserError, "Doubtful words: “vai preso”"
                    ):
                        composer.action_send_mail()
                    composer.collection_reason = "  "
                    with self.assertRaisesRegex(UserError, "Doubtful words"):
                        composer.action_send_mail()
                    self.assertFalse(self._mails)
                    composer.collection_reason = f"quotes his letter of {record._name}"
                    composer.action_send_mail()
                    self.assertTrue(self._mails)
                    self.assertIn(f"letter of {record._name}", self._notes())
                    self.assertIn("“vai preso”", self._notes())
        self.assertFalse(
            self.invoice.message_ids.filtered(lambda m: "letter of" in (m.body or "")),
            "the reason is the team's",
        )

    def test_the_form_asks_why_where_it_finds_something(self):
        with self._at(WEDNESDAY):
            form = Form(
                self.env["mail.compose.message"]
                .with_user(self.collector)
                .with_context(
                    default_model="account.move", default_res_ids=self.invoice.ids
                )
            )
            form.partner_ids = self.debtor_partner
            form.subject = "Hello"
            form.body = "<p>Good morning</p>"
            self.assertFalse(form.collection_findings)
            form.subject = "Your debt"
            self.assertEqual(form.collection_findings, "“debt” (speaks of a debt)")
            with self.assertRaisesRegex(AssertionError, "collection_reason"):
                form.save()

    def test_a_message_planned_for_later_needs_the_reason_now(self):
        with self._at(WEDNESDAY):
            composer = self._compose(self.invoice, scheduled_date="2026-03-10 12:00:00")
            with self.assertRaisesRegex(UserError, "Doubtful words"):
                composer.action_schedule_message()

    def test_the_text_of_the_send_wizard_needs_a_reason(self):
        with self._at(WEDNESDAY):
            wizard = (
                self.env["account.move.send.wizard"]
                .with_user(self.clerk)
                .with_context(active_model="account.move", active_ids=self.invoice.ids)
                .create({"sending_methods": ["email"]})
            )
            self.assertFalse(wizard.collection_findings, "Odoo's own text")
            wizard.body = THREAT
            self.assertEqual(wizard.collection_findings, NAMED)
            with self.assertRaisesRegex(UserError, "Doubtful words"):
                wizard.action_send_and_print()
            wizard.sending_methods = []
            self.assertFalse(wizard.collection_findings, "nothing is written")

    def test_an_sms_to_who_is_behind_says_nothing_of_money_without_a_reason(self):
        with self._at(WEDNESDAY), self.mockSMSGateway():
            for record in (self.invoice, self.debtor_partner):
                composer = self._compose_sms(record, "Sua dívida: R$ 10,00")
                with (
                    self.subTest(record=record),
                    self.assertRaisesRegex(UserError, "“dívida”.*“R\\$ 10,00”"),
                ):
                    composer.action_send_sms()
            self.assertFalse(self._new_sms)
            composer.collection_reason = "he asked for the figure"
            composer.action_send_sms()
            self.assertEqual(len(self._new_sms), 1)
        self.assertIn("he asked for the figure", self._notes())

    @mute_logger("odoo.http")
    def test_the_chatter_sends_doubtful_words_on_to_the_full_editor(self):
        self.authenticate("collector", "collector")
        with self._at(WEDNESDAY):
            answer = self._post(THREAT)
            self.assertIn("full editor", answer["error"]["data"]["message"])
            for body, subtype in ((THREAT, "mail.mt_note"), ("Olá", "mail.mt_comment")):
                self.assertIn("result", self._post(body, subtype), body)

    def _post(self, body, subtype="mail.mt_comment"):
        params = {
            "thread_model": "account.move",
            "thread_id": self.invoice.id,
            "post_data": {
                "body": body,
                "message_type": "comment",
                "subtype_xmlid": subtype,
            },
        }
        return self.url_open("/mail/message/post", json={"params": params}).json()

    # -- permission ----------------------------------------------------------------------

    def test_the_writer_sees_when_contacting_is_not_permitted(self):
        with self._at(WEDNESDAY):
            self.assertFalse(self._compose(self.invoice, "Hi").collection_permission)
        with self._at(WEDNESDAY, NIGHT_UTC), self.mock_mail_gateway():
            composer = self._compose(self.invoice, "<p>Hi</p>")
            self.assertIn("Not before", composer.collection_permission)
            composer.action_send_mail()
            self.assertFalse(self._mails_to_customer(), "left out")
        self.assertIn("was not sent, it is not permitted: Not before", self._notes())

    def test_who_refused_text_messages_is_shown_to_have_refused_them(self):
        debtor = self._debtor().sudo()
        debtor.channel_ids = [Command.create({"channel": "sms", "status": "refused"})]
        with self._at(WEDNESDAY):
            told = self._compose_sms(self.invoice, "Hi").collection_permission
            self.assertIn("Not permitted", told)

    def test_sending_an_invoice_that_is_not_due_shows_no_hours(self):
        later = self._create_overdue_invoice(WEDNESDAY + timedelta(days=30))
        for move, shown in ((self.invoice, True), (later, False)):
            with self._at(WEDNESDAY, NIGHT_UTC), self.subTest(shown=shown):
                wizard = (
                    self.env["account.move.send.wizard"]
                    .with_context(active_model="account.move", active_ids=move.ids)
                    .create({"sending_methods": ["email"]})
                )
                self.assertEqual(bool(wizard.collection_permission), shown)

    # -- what stays as it was ------------------------------------------------------------

    def test_nobody_who_pays_in_time_is_looked_at(self):
        other = self._create_debtor_partner("Loja Verde")
        fresh = self._create_overdue_invoice(WEDNESDAY, partner=other)
        bill = self.env["account.move"].create(
            {"move_type": "in_invoice", "partner_id": self.debtor_partner.id}
        )
        with self._at(WEDNESDAY), self.mock_mail_gateway():
            for record in (fresh, other, bill):
                with self.subTest(record=record):
                    composer = self._compose(record)
                    self.assertFalse(composer.collection_findings)
                    self.assertFalse(composer.collection_permission)
                    composer.action_send_mail()
        self._pay(self.invoice, day=WEDNESDAY)
        with self._at(WEDNESDAY):
            self._evaluate()
            self.assertFalse(self._compose(self.invoice).collection_findings)

    def test_notes_and_what_is_sent_by_code_pass(self):
        with self._at(WEDNESDAY), self.mock_mail_gateway():
            note = self._compose(
                self.invoice, subtype_id=self.env.ref("mail.mt_note").id
            )
            self.assertFalse(note.collection_findings)
            note.action_send_mail()
            many = self._compose(self.debtor_partner, composition_mode="mass_mail")
            many._action_send_mail()
            with self.assertRaisesRegex(UserError, "Doubtful words"):
                many.action_send_mail()

    def test_who_has_no_other_rights_writes_to_customers_as_before(self):
        """They are asked about words and learn nothing of the collection."""
        seller = mail_new_test_user(
            self.env,
            login="seller",
            groups="base.group_user,base.group_partner_manager",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        with self._at(WEDNESDAY, NIGHT_UTC), self.mock_mail_gateway():
            composer = self._compose(self.debtor_partner, "<p>Hi</p>", seller)
            self.assertFalse(composer.collection_findings)
            view = composer.get_view(view_type="form")
            self.assertNotIn("collection_permission", view["arch"])
            composer.action_send_mail()
            self.assertFalse(self._mails_to_customer())
        with self._at(WEDNESDAY), self.mock_mail_gateway():
            self._compose(self.debtor_partner, "<p>Hi</p>", seller).action_send_mail()
            self.assertTrue(self._mails_to_customer())
