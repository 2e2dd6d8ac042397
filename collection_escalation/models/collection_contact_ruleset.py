from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..rules.contact_vocabulary import CHANNELS

WEEKDAYS = [
    ("0", "Monday"),
    ("1", "Tuesday"),
    ("2", "Wednesday"),
    ("3", "Thursday"),
    ("4", "Friday"),
    ("5", "Saturday"),
    ("6", "Sunday"),
]


class CollectionContactRuleset(models.Model):
    """When, how often and by which channel a debtor may be contacted."""

    _name = "collection.contact.ruleset"
    _description = "Contact hours and limits"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True, help="Stands before each rule id: HOUSE.WIN_HOURS."
    )
    version = fields.Integer(default=1, required=True, readonly=True, copy=False)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", help="Empty: for every company.")
    nature = fields.Selection(
        [
            ("statute", "Law"),
            ("guidance", "Guidance of an authority"),
            ("prudent", "Prudent custom"),
            ("house", "Own house rules"),
        ],
        default="house",
        required=True,
    )
    source = fields.Text(help="Where the rule is written, and when it was checked.")
    respects_holidays = fields.Boolean(
        default=True, help="No contacts on public holidays where the debtor lives."
    )
    line_ids = fields.One2many(
        "collection.contact.ruleset.line", "ruleset_id", copy=True
    )

    _code_uniq = models.Constraint(
        "UNIQUE(code, company_id)", "The code of a set of contact rules is unique."
    )

    @api.constrains("line_ids", "code")
    def _check_rules_are_sound(self):
        for ruleset in self:
            try:
                ruleset._get_ruleset(frozenset())
            except ValueError as error:
                raise ValidationError(
                    self.env._(
                        "Contact rules “%(name)s”: %(error)s",
                        name=ruleset.name,
                        error=error,
                    )
                ) from error

    @api.model_create_multi
    def create(self, vals_list):
        rulesets = super().create(vals_list)
        rulesets._write_version(1)
        return rulesets

    def write(self, vals):
        result = super().write(vals)
        if {"respects_holidays", "code", "nature"} & set(vals):
            self._raise_version()
        return result

    def _raise_version(self):
        """Every change makes a new version: decisions say under which one they fell."""
        for ruleset in self:
            ruleset._write_version(ruleset.version + 1)

    def _write_version(self, version):
        return super().write({"version": version})


class CollectionContactRulesetLine(models.Model):
    _name = "collection.contact.ruleset.line"
    _description = "Contact rule"
    _order = "ruleset_id, sequence, id"

    ruleset_id = fields.Many2one(
        "collection.contact.ruleset", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        [("window", "Hours"), ("count", "At most")], required=True, default="window"
    )
    channel = fields.Selection([(c, c) for c in CHANNELS], help="Empty: every channel but letters.")
    weekday_from = fields.Selection(WEEKDAYS, default="0", string="From")
    weekday_to = fields.Selection(WEEKDAYS, default="4", string="To")
    hour_from = fields.Float(default=8.0, help="Local time of the debtor.")
    hour_to = fields.Float(default=18.0, help="The window closes at this time.")
    max_count = fields.Integer(default=1, string="Times")
    period = fields.Selection(
        [("day", "a day"), ("week", "a calendar week")], default="day"
    )
    basis = fields.Selection(
        [
            ("attempt", "attempts"),
            ("contact", "contacts that arrived"),
            ("conversation", "conversations"),
        ],
        default="attempt",
    )

    @api.constrains(
        "kind",
        "channel",
        "weekday_from",
        "weekday_to",
        "hour_from",
        "hour_to",
        "max_count",
        "period",
        "basis",
    )
    def _check_rules_are_sound(self):
        """A line that is written by itself (import, RPC) is checked with its set."""
        self.ruleset_id._check_rules_are_sound()

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.ruleset_id._raise_version()
        return lines

    def write(self, vals):
        result = super().write(vals)
        self.ruleset_id._raise_version()
        return result

    def unlink(self):
        rulesets = self.ruleset_id
        result = super().unlink()
        rulesets.exists()._raise_version()
        return result
