"""Bank slips: kept as the bank registered them, shown while exactly that is open."""

from base64 import b64encode
from datetime import timedelta

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import html2plaintext, mute_logger

from ...rules.bank_slip import _mod11_bank, mod10, read_slip
from ..common import MONDAY, CollectionCommon
from .paying import PayingMixin

FRIENDLY_DAY = MONDAY + timedelta(days=7)
LINE = "00190.50095 40144.816069 06809.350314 3 37370000000100"
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"


def write_slip(cents, number=1):
    """A digitable line for the amount."""
    free = f"{number:025d}"
    tail = f"9999{cents:010d}"
    fields = (f"0019{free[:5]}", free[5:15], free[15:])
    checked = "".join(field + mod10(field) for field in fields)
    return checked + _mod11_bank(f"0019{tail}{free}") + tail


@tagged("post_install", "-at_install")
class TestBankSlip(PayingMixin, CollectionCommon):
    def setUp(self):
        super().setUp()
        self.invoice = self._create_overdue_invoice(
            MONDAY, 1500, currency_id=self.brl.id
        )
        self.item = self._items(self.invoice)
        self.Slip = self.env["collection.bank.slip"].with_user(self.collector)

    def _create_slip(self, line=None, **vals):
        line = line or write_slip(150000)
        return self.Slip.create({"item_id": self.item.id, "line": line, **vals})

    def _write_mail(self):
        (mail,) = self._live(FRIENDLY_DAY)
        return mail["body"]

    def test_the_mail_has_the_digitable_line(self):
        slip = self._create_slip(url="https://bank.example.com/slip/1")
        self.assertEqual(slip.amount_text, "1500.00")
        body = self._write_mail()
        self.assertIn(read_slip(slip.line).shown, html2plaintext(body))
        self.assertIn("https://bank.example.com/slip/1", body)

    def test_one_for_another_amount_is_outdated(self):
        slip = self._create_slip()
        newer = self._create_slip(write_slip(100000, number=2))
        self._pay(self.invoice, 500, MONDAY)
        plain = html2plaintext(self._write_mail())
        self.assertIn(read_slip(newer.line).shown, plain)
        self.assertNotIn(read_slip(slip.line).shown, plain)

    def test_what_was_taken_back_or_ran_out_is_not_shown(self):
        self._create_slip(write_slip(150000, 2)).active = False
        self._create_slip(write_slip(150000, 3), valid_until=MONDAY)
        self.assertNotIn("digitable", html2plaintext(self._write_mail()))

    def test_a_slip_of_a_utility_says_its_amount_too(self):
        line = "84670000001-7 43590024020-9 02405000243-5 84221010811-9"
        self.assertEqual(self._create_slip(line).amount_text, "143.59")

    def test_a_wrong_digit_is_refused_and_named(self):
        for line, words in (
            (LINE.replace("06809.350314", "06809.350315"), "field 3"),
            (LINE.replace(" 3 ", " 4 "), "whole digitable line"),
            ("1234", "47 digits"),
        ):
            with self.subTest(line), self.assertRaisesRegex(ValidationError, words):
                self._create_slip(line)

    def test_links_and_documents_that_are_none(self):
        for vals in (
            {"url": "javascript:alert(1)"},
            {"url": "http://bank.example.com"},
            {"url": "https://"},
            {"document": b64encode(b"<html>"), "document_name": "slip.pdf"},
        ):
            with self.subTest(vals), self.assertRaises(ValidationError):
                self._create_slip(**vals)

    def test_the_document_may_be_replaced(self):
        slip = self._create_slip(document=b64encode(PDF))
        slip.document = b64encode(PDF + b"\n")
        self.assertEqual(slip.document, b64encode(PDF + b"\n"))

    def test_a_slip_belongs_to_one_instalment(self):
        self._create_slip()
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self._create_slip(write_slip(150000))

    def test_who_does_not_collect_does_not_see_them(self):
        slip = self._create_slip()
        clerk = self._new_user("clerk", "group_collection_user")
        clerk.sudo().group_ids = self.env.ref("account.group_account_invoice")
        with self.assertRaises(AccessError):
            slip.with_user(clerk).read(["line"])

    def test_the_invoice_leads_to_them(self):
        action = self.invoice.with_user(
            self.collector
        ).action_view_collection_bank_slips()
        self.assertEqual(action["context"]["default_item_id"], self.item.id)
