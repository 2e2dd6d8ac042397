from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class CollectionReady(models.TransientModel):
    """*Ready?*: what a company needs before its first message leaves."""

    _name = "collection.ready"
    _description = "Ready to collect?"
    _inherit = "collection.wizard"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    line_ids = fields.One2many("collection.ready.line", "ready_id")
    is_ready = fields.Boolean(compute="_compute_is_ready")
    started_on = fields.Date(
        related="company_id.collection_started_on", related_sudo=False
    )
    old_item_count = fields.Integer(compute="_compute_counts")
    old_debtor_count = fields.Integer(compute="_compute_counts")
    days_to_spread = fields.Integer(compute="_compute_counts")
    never_sent_count = fields.Integer(compute="_compute_counts")
    first_per_day = fields.Integer(
        string="First contacts a day",
        default=lambda self: self.env.company.collection_first_per_day,
    )
    review_days = fields.Integer(
        default=14, help="Every message waits for a look during the first days."
    )

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        if "line_ids" in fields:
            company = self.env["res.company"].browse(
                values.get("company_id") or self.env.company.id
            )
            values["line_ids"] = [
                Command.create(vals) for vals in company._get_collection_checks()
            ]
        return values

    def _compute_display_name(self):
        self.display_name = self.env._("Ready?")

    @api.depends("line_ids.done", "line_ids.required")
    def _compute_is_ready(self):
        for ready in self:
            ready.is_ready = all(line.done for line in ready.line_ids if line.required)

    @api.depends("company_id", "first_per_day")
    def _compute_counts(self):
        for ready in self:
            company = ready.company_id
            counts = company._get_collection_opening_counts()
            ready.old_item_count = counts["items"]
            ready.old_debtor_count = counts["debtors"]
            ready.never_sent_count = counts["never_sent"]
            per_day = max(ready.first_per_day, 1)
            ready.days_to_spread = -(-counts["debtors"] // per_day)

    @api.model
    def action_open(self):
        """Open a list that is saved already: in the lines of a new record the buttons
        would only ask to save it first."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Ready?"),
            "res_model": self._name,
            "res_id": self.create({}).id,
            "view_mode": "form",
            "target": "main",
        }

    def action_start(self):
        """Switch collections on. Old invoices are placed silently; nothing leaves now.

        The list on the screen may be old: what counts is looked at again. Superuser: a
        collection manager may not edit companies."""
        self.ensure_one()
        self._check_given()
        missing = [
            check["name"]
            for check in self.company_id._get_collection_checks()
            if check["required"] and not check["done"]
        ]
        if missing:
            raise UserError(
                self.env._(
                    "Not ready yet: %s. Use the links in the list to complete it.",
                    ", ".join(missing),
                )
            )
        company_sudo = self.company_id.sudo()
        company_sudo.collection_first_per_day = max(self.first_per_day, 1)
        placed = company_sudo._start_collections(review_days=max(self.review_days, 0))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "sticky": True,
                "message": self.env._(
                    "Collections are on. Placed silently: overdue items %(items)s, "
                    "customers %(debtors)s. Nobody was contacted.",
                    items=placed["items"],
                    debtors=placed["debtors"],
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }


class CollectionReadyLine(models.TransientModel):
    _name = "collection.ready.line"
    _description = "Point of the check-list"
    _inherit = "collection.wizard"

    ready_id = fields.Many2one("collection.ready", required=True, ondelete="cascade")
    code = fields.Char(required=True)
    name = fields.Char(required=True)
    hint = fields.Char()
    required = fields.Boolean(default=True)
    done = fields.Boolean()

    def action_fix(self):
        """Open the place where the point is put right, which is the administrator's, but
        for what is said of customers.

        :raise UserError: the user may not change it"""
        self.ensure_one()
        of_customers = self.code in ("party", "language")
        if not of_customers and not self.env.user.has_group("base.group_system"):
            raise UserError(
                self.env._(
                    "“%s” stands in the settings: ask an administrator to complete it.",
                    self.name,
                )
            )
        return self.ready_id.company_id._get_collection_check_action(self.code)
