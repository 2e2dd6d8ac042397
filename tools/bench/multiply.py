"""Copies of journal entries by SQL: one statement per table, whatever their number.

A story is an invoice with, perhaps, the payment of a part of it: entries, their lines, the
payment and the matching. Every copy is a story of its own customer and some days older.
"""

import json

#: The tables of a story, in the order in which they refer to each other. For each: how to find
#: the rows of the originals, and the columns that a copy has of its own; `o` is the original
#: row, `s` the copy's story.
MOVE = "(SELECT new FROM copied_move c WHERE c.number = s.number AND c.old = o.{})"
LINE = "(SELECT new FROM copied_line c WHERE c.number = s.number AND c.old = o.{})"
PAYMENT = (
    "(SELECT new FROM copied_payment c WHERE c.number = s.number AND c.old = o.{})"
)

STORIES = """
CREATE TEMP TABLE story (number int PRIMARY KEY, key text, partner_id int, older int,
    partner_name text);
CREATE TEMP TABLE prototype (key text, move_id int);
"""
#: New ids, per table: original and copy.
COPIES = {
    "move": """SELECT s.number, o.id AS old, nextval('account_move_id_seq')::int AS new
                 FROM story s JOIN prototype p USING (key) JOIN account_move o ON o.id = p.move_id
                ORDER BY s.number, o.id""",
    "line": """SELECT c.number, o.id AS old, nextval('account_move_line_id_seq')::int AS new
                 FROM copied_move c JOIN account_move_line o ON o.move_id = c.old
                ORDER BY c.number, o.id""",
    "payment": """SELECT c.number, o.id AS old, nextval('account_payment_id_seq')::int AS new
                    FROM copied_move c JOIN account_payment o ON o.move_id = c.old""",
    "partial": """SELECT c.number, o.id AS old,
                         nextval('account_partial_reconcile_id_seq')::int AS new
                    FROM copied_line c JOIN account_partial_reconcile o
                      ON o.debit_move_id = c.old""",
}
#: The number of a copy, in the year of its date; sequence and name agree.
PREFIX = "regexp_replace(o.sequence_prefix, '[0-9]{{4}}', to_char({}, 'YYYY'))"
NUMBER = "lpad((1000000 + s.number)::text, 7, '0')"
MOVE_PREFIX = PREFIX.format("o.date - s.older")
NAME = f"{MOVE_PREFIX} || {NUMBER}"
OLD_NAME = "(SELECT name FROM account_move WHERE id = o.move_id)"
NEW_NAME = f"(SELECT name FROM account_move WHERE id = {MOVE.format('move_id')})"

OWN_COLUMNS = {
    "account_move": {
        "name": NAME,
        "payment_reference": f"replace(o.payment_reference, o.name, {NAME})",
        "sequence_prefix": MOVE_PREFIX,
        "sequence_number": "1000000 + s.number",
        "partner_id": "s.partner_id",
        "commercial_partner_id": "s.partner_id",
        "partner_shipping_id": "CASE WHEN o.partner_shipping_id IS NOT NULL THEN s.partner_id END",
        "invoice_partner_display_name": "s.partner_name",
        "origin_payment_id": PAYMENT.format("origin_payment_id"),
        "access_token": "NULL",
    },
    "account_payment": {
        "name": NEW_NAME,
        "move_id": MOVE.format("move_id"),
        "partner_id": "s.partner_id",
    },
    "account_move_line": {
        "move_id": MOVE.format("move_id"),
        "partner_id": "s.partner_id",
        "payment_id": PAYMENT.format("payment_id"),
        "move_name": NEW_NAME,
        "name": f"replace(o.name, {OLD_NAME}, {NEW_NAME})",
    },
    "account_partial_reconcile": {
        "debit_move_id": LINE.format("debit_move_id"),
        "credit_move_id": LINE.format("credit_move_id"),
    },
}
#: Table and kind of copy; payments and their entries refer to each other, so the entries first
#: without the payment.
TABLES = (
    ("account_move", "move"),
    ("account_payment", "payment"),
    ("account_move_line", "line"),
    ("account_partial_reconcile", "partial"),
)


