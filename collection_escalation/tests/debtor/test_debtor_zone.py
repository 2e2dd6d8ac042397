from datetime import date, datetime, time
from zoneinfo import ZoneInfo, available_timezones

import pytz

from odoo.exceptions import UserError
from odoo.tests import tagged

from ...models.debtor.collection_debtor_place import zones_of, zones_of_phone
from ...rules.state_zones import STATE_ZONES
from ..common import CollectionCommon

WINTER, SUMMER = date(2026, 1, 14), date(2026, 6, 17)  # Wednesdays
NEW_YORK, CALIFORNIA = "America/New_York", "America/Los_Angeles"
#: Where people live whose posts have a country of their own in Odoo, or nobody does.
NOBODY = {"BV", "HM"}


class ZoneCommon(CollectionCommon):
    def _open_company_in(self, country, state, zone):
        self.company.partner_id.write(self._place(country, state))
        self.company.sudo().collection_tz = zone

    def _place(self, country, state=None):
        country = self.env["res.country"].search([("code", "=", country)])
        return {
            "country_id": country.id,
            "state_id": country.state_ids.filtered(lambda s: s.code == state).id,
        }

    def _create_debtor_in(self, country=None, state=None, phone=False):
        """Entered by somebody in the company, whose zone Odoo then fills in."""
        place = self._place(country, state)
        tz = self.company.collection_tz
        partner = self._create_debtor_partner("Client", phone=phone, tz=tz, **place)
        return self.env["collection.debtor"]._get_for(partner, self.company)

    def _may_be_called(self, debtor, day, clock, zone):
        """May they be called when the clock in ``zone`` shows this?"""
        local = datetime.combine(day, time.fromisoformat(clock), ZoneInfo(zone))
        utc = local.astimezone(ZoneInfo("UTC"))
        with self._at(utc.date(), utc.time()):
            return (
                debtor._get_call_questions()._decide(utc.replace(tzinfo=None)).allowed
            )


