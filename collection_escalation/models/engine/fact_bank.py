from odoo import models

from ...rules.business_days import business_days_between
from ...rules.decision import Reason

#: Business days after which somebody has the duty to enter the payments.
PATIENCE = 3


class FactBank(models.AbstractModel):
    """Payments may not be entered yet: it may be paid already."""

    _name = "collection.fact.bank"
    _inherit = ["collection.fact"]
    _description = "Payments that may not be entered yet"

    _code = "bank"
    _sequence = 60
    _before_due = False

    def _read(self, facts, debtors):
        """{company id: reason} of the companies whose payments may not be entered."""
        doubts = {c.id: self._get_bank_doubt(c) for c in debtors.company_id}
        return {company_id: doubt for company_id, doubt in doubts.items() if doubt}

    def _withhold(self, facts, debtor, row, post_due):
        return facts.of["bank"].get(row.company_id)

    def _ask_duties(self, facts, debtors):
        """Three business days after the chase stopped for it."""
        asked = []
        for company in debtors.company_id:
            doubt = facts.of["bank"].get(company.id)
            if not doubt:
                continue
            newest, age = self._get_age(company)
            if newest and age <= company.collection_bank_max_age + PATIENCE:
                continue
            owner = company._get_collection_accountant()
            vals = {"reason": [self.env["collection.reason"]._store(doubt)]}
            asked.append((company, vals | ({"user_id": owner.id} if owner else {})))
        self.env["collection.duty"]._ask("bank_data", asked)

    def _get_bank_doubt(self, company):
        """A reason not to chase because payments may not be entered yet, or None.

        The newest bank statement line decides; without bank import, "payments entered
        up to"."""
        newest, age = self._get_age(company)
        if not newest:
            return Reason.of("NO_BANK_DATE")
        if age > company.collection_bank_max_age:
            return Reason.of("BANK_STALE", date=newest)
        return None

    def _get_age(self, company):
        """(day up to which payments are entered or None, its age in business days)."""
        newest = company._get_last_bank_line_date() or company.collection_payments_until
        if not newest:
            return None, 0
        seat = company.root_id.partner_id
        today = company._get_collection_today()
        calendar = self.env["collection.calendar"]._get(
            seat.country_id.code, seat.state_id.code, today
        )
        return newest, business_days_between(newest, today, calendar)
