"""Rules written as plain data: what they become, and what cannot be meant."""

from datetime import date

import pytest

from ..rules.contact_blocks import Block
from ..rules.contact_content import (
    BARRED,
    CHANNEL_GROUPS,
    FIELDS_OF,
    default_rule_id,
    ruleset_from,
)
from ..rules.contact_limits import Cooldown, Count, ExclusiveChannel, Gap, Grace
from ..rules.contact_vocabulary import CHANNELS, OUTCOMES, PARTIES

LINES = {
    "window": {"weekday_from": "0", "weekday_to": "4", "hour_from": 8, "hour_to": 18},
    "count": {"max_count": 1, "period": "day", "basis": "attempt"},
    "gap": {"days": 2, "basis": "contact"},
    "cooldown": {"days": 7, "first_day_counts": True},
    "exclusive": {"basis": "contact"},
    "redial": {"max_count": 3},
    "block": {"block": "visit"},
    "grace": {"days": 5, "unit": "business"},
}


def line(kind, **changes):
    return {"kind": kind, "channel": "phone", **LINES.get(kind, {}), **changes}


def rules(*lines, **header):
    return ruleset_from({"code": "X", "nature": "house", "lines": lines, **header})


def test_every_kind_of_line_becomes_its_rule():
    phone = frozenset({"phone"})
    found = rules(*(line(kind) for kind in FIELDS_OF))
    assert [(w.weekday, w.start, w.end) for w in found.windows] == [
        (day, 480, 1080) for day in range(5)
    ]
    assert found.limits == (
        Count("LIM_DAY", phone, cap=1),
        Gap("LIM_GAP", phone, days=2, basis="contact"),
        Cooldown("LIM_COOLDOWN", phone, days=7),
        ExclusiveChannel("LIM_CHANNEL_EXCLUSIVE", phone, basis="contact"),
        Count("LIM_REDIAL", phone, cap=4, excluded_outcomes=set(OUTCOMES) - {"busy"}),
    )
    assert found.redials
    assert found.blocks == (Block("VISIT", phone),)
    assert found.grace == Grace(5, "business", phone)


def test_limits_keep_the_order_of_the_lines():
    found = rules(line("gap"), line("count"), line("exclusive"))
    names = [limit.rule_id for limit in found.limits]
    assert names == ["LIM_GAP", "LIM_DAY", "LIM_CHANNEL_EXCLUSIVE"]


def test_a_window_may_reach_over_the_weekend():
    found = rules(line("window", weekday_from="5", weekday_to="0"))
    assert [window.weekday for window in found.windows] == [5, 6, 0]


def test_half_hours_and_minutes_are_exact():
    (window,) = rules(
        line("window", weekday_to="0", hour_from=8 + 20 / 60, hour_to=24.0)
    ).windows
    assert (window.start, window.end) == (500, 1440)


def test_days_belong_to_a_rolling_count_only():
    (limit,) = rules(line("count", period="week", days=7)).limits
    assert (limit.period, limit.days) == ("calendar_week", 1)
    (limit,) = rules(line("count", period="rolling", days=7)).limits
    assert (limit.period, limit.days) == ("rolling_days", 7)


def test_a_busy_line_is_left_out_where_the_line_says_so():
    (limit,) = rules(line("count", excludes_busy=True)).limits
    assert limit.excluded_outcomes == {"busy"}


def test_redials_are_of_calls_and_at_least_one():
    with pytest.raises(ValueError, match="line 1: channel: 'all' is never busy"):
        rules(line("redial", channel="all"))
    with pytest.raises(ValueError, match="line 1: max_count: 0 redials.*or no line"):
        rules(line("redial", max_count=0))


def test_no_line_looks_further_than_a_year():
    for kind, more in (
        ("count", {"period": "rolling"}),
        ("gap", {}),
        ("cooldown", {}),
        ("grace", {}),
        ("block", {"block": "paid_claim", "unit": "calendar"}),
    ):
        rules(line(kind, **more, **{"days": 366}))
        with pytest.raises(ValueError, match="days: 367 is too long; use 366 or fewer"):
            rules(line(kind, **{**more, "days": 367}))


def test_a_set_that_keeps_open_on_holidays_knows_none():
    everything = {"code": "X", "nature": "house", "lines": [line("window")]}
    day = date(2026, 12, 25)
    assert ruleset_from(everything, [day]).holidays == {day}
    ignoring = ruleset_from({**everything, "respects_holidays": False}, [day])
    assert ignoring.holidays == frozenset()
    assert not any(window.respects_holidays for window in ignoring.windows)


def test_the_groups_name_known_channels_and_people():
    assert set(CHANNELS) <= set(CHANNEL_GROUPS)
    for channels in CHANNEL_GROUPS.values():
        assert channels <= set(CHANNELS)
    for parties in BARRED.values():
        assert parties <= set(PARTIES) - {"debtor", "guarantor", "attorney"}
    assert BARRED["everybody"] == set(PARTIES) - {"debtor", "guarantor", "attorney"}


@pytest.mark.parametrize("kind", FIELDS_OF)
def test_every_kind_has_a_name_for_its_rule_but_hours(kind):
    name = default_rule_id(line(kind))
    assert name == "" if kind == "window" else name.startswith(("LIM_", "BLK_"))


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([line("rest")], "line 1: kind: 'rest' is unknown"),
        ([line("window", channel="fax")], "line 1: channel: 'fax' is unknown"),
        (
            [line("count"), line("window", hour_to=7)],
            "line 2: end: 07:00 is not after start 08:00",
        ),
        (
            [line("window", weekday_to="7")],
            "line 1: weekday_to: '7' is unknown; use one of 0, 1",
        ),
        ([line("window", hour_to=25)], "line 1: end: 1500 minutes is after midnight"),
        ([line("window"), line("window")], "two windows overlap on Monday for phone"),
        ([line("count", max_count=0)], "line 1: cap: 0 would forbid"),
        ([line("count", period="month")], "line 1: period: 'month' is unknown"),
        ([line("count", basis="ring")], "line 1: basis: 'ring' is unknown"),
        ([line("count", scope="firm")], "line 1: scope: 'firm' is unknown"),
        ([line("count", rule_id="MINE")], "rule_id: 'MINE' is no name of a limit"),
        ([line("count", rule_id="LIM_A+B")], "rule_id: 'LIM_A.B' is no name"),
        ([line("count"), line("count")], "a rule_id occurs twice"),
        ([line("grace"), line("gap", rule_id="LIM_GRACE")], "a rule_id occurs twice"),
        ([line("grace"), line("grace")], "grace: there are two"),
        ([line("gap", days=0)], "line 1: days: 0 limits nothing"),
        ([line("block", block="rude")], "line 1: block: 'rude' is unknown"),
        (
            [line("block", block="third_party", barred="all")],
            "barred: 'all' is unknown",
        ),
        ([line("block", block="third_party")], "line 1: barred: is missing"),
        (
            [line("block", block="paid_claim", days=0, unit="business")],
            "line 1: days: less than 1",
        ),
        ([line("block", rule_id="BLK_CEASE")], "always called BLK_VISIT"),
        ([line("grace", unit="weeks")], "line 1: unit: 'weeks' is unknown"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_line_and_field(lines, message):
    with pytest.raises(ValueError, match=message):
        rules(*lines)


def test_a_set_that_binds_nobody_we_know_is_refused():
    with pytest.raises(ValueError, match="binds: 'all' is unknown"):
        rules(binds="all")
