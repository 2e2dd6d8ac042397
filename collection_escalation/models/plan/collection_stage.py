from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...rules import stages

LEVELS = [
    ("pre_due", "Courtesy note"),
    ("friendly", "Friendly"),
    ("firm", "Firm"),
    ("formal", "Formal"),
    ("legal", "Legal"),
    ("loss", "Giving up"),
]
UNITS = [("calendar", "days"), ("business", "business days")]


class CollectionStage(models.Model):
    """One rung of a plan: when it is reached, who opens it, which contacts it makes."""

    _name = "collection.stage"
    _description = "Collection stage"
    _order = "policy_id, sequence, id"

    name = fields.Char(required=True, translate=True)
    policy_id = fields.Many2one(
        "collection.policy",
        string="Plan",
        required=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="policy_id.company_id")
    active = fields.Boolean(
        default=True,
        help="A stage that items stood on is kept, and not reached any more.",
    )
    level = fields.Selection(LEVELS, required=True)
    sequence = fields.Integer(compute="_compute_sequence", store=True)
    trigger_days = fields.Integer(
        string="Starts after",
        required=True,
        aggregator=None,  # the sum of days says nothing
        help="Days from the effective due date (the due date, moved to the next business "
        "day). Negative before it: only the courtesy note.",
    )
    trigger_unit = fields.Selection(UNITS, default="business", required=True)
    min_stay = fields.Integer(
        string="At least in the stage before",
        help="Calendar days an item stands in the stage before this one, however old "
        "it is.",
    )
    gate = fields.Selection(
        [("auto", "Automatically"), ("manager", "When a manager approves")],
        default="auto",
        required=True,
        string="Opens",
    )
    step_ids = fields.One2many("collection.stage.step", "stage_id", copy=True)
    has_actions = fields.Boolean(
        compute="_compute_has_actions", help="Steps may do more than contact somebody."
    )
    plans_suspension = fields.Boolean(
        string="Supplies or services stop", help="Earlier messages may announce it."
    )
    plans_bureau = fields.Boolean(
        string="Record at the credit bureau",
        help="Earlier messages may announce it, if Settings name the bureau.",
    )
    plans_protest = fields.Boolean(
        string="Protest",
        help="Earlier messages may announce it, if Settings name the notary.",
    )
    plans_court = fields.Boolean(
        string="Claim at court",
        help="Earlier messages may announce it, if Settings name the court.",
    )
    color = fields.Integer(compute="_compute_color")

    _active_level_uniq = models.UniqueIndex(
        "(policy_id, level) WHERE active", "A plan has each stage once."
    )
    _min_stay_not_negative = models.Constraint(
        "CHECK(min_stay >= 0)", "The days in the stage before cannot be negative."
    )

    @api.depends("level")
    def _compute_sequence(self):
        for stage in self:
            stage.sequence = (
                stages.LEVELS.index(stage.level) if stage.level else len(stages.LEVELS)
            )

    def _compute_has_actions(self):
        self.has_actions = len(self.env["collection.step.action"]._get_selection()) > 1

    @api.depends("level")
    def _compute_color(self):
        palette = dict(zip(stages.LEVELS, (4, 10, 3, 2, 1, 9), strict=True))
        for stage in self:
            stage.color = palette.get(stage.level, 0)

    @api.depends("name", "policy_id.name")
    @api.depends_context("collection_with_plan")
    def _compute_display_name(self):
        for stage in self:
            stage.display_name = (
                f"{stage.policy_id.name}: {stage.name}"
                if self.env.context.get("collection_with_plan")
                else stage.name
            )

    @api.constrains("trigger_days", "trigger_unit", "level", "policy_id")
    def _check_trigger_follows_the_stage_before(self):
        for stage in self:
            before_due = stage.level == "pre_due"
            if before_due != (stage.trigger_days < 0):
                raise ValidationError(
                    self.env._(
                        "Stage “%(stage)s”: it starts %(days)s days from the due date. "
                        "Only the courtesy note comes before the due date, and it must: "
                        "give it a negative number, and the others a positive one.",
                        stage=stage.name,
                        days=stage.trigger_days,
                    )
                )
            if not before_due and not stage.trigger_days:
                raise ValidationError(
                    self.env._(
                        "Stage “%s” would start on the due date itself, when the debtor "
                        "still has the whole day to pay. Start it at least one day later.",
                        stage.name,
                    )
                )
        for policy in self.policy_id:
            policy.stage_ids._check_triggers_rise()

    def _check_triggers_rise(self):
        """A stage may not start before the one below it (a business day counts as at
        least one calendar day and as at most 7/5 of one plus a weekend)."""
        ordered = self.sorted("sequence")
        for below, stage in zip(ordered, ordered[1:], strict=False):
            same_unit = below.trigger_unit == stage.trigger_unit
            earliest = stage.trigger_days
            latest = below.trigger_days
            if not same_unit and stage.trigger_unit == "business":
                earliest = earliest * 7 // 5
            elif not same_unit:
                latest = latest * 7 // 5
            if earliest <= latest:
                raise ValidationError(
                    self.env._(
                        "Stage “%(stage)s” starts after %(days)s %(unit)s, which is not "
                        "later than “%(below)s”. Let each stage start later than the one "
                        "before it.",
                        stage=stage.name,
                        days=stage.trigger_days,
                        unit=dict(
                            stage._fields["trigger_unit"]._description_selection(
                                self.env
                            )
                        )[stage.trigger_unit],
                        below=below.name,
                    )
                )

    def _get_rung(self):
        """The stage as `rules.stages.Rung`."""
        self.ensure_one()
        return stages.Rung(
            id=self.id,
            level=self.level,
            trigger=self.trigger_days,
            unit=self.trigger_unit,
            min_stay=self.min_stay,
            gate=self.gate,
            steps=tuple(
                step._get_step() for step in self.step_ids.filtered("active").sorted()
            ),
        )

    def _find_used(self):
        """Those of the stages that items stood on, or with steps once used."""
        return self.with_context(active_test=False).step_ids._find_used().stage_id

    def unlink(self):
        """As steps: once used, they are archived."""
        used = self._find_used() & self
        used.write({"active": False})
        return super(CollectionStage, self - used).unlink()
