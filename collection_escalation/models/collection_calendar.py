import functools

import holidays

from odoo import api, models

from ..rules.business_days import Calendar


@functools.lru_cache(maxsize=1)
def _supported():
    return holidays.list_supported_countries(include_aliases=False)


@functools.lru_cache(maxsize=4096)
def _public_holidays(country, state, year):
    """Public holidays of a year as (frozenset of dates, weekend). An unknown state means
    the country's own holidays; an unknown country raises NotImplementedError."""
    states = _supported().get(country)
    if states is None:
        raise NotImplementedError(country)
    found = holidays.country_holidays(
        country, subdiv=state if state in states else None, years=year
    )
    return frozenset(found), frozenset(found.weekend)


class CollectionCalendar(models.AbstractModel):
    """Business days by country and state, from the `holidays` library."""

    _name = "collection.calendar"
    _description = "Business days"

    @api.model
    def _get(self, country_code, state_code, day):
        """The `rules.business_days.Calendar` around ``day``: its year, the one before
        and the one after. A country unknown to the library has weekends only; the caller
        says so to the user (`_is_known`)."""
        return _calendar(country_code or "", state_code or "", day.year)

    @api.model
    def _is_known(self, country_code):
        return country_code in _supported()


@functools.lru_cache(maxsize=1024)
def _calendar(country, state, year):
    days, weekend = frozenset(), frozenset({5, 6})
    for each in (year - 1, year, year + 1):
        try:
            more, weekend = _public_holidays(country, state, each)
        except NotImplementedError:
            return Calendar()
        days |= more
    return Calendar(holidays=days, weekend=weekend)
