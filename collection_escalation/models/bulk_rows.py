"""Rows of a whole batch in one statement, where the ORM would write a statement for every
hundred, and look at every field of every record."""

from odoo.tools import SQL


def int_array(numbers):
    """Numbers (None among them) as PostgreSQL writes an array, to stand before ::int[]: one
    value to read, where a list would be thousands of expressions."""
    texts = ",".join("NULL" if n is None else str(n) for n in numbers)
    return f"{{{texts}}}"


def number_alike(model, names, rows):
    """Rows that say the same in most columns: what they say alike goes to PostgreSQL once,
    and each row carries its number. Take the last value of each row, a tuple, out of it.

    :param names: the columns of ``model`` whose values the tuples are
    :return: ([the other values, which are numbers, column by column, then the numbers of
        the tuples, each as `int_array`], the `SQL` of the different tuples with their
        numbers, to stand after VALUES)"""
    *columns, tuples = zip(*rows, strict=True)
    numbers = {}
    which = [numbers.setdefault(values, len(numbers)) for values in tuples]
    # the types stand once, in a row that no number leads to, not in every row
    types = SQL("(NULL::int, %s)", _get_types(model, names))
    values = SQL(", ").join((types, *((no, *values) for values, no in numbers.items())))
    return [int_array(column) for column in (*columns, which)], values


def _get_types(model, names):
    """``NULL::int4, NULL::varchar``: nothing, with the types of these columns."""
    return SQL(", ").join(_typed(model, name, None) for name in names)


def _typed(model, name, value):
    """The value of a column with its type, for PostgreSQL."""
    return SQL("%s::%s", value, SQL(model._fields[name].column_type[1]))


def update_rows(records, names, rows):
    """Write the stored fields ``names`` of some of ``records``; what was known of them is
    read anew.

    :param rows: tuples (id, (values of the fields)): many have the same"""
    if not rows:
        return
    records.flush_recordset(names)
    (ids, numbers), values = number_alike(records, names, rows)
    cr = records.env.cr
    columns = [SQL.identifier(name) for name in names]
    changes = [SQL("%s = v.%s", column, column) for column in columns]
    logged = {}
    if records._log_access:
        logged = {"write_uid": records.env.uid, "write_date": cr.now()}
    changes += [SQL("%s = %s", SQL.identifier(n), value) for n, value in logged.items()]
    cr.execute(
        SQL(
            """
            UPDATE %s AS record
               SET %s
              FROM unnest(%s::int[], %s::int[]) AS row(id, number)
              JOIN (VALUES %s) AS v(number, %s) USING (number)
             WHERE record.id = row.id
            """,
            SQL.identifier(records._table),
            SQL(", ").join(changes),
            ids,
            numbers,
            values,
            SQL(", ").join(columns),
        )
    )
    written = records.browse(id_ for id_, _values in rows)
    written.invalidate_recordset([*names, *logged], flush=False)
    written.modified(names)


def insert_rows(model, vals_list):
    """Create records of ``model`` as `create` does, but for what only a form needs: no
    commands, no Python constraints, the same default for all.

    :param vals_list: dicts with the same keys: values of columns, ids for many2one, those
        of the stored computed fields among them
    :return: the records, in the order of the values"""
    if not vals_list:
        return model.browse()
    model.check_access("create")
    cr, uid = model.env.cr, model.env.uid
    names = [*vals_list[0]]
    alike = model.default_get(
        [n for n, f in model._fields.items() if f.column_type and n not in names]
    )
    alike = {
        name: model._fields[name].convert_to_column_insert(value, model)
        for name, value in alike.items()
    }
    alike |= {"create_uid": uid, "write_uid": uid}
    alike |= {"create_date": cr.now(), "write_date": cr.now()}
    columns = {name: [vals[name] for vals in vals_list] for name in names}
    own = [n for n in names if len(set(columns[n])) > 1] or names[:1]
    alike |= {name: columns[name][0] for name in names if name not in own}
    cr.execute(
        SQL(
            """
            INSERT INTO %s (%s)
            SELECT row.*, %s
              FROM (VALUES (%s), %s OFFSET 1) AS row -- the first one tells the types
            RETURNING id
            """,
            SQL.identifier(model._table),
            SQL(", ").join(map(SQL.identifier, [*own, *alike])),
            SQL(", ").join(_typed(model, name, value) for name, value in alike.items()),
            _get_types(model, own),
            SQL(", ").join(zip(*(columns[name] for name in own), strict=True)),
        )
    )
    records = model.browse(id_ for (id_,) in cr.fetchall())
    _announce(records, [*own, *alike], vals_list)
    return records


def _announce(records, names, vals_list):
    """What is known of other records may not be true any more. They lead to these by the
    columns ``names``; the others are empty."""
    for name in vals_list[0]:
        field = records._fields[name]
        for inverse in records.pool.field_inverses[field]:
            ids = {vals[name] for vals in vals_list if vals[name]}
            others = records.env[field.comodel_name].browse(ids)
            others.invalidate_recordset([inverse.name], flush=False)
    computed = [f for f in records._fields.values() if f.store and f.compute]
    with records.env.protecting(computed, records):
        records.modified(names, create=True)
