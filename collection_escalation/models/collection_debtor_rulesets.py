"""Which contact rules hold for a debtor."""

from odoo import models


class CollectionDebtor(models.Model):
    _inherit = "collection.debtor"

    def _get_rulesets(self, day):
        """The sets in force for the debtor on ``day``, with the holidays there. For now
        the house rules of the creditor."""
        self.ensure_one()
        records = self.company_id.collection_ruleset_id or self.env.ref(
            "collection_escalation.ruleset_house", raise_if_not_found=False
        )
        if not records:
            return ()
        calendar = self._get_calendar(day)
        return tuple(record._get_ruleset(calendar.holidays) for record in records)
