from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import TransactionCase, tagged

from ..contact_table import TABLES, answer_table, installed
from ..rulesets import RulesetCommon


@tagged("post_install", "-at_install")
class TestContactTables(TransactionCase):
    """The law's table against the sets as installed, each alone."""

    def _assert_all_pass(self, name, more_than=40):
        answers = [*answer_table(TABLES / name, installed(self.env))]
        self.assertGreater(len(answers), more_than)
        self.assertEqual([(a.case_id, a.fault) for a in answers if a.fault], [])

    def test_every_row_of_the_given_table_passes(self):
        self._assert_all_pass("contact_cases.csv")

    def test_every_row_of_our_own_table_passes(self):
        self._assert_all_pass("contact_cases_own.csv")

    def test_every_case_about_purposes_passes(self):
        self._assert_all_pass("contact_cases_purposes.csv", more_than=20)

    def test_a_changed_set_fails_the_rows_that_ask_about_it(self):
        """So that the two tests above mean something: Saturday 07:30 in Colombia."""
        rules = self.env["collection.contact.ruleset"].search(
            [("code", "=", "CO"), ("is_preset", "=", False)]
        )
        saturday = rules.line_ids.filtered(lambda line: line.weekday_from == "5")
        saturday.hour_from = 7.5
        answers = answer_table(TABLES / "contact_cases_own.csv", installed(self.env))
        failed = {answer.case_id for answer in answers if answer.fault}
        # Holy Thursday, one minute to eight on Saturday, Saturday 2 January
        self.assertEqual(failed, {"OWN-CO-01", "OWN-CO-02", "OWN-CO-09"})

    def test_a_set_that_does_not_exist_is_named(self):
        source = installed(self.env)
        for name in ("XX", "XX-YY", "HOUSE", "DE-ZZ", "CO-XX", "DE-"):
            with self.subTest(name), self.assertRaisesRegex(ValueError, name):
                source(name, 2026)

    def test_a_state_by_the_name_of_the_library_or_of_odoo(self):
        source = installed(self.env)
        for name in ("DE-BY", "ES-CT", "ES-B", "US-NY"):
            with self.subTest(name):
                self.assertEqual(source(name, 2026).code, name)

    def test_holidays_nobody_knows_fail_one_row(self):
        nowhere = self.env["res.country"].create({"name": "Sealand", "code": "XZ"})
        rules = {"name": "Sealand", "code": "XZ", "country_id": nowhere.id}
        self.env["collection.contact.ruleset"].create(
            {**rules, "respects_holidays": False}
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE collection_contact_ruleset SET respects_holidays = TRUE "
            "WHERE country_id = %s",
            (nowhere.id,),
        )
        self.env.invalidate_all()
        with self.assertRaisesRegex(ValueError, "country: The public holidays.*XZ"):
            installed(self.env)("XZ", 2026)


