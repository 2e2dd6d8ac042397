"""From the records of a set of contact rules to `rules.contact_rules.RuleSet`."""

from odoo import models

from ..rules.contact_rules import Count, RuleSet, Window
from ..rules.contact_vocabulary import CHANNELS


class CollectionContactRuleset(models.Model):
    _inherit = "collection.contact.ruleset"

    def _get_ruleset(self, holiday_dates):
        """The set as `rules.contact_rules.RuleSet`.

        :param holiday_dates: frozenset of the holidays where the debtor lives
        :raise ValueError: lines that cannot be meant (overlap, end before start …)"""
        self.ensure_one()
        windows, limits = [], []
        for line in self.line_ids:
            if line.kind == "window":
                windows += line._get_windows(self.respects_holidays)
            else:
                limits.append(line._get_limit())
        return RuleSet(
            code=self.code,
            version=str(self.version),
            nature=self.nature,
            windows=tuple(windows),
            limits=tuple(limits),
            holidays=holiday_dates if self.respects_holidays else frozenset(),
        )


class CollectionContactRulesetLine(models.Model):
    _inherit = "collection.contact.ruleset.line"

    def _get_channels(self):
        return frozenset({self.channel} if self.channel else set(CHANNELS) - {"letter"})

    def _get_windows(self, respects_holidays):
        self.ensure_one()
        first, last = int(self.weekday_from), int(self.weekday_to)
        days = [(first + n) % 7 for n in range((last - first) % 7 + 1)]
        return [
            Window(
                self._get_channels(),
                day,
                round(self.hour_from * 60),
                round(self.hour_to * 60),
                respects_holidays,
            )
            for day in days
        ]

    def _get_limit(self):
        self.ensure_one()
        return Count(
            "LIM_DAY" if self.period == "day" else "LIM_WEEK",
            self._get_channels(),
            cap=self.max_count,
            period="day" if self.period == "day" else "calendar_week",
            basis=self.basis,
        )
