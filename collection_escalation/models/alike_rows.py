"""Rows of a bulk statement that say the same in most columns: what they say alike goes to
PostgreSQL once, and each row carries its number."""

from odoo.tools import SQL


def number_alike(rows):
    """Take the last value of each of ``rows``, a tuple, out of it.

    :return: ([the other values column by column, then the numbers of the tuples],
        the `SQL` of the different tuples with their numbers, to stand after VALUES)"""
    *columns, tuples = zip(*rows, strict=True)
    numbers = {}
    which = [numbers.setdefault(values, len(numbers)) for values in tuples]
    values = SQL(", ").join(SQL("%s", (number, *v)) for v, number in numbers.items())
    return [*map(list, columns), which], values
