from odoo import api, fields, models
from odoo.tools import SQL


#: Who sees how an invoice stands; never the portal.
READERS = "account.group_account_invoice,account.group_account_readonly"


class AccountMove(models.Model):
    """What an invoice shows of its collection. Nothing is stored in the ledger tables:
    the fields read `collection.item`, so the night's work never locks an invoice."""

    _inherit = "account.move"


    collection_item_ids = fields.One2many(
        "collection.item", "move_id", groups=READERS
    )
    collection_stage_id = fields.Many2one(
        "collection.stage",
        string="Collection stage",
        compute="_compute_collection",
        search="_search_collection_stage_id",
        compute_sudo=True,
        groups=READERS,
    )
    collection_next_date = fields.Date(
        string="Next collection step",
        compute="_compute_collection",
        search="_search_collection_next_date",
        compute_sudo=True,
        groups=READERS,
    )
    collection_next_step = fields.Char(
        string="What comes next",
        compute="_compute_collection",
        compute_sudo=True,
        groups=READERS,
    )
    collection_why = fields.Char(
        string="Why",
        compute="_compute_collection",
        compute_sudo=True,
        groups=READERS,
    )
    collection_case_id = fields.Many2one(
        "collection.case",
        string="Collection file",
        compute="_compute_collection",
        compute_sudo=True,
        groups="collection_escalation.group_collection_user",
    )
    collection_on_hold = fields.Boolean(
        string="Collection paused",
        compute="_compute_collection",
        search="_search_collection_on_hold",
        compute_sudo=True,
        groups=READERS,
    )
    collection_contact_count = fields.Integer(
        string="Collection contacts",
        compute="_compute_collection",
        compute_sudo=True,
        groups=READERS,
    )
    collection_overdue = fields.Boolean(
        string="Instalment overdue",
        compute="_compute_collection_overdue",
        search="_search_collection_overdue",
        groups=READERS,
        help="At least one instalment is past due and unpaid, though the last one may "
        "not be due yet.",
    )

    @api.depends(
        "collection_item_ids.stage_id",
        "collection_item_ids.next_date",
        "collection_item_ids.ledger_state",
        "collection_item_ids.contact_line_ids.state",
    )
    @api.depends_context("lang")
    def _compute_collection(self):
        items = self.env["collection.item"].search(
            [("move_id", "in", self.ids), ("ledger_state", "=", "open")]
        )
        held = items._get_held()
        for move in self:
            mine = items.filtered(lambda i, move=move: i.move_id == move._origin)
            highest = mine.sorted(lambda i: (-i.stage_id.sequence, i.date_due))[:1]
            contacts = mine.contact_line_ids.contact_id
            planned = contacts.filtered(lambda c: c.state in ("planned", "queued"))
            next_contact = planned.sorted(lambda c: c.planned_on or c.create_date.date())
            move.collection_stage_id = max(
                mine.stage_id, key=lambda s: s.sequence, default=mine.stage_id
            )
            move.collection_next_date = (
                next_contact[:1].planned_on
                or min(filter(None, mine.mapped("next_date")), default=False)
            )
            move.collection_next_step = next_contact[:1].display_name or ""
            move.collection_why = highest.why or ""
            move.collection_case_id = highest.case_id.filtered(
                lambda c: c.state == "open"
            )
            move.collection_on_hold = bool(mine & held)
            move.collection_contact_count = len(
                contacts.filtered(lambda c: c.state in ("made", "uncertain"))
            )

    def _search_collection_stage_id(self, operator, value):
        if operator not in ("in", "any", "any!"):
            return NotImplemented
        if operator == "in" and False in value:
            present = self._search_collection_stage_id("in", [v for v in value if v])
            staged = [("collection_item_ids", "any", self._get_item_domain("stage_id", "!=", False))]
            return ["|", "!", *staged, *present]
        return [("collection_item_ids", "any", self._get_item_domain("stage_id", operator, value))]

    def _search_collection_next_date(self, operator, value):
        if operator not in ("<", "<=", ">", ">=", "in"):
            return NotImplemented
        planned = [
            ("contact_line_ids", "any", [
                ("state", "=", "planned"),
                ("contact_id.planned_on", operator, value),
            ])
        ]
        return [
            ("collection_item_ids", "any", [
                ("ledger_state", "=", "open"),
                "|", ("next_date", operator, value), *planned,
            ])
        ]

    def _search_collection_on_hold(self, operator, value):
        if operator != "in":
            return NotImplemented
        held = self.env["collection.item"].sudo().search(
            [("ledger_state", "=", "open")]
        )._get_held()
        return [("collection_item_ids", "in", held.ids)]

    @api.depends("line_ids.date_maturity", "line_ids.reconciled", "state")
    def _compute_collection_overdue(self):
        today = fields.Date.context_today(self)
        for move in self:
            move.collection_overdue = move.state == "posted" and any(
                line.account_type == "asset_receivable"
                and not line.reconciled
                and line.balance > 0
                and line.date_maturity
                and line.date_maturity < today
                for line in move.line_ids
            )

    def _search_collection_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [
            ("state", "=", "posted"),
            ("line_ids", "any", [
                ("account_type", "=", "asset_receivable"),
                ("reconciled", "=", False),
                ("balance", ">", 0),
                ("date_maturity", "<", "today"),
            ]),
        ]

    def _get_item_domain(self, name, operator, value):
        return [("ledger_state", "=", "open"), (name, operator, value)]

    def _field_to_sql(self, alias, fname, query=None):
        """Group the invoice list by collection stage."""
        if fname == "collection_stage_id":
            return SQL(
                """(SELECT i.stage_id FROM collection_item i
                      JOIN collection_stage s ON s.id = i.stage_id
                     WHERE i.move_id = %s AND i.ledger_state = 'open'
                     ORDER BY s.sequence DESC LIMIT 1)""",
                SQL.identifier(alias, "id"),
            )
        return super()._field_to_sql(alias, fname, query=query)

    def _post(self, soft=True):
        """Receivable lines come under collection when their invoice is posted. Superuser:
        the invoicing clerk may not see the collections."""
        again = self.filtered("posted_before")
        posted = super()._post(soft=soft)
        Item_sudo = self.env["collection.item"].sudo()
        if again & posted:
            Item_sudo._rematch(again & posted)
        Item_sudo._birth(posted)
        return posted

    def action_view_collection_contacts(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "collection_escalation.collection_contact_log_action"
        )
        return {
            **action,
            "domain": [("line_ids.item_id.move_id", "=", self.id)],
            "context": {},
        }

    def action_view_collection_case(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "collection.case",
            "res_id": self.collection_case_id.id,
            "view_mode": "form",
        }
