"""How open items are held in line with the ledger: birth at posting, the way back after a
reset to draft, and the weekly check. What follows from a payment, a credit, a reversal:
`collection_item_changes.py`."""

import logging

from odoo import api, fields, models
from odoo.tools import SQL

from .ledger_state_sql import flush_columns, ledger_state_sql, under_collection_sql

_logger = logging.getLogger(__name__)

#: When an invoice ``m`` that we hear of only now was sent: nobody kept it, but Odoo makes
#: the PDF then. What we knew already was sent to somebody else, or otherwise.
SENT_ON = SQL(
    """CASE WHEN m.is_move_sent
             AND NOT EXISTS (SELECT FROM collection_item o WHERE o.move_id = m.id)
            THEN COALESCE((SELECT min(pdf.create_date)::date FROM ir_attachment pdf
                            WHERE pdf.res_model = 'account.move' AND pdf.res_id = m.id
                              AND pdf.res_field = 'invoice_pdf_report_file'),
                          LEAST(m.create_date::date, COALESCE(m.invoice_date, m.date)))
       END"""
)


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
        flush_columns(
            self.env,
            line=("company_id", "date_maturity", "amount_currency"),
            move=("invoice_date", "date", "is_move_sent"),
        )
        self.env["res.company"].flush_model(["parent_path"])
        self.env["collection.debtor"].flush_model(["partner_id", "company_id"])
        self.flush_model(["move_line_id"])
        rows = self.env.execute_query(
            SQL(
                """
                WITH line AS (
                    SELECT l.id, l.move_id, l.partner_id, l.company_id,
                           COALESCE(l.date_maturity, m.invoice_date, m.date) AS date_due,
                           l.amount_currency, %(state)s AS ledger_state,
                           %(posted_on)s AS posted_on, %(sent_on)s AS sent_on,
                           split_part(c.parent_path, '/', 1)::int AS root_company_id
                      FROM account_move_line l
                      JOIN account_move m ON m.id = l.move_id
                      JOIN account_account a ON a.id = l.account_id
                      JOIN res_company c ON c.id = l.company_id
                     WHERE %(scope)s
                       AND %(under_collection)s
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
                        line_amount, cycle, ledger_state, posted_on, sent_on,
                        next_date,
                        create_uid, create_date, write_uid, write_date)
                SELECT line.id, line.move_id, debtor.id, line.company_id, line.date_due,
                       line.amount_currency, 1, line.ledger_state, line.posted_on,
                       CASE WHEN line.sent_on IS NOT NULL
                            THEN GREATEST(line.sent_on, line.posted_on) END,
                       CASE WHEN line.ledger_state = 'open' THEN %(today)s::date END,
                       %(uid)s, now() AT TIME ZONE 'UTC',
                       %(uid)s, now() AT TIME ZONE 'UTC'
                  FROM line
                  JOIN debtor USING (partner_id, company_id)
                RETURNING debtor_id,
                          EXISTS (SELECT FROM born WHERE born.id = debtor_id)
                """,
                scope=SQL("TRUE")
                if moves is None
                else SQL("l.move_id IN %s", tuple(moves.ids)),
                state=ledger_state_sql(),
                under_collection=under_collection_sql(),
                posted_on=self._posted_on_sql(moves is None),
                sent_on=SENT_ON,
                uid=self.env.uid,
                today=self._get_earliest_today(),
            )
        )
        Debtor = self.env["collection.debtor"]
        Debtor.invalidate_model(["item_ids"], flush=False)
        Debtor.browse({id_ for id_, is_new in rows if is_new})._on_born()
        for model in ("account.move", "account.move.line"):
            self.env[model].invalidate_model(["collection_item_ids"], flush=False)
        return len(rows)

    @api.model
    def _posted_on_sql(self, whole_ledger):
        """Since when the invoice is as it is now. What was posted or sent before we knew of
        it is taken to be of its own date; what we knew is new today: other instalments,
        another customer."""
        known = SQL("EXISTS (SELECT FROM collection_item o WHERE o.move_id = m.id)")
        return SQL(
            """CASE WHEN %(old)s AND NOT %(known)s
                    THEN LEAST(m.create_date::date, COALESCE(m.invoice_date, m.date))
                    ELSE %(today)s::date END""",
            old=SQL("TRUE") if whole_ledger else SQL("m.is_move_sent IS TRUE"),
            known=known,
            today=fields.Date.today(),
        )

    @api.model
    def _rematch(self, moves):
        """Give items whose journal item was replaced (reset to draft, other payment
        terms) the line that took its place: same invoice and customer, same due date,
        nearest amount; else the next free one. What cannot be matched stays *Line
        removed*. What is not the same invoice any more was not delivered yet."""
        self._find_lines(moves)
        today = fields.Date.today()
        for item in self.search([("move_id", "in", moves.ids)]):
            line = item.move_line_id
            if line and (
                not item.posted_on
                or line.currency_id.compare_amounts(
                    line.amount_currency, item.line_amount
                )
                or item._get_ledger_due() != item.date_due
            ):
                item.write(
                    {
                        "line_amount": line.amount_currency,
                        "posted_on": today,
                        "sent_on": False,
                        "grace_from": False,
                    }
                )

    @api.model
    def _find_lines(self, moves):
        """Items without a journal item get one, see `_rematch`."""
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
            candidates = [
                line
                for line in free.get(item.move_id, ())
                if line.partner_id == item.partner_id
            ]
            if not candidates:
                continue
            line = min(
                candidates,
                key=lambda line: (
                    line.date_maturity != item.date_due,
                    abs(line.amount_currency - item.line_amount),
                ),
            )
            free[item.move_id].remove(line)
            item.move_line_id = line

    # -- the weekly check ----------------------------------------------------------------

    @api.model
    def _cron_check_ledger(self):
        """Compare the items with the ledger, mend what drifted (imports by SQL, data
        fixed by hand) and say in the log what was mended."""
        born = self._birth()
        self.env.flush_all()
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
                     WHERE i.ledger_state IS DISTINCT FROM %s
                        OR i.date_due IS DISTINCT FROM
                           COALESCE(l.date_maturity, m.invoice_date, m.date)
                           AND l.id IS NOT NULL
                        OR d.partner_id <> l.partner_id
                        OR (i.ledger_state = 'open' AND i.next_date IS NULL
                            AND i.waits_for IS NULL)
                    """,
                    ledger_state_sql(),
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
