"""The tables of `rules.ledger_state` as SQL."""

from odoo.tools import SQL

from ...rules.ledger_state import STATES, UNDER_COLLECTION

#: Where each column of the tables stands, of journal item ``l``, its entry ``m`` and its
#: account ``a``.
COLUMNS = {
    "exists": SQL("l.id IS NOT NULL"),
    "parent_state": SQL("l.parent_state"),
    "reconciled": SQL("l.reconciled"),
    "payment_state": SQL("m.payment_state"),
    "no_followup": SQL("l.no_followup"),
    "move_type": SQL("m.move_type"),
    "is_receivable": SQL("a.account_type = 'asset_receivable'"),
    "has_partner": SQL("l.partner_id IS NOT NULL"),
    "owes": SQL("l.balance > 0"),
    "is_money": SQL("COALESCE(m.origin_payment_id, m.statement_line_id) IS NOT NULL"),
}

#: The fields behind them.
FIELDS = {
    "account.move.line": (
        "move_id",
        "account_id",
        "parent_state",
        "reconciled",
        "no_followup",
        "partner_id",
        "balance",
    ),
    "account.move": (
        "state",
        "move_type",
        "payment_state",
        "origin_payment_id",
        "statement_line_id",
    ),
    "account.account": ("account_type",),
}


def flush_columns(env, **more):
    """Write what the statements read: most of it is worked out by Odoo, some only then.

    :param more: other fields of the journal item (``line``) and its entry (``move``)"""
    more = {"account.move.line": more.get("line"), "account.move": more.get("move")}
    for model, names in FIELDS.items():
        env[model].flush_model([*names, *(more.get(model) or ())])


def ledger_state_sql(columns=None):
    """The expression of the state of a line.

    :param columns: {column of the tables: SQL} where it is not that of `COLUMNS`"""
    columns = COLUMNS | (columns or {})
    *rows, (last, _always) = STATES
    whens = [
        SQL("WHEN %s THEN %s", _all_hold(conditions, columns), state)
        for state, conditions in rows
    ]
    return SQL("CASE %s ELSE %s END", SQL(" ").join(whens), last)


def under_collection_sql(columns=None):
    """The condition under which a line comes under collection."""
    columns = COLUMNS | (columns or {})
    common = {
        column: allowed
        for column, allowed in UNDER_COLLECTION[0].items()
        if all(row.get(column) == allowed for row in UNDER_COLLECTION)
    }
    rows = [
        {name: allowed for name, allowed in row.items() if name not in common}
        for row in UNDER_COLLECTION
    ]
    return SQL(
        "%s AND (%s)",
        _all_hold(common, columns),  # said once: the planner can use it
        SQL(" OR ").join(SQL("(%s)", _all_hold(row, columns)) for row in rows),
    )


def _all_hold(conditions, columns):
    return SQL(" AND ").join(
        _holds(columns[column], allowed) for column, allowed in conditions.items()
    )


def _holds(column, allowed):
    if isinstance(allowed[0], bool):
        (value,) = allowed
        return column if value else SQL("(%s) IS NOT TRUE", column)
    return SQL("%s IN %s", column, allowed)
