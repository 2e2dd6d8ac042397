"""Business days: when a due date really falls, and what "n business days later" is.

Rule. A business day is neither a weekend day nor a holiday of the debtor's place.
- A due date on another day moves to the next business day: the *effective* due date.
- "n business days after" does not count the day it starts from, whether or not that
  is a business day; negative n goes back in the same way; n = 0 is the effective date.
- Which days are holidays is given as data: this file knows no country.
- Dates saturate: what would lie beyond the first or last day that there is (year 1, year
  9999) is that day. Somebody writes 9999-12-31 for "never", and never comes.

Source. Design section 3: "triggers count from the *effective* due date (weekend and
holiday shifted)"; the same in civil law, for example BR CC art. 132 §1, DE BGB §193.

Worked example: due on Friday 20 November 2026, a holiday in Brazil.

>>> brazil = Calendar(holidays=frozenset({date(2026, 11, 20)}))
>>> due = date(2026, 11, 20)
>>> shift_to_business_day(due, brazil).isoformat()
'2026-11-23'
>>> add_business_days(due, 5, brazil).isoformat()  # Monday 23 is the first
'2026-11-27'
>>> add_business_days(due, -1, brazil).isoformat()
'2026-11-19'
>>> business_days_between(due, date(2026, 11, 27), brazil)
5
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

CALENDAR, BUSINESS = "calendar", "business"
_DAY = timedelta(days=1)
FIRST_DAY, LAST_DAY = date.min, date.max
_LONGEST_CLOSURE = 366  # days in a row without a business day: the data are wrong


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days that do not count. Weekdays as in Python: Monday 0 … Sunday 6."""

    holidays: frozenset[date] = frozenset()
    weekend: frozenset[int] = frozenset({5, 6})

    def __post_init__(self) -> None:
        unknown = set(self.weekend) - set(range(7))
        if unknown:
            raise ValueError(
                f"weekend: {sorted(unknown)} are no weekdays; use 0 (Mon) to 6 (Sun)"
            )
        if len(self.weekend) == 7:
            raise ValueError("weekend: all seven days; leave at least one to work on")


def shift(day: date, days: int) -> date:
    """``days`` calendar days later, or earlier if negative, as far as there are days.

    >>> shift(date(9999, 12, 30), 5).isoformat(), shift(date(2026, 3, 2), -1).isoformat()
    ('9999-12-31', '2026-03-01')
    """
    if days > 0:
        return day + timedelta(min(days, (LAST_DAY - day).days))
    return day - timedelta(min(-days, (day - FIRST_DAY).days))


def is_business_day(day: date, cal: Calendar) -> bool:
    return day.weekday() not in cal.weekend and day not in cal.holidays


def shift_to_business_day(day: date, cal: Calendar) -> date:
    """The same day, or the next business day: the effective due date."""
    return day if is_business_day(day, cal) else _neighbour(day, _DAY, cal)


def add_business_days(start: date, n: int, cal: Calendar) -> date:
    """The n-th business day after (before) ``start``, which itself does not count."""
    if n == 0:
        return shift_to_business_day(start, cal)
    day, step = start, _DAY if n > 0 else -_DAY
    for _ in range(abs(n)):
        day = _neighbour(day, step, cal)
        if day in (FIRST_DAY, LAST_DAY):
            break
    return day


def add_days(start: date, n: int, unit: str, cal: Calendar) -> date:
    """``n`` days later by the unit a plan or a law names.

    >>> add_days(date(2026, 11, 20), 5, "calendar", Calendar()).isoformat()
    '2026-11-25'
    """
    if unit == CALENDAR:
        return shift(start, n)
    if unit == BUSINESS:
        return add_business_days(start, n, cal)
    raise ValueError(f"unit: {unit!r} is unknown; use 'calendar' or 'business'")


def business_days_between(start: date, end: date, cal: Calendar) -> int:
    """How many business days d there are with start < d <= end.

    Backwards it is the same number, negative, so that stretches add up:
    between(a, b) + between(b, c) == between(a, c).

    >>> friday, monday = date(2026, 11, 6), date(2026, 11, 9)
    >>> business_days_between(friday, monday, Calendar())
    1
    >>> business_days_between(monday, friday, Calendar())
    -1
    """
    if end < start:
        return -business_days_between(end, start, cal)
    weeks, rest = divmod((end - start).days, 7)
    odd = (start + i * _DAY for i in range(1, rest + 1))
    working = weeks * (7 - len(cal.weekend))
    working += sum(day.weekday() not in cal.weekend for day in odd)
    return working - sum(
        start < day <= end and day.weekday() not in cal.weekend for day in cal.holidays
    )


def _neighbour(day: date, step: timedelta, cal: Calendar) -> date:
    for _ in range(_LONGEST_CLOSURE):
        day = shift(day, step.days)
        if is_business_day(day, cal) or day in (FIRST_DAY, LAST_DAY):
            return day
    raise ValueError(
        f"holidays: no business day within {_LONGEST_CLOSURE} days of {day}; "
        "check the holidays of this calendar"
    )