@tagged("post_install", "-at_install")
class TestContactPresets(RulesetCommon):
    """What comes with an update is offered; what the administrator made of it stays."""

    def _come_with_an_update(self, hour_to=17.0):
        """What an update does: a newer preset of Colombia, closing earlier."""
        preset = self._preset("CO").sudo()
        preset.version += 1
        preset.line_ids[0].write({"hour_to": hour_to, "mark": "verified"})
        self.Rulesets.sudo()._adopt_presets()
        return preset

    def assertSameRules(self, mine, preset):
        """The same content; each counts its versions for itself."""
        content = {**mine._get_content(), "version": preset.version}
        self.assertEqual(content, preset._get_content())

    def test_every_preset_is_in_use_as_it_was_shipped(self):
        presets = self.Rulesets.search([("is_preset", "=", True)])
        self.assertEqual(len(presets), 15)
        for preset in presets:
            with self.subTest(preset.code):
                copy = self._rules(preset.code)
                self.assertEqual(copy.preset_id, preset)
                self.assertEqual(copy.version, 1)
                self.assertEqual(copy.preset_version, preset.version)
                self.assertFalse(copy.has_offer)
                self.assertSameRules(copy, preset)
                self.assertEqual(copy.mark, preset.mark)
                self.assertEqual(copy.verified_on, date(2026, 11, 22))
                self.assertEqual(
                    copy.line_ids.mapped("source"), preset.line_ids.mapped("source")
                )

    def test_a_newer_version_is_offered_and_changes_nothing(self):
        mine = self._own_rules("CO")
        mine.line_ids[0].hour_to = 18.0
        self._come_with_an_update()
        self.assertTrue(mine.has_offer)
        self.assertEqual(mine.line_ids[0].hour_to, 18.0)
        self.assertEqual(mine.version, 3, "my copy, and my own change")
        self.assertEqual(
            self.Rulesets.search([("has_offer", "=", True)]), mine | self._rules("CO")
        )
        self.assertIn("07:00-17:00", mine.preset_summary)
        self.assertIn("07:00-18:00", mine.summary)
        self.assertEqual(mine.action_compare_with_preset()["res_id"], mine.id)

    def test_taking_over_replaces_my_rules_and_keeps_the_version_before(self):
        mine = self._own_rules("CO")
        mine.line_ids[0].hour_to = 18.0
        mine.name = "My Colombia"
        preset = self._come_with_an_update()
        mine.with_user(self.manager).action_take_over_preset()
        self.assertFalse(mine.has_offer)
        self.assertSameRules(mine, preset)
        self.assertEqual(mine.line_ids.mapped("mark"), preset.line_ids.mapped("mark"))
        self.assertEqual(
            mine.line_ids.mapped("verified_on"), preset.line_ids.mapped("verified_on")
        )
        self.assertEqual(mine.name, "My Colombia")
        self.assertEqual(mine.version, 4, "one change, however many lines")
        kept = {v.version: v.content["lines"][0]["hour_to"] for v in mine.version_ids}
        self.assertEqual(kept, {2: 19.0, 3: 18.0, 4: 17.0})

    def test_keeping_mine_ends_the_offer_until_the_next_version(self):
        mine = self._own_rules("CO")
        preset = self._come_with_an_update()
        mine.with_user(self.manager).action_keep_own_rules()
        self.assertFalse(mine.has_offer)
        self.assertEqual((mine.line_ids[0].hour_to, mine.version), (19.0, 2))
        preset.version += 1
        self.assertTrue(mine.has_offer)

    def test_a_deleted_set_does_not_come_back_by_itself(self):
        self._rules("CO").sudo().unlink()
        self._come_with_an_update()
        self.assertFalse(self._rules("CO"))
        self._preset("CO").with_user(self.manager).action_use_preset()
        self.assertFalse(self._rules("CO"), "of one company only")
        again = self.Rulesets.search(
            [("code", "=", "CO"), ("company_id", "=", self.company.id)]
        )
        self.assertEqual(again.line_ids[0].hour_to, 17.0)
        self.assertEqual(again.version, 2, "CO@1 was another set of rules")

    def test_an_archived_set_does_not_come_back_either(self):
        mine = self._own_rules("CO")
        mine.active = False
        self._come_with_an_update()
        self.assertFalse(mine.active)
        with self.assertRefused(UserError, "unarchive"):
            self._preset("CO").with_user(self.manager).action_use_preset()

    def test_a_new_country_whose_code_is_taken_is_only_offered(self):
        """The administrator wrote rules for Uruguay before the module did."""
        mine = self._create_rules("UY", country_id=self.env.ref("base.uy").id)
        preset = self.Rulesets.sudo().create(
            {
                "name": "Uruguay",
                "code": "UY",
                "is_preset": True,
                "country_id": self.env.ref("base.uy").id,
                "line_ids": [Command.create({"kind": "window", "channel": "all"})],
            }
        )
        self.Rulesets.sudo()._adopt_presets()
        self.assertEqual(
            self.Rulesets._find_in_force(self.company, "UY", "", "consumer")[0], mine
        )
        self.assertEqual(mine.preset_id, preset)
        self.assertTrue(mine.has_offer)

    def test_a_new_country_comes_into_use_once(self):
        self.Rulesets.sudo().create(
            {
                "name": "Uruguay",
                "code": "UY",
                "is_preset": True,
                "country_id": self.env.ref("base.uy").id,
                "line_ids": [Command.create({"kind": "window", "channel": "all"})],
            }
        )
        self.Rulesets.sudo()._adopt_presets()
        self.Rulesets.sudo()._adopt_presets()
        self.assertEqual(len(self._rules("UY")), 1)
        self.assertEqual(
            self._rules("UY"), self.env.ref("collection_escalation.ruleset_uy")
        )

    def _load_the_files(self, *lines):
        """What loading the files of the next version does before `_adopt_presets`: the
        preset of Colombia is there again, with the lines of these names."""
        names = {f"collection_escalation.{name}" for name in ("preset_co", *lines)}
        self.patch(self.registry, "loaded_xmlids", names)

    def test_a_line_that_another_one_replaces_goes_before_the_rules_are_checked(self):
        """The hours of working days come as a line of another name, which overlaps the
        old one; a limit of the same name comes anew."""
        preset = self._preset("CO").sudo()
        names = preset.line_ids.get_external_id()
        old = preset.line_ids.filtered(
            lambda line: names[line.id].endswith(
                ("preset_co_workdays", "preset_co_day")
            )
        )
        kept = [names[line.id].partition(".")[2] for line in preset.line_ids - old]
        new = old.copy({"hour_to": 18.0})
        self.env["ir.model.data"]._update_xmlids(
            [
                {"xml_id": f"collection_escalation.preset_co_new_{n}", "record": line}
                for n, line in enumerate(new)
            ]
        )
        preset.version += 1
        with self.assertRefused(ValidationError, "Colombia"):
            self.Rulesets.sudo()._adopt_presets()
        self._load_the_files(*kept, "preset_co_new_0", "preset_co_new_1")
        self.Rulesets.sudo()._adopt_presets()
        self.assertFalse(old.exists())
        self.assertEqual(len(preset.line_ids), 7)
        mine = self._own_rules("CO")
        self.assertEqual(mine.line_ids[0].hour_to, 19.0, "only offered")
        mine.with_user(self.manager).action_take_over_preset()
        self.assertSameRules(mine, preset)

    def test_lines_stay_when_no_files_are_loading(self):
        self.Rulesets.sudo()._adopt_presets()
        self.assertEqual(len(self._preset("CO").line_ids), 7)

    def test_a_shipped_preset_that_makes_no_sense_stops_the_update(self):
        line = self._preset("CO").sudo().line_ids[0]
        line.hour_to = 6.0
        with self.assertRefused(ValidationError, "Colombia.*06:00 is not after"):
            self.Rulesets.sudo()._adopt_presets()

    def test_nobody_changes_what_was_shipped(self):
        preset = self._preset("CO").with_user(self.manager)
        line = preset.line_ids[0]
        mine = self._own_rules("CO").with_user(self.manager)
        for change in (
            lambda: preset.write({"name": "x"}),
            lambda: preset.write({"version": 9}),
            lambda: preset.unlink(),
            lambda: line.write({"hour_to": 24.0}),
            lambda: line.unlink(),
            lambda: line.copy(),
            lambda: mine.line_ids[0].write({"ruleset_id": preset.id}),
            lambda: mine.write({"is_preset": True}),
            lambda: mine.copy({"is_preset": True, "code": "CO"}),
        ):
            with self.assertRefused(
                UserError, "as they came with the module|doesn.t have .create. access"
            ):
                change()
        self.assertEqual(self._preset("CO").line_ids[0].hour_to, 19.0)

    def test_a_manager_may_copy_what_was_shipped(self):
        copy = self._preset("CO").with_user(self.manager).copy()
        self.assertFalse(copy.is_preset)
        self.assertEqual(copy.code, "CO-2")
        self.assertEqual(len(copy.line_ids), 7)

    def test_nobody_changes_what_every_company_uses(self):
        """Not the administrator either, who may bring it to what was shipped."""
        shared = self._rules("CO")
        admin = self.env.ref("base.user_admin")
        for user in (self.manager, admin):
            mine = shared.with_user(user)
            for change in (
                lambda mine=mine: mine.write({"name": "x"}),
                lambda mine=mine: mine.line_ids[0].write({"hour_to": 24.0}),
                lambda mine=mine: mine.line_ids[0].unlink(),
                lambda mine=mine: mine.unlink(),
            ):
                with self.assertRaises(AccessError):
                    change()
        self._come_with_an_update()
        with self.assertRaises(AccessError):
            shared.with_user(self.manager).action_take_over_preset()
        shared.with_user(admin).action_take_over_preset()
        self.assertEqual(shared.line_ids[0].hour_to, 17.0)

    def test_a_company_s_own_set_holds_there_in_the_place_of_the_shared_one(self):
        """Colombia closes at 19:00 on working days: our copy at 15:00, and archived not
        at all; another company goes on by the shared one."""
        other = self.env["res.company"].sudo().create({"name": "Other"})
        self._rules("CO").with_user(self.manager).action_make_own()
        mine = self._own_rules("CO")
        mine.line_ids[0].hour_to = 15.0

        def in_force(company):
            found = self.Rulesets._find_in_force(company, "CO", "", "consumer")
            return found.filtered(lambda rules: rules.code == "CO")

        self.assertEqual(in_force(self.company), mine)
        self.assertEqual(in_force(other), self._rules("CO"))
        mine.active = False
        self.assertFalse(in_force(self.company))
        self.assertEqual(in_force(other).line_ids[0].hour_to, 19.0)

    def test_a_collector_takes_over_nothing(self):
        self._come_with_an_update()
        mine = self._rules("CO").with_user(self.collector)
        for call in (
            mine.action_take_over_preset,
            mine.action_keep_own_rules,
            self._preset("CO").with_user(self.collector).action_use_preset,
        ):
            with self.assertRaises(AccessError):
                call()

    def test_there_is_nothing_to_take_over_for_my_own_rules(self):
        mine = self._create_rules("MINE").with_user(self.manager)
        for call in (mine.action_take_over_preset, mine.action_keep_own_rules):
            with self.assertRefused(UserError, "was not made from"):
                call()
        with self.assertRefused(UserError, "not one of the rules as shipped"):
            mine.action_use_preset()
