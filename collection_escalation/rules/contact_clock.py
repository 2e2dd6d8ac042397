"""The debtor's clock: moments in the world and hours on the wall.

Rule. Hours and days of a contact rule are those of the debtor's place. Twice a year the
clock there jumps: an hour that does not exist begins at the jump, an hour that comes
twice begins twice.

Source. Regulation sheet 5, pitfall 2; 12 CFR 1006.6(b)(1) ("local time at the
consumer's location"). Time zones: IANA, through ``zoneinfo``.

Worked example: Chile puts its clocks forward at midnight, 00:00 becomes 01:00. The
first moment of Sunday 6 September 2026 in Santiago is 01:00, which is 04:00 UTC.

>>> santiago = zone("America/Santiago")
>>> moments = wall_moments(santiago, date(2026, 9, 6), minutes={0, 480})
>>> [f"{moment:%d %H:%M}" for moment in moments]
['06 04:00', '06 11:00']
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta, timezone
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

UTC = timezone.utc
_DAY, _SECOND = timedelta(days=1), timedelta(seconds=1)


@cache
def zone(name: str) -> ZoneInfo:
    """The time zone of this name, read once.

    >>> zone("America/Sao_Paolo")
    Traceback (most recent call last):
    ValueError: zones: 'America/Sao_Paolo' is unknown; write it like America/Sao_Paulo
    """
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(
            f"zones: {name!r} is unknown; write it like America/Sao_Paulo"
        ) from error


def wall_moments(
    tz: ZoneInfo, day: date, minutes: Iterable[int]
) -> tuple[datetime, ...]:
    """The moments (UTC, in order) at which the clock of ``day`` shows these minutes.

    On a day with a clock change its moment is one of them: there a window may begin or
    end although the clock shows none of the minutes.
    """
    jump = _clock_change(tz, day)
    walls = [datetime(day.year, day.month, day.day, *divmod(m, 60)) for m in minutes]
    if jump is None:
        return tuple(sorted(w.replace(tzinfo=tz).astimezone(UTC) for w in walls))
    both = {moment for wall in walls for moment in _both_readings(tz, wall)}
    shown = {m for m in both if m.astimezone(tz).replace(tzinfo=None) in walls}
    return tuple(sorted(shown | {jump}))


def _both_readings(tz: ZoneInfo, wall: datetime) -> tuple[datetime, datetime]:
    """The moment by the offset before a jump, and by the offset after it."""
    return tuple(wall.replace(tzinfo=tz, fold=f).astimezone(UTC) for f in (0, 1))


@lru_cache(maxsize=8192)
def _clock_change(tz: ZoneInfo, day: date) -> datetime | None:
    """The moment at which the clock of this place jumps on this day, if it does."""
    midnight = datetime(day.year, day.month, day.day)
    before = min(_both_readings(tz, midnight))
    after = max(_both_readings(tz, midnight + _DAY))
    offset = before.astimezone(tz).utcoffset()
    if offset == after.astimezone(tz).utcoffset():
        return None
    while after - before > _SECOND:
        middle = before + (after - before) / 2
        if middle.astimezone(tz).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)
