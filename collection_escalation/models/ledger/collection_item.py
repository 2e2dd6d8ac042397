import json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date, split_every

from ...rules import business_days, stages
from ...rules.ledger_state import Line, is_owed, ledger_state
from ..bulk_rows import number_alike

#: Rows of one statement of the first start.
PLACED_AT_ONCE = 5000

LEDGER_STATES = [
    ("open", "Open"),
    ("settled", "Paid"),
    ("credited", "Credited"),
    ("blocked", "Payment blocked"),
    ("excluded", "No follow-up"),
    ("draft", "Draft"),
    ("cancelled", "Cancelled"),
    ("gone", "Line removed"),
]


class CollectionItem(models.Model):
    """One receivable line (one instalment) under collection. The clock ticks here and
    never in the ledger tables; amounts are read from the ledger, not copied.

    The evaluation rewrites the row, and PostgreSQL then every index of it: only what
    finds few rows among many has one."""

    _name = "collection.item"
    _description = "Open item"
    _order = "date_due, id"

    move_line_id = fields.Many2one(
        "account.move.line",
        string="Journal item",
        ondelete="set null",
        readonly=True,
        index="btree_not_null",
    )
    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        required=True,
        ondelete="cascade",
        index=True,
        readonly=True,
    )
    debtor_id = fields.Many2one(
        "collection.debtor",
        required=True,
        ondelete="restrict",
        index=True,
        readonly=True,
    )
    partner_id = fields.Many2one(related="debtor_id.partner_id", string="Customer")
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    case_id = fields.Many2one(
        "collection.case", string="File", ondelete="set null", index="btree_not_null"
    )
    ledger_state = fields.Selection(
        LEDGER_STATES, compute="_compute_ledger_state", store=True, readonly=True
    )
    date_due = fields.Date(
        string="Due date",
        readonly=True,
        help="As known at the last look; the ledger's own date decides.",
    )
    line_amount = fields.Float(
        digits=(16, 6),
        readonly=True,
        help="Original amount in the currency of the line: only to find the line again "
        "after the invoice was reset to draft.",
    )
    stage_id = fields.Many2one("collection.stage", ondelete="restrict", readonly=True)
    level = fields.Char(readonly=True)
    stage_since = fields.Date(string="Since", readonly=True)
    cycle = fields.Integer(default=1, required=True, readonly=True)
    next_date = fields.Date(
        string="Next look", readonly=True, help="When the plan is consulted again."
    )
    posted_on = fields.Date(
        readonly=True,
        help="Since when the invoice is as it is now (UTC): what was sent before was "
        "another one. Empty while a draft was changed.",
    )
    sent_on = fields.Date(
        compute="_compute_sent_on",
        store=True,
        help="The customer's date when the invoice was marked as sent: of what goes by a "
        "network or by hand nobody keeps another.",
    )
    grace_from = fields.Date(
        string="Invoice delivered on",
        readonly=True,
        help="Set when the invoice reached the customer late: the days count from here.",
    )
    not_received_on = fields.Date(
        string="Never received, they said on",
        readonly=True,
        help="The invoice goes once more before anything else does.",
    )
    approved_stage_id = fields.Many2one(
        "collection.stage",
        string="Stage opened by a manager",
        ondelete="set null",
        readonly=True,
    )
    waits_for = fields.Selection(
        [("manager", "A manager's decision")], string="Waits for", readonly=True
    )
    reason = fields.Json(readonly=True)
    why = fields.Char(compute="_compute_why")
    currency_id = fields.Many2one(related="move_line_id.currency_id")
    amount_open = fields.Monetary(compute="_compute_amount_open", string="Open amount")
    days_overdue = fields.Integer(compute="_compute_days_overdue")
    stage_move_ids = fields.One2many("collection.stage.move", "item_id", readonly=True)
    contact_line_ids = fields.One2many(
        "collection.contact.line", "item_id", readonly=True
    )

    _line_uniq = models.UniqueIndex(
        "(move_line_id) WHERE move_line_id IS NOT NULL",
        "A journal item is under collection once.",
    )
    _next_idx = models.Index("(next_date, debtor_id) WHERE next_date IS NOT NULL")

    @api.depends("move_id.name", "date_due")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for item in self:
            day = format_date(self.env, item.date_due)
            item.display_name = f"{item.move_id.name or ''} ({day})"

    @api.depends(
        "move_line_id.reconciled",
        "move_line_id.parent_state",
        "move_line_id.date_maturity",
        "move_line_id.no_followup",
        "move_line_id.partner_id",
        "move_id.payment_state",
    )
    def _compute_ledger_state(self):
        """Catches whatever happens in the ledger. What follows from it is done once per
        transaction, in `_apply_ledger_changes` (`collection_item_changes.py`)."""
        self._note_ledger_change()
        for item in self:
            item.ledger_state = item._get_ledger_state()

    @api.depends("move_id.is_move_sent")
    def _compute_sent_on(self):
        """The day stays, however often it is sent again."""
        for item in self:
            if not item.move_id.is_move_sent:
                item.sent_on = False
            else:
                item.sent_on = item.sent_on or item._get_today_there()

    @api.depends("reason")
    @api.depends_context("lang")
    def _compute_why(self):
        for item in self:
            item.why = self.env["collection.reason"]._explain(item.reason)

    @api.depends("move_line_id.amount_residual_currency")
    def _compute_amount_open(self):
        for item in self:
            item.amount_open = item.move_line_id.amount_residual_currency

    def _compute_days_overdue(self):
        for item in self:
            today = item.debtor_id._get_today()
            item.days_overdue = max((today - item.date_due).days, 0)

    def _get_ledger_state(self):
        """One of `LEDGER_STATES`, from the journal item as it is now."""
        self.ensure_one()
        line, move = self.move_line_id, self.move_id
        return ledger_state(
            Line(
                exists=bool(line),
                parent_state=line.parent_state,
                reconciled=line.reconciled,
                payment_state=move.payment_state,
                no_followup=line.no_followup,
            )
        )

    def _get_today_there(self):
        """The customer's date; the server's where nobody knows it: no invoice must fail
        for that."""
        try:
            return self.debtor_id._get_today()
        except UserError:
            return fields.Date.today()

    def _is_owed(self):
        """Is anything of it to be paid? The one answer for people, pages and answers."""
        self.ensure_one()
        return is_owed(self.ledger_state, self.amount_open)

    def _wake(self):
        """Look at these items in the next evaluation. Superuser: whoever pays, pauses or
        posts may trigger it without seeing the collections."""
        open_sudo = self.sudo().filtered(lambda i: i.ledger_state == "open")
        open_sudo.write({"next_date": self._get_earliest_today()})

    @api.model
    def _get_earliest_today(self):
        """Yesterday in UTC: today has come everywhere on earth on that date."""
        return fields.Date.subtract(fields.Date.today(), days=1)

    def _get_told_after_due(self, besides):
        """Those of the items of which a step of the plan told the customer after the due
        date, in this cycle, by another contact than ``besides``."""
        if not self:
            return self
        lines = self.env["collection.contact.line"].search(
            [
                ("item_id", "in", self.ids),
                ("state", "=", "made"),
                ("contact_id", "not in", besides.ids),
                ("stage_id.level", "not in", (False, "pre_due")),
            ]
        )
        return lines.filtered(lambda x: x.cycle == x.item_id.cycle).item_id

    def _withdraw_contacts(self, code, **args):
        """Take these items out of the contacts that have not left, but for those whose
        purpose is not concerned; a contact with no item left is skipped. ``code`` says why
        (see `collection.reason`)."""
        staying = self.env["collection.purpose"]._get_codes_that_stay(code, args)
        lines = self.env["collection.contact.line"].search(
            [
                ("item_id", "in", self.ids),
                ("state", "=", "planned"),
                ("contact_id.purpose", "not in", staying),
            ]
        )
        lines._cancel(code, **args)

    def action_view_invoice(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": self.move_id.id,
            "view_mode": "form",
        }

    def action_view_stage_moves(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "collection_escalation.collection_stage_move_action"
        )
        return {**action, "domain": [("item_id", "in", self.ids)]}

    # -- the way up the ladder, as bulk SQL on a narrow table -----------------------------

    @api.model
    def _write_evaluation(self, rows):
        """Store what the evaluation found, one statement for the batch.

        :param rows: tuples (id, case_id, (stage_id, level, stage_since, next_date,
            waits_for, reason as JSON text))"""
        if not rows:
            return
        alike = ("stage_id", "level", "stage_since", "next_date", "waits_for", "reason")
        (ids, cases, numbers), values = number_alike(self, alike, rows)
        self.env.cr.execute(
            SQL(
                """
                UPDATE collection_item i
                   SET stage_id = v.stage_id, level = v.level,
                       stage_since = v.stage_since, next_date = v.next_date,
                       waits_for = v.waits_for, reason = v.reason, case_id = item.case_id
                  FROM unnest(%s::int[], %s::int[], %s::int[])
                            AS item(id, case_id, number)
                  JOIN (VALUES %s) AS v(number, stage_id, level, stage_since, next_date,
                                        waits_for, reason)
                 USING (number)
                 WHERE i.id = item.id
                """,
                ids,
                cases,
                numbers,
                values,
            )
        )
        self.browse(row[0] for row in rows).invalidate_recordset(flush=False)

    @api.model
    def _record_stage_moves(self, rows):
        """Append to the log of stage moves, one statement for the batch.

        :param rows: tuples (item id, (from_stage_id, to_stage_id, from_level, to_level,
            cycle, date, reason as JSON text))"""
        if not rows:
            return
        moves = self.env["collection.stage.move"]
        alike = ("from_stage_id", "to_stage_id", "from_level", "to_level")
        alike += ("cycle", "date", "reason")
        (ids, numbers), values = number_alike(moves, alike, rows)
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO collection_stage_move
                       (item_id, from_stage_id, to_stage_id, from_level, to_level, cycle,
                        date, reason, create_date)
                SELECT item.id, from_stage_id, to_stage_id, from_level, to_level, cycle,
                       date, reason, now() AT TIME ZONE 'UTC'
                  FROM unnest(%s::int[], %s::int[])
                       WITH ORDINALITY AS item(id, number, turn)
                  JOIN (VALUES %s) AS v(number, from_stage_id, to_stage_id, from_level,
                                        to_level, cycle, date, reason)
                 USING (number)
                 ORDER BY turn
                """,
                ids,
                numbers,
                values,
            )
        )
        self.browse(row[0] for row in rows).invalidate_recordset(
            ["stage_move_ids"], flush=False
        )

    def _get_held(self):
        """Those of the items that a running pause covers today."""
        holds = (
            self.env["collection.hold"]
            .sudo()
            .search([("debtor_id", "in", self.debtor_id.ids), ("state", "=", "active")])
        )
        held = self.browse()
        for hold in holds:
            today = hold.debtor_id._get_today()
            if hold.date_from <= today <= hold.date_to:
                covered = self.filtered(
                    lambda i, hold=hold: i.debtor_id == hold.debtor_id
                )
                held |= covered & hold.item_ids if hold.item_ids else covered
        return held

    def _get_following_stage(self):
        """The stage after the present one on the debtor's plan, or none."""
        self.ensure_one()
        plan = self.debtor_id.effective_policy_id.stage_ids.sorted("sequence")
        return plan.filtered(lambda s: s.sequence > self.stage_id.sequence)[:1]

    def _get_entry_date(self, stage, place, due, known):
        """First day on which an item that is due on ``due`` may stand on ``stage``.

        :param place: (country code, state code) of the debtor
        :param known: answers so far, a dict that grows: many items are due together"""
        key = stage.id, place, due
        if key not in known:
            calendar = self.env["collection.calendar"]._get(*place, due)
            base = stages.effective_due(due, calendar)
            known[key] = stages.trigger_date(stage._get_rung(), base, calendar)
        return known[key]

    def _place_silently(self, today, per_day):
        """First start: items old enough for it stand on the friendly stage of their plan
        without a contact; the others climb in their own time. Their first look, and so
        their first contact, is spread over the coming business days: ``per_day`` debtors
        a day.

        :return: the items placed"""
        # nothing else is read of them: a first start may be about all there is
        self.fetch(["debtor_id", "date_due", "cycle", "case_id"])
        reason = json.dumps({"code": "FIRST_START", "args": {}})
        stage_of, known, rows, moves, number = {}, {}, [], [], 0
        for debtor, items in self.grouped("debtor_id").items():
            policy, place = debtor.effective_policy_id, debtor._get_country_state()
            if policy not in stage_of:
                stage_of[policy] = policy.stage_ids.filtered(
                    lambda s: s.level == "friendly"
                )
            stage = stage_of[policy]
            old = [
                item
                for item in items
                if stage
                and today >= self._get_entry_date(stage, place, item.date_due, known)
            ]
            if not old:
                continue
            day = business_days.add_business_days(
                today, number // per_day, debtor._get_calendar(today)
            )
            number += 1
            for item in old:
                standing = (stage.id, stage.level, day, day, None, reason)
                rows.append((item.id, item.case_id.id or None, standing))
                move = (None, stage.id, None, stage.level, item.cycle, today, reason)
                moves.append((item.id, move))
        for part in split_every(PLACED_AT_ONCE, rows, list):
            self._write_evaluation(part)
        for part in split_every(PLACED_AT_ONCE, moves, list):
            self._record_stage_moves(part)
        return self.browse(row[0] for row in rows)
