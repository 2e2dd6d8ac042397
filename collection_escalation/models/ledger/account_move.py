from datetime import date

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

#: Who sees how an invoice stands; never the portal.
READERS = "account.group_account_invoice,account.group_account_readonly"


class AccountMove(models.Model):
    """What an invoice shows of its collection. Nothing is stored in the ledger tables:
    the fields read `collection.item`, so the night's work never locks an invoice."""

    _inherit = "account.move"

    collection_item_ids = fields.One2many("collection.item", "move_id", groups=READERS)
    collection_contact_ids = fields.Many2many(
        "collection.contact",
        string="Contact log",
        compute="_compute_collection_contact_ids",
        groups="collection_escalation.group_collection_user",
        help="Every contact about this invoice: planned, made, refused, failed.",
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
        items = self.env["collection.item"].search([("move_id", "in", self.ids)])
        by_move = items.grouped("move_id")
        held = items.filtered(lambda i: i.ledger_state == "open")._get_held()
        for move in self:
            every = by_move.get(move._origin, items.browse())
            mine = every.filtered(lambda i: i.ledger_state == "open")
            highest = mine.sorted(lambda i: (-i.stage_id.sequence, i.date_due))[:1]
            highest = highest.with_prefetch(items._prefetch_ids)
            lines = every.contact_line_ids
            planned = lines.filtered(lambda x: x.state == "planned").contact_id
            next_contact = planned.sorted(lambda c: c.planned_on or date.max)[:1]
            made = lines.filtered(lambda x: x.state == "made").contact_id
            move.collection_stage_id = highest.stage_id
            move.collection_next_date = next_contact.planned_on or min(
                filter(None, mine.mapped("next_date")), default=False
            )
            move.collection_next_step = next_contact._get_short_name()
            move.collection_why = highest.why or ""
            move.collection_case_id = highest.case_id.filtered(
                lambda c: c.state == "open"
            )
            move.collection_on_hold = bool(mine & held)
            move.collection_contact_count = len(made)

    def _search_collection_stage_id(self, operator, value):
        """By the stage that is shown: the highest of the open instalments."""
        if operator in ("any", "any!"):
            ids = set(self.env["collection.stage"].search(value).ids)
        elif operator == "in":
            ids = set(value)
        else:
            return NotImplemented

        def to_sql(model, alias, query):
            shown = model._field_to_sql(alias, "collection_stage_id", query)
            present = tuple(id_ for id_ in ids if id_) or (0,)
            if False in ids:
                return SQL("(%s IN %s OR %s IS NULL)", shown, present, shown)
            return SQL("%s IN %s", shown, present)

        return Domain.custom(
            to_sql=to_sql,
            predicate=lambda move: (move.collection_stage_id.id or False) in ids,
        )

    def _search_collection_next_date(self, operator, value):
        compare = {"<": SQL("<"), "<=": SQL("<="), ">": SQL(">"), ">=": SQL(">=")}
        if operator not in (*compare, "in"):
            return NotImplemented

        def to_sql(model, alias, query):
            shown = model._field_to_sql(alias, "collection_next_date", query)
            if operator in compare:
                return SQL("%s %s %s", shown, compare[operator], value)
            days = tuple(day for day in value if day) or (None,)
            if False in value:
                return SQL("(%s IN %s OR %s IS NULL)", shown, days, shown)
            return SQL("%s IN %s", shown, days)

        return Domain.custom(to_sql=to_sql)

    def _search_collection_on_hold(self, operator, value):
        if operator != "in":
            return NotImplemented
        held = (
            self.env["collection.item"]
            .sudo()
            .search([("ledger_state", "=", "open")])
            ._get_held()
        )
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
            (
                "line_ids",
                "any",
                [
                    ("account_type", "=", "asset_receivable"),
                    ("reconciled", "=", False),
                    ("balance", ">", 0),
                    ("date_maturity", "<", "today"),
                ],
            ),
        ]

    def _field_to_sql(self, alias, fname, query=None):
        """Filter and group the invoice list by stage and by next step, as they are
        shown."""
        if fname not in ("collection_stage_id", "collection_next_date"):
            return super()._field_to_sql(alias, fname, query=query)
        Item, Line = self.env["collection.item"], self.env["collection.contact.line"]
        move_id = SQL.identifier(alias, "id")
        to_flush = [
            *(
                Item._fields[name]
                for name in ("move_id", "stage_id", "ledger_state", "next_date")
            ),
            *(Line._fields[name] for name in ("item_id", "contact_id", "state")),
            self.env["collection.contact"]._fields["planned_on"],
            self.env["collection.stage"]._fields["sequence"],
        ]
        if fname == "collection_stage_id":
            return SQL(
                """(SELECT i.stage_id FROM collection_item i
                      JOIN collection_stage s ON s.id = i.stage_id
                     WHERE i.move_id = %s AND i.ledger_state = 'open'
                     ORDER BY s.sequence DESC LIMIT 1)""",
                move_id,
                to_flush=to_flush,
            )
        return SQL(
            """COALESCE(
                (SELECT min(c.planned_on) FROM collection_contact c
                   JOIN collection_contact_line l ON l.contact_id = c.id
                   JOIN collection_item i ON i.id = l.item_id
                  WHERE i.move_id = %s AND l.state = 'planned'),
                (SELECT min(i.next_date) FROM collection_item i
                  WHERE i.move_id = %s AND i.ledger_state = 'open'))""",
            move_id,
            move_id,
            to_flush=to_flush,
        )

    def _post(self, soft=True):
        """Receivable lines come under collection when their invoice is posted. Superuser:
        the invoicing clerk may not see the collections."""
        again = self.filtered("posted_before")
        # all at once: posting changes line after line, and the ORM asks for their items
        self.sudo().line_ids.fetch(["collection_item_ids"])
        posted = super()._post(soft=soft)
        Item_sudo = self.env["collection.item"].sudo()
        if again & posted:
            Item_sudo._rematch(again & posted)
        Item_sudo._birth(posted)
        return posted

    def _forget_customer(self, customer):
        """The invoice was theirs and is another's now: whoever has its address sees it no
        more, and they get no news of it.

        :param customer: a commercial entity"""
        self.filtered("access_token").write({"access_token": False})
        for move in self:
            former = move.message_partner_ids.filtered(
                lambda p: p.partner_share and p.commercial_partner_id == customer
            )
            move.message_unsubscribe(former.ids)

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

    def _compute_collection_contact_ids(self):
        lines = self.env["collection.contact.line"].search(
            [("item_id.move_id", "in", self.ids)]
        )
        by_move = lines.grouped(lambda line: line.item_id.move_id)
        for move in self:
            contacts = by_move.get(move._origin, lines.browse()).contact_id
            move.collection_contact_ids = contacts.sorted("id", reverse=True)
