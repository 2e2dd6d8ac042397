"""May this debtor be contacted now, by this channel? If not: why, and from when on?

Rule. Sets of rules (a country, a state, the house) intersect: a contact is allowed when
every set allows it in every time zone the debtor may be in. A refusal gives all reasons
in one order, each as ``SET.RULE``: first the stops, then the hours, then the limits
(set by set within each); a first contact too early (GRACE) comes before the limits.
What a contact is for (``Context.purpose``) decides which lines concern it: limits concern
demands, hours and stops everything, if the line says nothing else; an open complaint stops
demands only. ``next_allowed`` is the first moment within 90 days that passes everything. It is found
by trying the moments at which something can change: midnights, the hours at which
windows begin, clock changes, the ends of stops. It is None if a stop has no end, or if
nothing opens within the horizon: then a person has to decide.

Source. Regulation sheet 3.7 and ``tables/README.md``. Where no set of rules is known,
nothing is permitted: "an undecidable moment is not permitted" (issue 3).

Worked example: in Colombia a second call on the same Tuesday, after closing time.

>>> from datetime import timezone
>>> everything, evening = frozenset(CHANNELS), datetime(2026, 3, 11, 1, tzinfo=UTC)
>>> colombia = RuleSet(
...     code="CO",
...     version="2026.1",
...     windows=Window.weekly(everything, (0, 1, 2, 3, 4), "07:00", "19:00")
...     + Window.weekly(everything, (5,), "08:00", "15:00"),
...     limits=(Count("LIM_DAY", everything, cap=1, basis="contact"),),
... )
>>> this_morning = Event(datetime(2026, 3, 10, 15, tzinfo=UTC), "phone", "conversation")
>>> answer = decide(
...     (colombia,),
...     at=evening,
...     channel="phone",
...     zones=("America/Bogota",),
...     history=(this_morning,),
... )
>>> answer.allowed, answer.codes, answer.version
(False, 'CO.WIN_HOURS+CO.LIM_DAY', 'CO@2026.1')
>>> answer.next_allowed.isoformat()  # Wednesday 07:00 in Bogotá
'2026-03-11T12:00:00+00:00'
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime, timedelta
from heapq import merge
from zoneinfo import ZoneInfo

from .contact_blocks import Block
from .contact_clock import UTC, wall_moments
from .contact_context import Context, Event
from .contact_limits import Cooldown, Count, ExclusiveChannel, Gap, Grace
from .contact_question import HORIZON, Question
from .contact_ruleset import RuleSet
from .contact_vocabulary import CHANNELS
from .contact_windows import MIDNIGHT, Hours, Window
from .decision import Decision

__all__ = [
    "CHANNELS",
    "Block",
    "Context",
    "Cooldown",
    "Count",
    "Event",
    "ExclusiveChannel",
    "Gap",
    "Grace",
    "Hours",
    "RuleSet",
    "Window",
    "decide",
    "permitted_interval",
]

_DAY = timedelta(days=1)


def decide(
    rulesets: Iterable[RuleSet],
    *,
    at: datetime,
    channel: str,
    zones: tuple[str, ...],
    context: Context | None = None,
    history: Iterable[Event] = (),
    reservations: Iterable[Event] = (),
    waived: Collection[str] = (),
    find_next: bool = True,
) -> Decision:
    """Answer the question of this file.

    history       what happened
    reservations  what is planned, without the contact that is being asked about
    waived        codes (``BR.LIM_DAY``) that somebody was entitled to set aside
    find_next     False where only yes or no matters: it saves the search
    """
    question = Question(
        rulesets,
        at=at,
        channel=channel,
        zones=zones,
        context=context,
        history=history,
        reservations=reservations,
        waived=waived,
    )
    reasons = tuple(question.reasons(question.asked))
    if not reasons:
        return Decision.yes(question.version)
    moment = _next_allowed(question) if find_next else None
    return Decision.no(*reasons, next_allowed=moment, version=question.version)


def permitted_interval(
    rulesets: Iterable[RuleSet],
    *,
    at: datetime,
    channel: str,
    zones: tuple[str, ...],
    context: Context | None = None,
    history: Iterable[Event] = (),
    reservations: Iterable[Event] = (),
    waived: Collection[str] = (),
) -> tuple[datetime, datetime] | None:
    """From when (``at`` or later) until before when the contact is permitted, in UTC.

    Ninety days after ``at`` is as far as it looks, for the end too.
    """
    question = Question(
        rulesets,
        at=at,
        channel=channel,
        zones=zones,
        context=context,
        history=history,
        reservations=reservations,
        waived=waived,
    )
    start = question.asked
    if not question.passes(start):
        start = _next_allowed(question)
    return None if start is None else (start, _end_of_permission(question, start))


def _next_allowed(question: Question) -> datetime | None:
    if any(stop.is_endless for _, stop in question.stops):
        return None
    return next(filter(question.passes, _turning_points(question)), None)


def _end_of_permission(question: Question, start: datetime) -> datetime:
    later = (moment for moment in _turning_points(question) if moment > start)
    closed = (moment for moment in later if not question.passes(moment))
    return next(closed, question.asked + HORIZON)


def _turning_points(question: Question) -> Iterator[datetime]:
    """The moments after the asked one at which the answer can change, in order."""
    context, asked = question.context, question.asked
    fixed = {stop.until for _, stop in question.stops if stop.until is not None}
    fixed.update(context.callback or ())
    by_weekday = [_minutes_of(question, weekday) for weekday in range(7)]
    by_zone = (_wall_turning_points(asked, tz, by_weekday) for tz in question.zones)
    for moment in merge(sorted(m.astimezone(UTC) for m in fixed), *by_zone):
        if moment > asked + HORIZON:
            return
        if moment > asked:
            yield moment


def _wall_turning_points(
    asked: datetime, tz: ZoneInfo, by_weekday: list[frozenset[int]]
) -> Iterator[datetime]:
    """Midnights, bounds of windows and clock changes of one zone, day by day."""
    first = asked.astimezone(tz).date()
    for n in range(HORIZON // _DAY + 2):
        day: date = first + n * _DAY
        yield from wall_moments(tz, day, by_weekday[day.weekday()])


def _minutes_of(question: Question, weekday: int) -> frozenset[int]:
    """The minutes of this weekday at which hours begin or end, and midnight."""
    minutes = {0}
    for rules in question.rulesets:
        timetable = rules.timetables[question.context.purpose]
        minutes |= timetable.bounds(question.channel, weekday)
    for hours in question.wishes.named_on(weekday):
        minutes |= {hours.start, hours.end}
    return frozenset(minutes - {MIDNIGHT})
