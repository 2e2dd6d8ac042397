"""What the log and its papers point to is neither changed nor deleted (invariant 9)."""

import base64
from datetime import timedelta

from markupsafe import Markup

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged
from odoo.tests.common import JsonRpcException
from odoo.tools import SQL, mute_logger

from ..models.collection_evidence import _KEY, arriving
from .common import MONDAY, CollectionCommon

FRIENDLY_DAY = MONDAY + timedelta(days=7)
PASSWORD = "as-long-as-it-takes"
PROOF = base64.b64encode(b"%PDF-1.4 signed")


class EvidenceCommon(CollectionCommon):
    def setUp(self):
        super().setUp()
        self._create_overdue_invoice(MONDAY)
        self._live(FRIENDLY_DAY)
        self.contact = self._contacts(channel="email")
        self.message = self.contact.message_id.sudo()
        self.debtor = self._debtor()

    def _post_note(self, user, **vals):
        return self.debtor.with_user(user).message_post(
            body="They are at the lawyer's.", **vals
        )

    def _upload_proof(self, user):
        """A note of ``user`` with a file; the file."""
        proof = (
            self.env["ir.attachment"]
            .with_user(user)
            .create({"name": "proof.pdf", "raw": b"%PDF"})
        )
        return proof.sudo(), self._post_note(user, attachment_ids=proof.ids)

    def _agree_hours(self):
        hours = self.env["collection.debtor.hours"].create(
            {"debtor_id": self.debtor.id, "document": PROOF}
        )
        return hours, self.env["ir.attachment"].sudo().search(
            [("res_field", "=", "document"), ("res_id", "=", hours.id)]
        )


@tagged("post_install", "-at_install")
class TestEvidence(EvidenceCommon):
    def _assertKept(self, record, vals):
        for name, value in vals.items():
            with self.subTest(record=record._name, field=name):
                with self.assertRaisesRegex(UserError, "kept as it is"):
                    record.sudo().write({name: value})

    def test_what_the_customer_was_sent_stays_also_for_the_superuser(self):
        self.assertEqual(self.contact.state, "made")
        other = self.collector.partner_id.id
        self._assertKept(
            self.message,
            {
                "body": "<p>Never mind</p>",
                "subject": "Something else",
                "date": "2020-01-01 00:00:00",
                "author_id": other,
                "email_from": "x@example.com",
                "reply_to": "x@example.com",
                "message_type": "comment",
                "subtype_id": self.env.ref("mail.mt_comment").id,
                "model": "res.partner",
                "res_id": self.debtor_partner.id,
                "partner_ids": [Command.link(other)],
                "attachment_ids": [Command.create({"name": "x", "raw": b"x"})],
            },
        )
        with self.assertRaisesRegex(UserError, "kept as it is"):
            self.contact.mail_id.sudo().subject = "Past the message"
        with self.assertRaisesRegex(UserError, "kept as it is"):
            self.message.unlink()
        with self.assertRaisesRegex(UserError, "kept as it is"):
            self.message.with_context(**{_KEY: True}).unlink()

    def test_stars_reactions_and_the_same_values_stay_free(self):
        self.message.with_user(self.collector).toggle_message_starred()
        self.message.write({"starred_partner_ids": [Command.clear()]})
        self.message.write({"subject": self.message.subject})
        note = self._post_note(self.collector)
        note.sudo()._message_reaction(
            "👍", "add", self.collector.partner_id, self.env["mail.guest"]
        )
        self.assertEqual(note.sudo().reaction_ids.mapped("content"), ["👍"])
        self.assertFalse(self.message.starred_partner_ids)

    def test_an_arriving_answer_takes_readers_and_opens_nothing_else(self):
        reader = self.collector.partner_id
        thread = arriving(self.debtor)
        answer = thread.message_post(body="I shall pay.", message_type="email")
        answer.write({"partner_ids": [reader.id]})
        self.assertEqual(answer.partner_ids, reader)
        message = self.message.with_env(thread.env)
        self._assertKept(answer, {"body": "<p>I shall not.</p>"})
        self._assertKept(message, {"partner_ids": [Command.link(reader.id)]})
        answer = answer.with_env(self.env)
        self._assertKept(answer, {"partner_ids": [Command.clear()]})

    def test_a_note_in_the_file_and_its_proof_stay(self):
        proof, note = self._upload_proof(self.manager)
        self._assertKept(note, {"body": "<p>They paid.</p>"})
        self._assertKept(note, {"attachment_ids": [Command.clear()]})
        self._assertKept(
            proof, {"name": "x", "raw": b"x", "datas": b"eA==", "res_id": 12345}
        )
        self._assertKept(proof, {"type": "url", "url": "https://example.com"})
        for record in (note, proof):
            with self.assertRaisesRegex(UserError, "kept as it is"):
                record.sudo().unlink()
        proof.sudo().write({"raw": proof.raw})

    def test_the_paper_behind_agreed_hours_is_not_swapped(self):
        hours, paper = self._agree_hours()
        self._assertKept(paper, {"datas": base64.b64encode(b"other"), "res_id": 0})
        with self.assertRaisesRegex(UserError, "kept as it is"):
            self.env["ir.attachment"].sudo().create(
                {
                    "name": "document",
                    "raw": b"other",
                    "res_model": hours._name,
                    "res_field": "document",
                    "res_id": hours.id,
                }
            )
        hours.document = base64.b64encode(b"%PDF-1.4 newer")
        self.assertEqual(paper.raw, b"%PDF-1.4 newer", "by the field it is")
        hours.unlink()

    def test_invoices_and_customers_are_not_concerned(self):
        invoice = self._create_overdue_invoice(MONDAY)
        note = invoice.message_post(body="Internal")
        note.sudo().write({"body": Markup("<p>Mended</p>")})
        note.sudo().unlink()
        self.assertFalse(
            self.debtor_partner.message_ids.filtered(lambda m: m._find_evidence())
        )

    def test_a_finished_task_adds_its_file_to_the_note(self):
        task = self.debtor.activity_schedule("mail.mail_activity_data_todo")
        file = self.env["ir.attachment"].create(
            {
                "name": "photo",
                "raw": b"x",
                "res_model": task._name,
                "res_id": task.id,
            }
        )
        task.sudo()._action_done()
        self.assertIn(file, self.debtor.message_ids.attachment_ids)

    def test_merged_customers_keep_their_history(self):
        other = self._create_debtor_partner("Loja Verde")
        self._create_overdue_invoice(MONDAY, partner=other)
        note = self._debtor(other).message_post(body="Theirs")
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((other | self.debtor_partner).ids, self.debtor_partner)
        self.assertEqual(note.res_id, self._debtor().id)

    def test_the_seal_shows_what_was_changed_past_odoo(self):
        self.assertEqual(self.contact.seal_state, "unchanged")
        self.assertEqual(len(self.contact.content_seal), 64)
        for column in ("body", "subject", "reply_to"):
            with self.subTest(column):
                self.env.cr.execute(
                    SQL(
                        "UPDATE mail_message SET %s = 'other' WHERE id = %s",
                        SQL.identifier(column),
                        self.message.id,
                    )
                )
                self.env.invalidate_all()
                self.assertEqual(self.contact.seal_state, "changed")

    def test_every_paper_of_ours_is_changed_by_its_field_only(self):
        """A new model: documents in fields are `Paper`s, and what points to core's
        messages and files can be looked up quickly."""
        Evidence = self.env["collection.evidence"]
        plain = [
            str(field)
            for name in Evidence._get_models()
            for field in self.env[name]._fields.values()
            if field.type == "binary"
            and field.store
            and field.attachment
            and type(field).__name__ != "Paper"
        ]
        self.assertEqual(plain, [])
        pointers = [
            (name, field)
            for comodel in ("mail.message", "ir.attachment")
            for name, field in Evidence._get_pointers(comodel)
        ]
        self.assertIn(("collection.contact", "message_id"), pointers)
        self.assertIn(("collection.contact", "letter_id"), pointers)
        for name, field in pointers:
            field = self.env[name]._fields[field]
            self.assertTrue(field.type == "many2many" or field.index, field)

    def test_messages_of_others_cost_one_query_or_none(self):
        notes = self.env["mail.message"].sudo()
        for _time in range(5):
            notes |= self.debtor_partner.message_post(body="x")
        self.env.flush_all()
        self.env["collection.evidence"]._get_models()
        with self.assertQueryCount(1):
            self.assertEqual(notes._find_evidence(), {})
        with self.assertQueryCount(1):
            notes.write({"pinned_at": False})
            notes.flush_recordset()


