"""How open items follow the ledger: birth at posting, what follows from a payment, a
credit, a reversal or a reset to draft, and the weekly check."""

import logging

from odoo import api, models
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

_PENDING = "collection_escalation.ledger_changes"


class CollectionItem(models.Model):
    _inherit = "collection.item"

    # -- birth ---------------------------------------------------------------------------

    @api.model
    def _birth(self, moves=None):
        """Put the receivable lines of the posted ``moves`` (None: of the whole ledger)
        under collection: one statement, whatever their number. Lines that are under
        collection already are left alone.

        Not under collection: credit lines, payments, bank statement lines. Journal
        entries (opening balances) are, unless marked *No Follow-Up*.

        :return: number of items born"""
        if moves is not None and not moves:
            return 0
        self.env["account.move.line"].flush_model(
            ["account_id", "balance", "partner_id", "date_maturity", "no_followup"]
        )
        self.env["account.move"].flush_model(["state", "move_type", "payment_state"])
        rows = self.env.execute_query(
            SQL(
                """
                WITH line AS (
                    SELECT l.id, l.move_id, l.partner_id, l.company_id,
                           COALESCE(l.date_maturity, m.invoice_date, m.date) AS date_due,
                           l.amount_currency, l.no_followup, l.reconciled,
                           m.payment_state,
                           split_part(c.parent_path, '/', 1)::int AS root_company_id
                      FROM account_move_line l
                      JOIN account_move m ON m.id = l.move_id
                      JOIN account_account a ON a.id = l.account_id
                      JOIN res_company c ON c.id = l.company_id
                     WHERE %(scope)s
                       AND m.state = 'posted'
                       AND a.account_type = 'asset_receivable'
                       AND l.partner_id IS NOT NULL
                       AND l.balance > 0
                       AND (m.move_type IN ('out_invoice', 'out_receipt')
                            OR (m.move_type = 'entry'
                                AND l.no_followup IS NOT TRUE
                                AND m.origin_payment_id IS NULL
                                AND m.statement_line_id IS NULL))
                       AND NOT EXISTS (SELECT FROM collection_item i
                                        WHERE i.move_line_id = l.id)
                ), born AS (
                    INSERT INTO collection_debtor
                           (partner_id, company_id, root_company_id, slot_seq,
                            create_uid, create_date, write_uid, write_date)
                    SELECT DISTINCT partner_id, company_id, root_company_id, 0,
                           %(uid)s, now() AT TIME ZONE 'UTC',
                           %(uid)s, now() AT TIME ZONE 'UTC'
                      FROM line
                     WHERE NOT EXISTS (SELECT FROM collection_debtor d
                                        WHERE d.partner_id = line.partner_id
                                          AND d.company_id = line.company_id)
                    RETURNING id, partner_id, company_id
                ), debtor AS (
                    SELECT id, partner_id, company_id FROM born
                     UNION ALL
                    SELECT id, partner_id, company_id FROM collection_debtor
                     WHERE (partner_id, company_id) IN
                           (SELECT partner_id, company_id FROM line)
                )
                INSERT INTO collection_item
                       (move_line_id, move_id, debtor_id, company_id, date_due,
                        line_amount, cycle, ledger_state, next_date,
                        create_uid, create_date, write_uid, write_date)
                SELECT line.id, line.move_id, debtor.id, line.company_id, line.date_due,
                       line.amount_currency, 1, state.value,
                       CASE WHEN state.value = 'open' THEN %(today)s::date END,
                       %(uid)s, now() AT TIME ZONE 'UTC',
                       %(uid)s, now() AT TIME ZONE 'UTC'
                  FROM line
                  JOIN debtor USING (partner_id, company_id)
                 CROSS JOIN LATERAL (SELECT CASE
                       WHEN line.reconciled OR line.payment_state = 'paid'
                       THEN 'settled'
                       WHEN line.no_followup THEN 'excluded'
                       WHEN line.payment_state = 'blocked' THEN 'blocked'
                       ELSE 'open' END AS value) state
                RETURNING id, debtor_id
                """,
                scope=SQL("TRUE")
                if moves is None
                else SQL("l.move_id IN %s", tuple(moves.ids)),
                uid=self.env.uid,
                today=self._get_earliest_today(),
            )
        )
        self.env["collection.debtor"].invalidate_model(["item_ids"], flush=False)
        for model in ("account.move", "account.move.line"):
            self.env[model].invalidate_model(["collection_item_ids"], flush=False)
        return len(rows)

    @api.model
    def _rematch(self, moves):
        """Give items whose journal item was replaced (reset to draft, other payment
        terms) the line that took its place: same invoice, same due date, nearest amount;
        else the next free one. What cannot be matched stays *Line removed*."""
        orphans = self.search(
            [("move_id", "in", moves.ids), ("move_line_id", "=", False)]
        )
        if not orphans:
            return
        lines = moves.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable" and line.balance > 0
        )
        taken = self.search([("move_line_id", "in", lines.ids)]).move_line_id
        free = {
            move: list(each)
            for move, each in (lines - taken).grouped("move_id").items()
        }
        for item in orphans:
            candidates = free.get(item.move_id)
            if not candidates:
                continue
            line = min(
                candidates,
                key=lambda line: (
                    line.date_maturity != item.date_due,
                    abs(line.amount_currency - item.line_amount),
                ),
            )
            candidates.remove(line)
            item.write({"move_line_id": line.id, "line_amount": line.amount_currency})

    # -- reaction ------------------------------------------------------------------------

    def _note_ledger_change(self):
        """Remember how these items stood before the transaction touched them."""
        pending = self.env.cr.precommit.data.setdefault(_PENDING, {})
        new = [item.id for item in self if item.id and item.id not in pending]
        if not new:
            return
        rows = self.env.execute_query(
            SQL(
                """SELECT i.id, i.ledger_state, i.date_due, d.partner_id
                     FROM collection_item i
                     JOIN collection_debtor d ON d.id = i.debtor_id
                    WHERE i.id IN %s""",
                tuple(new),
            )
        )
        if not pending:
            self.env.cr.precommit.add(self.sudo()._apply_ledger_changes)
        pending.update(
            {id_: (state, due, partner) for id_, state, due, partner in rows}
        )

    @api.model
    def _apply_ledger_changes(self):
        """Once per transaction, just before the commit: what follows from the changes of
        the ledger. Settling acts at once: contacts withdrawn, case closed."""
        before = self.env.cr.precommit.data.pop(_PENDING, {})
        items = self.browse(before).exists()
        if not items:
            return
        self.env.flush_all()
        was = {item: before[item.id][0] for item in items}
        items.filtered(
            lambda i: was[i] == "open" and i.ledger_state != "open"
        )._on_closed()
        opened = items.filtered(lambda i: was[i] != "open" and i.ledger_state == "open")
        opened.filtered(lambda i: was[i] in ("settled", "credited"))._start_new_cycle()
        opened._on_opened()
        for item in items:
            item._follow_due_date()
            item._follow_partner()
        self.env.flush_all()

    def _follow_due_date(self):
        """A due date moved by the accountant; later than today, the item starts anew."""
        line = self.move_line_id
        due = line.date_maturity or line.invoice_date or line.date
        if not line or due == self.date_due:
            return
        vals = {"date_due": due}
        if self.stage_id and due >= self.debtor_id._get_today():
            vals.update(self._prepare_new_cycle_vals())
            self._withdraw_contacts("DUE_DATE_MOVED")
        self.write(vals)
        self._wake()

    def _follow_partner(self):
        """The line went to another customer (change of the commercial entity)."""
        line = self.move_line_id
        if not line or not line.partner_id or line.partner_id == self.partner_id:
            return
        self._withdraw_contacts("OTHER_DEBTOR")
        debtor = self.env["collection.debtor"]._get_for(
            line.partner_id, self.company_id
        )
        case = self.case_id
        self.write({"debtor_id": debtor.id, "case_id": False})
        case._refresh()
        self._wake()

    def _on_closed(self):
        """Paid, credited, cancelled, blocked or taken out of the follow-up."""
        if not self:
            return
        self._withdraw_contacts("NOT_OWED")
        self.write({"next_date": False, "waits_for": False, "approved_stage_id": False})
        self.case_id._refresh()

    def _on_opened(self):
        """Owed (again): posted after a correction, released, or a payment reversed."""
        if self:
            self._wake()
            self.case_id._refresh()

    def _start_new_cycle(self):
        """A reversed payment or credit: the debtor believed the matter settled, so the
        plan begins anew, with the friendly tone."""
        for item in self.filtered("stage_id"):
            item.write(item._prepare_new_cycle_vals())

    def _prepare_new_cycle_vals(self):
        return {
            "cycle": self.cycle + 1,
            "stage_id": False,
            "level": False,
            "stage_since": False,
            "approved_stage_id": False,
            "waits_for": False,
            "reason": {"code": "NEW_CYCLE", "args": {}},
        }

    # -- the weekly check ----------------------------------------------------------------

    @api.model
    def _cron_check_ledger(self):
        """Compare the items with the ledger, mend what drifted (imports by SQL, data
        fixed by hand) and say in the log what was mended."""
        born = self._birth()
        drifted = self.browse(
            id_
            for (id_,) in self.env.execute_query(
                SQL(
                    """
                    SELECT i.id
                      FROM collection_item i
                      JOIN collection_debtor d ON d.id = i.debtor_id
                      JOIN account_move m ON m.id = i.move_id
                      LEFT JOIN account_move_line l ON l.id = i.move_line_id
                     WHERE i.ledger_state IS DISTINCT FROM CASE
                           WHEN l.id IS NULL THEN 'gone'
                           WHEN l.parent_state = 'cancel' THEN 'cancelled'
                           WHEN l.parent_state <> 'posted' THEN 'draft'
                           WHEN l.reconciled AND m.payment_state = 'reversed'
                           THEN 'credited'
                           WHEN l.reconciled OR m.payment_state = 'paid' THEN 'settled'
                           WHEN l.no_followup THEN 'excluded'
                           WHEN m.payment_state = 'blocked' THEN 'blocked'
                           ELSE 'open' END
                        OR i.date_due IS DISTINCT FROM
                           COALESCE(l.date_maturity, m.invoice_date, m.date)
                           AND l.id IS NOT NULL
                        OR d.partner_id <> l.partner_id
                        OR (i.ledger_state = 'open' AND i.next_date IS NULL
                            AND i.waits_for IS NULL)
                    """
                )
            )
        )
        if drifted:
            drifted._note_ledger_change()
            self.env.add_to_compute(self._fields["ledger_state"], drifted)
            drifted._recompute_recordset(["ledger_state"])
            drifted._wake()
        if born or drifted:
            _logger.info(
                "Collections check: %d receivable lines put under collection, "
                "%d open items brought in line with the ledger (ids %s)",
                born,
                len(drifted),
                drifted.ids[:50],
            )
        return {"born": born, "mended": len(drifted)}
