"""Where the debtor lives: country, state, time zone, today's date, business days."""

import functools
import unicodedata
from datetime import UTC, date, datetime

import phonenumbers
import pytz
from babel.core import Locale, UnknownLocaleError, get_global
from babel.dates import get_timezone_location
from phonenumbers.timezone import UNKNOWN_TIMEZONE, time_zones_for_number
from phonenumbers.tzdata import TIMEZONE_DATA

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import babel_locale_parse
from odoo.tools.translate import LazyTranslate

from ...rules import debtor_zones
from ...rules.contact_clock import clock_of, zone
from ...rules.state_zones import COUNTRY_ZONES, STATE_ZONES, zones_of_city

_lt = LazyTranslate(__name__)

#: What the screen says of where a zone comes from, by the source and by whether there
#: are several clocks.
WHY = {
    (debtor_zones.OWN, False): _lt("Chosen by hand."),
    (debtor_zones.ADDRESS, False): _lt("By the address."),
    (debtor_zones.PHONE, False): _lt("By the phone number; complete the address."),
    (debtor_zones.COMPANY, False): _lt(
        "The company's, because neither address nor phone number tells; complete the "
        "address."
    ),
    (debtor_zones.CONFLICT, True): _lt(
        "The address and the phone number name different zones, a contact must be right "
        "in each. Correct them, or choose the customer's own zone."
    ),
    (debtor_zones.ADDRESS, True): _lt(
        "The address does not tell which of them, a contact must be right in each. "
        "Complete it, or choose the customer's own zone."
    ),
    (debtor_zones.PHONE, True): _lt(
        "The phone number does not tell which of them, a contact must be right in each. "
        "Complete the address, or choose the customer's own zone."
    ),
}
#: Kinds of number that belong to a place; others (free of charge, internet …) to none.
_PLACED = {
    phonenumbers.PhoneNumberType.FIXED_LINE,
    phonenumbers.PhoneNumberType.MOBILE,
    phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
}
#: Zones by prefix are those of before 2022 where Chihuahua is concerned.
_ALSO = {"America/Mazatlan": ("America/Chihuahua",)}


def zones_of(country, state, city=""):
    """All IANA zones that an address may have, those of the state if it is known; None
    without a country."""
    if not country:
        return None
    zones = zones_of_city(country, state, city)
    return _zones_of_country(country) if zones is None else zones


def _zones_of_country(country):
    return COUNTRY_ZONES.get(country) or tuple(pytz.country_timezones.get(country, ()))


@functools.lru_cache(maxsize=16384)  # a tenth of a millisecond each
def zones_of_phone(number, year):
    """All zones to which the prefix of a number (E.164) may belong; none if it tells
    nothing. Zones that no prefix of the country names cannot be told apart by one."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return ()
    if phonenumbers.number_type(parsed) not in _PLACED:
        return ()
    named = [z for z in time_zones_for_number(parsed) if z != UNKNOWN_TIMEZONE]
    if not named:
        return ()
    also = [also for name in named for also in _ALSO.get(name, ())]
    never_named = _never_named(parsed.country_code, year)
    return tuple(dict.fromkeys([*named, *also, *never_named]))


@functools.lru_cache(maxsize=16384)
def _find_whereabouts(own, country, state, city, number, company, day):
    """See `CollectionDebtor._get_whereabouts`, of which these are the facts.

    :raise ValueError: a zone that nobody knows"""
    found = debtor_zones.find(
        own=own,
        address=zones_of(country, state, city),
        has_state=state in STATE_ZONES.get(country, ()),
        phone=zones_of_phone(number, day.year) if number else (),
        company=company,
        day=day,
    )
    for name in found.zones:
        zone(name)
    return found


@functools.lru_cache(maxsize=256)
def _never_named(calling_code, year):
    """Zones of the countries with this calling code whose clock (of that year) belongs to
    no longer prefix in the library: Patagonia's, for instance."""
    code, days = str(calling_code), (date(year, 1, 1), date(year, 12, 31))
    named = {
        clock_of(name, *days)
        for prefix, names in TIMEZONE_DATA.items()
        if prefix.startswith(code) and prefix != code
        for name in names
    }
    countries = phonenumbers.region_codes_for_country_code(calling_code)
    every = [name for country in countries for name in _zones_of_country(country)]
    return tuple(name for name in every if clock_of(name, *days) not in named)


@functools.lru_cache(maxsize=1024)
def city_of(zone, lang):
    """The city that a zone is named after, for a reader of ``lang``: "Cidade do México".
    Where the language has no name of its own: as it is written there, "São Paulo"."""
    plain = zone.rpartition("/")[2].replace("_", " ")
    readers = _city_name(zone, babel_locale_parse(lang))
    if readers != plain:
        return readers
    country = get_global("zone_territories").get(zone)
    try:
        local = _city_name(zone, Locale.parse(f"und_{country}"))
    except (UnknownLocaleError, ValueError):  # no country (UTC), or no language of it
        return plain
    unaccented = unicodedata.normalize("NFKD", local).encode("ascii", "ignore").decode()
    return local if unaccented == plain else plain


def _city_name(zone, locale):
    place = get_timezone_location(zone, locale=locale, return_city=True)
    return place.rpartition("/")[2]


