"""Statements: what is kept comes back, totals are sums, credits are taken off once."""

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ..rules.statement import (
    AMOUNTS,
    ASKED,
    PARTS,
    Claim,
    Credit,
    Statement,
    StatementLine,
    hand_out,
    take_off,
)

DAY = date(2026, 3, 2)
#: With no, two and three decimals.
CURRENCIES = {"CLP": 0, "USD": 2, "KWD": 3}


@st.composite
def statement_lines(draw, key="1"):
    currency = draw(st.sampled_from([*CURRENCIES]))

    def amount(low=-(10**6)):
        return draw(st.decimals(low, 10**6, places=CURRENCIES[currency]))

    return StatementLine(
        part=draw(st.sampled_from(PARTS)),
        key=key,
        name=draw(st.sampled_from(["", "INV/7 (1/3)", "Nota fiscal nº 7 “ã”"])),
        currency=currency,
        original=amount(),
        open=amount(),
        due=draw(st.none() | st.dates()),
        instalment=draw(st.sampled_from(["", "1/3"])),
        stage=draw(st.sampled_from(["", "friendly", "firm"])),
        fine=amount(0),
        interest=amount(0),
        fee=amount(0),
        days_late=draw(st.integers(0, 10**4)),
    )


@st.composite
def statements(draw):
    count = draw(st.integers(0, 6))
    return Statement(tuple(draw(statement_lines(str(key))) for key in range(count)))


@given(statements())
def test_what_is_kept_comes_back_as_it_was(statement):
    stored = json.loads(json.dumps(statement.to_json()))
    assert Statement.from_json(stored) == statement


@given(statements())
def test_totals_are_the_sums_of_what_is_asked_for_and_never_across_currencies(
    statement,
):
    asked = [line for line in statement.lines if line.part in ASKED]
    assert {t.currency for t in statement.totals} == {x.currency for x in asked}
    for total in statement.totals:
        same = [line for line in asked if line.currency == total.currency]
        for name in AMOUNTS:
            assert getattr(total, name) == sum(getattr(line, name) for line in same)
        assert total.asked == sum(line.asked for line in same)


def _line(part="step", key="1", amount="10.00", **vals):
    amount = Decimal(amount)
    return StatementLine(part, key, f"INV/{key}", "USD", amount, amount, DAY, **vals)


def test_what_is_said_for_information_is_not_asked_for():
    lines = (
        _line("step", "1", "1000.00", fine=Decimal("20.00"), interest=Decimal("3.33")),
        _line("also", "2", "100.00"),
        _line("credit", "3", "-400.00"),
        _line("info", "4", "5000.00"),
    )
    (total,) = Statement(lines).totals
    assert str(total.asked) == "723.33"  # 1000 + 20 + 3.33 + 100 - 400
    assert str(total.open) == "700.00"


def test_lines_are_sorted_by_part_then_due_date_and_without_one_last():
    late = replace(_line(key="3"), due=DAY + timedelta(1))
    none = replace(_line(key="4"), due=None)
    lines = [_line("info"), _line("credit"), none, late, _line("also"), _line()]
    found = sorted(lines, key=lambda line: line.turn)
    assert found == [lines[5], late, none, lines[4], lines[1], lines[0]]


@pytest.mark.parametrize(
    "change",
    [
        {"part": "also"},
        {"name": "INV/2"},
        {"due": DAY + timedelta(1)},
        {"currency": "EUR"},
        *({name: Decimal("9.99")} for name in AMOUNTS),
    ],
)
def test_another_document_due_date_or_amount_makes_it_outdated(change):
    line = _line()
    changed = Statement((replace(line, **change),))
    assert not Statement((line,)).says_the_same_as(changed)


@pytest.mark.parametrize(
    "change", [{"days_late": 30}, {"stage": "firm"}, {"open": Decimal(10)}]
)
def test_a_day_more_does_not_make_it_outdated(change):
    line = _line()
    assert Statement((line,)).says_the_same_as(Statement((replace(line, **change),)))


def test_the_order_of_the_lines_does_not_make_it_outdated():
    lines = (_line(key="1"), _line(key="2"))
    assert Statement(lines).says_the_same_as(Statement(lines[::-1]))
    assert not Statement(lines).says_the_same_as(Statement(lines[:1]))


def test_an_unknown_part_and_an_unknown_form_are_refused():
    with pytest.raises(ValueError, match="part 'gift'"):
        _line("gift")
    with pytest.raises(ValueError, match="version 2"):
        Statement.from_json({"version": 2, "lines": []})
    with pytest.raises(ValueError, match="version None"):
        Statement.from_json({"7": ["INV/7", 10.0, 10.0, 3]})
    assert Statement.from_json(None) == Statement.from_json({}) == Statement()


def test_amounts_are_kept_as_text_with_all_their_decimals():
    stored = _line(amount="1000.00").to_json()
    assert stored["open"] == "1000.00"
    assert stored["due"] == "2026-03-02"
    assert stored["fine"] == "0"
    assert replace(_line(), open=Decimal("1E+3")).to_json()["open"] == "1000"


