from collections import defaultdict
from datetime import date

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from ..bulk_rows import insert_rows


class CollectionCase(models.Model):
    """One delinquency episode of a debtor: opens with the first item that is past due
    and chased, closes with an outcome."""

    _name = "collection.case"
    _description = "Collection file"
    _inherit = ["collection.internal.thread"]
    _order = "state desc, date_open desc, id desc"
    _rec_names_search = ["partner_id.name", "partner_id.vat"]
    _check_company_auto = True

    debtor_id = fields.Many2one(
        "collection.debtor",
        required=True,
        ondelete="restrict",
        index=True,
        readonly=True,
    )
    partner_id = fields.Many2one(
        related="debtor_id.partner_id",
        string="Customer",
        store=True,
        index=True,
        precompute=True,
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users",
        string="Collector",
        tracking=True,
        domain="[('company_ids', 'in', company_id), ('share', '=', False)]",
    )
    state = fields.Selection(
        [("open", "Open"), ("closed", "Closed")],
        default="open",
        required=True,
        readonly=True,
        tracking=True,
    )
    outcome = fields.Selection(
        [
            ("paid", "Paid"),
            ("credited", "Credited"),
            ("excluded", "Taken out of follow-up"),
            ("mixed", "Partly paid, partly credited"),
            ("within_tolerance", "Below the tolerance"),
            ("merged", "Merged with another file"),
        ],
        readonly=True,
        tracking=True,
    )
    date_open = fields.Date(readonly=True, required=True)
    date_closed = fields.Date(string="Closed on", readonly=True)
    stage_id = fields.Many2one(
        "collection.stage",
        readonly=True,
        tracking=True,
        ondelete="restrict",
        help="The highest stage of the open items.",
    )
    level = fields.Selection(related="stage_id.level", store=True)
    item_ids = fields.One2many("collection.item", "case_id", readonly=True)
    open_item_ids = fields.One2many(
        "collection.item",
        "case_id",
        readonly=True,
        domain=[("ledger_state", "=", "open")],
        string="Open items",
    )
    contact_ids = fields.One2many("collection.contact", "case_id", readonly=True)
    contact_count = fields.Integer(compute="_compute_contact_count")
    next_date = fields.Date(compute="_compute_next", string="Next look")
    next_contact_id = fields.Many2one("collection.contact", compute="_compute_next")
    waits_for = fields.Selection(
        [("manager", "A manager's decision")],
        string="Waits for",
        compute="_compute_next",
        search="_search_waits_for",
    )
    on_hold_until = fields.Date(related="debtor_id.on_hold_until")
    call_permission = fields.Char(related="debtor_id.call_permission")
    call_permitted = fields.Boolean(related="debtor_id.call_permitted")
    stop_text = fields.Char(related="debtor_id.stop_text")
    attorney_id = fields.Many2one(related="debtor_id.attorney_id")
    amount_ids = fields.Json(compute="_compute_amounts")
    amount_text = fields.Char(
        compute="_compute_amounts", string="Owed", help="Open amounts by currency."
    )
    days_overdue = fields.Integer(
        compute="_compute_amounts", help="Of the oldest open item."
    )

    _one_open = models.UniqueIndex(
        "(debtor_id) WHERE state = 'open'", "A customer has one open file at a time."
    )

    @api.depends("contact_ids")
    def _compute_contact_count(self):
        counts = dict(
            self.env["collection.contact"]._read_group(
                [("case_id", "in", self.ids)], ["case_id"], ["__count"]
            )
        )
        for case in self:
            case.contact_count = counts.get(case, 0)

    @api.depends("item_ids.next_date", "item_ids.waits_for", "contact_ids.state")
    def _compute_next(self):
        for case in self:
            items = case.open_item_ids
            # an item that was woken carries an earlier day: it is looked at today
            dates = filter(None, items.mapped("next_date"))
            case.next_date = (
                max(min(dates, default=False) or date.min, case.debtor_id._get_today())
                if any(items.mapped("next_date"))
                else False
            )
            case.waits_for = next(filter(None, items.mapped("waits_for")), False)
            case.next_contact_id = case.contact_ids.filtered(
                lambda c: c.state in ("planned", "queued")
            ).sorted(lambda c: (not c.planned_at, c.planned_at or 0, c.id))[:1]

    def _search_waits_for(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("item_ids", "any", [("waits_for", "in", value)])]

    @api.depends("item_ids.ledger_state")
    def _compute_amounts(self):
        for case in self:
            totals = {}
            for item in case.open_item_ids:
                currency = item.currency_id
                totals[currency] = totals.get(currency, 0) + item.amount_open
            case.amount_ids = [[c.id, amount] for c, amount in totals.items()]
            case.amount_text = " + ".join(
                currency.format(amount) for currency, amount in totals.items()
            )
            case.days_overdue = max(
                case.open_item_ids.mapped("days_overdue"), default=0
            )

    @api.depends("partner_id.display_name", "date_open")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for case in self:
            day = format_date(self.env, case.date_open)
            case.display_name = f"{case.partner_id.display_name} ({day})"

    # -- life ----------------------------------------------------------------------------

    @api.model
    def _open(self, debtors, today, stages, levels):
        """Files of debtors who have no open one; nobody is told and nobody follows.

        :param today: {debtor id: today's date for them}
        :param stages: {debtor id: id of the stage, where it is known}
        :param levels: {stage id: level}
        :return: the files in the order of the debtors"""
        return insert_rows(
            self,
            [
                {
                    "debtor_id": debtor.id,
                    "partner_id": debtor.partner_id.id,
                    "company_id": debtor.company_id.id,
                    "user_id": debtor.collector_id.id or None,
                    "date_open": today[debtor.id],
                    "stage_id": stages.get(debtor.id),
                    "level": levels[stages.get(debtor.id)],
                }
                for debtor in debtors
            ],
        )

    def _refresh(self):
        """Bring stage and state in line with the open items: the stage falls when the
        highest item is paid, the case closes when nothing is chased any more and reopens
        when something is owed again."""
        standing = self._read_standing() if self else {}
        by_stage = defaultdict(self.browse)
        for case in self:
            stage_id, _is_owed = standing[case.id]
            if stage_id and case.stage_id.id != stage_id:
                by_stage[stage_id] |= case
        for stage_id, cases in by_stage.items():
            cases.write({"stage_id": stage_id})
        for case in self:
            _stage_id, is_owed = standing[case.id]
            if case.state == "open" and not is_owed:
                case._close(case._get_outcome())
            elif case.state == "closed" and is_owed:
                case._reopen(case.item_ids.filtered(lambda i: i.ledger_state == "open"))

    def _read_standing(self):
        """{case id: (highest stage that is chased or None, is anything owed?)}, from the
        open items, with one query."""
        self.env["collection.item"].flush_model(
            ["case_id", "ledger_state", "stage_id", "level", "date_due"]
        )
        self.env["collection.stage"].flush_model(["sequence"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT i.case_id,
                       (array_agg(i.stage_id ORDER BY s.sequence DESC, i.date_due, i.id)
                        FILTER (WHERE i.stage_id IS NOT NULL
                                  AND i.level IS DISTINCT FROM 'pre_due'))[1]
                  FROM collection_item i
                  LEFT JOIN collection_stage s ON s.id = i.stage_id
                 WHERE i.case_id IN %s AND i.ledger_state = 'open'
                 GROUP BY i.case_id
                """,
                tuple(self.ids) or (0,),
            )
        )
        standing = dict.fromkeys(self.ids, (None, False))
        return standing | {case_id: (stage_id, True) for case_id, stage_id in rows}

    def _get_outcome(self):
        """Why the case closes, from how its items left the ledger."""
        ways = {
            {"settled": "paid", "credited": "credited"}.get(state, "excluded")
            for state in self.item_ids.mapped("ledger_state")
        } or {"excluded"}
        return ways.pop() if len(ways) == 1 else "mixed"

    @api.model_create_multi
    def create(self, vals_list):
        """Files are born open."""
        cases = super().create(vals_list)
        cases.filtered(lambda c: c.state != "open")._refuse_state()
        return cases

    def write(self, vals):
        """A file closes by `_close` and opens again by `_reopen` only. Who is no superuser
        hears the same of all that is read-only (`collection.internal.thread`)."""
        if "state" in vals and self.env.su:
            self._refuse_state()
        return super().write(vals)

    def _refuse_state(self):
        """:raise UserError: somebody wants to write the state past the gate"""
        if self:
            raise UserError(
                self.env._("A file closes when nothing is chased in it any more.")
            )

    def _write_state(self, vals):
        """Past the guard in `write`; only `_close` and `_reopen` call it."""
        return super().write(vals)

    def _close(self, outcome):
        """The one way to close a case; what is closed already stays so."""
        self.ensure_one()
        if self.state == "closed":
            return
        self.contact_ids.filtered(
            lambda c: c.state in ("planned", "queued")
        )._set_skipped(reasons=[{"code": "CASE_CLOSED", "args": {}}])
        self._write_state(
            {
                "state": "closed",
                "outcome": outcome,
                "date_closed": self.debtor_id._get_today(),
            }
        )
        self._end_duties(outcome)

    def _reopen(self, items):
        """The one way back: into this case, or into the one that opened meanwhile."""
        self.ensure_one()
        if self.state == "open":
            return
        running = self.debtor_id.case_id
        if running and running != self:
            items.write({"case_id": running.id})
            running._refresh()
            return
        self._write_state({"state": "open", "outcome": False, "date_closed": False})

    def action_compose(self):
        """Contact the customer beside the plan."""
        self.ensure_one()
        return self.debtor_id.action_compose()

    def action_callback(self):
        """The customer asked to be called."""
        self.ensure_one()
        return self.debtor_id.action_callback()

    def action_pause(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Pause"),
            "res_model": "collection.hold",
            "view_mode": "form",
            "target": "new",
            "context": {"default_debtor_id": self.debtor_id.id},
        }

    def action_view_contacts(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "collection_escalation.collection_contact_log_action"
        )
        return {**action, "domain": [("case_id", "in", self.ids)], "context": {}}

    def action_view_invoices(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Invoices"),
            "res_model": "account.move",
            "view_mode": "list,form",
            "domain": [("id", "in", self.item_ids.move_id.ids)],
        }
