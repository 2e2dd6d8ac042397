"""From the records of contact rules to `rules.contact_rules.RuleSet`: which sets are in
force in a place, and with which holidays."""

from datetime import date

from odoo import api, models, tools
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...rules.business_days import Calendar
from ...rules.contact_content import FIELDS_OF, ruleset_from
from ...rules.contact_ruleset import where_busy_lines_are_redialled


class CollectionContactRuleset(models.Model):
    _inherit = "collection.contact.ruleset"

    def _get_content(self):
        """The set as plain data, see `rules.contact_content`; storable as JSON."""
        self.ensure_one()
        return {
            "code": self.code,
            "version": self.version,
            "nature": self.nature,
            "binds": self.binds,
            "party_scope": self.party_scope,
            "country": self.country_id.code or "",
            "states": sorted(code for code in self.state_ids.mapped("code") if code),
            "active": self.active,
            "respects_holidays": self.respects_holidays,
            "optional_holidays": self.optional_holidays,
            "week_start": int(self.week_start),
            "debtor_may_widen": self.debtor_may_widen,
            "lines": [line._get_content() for line in self.line_ids.sorted()],
        }

    def _get_ruleset(self, calendar=None):
        """The set as `rules.contact_rules.RuleSet`.

        :param calendar: the `rules.business_days.Calendar` of the place (none: no holiday)
        :raise ValueError: lines that cannot be meant (overlap, end before start …)"""
        self.ensure_one()
        calendar = calendar or Calendar()
        return ruleset_from(self._get_content(), calendar.holidays, calendar.weekend)

    def _get_ruleset_at(self, country, state, year):
        """The set with the holidays of a place, around a year.

        :param str country, state: codes; no state: the holidays of the whole country
        :raise UserError: nobody knows the holidays there, and the set respects them"""
        self.ensure_one()
        calendars = self.env["collection.calendar"]
        if self.respects_holidays and not calendars._is_known(country):
            raise UserError(
                self.env._(
                    "The public holidays of the country “%(country)s” are not known here, "
                    "and “%(name)s” permits nothing on holidays. Correct the customer's "
                    "country; or add rules for it that do not close on holidays, and in "
                    "Settings, Collections, let the house rules hold only where no "
                    "other rule applies.",
                    country=country,
                    name=self.name,
                )
            )
        calendar = calendars._get(
            country, state, date(year, 1, 1), self.optional_holidays
        )
        return self._get_ruleset(calendar)

    @api.model
    @tools.ormcache("company_id", "country", "state", "party", "year")
    def _get_in_force(self, company_id, country, state, party, year):
        """The sets a company obeys towards a customer in this place: those of the country
        and the state, then the company's house rules.

        :param str country, state: codes of the address
        :param str party: consumer or business
        :return: tuple of `rules.contact_rules.RuleSet`, remembered until any set changes
        :raise UserError: the holidays there are not known"""
        company = self.env["res.company"].sudo().browse(company_id)
        found = self._find_in_force(company, country, state, party)
        return where_busy_lines_are_redialled(
            rules._get_ruleset_at(country, state, year) for rules in found
        )

    @api.model
    @tools.ormcache()
    def _get_longest_reach(self):
        """How many days back a contact may still matter for a limit of the sets in use;
        remembered until any set changes."""
        in_use = self.sudo().search([("is_preset", "=", False)])
        limits = [limit for rules in in_use for limit in rules._get_ruleset().limits]
        return max((limit.reach for limit in limits), default=0)

    @api.model
    def _find_in_force(self, company, country, state, party):
        """The records of `_get_in_force`, as superuser: rules are no secret. A company's
        own set holds in the place of the shared one with the same code; archived, none
        does."""
        own = self._get_codes_of(company)
        found = self.sudo().search(
            Domain.AND(
                [
                    Domain("is_preset", "=", False),
                    Domain("country_id.code", "=", country),
                    Domain("state_ids", "=", False)
                    | Domain("state_ids.code", "=", state),
                    Domain("party_scope", "in", ("any", party)),
                    Domain("company_id", "=", False)
                    | Domain("company_id", "parent_of", company.ids),
                ]
            )
        )
        found -= found.filtered(lambda r: not r.company_id and r.code in own)
        if not found or company.collection_house_rules == "always":
            found |= company.sudo()._get_collection_house_rules(party)
        return found

    @api.model
    def _get_codes_of(self, company):
        """Codes of the sets that the company, or what it is a branch of, has itself."""
        own = self.sudo().with_context(active_test=False)
        return set(
            own.search(
                [("is_preset", "=", False), ("company_id", "parent_of", company.ids)]
            ).mapped("code")
        )


class CollectionContactRulesetLine(models.Model):
    _inherit = "collection.contact.ruleset.line"

    def _get_content(self):
        """The line with the fields of its kind, as `rules.contact_content` reads them.
        What it concerns stands there only if it says so: versions kept before do not."""
        self.ensure_one()
        names = ["kind", "rule_id", "channel", *FIELDS_OF[self.kind]]
        if self.concerns:
            names.append("concerns")
        return {name: self[name] for name in names}
