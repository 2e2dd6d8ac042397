"""Which contact rules hold for a debtor."""

from odoo import models


class CollectionDebtor(models.Model):
    _inherit = "collection.debtor"

    def _get_rulesets(self, day):
        """The sets in force for the debtor on ``day`` (a date there), with the holidays of
        the year before to the year after. An unknown debtor is a consumer.

        No query per debtor: the sets of a place are remembered until a set changes.

        :return: tuple of `rules.contact_rules.RuleSet`; empty: nothing is permitted
        :raise UserError: the holidays there are not known"""
        self.ensure_one()
        country, state = self._get_country_state()
        return self.env["collection.contact.ruleset"]._get_in_force(
            self.company_id.id, country, state, self.party or "consumer", day.year
        )
