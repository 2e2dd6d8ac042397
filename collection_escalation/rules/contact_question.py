"""One question about a contact, prepared so that many moments can be tried.

Rule. What does not depend on the moment (stops, which events count for which limit) is
worked out once; ``reasons(at)`` then answers for any moment, in the order: stops,
hours, grace, limits. Every zone the debtor may be in must allow: one refusal is enough.

Source. Regulation sheet 3.7 steps 1-4. How it is used: ``contact_rules.decide``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from .contact_blocks import FOREVER, Stop
from .contact_clock import UTC, one_per_clock, zone
from .contact_context import Context, Event
from .contact_limits import DEBT, Limit
from .contact_ruleset import RuleSet
from .contact_vocabulary import CHANNELS, check_aware, check_known
from .contact_windows import REFUSALS, WIN_HOLIDAY, Wishes
from .decision import Reason

#: How far ahead a permitted moment is looked for.
HORIZON = timedelta(days=90)
#: Zones that agreed that long ago are the same for what happened; longer where a limit
#: looks back further. A fixed number: other limits then ask about the same days.
MEMORY = timedelta(days=45)
NO_WISHES = Wishes()
_DAY = timedelta(days=1)


class Question:
    """See the top of this file; the arguments are those of ``decide``."""

    def __init__(
        self,
        rulesets: Iterable[RuleSet],
        *,
        at: datetime,
        channel: str,
        zones: tuple[str, ...],
        context: Context | None = None,
        history: Iterable[Event] = (),
        reservations: Iterable[Event] = (),
        waived: Collection[str] = (),
    ):
        check_aware("at", at)
        check_known("channel", channel, CHANNELS)
        if not zones:
            raise ValueError("zones: empty; name the debtor's time zone")
        self.asked = at.astimezone(UTC)
        self.channel = channel
        self.context = context or Context()
        self.rulesets = tuple(rulesets)
        self.zones: tuple[ZoneInfo, ...] = self._different_zones(tuple(zones))
        self.waived = waived
        self.version = "+".join(rules.label for rules in self.rulesets)
        preferred = self.context.preferred
        self._search_order = [*self.zones] if len(self.zones) > 1 else []
        self.wishes = Wishes(self.context.agreed, preferred)
        self.narrowing_wishes = Wishes(preferred=preferred)
        self.stops = [*self._stops()]
        self.graces = [*self._graces()]
        self.limits = [*self._limits(history, reservations)]

    # --- what is prepared ---

    def _different_zones(self, names: tuple[str, ...]) -> tuple[ZoneInfo, ...]:
        """One of those whose clocks agree from the first event that can count to the last
        moment that can be asked about; unknown ones are refused."""
        reach = max(
            (limit.reach for r in self.rulesets for limit in r.limits), default=0
        )
        first = self.asked - max((reach + 3) * _DAY, MEMORY)
        last = self.asked + HORIZON + 2 * _DAY
        return tuple(map(zone, one_per_clock(names, first.date(), last.date())))

    def _stops(self) -> Iterator[tuple[Reason, Stop]]:
        if not self.rulesets:
            yield Reason.of("NO_RULES"), FOREVER
        for rules in self.rulesets:
            for block in rules.stops:
                stop = block.stop(self.channel, self.context, rules.calendar)
                if stop is not None and not self._is_waived(rules, block.rule_id):
                    yield rules.reason(block.rule_id), stop

    def _graces(self) -> Iterator[tuple[Reason, Stop]]:
        for rules in self.rulesets:
            if rules.grace is None or self._is_waived(rules, rules.grace.rule_id):
                continue
            stop = rules.grace.stop(self.channel, self.context, rules.calendar)
            if stop is not None:
                first = stop.first_free_day
                yield rules.reason(rules.grace.rule_id, first_day=first), stop

    def _limits(
        self, history: Iterable[Event], reservations: Iterable[Event]
    ) -> Iterator[tuple[RuleSet, Limit, list[list[list[int]]]]]:
        """Each limit with the days (ordinals) that count, by zone and debt."""
        limits = [*self._limits_of_channel()]
        if not limits:
            return
        reach = max(limit.reach for _, limit in limits)
        since = self.asked - (reach + 2) * _DAY
        planned = [*reservations]
        recent = [event for event in history if event.at >= since]
        for rules, limit in limits:
            counted = [e for e in recent if limit.concerns(e, self.channel, False)]
            counted += [e for e in planned if limit.concerns(e, self.channel, True)]
            if counted:
                yield rules, limit, self._days(limit, counted)

    def _limits_of_channel(self) -> Iterator[tuple[RuleSet, Limit]]:
        for rules in self.rulesets:
            for limit in rules.limits:
                waived = self._is_waived(rules, limit.rule_id)
                concerned = self.context.purpose in limit.purposes
                if concerned and self.channel in limit.channels and not waived:
                    yield rules, limit

    def _days(self, limit: Limit, events: list[Event]) -> list[list[list[int]]]:
        counted = [events]
        if limit.scope == DEBT:
            debts = sorted(self.context.debts)
            counted = [[e for e in events if e.is_about(debt)] for debt in debts]
        return [
            [[e.at.astimezone(tz).toordinal() for e in group] for group in counted]
            for tz in self.zones
        ]

    def _is_waived(self, rules: RuleSet, rule_id: str) -> bool:
        return bool(self.waived) and f"{rules.code}.{rule_id}" in self.waived

    # --- what is answered for a moment ---

    def reasons(self, at: datetime) -> Iterator[Reason]:
        clocks = [at.astimezone(tz) for tz in self.zones]
        for reason, stop in self.stops:
            if stop.holds(at, (clock.date() for clock in clocks)):
                yield reason
        yield from self._reasons_of_hours(at, clocks)
        for reason, stop in self.graces:
            if stop.holds(at, (clock.date() for clock in clocks)):
                yield reason
        yield from self._reasons_of_limits(clocks)

    def _reasons_of_hours(
        self, at: datetime, clocks: list[datetime]
    ) -> Iterator[Reason]:
        called_for = self.context.has_called_for(at)
        for rules in self.rulesets:
            if called_for and rules.debtor_may_widen:
                continue
            wishes = NO_WISHES if called_for else self._wishes(rules)
            refusals = {self._refusal(rules, clock, wishes) for clock in clocks}
            widest = next((r for r in REFUSALS if r in refusals), None)
            if widest is not None:
                yield rules.reason(widest)

    def _wishes(self, rules: RuleSet) -> Wishes:
        return self.wishes if rules.debtor_may_widen else self.narrowing_wishes

    def _refusal(self, rules: RuleSet, clock: datetime, wishes: Wishes) -> str | None:
        """What this set says to this wall clock; waived hours are no refusal."""
        holiday = clock.date() in rules.holidays
        if holiday and self._is_waived(rules, WIN_HOLIDAY):
            holiday = False
        timetable = rules.timetables[self.context.purpose]
        refusal = timetable.refusal(self.channel, clock, wishes, holiday)
        if refusal is None or self._is_waived(rules, refusal):
            return None
        return refusal

    def _reasons_of_limits(self, clocks: list[datetime]) -> Iterator[Reason]:
        today = [clock.toordinal() for clock in clocks]
        for rules, limit, days_by_zone in self.limits:
            if any(
                limit.refuses(day, days, rules.week_start)
                for day, groups in zip(today, days_by_zone, strict=True)
                for days in groups
            ):
                yield rules.reason(limit.rule_id)

    def passes(self, at: datetime) -> bool:
        """No reason against it. The search asks this often: one zone with closed hours is
        enough, and the one that was closed a moment ago is asked first."""
        for index, tz in enumerate(self._search_order):
            if next(self._reasons_of_hours(at, [at.astimezone(tz)]), None) is not None:
                self._search_order.insert(0, self._search_order.pop(index))
                return False
        return next(self.reasons(at), None) is None
