from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..bulk_rows import number_alike, update_rows

#: What is kept of what a contact states, in the order of `_get_stated`, and that it is.
FROZEN = ("invoice_name", "amount_original", "amount_open", "days_overdue", "frozen")


class CollectionContactLine(models.Model):
    """Contact × open item × step. Unique while neither cancelled nor failed: a step
    reaches an item at most once per cycle. Frozen when sent: the evidence."""

    _name = "collection.contact.line"
    _description = "Invoice in a collection contact"
    _order = "contact_id, date_due, id"
    # Who made the contact stands on the contact: no key to a user that PostgreSQL looks
    # up for every line.
    _log_access = False

    create_date = fields.Datetime(
        string="Created on", readonly=True, default=lambda self: self.env.cr.now()
    )
    contact_id = fields.Many2one(
        "collection.contact",
        required=True,
        ondelete="cascade",
        index=True,
        readonly=True,
    )
    company_id = fields.Many2one(related="contact_id.company_id")
    item_id = fields.Many2one(
        "collection.item", ondelete="set null", index=True, readonly=True
    )
    credit_line_id = fields.Many2one(
        "account.move.line", string="Credit", ondelete="set null", readonly=True
    )
    step_id = fields.Many2one(
        "collection.stage.step", ondelete="set null", readonly=True
    )
    stage_id = fields.Many2one("collection.stage", ondelete="set null", readonly=True)
    cycle = fields.Integer(readonly=True)
    state = fields.Selection(
        [
            ("planned", "Planned"),
            ("made", "Made"),
            ("missed", "Missed"),
            ("cancelled", "Taken out"),
            ("failed", "Failed"),
        ],
        default="planned",
        required=True,
        readonly=True,
    )
    currency_id = fields.Many2one("res.currency", readonly=True)
    invoice_name = fields.Char(readonly=True)
    date_due = fields.Date(readonly=True)
    amount_original = fields.Monetary(readonly=True)
    amount_open = fields.Monetary(readonly=True)
    days_overdue = fields.Integer(readonly=True)
    shown_original = fields.Monetary(compute="_compute_shown", string="Amount")
    shown_open = fields.Monetary(compute="_compute_shown", string="Still open")
    shown_days = fields.Integer(compute="_compute_shown", string="Days late")
    frozen = fields.Boolean(readonly=True)

    _once_per_cycle = models.UniqueIndex(
        "(item_id, step_id, cycle) WHERE state IN ('planned', 'made', 'missed')",
        "A step reaches an invoice once.",
    )

    @api.depends("invoice_name", "item_id")
    def _compute_display_name(self):
        for line in self:
            line.display_name = line.invoice_name or line.item_id.display_name or ""

    def _compute_shown(self):
        """As frozen, else as the ledger says now."""
        for line in self:
            line.shown_original = line.get_amount("original")
            line.shown_open = line.get_amount("open")
            line.shown_days = line.get_days_overdue()

    @api.model
    def _create_planned(self, rows):
        """Planned lines of a whole batch in one statement: the ORM would take one for
        every hundred.

        :param rows: tuples (contact id, item_id, (step_id, stage_id, cycle, currency_id,
            date_due))"""
        if not rows:
            return
        self.env.flush_all()
        alike = ("step_id", "stage_id", "cycle", "currency_id", "date_due")
        (contact_ids, item_ids, numbers), values = number_alike(self, alike, rows)
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO collection_contact_line
                       (contact_id, item_id, step_id, stage_id, cycle, currency_id,
                        date_due, state, create_date)
                SELECT line.contact_id, line.item_id, step_id, stage_id, cycle,
                       currency_id, date_due, 'planned', now() AT TIME ZONE 'UTC'
                  FROM unnest(%s::int[], %s::int[], %s::int[]) WITH ORDINALITY
                            AS line(contact_id, item_id, number, turn)
                  JOIN (VALUES %s) AS v(number, step_id, stage_id, cycle, currency_id,
                                        date_due)
                 USING (number)
                 ORDER BY turn
                """,
                contact_ids,
                item_ids,
                numbers,
                values,
            )
        )
        contacts = self.env["collection.contact"].browse({row[0] for row in rows})
        contacts.invalidate_recordset(["line_ids"], flush=False)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        if self.filtered("frozen"):
            self._refuse_change()

    def write(self, vals):
        """What the debtor was told stays as it was: of a frozen line only the state may
        still change, when the message came back or did not leave."""
        harmless = set(vals) <= {"state"} and vals.get("state") in (
            None,
            "made",
            "failed",
        )
        if not harmless and self.filtered("frozen"):
            self._refuse_change()
        return super().write(vals)

    def _refuse_change(self):
        raise UserError(
            self.env._(
                "“%s” is part of a contact that was made: evidence cannot be changed or "
                "deleted. Add a remark to the file instead.",
                self.filtered("frozen")[:1].display_name,
            )
        )

    def _get_ledger_line(self):
        return self.item_id.move_line_id or self.credit_line_id

    def get_amount(self, which):
        """Amount ``original`` or ``open`` in the line's currency: as frozen, else as the
        ledger says now. Credits are negative."""
        self.ensure_one()
        if self.frozen:
            return self.amount_original if which == "original" else self.amount_open
        ledger = self._get_ledger_line()
        return (
            ledger.amount_currency
            if which == "original"
            else ledger.amount_residual_currency
        )

    def get_invoice_name(self):
        """Number of the invoice; of an instalment with its place: INV/7 (1/3)."""
        self.ensure_one()
        if self.invoice_name:
            return self.invoice_name
        move = self._get_ledger_line().move_id
        siblings = move.sudo().collection_item_ids
        name = move.name or ""
        if len(siblings) < 2 or self.item_id not in siblings:
            return name
        siblings = siblings.sorted(lambda i: (i.date_due, i.id))
        return f"{name} ({siblings.ids.index(self.item_id.id) + 1}/{len(siblings)})"

    def get_days_overdue(self, today=None):
        """:param today: the debtor's, where it is known already"""
        self.ensure_one()
        if self.frozen:
            return self.days_overdue
        today = today or self.contact_id.debtor_id._get_today()
        return max((today - self.date_due).days, 0) if self.date_due else 0

    def _freeze(self, state=None):
        """Keep what the debtor is being told: what was written or printed, even if
        something was paid since; where nothing was, what the ledger says now.

        :param state: of the lines from now on, if it changes"""
        rows, new = [], (state,) if state else ()
        unfrozen = self.filtered(lambda line: not line.frozen)
        for contact, lines in unfrozen.grouped("contact_id").items():
            stated = contact.stated or {}
            if not all(str(id_) in stated for id_ in lines.ids):
                stated = contact._get_stated() | stated
            rows += [(id_, (*stated[str(id_)], True, *new)) for id_ in lines.ids]
        update_rows(unfrozen, (*FROZEN, "state") if state else FROZEN, rows)

    def _prepare_copies(self):
        """Commands that make lines like these on another contact."""
        return [
            Command.create(
                {
                    "item_id": line.item_id.id,
                    "step_id": line.step_id.id,
                    "stage_id": line.stage_id.id,
                    "cycle": line.cycle,
                    "currency_id": line.currency_id.id,
                    "date_due": line.date_due,
                }
            )
            for line in self
        ]

    def _cancel(self, code, **args):
        """Take lines out of contacts that have not left. A contact that has no invoice
        left is skipped, with ``code`` as its reason."""
        waiting = self.filtered(
            lambda line: line.state == "planned"
            and line.contact_id.state in ("planned", "queued")
        )
        waiting.write({"state": "cancelled"})
        emptied = waiting.contact_id.filtered(
            lambda c: not c.line_ids.filtered(
                lambda line: line.item_id and line.state == "planned"
            )
        )
        emptied._withdraw_mail()
        emptied._set_state("skipped", reasons=[{"code": code, "args": args}])
