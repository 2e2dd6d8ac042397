from odoo import models

from ...rules.decision import Reason


class FactStop(models.AbstractModel):
    """Nobody may contact them: they asked so, died, are insolvent …"""

    _name = "collection.fact.stop"
    _inherit = ["collection.fact"]
    _description = "Stop flags of the customer"

    _code = "stop"
    _sequence = 10
    _standing = ("STOPPED",)

    def _read(self, facts, debtors):
        """{debtor id: names of the flags that stop all contacts}."""
        unremarkable = debtors._find_unremarkable()
        return {
            debtor.id: stopping
            for debtor in debtors
            if debtor.id not in unremarkable and debtor.id not in facts.errors
            if (stopping := debtor._get_stopping())
        }

    def _withhold(self, facts, debtor, row, post_due):
        if stopping := facts.of["stop"].get(row.debtor_id):
            return Reason.of("STOPPED", flag=stopping[0])
        return None