class CollectionDebtor(models.Model):
    _inherit = "collection.debtor"

    def _get_country_state(self):
        """(country code, state code) of the address, else of the company."""
        self.ensure_one()
        place = self.partner_id
        if not place.country_id:
            place = self.company_id.partner_id
        return place.country_id.code or "", place.state_id.code or ""

    def _get_zone_names(self):
        """All IANA zones in which the debtor may be: a moment must be permitted in each.
        The first is used for dates. The server's zone is never used.

        :raise UserError: nobody can tell"""
        return self._get_whereabouts().zones

    def _get_whereabouts(self):
        """`rules.debtor_zones.Whereabouts`: the zones, at least one, and what says so.
        The partner's own zone says nothing: Odoo fills in the one of whoever created
        them.

        :raise UserError: nobody can tell"""
        self.ensure_one()
        partner = self.partner_id
        try:
            found = _find_whereabouts(
                self.tz or None,
                partner.country_id.code,
                partner.state_id.code,
                partner.city or "",
                partner.phone_sanitized,
                self.company_id.collection_tz or None,
                fields.Date.today(),
            )
        except ValueError as error:
            raise UserError(
                self.env._(
                    "%(customer)s: nobody knows what time it is for them (%(error)s). "
                    "Choose another one as their own time zone, or in Settings, "
                    "Collections.",
                    customer=self.partner_id.display_name,
                    error=error,
                )
            ) from error
        if not found.zones:
            raise UserError(self._say_nobody_knows_zone())
        return found

    def _say_nobody_knows_zone(self):
        if self.partner_id.country_id:
            return self.env._(
                "Nobody can tell from the address what time it is for %(customer)s. "
                "Choose their own time zone on the customer, under “Who, when, how”.",
                customer=self.partner_id.display_name,
            )
        return self.env._(
            "%(company)s has no time zone for collections, so nobody knows what time it "
            "is for %(customer)s. Choose it in Settings, Collections.",
            company=self.company_id.name,
            customer=self.partner_id.display_name,
        )

    def _get_clocks(self):
        """The zones, one for each clock that differs about today."""
        today = fields.Date.today()
        return debtor_zones.one_per_clock_about(self._get_zone_names(), today)

    def _describe_zones(self):
        """What time it is for the debtor, in each zone where they may be, and what says
        so."""
        now, found, clocks = (
            fields.Datetime.now().replace(tzinfo=UTC),
            self._get_whereabouts(),
            self._get_clocks(),
        )
        hours = {name: f"{now.astimezone(zone(name)):%H:%M}" for name in clocks}
        if len(clocks) == 1:
            where = self.env._(
                "%(place)s, where it is %(time)s now.",
                place=self._get_zone_label(),
                time=hours[clocks[0]],
            )
        else:
            cities = [
                f"{city_of(name, self.env.lang)} {hours[name]}" for name in clocks
            ]
            where = self.env._(
                "One of %(count)s zones: %(places)s.",
                count=len(clocks),
                places=", ".join(cities),
            )
        why = WHY[found.source, len(clocks) > 1]
        return f"{where} {why._translate(self.env.lang or 'en_US')}"

    def _get_zone_label(self):
        """The place that names the customer's time zone, as people say it, and whether
        they may be in others."""
        clocks = self._get_clocks()
        city = city_of(clocks[0], self.env.lang)
        if len(clocks) == 1:
            return city
        return self.env._(
            "%(place)s (one of %(count)s zones in which they may be)",
            place=city,
            count=len(clocks),
        )

    def _get_zone_names_of_all(self, person):
        """`_get_zone_names`, and the zones that the address of ``person`` may have when
        they live elsewhere: a moment must be permitted by all clocks.

        :raise UserError: as `_get_zone_names`"""
        zones = self._get_zone_names()
        if person == self.partner_id:
            return zones
        if person.country_id == self.partner_id.country_id and (
            person.state_id == self.partner_id.state_id
        ):
            return zones
        place = person.country_id.code, person.state_id.code, person.city or ""
        return tuple(dict.fromkeys([*zones, *(zones_of(*place) or ())]))

    def _on_address_changed(self):
        """Another address, place or zone: contacts are tried, and moments found, anew."""
        if not self:
            return
        self.write({"address_changed_at": fields.Datetime.now()})
        self._close_mended()
        self.item_ids._wake()
        self._forget_call_times()

    def _get_zone(self):
        return zone(self._get_zone_names()[0])

    def _get_today(self):
        """Today's date where the debtor lives."""
        self.ensure_one()
        now = fields.Datetime.now().replace(tzinfo=UTC)
        return now.astimezone(self._get_zone()).date()

    def _get_local(self, moment):
        """A naive UTC datetime as aware local time of the debtor."""
        return moment.replace(tzinfo=UTC).astimezone(self._get_zone())

    def _get_utc(self, day, time):
        """A local day and time of the debtor as naive UTC datetime."""
        local = datetime.combine(day, time, tzinfo=self._get_zone())
        return local.astimezone(UTC).replace(tzinfo=None)

    def _get_hours_in_all_zones(self, begin, end):
        """The hours (naive local datetimes) that are within these in each zone in which
        the debtor may be, as naive UTC (from, to); empty where the end is not later."""
        zones = [zone(name) for name in self._get_zone_names()]
        begins, ends = (
            [local.replace(tzinfo=tz).astimezone(UTC) for tz in zones]
            for local in (begin, end)
        )
        return max(begins).replace(tzinfo=None), min(ends).replace(tzinfo=None)

    def _get_calendar(self, day):
        """Business days of the debtor's country and state around ``day``."""
        return self.env["collection.calendar"]._get(*self._get_country_state(), day)
