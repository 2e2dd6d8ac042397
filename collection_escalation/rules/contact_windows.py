"""The hours of the week in which a channel may be used.

Rule. A set of rules lists windows: channels, a weekday, from, to. They are half-open:
08:00 is inside 08:00-18:00, 18:00 is not. On a holiday the windows that respect
holidays are closed. A channel without any window line is free at every hour.
- Hours the debtor agreed to in writing widen the windows, holidays excepted: agreeing
  to "Mondays" is not agreeing to a Monday that is a holiday.
- A window concerns every purpose, unless its line names some: then the others have the
  hours of the windows that concern them.
- Hours the debtor asked for narrow them, whatever the channel.
One reason is given, the widest one: WIN_HOLIDAY, WIN_WEEKDAY (no window that day),
WIN_HOURS.

Source. Regulation sheet 3.2 (WINDOW) and 3.7 step 2; ``tables/README.md``. For example
CO Ley 2300 de 2023 art. 3: Monday-Friday 07-19, Saturday 08-15, other hours only if
the consumer says so expressly.

Worked example: Saturday 21 March 2026 in Colombia, at 14:30 and at 15:30.

>>> colombia = Timetable.of(
...     Window.weekly({"phone"}, (0, 1, 2, 3, 4), "07:00", "19:00")
...     + Window.weekly({"phone"}, (5,), "08:00", "15:00")
... )
>>> saturday = datetime(2026, 3, 21, 14, 30)
>>> colombia.refusal("phone", saturday, Wishes()) is None
True
>>> colombia.refusal("phone", saturday.replace(hour=15), Wishes())
'WIN_HOURS'
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

from .contact_vocabulary import EVERY_PURPOSE, check_channels, check_purposes

WIN_HOLIDAY, WIN_WEEKDAY, WIN_HOURS = "WIN_HOLIDAY", "WIN_WEEKDAY", "WIN_HOURS"
REFUSALS = (WIN_HOLIDAY, WIN_WEEKDAY, WIN_HOURS)  # the widest first
MIDNIGHT = 24 * 60
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_WEEKDAYS += ("Sunday",)


def minutes(text: str) -> int:
    """Minutes since midnight of an hour on the clock; the end of the day is 24:00.

    >>> minutes("08:30"), minutes("24:00")
    (510, 1440)
    >>> minutes("8h30")
    Traceback (most recent call last):
    ValueError: hour: '8h30' is not understood; write it like 08:30
    """
    hour, _, minute = text.partition(":")
    if not (hour.isdecimal() and minute.isdecimal() and int(minute) < 60):
        raise ValueError(f"hour: {text!r} is not understood; write it like 08:30")
    return int(hour) * 60 + int(minute)


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _check_span(start: int, end: int) -> None:
    if not 0 <= start < MIDNIGHT:
        raise ValueError(f"start: {start} minutes is no hour of a day; use 0 to 1439")
    if end > MIDNIGHT:
        raise ValueError(f"end: {end} minutes is after midnight; use at most 1440")
    if end <= start:
        raise ValueError(
            f"end: {_clock(end)} is not after start {_clock(start)}; exchange them, or "
            "write a night as one window to 24:00 and one from 00:00 the next day"
        )


def _check_weekday(weekday: int) -> None:
    if weekday not in range(7):
        raise ValueError(f"weekday: {weekday} is unknown; use 0 (Mon) to 6 (Sun)")


@dataclass(frozen=True, slots=True)
class Window:
    """On this weekday (Monday 0), from ``start`` to before ``end``, in minutes."""

    channels: frozenset[str]
    weekday: int
    start: int
    end: int
    respects_holidays: bool = True
    rule_id: str = ""
    purposes: frozenset[str] = EVERY_PURPOSE

    def __post_init__(self) -> None:
        check_channels("channels", self.channels)
        check_purposes("purposes", self.purposes)
        _check_weekday(self.weekday)
        _check_span(self.start, self.end)

    @classmethod
    def weekly(
        cls,
        channels: Iterable[str],
        weekdays: Iterable[int],
        start: str,
        end: str,
        *,
        respects_holidays: bool = True,
        rule_id: str = "",
    ) -> tuple[Window, ...]:
        """The same hours on several weekdays, as the laws are written."""
        span = minutes(start), minutes(end)
        return tuple(
            cls(frozenset(channels), day, *span, respects_holidays, rule_id)
            for day in weekdays
        )

    def covers(self, minute: int) -> bool:
        return self.start <= minute < self.end

    def overlaps(self, other: Window) -> bool:
        return (
            self.weekday == other.weekday
            and self.start < other.end
            and other.start < self.end
            and not self.channels.isdisjoint(other.channels)
        )


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours a debtor named, every day or on one weekday.

    >>> Hours.between("09:00", "12:00", weekday=6)
    Hours(start=540, end=720, weekday=6)
    """

    start: int
    end: int
    weekday: int | None = None

    def __post_init__(self) -> None:
        _check_span(self.start, self.end)
        if self.weekday is not None:
            _check_weekday(self.weekday)

    @classmethod
    def between(cls, start: str, end: str, weekday: int | None = None) -> Hours:
        return cls(minutes(start), minutes(end), weekday)

    def covers(self, weekday: int, minute: int) -> bool:
        return self.is_on(weekday) and self.start <= minute < self.end

    def is_on(self, weekday: int) -> bool:
        return self.weekday is None or self.weekday == weekday


