"""How an item stands in the ledger is stated once (`rules.ledger_state`)."""

from itertools import product

from odoo import Command
from odoo.tests import tagged
from odoo.tools import SQL

from ...models.ledger import ledger_state_sql as in_sql
from ...rules.ledger_state import (
    STATES,
    UNDER_COLLECTION,
    Line,
    comes_under_collection,
    ledger_state,
)
from ..common import MONDAY, CollectionCommon

TRUTHS = (True, False, None)


@tagged("post_install", "-at_install")
class TestLedgerState(CollectionCommon):
    def _get_values(self, column):
        """All values that the column may have."""
        move = self.env["account.move"]
        field = {"parent_state": "state"}.get(column, column)
        if field in ("state", "move_type", "payment_state"):
            return (*dict(move._fields[field]._description_selection(self.env)), None)
        return (True, False) if column == "exists" else TRUTHS

    def _read(self, columns, expression):
        """[(values of the columns, what PostgreSQL makes of them)] of all there are."""
        types = {
            name: SQL("bool") if True in self._get_values(name) else SQL("varchar")
            for name in columns
        }
        combinations = list(product(*map(self._get_values, columns)))
        rows = self.env.execute_query(
            SQL(
                "SELECT %s FROM (VALUES %s) AS v(%s) ORDER BY number",
                expression,
                SQL(", ").join(
                    SQL(
                        "(%s)",
                        SQL(", ").join(
                            [
                                SQL("%s", number),
                                *(
                                    SQL("%s::%s", value, types[name])
                                    for name, value in zip(columns, each, strict=True)
                                ),
                            ]
                        ),
                    )
                    for number, each in enumerate(combinations)
                ),
                SQL(", ").join(map(SQL.identifier, ("number", *columns))),
            )
        )
        values = [dict(zip(columns, each, strict=True)) for each in combinations]
        return list(zip(values, (value for (value,) in rows), strict=True))

    def _get_columns(self, rows):
        return sorted({column for conditions in rows for column in conditions})

    def test_python_and_sql_agree_on_the_state_in_every_case(self):
        columns = self._get_columns(conditions for _state, conditions in STATES)
        place = {name: SQL.identifier("v", name) for name in columns}
        found = self._read(columns, in_sql.ledger_state_sql(place))
        self.assertGreater(len(found), 500)
        for values, state in found:
            self.assertEqual(state, ledger_state(Line(**values)), values)
        known = dict(self.env["collection.item"]._fields["ledger_state"].selection)
        self.assertEqual({state for _values, state in found}, set(known))

    def test_python_and_sql_agree_on_what_comes_under_collection(self):
        columns = self._get_columns(UNDER_COLLECTION)
        place = {name: SQL.identifier("v", name) for name in columns}
        condition = SQL("(%s) IS TRUE", in_sql.under_collection_sql(place))
        found = self._read(columns, condition)
        self.assertGreater(len(found), 5000)
        for values, comes in found:
            self.assertEqual(comes, comes_under_collection(Line(**values)), values)
        self.assertIn(True, {comes for _values, comes in found})

    def test_birth_knows_what_was_credited_and_the_check_mends_nothing(self):
        """An old ledger at installation: paid, credited, excluded, blocked, open."""
        paid, credited, excluded, blocked, owed = invoices = [
            self._create_overdue_invoice(MONDAY, amount)
            for amount in (100.0, 200.0, 300.0, 400.0, 500.0)
        ]
        with self._at(MONDAY):
            self._pay(paid)
            self.env["account.move.reversal"].with_context(
                active_model="account.move", active_ids=credited.ids
            ).create({"journal_id": credited.journal_id.id}).modify_moves()
            excluded.no_followup = True
            blocked.action_toggle_block_payment()
            self._settle_transaction()
            for invoice in invoices:
                self._items(invoice).unlink()
            Item = self.env["collection.item"].sudo()
            Item._birth()
            self.assertEqual(
                [self._items(invoice).ledger_state for invoice in invoices],
                ["settled", "credited", "excluded", "blocked", "open"],
            )
            self.assertEqual(
                [bool(self._items(invoice).next_date) for invoice in invoices],
                [False, False, False, False, True],
            )
            found = Item._cron_check_ledger()
        self.assertEqual((found["born"], found["mended"]), (0, 0))
        self.assertEqual(owed.payment_state, "not_paid")

    def test_a_payment_in_the_books_is_not_under_collection(self):
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": MONDAY,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account.id,
                            "partner_id": self.debtor_partner.id,
                            "debit": debit,
                            "credit": 50.0 - debit,
                        }
                    )
                    for account, debit in (
                        (self.company_data["default_account_receivable"], 50.0),
                        (self.company_data["default_account_revenue"], 0.0),
                    )
                ],
            }
        )
        entry.line_ids.no_followup = False
        entry.action_post()
        self.assertEqual(self._items(entry).ledger_state, "open", "an opening balance")
