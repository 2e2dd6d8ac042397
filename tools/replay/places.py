"""Where the customers of the ledger live, and whether they are consumers or companies.

Nothing here knows Odoo or the module: the audit judges by these homes.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import holidays
import pytz

COMPANY_ZONE = "America/Sao_Paulo"
CONSUMER, BUSINESS = "consumer", "business"
#: Brazilian states by zone, as far as the replay knows them (IANA, zone1970.tab).
BRAZIL = {
    **dict.fromkeys("DF ES GO MG PR RJ RS SC SP".split(), COMPANY_ZONE),
    "AM": "America/Manaus",
    "BA": "America/Bahia",
    "MT": "America/Cuiaba",
}
#: Of customers in a country of several zones, each third tells nobody in which one.
UNTOLD = 3


@dataclass(frozen=True, slots=True)
class Home:
    """``zones``: all in which the customer may be; more than one: nobody knows which.
    ``party``: None for a customer whom nobody has told to be a company."""

    country: str
    state: str | None
    zones: tuple[str, ...]
    party: str | None = None

    @property
    def place(self) -> str:
        """
        >>> Home("BR", "SP", ("America/Sao_Paulo",)).place
        'BR-SP'
        """
        return f"{self.country}-{self.state}" if self.state else self.country

    @property
    def zone(self) -> str | None:
        """The zone, where it is known."""
        return self.zones[0] if len(self.zones) == 1 else None


def parse_places(text: str) -> list[tuple[str, str | None]]:
    """Countries and states, as (country, state or None).

    >>> parse_places("BR-SP, CO")
    [('BR', 'SP'), ('CO', None)]
    >>> parse_places("BR-SP,BR-XX")
    Traceback (most recent call last):
    ValueError: 'BR-XX': XX is no state of BR that the replay knows: use one of AM, BA, …
    """
    places = []
    for word in text.split(","):
        match = re.fullmatch(r"\s*([A-Z]{2})(?:-([A-Z0-9]{1,3}))?\s*", word)
        if not match:
            raise ValueError(f"{word.strip()!r}: write a country or state: CO, BR-SP")
        country, state = match.groups()
        states = holidays.list_supported_countries(include_aliases=False).get(country)
        if states is None or country not in pytz.country_timezones:
            raise ValueError(f"{word.strip()!r}: the holidays of {country} are unknown")
        states = BRAZIL if country == "BR" else states
        if state and state not in states:
            known = ", ".join(sorted(states)[:2]) + ", …" if states else "the country"
            raise ValueError(
                f"{word.strip()!r}: {state} is no state of {country} that the replay "
                f"knows: use one of {known}"
            )
        if country == "BR" and not state:
            raise ValueError(f"{word.strip()!r}: which state? write BR-SP")
        places.append((country, state))
    return places


def homes_by_place(
    customers: Iterable[str], places: list[tuple[str, str | None]]
) -> dict[str, Home]:
    """The customers in turn over the places, every third one a company."""
    homes = {}
    for number, customer in enumerate(sorted(customers)):
        country, state = places[number % len(places)]
        zones = zones_of(country, state)
        if (number // len(places)) % UNTOLD and state is None:
            zones = zones[:1]
        party = BUSINESS if number % 3 == 2 else CONSUMER
        homes[customer] = Home(country, state, zones, party)
    return homes


def homes_by_country(countries: dict[str, str]) -> dict[str, Home]:
    """Customers in the country that the file says: in the zone of its capital, which
    comes first, except in Brazil, where they live in São Paulo."""
    return {
        customer: Home(code, "SP", (COMPANY_ZONE,))
        if code == "BR"
        else Home(code, None, zones_of(code, None)[:1])
        for customer, code in countries.items()
    }


def zones_of(country: str, state: str | None) -> tuple[str, ...]:
    """All zones in which somebody there may live; the capital's comes first."""
    if country == "BR":
        return (BRAZIL[state],)
    return tuple(pytz.country_timezones[country])
