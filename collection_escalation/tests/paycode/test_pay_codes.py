"""Mail and letter tell how to pay: one code an instalment, for what is open now."""

import re
from datetime import timedelta
from unittest.mock import patch

from lxml import html

from odoo import Command
from odoo.tests import tagged
from odoo.tools import html2plaintext

from ...models.paycode.collection_paycode import CollectionPaycode
from ..channel.test_channels import LetterCommon
from ..common import MONDAY, CollectionCommon
from .paying import IBAN, PayingMixin, scan

FRIENDLY_DAY = MONDAY + timedelta(days=7)
PIX = re.compile(r"000201\w[\w .*@-]+6304[0-9A-F]{4}")


class PayCodeCommon(PayingMixin, CollectionCommon):
    def _create_brl(self, due=MONDAY, amount=1500.0, **vals):
        return self._create_overdue_invoice(
            due, amount, currency_id=self.brl.id, **vals
        )

    def _write_mail(self, day=FRIENDLY_DAY):
        """Text of the one e-mail that leaves, read in the mail itself."""
        (mail,) = self._live(day)
        self.assertNotIn("data:", mail["body"], "mail programs drop such pictures")
        return mail["body"]

    def _get_pix(self, text):
        return PIX.findall(html2plaintext(text))


@tagged("post_install", "-at_install")
class TestPayCodesOfMail(PayCodeCommon):
    def test_pix_asks_for_what_is_open_now(self):
        self._create_pix_account()
        invoice = self._create_brl()
        self._pay(invoice, 500, MONDAY)
        body = self._write_mail()
        (text,) = self._get_pix(body)
        reference = self.assertPix(text, "1000.00", self._items(invoice))
        plain = html2plaintext(body)
        for beside in (self.company.name, reference, "1,000.00"):
            self.assertIn(beside, plain)

    def test_the_payee_and_their_tax_id_stand_beside_it(self):
        self.company.partner_id.vat = "11222333000181"
        self._create_pix_account(acc_holder_name="Azul e Branco Ltda")
        self._create_brl()
        plain = html2plaintext(self._write_mail())
        self.assertRegex(
            plain, r"Payee: Azul e Branco Ltda\s+[\w /]+: 11222333000181\s+Reference: "
        )

    def test_every_instalment_has_its_own_and_a_message_three(self):
        self._create_pix_account()
        dues = [MONDAY - timedelta(days=n) for n in (8, 6, 4, 2)]
        invoices = [self._create_brl(due, 100.0 + at) for at, due in enumerate(dues)]
        texts = self._get_pix(self._write_mail())
        references = {
            self.assertPix(text, f"{100 + at}.00", self._items(invoice))
            for at, (text, invoice) in enumerate(zip(texts, invoices[:3], strict=True))
        }
        self.assertEqual(len(references), 3)

    def test_instalments_of_one_invoice_have_different_references(self):
        self._create_pix_account()
        self._create_instalment_invoice(
            [MONDAY - timedelta(days=4), MONDAY], 1000, currency_id=self.brl.id
        )
        self._live(FRIENDLY_DAY)
        first, second = (
            dict(codes[0].facts)["reference"]
            for _stated, codes in self._contacts(state="made")._build_pay_codes()
        )
        self.assertNotEqual(first, second)

    def test_where_credits_are_taken_off_only_the_link_stands(self):
        self._create_pix_account()
        self._create_brl()
        self._create_credit()
        body = self._write_mail()
        self.assertIn("/statement/", body)
        self.assertEqual(self._get_pix(body), [])

    def _create_credit(self):
        """100 BRL in the customer's favour, allocated to nothing."""
        refund = self.env["account.move"].create(
            {
                "move_type": "out_refund",
                "partner_id": self.debtor_partner.id,
                "invoice_date": MONDAY,
                "currency_id": self.brl.id,
                "invoice_line_ids": [
                    Command.create({"name": "Back", "price_unit": 100, "tax_ids": []})
                ],
            }
        )
        refund.action_post()
        self._settle_transaction()

    def test_what_is_paid_meanwhile_has_none(self):
        self._create_pix_account()
        invoice, other = self._create_brl(), self._create_brl(amount=70.0)
        self._live(FRIENDLY_DAY)
        contact = self._contacts(state="made")
        self.assertEqual(len(contact._build_pay_codes()), 2)
        self._pay(invoice, day=FRIENDLY_DAY)
        ((stated, _codes),) = contact._build_pay_codes()
        self.assertEqual(stated.name, other.name)
        self._pay(other, 30, FRIENDLY_DAY)
        self.assertEqual(contact._build_pay_codes(), [], "what it says is outdated")

    def test_the_account_is_the_one_on_the_invoice(self):
        self._create_pix_account()
        other = self._create_pix_account(
            acc_number="777-7", proxy_type="email", proxy_value="pix@example.com"
        )
        invoice = self._create_brl(partner_bank_id=other.id)
        self.assertEqual(invoice.partner_bank_id, other)
        self.assertIn("0115pix@example.com", self._get_pix(self._write_mail())[0])

    def test_an_archived_account_is_not_given(self):
        account, closed = self._create_pix_account(), self._create_account("777-7")
        self._create_brl(partner_bank_id=closed.id)
        closed.active = False
        self.assertTrue(self._get_pix(self._write_mail()))
        self.assertTrue(account.active)

    def test_the_iban_stands_as_text(self):
        self._move_to("base.de")
        self._create_iban_account()
        invoice = self._create_overdue_invoice(MONDAY, 1500, currency_id=self.euro.id)
        self._pay(invoice, 500, MONDAY)
        plain = html2plaintext(self._write_mail())
        for beside in (IBAN, "COBADEFF", invoice.name, "1,000.00", self.company.name):
            self.assertIn(beside, plain)

    def test_mexico_gets_its_clabe(self):
        self._move_to("base.mx")
        account = self._create_account("032180000118359719")
        currency = self.company.currency_id
        self._create_overdue_invoice(MONDAY, currency_id=currency.id)
        self.assertIn("032180000118359719", self._write_mail())
        account.acc_number = "032180000118359718"
        self.assertEqual(self._contacts(state="made")._build_pay_codes(), [])

    def test_a_batch_reads_accounts_and_slips_once(self):
        self._create_pix_account()
        partners = [self._create_debtor_partner(f"Loja {n}") for n in range(12)]
        for partner in partners:
            self._create_brl(partner=partner)
        self._evaluate_on(FRIENDLY_DAY)
        contacts = self.env["collection.contact"].search(
            [("partner_id", "in", [p.id for p in partners])]
        )
        self.assertEqual(len(contacts), 12)
        self._count_queries(contacts[:1])  # what is remembered for ever
        few, many = (self._count_queries(contacts[:n]) for n in (2, 12))
        self.assertEqual(few, many)

    def _evaluate_on(self, day):
        with self._at(day):
            self._evaluate()

    def _count_queries(self, contacts):
        self.env.flush_all()
        self.env.invalidate_all()
        contacts = self.env["collection.contact"].sudo().browse(contacts.ids)
        before = self.env.cr.sql_log_count
        accounts = {}
        for contact in contacts:
            self.assertEqual(len(contact._build_pay_codes(accounts)), 1)
        return self.env.cr.sql_log_count - before


