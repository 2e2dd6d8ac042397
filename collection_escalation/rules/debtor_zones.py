"""In which time zones may the debtor be? Their place decides, never the company's.

Rule. In this order:
1. the zone that a person chose for the debtor;
2. the address: all zones of its state; without a known state all zones of its country;
3. the phone number. Beside an address that names no zone of it, it says where else they
   may be; beside one that does not say which zone of the country, it leaves the zones
   near its own, *near* being an hour;
4. the company's zone, only where neither says anything.
Nothing chooses among zones that cannot be told apart: in each of them a contact must be
permitted. The first zone is only for dates and for the clock on the screen.

Why an hour. Prefix tables are coarse: the one of ``phonenumbers`` 9.0 has Orlando's 689
in Chicago's zone, Queensland in Sydney's, Recife in that of the islands, Chihuahua as it
was before 2022; and people move with their number, mostly not far.

Source. Regulation sheet 3.1, ``tz_source`` and ``tz_conflict=all_must_allow``; 12 CFR
1006.6(b)(1) and its comment on conflicting or unclear location information.

Worked example: a customer in California of a company in New York.

>>> today, company = date(2026, 11, 10), "America/New_York"
>>> coasts = ("America/New_York", "America/Chicago", "America/Los_Angeles")
>>> find(address=coasts, company=company, day=today)
Whereabouts(zones=('America/New_York', 'America/Chicago', 'America/Los_Angeles'), source='address')
>>> find(address=coasts, phone=("America/Los_Angeles",), company=company, day=today)
Whereabouts(zones=('America/Los_Angeles',), source='phone')
>>> find(address=coasts[:1], phone=coasts[2:], company=company, day=today)
Whereabouts(zones=('America/New_York', 'America/Los_Angeles'), source='conflict')
>>> find(address=(), company=company, day=today)
Whereabouts(zones=(), source='nowhere')
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from .contact_clock import clock_of, furthest_apart, one_per_clock

OWN, ADDRESS, PHONE, CONFLICT = "own", "address", "phone", "conflict"
COMPANY, NOWHERE = "company", "nowhere"
NEAR = timedelta(hours=1)
#: Days before and after today on which clocks are compared: a contact is planned so far
#: ahead, and what happened so long ago may count.
_BEFORE, _AFTER = timedelta(days=45), timedelta(days=92)


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """``source``: what said so; ``zones`` are empty if nothing does (NOWHERE)."""

    zones: tuple[str, ...]
    source: str


@lru_cache(maxsize=4096)
def find(
    *,
    own: str | None = None,
    address: tuple[str, ...] | None = None,
    has_state: bool = False,
    phone: tuple[str, ...] = (),
    company: str | None = None,
    day: date,
) -> Whereabouts:
    """Answer the question of this file.

    own        the zone a person chose
    address    zones of its state or country; None: it has no country; empty: nobody can
               tell the zone of that place
    has_state  the address says more than the country
    phone      zones of the prefix; empty: the number says nothing
    day        today
    """
    if own:
        return Whereabouts((own,), OWN)
    if address is None:
        if phone:
            return Whereabouts(_with_first(phone, company), PHONE)
        return Whereabouts((company,), COMPANY) if company else Whereabouts((), NOWHERE)
    if not address:
        return Whereabouts((), NOWHERE)
    if phone and not _share_a_clock(address, phone, day):
        return Whereabouts((*address, *phone), CONFLICT)
    near = tuple(z for z in address if _is_near(z, phone, day))
    if not has_state and near and len(near) < len(address):
        return Whereabouts(_with_first(near, company), PHONE)
    return Whereabouts(_with_first(address, company), ADDRESS)


def _with_first(zones: tuple[str, ...], company: str | None) -> tuple[str, ...]:
    """All of them; the company's is put first if it is one."""
    return tuple(sorted(zones, key=lambda zone: zone != company))


def one_per_clock_about(zones: tuple[str, ...], day: date) -> tuple[str, ...]:
    """These zones without those whose clock is that of an earlier one, about this day."""
    return one_per_clock(zones, *_about(day))


def _about(day: date) -> tuple[date, date]:
    return day - _BEFORE, day + _AFTER


def _share_a_clock(zones: tuple[str, ...], others: tuple[str, ...], day: date) -> bool:
    clocks = {clock_of(zone, *_about(day)) for zone in others}
    return any(clock_of(zone, *_about(day)) in clocks for zone in zones)


def _is_near(zone: str, others: tuple[str, ...], day: date) -> bool:
    return any(furthest_apart(zone, other, *_about(day)) <= NEAR for other in others)
