from decimal import Decimal

from stdnum.br import cnpj, cpf

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.translate import LazyTranslate

from ...rules.pay_code import is_pix_key, pix_reference, says_pix
from .collection_paycode import PayCode, ToPay

_lt = LazyTranslate(__name__)

METHOD = "emv_qr"
#: Stands for a reference while it is asked whether codes can be made.
SAMPLE = "SAMPLE"


class CollectionPaycodePix(models.AbstractModel):
    """Brazil's instant payment: one text to copy, or a picture of it. The key stands on the
    bank account (modules l10n_br and account_qr_code_emv)."""

    _name = "collection.paycode.pix"
    _inherit = "collection.paycode"
    _description = "Way to pay: Pix"

    _code = "pix"
    _label = _lt("Pix: copy and paste")
    _sequence = 10

    @api.model
    def _build(self, to_pay):
        account = to_pay.account
        if not account or not self._is_possible(account):
            return None
        reference = pix_reference(to_pay.name, to_pay.item.id)
        text = self._build_payload(METHOD, to_pay, structured=reference)
        if not text or not says_pix(text, to_pay.amount, reference):
            return None
        facts = (*self._get_payee(account), ("reference", reference))
        return PayCode(self._code, text=text, qr=text, facts=facts)

    @api.model
    def _is_possible(self, account):
        return (
            account.country_code == "BR"
            and "proxy_type" in account._fields
            and self._is_key(account)
        )

    @api.model
    def _is_key(self, account):
        kind, key = account.proxy_type or "", account.proxy_value or ""
        if not is_pix_key(kind, key):
            return False
        tax_id = kind == "br_cpf_cnpj"
        return not tax_id or cpf.is_valid(key) or cnpj.is_valid(key)

    @api.model
    def _get_faults(self, company):
        _ = self.env._
        account_sudo = company._get_collection_account_sudo()
        if company.partner_id.country_id.code != "BR" or not account_sudo:
            return []
        if not self._has_method(METHOD) or "proxy_type" not in account_sudo._fields:
            return [
                _(
                    "Pix: install the modules “Brazil - Accounting” (l10n_br) and "
                    "“EMV QR code” (account_qr_code_emv)."
                )
            ]
        name = account_sudo.acc_number
        if account_sudo.proxy_type in (False, "none"):
            return [_("Pix: account %s has no Pix key yet.", name)]
        if not self._is_key(account_sudo):
            return [
                _(
                    "Pix: “%(key)s” on account %(name)s is no Pix key of that kind.",
                    key=account_sudo.proxy_value or "",
                    name=name,
                )
            ]
        return self._get_core_faults(company, account_sudo)

    @api.model
    def _get_core_faults(self, company, account_sudo):
        """What core still asks for, in its own words: the city, for instance."""
        Contact = self.env["collection.contact"]
        sample = ToPay(
            contact=Contact,
            line=Contact.line_ids,
            name=SAMPLE,
            amount=Decimal(1),
            currency=self.env.ref("base.BRL"),
            account=account_sudo,
            today=fields.Date.today(),
        )
        try:
            self._build_payload(METHOD, sample, structured=SAMPLE, loud=True)
        except UserError as error:
            return [self.env._("Pix: %s", error)]
        return []
