"""What our statements read of the ledger is what Odoo will have written; and nobody is asked
for nothing."""

import re
import sys
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

from odoo import Command
from odoo.sql_db import Cursor
from odoo.tests import tagged
from odoo.tools import SQL

from ..common import MONDAY, CollectionCommon

MODELS = str(Path(__file__).parents[2] / "models")
#: Methods that want what is stored, not what it is going to be.
AS_STORED = ("_read_standing",)


#: Words that may stand after a table that has no other name.
KEYWORDS = {"WHERE", "JOIN", "LEFT", "ON", "SET", "GROUP", "ORDER", "CROSS", "UNION"}


def find_tables(query):
    """{name in the query: table}

    >>> find_tables("SELECT l.id FROM line l JOIN move m ON m.id = l.move_id")
    {'l': 'line', 'm': 'move'}
    """
    found = re.findall(r"(?:FROM|JOIN|UPDATE)\s+(\w+)(?:\s+(?:AS\s+)?(\w+))?", query)
    return {
        table if alias.upper() in KEYWORDS | {""} else alias: table
        for table, alias in found
    }


def find_unwritten(env, query):
    """{"table.column"} of what ``query`` (text) reads that waits to be worked out or
    written."""
    tables = find_tables(query)
    read = {(tables.get(a), name) for a, name in re.findall(r"(\w+)\.(\w+)", query)}
    plain = {table for alias, table in tables.items() if alias == table}
    read |= {(table, name) for table in plain for name in re.findall(r"\w+", query)}
    waiting = [*env.transaction.tocompute.items(), *env.transaction.field_dirty.items()]
    return {
        f"{env[f.model_name]._table}.{f.name}"
        for f, ids in waiting
        if ids and f.store and (env[f.model_name]._table, f.name) in read
    }


