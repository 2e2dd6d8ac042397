"""What holds for every set of rules, every clock and every history: random questions,
answered a second time by brute force."""

from datetime import datetime, timedelta, timezone
from itertools import pairwise, product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from ..rules.contact_rules import (
    CHANNELS,
    Context,
    Cooldown,
    Count,
    Event,
    ExclusiveChannel,
    Gap,
    Hours,
    RuleSet,
    Window,
    decide,
    permitted_interval,
)
from ..rules.contact_vocabulary import FLAGS, PARTIES
from .contact_presets import every_preset, house_contents, house_rules, preset
from .contact_questions import BOGOTA, HOME_OF, NEW_YORK, SANTIAGO, SAO_PAULO_ZONE

COUNTRIES = every_preset()
#: What is shipped: each country's, and the house's alone, in Brazil.
PRESETS = (
    *COUNTRIES,
    *(house_rules(name, preset("BR")) for name in house_contents()),
)
AFTERNOON = Hours.between("14:00", "17:00")
SUNDAY_MORNING = Hours.between("09:00", "12:00", weekday=6)
ZONES = (
    SAO_PAULO_ZONE,
    BOGOTA,
    SANTIAGO,
    NEW_YORK,
    "America/Tijuana",
    "America/Havana",
    "Europe/London",
    "Africa/Cairo",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
)
TURNS = [  # clock changes and ends of years
    datetime(*day, tzinfo=timezone.utc)
    for day in (
        (2026, 3, 7),
        (2026, 3, 28),
        (2026, 4, 4),
        (2026, 9, 5),
        (2026, 10, 24),
        (2026, 10, 31),
        (2025, 12, 30),
        (2026, 12, 30),
    )
]
QUARTER, SEVEN_HOURS = timedelta(minutes=15), timedelta(hours=7)

moments = st.one_of(
    st.datetimes(
        datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(timezone.utc)
    ),
    st.builds(
        lambda turn, minute: turn + timedelta(minutes=minute),
        st.sampled_from(TURNS),
        st.integers(0, 3 * 1440),
    ),
)
channels = st.sampled_from(CHANNELS)
channel_sets = st.frozensets(channels, min_size=1)


@st.composite
def windows(draw):
    """Random windows, at most two a day, that do not overlap."""
    chosen = draw(channel_sets)
    respects = draw(st.booleans())
    found = []
    for day in draw(st.sets(st.integers(0, 6), min_size=1)):
        bounds = draw(st.lists(st.integers(0, 96), min_size=2, max_size=4, unique=True))
        for start, end in list(pairwise(sorted(bounds)))[::2]:
            found.append(Window(chosen, day, start * 15, end * 15, respects))
    return tuple(found)


limits = st.one_of(
    st.builds(
        Count,
        rule_id=st.just("LIM_COUNT"),
        channels=channel_sets,
        cap=st.integers(1, 3),
        period=st.sampled_from(("day", "calendar_week", "rolling_days")),
        basis=st.sampled_from(("attempt", "contact", "conversation")),
        days=st.integers(1, 10),
        scope=st.sampled_from(("debt", "debtor")),
    ),
    st.builds(Gap, st.just("LIM_GAP"), channel_sets, st.integers(1, 5)),
    st.builds(Cooldown, st.just("LIM_COOL"), channel_sets, st.integers(1, 9)),
    st.builds(ExclusiveChannel, st.just("LIM_EXCLUSIVE"), channel_sets),
)
own_sets = st.builds(
    RuleSet,
    code=st.just("X"),
    windows=windows(),
    limits=st.lists(limits, max_size=2, unique_by=lambda r: r.rule_id).map(tuple),
    holidays=st.sampled_from(
        [preset("CO").holidays, preset("CL").holidays, frozenset()]
    ),
)
rule_sets = st.lists(
    st.one_of(st.sampled_from(PRESETS), own_sets), min_size=1, max_size=3
)
hours = st.one_of(
    st.none(),
    st.sampled_from([AFTERNOON, SUNDAY_MORNING, Hours.between("0:30", "8:45")]),
)


def quarters(asked, days_before, days_after):
    """Moments in steps of a quarter of an hour from the asked one."""
    return st.integers(-days_before * 96, days_after * 96).map(
        lambda n: asked + n * QUARTER
    )


@st.composite
def contexts(draw, asked):
    """Whatever may be known: each fact seldom, so that few stops have no end."""

    def seldom(strategy, default=None):
        return draw(strategy) if draw(st.integers(0, 4)) == 4 else default

    def day(before, after):
        return st.integers(-before, after).map(
            lambda n: asked.date() + timedelta(days=n)
        )

    agreed = draw(hours)
    callback = seldom(
        st.tuples(quarters(asked, 1, 20), st.integers(1, 60).map(lambda n: n * QUARTER))
    )
    due_date = seldom(day(20, 3))
    return Context(
        party=seldom(st.sampled_from(PARTIES), "debtor"),
        place=draw(st.sampled_from(("", "home", "work"))),
        flags=seldom(
            st.dictionaries(
                st.sampled_from(FLAGS),
                st.one_of(quarters(asked, 3, 5), quarters(asked, 10, 40), st.none()),
                min_size=1,
                max_size=2,
            ),
            {},
        ),
        opt_out=seldom(st.frozensets(channels, min_size=1), frozenset()),
        authorised=seldom(st.frozensets(channels, min_size=1)),
        agreed=(agreed,) if agreed else (),
        preferred=draw(hours),
        consented=callback is not None or draw(st.booleans()),
        callback=callback and (callback[0], callback[0] + callback[1]),
        first_contact=due_date is not None,
        due_date=due_date,
        paid_claim_on=seldom(day(10, 0)),
    )