@dataclass(frozen=True, slots=True)
class Wishes:
    """The hours the debtor agreed to (they widen) and asked for (they narrow)."""

    agreed: tuple[Hours, ...] = ()
    preferred: Hours | None = None

    def named_on(self, weekday: int) -> tuple[Hours, ...]:
        every = (
            self.agreed if self.preferred is None else (*self.agreed, self.preferred)
        )
        return tuple(hours for hours in every if hours.is_on(weekday))


@dataclass(frozen=True, slots=True)
class Timetable:
    """The windows of a set, looked up by channel and weekday."""

    week: Mapping[str, tuple[tuple[Window, ...], ...]]
    resting: frozenset[str] = frozenset()  # channels that respect holidays

    @classmethod
    def of(cls, windows: Iterable[Window]) -> Timetable:
        windows = tuple(windows)
        _check_no_overlap(windows)
        week = {
            channel: tuple(
                tuple(w for w in windows if channel in w.channels and w.weekday == day)
                for day in range(7)
            )
            for channel in {c for window in windows for c in window.channels}
        }
        resting = {c for w in windows if w.respects_holidays for c in w.channels}
        return cls(week, frozenset(resting))

    def refusal(
        self,
        channel: str,
        local: datetime,
        wishes: Wishes,
        is_holiday: bool = False,
    ) -> str | None:
        """Why this channel may not be used at this local time; None: it may."""
        weekday, minute = local.weekday(), local.hour * 60 + local.minute
        preferred = wishes.preferred
        unwished = preferred is not None and not preferred.covers(weekday, minute)
        if channel not in self.week:
            return WIN_HOURS if unwished else None
        today = self.week[channel][weekday]
        if is_holiday and channel in self.resting:
            today = tuple(w for w in today if not w.respects_holidays)
            if not today:
                return WIN_HOLIDAY
        elif any(hours.covers(weekday, minute) for hours in wishes.agreed):
            return WIN_HOURS if unwished else None
        elif not today and not any(h.is_on(weekday) for h in wishes.agreed):
            return WIN_WEEKDAY
        inside = not unwished and any(window.covers(minute) for window in today)
        return None if inside else WIN_HOURS

    def bounds(self, channel: str, weekday: int) -> set[int]:
        """The minutes at which a window of this channel begins or ends."""
        today = self.week[channel][weekday] if channel in self.week else ()
        return {minute for w in today for minute in (w.start, w.end)}


def _check_no_overlap(windows: tuple[Window, ...]) -> None:
    for one, other in combinations(windows, 2):
        if one.overlaps(other):
            shared = ", ".join(sorted(one.channels & other.channels))
            raise ValueError(
                f"windows: two windows overlap on {_WEEKDAYS[one.weekday]} for {shared}"
                f" ({_clock(one.start)}-{_clock(one.end)} and {_clock(other.start)}-"
                f"{_clock(other.end)}); join them or take the channel out of one"
            )
