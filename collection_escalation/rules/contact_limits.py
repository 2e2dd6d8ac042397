"""How often: the limits on the number and the spacing of contacts.

Rule. Each limit looks at what was done (and, to keep the slot free, at what is planned)
on the local calendar days of the debtor, and refuses a day:
- COUNT             not more than ``cap`` in a day, a calendar week, or any ``days``
                    consecutive days; of attempts, contacts or conversations;
- GAP               at least ``days`` calendar days between two (1 = not the same day);
- COOLDOWN          silence after a conversation, whoever called: ``days`` days, the day
                    of the conversation being the first (or not counted);
- EXCLUSIVE_CHANNEL not by another channel in the same calendar week;
- GRACE             the first contact not before the n-th day after the due date.
A limit concerns demands, unless its line names other purposes too: a service contact (a
call to settle a complaint) and what the debtor asked for (a call-back, a confirmation)
are then not refused by it. Nor does a service contact use it up. What the debtor asked for
is no attempt; talking to them then is a contact all the same, and silence follows every
conversation, whatever it was about. A planned contact counts on its planned day, except for
COOLDOWN: nobody knows whether it will become a conversation. Limits are per debtor, or
per debt (``scope``).

Source. Regulation sheet 3.2, ``tables/README.md``. COUNT and COOLDOWN: 12 CFR
1006.14(b)(2) (US), CL Ley 19.496 art. 37; GAP: the same, 2 days between messages;
EXCLUSIVE_CHANNEL: CO Ley 2300 de 2023; GRACE: the user's documents (house rule).

Worked example: after talking on Tuesday 2 June 2026 a US collector may not call through
Monday 8, the seventh day, and may on Tuesday 9.

>>> from datetime import date
>>> silence = Cooldown("LIM_COOLDOWN", frozenset({"phone"}), days=7, scope="debt")
>>> talked = [date(2026, 6, 2).toordinal()]
>>> [silence.refuses(date(2026, 6, day).toordinal(), talked) for day in (8, 9)]
[True, False]
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .business_days import (
    BUSINESS,
    CALENDAR,
    Calendar,
    add_days,
    shift_to_business_day,
)
from .contact_blocks import Stop
from .contact_context import Context, Event
from .contact_vocabulary import (
    CHANNELS,
    DEMANDS,
    OUTCOMES,
    REQUESTED,
    check_channels,
    check_known,
    check_purposes,
)

DEBTOR, DEBT = "debtor", "debt"
DAY, CALENDAR_WEEK, ROLLING_DAYS = "day", "calendar_week", "rolling_days"
ATTEMPT, CONTACT, CONVERSATION = "attempt", "contact", "conversation"
_BASES = (ATTEMPT, CONTACT, CONVERSATION)


def week_of(day: int, week_start: int = 0) -> int:
    """The number of the calendar week of an ordinal day; weeks start on Monday (0).

    >>> from datetime import date
    >>> sunday, monday = date(2026, 11, 8).toordinal(), date(2026, 11, 9).toordinal()
    >>> week_of(monday) - week_of(sunday), week_of(monday, 6) - week_of(sunday, 6)
    (1, 0)
    """
    return (day - 1 - week_start) // 7


def _is_of(basis: str, event: Event) -> bool:
    if basis == ATTEMPT:
        return event.is_attempt
    return event.is_contact if basis == CONTACT else event.is_conversation


def _counts(limit: Count | Gap | ExclusiveChannel, event: Event, planned: bool) -> bool:
    """Does an outbound event use up a quota? A planned one as if it were made, so what
    the debtor asked for is no attempt, but will be a contact.

    >>> from datetime import datetime, timezone
    >>> noon = datetime(2026, 11, 10, 12, tzinfo=timezone.utc)
    >>> once = Count("LIM_DAY", frozenset({"phone"}), cap=1, basis="contact")
    >>> [
    ...     _counts(once, Event(noon, "phone", "conversation", purpose=purpose), False)
    ...     for purpose in ("demand", "service", "requested")
    ... ]
    [True, False, True]
    """
    if event.direction != "out":
        return False
    if event.purpose == REQUESTED and limit.basis == ATTEMPT:
        asked_too = REQUESTED in limit.purposes
        return asked_too and (planned or event.is_tried)
    if event.purpose != REQUESTED and event.purpose not in limit.purposes:
        return False
    return planned or _is_of(limit.basis, event)


def _check_days(days: int) -> None:
    if days < 1:
        raise ValueError(f"days: {days} limits nothing; use 1 or more, or no line")


def _check_line(
    rule_id: str, channels: frozenset[str], scope: str, purposes: frozenset[str]
) -> None:
    if not rule_id:
        raise ValueError("rule_id: empty; name the limit, for example LIM_DAY")
    check_channels("channels", channels)
    check_known("scope", scope, (DEBTOR, DEBT))
    check_purposes("purposes", purposes)


@dataclass(frozen=True, slots=True)
class Count:
    """At most ``cap`` in a period."""

    rule_id: str
    channels: frozenset[str]
    cap: int
    period: str = DAY
    basis: str = ATTEMPT
    days: int = 1  # of a rolling period
    scope: str = DEBTOR
    excluded_outcomes: frozenset[str] = frozenset()
    purposes: frozenset[str] = DEMANDS

    def __post_init__(self) -> None:
        _check_line(self.rule_id, self.channels, self.scope, self.purposes)
        check_known("period", self.period, (DAY, CALENDAR_WEEK, ROLLING_DAYS))
        check_known("basis", self.basis, _BASES)
        _check_days(self.days)
        for outcome in self.excluded_outcomes:
            check_known("excluded_outcomes", outcome, OUTCOMES)
        if self.cap < 1:
            raise ValueError(
                f"cap: {self.cap} would forbid the channel for good; use 1 or more, or "
                "leave the channel without a window"
            )

    @property
    def reach(self) -> int:
        """How many days back an event still matters."""
        return self.days if self.period == ROLLING_DAYS else 7

    def concerns(self, event: Event, asked: str, planned: bool) -> bool:
        if event.channel not in self.channels:
            return False
        if event.outcome in self.excluded_outcomes:
            return False
        return _counts(self, event, planned)

    def refuses(self, day: int, days: Sequence[int], week_start: int = 0) -> bool:
        """Would one more on this (ordinal) day exceed the cap?

        >>> twice = Count("LIM", frozenset({"phone"}), 2, ROLLING_DAYS, days=3)
        >>> [twice.refuses(day, [10, 12]) for day in (8, 9, 10, 11, 12, 13, 14)]
        [False, False, True, True, True, False, False]
        """
        if self.period == DAY:
            return days.count(day) >= self.cap
        if self.period == CALENDAR_WEEK:
            week = week_of(day, week_start)
            return sum(week_of(d, week_start) == week for d in days) >= self.cap
        if len(days) < self.cap:
            return False
        return any(
            sum(first <= d < first + self.days for d in days) >= self.cap
            for first in range(day - self.days + 1, day + 1)
        )


@dataclass(frozen=True, slots=True)
class Gap:
    """At least ``days`` calendar days from one to the next."""

    rule_id: str
    channels: frozenset[str]
    days: int
    basis: str = CONTACT
    scope: str = DEBTOR
    purposes: frozenset[str] = DEMANDS

    def __post_init__(self) -> None:
        _check_line(self.rule_id, self.channels, self.scope, self.purposes)
        check_known("basis", self.basis, _BASES)
        _check_days(self.days)

    @property
    def reach(self) -> int:
        return self.days

    def concerns(self, event: Event, asked: str, planned: bool) -> bool:
        return event.channel in self.channels and _counts(self, event, planned)

    def refuses(self, day: int, days: Sequence[int], week_start: int = 0) -> bool:
        return any(abs(day - d) < self.days for d in days)


@dataclass(frozen=True, slots=True)
class Cooldown:
    """Silence for ``days`` days after a conversation."""

    rule_id: str
    channels: frozenset[str]
    days: int
    scope: str = DEBTOR
    first_day_counts: bool = True
    purposes: frozenset[str] = DEMANDS

    def __post_init__(self) -> None:
        _check_line(self.rule_id, self.channels, self.scope, self.purposes)
        _check_days(self.days)

    @property
    def reach(self) -> int:
        return self.days + 1

    def concerns(self, event: Event, asked: str, planned: bool) -> bool:
        spoke = event.is_conversation and not planned
        return spoke and event.channel in self.channels

    def refuses(self, day: int, days: Sequence[int], week_start: int = 0) -> bool:
        last = self.days - 1 if self.first_day_counts else self.days
        return any(0 <= day - d <= last for d in days)


@dataclass(frozen=True, slots=True)
class ExclusiveChannel:
    """In one calendar week by one channel only."""

    rule_id: str
    channels: frozenset[str] = frozenset(CHANNELS)
    basis: str = CONTACT
    scope: str = DEBTOR
    purposes: frozenset[str] = DEMANDS

    def __post_init__(self) -> None:
        _check_line(self.rule_id, self.channels, self.scope, self.purposes)
        check_known("basis", self.basis, _BASES)

    @property
    def reach(self) -> int:
        return 7

    def concerns(self, event: Event, asked: str, planned: bool) -> bool:
        another = event.channel != asked and event.channel in self.channels
        return another and _counts(self, event, planned)

    def refuses(self, day: int, days: Sequence[int], week_start: int = 0) -> bool:
        week = week_of(day, week_start)
        return any(week_of(d, week_start) == week for d in days)


Limit = Count | Gap | Cooldown | ExclusiveChannel


@dataclass(frozen=True, slots=True)
class Grace:
    """The first contact not before the n-th day after the effective due date."""

    days: int
    unit: str = BUSINESS
    channels: frozenset[str] = frozenset(CHANNELS)
    rule_id: str = "LIM_GRACE"
    purposes: frozenset[str] = DEMANDS

    def __post_init__(self) -> None:
        _check_line(self.rule_id, self.channels, DEBTOR, self.purposes)
        check_known("unit", self.unit, (CALENDAR, BUSINESS))
        _check_days(self.days)

    def stop(self, channel: str, context: Context, calendar: Calendar) -> Stop | None:
        """Due Friday 6 November 2026, 5 business days: free from Friday 13.

        >>> from datetime import date
        >>> first = Context(first_contact=True, due_date=date(2026, 11, 6))
        >>> Grace(5).stop("phone", first, Calendar()).first_free_day.isoformat()
        '2026-11-13'
        """
        if context.due_date is None or not context.first_contact:
            return None
        if channel not in self.channels or context.purpose not in self.purposes:
            return None
        due = shift_to_business_day(context.due_date, calendar)
        return Stop(first_free_day=add_days(due, self.days, self.unit, calendar))
