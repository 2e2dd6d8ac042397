"""Helpers for the tests of contact rules."""

from contextlib import contextmanager

from odoo import Command

from .common import CollectionCommon


class RulesetCommon(CollectionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Rulesets = cls.env["collection.contact.ruleset"]

    def _rules(self, code):
        """The set of this code that is in use for every company."""
        return self.Rulesets.search(
            [
                ("code", "=", code),
                ("is_preset", "=", False),
                ("company_id", "=", False),
            ]
        )

    def _own_rules(self, code):
        """The company's own set of this code, as a manager copied it for it."""
        return self._rules(code).with_user(self.manager)._make_own(self.company)

    def _preset(self, code):
        return self.Rulesets.search([("code", "=", code), ("is_preset", "=", True)])

    def _create_rules(self, code, lines=(), **vals):
        """A set of one's own; without lines: calls Monday to Friday 8-18."""
        hours = {"kind": "window", "channel": "phone"}
        return self.Rulesets.with_user(self.manager).create(
            {
                "name": f"My {code}",
                "code": code,
                "line_ids": [Command.create(line) for line in lines or [hours]],
                **vals,
            }
        )

    @contextmanager
    def assertRefused(self, error, pattern):
        """The block raises ``error`` with a message like ``pattern``; nothing of it
        stays behind."""
        with self.assertRaises(error) as caught:
            yield
        self.assertRegex(str(caught.exception), pattern)
