"""Bank slips (boletos) that a bank registered: kept per instalment, typed, imported or
written by another module; never invented here."""

from base64 import b64decode
from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...rules.bank_slip import SlipFault, read_slip
from ..collection_evidence import Paper

#: Bytes of the document.
LARGEST = 5 * 1024 * 1024


class CollectionBankSlip(models.Model):
    _name = "collection.bank.slip"
    _description = "Bank slip of an instalment"
    _order = "id desc"
    _rec_name = "line"

    item_id = fields.Many2one(
        "collection.item",
        string="Instalment",
        required=True,
        ondelete="cascade",
        index=True,
    )
    move_id = fields.Many2one(related="item_id.move_id", store=True, index=True)
    company_id = fields.Many2one(related="item_id.company_id", store=True)
    active = fields.Boolean(
        default=True,
        help="Archive a slip that was taken back: nobody gets it any more.",
    )
    line = fields.Char(
        string="Digitable line",
        required=True,
        help="47 digits of a bank, 48 of a utility or public body.",
    )
    digits = fields.Char(compute="_compute_digits", store=True)
    amount_text = fields.Char(
        compute="_compute_amount_text",
        string="Amount it says",
        help="Customers see the slip only while exactly this is open.",
    )
    valid_until = fields.Date(
        string="Payable until", help="After this day nobody gets it any more."
    )
    url = fields.Char(string="Link", help="Where the bank shows the slip.")
    document = Paper(string="PDF")
    document_name = fields.Char()

    _digits_uniq = models.UniqueIndex(
        "(company_id, digits) WHERE active AND digits IS NOT NULL",
        "This bank slip belongs to another instalment already.",
    )

    @api.depends("line")
    def _compute_digits(self):
        for slip in self:
            read = slip._read()
            slip.digits = read.digits if read else False

    @api.depends("line")
    def _compute_amount_text(self):
        for slip in self:
            read = slip._read()
            slip.amount_text = f"{read.amount:.2f}" if read and read.amount else ""

    def _read(self):
        """`rules.bank_slip.Slip`; None while the line is none."""
        try:
            return read_slip(self.line or "")
        except SlipFault:
            return None

    @api.constrains("line")
    def _check_line(self):
        for slip in self:
            try:
                read_slip(slip.line)
            except SlipFault as fault:
                raise ValidationError(slip._explain(fault)) from fault

    def _explain(self, fault):
        _ = self.env._
        if fault.code == "field":
            return _(
                "“%(line)s”: field %(number)s of the digitable line has a wrong check "
                "digit. Type it again, or paste it from the slip.",
                line=self.line,
                number=fault.number,
            )
        if fault.code == "whole":
            return _(
                "“%s”: the check digit of the whole digitable line is wrong. Type it "
                "again, or paste it from the slip.",
                self.line,
            )
        return _(
            "“%s” is no digitable line: it has 47 digits on the slip of a bank, and 48, "
            "beginning with 8, on that of a utility.",
            self.line,
        )

    @api.constrains("url")
    def _check_url(self):
        for slip in self.filtered("url"):
            parts = urlsplit(slip.url)
            if parts.scheme != "https" or not parts.hostname:
                raise ValidationError(
                    self.env._(
                        "“%s”: give the whole link to the bank slip, beginning with "
                        "https://.",
                        slip.url,
                    )
                )

    @api.constrains("document")
    def _check_document(self):
        for slip in self.with_context(bin_size=False).filtered("document"):
            content = b64decode(slip.document)
            if len(content) > LARGEST or not content.startswith(b"%PDF-"):
                raise ValidationError(
                    self.env._(
                        "“%s”: the document of a bank slip is a PDF of at most 5 MB.",
                        slip.document_name or slip.line,
                    )
                )

    def _fits(self, amount, today):
        """May the customer get it, of whom this ``amount`` (Decimal, BRL) is asked?"""
        self.ensure_one()
        if not self.active or (self.valid_until and self.valid_until < today):
            return False
        read = self._read()
        return bool(read) and read.amount in (None, amount)


class CollectionItem(models.Model):
    _inherit = "collection.item"

    bank_slip_ids = fields.One2many("collection.bank.slip", "item_id")