@tagged("post_install", "-at_install")
class TestEvidenceRoutes(EvidenceCommon, HttpCase):
    """Core's own routes run as superuser."""

    def setUp(self):
        super().setUp()
        self.manager.sudo().write(
            {
                "password": PASSWORD,
                "group_ids": [Command.link(self.env.ref("base.group_system").id)],
            }
        )

    def _call(self, path, **params):
        self.env.flush_all()
        with mute_logger("odoo.http"):
            return self.make_jsonrpc_request(path, params)

    def test_a_note_is_not_changed_by_the_chatter(self):
        note = self._post_note(self.manager)
        self.authenticate(self.manager.login, PASSWORD)
        with self.assertRaisesRegex(JsonRpcException, "UserError"):
            self._call(
                "/mail/message/update_content",
                message_id=note.id,
                update_data={"body": "other", "attachment_ids": []},
            )
        self.assertIn("lawyer", note.body)

    def test_a_message_to_the_customer_is_not_emptied_by_the_chatter(self):
        self.authenticate(self.manager.login, PASSWORD)
        with self.assertRaisesRegex(JsonRpcException, "UserError"):
            self._call(
                "/mail/message/update_content",
                message_id=self.message.id,
                update_data={"body": "", "attachment_ids": []},
            )
        self.assertTrue(self.message.body)

    def test_the_proof_of_the_customer_is_not_deleted_by_the_chatter(self):
        proof, _note = self._upload_proof(self.manager)
        _hours, paper = self._agree_hours()
        self.authenticate(self.manager.login, PASSWORD)
        for file in (proof, paper):
            with self.assertRaisesRegex(JsonRpcException, "UserError"):
                self._call("/mail/attachment/delete", attachment_id=file.id)
            self.assertTrue(file.exists())