# --- credits ---


@st.composite
def moments(draw):
    """(claims, credits, claims by statement) of one customer at one moment."""

    def pick(*values):
        return draw(st.sampled_from(values))

    def amount():
        return draw(st.decimals("0.00", 1000, places=2))

    claims = [
        Claim(
            str(key),
            pick("USD", "EUR"),
            amount(),
            DAY + timedelta(pick(0, 1, 9)),
            pick("A", "B"),
        )  # fmt: skip
        for key in range(draw(st.integers(0, 6)))
    ]
    credits = [
        Credit(
            str(key),
            f"RINV/{key}",
            pick("USD", "EUR"),
            amount(),
            DAY + timedelta(pick(0, 1)),
            pick("A", "B"),
            frozenset(draw(st.sets(st.sampled_from("0123456"), max_size=2))),
        )  # fmt: skip
        for key in range(draw(st.integers(0, 4)))
    ]
    groups = {}
    for claim in claims:
        groups.setdefault(pick(1, 2, 3), []).append(claim)
    return claims, credits, [*groups.values()]


def _state(claims, shares):
    lines = [
        StatementLine("step", f"i{x.key}", x.key, x.currency, x.open, x.open, x.due)
        for x in claims
    ]
    return Statement((*lines, *take_off(shares, {claim.key for claim in claims})))


@given(moments())
def test_over_all_statements_credits_are_taken_off_once(moment):
    claims, credits, groups = moment
    shares = hand_out(credits, claims)
    totals = [t for group in groups for t in _state(group, shares).totals]
    for currency in ("USD", "EUR"):
        still_open = sum(x.open for x in claims if x.currency == currency)
        in_favour = sum(x.amount for x in credits if x.currency == currency)
        asked = sum(t.asked for t in totals if t.currency == currency)
        assert asked == max(still_open - in_favour, 0)
    assert all(total.asked >= 0 for total in totals)


@given(moments())
def test_no_more_is_handed_out_than_there_is_nor_than_is_open(moment):
    claims, credits, _groups = moment
    shares = hand_out(credits, claims)
    assert all(share.amount > 0 for share in shares)
    for credit in credits:
        parts = [share.amount for share in shares if share.credit == credit]
        assert sum(parts) <= credit.amount
    for claim in claims:
        assert sum(s.amount for s in shares if s.claim == claim.key) <= claim.open


@given(moments())
def test_within_a_company_the_oldest_is_covered_first(moment):
    claims, credits, _groups = moment
    claims = [replace(claim, currency="USD", company="A") for claim in claims]
    credits = [replace(c, currency="USD", claims=frozenset()) for c in credits]
    shares = hand_out(credits, claims)
    covered = {
        claim.key: sum(s.amount for s in shares if s.claim == claim.key)
        for claim in claims
    }
    in_turn = sorted(claims, key=lambda claim: (claim.due, claim.key))
    not_wholly = [n for n, c in enumerate(in_turn) if covered[c.key] < c.open]
    if not_wholly:
        later = in_turn[not_wholly[0] + 1 :]
        assert not any(covered[claim.key] for claim in later)


@given(moments())
def test_the_order_in_which_they_are_given_changes_nothing(moment):
    claims, credits, _groups = moment
    assert hand_out(credits[::-1], claims[::-1]) == hand_out(credits, claims)


def test_the_case_of_the_issue():
    """A 1,000 due on 2 March, B 100 due on 5 March, a credit note of 400: asked for is
    600 of A, later 700 of both, never -300."""
    a = Claim("A", "USD", Decimal(1000), DAY)
    b = Claim("B", "USD", Decimal(100), DAY + timedelta(3))
    credit = Credit("C", "RINV/1", "USD", Decimal(400), DAY)
    assert [t.asked for t in _state([a], hand_out([credit], [a])).totals] == [600]
    both = _state([b, a], hand_out([credit], [a, b]))
    assert [t.asked for t in both.totals] == [700]
    (line,) = [line for line in both.lines if line.part == "credit"]
    assert (line.name, line.original, line.open) == ("RINV/1", -400, -400)


def test_money_goes_to_what_it_was_paid_for_before_older_items():
    old = Claim("old", "USD", Decimal(1000), DAY)
    new = Claim("new", "USD", Decimal(100), DAY + timedelta(9))
    paid = Credit("c", "Card", "USD", Decimal(150), DAY, claims=frozenset({"new"}))
    shares = {s.claim: s.amount for s in hand_out([paid], [old, new])}
    assert shares == {"new": 100, "old": 50}


def test_money_of_another_currency_is_not_taken_off():
    claim = Claim("i", "EUR", Decimal(10), DAY)
    credit = Credit("c", "RINV/1", "USD", Decimal(10), DAY)
    assert hand_out([credit], [claim]) == ()
    with pytest.raises(ValueError, match="above 0"):
        replace(credit, amount=Decimal(-1))
