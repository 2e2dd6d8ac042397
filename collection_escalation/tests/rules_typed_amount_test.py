"""Amounts as people type them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ..rules.typed_amount import TOO_MUCH, read_amount


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("100", "100"),
        ("100,5", "100.5"),
        ("1.234.567,89", "1234567.89"),
        ("1,234,567.89", "1234567.89"),
        ("1 234,56 €", "1234.56"),
        ("1\u202f234,56\u00a0€", "1234.56"),
        ("1'234.56", "1234.56"),
        ("US$ 12", "12"),
        ("12,", "12"),
        ("0,01", "0.01"),
    ],
)
def test_what_is_an_amount(typed, amount):
    assert read_amount(typed) == Decimal(amount)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "abc",
        "0",
        "0,00",
        "-5",
        "+5",
        "1e9",
        "12 or 13",
        "१२",
        "1" * 40,
        "9" * 13,
    ],
)
def test_what_is_none(typed):
    assert read_amount(typed) is None


@given(st.text(max_size=60))
def test_nothing_that_is_typed_breaks_it(typed):
    amount = read_amount(typed)
    assert amount is None or 0 < amount < TOO_MUCH


@given(st.decimals(Decimal("0.01"), Decimal(10) ** 9, places=2))
def test_every_amount_is_read_in_both_ways_of_writing(amount):
    american = f"{amount:,.2f}"
    brazilian = american.translate(str.maketrans(",.", ".,"))
    assert read_amount(american) == read_amount(brazilian) == amount
