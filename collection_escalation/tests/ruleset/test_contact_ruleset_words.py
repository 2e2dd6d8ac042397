from datetime import date

from odoo import Command
from odoo.tests import tagged

from ..rulesets import RulesetCommon


@tagged("post_install", "-at_install")
class TestRulesetMarks(RulesetCommon):
    """ "Reviewed" is written only where every value was compared with its source."""

    def test_a_set_is_as_good_as_its_worst_line(self):
        marks = {
            code: self._rules(code).mark
            for code in (
                *("UK", "US", "CL", "CO", "MX", "PE", "BR", "BR-SP", "BR-MG", "DE"),
                "HOUSE",
            )
        }
        self.assertEqual(
            marks,
            {
                "UK": "verified",
                "US": "unverified",
                "CL": "secondary",
                "CO": "unverified",
                "MX": "unverified",
                "PE": "secondary",
                "BR": "secondary",
                "BR-SP": "secondary",
                "BR-MG": "unverified",
                "DE": "house",
                "HOUSE": "house",
            },
        )

    def test_a_value_that_somebody_changes_is_no_longer_reviewed(self):
        uk = self._own_rules("UK")
        line = uk.line_ids[0]
        line.hour_to = 20.0
        self.assertEqual((line.mark, line.verified_on), ("house", False))
        self.assertEqual(uk.mark, "house")
        line.write(
            {"hour_to": 21.0, "mark": "verified", "verified_on": date(2026, 11, 10)}
        )
        self.assertEqual(uk.mark, "verified")

    def assertReviewed(self, rules, reviewed):
        day = date(2026, 11, 22) if reviewed else False
        mark = "verified" if reviewed else "house"
        self.assertEqual((rules.mark, rules.verified_on), (mark, day))

    def test_a_set_that_somebody_changes_is_no_longer_reviewed(self):
        """Its lines are as they were, but mean something else."""
        sao_paulo = self.env.ref("base.state_br_sp")
        for vals in (
            {"respects_holidays": True},
            {"optional_holidays": True},
            {"nature": "statute"},
            {"binds": "creditor"},
            {"party_scope": "any"},
            {"week_start": "6"},
            {"debtor_may_widen": False},
            {"country_id": self.brazil.id},
            {"country_id": self.brazil.id, "state_ids": [Command.link(sao_paulo.id)]},
        ):
            with self.subTest(vals), self.env.cr.savepoint() as savepoint:
                uk = self._own_rules("UK")
                self.assertReviewed(uk, True)
                uk.write(vals)
                self.assertReviewed(uk, False)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_what_changes_no_rule_leaves_the_review(self):
        uk = self._own_rules("UK")
        uk.write({"name": "Britain", "sequence": 3, "nature": "guidance"})
        uk.write({"active": False, "country_id": uk.country_id.id})
        self.assertReviewed(uk, True)

    def test_a_set_without_one_of_its_lines_is_no_longer_reviewed(self):
        uk = self._own_rules("UK")
        uk.line_ids = [Command.delete(uk.line_ids[0].id)]
        self.assertReviewed(uk, False)

    def test_a_copy_is_not_reviewed_and_what_was_not_verified_stays_so(self):
        for source, mark in (
            ("UK", "house"),
            ("PE", "secondary"),
            ("US", "unverified"),
        ):
            copy = self._rules(source).with_user(self.manager).copy()
            with self.subTest(source):
                self.assertEqual((copy.mark, copy.verified_on), (mark, False))

    def test_an_administrator_may_review_it_again(self):
        uk = self._own_rules("UK")
        uk.respects_holidays = True
        uk.line_ids.write({"mark": "verified", "verified_on": date(2026, 11, 22)})
        self.assertReviewed(uk, True)

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
                {"kind": "redial", "channel": "phone", "max_count": 3},
                "Calls: a busy line may be redialled 3 times a day; neither these rules "
                "nor a prudent custom count it, the law does",
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
                "All channels: never to: Family, references, co-workers, neighbours, employer, strangers",
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
