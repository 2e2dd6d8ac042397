"""Where the debtor lives: country, state, time zone, today's date, business days."""

import functools
import unicodedata
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytz
from babel.core import Locale, UnknownLocaleError, get_global
from babel.dates import get_timezone_location

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import babel_locale_parse

from ..rules.contact_clock import zone

#: IANA zone by state for the countries of our users that have several zones.
#: Source: IANA tz database 2025b, file `backward` and zone1970.tab comments.
STATE_ZONES = {
    ("BR", "AC"): "America/Rio_Branco",
    ("BR", "AL"): "America/Maceio",
    ("BR", "AM"): "America/Manaus",
    ("BR", "AP"): "America/Belem",
    ("BR", "BA"): "America/Bahia",
    ("BR", "CE"): "America/Fortaleza",
    ("BR", "MA"): "America/Fortaleza",
    ("BR", "MS"): "America/Campo_Grande",
    ("BR", "MT"): "America/Cuiaba",
    ("BR", "PA"): "America/Belem",
    ("BR", "PB"): "America/Fortaleza",
    ("BR", "PE"): "America/Recife",
    ("BR", "PI"): "America/Fortaleza",
    ("BR", "RN"): "America/Fortaleza",
    ("BR", "RO"): "America/Porto_Velho",
    ("BR", "RR"): "America/Boa_Vista",
    ("BR", "SE"): "America/Maceio",
    ("BR", "TO"): "America/Araguaina",
    **{
        ("BR", state): "America/Sao_Paulo"
        for state in ("DF", "ES", "GO", "MG", "PR", "RJ", "RS", "SC", "SP")
    },
}


def zone_of(country, state):
    """The IANA zone that an address tells, or None: by the state, or because the country
    has only one."""
    if (country, state) in STATE_ZONES:
        return STATE_ZONES[country, state]
    zones = pytz.country_timezones.get(country, ()) if country else ()
    return zones[0] if len(zones) == 1 else None


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
        """Candidate IANA zones, the first is used for dates: own setting, address, the
        partner's own, the company's. A country with several zones where nothing says
        which: all of them, and a moment must be permitted in each. The server's zone is
        never used.

        :raise UserError: the company has no zone and the address does not tell, or the
            zone is unknown here"""
        names = self._find_zone_names()
        for name in names:
            try:
                zone(name)
            except ValueError as error:
                raise UserError(
                    self.env._(
                        "%(customer)s: the time zone “%(zone)s” is unknown here, so "
                        "nobody knows what time it is for them. Choose another one as "
                        "their own time zone, or in Settings, Collections.",
                        customer=self.partner_id.display_name,
                        zone=name,
                    )
                ) from error
        return names

    def _find_zone_names(self):
        self.ensure_one()
        if self.tz:
            return (self.tz,)
        country = self.partner_id.country_id.code
        if found := zone_of(country, self.partner_id.state_id.code):
            return (found,)
        company_zone = self.company_id.collection_tz
        known = tuple(pytz.country_timezones.get(country, ())) if country else ()
        if known:
            named = [z for z in (self.partner_id.tz, company_zone) if z in known]
            return (named[0],) if named else known
        if not company_zone:
            raise UserError(
                self.env._(
                    "%(company)s has no time zone for collections, so nobody knows what "
                    "time it is for %(customer)s. Choose it in Settings, Collections.",
                    company=self.company_id.name,
                    customer=self.partner_id.display_name,
                )
            )
        return (company_zone,)

    def _get_zone_names_of_all(self, person):
        """`_get_zone_names`, and the zone that the address of ``person`` names when they
        live elsewhere: a moment must be permitted by both clocks.

        :raise UserError: as `_get_zone_names`"""
        zones = self._get_zone_names()
        place = person.country_id.code, person.state_id.code
        own = self.partner_id.country_id.code, self.partner_id.state_id.code
        theirs = zone_of(*place) if place != own else None
        return zones if theirs in (None, *zones) else (*zones, theirs)

    def _on_address_changed(self):
        """Another address, place or zone: contacts are tried, and moments found, anew."""
        if not self:
            return
        self.write({"address_changed_at": fields.Datetime.now()})
        done = self.env.ref("collection_escalation.mail_activity_mend_address")
        (self.activity_ids | self.case_id.activity_ids).filtered(
            lambda a: a.activity_type_id == done
        ).action_done()
        self.item_ids._wake()
        self._forget_call_times()

    def _get_zone(self):
        return ZoneInfo(self._get_zone_names()[0])

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

    def _get_calendar(self, day):
        """Business days of the debtor's country and state around ``day``."""
        return self.env["collection.calendar"]._get(*self._get_country_state(), day)