@tagged("post_install", "-at_install")
class TestPayCodesThatCannotBe(PayCodeCommon):
    """The message leaves without them, and *Ready?* says what to mend."""

    def _get_fault(self):
        checks = self.company._get_collection_checks()
        (check,) = [check for check in checks if check["code"] == "pay_codes"]
        self.assertFalse(check["required"])
        return "" if check["done"] else check["hint"]

    def test_a_key_that_is_none(self):
        account = self._create_pix_account()
        self.assertNotIn("Pix", self._get_fault())
        # past the check of l10n_br, which lets letters through
        account.write({"proxy_type": "mobile", "proxy_value": "+55abcdefghijk"})
        self.assertIn("no Pix key of that kind", self._get_fault())
        self._create_brl()
        self.assertEqual(self._get_pix(self._write_mail()), [])

    def test_a_city_that_is_missing(self):
        self._create_pix_account(currency_id=self.brl.id)
        self.company.partner_id.city = False
        self.assertIn("City", self._get_fault())
        self._create_brl()
        contact = self._plan()
        self.assertEqual(contact._build_pay_codes()[0][1][0].kind, "transfer")

    def _plan(self):
        with self._at(FRIENDLY_DAY):
            self._evaluate()
        return self._contacts(state="planned")

    def test_an_iban_with_a_wrong_check_digit(self):
        self._move_to("base.de")
        account = self._create_account("DE88 3704 0044 0532 0130 00")
        self.assertIn("check digits are wrong", self._get_fault())
        self._create_overdue_invoice(MONDAY)
        self.assertNotIn(account.acc_number, self._write_mail())

    def test_a_creditor_without_account(self):
        self.assertIn("no bank account", self._get_fault())
        self._create_brl()
        self.assertIn("/statement/", self._write_mail())

    def test_modules_that_are_missing(self):
        self._create_pix_account()
        self._create_brl()
        Bank = type(self.env["res.partner.bank"])
        with patch.object(Bank, "_get_available_qr_methods", lambda self: []):
            self.assertIn("account_qr_code_emv", self._get_fault())
            self.assertEqual(self._get_pix(self._write_mail()), [])
        contact = self._contacts(state="made")
        self.assertEqual(contact.message_id.subject and contact.state, "made")

    def test_a_kind_that_fails_takes_nobody_along(self):
        self._create_pix_account()
        self._create_brl()
        with (
            patch.object(
                CollectionPaycode, "_build_payload", side_effect=ValueError("no")
            ),
            self.assertLogs("odoo.addons.collection_escalation", "WARNING") as logs,
        ):
            body = self._write_mail()
        self.assertEqual(self._get_pix(body), [])
        self.assertIn("no pix for INV/", logs.output[0])

    def test_a_currency_that_pix_does_not_know(self):
        self._create_pix_account()
        self._create_overdue_invoice(MONDAY, currency_id=self.euro.id)
        self.assertEqual(self._get_pix(self._write_mail()), [])


