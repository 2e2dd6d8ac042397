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

Zones whose clocks agree on all days that matter are one: in summer Phoenix is Los
Angeles, in November it is not.

>>> west = ("America/Los_Angeles", "America/Phoenix", "America/Tijuana")
>>> one_per_clock(west, date(2026, 5, 1), date(2026, 9, 1))
('America/Los_Angeles',)
>>> one_per_clock(west, date(2026, 9, 1), date(2026, 12, 1))
('America/Los_Angeles', 'America/Phoenix')
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
    if before.astimezone(tz).utcoffset() == after.astimezone(tz).utcoffset():
        return None
    return _jump_between(tz, before, after)


def _jump_between(tz: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The moment at which the clock jumps, between two at which it is different."""
    offset = before.astimezone(tz).utcoffset()
    while after - before > _SECOND:
        middle = before + (after - before) / 2
        if middle.astimezone(tz).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)


@lru_cache(maxsize=4096)
def clock_of(
    name: str, first: date, last: date
) -> tuple[tuple[datetime, timedelta], ...]:
    """The offsets from UTC that the clock of this zone has on these days of UTC, each
    with the moment from which on it has it.

    >>> [int(offset / timedelta(hours=1)) for _, offset in
    ...     clock_of("Europe/Madrid", date(2026, 3, 1), date(2026, 4, 1))]
    [1, 2]
    """
    tz, moment = zone(name), datetime(first.year, first.month, first.day, tzinfo=UTC)
    found = [(moment, moment.astimezone(tz).utcoffset())]
    for _ in range((last - first).days + 1):
        following = moment + _DAY
        if following.astimezone(tz).utcoffset() != found[-1][1]:
            jump = _jump_between(tz, moment, following)
            found.append((jump, jump.astimezone(tz).utcoffset()))
        moment = following
    return tuple(found)


@lru_cache(maxsize=4096)
def one_per_clock(names: tuple[str, ...], first: date, last: date) -> tuple[str, ...]:
    """These zones without those whose clock is the one of an earlier name on all these
    days (of UTC): they would give the same answers again."""
    if len(names) == 1:
        return names
    by_clock: dict = {}
    for name in names:
        by_clock.setdefault(clock_of(name, first, last), name)
    return tuple(by_clock.values())


def furthest_apart(a: str, b: str, first: date, last: date) -> timedelta:
    """How far the clocks of two zones differ at most on these days.

    >>> furthest_apart("America/New_York", "America/Lima", date(2026, 1, 1), date(2026, 7, 1))
    datetime.timedelta(seconds=3600)
    """
    clocks = [clock_of(name, first, last) for name in (a, b)]
    moments = [moment for clock in clocks for moment, _ in clock]
    return max(abs(_offset(clocks[0], at) - _offset(clocks[1], at)) for at in moments)


def _offset(clock: tuple[tuple[datetime, timedelta], ...], at: datetime) -> timedelta:
    return next(offset for moment, offset in reversed(clock) if moment <= at)
