"""Digitable lines: what is one, and that a slip of the finger is seen."""

from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ..rules.bank_slip import SlipFault, read_slip

#: FEBRABAN's own example, and a slip of a utility (check digits modulo 10).
BANK = "00190500954014481606906809350314337370000000100"
UTILITY = "846700000017435900240209024050002435842210108119"


def test_what_the_examples_say():
    assert (read_slip(BANK).kind, read_slip(BANK).amount) == ("bank", Decimal("1.00"))
    assert read_slip(UTILITY).amount == Decimal("143.59")


@pytest.mark.parametrize("line", [BANK, UTILITY])
def test_how_it_is_written_does_not_matter(line):
    assert read_slip(read_slip(line).shown).digits == line


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "signs"),
        ("boleto", "signs"),
        ("१" * 47, "signs"),
        (BANK[:-1], "length"),
        ("1" * 48, "length"),
        ("8" * 47 + "٨", "signs"),
        (BANK[:9] + "6" + BANK[10:], "field"),
        (BANK[:32] + "4" + BANK[33:], "whole"),
    ],
)
def test_what_is_none(text, code):
    with pytest.raises(SlipFault) as found:
        read_slip(text)
    assert found.value.code == code


@given(st.sampled_from([BANK, UTILITY]), st.data())
def test_one_wrong_digit_is_always_seen(line, data):
    """But within due date and amount of a bank slip: there one check digit watches over
    all, and modulo 11 it has two meanings for 1."""
    at = data.draw(
        st.integers(0, len(line) - 1).filter(lambda i: line is UTILITY or i < 32)
    )
    digit = data.draw(st.sampled_from("0123456789").filter(lambda d: d != line[at]))
    with pytest.raises(SlipFault):
        read_slip(line[:at] + digit + line[at + 1 :])


@given(st.text(max_size=60))
def test_nothing_that_is_typed_breaks_it(text):
    with suppress(SlipFault):
        assert len(read_slip(text).digits) in (47, 48)
