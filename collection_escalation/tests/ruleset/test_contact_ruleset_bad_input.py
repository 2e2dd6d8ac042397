from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..rulesets import RulesetCommon


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
            ({"kind": "gap", "days": 367}, "days: 367 is too long; use 366 or fewer"),
            ({"kind": "redial", "max_count": 0}, "max_count: 0 redials"),
            ({"kind": "redial", "channel": "email"}, "channel: 'email'.*use phone"),
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
        self._own_rules("BR").active = False
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