@tagged("post_install", "-at_install")
class TestPayCodesOfLetter(PayingMixin, LetterCommon):
    def _print(self):
        """(text, pictures of codes) of the letter."""
        self._live(FRIENDLY_DAY)
        contact = self._contacts(state="planned")
        with self._at(FRIENDLY_DAY):
            letter = contact._print_letter()
        tree = html.fromstring(letter.raw.decode())
        found = tree.xpath("//div[contains(@class, 'o_letter')]//img/@src")
        return html2plaintext(letter.raw.decode()), [scan(picture) for picture in found]

    def test_pix_stands_as_text_and_as_picture(self):
        self._create_pix_account()
        invoice = self._create_overdue_invoice(MONDAY, 1500, currency_id=self.brl.id)
        self._pay(invoice, 500, MONDAY)
        plain, scanned = self._print()
        (text,) = [said for said in scanned if said.startswith("0002")]
        reference = self.assertPix(text, "1000.00", self._items(invoice))
        for beside in (text, reference, "1,000.00", "11222333000181"):
            self.assertIn(beside, plain)

    def test_sepa_is_a_picture_beside_the_iban(self):
        self._move_to("base.de")
        self._create_iban_account()
        invoice = self._create_overdue_invoice(MONDAY, 1500, currency_id=self.euro.id)
        self._pay(invoice, 500, MONDAY)
        plain, scanned = self._print()
        (text,) = [said for said in scanned if said.startswith("BCD")]
        self.assertSepa(text, 1000.0, invoice.name)
        self.assertIn(IBAN, plain)
