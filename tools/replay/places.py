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
#: Of countries with several zones, the states that the replay knows: in which zones
#: somebody there may be (IANA, zone.tab), and the first telephone number of a thousand.
STATES = {
    "BR": {
        "AM": (("America/Manaus", "America/Eirunepe"), "+559233330000"),
        "BA": (("America/Bahia",), "+557133330000"),
        "DF": ((COMPANY_ZONE,), "+556133330000"),
        "ES": ((COMPANY_ZONE,), "+552733330000"),
        "GO": ((COMPANY_ZONE,), "+556233330000"),
        "MG": ((COMPANY_ZONE,), "+553133330000"),
        "MT": (("America/Cuiaba",), "+556533330000"),
        "PR": ((COMPANY_ZONE,), "+554133330000"),
        "RJ": ((COMPANY_ZONE,), "+552133330000"),
        "RS": ((COMPANY_ZONE,), "+555133330000"),
        "SC": ((COMPANY_ZONE,), "+554833330000"),
        "SP": ((COMPANY_ZONE,), "+551133330000"),
    },
    "CL": {
        "RM": (("America/Santiago",), "+56222340000"),
        "MA": (("America/Punta_Arenas",), "+56612210000"),
        "VS": (("America/Santiago", "Pacific/Easter"), "+56322210000"),
    },
    "MX": {
        "CMX": (("America/Mexico_City",), "+525512340000"),
        "BCN": (("America/Tijuana",), "+526641230000"),
        "ROO": (("America/Cancun",), "+529981230000"),
        "SON": (("America/Hermosillo",), "+526621230000"),
        "TAM": (("America/Monterrey", "America/Matamoros"), "+528341230000"),
    },
    "US": {
        "NY": (("America/New_York",), "+12127360000"),
        "CA": (("America/Los_Angeles",), "+14157360000"),
        "AZ": (("America/Phoenix", "America/Denver"), "+16027360000"),
        "FL": (("America/New_York", "America/Chicago"), "+13057360000"),
        "HI": (("Pacific/Honolulu",), "+18087360000"),
    },
}
#: Of customers in a country of several zones, each third gives no state.
UNTOLD = 3


@dataclass(frozen=True, slots=True)
class Home:
    """``zones``: all in which the customer may be; more than one: nobody knows which.
    ``party``: None for a customer whom nobody has told to be a company.
    ``phone``: first number of the place; None: one that belongs to no place will do."""

    country: str
    state: str | None
    zones: tuple[str, ...]
    party: str | None = None
    phone: str | None = None

    @property
    def place(self) -> str:
        """
        >>> Home("BR", "SP", ("America/Sao_Paulo",)).place
        'BR-SP'
        """
        return f"{self.country}-{self.state}" if self.state else self.country


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
        states = STATES.get(country, states)
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
    """The customers in turn over the places, every third one a company. In a country
    whose states the replay knows they live in turn in these, if no state was asked for."""
    homes = {}
    for number, customer in enumerate(sorted(customers)):
        country, state = places[number % len(places)]
        turn = number // len(places)
        if state is None and country in STATES and turn % UNTOLD:
            known = [*STATES[country]]
            state = known[turn % len(known)]
        party = BUSINESS if number % 3 == 2 else CONSUMER
        homes[customer] = home_in(country, state, party)
    return homes


def homes_by_country(countries: dict[str, str]) -> dict[str, Home]:
    """Customers in the country that the file says, without a state, except in Brazil,
    where they live in São Paulo."""
    return {
        customer: home_in(code, "SP" if code == "BR" else None)
        for customer, code in countries.items()
    }


def home_in(country: str, state: str | None, party: str | None = None) -> Home:
    """
    >>> home_in("US", "FL").zones, len(home_in("US", None).zones)
    (('America/New_York', 'America/Chicago'), 29)
    """
    if state and country in STATES:
        zones, phone = STATES[country][state]
        return Home(country, state, zones, party, phone)
    return Home(country, state, tuple(pytz.country_timezones[country]), party)
