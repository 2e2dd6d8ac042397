from decimal import Decimal

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...rules.statement import StatementLine
from ..bulk_rows import number_alike, update_rows

#: Columns in which it is kept what a contact stated, by what `StatementLine` calls it.
FROZEN = {
    "part": "part",
    "invoice_name": "name",
    "instalment": "instalment",
    "amount_original": "original",
    "amount_open": "open",
    "amount_fine": "fine",
    "amount_interest": "interest",
    "amount_fee": "fee",
    "days_overdue": "days_late",
}


def to_decimal(amount, currency):
    """A float as the exact amount it stands for, at the precision of ``currency``."""
    digits = currency.decimal_places if currency else 2
    return Decimal(f"{amount or 0.0:.{digits}f}")


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
    credit_key = fields.Char(
        readonly=True, help="Of `rules.statement.Credit`: what money it is."
    )
    taken = fields.Monetary(
        readonly=True, help="The part of a credit that falls on these invoices."
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
    part = fields.Selection(
        [
            ("step", "What it is about"),
            ("also", "Asked for beside it"),
            ("credit", "Taken off"),
            ("info", "For information"),
        ],
        default="step",
        required=True,
        readonly=True,
        help="What is said for information is not asked for.",
    )
    currency_id = fields.Many2one("res.currency", readonly=True)
    invoice_name = fields.Char(readonly=True)
    instalment = fields.Char(readonly=True, help="Its place among all: 1/3.")
    date_due = fields.Date(readonly=True)
    amount_original = fields.Monetary(readonly=True)
    amount_open = fields.Monetary(readonly=True)
    amount_fine = fields.Monetary(string="Late fee", readonly=True)
    amount_interest = fields.Monetary(string="Interest", readonly=True)
    amount_fee = fields.Monetary(string="Costs", readonly=True)
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
        for contact, lines in self.grouped("contact_id").items():
            today = contact._get_today_if_known()
            for line in lines:
                stated = line._get_stated(today)
                line.shown_original = float(stated.original)
                line.shown_open = float(stated.open)
                line.shown_days = stated.days_late

    @api.model
    def _create_planned(self, rows):
        """Planned lines of a whole batch in one statement: the ORM would take one for
        every hundred.

        :param rows: tuples (contact id, item_id, (step_id, stage_id, cycle, currency_id,
            date_due, part))"""
        if not rows:
            return
        self.env.flush_all()
        alike = ("step_id", "stage_id", "cycle", "currency_id", "date_due", "part")
        (contact_ids, item_ids, numbers), values = number_alike(self, alike, rows)
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO collection_contact_line
                       (contact_id, item_id, step_id, stage_id, cycle, currency_id,
                        date_due, part, state, create_date)
                SELECT line.contact_id, line.item_id, step_id, stage_id, cycle,
                       currency_id, date_due, part, 'planned',
                       now() AT TIME ZONE 'UTC'
                  FROM unnest(%s::int[], %s::int[], %s::int[]) WITH ORDINALITY
                            AS line(contact_id, item_id, number, turn)
                  JOIN (VALUES %s) AS v(number, step_id, stage_id, cycle, currency_id,
                                        date_due, part)
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

    def get_invoice_name(self):
        """Number of the invoice; of an instalment with its place: INV/7 (1/3)."""
        self.ensure_one()
        return self.invoice_name or self._read_name()[0]

    def _read_name(self):
        """(what `get_invoice_name` says, the place alone: "1/3" or ""), as the ledger says
        now."""
        move = self._get_ledger_line().move_id
        siblings = move.sudo().collection_item_ids.filtered(
            lambda i: i.ledger_state != "gone"  # they count as one invoice no more
        )
        name = move.name or ""
        if len(siblings) < 2 or self.item_id not in siblings:
            return name, ""
        siblings = siblings.sorted(lambda i: (i.date_due, i.id))
        place = f"{siblings.ids.index(self.item_id.id) + 1}/{len(siblings)}"
        return f"{name} ({place})", place

    def _get_stated(self, today):
        """What is stated of it: as frozen, else as the ledger says now. Credits are
        negative.

        :param today: the debtor's date; None if nobody knows it
        :return: `rules.statement.StatementLine`"""
        self.ensure_one()
        read = self._read_frozen if self.frozen else self._read_ledger
        currency = self.currency_id
        return StatementLine(
            part=self.part,
            key=str(self.id),
            currency=currency.name or "",
            stage=self.stage_id.level or "",
            **read(currency, today),
        )

    def _read_frozen(self, currency, _today):
        return {
            "name": self.invoice_name or "",
            "due": self.date_due or None,
            "instalment": self.instalment or "",
            "original": to_decimal(self.amount_original, currency),
            "open": to_decimal(self.amount_open, currency),
            "fine": to_decimal(self.amount_fine, currency),
            "interest": to_decimal(self.amount_interest, currency),
            "fee": to_decimal(self.amount_fee, currency),
            "days_late": self.days_overdue,
        }

    def _read_ledger(self, currency, today):
        if self.part == "credit":
            return self._read_credit(currency)
        ledger = self._get_ledger_line()
        name, place = self._read_name()
        due = ledger.date_maturity or self.date_due or None
        late = (today - due).days if today and due else 0
        return {
            "due": due,
            "name": self.invoice_name or name,
            "instalment": place,
            "original": to_decimal(ledger.amount_currency, currency),
            "open": to_decimal(ledger.amount_residual_currency, currency),
            "days_late": max(late, 0),
        }

    def _read_credit(self, currency):
        """Money that is taken off: all there is of it, and the part that falls on the
        invoices of the contact."""
        ledger = self.credit_line_id
        original = ledger.amount_currency if ledger else self.amount_original
        return {
            "due": self.date_due or None,
            "name": self.invoice_name or ledger.move_id.name or "",
            "original": to_decimal(original, currency),
            "open": -to_decimal(self.taken, currency),
        }

    def _freeze(self, state=None):
        """Keep what the debtor is being told: what was written or printed, even if
        something was paid since; where nothing was, what the ledger says now.

        :param state: of the lines from now on, if it changes"""
        rows, new = [], (state,) if state else ()
        unfrozen = self.filtered(lambda line: not line.frozen)
        for contact, lines in unfrozen.grouped("contact_id").items():
            stated = contact._get_kept_lines()
            if not all(str(id_) in stated for id_ in lines.ids):
                now = contact._get_statement_now()
                stated = {line.key: line for line in now.lines} | stated
            for id_ in lines.ids:
                line = stated[str(id_)]
                values = (getattr(line, name) for name in FROZEN.values())
                rows.append((id_, (*values, True, *new)))
        names = (*FROZEN, "frozen", "state")[: None if state else -1]
        update_rows(unfrozen, names, rows)

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
                    "part": line.part,
                    "credit_key": line.credit_key,
                    "credit_line_id": line.credit_line_id.id,
                    "taken": line.taken,
                    **line._get_name_of_money(),
                }
            )
            for line in self
        ]

    def _get_name_of_money(self):
        """What a credit says of itself: the ledger does not name money on its way."""
        if self.part != "credit":
            return {}
        return {
            "invoice_name": self.invoice_name,
            "amount_original": self.amount_original,
        }

    def _cancel(self, code, **args):
        """Take lines out of contacts that have not left. A contact that is about no
        invoice any more is skipped, with ``code`` as its reason."""
        waiting = self.filtered(
            lambda line: line.state == "planned"
            and line.contact_id.state in ("planned", "queued")
        )
        waiting.write({"state": "cancelled"})
        emptied = waiting.contact_id.filtered(
            lambda c: not c.line_ids.filtered(
                lambda line: (
                    line.item_id and line.state == "planned" and line.part == "step"
                )
            )
        )
        emptied._withdraw_mail()
        emptied._set_skipped(reasons=[{"code": code, "args": args}])
