import functools
from datetime import MAXYEAR, MINYEAR

import holidays
import holidays.countries  # all of them, when the server starts: the first needs them all

from odoo import api, models

from ...rules.business_days import Calendar

#: Spanish provinces (Odoo's states) by autonomous community (the library's): ISO 3166-2:ES.
_SPAIN = {
    "AN": "AL CA CO GR H J MA SE",
    "AR": "HU TE Z",
    "AS": "O",
    "CB": "S",
    "CE": "CE",
    "CL": "AV BU LE P SA SG SO VA ZA",
    "CM": "AB CR CU GU TO",
    "CN": "GC TF",
    "CT": "B GI L T",
    "EX": "BA CC",
    "GA": "C LU OR PO",
    "IB": "PM",
    "MC": "MU",
    "MD": "M",
    "ML": "ME",
    "NC": "NA",
    "PV": "BI SS VI",
    "RI": "LO",
    "VC": "A CS V",
}
_SUBDIVISIONS = {
    ("ES", province): community
    for community, provinces in _SPAIN.items()
    for province in provinces.split()
}


@functools.lru_cache(maxsize=1)
def _supported():
    return holidays.list_supported_countries(include_aliases=False)


def _subdivision(country, state):
    """The library's name of a state of Odoo, or None: DE-BY is its BY."""
    state = state.removeprefix(f"{country}-")
    state = _SUBDIVISIONS.get((country, state), state)
    return state if state in _supported()[country] else None


@functools.lru_cache(maxsize=4096)
def _holidays(country, state, year, optional):
    """Holidays of a year as (frozenset of dates, weekend): the public ones, and the
    optional days where they are asked for and the country has them. An unknown state
    means the country's own holidays; an unknown country raises NotImplementedError."""
    if country not in _supported():
        raise NotImplementedError(country)
    categories = {"public"}
    if optional:
        categories |= {"optional"} & set(
            getattr(holidays, country).supported_categories
        )
    found = holidays.country_holidays(
        country,
        subdiv=_subdivision(country, state),
        years=year,
        categories=tuple(sorted(categories)),
    )
    return frozenset(found), frozenset(found.weekend)


class CollectionCalendar(models.AbstractModel):
    """Business days by country and state, from the `holidays` library."""

    _name = "collection.calendar"
    _description = "Business days"

    @api.model
    def _get(self, country_code, state_code, day, optional=False):
        """The `rules.business_days.Calendar` around ``day``: its year, the one before
        and the one after. A country unknown to the library has weekends only; the caller
        says so to the user (`_is_known`).

        :param bool optional: optional days too, such as carnival in Brazil"""
        return _calendar(country_code or "", state_code or "", day.year, bool(optional))

    @api.model
    def _is_known(self, country_code):
        return country_code in _supported()


@functools.lru_cache(maxsize=1024)
def _calendar(country, state, year, optional):
    days, weekend = frozenset(), frozenset({5, 6})
    for each in range(max(year - 1, MINYEAR), min(year + 1, MAXYEAR) + 1):
        try:
            more, weekend = _holidays(country, state, each, optional)
        except NotImplementedError:
            return Calendar()
        days |= more
    return Calendar(holidays=days, weekend=weekend)
