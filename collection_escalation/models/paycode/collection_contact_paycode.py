"""The pay codes of a message: one for each instalment, none for a sum, none for what is not
open exactly so any more."""

from base64 import b64decode, b64encode
from urllib.parse import urlencode

from odoo import api, fields, models
from odoo.tools import format_amount
from odoo.tools.image import image_data_uri

from ..contact.collection_contact_line import to_decimal
from .collection_paycode import FACTS, ToPay

#: Instalments with codes in a message; on the page behind the link all have them.
SHOWN_AT_MOST = 3
#: In the context while contacts are written: {id: what `_build_pay_codes` said}.
KEPT = "collection_kept_pay_codes"
#: Core's public address for pictures of codes.
BARCODES = "/report/barcode/"
#: How they are drawn: pixels, and how much of it may be damaged.
DRAWN = {"barcode_type": "QR", "width": 220, "height": 220, "quiet": 1, "barLevel": "M"}


class CollectionContact(models.Model):
    _inherit = "collection.contact"

    def _keep_statement(self):
        """With the codes for what is kept: they are made once, for all together."""
        kept = super()._keep_statement()
        if not self._has_ways_to_pay():
            return kept.with_context(**{KEPT: dict.fromkeys(kept.ids, ())})
        Channel = self.env["collection.channel"]
        accounts = {}
        codes = {}
        for contact in kept:
            # a short message has no room for them
            has_room = Channel._get(contact.channel)._template_field == "template_id"
            codes[contact.id] = contact._build_pay_codes(accounts) if has_room else []
        return kept.with_context(**{KEPT: codes})

    def _has_ways_to_pay(self):
        """Is there an account or a bank slip for any of these contacts? Else nothing is
        looked for, invoice by invoice."""
        this_sudo = self.sudo()
        if any(c._get_collection_account_sudo() for c in this_sudo.company_id):
            return True
        items_sudo = this_sudo.line_ids.item_id
        return bool(items_sudo.move_id.partner_bank_id or items_sudo.bank_slip_ids)

    def _build_pay_codes(self, accounts=None):
        """The codes of the oldest of what the message asks for, at most three.

        :param accounts: see `_get_account_sudo`; of the whole batch
        :return: [(statement line, {`PayCode`s})], the oldest due date first; never for
            what is open otherwise by now"""
        self.ensure_one()
        accounts = {} if accounts is None else accounts
        this_sudo = self.sudo()
        statement = this_sudo._get_statement()
        lines_sudo = {str(line.id): line for line in this_sudo._get_lines()}
        credits = {x.currency for x in statement.lines if x.part == "credit"}
        found = []
        for stated in sorted(statement.lines, key=lambda x: x.turn[1]):
            if stated.part not in ("step", "also") or len(found) == SHOWN_AT_MOST:
                continue
            line_sudo = lines_sudo[stated.key]
            if not self._is_open_as(stated, line_sudo):
                continue
            codes = this_sudo._build_codes_of(
                line_sudo,
                stated.name,
                stated.asked,
                accounts,
                stated.currency in credits,
            )
            if codes:
                found.append((stated, codes))
        return found

    def _is_open_as(self, stated, line_sudo):
        """Is of the line to be paid what is stated? Else a code would be outdated."""
        now_open = to_decimal(line_sudo._get_now_open(), line_sudo.currency_id)
        return stated.asked > 0 and stated.open == now_open

    def _build_codes_of(self, line_sudo, name, amount, accounts, leads_only=False):
        """`PayCode`s of one instalment; () where only the link would stand, which the
        message has anyhow."""
        to_pay = ToPay(
            self,
            line_sudo,
            name,
            amount,
            line_sudo.currency_id,
            self._get_account_sudo(line_sudo.item_id.move_id, accounts),
            self._get_today_if_known() or fields.Date.today(),
        )
        Paycode = self.env["collection.paycode"]
        codes = Paycode._get_codes_for(to_pay, leads_only)
        return codes if any(not Paycode._get(c.kind)._leads_on for c in codes) else ()

    def _get_account_sudo(self, move_sudo, accounts):
        """Account to pay to, as core's codes want it: told to give the reference.

        :param accounts: {account: the same so told}, filled here"""
        account_sudo = move_sudo._get_collection_account_sudo()
        if account_sudo and account_sudo not in accounts:
            told = account_sudo
            if "include_reference" in account_sudo._fields:  # account_qr_code_emv
                told = account_sudo.new(
                    {"include_reference": True}, origin=account_sudo
                )
            accounts[account_sudo] = told
        return accounts.get(account_sudo, account_sudo)

    # -- what templates show -------------------------------------------------------------

    @api.private
    def get_pay_codes(self):
        """For a message: the oldest instalments with their codes, at most three,
        [{"name", "amount_text", "codes": see `_show_code`}]."""
        self.ensure_one()
        return [
            self._show_codes(stated.name, float(stated.asked), stated.currency, codes)
            for stated, codes in self._get_pay_codes()
        ]

    def _get_pay_codes(self):
        """What was kept by `_keep_statement`, else as of now."""
        kept = self.env.context.get(KEPT, {})
        return kept[self.id] if self.id in kept else self._build_pay_codes()

    def _get_page_pay_codes(self):
        """The same for the page behind the link, for all that is still open there, as it
        is open now; none for what a payment on its way covers, and where the customer has
        a credit only the link."""
        self.ensure_one()
        accounts, shown = {}, []
        this_sudo = self.sudo()
        covered, credits = this_sudo._find_what_lowers()
        for line_sudo in this_sudo._get_lines().sorted(
            lambda x: (str(x.date_due), x.id)
        ):
            if line_sudo.part not in ("step", "also") or not line_sudo._is_theirs():
                continue
            still_open = to_decimal(line_sudo._get_now_open(), line_sudo.currency_id)
            if still_open <= 0 or line_sudo.item_id in covered:
                continue
            name = line_sudo.get_invoice_name()
            codes = this_sudo._build_codes_of(
                line_sudo,
                name,
                still_open,
                accounts,
                line_sudo.currency_id in credits,
            )
            if codes:
                currency = line_sudo.currency_id.name
                shown.append(
                    this_sudo._show_codes(name, float(still_open), currency, codes)
                )
        return shown

    def _get_slip_document(self, slip_id):
        """The PDF (bytes) of a bank slip that the page shows; None for any other."""
        self.ensure_one()
        items_sudo = self.sudo()._get_lines().filtered(lambda x: x._is_theirs()).item_id
        slip_sudo = items_sudo.bank_slip_ids.filtered(lambda s: s.id == slip_id)
        url = f"{self.get_url()}/slip/{slip_id}"
        shown = {
            code["url"] for each in self._get_page_pay_codes() for code in each["codes"]
        }
        return b64decode(slip_sudo.document) if slip_sudo and url in shown else None

    def _find_what_lowers(self):
        """(items that payments on their way cover, currencies in which something is taken
        off the sum), as the evaluation knows them; all items where it cannot tell."""
        debtor = self.debtor_id
        evaluation = self.env["collection.evaluation"]
        Payment = self.env["collection.fact.payment"]
        items, currencies = self.line_ids.item_id, self.line_ids.currency_id
        facts = evaluation._get_facts(debtor)
        if debtor.id in facts.errors:
            return items, currencies
        covered = items.browse(
            row.id
            for row in facts.items.get(debtor.id, ())
            if facts.of["payment"] and Payment._withhold(facts, debtor, row, True)
        )
        return covered, currencies.filtered(
            lambda c: evaluation._get_taken_off(facts, debtor, c.id)
        )

    def _show_codes(self, name, amount, currency_name, codes):
        currency = self.line_ids.currency_id.filtered(lambda c: c.name == currency_name)
        return {
            "name": name,
            "amount_text": format_amount(
                self.env, amount, currency[:1], lang_code=self.lang
            ),
            "codes": [self._show_code(code) for code in codes],
        }

    def _show_code(self, code):
        """{"kind", "label", "text", "qr", "qr_url", "url", "url_label", "facts": [{"label",
        "value"}]} in the reader's language."""
        kind = self.env["collection.paycode"]._get(code.kind)
        lang = self.env.lang or "en_US"
        tax_id = self.get_creditor().country_id.vat_label
        return {
            "kind": code.kind,
            "label": kind._get_label(),
            "text": code.text,
            "qr": code.qr,
            "qr_url": code.qr and f"{BARCODES}?{urlencode(DRAWN | {'value': code.qr})}",
            "url": code.url,
            "url_label": kind._url_label and kind._url_label._translate(lang),
            "facts": [
                {
                    "label": (tax_id if key == "tax_id" else "")
                    or FACTS[key]._translate(lang),
                    "value": value,
                }
                for key, value in code.facts
            ],
        }

    @api.private
    def draw_pay_code(self, text):
        """The picture of a code, for paper: as core draws it, in the page itself."""
        drawn = self.env["ir.actions.report"].barcode(value=text, **DRAWN)
        return image_data_uri(b64encode(drawn))

    def _get_pay_code_texts(self):
        """What codes say is no wording."""
        return {
            text
            for _stated, codes in self._get_pay_codes()
            for code in codes
            for text in (code.text, *(value for _key, value in code.facts))
        }
