"""What makes paying a matter of a minute. One file a kind: a new one is one new file
``paycode_<code>.py`` with a model that inherits `collection.paycode`."""

import logging
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)
_logger = logging.getLogger(__name__)

#: What stands beside a code, and what people read before it.
FACTS = {
    "payee": _lt("Payee"),
    "tax_id": _lt("Tax number"),
    "bank": _lt("Bank"),
    "iban": _lt("IBAN"),
    "bic": _lt("BIC"),
    "clabe": _lt("CLABE"),
    "account": _lt("Account"),
    "reference": _lt("Reference"),
}


@dataclass(frozen=True, slots=True)
class ToPay:
    """One instalment of a message, and how much of it is asked for now.

    contact    the message, as superuser; ``line`` of it
    name       of the invoice, the place of the instalment included: INV/7 (1/3)
    amount     above 0, in ``currency`` (res.currency)
    account    res.partner.bank to pay to, as superuser, or an empty one
    today      where the debtor lives"""

    contact: models.BaseModel
    line: models.BaseModel
    name: str
    amount: Decimal
    currency: models.BaseModel
    account: models.BaseModel
    today: date

    @property
    def item(self):
        return self.line.item_id


@dataclass(frozen=True, slots=True)
class PayCode:
    """How to pay one instalment, in no language yet.

    text   to be copied as one; ``qr`` what the picture says, ``url`` where to click
    facts  ((key of `FACTS`, value) …) that stand beside it"""

    kind: str
    text: str = ""
    qr: str = ""
    url: str = ""
    facts: tuple[tuple[str, str], ...] = ()


class CollectionPaycode(models.AbstractModel):
    """What messages and *Ready?* must know of a kind of pay code."""

    _name = "collection.paycode"
    _inherit = ["collection.registry"]
    _description = "Way to pay"
    _registry = "collection.paycode"

    #: Only where there is no other code for the instalment.
    _is_spare = False
    #: It asks for no amount, so it may stand where credits are taken off a sum, and beside
    #: others without being one.
    _leads_on = False
    #: What the link of the code says (`_lt`).
    _url_label = ""

    @api.model
    def _get_codes_for(self, to_pay, leads_only=False):
        """The `PayCode`s of an instalment. One that cannot be made is left out: the
        message leaves without it.

        :param leads_only: credits are taken off, so nobody knows the amount of one line"""
        found = []
        for kind in self._get_models():
            if leads_only and not kind._leads_on:
                continue
            others = [code for code in found if not self._get(code.kind)._leads_on]
            if kind._is_spare and others:
                continue
            try:
                code = kind._build(to_pay)
            except (UserError, ValueError, KeyError) as error:
                _logger.warning(
                    "Collections: no %s for %s: %s", kind._code, to_pay.name, error
                )
                continue
            if code:
                found.append(code)
        return tuple(found)

    @api.model
    def _get_all_faults(self, company):
        """What keeps customers from paying in a minute, as texts for people."""
        return [
            fault for kind in self._get_models() for fault in kind._get_faults(company)
        ]

    # -- what a kind says of itself ------------------------------------------------------

    @api.model
    def _build(self, to_pay):
        """The `PayCode` of an instalment (`ToPay`), None if this is no way to pay it.
        It is asked for every message: nothing is drawn here, and nothing read that is not
        read for the whole batch."""
        raise NotImplementedError(self._name)

    @api.model
    def _get_faults(self, company):
        """What the root company ``company`` lacks for it, as texts for people."""
        return []

    # -- for those that pay to an account ------------------------------------------------

    @api.model
    def _get_payee(self, account):
        """Facts about who is paid, so that nobody takes it for a fraud."""
        facts = (
            ("payee", account.acc_holder_name or account.partner_id.name),
            ("tax_id", account.partner_id.vat),
        )
        return tuple((key, value) for key, value in facts if value)

    @api.model
    def _has_method(self, method):
        """Is the module that makes these codes installed? Core raises KeyError else."""
        Bank = self.env["res.partner.bank"]
        return method in dict(Bank.get_available_qr_methods_in_sequence())

    @api.model
    def _build_payload(self, method, to_pay, free="", structured="", loud=False):
        """What core makes of it by ``method``: a text, or a list of its lines.

        :param loud: :raise UserError: what is missing; else it is None"""
        if not self._has_method(method):
            return None
        vals = to_pay.account._build_qr_code_vals(
            float(to_pay.amount),
            free,
            structured,
            to_pay.currency,
            to_pay.contact.partner_id,
            qr_method=method,
            silent_errors=not loud,
        )
        return to_pay.account._get_qr_vals(**vals) if vals else None
