"""The link of a message is its reader's alone, and what readers send cannot break anything."""

import errno
import io
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from ...hooks import _uninstall_hook
from ...rules.outside_text import clean_header
from ..common import CollectionCommon
from .test_answer_page import AnswerCommon


@tagged("post_install", "-at_install")
class TestPrivateLink(AnswerCommon):
    def test_nobody_of_the_team_reads_a_link_that_works(self):
        token = self.message.access_token
        self.assertIn(token, self.message.mail_id.sudo().body_html, "the customer does")
        contact = self.message.with_user(self.collector)
        for text in (contact.preview, contact.message_id.body):
            self.assertIn("/statement/", text)
            self.assertNotIn(token, text)
        self.assertEqual(contact.seal_state, "unchanged")

    def test_nobody_of_the_team_reads_the_link_of_what_is_planned(self):
        self._create_overdue_invoice(
            self.today, partner=self._create_debtor_partner("Verde", vat="12345678909")
        )
        wizard = (
            self.env["collection.contact.compose"]
            .with_user(self.collector)
            .create(
                {
                    "debtor_id": self.debtor.id,
                    "channel": "sms",
                    "own_plain": "Please look here",
                }
            )
        )
        contact = (
            self.env["collection.contact"]
            .sudo()
            .create(
                {
                    "debtor_id": self.debtor.id,
                    "company_id": self.company.id,
                    "channel": "sms",
                    "purpose": "by_hand",
                    "own_text": wizard._prepare_text_vals()["own_text"],
                }
            )
        )
        contact._append_link()
        preview = contact.with_user(self.collector).preview
        self.assertNotIn(contact.access_token, f"{contact.own_text}{preview}")

    def test_pages_of_errors_are_private_too(self):
        with mute_logger("odoo.http"):
            refused = self._post("/confirm", {"digits": "4725"}, csrf=False)
            wrong_way = self._get("/confirm")
        self.assertEqual((refused.status_code, wrong_way.status_code), (400, 405))
        for answer in (refused, wrong_way, self._get()):
            self.assertEqual(answer.headers["Cache-Control"], "no-store")
            self.assertEqual(answer.headers["Referrer-Policy"], "no-referrer")
        self.assertNotEqual(
            self.url_open("/web/login").headers.get("Referrer-Policy"), "no-referrer"
        )

    def test_tries_count_for_the_customer_not_for_a_message(self):
        other = self.message.sudo().copy()
        other._set_made(made_at=self.message.made_at)
        for number in range(6):
            message = (self.message, other)[number % 2]
            answer = self._prove("0000", message=message)
        self.assertEqual(answer.status_code, 429)
        for message in (self.message, other):
            self.assertEqual(self._prove("4725", message=message).status_code, 429)
        self.assertEqual(self.debtor.link_wrong_tries, 5)

    def test_a_full_disk_is_explained(self):
        self._prove()
        full = OSError(errno.ENOSPC, "No space left on device")
        file = {"document": ("proof.pdf", io.BytesIO(b"%PDF-1.4 x"), "application/pdf")}
        with (
            patch.object(
                self.env.registry["ir.attachment"], "_file_write", side_effect=full
            ),
            mute_logger("odoo.addons.collection_escalation.models", "odoo.http"),
        ):
            answer = self._answer(
                "paid", date=self.today.isoformat(), files=file, once="full"
            )
        self.assertEqual(answer.status_code, 200)
        self.assertIn("try again later", answer.text)
        self.assertFalse(self._inbound())

    def test_signs_that_nobody_types_are_left_out(self):
        self._prove()
        answer = self._answer("not_received", text="Never\x00 came \x07here")
        self.assertEqual(answer.status_code, 303)
        self.assertIn("Never came here", self._inbound()[-1].note or "")


@tagged("post_install", "-at_install")
class TestOutsideText(CollectionCommon):
    def test_an_email_with_a_nul_comes_in(self):
        self._create_overdue_invoice(self.company.collection_started_on)
        debtor = self._debtor()
        message = self.env["mail.thread"].message_parse(
            self.from_string(
                "From: Ana\x00 <ana@example.com>\nTo: x@example.com\n"
                "Subject: Re:\x00 account\nMessage-Id: <1@x>\n\nI\x00 paid\n"
            )
        )
        texts = [value for value in message.values() if isinstance(value, str)]
        self.assertFalse([text for text in texts if "\x00" in text])
        note = debtor.message_post(body=message["body"], subject=message["subject"])
        self.assertIn("paid", note.body)

    def test_a_report_with_a_nul_is_noted(self):
        self._create_overdue_invoice(self.company.collection_started_on)
        contact = (
            self.env["collection.contact"]
            .sudo()
            ._create_over(
                "made",
                [
                    {
                        "debtor_id": self._debtor().id,
                        "company_id": self.company.id,
                        "channel": "sms",
                    }
                ],
            )
        )
        contact._on_text_not_delivered("sms_blacklist", "no\x00 such\r\nnumber")
        self.env.flush_all()
        self.assertIn("no such", contact.annotation_ids.remark)

    def from_string(self, text):
        from email import message_from_string, policy

        return message_from_string(text, policy=policy.SMTP)

    def test_headers_are_one_line(self):
        self.assertEqual(clean_header("a\x85b\x0bc\r\n d"), "a b c d")


@tagged("post_install", "-at_install")
class TestUninstall(CollectionCommon):
    def test_customers_of_the_demo_are_nobodys_data_afterwards(self):
        self.env["ir.model.data"].create(
            {
                "module": "collection_escalation",
                "name": "demo_partner_of_the_test",
                "model": "res.partner",
                "res_id": self.debtor_partner.id,
            }
        )
        _uninstall_hook(self.env)
        self.assertFalse(
            self.env["ir.model.data"].search(
                [
                    ("module", "=", "collection_escalation"),
                    ("model", "=", "res.partner"),
                ]
            )
        )
        self.assertTrue(self.debtor_partner.exists())