@tagged("post_install", "-at_install")
class TestWhatIsRead(CollectionCommon):
    @contextmanager
    def _watch_statements(self):
        """Collects what statements of ours read though it was not written yet."""
        found, execute, env = set(), Cursor.execute, self.env

        def watch(cr, query, *args, **kwargs):
            frame, names = sys._getframe(1), []
            while frame and "/orm/" in frame.f_code.co_filename:
                names.append(frame.f_code.co_name)
                frame = frame.f_back
            ours = frame and frame.f_code.co_filename.startswith(MODELS)
            by_orm = set(names) - {"execute_query", "flush_query"}
            if ours and not by_orm and frame.f_code.co_name not in AS_STORED:
                code = query.code if isinstance(query, SQL) else query
                if "SELECT" in code:
                    found.update(
                        (frame.f_code.co_name, name)
                        for name in find_unwritten(env, code)
                    )
            return execute(cr, query, *args, **kwargs)

        with patch.object(Cursor, "execute", watch):
            yield found

    def _pay_by_entry(self, invoice):
        payment = self._pay(invoice)
        self.assertTrue(payment.move_id)
        return payment.move_id

    def _reverse(self, move):
        """*Reverse Entry* of the accountant."""
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({"journal_id": move.journal_id.id})
        )
        action = wizard.refund_moves()
        self._settle_transaction()
        return self.env["account.move"].browse(action["res_id"])

    def test_a_line_reconciled_within_the_posting_is_settled(self):
        """Invoice 1,000 due 2 March, paid on the 3rd; on the 23rd the entry of the payment
        is reversed and cancels it: the line it makes is no debt."""
        invoice = self._create_overdue_invoice(MONDAY, 1000.0)
        with self._at(MONDAY + timedelta(1)):
            entry = self._pay_by_entry(invoice)
        with self._at(MONDAY + timedelta(21)):
            reversal = self._reverse(entry)
        item = self._items(reversal)
        self.assertEqual(item.ledger_state, "settled")
        self.assertFalse(item.next_date)
        self._create_overdue_invoice(MONDAY + timedelta(14), 1000.0)
        sent = self._live_until(MONDAY + timedelta(22), MONDAY + timedelta(40))
        bodies = [mail["body"] for mails in sent.values() for mail in mails]
        self.assertTrue(bodies)
        for body in bodies:
            self.assertNotIn(reversal.name, body)
            self.assertNotIn("0.00 ", body.replace("1,000.00", ""))

    def test_an_entry_reversed_within_the_posting_is_settled(self):
        """Money entered in the bank's journal without a payment, taken back at once."""
        bank = self.company_data["default_journal_bank"]
        lines = (
            (self.company_data["default_account_receivable"], {"credit": 500.0}),
            (bank.default_account_id, {"debit": 500.0}),
        )
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "journal_id": bank.id,
                "date": MONDAY,
                "line_ids": [
                    Command.create(
                        {
                            **amount,
                            "account_id": account.id,
                            "partner_id": self.debtor_partner.id,
                        }
                    )
                    for account, amount in lines
                ],
            }
        )
        entry.action_post()
        reversal = entry._reverse_moves([{"date": MONDAY}], cancel=True)
        self._settle_transaction()
        self.assertFalse(reversal.line_ids[0].no_followup)
        self.assertEqual(self._items(reversal).ledger_state, "settled")

    def _open_with_nothing_left(self):
        """An invoice that the ledger calls open though it is paid, as after an import that
        went wrong, beside one that is owed."""
        nothing = self._create_overdue_invoice(MONDAY, 300.0)
        self._create_overdue_invoice(MONDAY, 1000.0)
        self._pay(nothing, day=MONDAY)
        item = self._items(nothing)
        self._call_open(item)
        return item

    def _call_open(self, item):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE collection_item SET ledger_state = 'open', next_date = %s WHERE id = %s",
            (MONDAY, item.id),
        )
        self.env.invalidate_all()

    def test_the_evaluation_does_not_chase_what_has_nothing_left(self):
        item = self._open_with_nothing_left()
        (mail,) = self._live(MONDAY + timedelta(7))
        self.assertNotIn(item.move_id.name, mail["body"])
        self.assertEqual(item.reason["code"], "NOT_OWED")
        self.assertFalse(item.level)

    def test_the_last_guard_takes_it_out(self):
        """Both planned while they were owed; one is paid, and still called open."""
        paid = self._create_overdue_invoice(MONDAY, 300.0)
        self._create_overdue_invoice(MONDAY, 1000.0)
        with self._at(MONDAY + timedelta(7)), self.mock_mail_gateway():
            self._evaluate()
            planner = self.env["collection.planner"].sudo()
            planner._plan_debtors(planner._get_waiting_debtors())
            contact, item = self._contacts(), self._items(paid)
            self.assertEqual(len(contact.line_ids), 2)
            keep = patch.object(type(item), "_withdraw_contacts", lambda *a, **k: None)
            with keep:
                self._pay(paid)
            self._call_open(item)
            dispatcher = self.env["collection.dispatcher"].sudo()
            dispatcher._queue(dispatcher._get_due())
        line = contact.line_ids.filtered(lambda x: x.item_id == item)
        self.assertEqual((contact.state, line.state), ("queued", "cancelled"))
        self.assertNotIn(paid.name, contact.mail_id.body_html)

    def test_no_statement_of_ours_reads_what_is_not_written(self):
        """A life: posted, paid in part, reversed, evaluated, planned, sent, drafted and
        posted again, counted and measured, each within one transaction."""
        with self._watch_statements() as found:
            invoice = self._create_overdue_invoice(MONDAY, 1000.0)
            entry = self._pay_by_entry(invoice)
            self._reverse(entry)
            self._live(MONDAY + timedelta(7))
            invoice.button_draft()
            invoice.invoice_line_ids.price_unit = 900.0
            invoice.action_post()
            self.company.sudo()._get_collection_opening_counts()
            self.company.sudo()._measure_receivables()
            self.env["collection.item"].sudo()._cron_check_ledger()
            self._live(MONDAY + timedelta(21))
        self.assertEqual(found, set())
