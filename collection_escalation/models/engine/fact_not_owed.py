from odoo import models

from ...rules.decision import Reason


class FactNotOwed(models.AbstractModel):
    """The last check, whatever the ledger calls the line: nothing is left to be paid."""

    _name = "collection.fact.not_owed"
    _inherit = ["collection.fact"]
    _description = "Lines of which nothing is left"

    _code = "not_owed"
    _sequence = 5

    def _read(self, facts, debtors):
        """Ids of the items."""
        return {row.id for row in facts.rows if not row.is_owed}

    def _withhold(self, facts, debtor, row, post_due):
        if row.id in facts.of["not_owed"]:
            return Reason.of("NOT_OWED")
        return None
