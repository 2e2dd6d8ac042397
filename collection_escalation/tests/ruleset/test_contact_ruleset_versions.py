from datetime import datetime
from zoneinfo import ZoneInfo

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from ...rules.contact_content import ruleset_from
from ...rules.contact_rules import decide
from ..rulesets import RulesetCommon


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
        """BR@1 is everybody's; the company's own BR@2 closed at 18:00, BR@3 at 17:00; asked
        on a Tuesday at 17:30."""
        brazil = self._own_rules("BR")
        brazil.line_ids[0].hour_to = 17.0
        asked = datetime(2026, 11, 10, 17, 30, tzinfo=ZoneInfo("America/Sao_Paulo"))
        answers = {}
        for version in brazil.version_ids:
            rules = ruleset_from(version.content)
            answers[rules.label] = decide(
                (rules,), at=asked, channel="phone", zones=("America/Sao_Paulo",)
            ).codes
        self.assertEqual(answers, {"BR@2": "", "BR@3": "BR.WIN_HOURS"})

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