def multiply(cr, stories: dict, plot: list[tuple]) -> None:
    """Make the copies that ``plot`` asks for, then take the originals away: the ledger holds
    what was plotted and nothing else.

    :param stories: {key: ids of the entries of the original}
    :param plot: tuples (number, key, partner id, days older)"""
    cr.execute(STORIES)
    cr.execute_values(
        "INSERT INTO prototype VALUES %s",
        [(json.dumps(key), id_) for key, ids in stories.items() for id_ in ids],
    )
    cr.execute_values(
        "INSERT INTO story (number, key, partner_id, older) VALUES %s",
        [(number, json.dumps(key), *rest) for number, key, *rest in plot],
        page_size=5000,
    )
    cr.execute(
        """UPDATE story SET partner_name = p.name FROM res_partner p
            WHERE p.id = story.partner_id"""
    )
    for kind, query in COPIES.items():
        cr.execute(f"CREATE TEMP TABLE copied_{kind} AS {query}")
        cr.execute(f"CREATE INDEX ON copied_{kind} (number, old)")
        cr.execute(f"ANALYZE copied_{kind}")
    cr.execute("SET CONSTRAINTS ALL DEFERRED")
    for table, kind in TABLES:
        _copy_rows(cr, table, kind)
    _link_payments(cr)
    _remove_originals(cr)
    for table, _kind in TABLES:
        cr.execute(f"ANALYZE {table}")


def _copy_rows(cr, table: str, kind: str) -> None:
    cr.execute(
        """SELECT column_name, data_type FROM information_schema.columns
            WHERE table_name = %s AND table_schema = 'public' AND column_name <> 'id'""",
        [table],
    )
    own = OWN_COLUMNS[table]
    columns = dict(cr.fetchall())
    if unknown := own.keys() - columns.keys():
        raise RuntimeError(f"{table} has no column {', '.join(sorted(unknown))}")
    values = [_value_of(name, type_, own) for name, type_ in columns.items()]
    names = ", ".join(f'"{name}"' for name in columns)
    cr.execute(
        f"""INSERT INTO {table} (id, {names})
            SELECT copy.new, {", ".join(values)}
              FROM copied_{kind} copy
              JOIN story s ON s.number = copy.number
              JOIN {table} o ON o.id = copy.old
             ORDER BY copy.new"""
    )


def _value_of(name: str, type_: str, own: dict[str, str]) -> str:
    if name in own:
        # the entry of a payment gets it when the payment is there
        return "NULL" if name == "origin_payment_id" else own[name]
    return f'o."{name}" - s.older' if type_ == "date" else f'o."{name}"'


def _remove_originals(cr) -> None:
    cr.execute("SELECT move_id FROM prototype")
    originals = tuple(id_ for (id_,) in cr.fetchall())
    cr.execute(
        """DELETE FROM account_partial_reconcile WHERE debit_move_id IN
           (SELECT id FROM account_move_line WHERE move_id IN %s)""",
        [originals],
    )
    cr.execute("DELETE FROM account_move_line WHERE move_id IN %s", [originals])
    cr.execute("DELETE FROM account_payment WHERE move_id IN %s", [originals])
    cr.execute("DELETE FROM account_move WHERE id IN %s", [originals])


def _link_payments(cr) -> None:
    cr.execute(
        """UPDATE account_move SET origin_payment_id = p.id FROM account_payment p
            WHERE p.move_id = account_move.id AND p.id IN (SELECT new FROM copied_payment)"""
    )
    cr.execute(
        """INSERT INTO account_move__account_payment (invoice_id, payment_id)
           SELECT m.new, p.new
             FROM account_move__account_payment rel
             JOIN copied_payment p ON p.old = rel.payment_id
             JOIN copied_move m ON m.old = rel.invoice_id AND m.number = p.number"""
    )
