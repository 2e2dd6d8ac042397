"""The page behind the link: all codes, for what is open now, after the proof."""

import re
from base64 import b64encode
from datetime import timedelta
from html import unescape

from odoo import Command
from odoo.tests import tagged

from ..incoming.test_answer_page import AnswerCommon
from .paying import IBAN, PayingMixin, scan
from .test_bank_slip import PDF, write_slip

PIX = re.compile(r"000201\w[\w .*@-]+6304[0-9A-F]{4}")


class PayCodePageCommon(PayingMixin, AnswerCommon):
    """As `AnswerCommon`, with the page open: the invoice of 1,500, of which 500 are paid,
    and three others."""

    paid_in = "brl"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_the_account()

    def setUp(self):
        super().setUp()
        self._prove()

    def _create_overdue_invoice(self, due, amount=1000.0, partner=None, **vals):
        currency = {"currency_id": getattr(self, self.paid_in).id}
        return super()._create_overdue_invoice(due, amount, partner, **currency | vals)

    def _send(self, partner=None):
        for days in (16, 17):
            self.invoices |= self._create_overdue_invoice(
                self.today - timedelta(days=days), 100.0 + days
            )
        self.partly = self._create_overdue_invoice(
            self.today - timedelta(days=18), 1500
        )
        self._pay(self.partly, 500, self.today)
        return super()._send(partner)

    def _read_page(self):
        self.env.flush_all()
        page = unescape(self._get().text)
        self.env.invalidate_all()
        return page

    def _scan_first(self, page):
        """The first picture, as a telephone loads it."""
        src = re.search(r'src="(/report/barcode/[^"]+)"', page)[1]
        answer = self.url_open(src)
        self.assertEqual(answer.headers["Content-Type"], "image/png")
        return scan(answer.content)


@tagged("post_install", "-at_install")
class TestPayCodesOfPage(PayCodePageCommon):
    @classmethod
    def _create_the_account(cls):
        cls._create_pix_account()

    def test_every_instalment_has_its_code(self):
        page = self._read_page()
        codes = PIX.findall(page.partition("Pay in a minute")[2].replace("+", " "))
        texts = list(dict.fromkeys(codes))
        self.assertEqual(len(texts), 5)
        self.assertPix(texts[0], "1000.00", self._items(self.partly))
        self.assertEqual(self._scan_first(page), texts[0])

    def test_nothing_is_shown_before_the_proof(self):
        self.opener.cookies.clear()
        page = self._read_page()
        self.assertNotIn("br.gov.bcb.pix", page)
        self.assertIn("Last 4 digits", page)

    def test_what_is_settled_or_on_its_way_has_none(self):
        self._pay(self.partly, day=self.today)
        self._start_payment(self.invoices[0], 1000, self.today)
        texts = set(PIX.findall(self._read_page()))
        self.assertEqual(len(texts), 3)

    def test_a_part_payment_makes_another_code(self):
        self._pay(self.partly, 300, self.today)
        self.assertPix(
            PIX.search(self._read_page())[0], "700.00", self._items(self.partly)
        )

    def test_a_credit_leaves_only_the_links(self):
        self.env["account.move"].create(
            {
                "move_type": "out_refund",
                "partner_id": self.debtor_partner.id,
                "invoice_date": self.today,
                "currency_id": self.brl.id,
                "invoice_line_ids": [
                    Command.create({"name": "Back", "price_unit": 100, "tax_ids": []})
                ],
            }
        ).action_post()
        page = self._read_page()
        self.assertNotIn("br.gov.bcb.pix", page)
        self.assertIn(self.partly.name, page)

    def test_whoever_is_not_the_customer_any_more_gets_none(self):
        other = self._create_debtor_partner("Someone else")
        item = self._items(self.partly)
        item.move_line_id.sudo().partner_id = other
        self.env.flush_all()
        self.assertNotIn(f"N{item.id}", self._read_page())

    def test_a_bank_slip_opens_while_it_is_shown(self):
        slip = (
            self.env["collection.bank.slip"]
            .sudo()
            .create(
                {
                    "item_id": self._items(self.partly).id,
                    "line": write_slip(100000),
                    "document": b64encode(PDF),
                }
            )
        )
        self.assertIn(f"/slip/{slip.id}", self._read_page())
        answer = self._get(f"/slip/{slip.id}")
        self.assertEqual((answer.status_code, answer.content), (200, PDF))
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        self.assertEqual(self._get(f"/slip/{slip.id + 1}").status_code, 404)
        self._pay(self.partly, day=self.today)
        self.env.flush_all()
        self.assertEqual(self._get(f"/slip/{slip.id}").status_code, 404)
        self.opener.cookies.clear()
        self.assertNotIn(PDF, self._get(f"/slip/{slip.id}").content)


@tagged("post_install", "-at_install")
class TestSepaOfPage(PayCodePageCommon):
    paid_in = "euro"

    @classmethod
    def _create_the_account(cls):
        cls._move_to("base.de")
        cls._create_iban_account()

    def test_the_picture_fills_in_the_transfer(self):
        page = self._read_page()
        self.assertIn(IBAN, page)
        self.assertSepa(self._scan_first(page), 1000.0, self.partly.name)