@st.composite
def questions(draw, who=contexts):
    asked = draw(moments)
    events = st.builds(
        Event,
        at=quarters(asked, 15, 10),
        channel=channels,
        outcome=st.sampled_from(("no_answer", "conversation", "sent", "busy")),
        debt=st.sampled_from(("D1", "D2")),
        consented=st.booleans(),
    )
    return {
        "rulesets": draw(rule_sets),
        "at": asked,
        "channel": draw(channels),
        "zones": tuple(draw(st.lists(st.sampled_from(ZONES), min_size=1, max_size=2))),
        "context": draw(who(asked)),
        "history": [e for e in draw(st.lists(events, max_size=6)) if e.at <= asked],
        "reservations": draw(st.lists(events, max_size=2)),
    }


def is_allowed(question, at):
    return bool(decide(**{**question, "at": at}, find_next=False))


def assert_nothing_is_allowed(question, until, step=QUARTER):
    moment = question["at"].replace(minute=0, second=0, microsecond=0)
    while (moment := moment + step) < until:
        assert moment <= question["at"] or not is_allowed(question, moment), moment


def assert_next_allowed_is_the_first(question):
    """Later than asked, itself allowed, and no allowed quarter-hour lies before it; with
    none given, nothing opens in sixty days. Under a stop without end every seventh hour is
    tried: each hour of the day comes up."""
    answer = decide(**question)
    if answer.allowed:
        assert answer.next_allowed is None
        return
    sixty_days_on = question["at"] + timedelta(days=60)
    first, step = answer.next_allowed, QUARTER
    if first is not None:
        assert first > question["at"]
        assert is_allowed(question, first)
        assert not is_allowed(question, first - timedelta(seconds=1))
    elif any(".BLK_" in code for code in answer.codes.split("+")):
        step = SEVEN_HOURS
    assert_nothing_is_allowed(
        question, min(first or sixty_days_on, sixty_days_on), step
    )


@settings(max_examples=80, deadline=None)
@given(questions())
def test_next_allowed_is_later_is_allowed_and_is_the_first(question):
    assert_next_allowed_is_the_first(question)


def home_of(rules):
    return HOME_OF.get(rules.code.partition("-")[0], SAO_PAULO_ZONE)


@pytest.mark.parametrize("rules", PRESETS, ids=lambda rules: rules.code)
@settings(max_examples=20, deadline=None)
@given(question=questions(), house=st.sampled_from(("", *house_contents())))
def test_next_allowed_of_every_preset_is_the_first_where_it_holds(
    rules, question, house
):
    """Alone, and with the house rules, which hold beside it unless Settings relax them."""
    in_force = (rules, house_rules(house, rules)) if house else (rules,)
    assert_next_allowed_is_the_first(
        {**question, "rulesets": in_force, "zones": (home_of(rules),)}
    )


@pytest.mark.parametrize("rules", PRESETS, ids=lambda rules: rules.code)
@pytest.mark.parametrize("turn", TURNS, ids=lambda turn: f"{turn:%Y-%m-%d}")
def test_every_preset_crosses_clock_changes_and_years_to_the_first_quarter(rules, turn):
    with_the_house = (rules, *(house_rules(n, rules) for n in house_contents()))
    for channel, in_force in product(CHANNELS, ((rules,), with_the_house)):
        assert_next_allowed_is_the_first(
            {
                "rulesets": in_force,
                "at": turn + timedelta(hours=22),
                "channel": channel,
                "zones": (home_of(rules),),
                "history": [Event(turn + timedelta(hours=16), "phone", "conversation")],
            }
        )


@settings(max_examples=60, deadline=None)
@given(questions(who=lambda _asked: st.just(Context())))
def test_a_set_more_never_allows_more(question):
    answer = decide(**question, find_next=False)
    alone = [
        decide(**{**question, "rulesets": [rules]}, find_next=False)
        for rules in question["rulesets"]
    ]
    assert answer.allowed == all(alone)
    assert (
        sorted(answer.codes.split("+"))
        == sorted(code for one in alone if not one for code in one.codes.split("+"))
        or answer.allowed
    )


@settings(max_examples=60, deadline=None)
@given(questions(), questions())
def test_more_history_never_allows_more(question, other):
    richer = {**question, "history": question["history"] + other["history"]}
    if is_allowed(richer, question["at"]):
        assert is_allowed(question, question["at"])


@settings(max_examples=100, deadline=None)
@given(own_sets, moments, channels, st.sampled_from(ZONES))
@example(preset("BR-SP"), TURNS[0], "phone", SAO_PAULO_ZONE)
def test_hours_agree_with_reading_the_windows_one_by_one(rules, at, channel, zone):
    wall = at.astimezone(ZoneInfo(zone))
    minute = wall.hour * 60 + wall.minute
    lines = [w for w in rules.windows if channel in w.channels]
    closed = wall.date() in rules.holidays
    expected = not lines or any(
        w.weekday == wall.weekday()
        and w.start <= minute < w.end
        and not (closed and w.respects_holidays)
        for w in lines
    )
    question = {"rulesets": (rules,), "channel": channel, "zones": (zone,)}
    assert is_allowed(question, at) == expected


@settings(max_examples=40, deadline=None)
@given(questions())
def test_inside_the_permitted_interval_everything_is_allowed(question):
    found = permitted_interval(**question)
    assume(found is not None)
    start, end = found
    assert question["at"] <= start < end
    step = max((end - start) / 50, QUARTER)
    while start < end:
        assert is_allowed(question, start)
        start += step
