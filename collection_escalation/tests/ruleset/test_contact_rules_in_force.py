from datetime import date, timedelta

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..rulesets import RulesetCommon

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
        self._own_rules("HOUSE").active = False
        self.assertInForce()

    def test_a_set_holds_while_it_is_active_and_for_its_companies(self):
        other = self.env["res.company"].sudo().create({"name": "Other"})
        self._create_rules(
            "OURS", country_id=self.brazil.id, company_id=self.company.id
        )
        theirs = self._create_rules("THEIRS", country_id=self.brazil.id)
        theirs.sudo().company_id = other
        self.assertInForce("BR", "OURS", "HOUSE")
        self._own_rules("BR").active = False
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
        self._own_rules("BR").optional_holidays = True
        brazil, house = self.debtor._get_rulesets(NOVEMBER)
        self.assertIn(carnival, brazil.holidays)
        self.assertNotIn(carnival, house.holidays)

    def test_optional_days_of_a_country_that_has_none_change_nothing(self):
        self._move_to("co")
        before = self.debtor._get_rulesets(NOVEMBER)[0].holidays
        self._own_rules("CO").optional_holidays = True
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
        self._own_rules("US").binds = "creditor"
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

    def test_the_longest_limit_says_how_far_back_the_log_is_read(self):
        """One visit in any 90 days: the one of 60 days ago counts, that of 95 does not."""
        self.assertLess(self.Rulesets._get_longest_reach(), 40)
        seldom = {"kind": "count", "period": "rolling", "days": 90, "channel": "visit"}
        self.company.sudo().write(
            {
                "collection_ruleset_id": self._create_rules("RARE", [seldom]).id,
                "collection_house_rules": "always",
            }
        )
        self._own_rules("BR").active = False
        self.assertEqual(self.Rulesets._get_longest_reach(), 90)
        about = {
            "debtor_id": self.debtor.id,
            "company_id": self.company.id,
            "channel": "visit",
            "recipient_id": self.debtor_partner.id,
        }
        Contact = self.env["collection.contact"].sudo()
        with self._at(NOVEMBER):
            now = fields.Datetime.now()
            for days, codes in ((95, ""), (60, "RARE.LIM_ROLLING")):
                moment = now - timedelta(days=days)
                made = {"outcome": "not_met", "made_at": moment}
                Contact._create_over("made", [{**about, **made}])
                self.assertEqual(Contact.new(about)._decide(now).codes, codes)

    def test_what_is_remembered_is_forgotten_when_a_rule_changes(self):
        self.assertInForce("BR", "HOUSE")
        rules = self._own_rules("BR")
        rules.line_ids[0].hour_to = 17.0
        ends = {window.end for window in self.debtor._get_rulesets(NOVEMBER)[0].windows}
        self.assertEqual(ends, {17 * 60})
        rules.line_ids[0].unlink()
        self.assertFalse(self.debtor._get_rulesets(NOVEMBER)[0].windows)
        rules.line_ids = [Command.create({"kind": "window", "channel": "phone"})]
        self.assertEqual(len(self.debtor._get_rulesets(NOVEMBER)[0].windows), 5)
        rules.unlink()
        self.assertInForce("BR", "HOUSE")
        ends = {window.end for window in self.debtor._get_rulesets(NOVEMBER)[0].windows}
        self.assertNotEqual(ends, {17 * 60}, "those of everybody are in force again")

    def test_the_house_rules_as_shipped(self):
        """08-18 Monday to Friday, not on holidays, once a day, a busy line up to three
        times more; companies: two live contacts a day; nobody but the debtor."""
        for party, codes in (("consumer", "HOUSE"), ("business", "HOUSE-B")):
            self._move_to("jp", party=party)
            (house,) = self.debtor._get_rulesets(NOVEMBER)
            limit, redials = house.limits
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
                    (redials.rule_id, redials.cap, set(redials.channels)),
                    ("LIM_REDIAL", 4, {"phone"}),
                )
                self.assertEqual(
                    set(("debtor", "guarantor", "attorney")) & block.parties, set()
                )
                self.assertLessEqual({"other", "employer", "minor"}, block.parties)
