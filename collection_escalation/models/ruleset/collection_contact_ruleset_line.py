from odoo import Command, api, fields, models

from ...rules.contact_content import FIELDS_OF, default_rule_id

#: In the context of a set that is saved with its lines: they are checked and versioned
#: once, as a whole. An object, because a remote caller cannot send one.
TOGETHER = object()

WEEKDAYS = [
    ("0", "Monday"),
    ("1", "Tuesday"),
    ("2", "Wednesday"),
    ("3", "Thursday"),
    ("4", "Friday"),
    ("5", "Saturday"),
    ("6", "Sunday"),
]
#: How far a value was compared with its source; the best first.
MARKS = [
    ("verified", "Reviewed"),
    ("house", "House rule, no law"),
    ("secondary", "Not verified: second-hand"),
    ("unverified", "Not verified"),
]
#: A change of one of these is a change of the rule, which nobody compared with a source.
RULE_FIELDS = {
    "kind",
    "channel",
    "concerns",
    *(name for names in FIELDS_OF.values() for name in names),
}


class CollectionContactRulesetLine(models.Model):
    """One rule: hours, a limit, a stop or the wait before the first contact.

    Which fields belong to which kind: `rules.contact_content.FIELDS_OF`."""

    _name = "collection.contact.ruleset.line"
    _description = "Contact rule"
    _order = "ruleset_id, sequence, id"

    ruleset_id = fields.Many2one(
        "collection.contact.ruleset", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        [
            ("window", "Hours"),
            ("count", "At most"),
            ("gap", "Days between two"),
            ("cooldown", "Silence after a conversation"),
            ("exclusive", "One channel a week"),
            ("block", "Never"),
            ("grace", "Wait before the first"),
            ("redial", "Redial a busy line"),
        ],
        string="Rule",
        required=True,
        default="window",
    )
    rule_id = fields.Char(
        string="Name of the rule",
        compute="_compute_rule_id",
        store=True,
        readonly=False,
        help="Decisions name it, after the code of the set: BR.LIM_DAY.",
    )
    channel = fields.Selection(
        [
            ("all", "All channels"),
            ("interactive", "All but letters"),
            ("live", "Calls, SMS, WhatsApp and visits"),
            ("messages", "SMS, WhatsApp, e-mails and letters"),
            ("call_visit", "Calls and visits"),
            ("phone", "Calls"),
            ("sms", "SMS"),
            ("whatsapp", "WhatsApp"),
            ("email", "E-mails"),
            ("letter", "Letters"),
            ("visit", "Visits"),
        ],
        string="By",
        required=True,
        default="interactive",
    )
    concerns = fields.Selection(
        [
            ("demand", "demands"),
            ("unasked", "demands and service"),
            ("all", "everything, also what they asked for"),
        ],
        help="Empty: limits concern demands for payment; hours and stops concern every "
        "contact, but an open complaint stops demands only. Service is what you do for the "
        "customer, for instance a call to settle a complaint.",
    )
    weekday_from = fields.Selection(WEEKDAYS, default="0", string="From")
    weekday_to = fields.Selection(WEEKDAYS, default="4", string="To")
    hour_from = fields.Float(
        string="Opens", default=8.0, help="Local time of the debtor."
    )
    hour_to = fields.Float(
        string="Closes", default=18.0, help="The window closes at this time."
    )
    max_count = fields.Integer(default=1, string="Times")
    period = fields.Selection(
        [
            ("day", "a day"),
            ("week", "a calendar week"),
            ("rolling", "in any … days"),
        ],
        string="In",
        default="day",
    )
    days = fields.Integer(default=7)
    unit = fields.Selection(
        [("business", "Business days"), ("calendar", "Calendar days")],
        string="Counted in",
        default="business",
    )
    basis = fields.Selection(
        [
            ("attempt", "attempts"),
            ("contact", "contacts that arrived"),
            ("conversation", "conversations"),
        ],
        string="Counted",
        default="attempt",
    )
    scope = fields.Selection(
        [("debtor", "per customer"), ("debt", "per invoice")],
        string="For each",
        default="debtor",
    )
    excludes_busy = fields.Boolean(
        string="Busy does not count",
        help="Where the law leaves out calls that did not connect. How often a busy line "
        "may be dialled again is a line of its own.",
    )
    first_day_counts = fields.Boolean(
        string="That day counts",
        default=True,
        help="The day of the conversation is the first of the days.",
    )
    block = fields.Selection(
        [
            ("third_party", "to other people"),
            ("workplace", "at work"),
            ("visit", "a visit"),
            ("dispute", "while a complaint is open"),
            ("channel_not_authorised", "by a channel that was not authorised"),
            ("paid_claim", "right after “I have paid”"),
        ],
        string="What never",
        default="third_party",
    )
    barred = fields.Selection(
        [
            ("relations", "Family, references, co-workers, neighbours, strangers"),
            (
                "relations_employer",
                "Family, references, co-workers, neighbours, employer, strangers",
            ),
            (
                "relations_minors",
                "Family, references, co-workers, minors, elderly people, strangers",
            ),
            ("everybody", "Anybody but the customer, guarantors and the attorney"),
        ],
        string="To whom",
        default="everybody",
    )
    if_prohibited = fields.Boolean(
        string="Only if the employer forbids it",
        help="Unticked: never at work, whatever the employer says.",
    )
    source = fields.Char(help="Where this value is written: law and article.")
    verified_on = fields.Date(string="Checked on")
    mark = fields.Selection(MARKS, string="Checked", required=True, default="house")

    @api.depends("kind", "period", "block")
    def _compute_rule_id(self):
        for line in self:
            facts = {"kind": line.kind, "period": line.period, "block": line.block}
            line.rule_id = default_rule_id(facts) if line.kind else False

    @api.constrains("rule_id", "ruleset_id", *RULE_FIELDS)
    def _check_rules_are_sound(self):
        """A line that is written by itself (import, RPC) is checked with its set."""
        if not self._is_saved_with_its_set():
            # presets are checked as a whole at the end of an update
            in_use = self.ruleset_id.filtered(lambda rules: not rules.is_preset)
            in_use._check_rules_are_sound()

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._follow_change(lines.ruleset_id)
        return lines

    def write(self, vals):
        rulesets = self.ruleset_id
        rulesets._check_may_touch_presets()
        if RULE_FIELDS & set(vals) and "mark" not in vals:
            vals = {**vals, "mark": "house", "verified_on": False}
        result = super().write(vals)
        self._follow_change(rulesets | self.ruleset_id)
        return result

    def copy_data(self, default=None):
        """A copy is the administrator's own: nobody compared it with a source."""
        vals_list = super().copy_data(default)
        for line, vals in zip(self, vals_list, strict=True):
            vals.update(line._get_mark_of_own())
        return vals_list

    def _get_mark_of_own(self):
        """The mark of a reviewed value when it stands in other rules than those that were
        compared with the source; what was not verified stays so."""
        mark = "house" if self.mark == "verified" else self.mark
        return {"mark": mark, "verified_on": False}

    def _forget_review(self):
        for line in self:
            line.write(line._get_mark_of_own())

    def _copy_as_shipped(self):
        """Commands that create these lines in another set, with their marks."""
        vals_list = self.copy_data()
        for line, vals in zip(self, vals_list, strict=True):
            del vals["ruleset_id"]
            vals.update(mark=line.mark, verified_on=line.verified_on)
        return [Command.create(vals) for vals in vals_list]

    def unlink(self):
        rulesets = self.ruleset_id
        rulesets._check_may_touch_presets()
        result = super().unlink()
        rulesets.exists()._forget_review()
        self._follow_change(rulesets.exists())
        return result

    def _follow_change(self, rulesets):
        rulesets._check_may_touch_presets()
        self.env["collection.debtor"]._on_rules_changed()
        if not self._is_saved_with_its_set():
            rulesets._keep_versions()

    def _is_saved_with_its_set(self):
        return self.env.context.get("collection_rules_together") is TOGETHER
