from odoo import api, models
from odoo.tools.translate import LazyTranslate

from odoo.addons.account.tools import is_valid_structured_reference

from .collection_paycode import PayCode

_lt = LazyTranslate(__name__)

METHOD = "sct_qr"


class CollectionPaycodeSepa(models.AbstractModel):
    """A transfer in euros to an IBAN: the picture fills in the form of the reader's bank,
    the text is what they would type (module account_qr_code_sepa)."""

    _name = "collection.paycode.sepa"
    _inherit = "collection.paycode"
    _description = "Way to pay: SEPA transfer"

    _code = "sepa"
    _label = _lt("Bank transfer to this IBAN")
    _sequence = 30

    @api.model
    def _build(self, to_pay):
        account = to_pay.account
        if not account or to_pay.currency.name != "EUR":
            return None
        structured = self._get_structured(to_pay)
        lines = self._build_payload(METHOD, to_pay, to_pay.name, structured)
        if not lines:
            return None
        facts = (
            *self._get_payee(account),
            ("bic", account.bank_bic or ""),
            ("reference", structured or to_pay.name),
        )
        return PayCode(
            self._code,
            text=account.acc_number,
            qr="\n".join(lines),
            facts=tuple(fact for fact in facts if fact[1]),
        )

    @api.model
    def _get_structured(self, to_pay):
        """The invoice's own reference, where it is one that banks check and it stands for
        this instalment alone."""
        move = to_pay.item.move_id
        reference = move.payment_reference or ""
        alone = to_pay.name == move.name
        return reference if alone and is_valid_structured_reference(reference) else ""

    @api.model
    def _get_faults(self, company):
        account_sudo = company._get_collection_account_sudo()
        zone = self.env.ref("base.sepa_zone").country_ids
        if company.partner_id.country_id not in zone or not account_sudo:
            return []
        if not self._has_method(METHOD):
            return [
                self.env._(
                    "Bank transfer: install the module “SEPA QR code” "
                    "(account_qr_code_sepa), so that letters show a code to scan."
                )
            ]
        return []