@tagged("post_install", "-at_install")
class TestDebtorZone(ZoneCommon):
    """The debtor's place decides what time it is for them, never the company's."""

    def test_at_five_in_california_nobody_is_called_from_new_york(self):
        self._open_company_in("US", "NY", NEW_YORK)
        debtor = self._create_debtor_in("US", "CA")
        self.assertEqual(debtor._get_zone_names(), (CALIFORNIA,))
        self.assertFalse(self._may_be_called(debtor, WINTER, "05:05", CALIFORNIA))
        self.assertFalse(self._may_be_called(debtor, WINTER, "07:55", CALIFORNIA))
        self.assertTrue(self._may_be_called(debtor, WINTER, "08:05", CALIFORNIA))
        self.assertTrue(self._may_be_called(debtor, WINTER, "17:55", CALIFORNIA))
        self.assertFalse(self._may_be_called(debtor, WINTER, "18:05", CALIFORNIA))

    def test_the_city_tells_islands_and_the_far_west_from_the_rest_of_the_state(self):
        """Nobody in Recife waits for the clock of Noronha."""
        for state, city, zones in (
            ("PE", "Recife", ("America/Recife",)),
            ("PE", "Fernando de Noronha", ("America/Noronha",)),
            ("PE", False, ("America/Recife", "America/Noronha")),
            ("AM", "Manaus", ("America/Manaus",)),
            ("AM", " tabatinga ", ("America/Eirunepe",)),
        ):
            with self.subTest(city):
                debtor = self._create_debtor_in("BR", state)
                debtor.partner_id.city = city
                self.assertEqual(debtor._get_zone_names(), zones)

    def test_the_companys_clock_never_decides_for_another_zone_of_its_country(self):
        for country, here, zone, there, their_zone, day, closed in (
            (
                "MX",
                "CMX",
                "America/Mexico_City",
                "BCN",
                "America/Tijuana",
                WINTER,
                "07:30",
            ),
            ("ES", "M", "Europe/Madrid", "GC", "Atlantic/Canary", WINTER, "07:30"),
            ("PT", "11", "Europe/Lisbon", "20", "Atlantic/Azores", SUMMER, "07:30"),
            (
                *("CL", "CL-RM", "America/Santiago", "CL-MA", "America/Punta_Arenas"),
                *(SUMMER, "18:30"),
            ),
        ):
            with self.subTest(country=country):
                self._open_company_in(country, here, zone)
                debtor = self._create_debtor_in(country, there)
                self.assertEqual(debtor._get_zone_names(), (their_zone,))
                neighbour = self._create_debtor_in(country, here)
                self.assertFalse(self._may_be_called(debtor, day, closed, their_zone))
                self.assertTrue(self._may_be_called(neighbour, day, closed, their_zone))
                self.assertTrue(self._may_be_called(debtor, day, "12:00", their_zone))

    def test_in_a_state_of_two_zones_both_must_allow(self):
        """Florida's west has Chicago's time, Easter Island belongs to Valparaíso."""
        self._open_company_in("US", "NY", NEW_YORK)
        debtor = self._create_debtor_in("US", "FL")
        self.assertFalse(self._may_be_called(debtor, WINTER, "08:05", NEW_YORK))
        self.assertTrue(self._may_be_called(debtor, WINTER, "09:05", NEW_YORK))
        self.assertFalse(self._may_be_called(debtor, WINTER, "18:05", NEW_YORK))
        debtor = self._create_debtor_in("CL", "CL-VS")
        self.assertFalse(
            self._may_be_called(debtor, SUMMER, "09:55", "America/Santiago")
        )
        self.assertTrue(
            self._may_be_called(debtor, SUMMER, "10:05", "America/Santiago")
        )

    def test_without_a_state_every_zone_of_the_country_must_allow(self):
        """From Honolulu to New York; also where the company is in one of them."""
        self._open_company_in("US", "NY", NEW_YORK)
        debtor = self._create_debtor_in("US")
        self.assertEqual(
            set(debtor._get_zone_names()), set(pytz.country_timezones["US"])
        )
        self.assertEqual(debtor._get_zone_names()[0], NEW_YORK, "for dates")
        self.assertFalse(self._may_be_called(debtor, WINTER, "08:05", NEW_YORK))
        self.assertFalse(
            self._may_be_called(debtor, WINTER, "07:55", "Pacific/Honolulu")
        )
        self.assertTrue(
            self._may_be_called(debtor, WINTER, "08:05", "Pacific/Honolulu")
        )
        self.assertFalse(self._may_be_called(debtor, WINTER, "18:05", NEW_YORK))

    def test_a_state_that_odoo_does_not_know_is_none(self):
        place = self._place("US")
        state = self.env["res.country.state"].create(
            {"name": "Jefferson", "code": "XJ", "country_id": place["country_id"]}
        )
        debtor = self._create_debtor_in("US")
        debtor.partner_id.state_id = state
        self.assertEqual(len(debtor._get_zone_names()), 29)

    def test_in_a_country_with_one_zone_the_address_tells_without_a_state(self):
        self.assertEqual(
            self._create_debtor_in("CO")._get_zone_names(), ("America/Bogota",)
        )
        argentine = self._create_debtor_in("AR")
        self.assertEqual(len(argentine._get_clocks()), 1, "twelve names of one clock")

    def test_nobody_knows_where_a_post_of_the_armed_forces_is(self):
        self._open_company_in("US", "NY", NEW_YORK)
        debtor = self._create_debtor_in("US", "AE", phone="+1 212 555 0100")
        self.assertIn("Choose their own time zone", debtor.zone_text)
        self.assertFalse(self._may_be_called(debtor, WINTER, "12:00", NEW_YORK))
        debtor.tz = "Europe/Berlin"
        self.assertTrue(self._may_be_called(debtor, WINTER, "12:00", "Europe/Berlin"))

    # -- the phone number ----------------------------------------------------------------

    def test_the_phone_number_decides_where_the_address_names_no_state(self):
        """Not to the minute: the zones an hour from it stay, prefixes are coarse."""
        self._open_company_in("US", "NY", NEW_YORK)
        debtor = self._create_debtor_in("US", phone="+1 415 555 2671")
        zones = debtor._get_zone_names()
        self.assertIn(CALIFORNIA, zones)
        self.assertFalse({NEW_YORK, "America/Chicago", "Pacific/Honolulu"} & {*zones})
        self.assertFalse(self._may_be_called(debtor, WINTER, "08:05", NEW_YORK))
        self.assertTrue(self._may_be_called(debtor, WINTER, "09:05", CALIFORNIA))
        self.assertTrue(self._may_be_called(debtor, WINTER, "16:55", CALIFORNIA))

    def test_a_phone_number_of_another_zone_than_the_address_makes_it_two(self):
        self._open_company_in("US", "NY", NEW_YORK)
        debtor = self._create_debtor_in("US", "NY", phone="+1 415 555 2671")
        self.assertEqual(debtor._get_zone_names(), (NEW_YORK, CALIFORNIA))
        self.assertFalse(self._may_be_called(debtor, WINTER, "10:55", NEW_YORK))
        self.assertTrue(self._may_be_called(debtor, WINTER, "11:05", NEW_YORK))
        self.assertFalse(self._may_be_called(debtor, WINTER, "18:05", NEW_YORK))
        debtor.partner_id.phone = "+1 212 555 0100"
        self.assertEqual(debtor._get_zone_names(), (NEW_YORK,))

    def test_a_phone_number_of_another_country_makes_it_two(self):
        debtor = self._create_debtor_in("MX", "CMX", phone="+34 928 123 456")
        self.assertEqual(
            debtor._get_zone_names(), ("America/Mexico_City", "Atlantic/Canary")
        )

    def test_a_phone_number_that_belongs_to_no_place_changes_nothing(self):
        """Free of charge; a Spanish mobile phone; no number at all."""
        for place, phone in (
            (("US", "NY"), "+1 800 555 1234"),
            (("ES", "GC"), "+34 600 123 456"),
            (("ES", "GC"), "12"),
            (("ES",), "+34 600 123 456"),
        ):
            with self.subTest(place=place, phone=phone):
                debtor = self._create_debtor_in(*place, phone=phone)
                expected = zones_of(place[0], place[1] if place[1:] else "")
                self.assertEqual({*debtor._get_zone_names()}, {*expected})

    def test_what_the_prefixes_of_a_country_never_tell_is_no_contradiction(self):
        """The library has all Chile in Santiago's zone, Queensland in Sydney's, Recife in
        that of the islands, Chihuahua in Mazatlán's."""
        for country, state, phone in (
            ("CL", "CL-MA", "+56 61 221 2345"),
            ("AU", "QLD", "+61 7 3123 4567"),
            ("AU", "NT", "+61 8 8912 3456"),
            ("BR", "PE", "+55 81 3131 1234"),
            ("MX", "CHH", "+52 614 412 3456"),
        ):
            with self.subTest(phone=phone):
                debtor = self._create_debtor_in(country, state, phone=phone)
                self.assertTrue(debtor.partner_id.phone_sanitized)
                self.assertEqual(debtor._get_zone_names(), zones_of(country, state))

    def test_nor_does_the_number_rule_those_zones_out(self):
        for country, phone, zone in (
            ("CL", "+56 61 221 2345", "Pacific/Easter"),
            ("AU", "+61 7 3123 4567", "Australia/Brisbane"),
            ("BR", "+55 81 3131 1234", "America/Recife"),
            ("MX", "+52 614 412 3456", "America/Chihuahua"),
            ("US", "+1 689 212 3456", NEW_YORK),  # Orlando
        ):
            with self.subTest(phone=phone):
                debtor = self._create_debtor_in(country, phone=phone)
                self.assertTrue(debtor.partner_id.phone_sanitized)
                self.assertIn(zone, debtor._get_zone_names())

    def test_without_a_country_the_number_tells_and_then_the_company(self):
        self._open_company_in("US", "NY", NEW_YORK)
        debtor = self._create_debtor_in(phone="+1 415 555 2671")
        self.assertEqual(debtor._get_zone_names(), (CALIFORNIA,))
        debtor.partner_id.phone = False
        self.assertEqual(debtor._get_zone_names(), (NEW_YORK,))

    def test_the_zone_that_a_person_chose_goes_before_all(self):
        debtor = self._create_debtor_in("US", "NY", phone="+1 415 555 2671")
        debtor.tz = "Europe/Berlin"
        self.assertEqual(debtor._get_zone_names(), ("Europe/Berlin",))

    # -- what the screen says ------------------------------------------------------------

    def test_the_screen_says_which_zones_and_why(self):
        self._open_company_in("US", "NY", NEW_YORK)
        debtor = self._create_debtor_in("US", "CA")
        with self._at(WINTER, time(17, 0)):
            for vals, text in (
                ({}, "Los Angeles, where it is 09:00 now. By the address."),
                (
                    {"phone": "+1 212 555 0100"},
                    "One of 2 zones: Los Angeles 09:00, New York 12:00. The address and "
                    "the phone number name different zones",
                ),
                (
                    {"phone": False, **self._place("US", "FL")},
                    "One of 2 zones: New York 12:00, Chicago 11:00. The address does not "
                    "tell which of them",
                ),
                (
                    {"phone": "+34 600 123 456", **self._place(None)},
                    "One of 2 zones: Canary 17:00, Madrid 18:00. The phone number does "
                    "not tell which of them",
                ),
                (
                    {"phone": "+1 415 555 2671"},
                    "Los Angeles, where it is 09:00 now. By the phone number",
                ),
                (
                    {"phone": False},
                    "New York, where it is 12:00 now. The company's, because",
                ),
            ):
                debtor.partner_id.write(vals)
                self.assertIn(text, debtor.zone_text)
            debtor.tz = CALIFORNIA
            self.assertIn("Chosen by hand", debtor.zone_text)
            debtor.tz = False
            debtor.partner_id.write(self._place("US", "FL"))
            self.assertEqual(
                debtor._get_zone_label(),
                "New York (one of 2 zones in which they may be)",
            )

    def test_a_call_back_is_within_the_hours_of_every_zone(self):
        self._open_company_in("US", "NY", NEW_YORK)
        debtor = self._create_debtor_in("US", "FL", phone="+1 305 555 0100")
        with self._at(WINTER):
            wish = self.env["collection.callback"].new({"debtor_id": debtor.id})
            wish.update({"day": WINTER, "hour_from": 9, "hour_to": 12})
            begin, end = wish._get_interval()
            self.assertEqual(begin, datetime(2026, 1, 14, 15), "nine in Pensacola")
            self.assertEqual(end, datetime(2026, 1, 14, 17), "twelve in Miami")
            wish.hour_to = 10
            with self.assertRaisesRegex(UserError, "several time zones"):
                wish._get_interval()

    def test_the_times_offered_for_a_call_say_whose_clock_it_is_if_they_may_be_two(
        self,
    ):
        self._open_company_in("US", "NY", NEW_YORK)
        Answer = self.env["collection.answer.call_me"]
        for state, label in (
            ("FL", "Tomorrow, morning (9:00 AM to 12:00 PM), New York"),
            ("NY", "Tomorrow, morning (8:00 AM to 12:00 PM)"),
        ):
            debtor = self._create_debtor_in("US", state, phone="+1 305 555 0100")
            with self._at(WINTER):
                question = debtor._get_call_questions()
                labels = [
                    Answer._describe_slot(question, slot)
                    for slot in debtor._get_callback_slots()
                ]
            self.assertIn(label, labels)


