from odoo import models


class FactTolerance(models.AbstractModel):
    """What is asked for in the item's currency, less what is taken off, is not above the
    tolerance of the plan."""

    _name = "collection.fact.tolerance"
    _inherit = ["collection.fact"]
    _description = "What is too little to chase"

    _code = "tolerance"
    _sequence = 70
    _judges_amounts = True

    def _withhold(self, facts, debtor, row, post_due):
        reason, _worth_it = self.env["collection.evaluation"]._judge_amount(
            facts, debtor, row
        )
        return reason
