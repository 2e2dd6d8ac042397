"""What the reader of a link must know, and what wrong answers cost."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ..rules.identity import (
    HOUR,
    LONGEST,
    POSTCODE,
    TAX_ID,
    TRIES,
    Proof,
    closed_after,
    get_proof,
)

LINK_LIVES = timedelta(days=90)


@pytest.mark.parametrize(
    ("tax_id", "postcode", "expected"),
    [
        ("529.982.247-25", "20040-002", Proof(TAX_ID, "4725")),
        ("12.ABC.345/01DE-35", "", Proof(TAX_ID, "0135")),
        ("B-12345674", "", Proof(TAX_ID, "5674")),
        ("", "20040-002", Proof(POSTCODE, "0002")),
        ("/", "20040-002", Proof(POSTCODE, "0002")),
        ("123", "8000", Proof(POSTCODE, "000")),
        ("", "C1425ABC", Proof(POSTCODE, "5ABC")),
        ("", "101", Proof(POSTCODE, "101")),
        ("", "10", None),
        ("", "", None),
        ("١٢٣٤", "", None),
    ],
)
def test_what_is_asked_for(tax_id, postcode, expected):
    assert get_proof(tax_id, postcode) == expected


@pytest.mark.parametrize(
    ("typed", "fits"),
    [
        ("4725", True),
        (" 47-25 ", True),
        ("529.982.247-25", True),
        ("4726", False),
        ("725", False),
        ("", False),
        ("4725x", True),
        ("4725 0", False),
        ("é4725", True),
        ("४७२५", False),
        ("%", False),
        ("4" * 10_000, False),
    ],
)
def test_what_fits_a_tax_id(typed, fits):
    assert Proof(TAX_ID, "4725").fits(typed) is fits


def test_who_tries_all_the_time_gets_nowhere():
    """The link lives 90 days and never stands still between two closings."""
    spent, tries = timedelta(), 0
    while spent < LINK_LIVES:
        tries += 1
        spent += closed_after(tries)
    assert tries <= 65  # of 10,000 possible answers


@given(st.integers(0, 10**6))
def test_only_every_fifth_wrong_answer_closes_and_never_for_ever(tries):
    closed = closed_after(tries)
    assert (closed > timedelta()) is (tries > 0 and tries % TRIES == 0)
    assert closed <= LONGEST
    assert closed == timedelta() or closed >= HOUR


@given(st.text(max_size=20), st.text(max_size=12))
def test_whoever_knows_the_number_gets_through(tax_id, postcode):
    proof = get_proof(tax_id, postcode)
    if proof is not None:
        assert proof.fits(tax_id if proof.kind == TAX_ID else postcode)
        assert not proof.fits("")
