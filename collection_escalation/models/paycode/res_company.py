from stdnum.iso7064 import mod_97_10

from odoo import models

from ...rules.pay_code import is_clabe, looks_like_iban


class ResPartnerBank(models.Model):
    _inherit = "res.partner.bank"

    def _get_collection_country(self):
        """Code of the country where the account is kept."""
        self.ensure_one()
        if self.acc_type == "iban":
            return self.sanitized_acc_number[:2]
        return self.bank_id.country.code or self.partner_id.country_id.code or ""

    def _get_collection_clabe(self):
        """What says that it is a CLABE, right or not; "" for none."""
        self.ensure_one()
        if self._get_collection_country() != "MX":
            return ""
        # a field of the Mexican localisation
        if "l10n_mx_edi_clabe" in self._fields and self.l10n_mx_edi_clabe:
            return self.l10n_mx_edi_clabe
        number = self.sanitized_acc_number or ""
        return number if len(number) == 18 and number.isdigit() else ""

    def _is_collection_number_wrong(self):
        """Is it meant as an IBAN or a CLABE, and its check digits are wrong?"""
        self.ensure_one()
        if clabe := self._get_collection_clabe():
            return not is_clabe(clabe)
        number = self.sanitized_acc_number or ""
        # stdnum.iban reads a file of its own, which Odoo's way of importing does not find
        turned = number[4:] + number[:4]
        return looks_like_iban(number) and not mod_97_10.is_valid(turned)


class ResCompany(models.Model):
    _inherit = "res.company"

    def _get_collection_account_sudo(self):
        """The account that customers pay to where the invoice names none: the first one of
        the root company in its own country. Superuser: the head office's partner."""
        self.ensure_one()
        root_sudo = self.sudo().root_id
        country = root_sudo.partner_id.country_id.code
        companies = self | root_sudo
        return root_sudo.partner_id.bank_ids.filtered(
            lambda bank: bank.active
            and (not bank.company_id or bank.company_id in companies)
            and bank._get_collection_country() == country
        ).sorted("sequence")[:1]
