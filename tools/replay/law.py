"""The contact rules of the places, written down a second time, for the audit.

Nothing of the module is asked: hours, holidays and limits are worked out anew from the
table of presets in `tables/README.md`, each contact by the clock of the debtor. What is
counted there:
- *attempt*: outbound, really tried, and not asked for by the debtor; a busy line is one
  to a law, and none to prudent sets and the house, beside which it may be redialled;
- *contact*: outbound and it arrived; *conversation*: live talk, whoever called.
A message that came back counts until that is known.

>>> noon = datetime.fromisoformat("2026-03-10T12:00-05:00")
>>> call = Contact(noon, "phone", "no_answer")
>>> again = Contact(noon + timedelta(hours=9), "phone")
>>> list(refusals("CO", again, [call], "America/Bogota", "CO"))
['WIN_HOURS']
>>> list(refusals("HOUSE", again, [call], "America/Bogota", "CO"))
['WIN_HOURS', 'LIM_DAY']
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

LIVE = frozenset({"phone", "sms", "whatsapp", "visit"})
INTERACTIVE = LIVE | {"email"}
MESSAGES = frozenset({"sms", "whatsapp", "email", "letter"})
ALL = INTERACTIVE | MESSAGES
PHONE = frozenset({"phone"})
CALL_OR_VISIT = frozenset({"phone", "visit"})

NEVER_TRIED = frozenset({"planned", "not_connected", "failed", "bounced"})
ARRIVED = frozenset({"conversation", "met", "sent", "delivered"})
TALK = frozenset({"conversation", "met"})


@dataclass(frozen=True, slots=True)
class Contact:
    """One contact, made or asked about.

    consented   the debtor asked for it
    called_for  … and it is made in the hours they named
    void_from   since when we know that it came back
    """

    at: datetime
    channel: str
    outcome: str = ""
    inbound: bool = False
    debts: frozenset[str] = frozenset({"D1"})
    consented: bool = False
    called_for: bool = False
    void_from: datetime | None = None

    def is_void(self, now: datetime) -> bool:
        return self.void_from is not None and self.void_from <= now

    def is_attempt(self, now: datetime) -> bool:
        tried = self.outcome not in NEVER_TRIED and not self.is_void(now)
        return tried and not self.inbound and not self.consented

    def is_connected(self, now: datetime) -> bool:
        return self.is_attempt(now) and self.outcome != "busy"

    def is_contact(self, now: datetime) -> bool:
        arrived = self.outcome in ARRIVED and not self.is_void(now)
        return arrived and not self.inbound

    def is_conversation(self, now: datetime) -> bool:
        return self.outcome in TALK


attempt, connected, contact, conversation = (
    Contact.is_attempt,
    Contact.is_connected,
    Contact.is_contact,
    Contact.is_conversation,
)


class Look:
    """A contact that is asked about, by one wall clock, after what happened before."""

    def __init__(self, asked: Contact, before: Iterable[Contact], zone: str):
        self.asked, self.channel = asked, asked.channel
        self.zone = ZoneInfo(zone)
        self.clock = asked.at.astimezone(self.zone)
        self.before = [] if asked.consented else [*before]

    def days_ago(
        self, channels: frozenset[str], kind: Callable, debt: str | None = None
    ) -> list[int]:
        """How many calendar days ago each of these was."""
        now, today = self.asked.at, self.clock.date()
        return [
            (today - other.at.astimezone(self.zone).date()).days
            for other in self.before
            if other.channel in channels
            and kind(other, now)
            and (debt is None or debt in other.debts)
        ]

    def today(self, channels: frozenset[str], kind: Callable) -> int:
        return self.days_ago(channels, kind).count(0)

    def this_week(self, channels: frozenset[str], kind: Callable) -> int:
        """Since Monday."""
        monday = self.clock.weekday()
        return sum(0 <= days <= monday for days in self.days_ago(channels, kind))


# -- the hours ------------------------------------------------------------------------------


def _weekly(days: range, start: int, end: int) -> dict[int, tuple[int, int]]:
    return dict.fromkeys(days, (start, end))


MON_FRI, MON_SAT, DAILY = range(5), range(6), range(7)
#: set → (channels that have hours, {weekday: (from, until before)}, whose holidays are
#: respected: of the COUNTRY, of the country and STATE, or none)
COUNTRY, STATE = "country", "state"
EUROPE = ("DE", "ES", "FR", "IT", "PT")
HOURS = {
    "CO": (ALL, {**_weekly(MON_FRI, 7, 19), 5: (8, 15)}, COUNTRY),
    "CL": (ALL, _weekly(MON_SAT, 8, 20), COUNTRY),
    "MX": (ALL, _weekly(DAILY, 7, 22), None),
    "US": (ALL, _weekly(DAILY, 8, 21), None),
    "BR": (INTERACTIVE, _weekly(MON_FRI, 8, 18), COUNTRY),
    "BR-SP": (PHONE, {**_weekly(MON_FRI, 8, 20), 5: (8, 14)}, STATE),
    "BR-MG": (PHONE, {**_weekly(MON_FRI, 9, 18), 5: (10, 13)}, STATE),
    "PE": (CALL_OR_VISIT, _weekly(MON_FRI, 7, 20), COUNTRY),
    "UK": (LIVE, _weekly(DAILY, 8, 21), None),
    "AR": (LIVE, _weekly(MON_FRI, 8, 20), COUNTRY),
    **dict.fromkeys(EUROPE, (LIVE, _weekly(MON_SAT, 8, 20), STATE)),
    "HOUSE": (INTERACTIVE, _weekly(MON_FRI, 8, 18), STATE),
    "HOUSE-B": (INTERACTIVE, _weekly(MON_FRI, 8, 18), STATE),
}


def _closed(code: str, look: Look, place: str) -> Iterator[str]:
    channels, week, whose = HOURS[code]
    if look.channel not in channels:
        return
    country, _, state = place.partition("-")
    state = state if whose == STATE else ""
    clock = look.clock
    if whose and clock.date() in holidays_of(country, state, clock.year):
        yield "WIN_HOLIDAY"
    elif clock.weekday() not in week:
        yield "WIN_WEEKDAY"
    else:
        start, end = week[clock.weekday()]
        if not start <= clock.hour < end:
            yield "WIN_HOURS"


@lru_cache(maxsize=256)
def holidays_of(country: str, state: str, year: int) -> frozenset:
    known = holidays.list_supported_countries(include_aliases=False)[country]
    subdivision = state if state in known else None
    return frozenset(holidays.country_holidays(country, subdivision, years=year))


def business_days_after(day: date, number: int, country: str, state: str | None):
    """
    >>> business_days_after(date(2026, 11, 18), 2, "BR", "SP")  # 20 November: a holiday
    datetime.date(2026, 11, 23)
    """
    while number:
        day += timedelta(days=1)
        closed = day in holidays_of(country, state or "", day.year)
        number -= day.weekday() in MON_FRI and not closed
    return day


# -- the limits -----------------------------------------------------------------------------


def _colombia(look: Look) -> Iterator[str]:
    if look.this_week(ALL - {look.channel}, contact):
        yield "LIM_CHANNEL_EXCLUSIVE"
    if look.today(ALL, contact):
        yield "LIM_DAY"


def _chile(look: Look) -> Iterator[str]:
    if look.channel in CALL_OR_VISIT:
        if look.this_week(CALL_OR_VISIT, contact) >= 1:
            yield "LIM_WEEK_CALLVISIT"
    elif look.channel in MESSAGES:
        if look.this_week(MESSAGES, contact) >= 2:
            yield "LIM_WEEK_MSG"
        if any(days < 2 for days in look.days_ago(MESSAGES, contact)):
            yield "LIM_GAP_MSG"


def _brazil(look: Look) -> Iterator[str]:
    if look.channel in INTERACTIVE:
        if look.today(INTERACTIVE, connected) >= 1:
            yield "LIM_DAY"
        if look.this_week(INTERACTIVE, connected) >= 3:
            yield "LIM_WEEK"


def _minas_gerais(look: Look) -> Iterator[str]:
    if look.channel == "phone" and look.today(PHONE, attempt) >= 2:
        yield "LIM_DAY"


def _united_states(look: Look) -> Iterator[str]:
    if look.channel != "phone":
        return
    debts = look.asked.debts
    talks = (look.days_ago(PHONE, conversation, debt) for debt in debts)
    calls = (look.days_ago(PHONE, connected, debt) for debt in debts)
    # the day of the conversation is the first of seven
    if any(0 <= days <= 6 for each in talks for days in each):
        yield "LIM_COOLDOWN"
    if any(sum(0 <= days <= 6 for days in each) >= 7 for each in calls):
        yield "LIM_ROLLING"


def _once_a_day(look: Look) -> Iterator[str]:
    if look.channel in LIVE and look.today(LIVE, connected) >= 1:
        yield "LIM_DAY"


def _house(look: Look) -> Iterator[str]:
    if look.channel in INTERACTIVE and look.today(INTERACTIVE, connected) >= 1:
        yield "LIM_DAY"


def _house_for_business(look: Look) -> Iterator[str]:
    if look.channel in LIVE and look.today(LIVE, contact) >= 2:
        yield "LIM_DAY"


#: The sets that protect consumers only: regulation sheet, SCOPE of each country.
CONSUMERS_ONLY = {"BR", "BR-SP", "BR-MG", "CL", "PE", "AR", "US", "UK", *EUROPE}
#: Sets that have another name than their country.
NAMES = {"GB": "UK"}
LIMITS = {
    "CO": _colombia,
    "CL": _chile,
    "BR": _brazil,
    "BR-MG": _minas_gerais,
    "US": _united_states,
    "AR": _once_a_day,
    **dict.fromkeys(EUROPE, _once_a_day),
    "HOUSE": _house,
    "HOUSE-B": _house_for_business,
}


# -- the answer -----------------------------------------------------------------------------


def sets_of(place: str, party: str | None) -> list[str]:
    """The sets that hold for somebody who lives there, the creditor's own last.

    >>> sets_of("BR-SP", "consumer"), sets_of("MX", "business"), sets_of("GB", None)
    (['BR', 'BR-SP', 'HOUSE'], ['MX', 'HOUSE-B'], ['UK', 'HOUSE'])
    """
    country = place.partition("-")[0]
    country = NAMES.get(country, country)
    known = [code for code in dict.fromkeys((country, place)) if code in HOURS]
    if party != "business":
        return [*known, "HOUSE"]
    return [*(code for code in known if code not in CONSUMERS_ONLY), "HOUSE-B"]


def refusals(
    code: str, asked: Contact, before: Iterable[Contact], zone: str, place: str
) -> Iterator[str]:
    """Why this set refuses the contact: the rules, in the order of `tables/README.md`."""
    look = Look(asked, before, zone)
    if not asked.called_for:
        yield from _closed(code, look, place)
    if code in LIMITS:
        yield from LIMITS[code](look)
