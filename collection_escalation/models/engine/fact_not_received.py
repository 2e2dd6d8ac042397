from odoo import models

from ...rules.decision import Reason


class FactNotReceived(models.AbstractModel):
    """The customer says that the invoice never arrived: it goes once more."""

    _name = "collection.fact.not_received"
    _inherit = ["collection.fact"]
    _description = "Invoices that never arrived, they say"

    _code = "not_received"
    _sequence = 40
    _brings_invoice = ("INVOICE_NOT_RECEIVED",)

    def _read(self, facts, debtors):
        """Ids of the items."""
        return {row.id for row in facts.rows if row.not_received}

    def _withhold(self, facts, debtor, row, post_due):
        if row.id in facts.of["not_received"] and not row.grace_from:
            return Reason.of("INVOICE_NOT_RECEIVED")
        return None
