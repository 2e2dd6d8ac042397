from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.channel.collection_channel import channel_selection
from ..models.purpose.collection_purpose import purpose_selection


class CollectionDryRun(models.TransientModel):
    """Try a plan on the company's own open items: which contacts, when, to whom, why.
    Nothing of it is sent or planned."""

    _name = "collection.dry.run"
    _description = "Dry run of a collection plan"
    _check_company_auto = True
    _inherit = "collection.wizard"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    policy_id = fields.Many2one(
        "collection.policy",
        string="Plan",
        check_company=True,
        help="Empty: each customer's own plan.",
    )
    days = fields.Integer(string="Days ahead", default=30, required=True)
    approves = fields.Boolean(
        string="As if managers approve",
        help="Stages that wait for a manager's decision open by themselves.",
    )
    debtor_ids = fields.Many2many(
        "collection.debtor",
        string="Only these customers",
        domain="[('company_id', '=', company_id)]",
    )
    line_ids = fields.One2many("collection.dry.run.line", "run_id")

    _days_in_a_year = models.Constraint(
        "CHECK(days BETWEEN 1 AND 365)", "Look between 1 and 365 days ahead."
    )

    def _compute_display_name(self):
        for run in self:
            run.display_name = self.env._("Dry run: %s days", run.days)

    def action_run(self):
        """Fill the list and show it."""
        self.ensure_one()
        debtors = self.debtor_ids or self.env["collection.debtor"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("item_ids.ledger_state", "=", "open"),
            ]
        )
        if not debtors:
            raise UserError(
                self.env._(
                    "%s has no open items to try a plan on.", self.company_id.name
                )
            )
        rows = (
            self.env["collection.forecast"]
            .sudo()
            ._forecast(debtors.sudo(), self.days, self.policy_id.sudo(), self.approves)
        )
        self.line_ids.unlink()
        self.env["collection.dry.run.line"].create(
            [self._prepare_line(row) for row in rows]
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": "collection.dry.run.line",
            "view_mode": "list,graph,pivot",
            "domain": [("run_id", "=", self.id)],
            "help": self.env._("No contact in these days: nobody is due for one."),
        }

    def _prepare_line(self, row):
        amounts = " + ".join(
            self.env["res.currency"].browse(currency).format(amount)
            for currency, amount in row.pop("amounts").items()
        )
        purposes = dict(self.env["collection.purpose"]._get_selection())
        stage = self.env["collection.stage"].browse(row["stage_id"] or ())
        return {
            **row,
            "run_id": self.id,
            "amount_text": amounts,
            "what": stage.name or purposes[row["purpose"]],
        }


class CollectionDryRunLine(models.TransientModel):
    """A contact that would be made."""

    _name = "collection.dry.run.line"
    _description = "Contact of a dry run"
    _inherit = "collection.wizard"
    _order = "planned_at, asked_on, id"

    run_id = fields.Many2one("collection.dry.run", required=True, ondelete="cascade")
    debtor_id = fields.Many2one("collection.debtor", string="Customer", readonly=True)
    channel = fields.Selection(channel_selection, string="How", readonly=True)
    purpose = fields.Selection(purpose_selection, readonly=True)
    what = fields.Char(
        readonly=True, help="The stage of the plan, or what else the contact is."
    )
    in_outbox = fields.Boolean(string="In the Outbox already", readonly=True)
    stage_id = fields.Many2one("collection.stage", readonly=True)
    step_id = fields.Many2one("collection.stage.step", readonly=True)
    asked_on = fields.Date(string="Due on", readonly=True)
    planned_at = fields.Datetime(string="When", readonly=True)
    planned_on = fields.Date(string="Day", readonly=True)
    recipient_id = fields.Many2one("res.partner", string="To", readonly=True)
    destination = fields.Char(string="Address", readonly=True)
    amount_text = fields.Char(string="Amounts", readonly=True)
    item_count = fields.Integer(string="Invoices", readonly=True)
    reasons = fields.Json(readonly=True)
    why = fields.Char(compute="_compute_why", string="Why then")

    @api.depends("reasons", "step_id", "asked_on", "in_outbox")
    @api.depends_context("lang")
    def _compute_why(self):
        Reason = self.env["collection.reason"]
        for line in self:
            known = ""
            if line.in_outbox:
                known = Reason._explain({"code": "IN_OUTBOX"})
            elif line.step_id:
                day = self.env["ir.qweb.field.date"].value_to_html(line.asked_on, {})
                known = self.env._("Due on %s.", day)
            line.why = " ".join(filter(None, (known, Reason._explain(line.reasons))))
