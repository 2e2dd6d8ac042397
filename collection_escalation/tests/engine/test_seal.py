"""What leaves is what was looked at when it was written."""

from odoo import Command
from odoo.tests import tagged
from odoo.tools import SQL

from .test_leaving import FRIENDLY_DAY, MONDAY, LeavingCommon


@tagged("post_install", "-at_install")
class TestSeal(LeavingCommon):
    def setUp(self):
        super().setUp()
        self._create_overdue_invoice(MONDAY)

    def _change_and_send(self, change):
        """Written, changed past our models, then sent."""
        with self._at(FRIENDLY_DAY), self.mock_mail_gateway():
            self._queue()
            contact = self._contacts(channel="email")
            self._settle_transaction()
            change(contact)
            self.env.invalidate_all()
            self.env["collection.dispatcher"].sudo()._send_queued()
            self._settle_transaction()
            return contact, [
                m for m in self.emails if contact.destination in m["msg_to"]
            ]

    def _change_message(self, column):
        def change(contact):
            self.env.cr.execute(
                SQL(
                    "UPDATE mail_message SET %s = 'x@example.com' WHERE id = %s",
                    SQL.identifier(column),
                    contact.message_id.id,
                )
            )

        return change

    def _assertWrittenAnew(self, change):
        told = self.env["mail.message"].sudo()
        domain = [("partner_ids", "in", self.manager.partner_id.ids)]
        before = told.search_count(domain)
        contact, sent = self._change_and_send(change)
        self.assertFalse(sent)
        self.assertEqual(contact.state, "planned")
        self.assertEqual(contact.reasons[0]["code"], "MESSAGE_CHANGED")
        self.assertEqual(told.search_count(domain), before + 1)
        return contact

    def test_a_changed_message_is_written_anew(self):
        for column in ("subject", "email_from", "reply_to", "body"):
            with self.subTest(column), self.env.cr.savepoint() as kept:
                self._assertWrittenAnew(self._change_message(column))
                kept.rollback()
            self.env.invalidate_all()
        contact = self._assertWrittenAnew(self._change_message("subject"))
        (mail,) = self._live(FRIENDLY_DAY)
        self.assertNotIn("x@example.com", mail["subject"])
        self.assertEqual(contact.state, "made")

    def test_a_changed_place_in_the_queue_is_written_anew(self):
        changes = {
            "email_cc": "boss@example.com",
            "email_to": "boss@example.com",
            "body_html": "<p>Pay now!</p>",
            "headers": "{'Bcc': 'boss@example.com'}",
            "recipient_ids": [Command.link(self.collector.partner_id.id)],
        }
        for name, value in changes.items():
            with self.subTest(name), self.env.cr.savepoint() as kept:
                self._assertWrittenAnew(
                    lambda contact, vals={name: value}: contact.mail_id.sudo().write(
                        vals
                    )
                )
                kept.rollback()
            self.env.invalidate_all()

    def test_an_attached_file_is_written_anew(self):
        def attach(contact):
            file = self.env["ir.attachment"].create({"name": "x.pdf", "raw": b"x"})
            self.env.cr.execute(
                SQL(
                    "INSERT INTO message_attachment_rel (message_id, attachment_id) "
                    "VALUES (%s, %s)",
                    contact.message_id.id,
                    file.id,
                )
            )

        self._assertWrittenAnew(attach)

    def test_what_nobody_changed_leaves_and_stays_unchanged(self):
        contact, sent = self._change_and_send(lambda contact: None)
        self.assertEqual((contact.state, len(sent)), ("made", 1))
        self.assertEqual(contact.seal_state, "unchanged")
