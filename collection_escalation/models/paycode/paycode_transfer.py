from odoo import api, models
from odoo.tools.translate import LazyTranslate

from .collection_paycode import PayCode

_lt = LazyTranslate(__name__)


class CollectionPaycodeTransfer(models.AbstractModel):
    """The account as a text, where no better code stands: in Mexico the CLABE."""

    _name = "collection.paycode.transfer"
    _inherit = "collection.paycode"
    _description = "Way to pay: transfer"

    _code = "transfer"
    _label = _lt("Bank transfer to this account")
    _sequence = 40
    _is_spare = True

    @api.model
    def _build(self, to_pay):
        account = to_pay.account
        if not account or account._is_collection_number_wrong():
            return None
        if to_pay.currency != self._get_currency(account, to_pay.contact):
            return None
        clabe = account._get_collection_clabe()
        facts = (
            *self._get_payee(account),
            ("bank", account.bank_name or ""),
            ("bic", account.bank_bic or ""),
            ("reference", to_pay.name),
        )
        return PayCode(
            self._code,
            text=clabe or account.acc_number,
            facts=tuple(fact for fact in facts if fact[1]),
        )

    @api.model
    def _get_currency(self, account, contact):
        return account.currency_id or contact.company_id.currency_id

    @api.model
    def _get_faults(self, company):
        _ = self.env._
        accounts_sudo = company.sudo().partner_id.bank_ids
        faults = [
            _(
                "Account %s: its check digits are wrong. Customers do not get it.",
                account_sudo.acc_number,
            )
            for account_sudo in accounts_sudo
            if account_sudo._is_collection_number_wrong()
        ]
        if not company._get_collection_account_sudo():
            faults.append(
                _(
                    "%s has no bank account in its own country: messages cannot say "
                    "where to pay.",
                    company.name,
                )
            )
        return faults