@tagged("post_install", "-at_install")
class TestStateZones(ZoneCommon):
    """The table covers what Odoo calls a state in each of its countries."""

    def test_every_state_has_zones_that_exist(self):
        for country, table in STATE_ZONES.items():
            states = self.env["res.country.state"].search(
                [("country_id.code", "=", country)]
            )
            shipped = states.filtered(
                lambda s: s.get_external_id()[s.id][:5] == "base."
            )
            with self.subTest(country=country):
                self.assertEqual({*shipped.mapped("code")}, {*table})
            zones = {zone for each in table.values() for zone in each}
            self.assertFalse(zones - available_timezones())

    def test_no_zone_of_a_country_is_without_a_state(self):
        for country, table in STATE_ZONES.items():
            zones = {zone for each in table.values() for zone in each}
            with self.subTest(country=country):
                self.assertFalse({*pytz.country_timezones[country]} - zones)

    def test_zones_of_another_country_are_only_those_of_territories(self):
        """They have a code of their own, so a US address without state is not there."""
        territories = {"PR", "VI", "GU", "MP", "AS", "PW", "MH", "FM"}
        for country, table in STATE_ZONES.items():
            own = {*pytz.country_timezones[country]}
            others = {state for state in table if {*table[state]} - own}
            with self.subTest(country=country):
                self.assertEqual(others, territories if country == "US" else set())

    def test_every_country_has_a_zone(self):
        """Codes in lower case are groups of countries."""
        codes = self.env["res.country"].search([]).mapped("code")
        self.assertEqual({code for code in codes if not zones_of(code, "")}, NOBODY)

    def test_what_is_no_number_says_nothing(self):
        for number in ("", "+", "12", "+999 123", "+1 800 555 1234"):
            self.assertEqual(zones_of_phone(number, 2026), (), number)
