from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...rules import stages
from ..channel.collection_channel import channel_selection
from .collection_stage import UNITS
from .collection_step_action import action_selection


class CollectionStageStep(models.Model):
    """One contact, or other action, of a stage."""

    _name = "collection.stage.step"
    _description = "Step of a collection stage"
    _order = "stage_id, offset_days, sequence, id"

    name = fields.Char(compute="_compute_name")
    stage_id = fields.Many2one(
        "collection.stage", required=True, ondelete="cascade", index=True
    )
    policy_id = fields.Many2one(related="stage_id.policy_id")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(
        default=True, help="A step that was made is kept, and not made any more."
    )
    action = fields.Selection(
        action_selection,
        required=True,
        default="contact",
        string="What is done",
    )
    has_actions = fields.Boolean(related="stage_id.has_actions")
    channel = fields.Selection(channel_selection, required=True, default="email")
    offset_days = fields.Integer(
        string="After", help="Days after the stage was reached."
    )
    offset_unit = fields.Selection(UNITS, default="business", required=True)
    only_if_not_reached = fields.Boolean(
        help="Left out when the debtor talked to us since the stage was reached."
    )
    only_above_minimum = fields.Boolean(
        string="Only above the minimum",
        help="Left out when what is asked for is not above the plan's minimum for costly "
        "steps.",
    )
    addressee = fields.Selection(
        [("usual", "Who usually receives invoices"), ("decider", "Who decides")],
        default="usual",
        required=True,
        help="Of a company, the person who decides on payments, where one is known.",
    )
    template_id = fields.Many2one(
        "mail.template",
        domain=[("model", "=", "collection.contact")],
        ondelete="restrict",
        help="What the e-mail or the letter says.",
    )
    sms_template_id = fields.Many2one(
        "sms.template",
        domain=[("model", "=", "collection.contact")],
        ondelete="restrict",
        string="Text message",
        help="What the text message or the chat says: a neutral sentence and the link.",
    )
    needs_template = fields.Boolean(compute="_compute_needs")
    needs_sms_template = fields.Boolean(compute="_compute_needs")
    needs_script = fields.Boolean(compute="_compute_needs")
    script = fields.Html(
        translate=True, help="What the collector says, on the phone or in person."
    )
    fallback_channel = fields.Selection(
        channel_selection,
        help="Used when the debtor has no usable address for the channel.",
    )

    _offset_not_negative = models.Constraint(
        "CHECK(offset_days >= 0)",
        "A step comes after its stage was reached, not before.",
    )

    @api.depends("action", "channel", "stage_id.name")
    def _compute_name(self):
        for step in self:
            label = step._get_action()._get_step_label(step)
            step.name = f"{step.stage_id.name}: {label}"

    @api.depends("action", "channel", "fallback_channel")
    def _compute_needs(self):
        """What the form asks for: the texts of the channel and of its substitute."""
        for step in self:
            fields_needed = [c._template_field for c in step._get_channels()]
            step.needs_template = "template_id" in fields_needed
            step.needs_sms_template = "sms_template_id" in fields_needed
            step.needs_script = "" in fields_needed

    @api.constrains(
        "action", "channel", "fallback_channel", "template_id", "sms_template_id"
    )
    def _check_channel_has_what_it_needs(self):
        for step in self:
            step._get_action()._check_step(step)
            for template in (step.template_id, step.sms_template_id):
                if template and template.model != "collection.contact":
                    raise ValidationError(
                        self.env._(
                            "Template “%s” is not made for collection messages. Choose "
                            "one that applies to “Collection contact”.",
                            template.name,
                        )
                    )

    def _get_action(self):
        """The model of what the step does."""
        return self.env["collection.step.action"]._get(self.action or "contact")

    def _get_channels(self):
        """Models of the channels that the step may use; none if it contacts nobody."""
        if not self._get_action()._purpose:
            return []
        Channel = self.env["collection.channel"]
        codes = filter(None, (self.channel, self.fallback_channel))
        return [Channel._get(code) for code in codes]

    def _get_sentence(self):
        """When and on which conditions the step is made, for the printed plan."""
        self.ensure_one()
        units = dict(self._fields["offset_unit"]._description_selection(self.env))
        parts = [
            self.env._(
                "%(days)s %(unit)s later",
                days=self.offset_days,
                unit=units[self.offset_unit],
            )
            if self.offset_days
            else self.env._("at once")
        ]
        if self.addressee == "decider":
            parts.append(self.env._("to who decides"))
        if self.only_if_not_reached:
            parts.append(self.env._("if they were not reached"))
        if self.only_above_minimum:
            parts.append(self.env._("above the minimum"))
        return ", ".join(parts)

    def _get_step(self):
        """The step as `rules.stages.Step`."""
        self.ensure_one()
        return stages.Step(
            id=self.id,
            offset=self.offset_days,
            unit=self.offset_unit,
            only_if_not_reached=self.only_if_not_reached,
            only_above_minimum=self.only_above_minimum,
            sequence=self.sequence,
            means=self._get_means(),
        )

    def _get_means(self):
        """By what the step is made: its channel, or another action. When the plan changes
        a step that was made stands for one by the same means."""
        return self.channel if self._get_action()._purpose else self.action

    def _find_used(self):
        """Those of the steps that items were, or are about to be, contacted by."""
        return self.browse()

    def unlink(self):
        """What was made is evidence, and is not made a second time by a step that takes
        its place: steps once used are archived."""
        used = self._find_used()
        used.write({"active": False})
        return super(CollectionStageStep, self - used).unlink()
