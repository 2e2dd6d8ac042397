from datetime import date, datetime
from zoneinfo import ZoneInfo

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..rules.contact_content import ruleset_from
from ..rules.contact_rules import decide
from .rulesets import RulesetCommon

NOVEMBER = date(2026, 11, 10)


@tagged("post_install", "-at_install")
class TestRulesInForce(RulesetCommon):
    """Which sets a company obeys towards a customer: those of the place, then its own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor = cls.env["collection.debtor"]._get_for(
            cls.debtor_partner, cls.company
        )

    def _move_to(self, country, state=None, party="consumer"):
        self.debtor_partner.write(
            {
                "country_id": self.env.ref(f"base.{country}").id,
                "state_id": state and self.env.ref(f"base.{state}").id,
            }
        )
        self.debtor.party = party

    def _codes(self, day=NOVEMBER):
        return [rules.code for rules in self.debtor._get_rulesets(day)]

    def assertInForce(self, *codes):
        self.assertEqual(self._codes(), list(codes))

    def test_country_then_state_then_house(self):
        for place, expected in (
            (("br", "state_br_rj"), ("BR", "HOUSE")),
            (("br", "state_br_sp"), ("BR", "BR-SP", "HOUSE")),
            (("br", "state_br_mg"), ("BR", "BR-MG", "HOUSE")),
            (("br",), ("BR", "HOUSE")),
            (("co",), ("CO", "HOUSE")),
            (("us", "state_us_5"), ("US", "HOUSE")),
            (("uk",), ("UK", "HOUSE")),
        ):
            with self.subTest(place=place):
                self._move_to(*place)
                self.assertInForce(*expected)

    def test_where_no_rule_is_known_the_house_rules_stand_alone(self):
        self._move_to("jp")
        self.assertInForce("HOUSE")

    def test_companies_have_house_rules_of_their_own(self):
        """Consumer law does not protect them; Colombia and Mexico may."""
        for country, expected in (
            ("br", ["HOUSE-B"]),
            ("us", ["HOUSE-B"]),
            ("co", ["CO", "HOUSE-B"]),
            ("mx", ["MX", "HOUSE-B"]),
        ):
            with self.subTest(country):
                self._move_to(country, party="business")
                self.assertEqual(self._codes(), expected)

    def test_of_whom_nothing_is_known_is_a_consumer(self):
        self._move_to("br", party=False)
        self.assertInForce("BR", "HOUSE")

    def test_house_rules_may_stand_only_where_no_other_rule_applies(self):
        self.company.sudo().collection_house_rules = "alone"
        self.assertInForce("BR")
        self._move_to("jp")
        self.assertInForce("HOUSE")
        self._move_to("br", party="business")
        self.assertInForce("HOUSE-B")

    def test_a_company_chooses_its_own_house_rules(self):
        mine, towards_companies = self._create_rules("MINE"), self._create_rules("B2B")
        self.company.sudo().write(
            {
                "collection_ruleset_id": mine.id,
                "collection_business_ruleset_id": towards_companies.id,
            }
        )
        self.assertInForce("BR", "MINE")
        self.debtor.party = "business"
        self.assertInForce("B2B")

    def test_without_any_rule_nothing_is_in_force(self):
        """And where nothing is in force nothing is permitted (`decide`)."""
        self._move_to("jp")
        self._rules("HOUSE").active = False
        self.assertInForce()

    def test_a_set_holds_while_it_is_active_and_for_its_companies(self):
        other = self.env["res.company"].sudo().create({"name": "Other"})
        self._create_rules(
            "OURS", country_id=self.brazil.id, company_id=self.company.id
        )
        theirs = self._create_rules("THEIRS", country_id=self.brazil.id)
        theirs.sudo().company_id = other
        self.assertInForce("BR", "OURS", "HOUSE")
        self._rules("BR").active = False
        self.assertInForce("OURS", "HOUSE")

    def test_a_set_of_the_company_holds_for_its_branches(self):
        branch = (
            self.env["res.company"]
            .sudo()
            .create({"name": "Recife", "parent_id": self.company.id})
        )
        self._create_rules(
            "OURS", country_id=self.brazil.id, company_id=self.company.id
        )
        debtor = (
            self.env["collection.debtor"].sudo()._get_for(self.debtor_partner, branch)
        )
        codes = [rules.code for rules in debtor._get_rulesets(NOVEMBER)]
        self.assertEqual(codes, ["BR", "OURS", "HOUSE"])

    def test_a_customer_without_country_lives_where_the_company_does(self):
        self.debtor_partner.write({"country_id": False, "state_id": False})
        self.assertInForce("BR", "BR-SP", "HOUSE")

    def test_the_sets_bear_the_holidays_of_the_place(self):
        ninth_of_july = date(2026, 7, 9)
        for state, closed in (("state_br_sp", True), ("state_br_rj", False)):
            self._move_to("br", state)
            for rules in self.debtor._get_rulesets(NOVEMBER):
                with self.subTest(state=state, rules=rules.code):
                    self.assertEqual(ninth_of_july in rules.holidays, closed)

    def test_the_holidays_of_last_year_and_next_year_are_known(self):
        (brazil, _house) = self.debtor._get_rulesets(NOVEMBER)
        for year in (2025, 2026, 2027):
            self.assertIn(date(year, 12, 25), brazil.holidays)

    def test_german_states_and_spanish_provinces_have_their_own_holidays(self):
        """Odoo writes DE-BY where the library writes BY, and Barcelona where it writes
        Catalonia."""
        corpus_christi, sant_esteve = date(2026, 6, 4), date(2026, 12, 26)
        for country, state, day, closed in (
            ("de", "state_de_by", corpus_christi, True),
            ("de", "state_de_be", corpus_christi, False),
            ("es", "state_es_b", sant_esteve, True),
            ("es", "state_es_m", sant_esteve, False),
        ):
            with self.subTest(state):
                self._move_to(country, state)
                rules = self.debtor._get_rulesets(NOVEMBER)[0]
                self.assertEqual(day in rules.holidays, closed)

    def test_optional_days_close_where_a_set_says_so(self):
        """Carnival is a holiday in Rio de Janeiro, an optional day in Santa Catarina."""
        carnival = date(2026, 2, 17)
        self._move_to("br", "state_br_sc")
        self.assertNotIn(carnival, self.debtor._get_rulesets(NOVEMBER)[0].holidays)
        self._rules("BR").optional_holidays = True
        brazil, house = self.debtor._get_rulesets(NOVEMBER)
        self.assertIn(carnival, brazil.holidays)
        self.assertNotIn(carnival, house.holidays)

    def test_optional_days_of_a_country_that_has_none_change_nothing(self):
        self._move_to("co")
        before = self.debtor._get_rulesets(NOVEMBER)[0].holidays
        self._rules("CO").optional_holidays = True
        self.assertEqual(self.debtor._get_rulesets(NOVEMBER)[0].holidays, before)

    def test_holidays_nobody_knows_are_not_guessed(self):
        """Northern Ireland as a country of its own is unknown to the library."""
        nowhere = (
            self.env["res.country"].sudo().create({"name": "Sealand", "code": "XZ"})
        )
        self.debtor_partner.write({"country_id": nowhere.id, "state_id": False})
        with self.assertRefused(UserError, "XZ.*House rules.*Settings"):
            self.debtor._get_rulesets(NOVEMBER)
        self._create_rules("XZ", country_id=nowhere.id, respects_holidays=False)
        self.company.sudo().collection_house_rules = "alone"
        self.assertInForce("XZ")

    def test_what_binds_only_agents_is_prudent_for_us(self):
        self._move_to("us", "state_us_5")
        self.assertEqual(
            [rules.nature for rules in self.debtor._get_rulesets(NOVEMBER)],
            ["prudent", "house"],
        )
        self._rules("US").binds = "creditor"
        self.assertEqual(self.debtor._get_rulesets(NOVEMBER)[0].nature, "statute")

    def test_ten_customers_cost_no_more_queries_than_one(self):
        partners = self.env["res.partner"].concat(
            *(self._create_debtor_partner(f"Loja {n}") for n in range(10))
        )
        debtors = self.env["collection.debtor"]._get_for(partners, self.company)
        debtors[:1]._get_rulesets(NOVEMBER)
        debtors.partner_id.country_id.mapped("code")
        debtors.partner_id.state_id.mapped("code")
        with self.assertQueryCount(0):
            found = {debtor._get_rulesets(NOVEMBER) for debtor in debtors}
        self.assertEqual(len(found), 1)

    def test_what_is_remembered_is_forgotten_when_a_rule_changes(self):
        self.assertInForce("BR", "HOUSE")
        rules = self._rules("BR")
        rules.line_ids[0].hour_to = 17.0
        ends = {window.end for window in self.debtor._get_rulesets(NOVEMBER)[0].windows}
        self.assertEqual(ends, {17 * 60})
        rules.line_ids[0].unlink()
        self.assertFalse(self.debtor._get_rulesets(NOVEMBER)[0].windows)
        rules.line_ids = [Command.create({"kind": "window", "channel": "phone"})]
        self.assertEqual(len(self.debtor._get_rulesets(NOVEMBER)[0].windows), 5)
        rules.unlink()
        self.assertInForce("HOUSE")

    def test_the_house_rules_as_shipped(self):
        """08-18 Monday to Friday, not on holidays, once a day; companies: two live
        contacts a day; nobody but the debtor."""
        for party, codes in (("consumer", "HOUSE"), ("business", "HOUSE-B")):
            self._move_to("jp", party=party)
            (house,) = self.debtor._get_rulesets(NOVEMBER)
            (limit,) = house.limits
            (block,) = house.blocks
            with self.subTest(party):
                self.assertEqual(house.code, codes)
                self.assertEqual(
                    {(w.weekday, w.start, w.end) for w in house.windows},
                    {(day, 480, 1080) for day in range(5)},
                )
                self.assertNotIn("letter", house.windows[0].channels)
                self.assertTrue(house.windows[0].respects_holidays)
                self.assertEqual(
                    (limit.cap, limit.basis, len(limit.channels)),
                    (1, "attempt", 5) if party == "consumer" else (2, "contact", 4),
                )
                self.assertEqual(
                    set(("debtor", "guarantor", "attorney")) & block.parties, set()
                )
                self.assertLessEqual({"other", "employer", "minor"}, block.parties)


@tagged("post_install", "-at_install")
class TestRulesetVersions(RulesetCommon):
    """A decision under BR@3 can be looked up, and worked out again, years later."""

    def test_the_first_version_is_kept_when_a_set_is_made(self):
        mine = self._create_rules("MINE")
        (version,) = mine.version_ids
        self.assertEqual((version.version, version.code), (1, "MINE"))
        self.assertEqual(version.display_name, "MINE@1")
        self.assertEqual(version.user_id, self.manager)
        self.assertIn("Calls: Monday to Friday 08:00-18:00", version.summary)

    def test_a_kept_version_decides_as_it_did(self):
        """BR@1 closed at 18:00, BR@2 at 17:00; asked on a Tuesday at 17:30."""
        brazil = self._rules("BR")
        brazil.line_ids[0].hour_to = 17.0
        asked = datetime(2026, 11, 10, 17, 30, tzinfo=ZoneInfo("America/Sao_Paulo"))
        answers = {}
        for version in brazil.version_ids:
            rules = ruleset_from(version.content)
            answers[rules.label] = decide(
                (rules,), at=asked, channel="phone", zones=("America/Sao_Paulo",)
            ).codes
        self.assertEqual(answers, {"BR@1": "", "BR@2": "BR.WIN_HOURS"})

    def test_one_save_is_one_version_however_many_lines(self):
        mine = self._create_rules(
            "MINE",
            [
                {"kind": "window", "channel": "phone", "hour_to": 12.0},
                {"kind": "window", "channel": "phone", "hour_from": 14.0},
            ],
        )
        first, second = mine.line_ids
        mine.write(
            {
                "line_ids": [
                    Command.update(first.id, {"hour_to": 13.0}),
                    Command.update(second.id, {"hour_from": 15.0}),
                    Command.create({"kind": "count", "channel": "phone"}),
                ]
            }
        )
        self.assertEqual(mine.version, 2)
        self.assertEqual(len(mine.version_ids), 2)

    def test_lines_that_make_sense_only_together_are_saved_together(self):
        """Two windows change places: after the first alone they would overlap."""
        mine = self._create_rules(
            "MINE",
            [
                {"kind": "window", "channel": "phone", "hour_to": 12.0},
                {"kind": "window", "channel": "phone", "hour_from": 14.0},
            ],
        )
        first, second = mine.line_ids
        mine.line_ids = [
            Command.update(first.id, {"hour_from": 14.0, "hour_to": 18.0}),
            Command.update(second.id, {"hour_from": 8.0, "hour_to": 12.0}),
        ]
        self.assertEqual((first.hour_from, second.hour_from), (14.0, 8.0))

    def test_what_changes_no_rule_makes_no_version(self):
        mine = self._create_rules("MINE")
        mine.write({"name": "Other", "source": "My own", "source_url": "x"})
        mine.line_ids.write({"source": "Me", "hour_to": 18.0})
        self.assertEqual(mine.version, 1)

    def test_every_other_change_makes_a_version(self):
        mine = self._create_rules("MINE")
        for number, vals in enumerate(
            (
                {"respects_holidays": False},
                {"debtor_may_widen": False},
                {"week_start": "6"},
                {"nature": "prudent"},
                {"binds": "agents"},
                {"party_scope": "business"},
                {"country_id": self.brazil.id},
                {"state_ids": [Command.set(self.env.ref("base.state_br_sp").ids)]},
                {"active": False},
            ),
            2,
        ):
            with self.subTest(vals):
                mine.write(vals)
                self.assertEqual(mine.version, number)

    def test_a_remote_caller_cannot_hide_a_change(self):
        mine = self._create_rules("MINE").with_user(self.manager)
        line = mine.line_ids.with_context(collection_rules_together=True)
        line.hour_to = 17.0
        self.assertEqual(mine.version, 2)
        with self.assertRaises(ValidationError):
            line.hour_to = 7.0

    def test_a_version_is_never_changed_or_deleted(self):
        version = self._create_rules("MINE").version_ids
        for user in (self.collector, self.manager, self.env.ref("base.user_admin")):
            for call in (
                lambda v: v.write({"content": {}}),
                lambda v: v.unlink(),
                lambda v: v.copy(),
            ):
                with self.subTest(user=user.login), self.assertRaises(UserError):
                    call(version.with_user(user))
        with self.assertRefused(UserError, "MINE@1"):
            version.sudo().write({"content": {}})
        with self.assertRefused(UserError, "MINE@1"):
            version.sudo().unlink()

    def test_the_versions_of_a_deleted_set_stay_and_the_next_one_counts_on(self):
        mine = self._create_rules("MINE")
        mine.line_ids.hour_to = 17.0
        versions = mine.version_ids
        mine.unlink()
        self.assertEqual(
            set(versions.exists().mapped("display_name")), {"MINE@1", "MINE@2"}
        )
        again = self._create_rules("MINE")
        self.assertEqual(again.version, 3)

    def test_two_companies_may_have_a_set_of_one_code(self):
        other = self.env["res.company"].sudo().create({"name": "Other"})
        self._create_rules("MINE")
        theirs = self.Rulesets.sudo().create(
            {"name": "x", "code": "MINE", "company_id": other.id}
        )
        self.assertEqual(theirs.version, 1)
        self.assertFalse(
            self.env["collection.contact.ruleset.version"]
            .with_user(self.manager)
            .search([("company_id", "=", other.id)])
        )

    def test_the_button_shows_the_versions(self):
        mine = self._create_rules("MINE")
        action = mine.action_view_versions()
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(found, mine.version_ids)


@tagged("post_install", "-at_install")
class TestRulesetMarks(RulesetCommon):
    """ "Reviewed" is written only where every value was compared with its source."""

    def test_a_set_is_as_good_as_its_worst_line(self):
        marks = {
            code: self._rules(code).mark
            for code in ("UK", "US", "CL", "CO", "BR", "BR-SP", "BR-MG", "DE", "HOUSE")
        }
        self.assertEqual(
            marks,
            {
                "UK": "verified",
                "US": "unverified",
                "CL": "secondary",
                "CO": "secondary",
                "BR": "secondary",
                "BR-SP": "secondary",
                "BR-MG": "unverified",
                "DE": "house",
                "HOUSE": "house",
            },
        )

    def test_a_value_that_somebody_changes_is_no_longer_reviewed(self):
        uk = self._rules("UK").with_user(self.manager)
        line = uk.line_ids[0]
        line.hour_to = 20.0
        self.assertEqual((line.mark, line.verified_on), ("house", False))
        self.assertEqual(uk.mark, "house")
        line.write({"hour_to": 21.0, "mark": "verified", "verified_on": NOVEMBER})
        self.assertEqual(uk.mark, "verified")

    def test_every_shipped_line_names_source_mark_and_day(self):
        lines = self.Rulesets.search([("country_id", "!=", False)]).line_ids
        self.assertGreater(len(lines), 50)
        self.assertTrue(all(line.source and line.verified_on for line in lines))


@tagged("post_install", "-at_install")
class TestRulesetWords(RulesetCommon):
    """A clerk reads sentences, not figures."""

    def _said(self, **vals):
        mine = self.Rulesets.new({"line_ids": [Command.create(vals)]})
        return mine.line_ids.summary

    def test_hours(self):
        for vals, sentence in (
            ({"channel": "phone"}, "Calls: Monday to Friday 08:00-18:00"),
            (
                {"weekday_from": "5", "weekday_to": "5", "hour_from": 8.5},
                "All but letters: Saturday 08:30-18:00",
            ),
            (
                {"weekday_to": "6", "hour_from": 0, "hour_to": 24, "channel": "all"},
                "All channels: every day 00:00-24:00",
            ),
        ):
            self.assertEqual(self._said(kind="window", **vals), sentence)

    def test_limits(self):
        for vals, sentence in (
            (
                {"kind": "count", "channel": "email", "max_count": 2, "period": "week"},
                "E-mails: at most 2 a calendar week (attempts)",
            ),
            (
                {
                    "kind": "count",
                    "channel": "phone",
                    "max_count": 7,
                    "period": "rolling",
                    "days": 7,
                    "scope": "debt",
                },
                "Calls: at most 7 in any 7 days (attempts), for each invoice",
            ),
            (
                {"kind": "count", "channel": "phone", "excludes_busy": True},
                "Calls: at most 1 a day (attempts); a busy line does not count",
            ),
            (
                {"kind": "gap", "channel": "messages", "days": 2, "basis": "contact"},
                "SMS, WhatsApp, e-mails and letters: at least 2 days from one to the next "
                "(contacts that arrived)",
            ),
            (
                {"kind": "cooldown", "channel": "phone"},
                "Calls: none for 7 days after a conversation, its day included",
            ),
            (
                {"kind": "exclusive", "channel": "all", "basis": "contact"},
                "All channels: only one of them in a calendar week "
                "(contacts that arrived)",
            ),
            (
                {"kind": "grace", "channel": "all", "days": 5},
                "All channels: the first one not before day 5 (Business days) after the "
                "due date",
            ),
        ):
            self.assertEqual(self._said(**vals), sentence)

    def test_stops(self):
        for vals, sentence in (
            ({"block": "visit"}, "All channels: no visits"),
            ({"block": "workplace"}, "All channels: never at work"),
            (
                {"block": "workplace", "if_prohibited": True},
                "All channels: never at work, if the employer forbids it",
            ),
            (
                {"block": "third_party", "barred": "relations_employer"},
                "All channels: never to: These and the employer",
            ),
            (
                {"block": "paid_claim", "days": 2},
                "All channels: not for 2 days (Business days) after “I have paid”",
            ),
        ):
            self.assertEqual(self._said(kind="block", channel="all", **vals), sentence)

    def test_a_whole_set(self):
        self.assertEqual(
            self._rules("BR-SP").summary,
            "Consumers: Brazil (São Paulo). Law.\n"
            "Closed on public holidays.\n"
            "Calls: Monday to Friday 08:00-20:00\n"
            "Calls: Saturday 08:00-14:00",
        )

    def test_every_shipped_line_says_something(self):
        for line in self.Rulesets.search([]).line_ids:
            self.assertRegex(line.summary, r"^.+: .+")


@tagged("post_install", "-at_install")
class TestRulesetBadInput(RulesetCommon):
    """With the rights of a manager: refused with the set, the field and a remedy."""

    def setUp(self):
        super().setUp()
        self.mine = self._create_rules("MINE").with_user(self.manager)

    def _add(self, **vals):
        self.mine.line_ids = [Command.create({"channel": "phone", **vals})]

    def test_lines_that_cannot_be_meant(self):
        for vals, message in (
            ({"kind": "window", "hour_from": 9, "hour_to": 8}, "08:00 is not after"),
            ({"kind": "window", "hour_from": 17, "hour_to": 20}, "overlap.*join them"),
            ({"kind": "window", "hour_from": 20, "hour_to": 30}, "after midnight"),
            ({"kind": "window", "hour_from": -1, "hour_to": 3}, "is no hour of a day"),
            ({"kind": "count", "max_count": 0}, "cap: 0.*use 1 or more"),
            (
                {"kind": "count", "period": "rolling", "days": 0},
                "days: 0 limits nothing",
            ),
            ({"kind": "count", "rule_id": "MINE"}, "rule_id.*write it like LIM_WEEK"),
            ({"kind": "gap", "days": -1}, "days: -1 limits nothing"),
            ({"kind": "cooldown", "days": 0}, "days: 0 limits nothing"),
            ({"kind": "grace", "days": 0}, "days: 0 limits nothing"),
            ({"kind": "block", "block": "paid_claim", "days": 0}, "days: less than 1"),
            ({"kind": "block", "block": "third_party", "barred": False}, "barred"),
            ({"kind": "block", "block": False}, "block"),
            ({"kind": "block", "rule_id": "BLK_CEASE"}, "rule_id: this stop is always"),
            (
                {"kind": "window", "weekday_to": False},
                "line 2: weekday_to: .*use one of 0",
            ),
        ):
            with (
                self.subTest(vals),
                self.assertRefused(ValidationError, f"My MINE.*{message}"),
            ):
                self._add(**vals)
            self.assertEqual(len(self.mine.line_ids), 1)
        self.assertEqual(self.mine.version, 1)

    def test_two_limits_of_one_name(self):
        self._add(kind="count")
        with self.assertRefused(ValidationError, "LIM_DAY.*rename one"):
            self._add(kind="count", max_count=2)
        self._add(kind="count", max_count=2, rule_id="LIM_DAY_CALLS")
        self.assertEqual(self.mine.version, 3)

    def test_two_waits_before_the_first_contact(self):
        self._add(kind="grace", days=5)
        with self.assertRefused(ValidationError, "grace: there are two"):
            self._add(kind="grace", days=3, rule_id="LIM_OTHER")

    def test_a_state_of_another_country(self):
        sao_paulo = self.env.ref("base.state_br_sp")
        with self.assertRefused(ValidationError, "São Paulo.*Choose the country"):
            self.mine.state_ids = sao_paulo
        with self.assertRefused(ValidationError, "São Paulo.*Colombia"):
            self.mine.write(
                {"country_id": self.env.ref("base.co").id, "state_ids": sao_paulo.ids}
            )
        self.mine.write({"country_id": self.brazil.id, "state_ids": sao_paulo.ids})

    def test_a_country_whose_holidays_nobody_knows(self):
        nowhere = (
            self.env["res.country"].sudo().create({"name": "Sealand", "code": "XZ"})
        )
        with self.assertRefused(ValidationError, "Sealand.*Untick"):
            self.mine.country_id = nowhere
        self.mine.write({"country_id": nowhere.id, "respects_holidays": False})

    def test_a_code_that_would_garble_reasons(self):
        for code in ("BR.X", "A+B", "A B", "-", "BR@2"):
            with self.subTest(code), self.assertRefused(ValidationError, "BR-SP"):
                self.mine.code = code

    def test_a_code_twice(self):
        self._rules("BR").active = False
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self._create_rules("BR")

    def test_a_company_cannot_choose_rules_as_shipped(self):
        for field in ("collection_ruleset_id", "collection_business_ruleset_id"):
            with self.assertRefused(ValidationError, "Choose the copy"):
                self.company.sudo()[field] = self._preset("CO")

    def test_a_collector_changes_nothing(self):
        mine = self.mine.with_user(self.collector)
        for call in (
            lambda: mine.write({"name": "x"}),
            lambda: mine.line_ids.write({"hour_to": 24.0}),
            lambda: mine.unlink(),
            lambda: mine.copy(),
            lambda: mine.line_ids.unlink(),
            lambda: self._create_rules("X")
            .with_user(self.collector)
            .write({"code": "Y"}),
            lambda: self.Rulesets.with_user(self.collector).create(
                {"name": "x", "code": "X"}
            ),
        ):
            with self.assertRaises(AccessError):
                call()
        self.assertTrue(mine.summary, "but reads")

    def test_the_form_writes_a_line_and_names_its_rule(self):
        with Form(self.mine) as form:
            with form.line_ids.new() as line:
                line.kind = "count"
                line.channel = "email"
                line.max_count = 2
                line.period = "week"
                self.assertEqual(line.rule_id, "LIM_WEEK")
                self.assertIn("at most 2 a calendar week", line.summary)
        self.assertEqual(self.mine.version, 2)
        self.assertEqual(self.mine.line_ids[-1].rule_id, "LIM_WEEK")
