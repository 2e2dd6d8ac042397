"""Who may be contacted when: every row of the law's table, and one sentence per rule.

The presets are those of ``tables/README.md``, written here in Python; the shipped ones
are data and are tested against the same table by ``./dev rules contact``.
"""

import csv
import json
from datetime import date, datetime, timedelta, timezone
from functools import cache
from itertools import pairwise
from pathlib import Path
from time import perf_counter
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from ..rules.contact_rules import (
    CHANNELS,
    Block,
    Context,
    Cooldown,
    Count,
    Event,
    ExclusiveChannel,
    Gap,
    Grace,
    Hours,
    RuleSet,
    Window,
    decide,
    permitted_interval,
)
from ..rules.contact_vocabulary import PARTIES

TABLE = Path(__file__).parent / "tables" / "contact_cases.csv"

ALL = frozenset(CHANNELS)
INTERACTIVE = ALL - {"letter"}
MESSAGES = frozenset({"sms", "whatsapp", "email", "letter"})
LIVE = frozenset({"phone", "sms", "whatsapp", "visit"})
CALL_VISIT = frozenset({"phone", "visit"})
PHONE = frozenset({"phone"})

WORKWEEK, SATURDAY_ONLY, EVERY_DAY = range(5), (5,), range(7)
MONDAY_TO_SATURDAY = range(6)

RELATIVES = frozenset({"reference", "family", "coworker", "neighbour"})
STRANGERS = Block("THIRD_PARTY", parties=RELATIVES | {"employer"})


# --- the presets of tables/README.md ---


@cache
def holidays_of(country, subdivision=None):
    years = range(2025, 2028)
    return frozenset(holidays.country_holidays(country, subdivision, years))


def european(code, country, subdivision=None, weekdays=MONDAY_TO_SATURDAY):
    return RuleSet(
        code=code,
        nature="prudent",
        windows=Window.weekly(LIVE, weekdays, "08:00", "20:00"),
        limits=(Count("LIM_DAY", LIVE, cap=1),),
        blocks=(STRANGERS,),
        holidays=holidays_of(country, subdivision),
    )


COLOMBIA = RuleSet(
    code="CO",
    version="2026.1",
    windows=Window.weekly(ALL, WORKWEEK, "07:00", "19:00")
    + Window.weekly(ALL, SATURDAY_ONLY, "08:00", "15:00"),
    limits=(
        ExclusiveChannel("LIM_CHANNEL_EXCLUSIVE"),
        Count("LIM_DAY", ALL, cap=1, basis="contact"),
    ),
    blocks=(
        Block("THIRD_PARTY", parties=RELATIVES),
        Block("VISIT"),
        Block("CHANNEL_NOT_AUTHORISED"),
    ),
    holidays=holidays_of("CO"),
)
CHILE = RuleSet(
    code="CL",
    windows=Window.weekly(ALL, MONDAY_TO_SATURDAY, "08:00", "20:00"),
    limits=(
        Count("LIM_WEEK_CALLVISIT", CALL_VISIT, 1, "calendar_week", "contact"),
        Count("LIM_WEEK_MSG", MESSAGES, 2, "calendar_week", "contact"),
        Gap("LIM_GAP_MSG", MESSAGES, days=2),
    ),
    blocks=(STRANGERS,),
    holidays=holidays_of("CL"),
)
PERU = RuleSet(
    code="PE",
    windows=Window.weekly(CALL_VISIT, WORKWEEK, "07:00", "20:00"),
    blocks=(STRANGERS,),
    holidays=holidays_of("PE"),
)
MEXICO = RuleSet(
    code="MX",
    windows=Window.weekly(ALL, EVERY_DAY, "07:00", "22:00", respects_holidays=False),
    blocks=(
        Block(
            "THIRD_PARTY",
            parties=frozenset({"reference", "family", "coworker", "minor", "elderly"}),
        ),
    ),
    holidays=holidays_of("MX"),
)
BRAZIL = RuleSet(
    code="BR",
    version="2026.1",
    nature="prudent",
    windows=Window.weekly(INTERACTIVE, WORKWEEK, "08:00", "18:00"),
    limits=(
        Count("LIM_DAY", INTERACTIVE, cap=1),
        Count("LIM_WEEK", INTERACTIVE, cap=3, period="calendar_week"),
    ),
    blocks=(STRANGERS, Block("WORKPLACE"), Block("DISPUTE")),
    holidays=holidays_of("BR"),
)
SAO_PAULO = RuleSet(
    code="BR-SP",
    windows=Window.weekly(PHONE, WORKWEEK, "08:00", "20:00")
    + Window.weekly(PHONE, SATURDAY_ONLY, "08:00", "14:00"),
    holidays=holidays_of("BR", "SP"),
)
MINAS = RuleSet(
    code="BR-MG",
    windows=Window.weekly(PHONE, WORKWEEK, "09:00", "18:00")
    + Window.weekly(PHONE, SATURDAY_ONLY, "10:00", "13:00"),
    limits=(Count("LIM_DAY", PHONE, cap=2),),
    holidays=holidays_of("BR", "MG"),
)
USA = RuleSet(
    code="US",
    windows=Window.weekly(ALL, EVERY_DAY, "08:00", "21:00", respects_holidays=False),
    limits=(
        Cooldown("LIM_COOLDOWN", PHONE, days=7, scope="debt"),
        Count("LIM_ROLLING", PHONE, 7, "rolling_days", days=7, scope="debt"),
    ),
    blocks=(STRANGERS, Block("WORKPLACE", if_prohibited=True), Block("DISPUTE")),
)
UK = RuleSet(
    code="UK",
    nature="guidance",
    windows=Window.weekly(LIVE, EVERY_DAY, "08:00", "21:00", respects_holidays=False),
    blocks=(STRANGERS,),
)
PRESETS = {
    rules.code: rules
    for rules in (
        *(COLOMBIA, CHILE, PERU, MEXICO, BRAZIL, SAO_PAULO, MINAS, USA, UK),
        *(european(code, code) for code in ("FR", "IT", "PT", "ES")),
        *(european(f"DE-{land}", "DE", land) for land in ("BY", "BE", "NW", "HH")),
        european("AR", "AR", weekdays=WORKWEEK),
    )
}
HOUSE = RuleSet(
    code="HOUSE",
    version="1",
    nature="house",
    windows=Window.weekly(INTERACTIVE, WORKWEEK, "08:00", "18:00"),
    limits=(Count("LIM_DAY", INTERACTIVE, cap=1, excluded_outcomes={"busy"}),),
    grace=Grace(5),
    holidays=holidays_of("CO"),
)


# --- asking ---

BOGOTA, NEW_YORK = "America/Bogota", "America/New_York"
SANTIAGO, SAO_PAULO_ZONE = "America/Santiago", "America/Sao_Paulo"
HOME_OF = {
    "CO": BOGOTA,
    "CL": SANTIAGO,
    "US": NEW_YORK,
    "UK": "Europe/London",
    "PE": "America/Lima",
    "MX": "America/Mexico_City",
}


def local(text, zone):
    """A moment on the debtor's clock; write ``…+03:00`` where the hour comes twice."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))


def ask(rulesets, text, channel="phone", zone=None, zones=(), past=(), **kwargs):
    """Decide for one debtor; ``past`` and ``planned`` are events on the same clock."""
    rulesets = (rulesets,) if isinstance(rulesets, RuleSet) else rulesets
    zone = zone or HOME_OF.get(rulesets[0].code if rulesets else "", SAO_PAULO_ZONE)
    planned = kwargs.pop("planned", ())
    options = {k: kwargs.pop(k) for k in ("waived", "find_next") if k in kwargs}
    return decide(
        rulesets,
        at=local(text, zone),
        channel=channel,
        zones=zones or (zone,),
        context=Context(**kwargs),
        history=[happened(zone, *event) for event in past],
        reservations=[happened(zone, *event) for event in planned],
        **options,
    )


def happened(zone, text, channel, outcome="planned", more=None):
    return Event(local(text, zone), channel, outcome, **(more or {}))


def assert_allowed(answer):
    assert answer.codes == ""
    assert answer.allowed
    assert answer.next_allowed is None


def assert_refused(answer, codes, until=None, zone=None):
    assert (answer.allowed, answer.codes) == (False, codes)
    if until is None:
        assert answer.next_allowed is None
    else:
        zone = zone or HOME_OF.get(codes.partition(".")[0], SAO_PAULO_ZONE)
        assert answer.next_allowed == local(until, zone)


# --- the table ---


def rows():
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def context_of(facts):
    flags = dict(facts.get("flags", {}))
    opt_out = flags.pop("opt_out", ())
    preferred = facts.get("preferred")
    authorised = facts.get("authorised")
    return Context(
        debts=frozenset({facts.get("debt", "D1")}),
        party=facts.get("party", "debtor"),
        place=facts.get("place", ""),
        flags={name: None for name, raised in flags.items() if raised},
        opt_out=frozenset(opt_out),
        authorised=None if authorised is None else frozenset(authorised),
        agreed=tuple(
            Hours.between(span["from"], span["to"], span["weekday"])
            for span in facts.get("agreed_windows", ())
        ),
        preferred=preferred and Hours.between(preferred["from"], preferred["to"]),
    )


def event_of(entry):
    return Event(
        at=datetime.fromisoformat(entry["at"]),
        channel=entry["ch"],
        outcome=entry["out"],
        direction=entry.get("dir", "out"),
        debt=entry.get("debt", "D1"),
        consented=entry.get("consented", False),
    )


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["case_id"])
def test_every_row_of_the_table_is_answered_as_the_law_says(row):
    facts = json.loads(row["history"])
    zones = tuple(facts.get("candidate_timezones", [row["timezone"]]))
    answer = decide(
        (PRESETS[row["country"]],),
        at=datetime.fromisoformat(row["local_datetime"]),
        channel=row["channel"],
        zones=zones,
        context=context_of(facts),
        history=[event_of(entry) for entry in facts.get("events", ())],
    )
    expected = row["next_allowed_local"]
    assert ("yes" if answer.allowed else "no") == row["expected_allowed"]
    assert answer.codes == row["reason"]
    assert answer.next_allowed == (
        datetime.fromisoformat(expected) if expected else None
    )


def test_the_copy_of_the_table_is_not_empty():
    assert len(rows()) >= 53


# --- WINDOW ---


def test_a_window_begins_sharp_and_has_ended_at_its_end():
    assert_refused(
        ask(BRAZIL, "2026-11-10T07:59:59"), "BR.WIN_HOURS", "2026-11-10T08:00"
    )
    assert_allowed(ask(BRAZIL, "2026-11-10T08:00"))
    assert_allowed(ask(BRAZIL, "2026-11-10T17:59:59"))
    assert_refused(ask(BRAZIL, "2026-11-10T18:00"), "BR.WIN_HOURS", "2026-11-11T08:00")


def test_no_call_on_saturday_afternoon_in_colombia():
    assert_allowed(ask(COLOMBIA, "2026-03-14T14:59"))
    assert_refused(
        ask(COLOMBIA, "2026-03-14T15:00"), "CO.WIN_HOURS", "2026-03-16T07:00"
    )


def test_easter_is_crossed_in_one_step():
    # Thursday and Friday are holidays; Saturday opens at 08:00, not at 07:00
    assert_refused(
        ask(COLOMBIA, "2026-04-01T19:00"), "CO.WIN_HOURS", "2026-04-04T08:00"
    )


def test_a_channel_without_a_window_is_free_even_on_a_holiday_night():
    assert_allowed(ask(BRAZIL, "2026-11-20T03:00", "letter"))
    assert_allowed(ask(PERU, "2026-12-25T23:30", "email"))


def test_a_holiday_is_named_even_if_it_is_a_sunday():
    assert_refused(ask(CHILE, "2026-11-01T10:00"), "CL.WIN_HOLIDAY", "2026-11-02T08:00")


def test_christmas_and_new_year_are_crossed_over_the_turn_of_the_year():
    # Friday 1 January, then a weekend
    assert_refused(ask(BRAZIL, "2026-12-31T18:00"), "BR.WIN_HOURS", "2027-01-04T08:00")


def test_a_window_may_reach_midnight():
    night = RuleSet("N", windows=Window.weekly(ALL, EVERY_DAY, "20:00", "24:00"))
    assert_allowed(ask(night, "2026-11-10T23:59"))
    assert_refused(ask(night, "2026-11-11T00:00"), "N.WIN_HOURS", "2026-11-11T20:00")


def test_between_two_windows_of_a_day_the_second_one_opens():
    siesta = RuleSet(
        "S",
        windows=Window.weekly(PHONE, WORKWEEK, "09:00", "13:00")
        + Window.weekly(PHONE, WORKWEEK, "16:00", "20:00"),
    )
    assert_refused(ask(siesta, "2026-11-10T13:00"), "S.WIN_HOURS", "2026-11-10T16:00")


def test_a_window_that_ignores_holidays_stays_open_beside_one_that_respects_them():
    rules = RuleSet(
        "X",
        windows=Window.weekly(PHONE, WORKWEEK, "08:00", "12:00")
        + Window.weekly(PHONE, WORKWEEK, "14:00", "16:00", respects_holidays=False),
        holidays=frozenset({date(2026, 11, 10)}),
    )
    assert_refused(ask(rules, "2026-11-10T09:00"), "X.WIN_HOURS", "2026-11-10T14:00")
    assert_allowed(ask(rules, "2026-11-10T14:00"))


def test_a_set_whose_windows_never_open_sends_the_question_to_a_person():
    closed = RuleSet(
        "X",
        windows=Window.weekly(PHONE, [0], "08:00", "09:00"),
        holidays=frozenset(date(2026, 11, 2) + timedelta(7 * n) for n in range(20)),
    )
    assert_refused(ask(closed, "2026-11-10T09:00"), "X.WIN_WEEKDAY", None)


# --- what the debtor agreed to and asked for ---

SUNDAY_MORNING = Hours.between("09:00", "12:00", weekday=6)
AFTERNOON = Hours.between("14:00", "17:00")


def test_agreed_hours_open_a_sunday():
    sunday = {"agreed": (SUNDAY_MORNING,)}
    assert_allowed(ask(COLOMBIA, "2026-03-15T11:59", **sunday))
    assert_refused(
        ask(COLOMBIA, "2026-03-15T12:00", **sunday), "CO.WIN_HOURS", "2026-03-16T07:00"
    )
    assert_refused(
        ask(COLOMBIA, "2026-03-14T15:00", **sunday), "CO.WIN_HOURS", "2026-03-15T09:00"
    )


def test_agreed_hours_do_not_open_a_holiday():
    monday = Hours.between("09:00", "12:00", weekday=0)
    assert_refused(
        ask(COLOMBIA, "2026-03-23T10:00", agreed=(monday,)),
        "CO.WIN_HOLIDAY",
        "2026-03-24T07:00",
    )


def test_a_law_that_knows_no_agreement_is_not_widened():
    strict = RuleSet(
        "X",
        windows=Window.weekly(PHONE, WORKWEEK, "08:00", "20:00"),
        debtor_may_widen=False,
    )
    answer = ask(strict, "2026-11-08T10:00", agreed=(SUNDAY_MORNING,))
    assert_refused(answer, "X.WIN_WEEKDAY", "2026-11-09T08:00")


def test_preferred_hours_narrow_the_windows_of_every_channel():
    assert_refused(
        ask(USA, "2026-06-02T09:00", preferred=AFTERNOON),
        "US.WIN_HOURS",
        "2026-06-02T14:00",
    )
    assert_allowed(ask(USA, "2026-06-02T14:00", preferred=AFTERNOON))
    assert_refused(
        ask(UK, "2026-11-10T09:00", "email", preferred=AFTERNOON),
        "UK.WIN_HOURS",
        "2026-11-10T14:00",
    )


def test_preferred_hours_that_the_law_never_allows_go_to_a_person():
    evening = Hours.between("18:00", "20:00")
    answer = ask(BRAZIL, "2026-11-10T19:00", preferred=evening)
    assert_refused(answer, "BR.WIN_HOURS", None)


# --- COUNT ---


def test_an_attempt_uses_up_the_day_whatever_came_of_it():
    for outcome in ("no_answer", "busy", "voicemail", "wrong_party", "conversation"):
        answer = ask(
            BRAZIL,
            "2026-11-10T15:00",
            past=[("2026-11-10T09:00", "phone", outcome)],
        )
        assert_refused(answer, "BR.LIM_DAY", "2026-11-11T08:00")


def test_what_never_reached_the_line_does_not_count():
    for outcome in ("planned", "not_connected", "failed", "bounced"):
        past = [("2026-11-10T09:00", "phone", outcome)]
        assert_allowed(ask(BRAZIL, "2026-11-10T15:00", past=past))


def test_a_busy_line_may_be_redialled_where_the_set_says_so():
    past = [("2026-11-10T09:00", "phone", "busy")]
    assert_allowed(ask(HOUSE, "2026-11-10T09:10", past=past))


def test_an_unanswered_call_is_an_attempt_but_no_contact():
    past = [("2026-03-10T09:00", "phone", "no_answer")] * 3
    assert_allowed(ask(COLOMBIA, "2026-03-10T15:00", past=past))


def test_a_week_is_monday_to_sunday():
    monday_to_wednesday = [
        (f"2026-11-{day:02}T09:00", "phone", "no_answer") for day in (9, 10, 11)
    ]
    assert_refused(
        ask(BRAZIL, "2026-11-13T09:00", past=monday_to_wednesday),
        "BR.LIM_WEEK",
        "2026-11-16T08:00",
    )
    assert_allowed(ask(BRAZIL, "2026-11-16T08:00", past=monday_to_wednesday))


def test_the_week_that_holds_new_year_is_one_week():
    past = [(f"2025-12-{day}T09:00", "phone", "no_answer") for day in (29, 30, 31)]
    assert_refused(
        ask(BRAZIL, "2026-01-02T09:00", past=past), "BR.LIM_WEEK", "2026-01-05T08:00"
    )


def test_the_first_minutes_of_a_week_are_remembered_until_its_last():
    rules = RuleSet("X", limits=(Count("LIM", PHONE, 1, period="calendar_week"),))
    past = [("2026-11-09T00:05", "phone", "no_answer")]
    answer = ask(rules, "2026-11-15T23:55", past=past)
    assert_refused(answer, "X.LIM", "2026-11-16T00:00")


def test_a_set_may_start_its_week_on_sunday():
    by_week = Count("LIM_WEEK", PHONE, cap=1, period="calendar_week")
    past = [("2026-11-08T10:00", "phone", "no_answer")]  # a Sunday
    from_monday = RuleSet("X", limits=(by_week,))
    from_sunday = RuleSet("X", limits=(by_week,), week_start=6)
    assert_allowed(ask(from_monday, "2026-11-09T10:00", past=past))
    answer = ask(from_sunday, "2026-11-09T10:00", past=past)
    assert_refused(answer, "X.LIM_WEEK", "2026-11-15T00:00")


def test_seven_calls_in_seven_days_and_the_eighth_when_the_first_has_aged():
    seven = [(f"2026-06-{day:02}T10:00", "phone", "no_answer") for day in range(1, 8)]
    assert_refused(
        ask(USA, "2026-06-07T15:00", past=seven), "US.LIM_ROLLING", "2026-06-08T08:00"
    )
    assert_allowed(ask(USA, "2026-06-08T08:00", past=seven))


def test_a_call_about_two_debts_counts_for_both_of_them_once():
    both = {"debt": frozenset({"D1", "D2"})}
    past = [("2026-06-01T10:00", "phone", "no_answer", both)] * 7
    for asked in ({"D1"}, {"D2"}, {"D2", "D3"}):
        answer = ask(USA, "2026-06-02T10:00", past=past, debts=frozenset(asked))
        assert_refused(answer, "US.LIM_ROLLING", "2026-06-08T08:00")
    assert_allowed(ask(USA, "2026-06-02T10:00", past=past, debts=frozenset({"D3"})))


def test_limits_per_debtor_do_not_ask_which_debt():
    past = [("2026-11-10T09:00", "phone", "no_answer", {"debt": "D1"})]
    answer = ask(BRAZIL, "2026-11-10T15:00", past=past, debts=frozenset({"D2"}))
    assert_refused(answer, "BR.LIM_DAY", "2026-11-11T08:00")


def test_a_call_from_the_debtor_counts_only_where_the_set_says_so():
    past = [("2026-11-10T09:00", "phone", "conversation", {"direction": "in"})]
    counting = RuleSet("X", limits=(Count("LIM", PHONE, 1, count_inbound=True),))
    assert_allowed(ask(BRAZIL, "2026-11-10T15:00", past=past))
    answer = ask(counting, "2026-11-10T15:00", past=past)
    assert_refused(answer, "X.LIM", "2026-11-11T00:00")


def test_a_count_of_conversations_ignores_calls_nobody_took():
    rules = RuleSet("X", limits=(Count("LIM", PHONE, 1, basis="conversation"),))
    rang = [("2026-11-10T09:00", "phone", "no_answer")]
    spoke = [("2026-11-10T09:00", "phone", "conversation")]
    assert_allowed(ask(rules, "2026-11-10T15:00", past=rang))
    assert_refused(
        ask(rules, "2026-11-10T15:00", past=spoke), "X.LIM", "2026-11-11T00:00"
    )


def test_the_day_of_a_limit_is_the_debtors_day_not_utc():
    # 23:00 on Tuesday in Honolulu is Wednesday in UTC
    rules = RuleSet("X", limits=(Count("LIM_DAY", PHONE, 1),))
    past = [("2026-11-10T23:00", "phone", "no_answer")]
    zone = "Pacific/Honolulu"
    assert_refused(
        ask(rules, "2026-11-10T23:30", zone=zone, past=past),
        "X.LIM_DAY",
        "2026-11-11T00:00",
        zone,
    )
    assert_allowed(ask(rules, "2026-11-11T00:00", zone=zone, past=past))


# --- GAP, COOLDOWN, EXCLUSIVE_CHANNEL ---


def test_chilean_messages_keep_two_calendar_days_also_over_the_week():
    saturday = [("2026-11-14T19:00", "sms", "sent")]
    on_monday = ask(CHILE, "2026-11-16T08:00", "email", past=saturday)
    assert_allowed(on_monday)
    friday_night = [("2026-11-13T19:59", "sms", "sent")]
    assert_refused(
        ask(CHILE, "2026-11-14T08:00", "email", past=friday_night),
        "CL.LIM_GAP_MSG",
        "2026-11-16T08:00",
    )


def test_a_planned_message_keeps_its_distance_in_both_directions():
    on_wednesday = [("2026-11-11T10:00", "sms")]
    for day, allowed in ((9, True), (10, False), (11, False), (12, False), (13, True)):
        asked = f"2026-11-{day:02}T10:00"
        answer = ask(CHILE, asked, "email", planned=on_wednesday)
        assert answer.allowed is allowed, asked


def test_after_talking_there_is_silence_even_if_the_debtor_called():
    past = [("2026-06-02T10:00", "phone", "conversation", {"direction": "in"})]
    answer = ask(USA, "2026-06-02T15:00", past=past)
    assert_refused(answer, "US.LIM_COOLDOWN", "2026-06-09T08:00")


def test_after_a_call_back_there_is_silence_too():
    past = [("2026-06-02T10:00", "phone", "conversation", {"consented": True})]
    answer = ask(USA, "2026-06-03T10:00", past=past)
    assert_refused(answer, "US.LIM_COOLDOWN", "2026-06-09T08:00")


def test_silence_is_for_calls_not_for_letters():
    past = [("2026-06-02T10:00", "phone", "conversation")]
    assert_allowed(ask(USA, "2026-06-03T10:00", "letter", past=past))


def test_a_set_may_count_the_silence_from_the_day_after():
    rules = RuleSet(
        "X", limits=(Cooldown("LIM", PHONE, days=7, first_day_counts=False),)
    )
    past = [("2026-06-02T10:00", "phone", "conversation")]
    answer = ask(rules, "2026-06-03T10:00", past=past)
    assert_refused(answer, "X.LIM", "2026-06-10T00:00")


def test_a_call_nobody_took_leaves_every_channel_open_in_colombia():
    past = [("2026-03-09T10:00", "phone", "no_answer")]
    assert_allowed(ask(COLOMBIA, "2026-03-10T10:00", "sms", past=past))


def test_a_planned_whatsapp_keeps_the_other_channels_out_of_its_week():
    thursday = [("2026-03-12T10:00", "whatsapp")]
    assert_allowed(ask(COLOMBIA, "2026-03-10T10:00", "whatsapp", planned=thursday))
    assert_refused(
        ask(COLOMBIA, "2026-03-10T10:00", "phone", planned=thursday),
        "CO.LIM_CHANNEL_EXCLUSIVE",
        "2026-03-16T07:00",
    )


# --- reservations ---


def test_a_planned_contact_reserves_its_day():
    planned = [("2026-11-11T09:00", "email")]
    assert_allowed(ask(BRAZIL, "2026-11-10T15:00", planned=planned))
    assert_refused(
        ask(BRAZIL, "2026-11-10T19:00", planned=planned),
        "BR.WIN_HOURS",
        "2026-11-12T08:00",
    )


def test_a_planned_contact_counts_against_the_week_before_it_happens():
    past = [("2026-11-09T09:00", "phone", "no_answer")]
    planned = [("2026-11-12T09:00", "phone"), ("2026-11-13T09:00", "phone")]
    assert_refused(
        ask(BRAZIL, "2026-11-10T09:00", past=past, planned=planned),
        "BR.LIM_WEEK",
        "2026-11-16T08:00",
    )


def test_a_planned_call_still_to_come_counts_in_every_seven_days_it_falls_in():
    past = [(f"2026-06-0{day}T10:00", "phone", "no_answer") for day in range(1, 7)]
    planned = [("2026-06-07T10:00", "phone")]
    assert_allowed(ask(USA, "2026-06-06T12:00", past=past))
    assert_refused(
        ask(USA, "2026-06-06T12:00", past=past, planned=planned),
        "US.LIM_ROLLING",
        "2026-06-08T08:00",
    )


def test_planned_does_not_count_when_it_stands_in_the_history():
    past = [("2026-11-10T09:00", "phone", "planned")]
    assert_allowed(ask(BRAZIL, "2026-11-10T15:00", past=past))


def test_a_planned_call_starts_no_silence():
    planned = [("2026-06-02T10:00", "phone")]
    assert_allowed(ask(USA, "2026-06-02T15:00", planned=planned))


# --- what the debtor asked for ---


def test_a_call_back_the_debtor_asked_for_is_not_refused_by_counts():
    past = [("2026-06-02T10:00", "phone", "conversation")] * 9
    assert_allowed(ask(USA, "2026-06-02T15:00", past=past, consented=True))
    assert_allowed(ask(BRAZIL, "2026-06-02T15:00", past=past, consented=True))


def test_a_call_back_uses_up_no_quota():
    past = [("2026-11-10T09:00", "phone", "conversation", {"consented": True})]
    planned = [("2026-11-10T16:00", "phone", "planned", {"consented": True})]
    assert_allowed(ask(BRAZIL, "2026-11-10T15:00", past=past, planned=planned))


def named_by_the_debtor(start, end, zone=BOGOTA):
    return {"consented": True, "callback": (local(start, zone), local(end, zone))}


def test_a_call_back_is_permitted_at_the_hour_the_debtor_named():
    sunday = named_by_the_debtor("2026-03-15T20:00", "2026-03-15T21:00")
    assert_allowed(ask(COLOMBIA, "2026-03-15T20:30", **sunday))
    assert_refused(
        ask(COLOMBIA, "2026-03-15T12:00", **sunday),
        "CO.WIN_WEEKDAY",
        "2026-03-15T20:00",
    )
    assert_refused(
        ask(COLOMBIA, "2026-03-15T21:00", **sunday),
        "CO.WIN_WEEKDAY",
        "2026-03-16T07:00",
    )


def test_a_call_back_on_a_holiday_the_debtor_named_is_permitted():
    holiday = named_by_the_debtor("2026-03-23T10:00", "2026-03-23T12:00")
    assert_allowed(ask(COLOMBIA, "2026-03-23T11:00", **holiday))


def test_a_call_back_does_not_open_hours_a_law_keeps_closed():
    strict = RuleSet(
        "X",
        windows=Window.weekly(PHONE, WORKWEEK, "08:00", "20:00"),
        debtor_may_widen=False,
    )
    night = named_by_the_debtor("2026-11-10T21:00", "2026-11-10T22:00", SAO_PAULO_ZONE)
    answer = ask(strict, "2026-11-10T21:30", **night)
    assert_refused(answer, "X.WIN_HOURS", "2026-11-11T08:00")


def test_a_call_back_goes_before_the_hours_the_debtor_prefers_in_general():
    strict = RuleSet(
        "X",
        windows=Window.weekly(PHONE, WORKWEEK, "08:00", "20:00"),
        debtor_may_widen=False,
    )
    morning = named_by_the_debtor("2026-11-10T09:00", "2026-11-10T10:00", BOGOTA)
    for rules in (strict, COLOMBIA):
        answer = ask(
            rules, "2026-11-10T09:30", zone=BOGOTA, preferred=AFTERNOON, **morning
        )
        assert_allowed(answer)


def test_a_call_back_does_not_lift_a_stop():
    answer = ask(USA, "2026-06-02T15:00", consented=True, flags={"attorney": None})
    assert_refused(answer, "US.BLK_ATTORNEY")


# --- BLOCK ---


@pytest.mark.parametrize(
    ("flag", "code"),
    [
        ("cease_written", "BLK_CEASE"),
        ("attorney", "BLK_ATTORNEY"),
        ("deceased", "BLK_DECEASED"),
        ("insolvency", "BLK_INSOLVENCY"),
        ("over_indebted", "BLK_OVER_INDEBTED"),
    ],
)
def test_flags_of_the_debtor_stop_every_channel_in_every_country(flag, code):
    for rules in PRESETS.values():
        for channel in CHANNELS:
            answer = ask(
                rules, "2026-11-10T10:00", channel, flags={flag: None}, find_next=False
            )
            assert f"{rules.code}.{code}" in answer.codes


def test_an_opt_out_stops_its_channel_in_every_country():
    for rules in PRESETS.values():
        answer = ask(rules, "2026-11-10T10:00", "sms", opt_out=frozenset({"sms"}))
        assert_refused(answer, f"{rules.code}.BLK_OPT_OUT")


def test_with_an_attorney_only_the_attorney_may_be_contacted():
    flags = {"attorney": None}
    assert_refused(ask(USA, "2026-06-02T10:00", flags=flags), "US.BLK_ATTORNEY")
    assert_allowed(ask(USA, "2026-06-02T10:00", flags=flags, party="attorney"))


def test_a_guarantor_is_nobodys_third_party():
    for rules in PRESETS.values():
        assert_allowed(ask(rules, "2026-11-10T10:00", party="guarantor"))


def test_all_stops_are_named_in_the_order_of_the_law_and_before_the_rest():
    everything_at_once = RuleSet(
        "X",
        windows=Window.weekly(ALL, WORKWEEK, "08:00", "18:00"),
        limits=(Count("LIM_DAY", ALL, 1),),
        blocks=(
            Block("CHANNEL_NOT_AUTHORISED"),
            Block("VISIT"),
            Block("WORKPLACE"),
            STRANGERS,
            Block("DISPUTE"),
        ),
        grace=Grace(5),
    )
    answer = ask(
        everything_at_once,
        "2026-11-10T20:00",
        "visit",
        past=[("2026-11-10T09:00", "visit", "met")],
        flags={"dispute_open": None, "attorney": None, "cease_written": None},
        party="family",
        place="work",
        opt_out=frozenset({"visit"}),
        authorised=frozenset({"email"}),
        first_contact=True,
        due_date=date(2026, 11, 9),
    )
    assert [code.removeprefix("X.") for code in answer.codes.split("+")] == [
        "BLK_CEASE",
        "BLK_ATTORNEY",
        "BLK_DISPUTE",
        "BLK_THIRD_PARTY",
        "BLK_WORKPLACE",
        "BLK_VISIT",
        "BLK_OPT_OUT",
        "BLK_CHANNEL_NOT_AUTHORISED",
        "WIN_HOURS",
        "LIM_GRACE",
        "LIM_DAY",
    ]
    assert answer.next_allowed is None


def test_a_stop_with_an_end_lifts_at_that_moment():
    lunch = local("2026-11-12T12:30", SAO_PAULO_ZONE)
    assert_refused(
        ask(BRAZIL, "2026-11-10T10:00", flags={"dispute_open": lunch}),
        "BR.BLK_DISPUTE",
        "2026-11-12T12:30",
    )
    assert_allowed(ask(BRAZIL, "2026-11-12T12:30", flags={"dispute_open": lunch}))


def test_an_endless_stop_beside_one_with_an_end_stays_endless():
    flags = {"dispute_open": local("2026-11-12T12:30", SAO_PAULO_ZONE)}
    answer = ask(BRAZIL, "2026-11-10T10:00", flags={**flags, "deceased": None})
    assert_refused(answer, "BR.BLK_DISPUTE+BR.BLK_DECEASED")


def test_authorised_channels_bind_only_where_they_were_recorded():
    assert_allowed(ask(COLOMBIA, "2026-03-10T10:00"))
    assert_refused(
        ask(COLOMBIA, "2026-03-10T10:00", authorised=frozenset()),
        "CO.BLK_CHANNEL_NOT_AUTHORISED",
    )


def test_work_is_barred_everywhere_in_brazil_and_on_request_in_the_us():
    at_work = {"place": "work"}
    assert_refused(ask(BRAZIL, "2026-11-10T10:00", **at_work), "BR.BLK_WORKPLACE")
    assert_allowed(ask(USA, "2026-06-02T10:00", **at_work))
    prohibited = {"flags": {"work_prohibited": None}}
    assert_allowed(ask(USA, "2026-06-02T10:00", place="home", **prohibited))


def test_who_says_it_is_paid_is_left_alone_for_the_days_of_clearing():
    minas = RuleSet("BR-MG", blocks=(Block("PAID_CLAIM", days=2, unit="business"),))
    claim = {"paid_claim_on": date(2026, 11, 13)}  # a Friday
    assert_refused(
        ask(minas, "2026-11-16T10:00", **claim),
        "BR-MG.BLK_PAID_CLAIM",
        "2026-11-17T00:00",
    )
    assert_allowed(ask(minas, "2026-11-17T00:00", **claim))
    assert_allowed(ask(BRAZIL, "2026-11-13T10:00", **claim))


def test_a_notice_the_law_demands_may_pass_a_stop_that_excepts_it():
    us = RuleSet("US", blocks=(Block("CEASE", exceptions={"final_notice"}),))
    flags = {"cease_written": None}
    notice = {"flags": flags, "purpose": "final_notice"}
    assert_refused(ask(us, "2026-06-02T10:00", "letter", flags=flags), "US.BLK_CEASE")
    assert_allowed(ask(us, "2026-06-02T10:00", "letter", **notice))


# --- GRACE ---


def first_contact(due):
    return {"first_contact": True, "due_date": due}


def test_the_first_contact_waits_five_business_days():
    due_on_friday = first_contact(date(2026, 2, 6))
    assert_refused(
        ask(HOUSE, "2026-02-12T10:00", zone=BOGOTA, **due_on_friday),
        "HOUSE.LIM_GRACE",
        "2026-02-13T08:00",
        BOGOTA,
    )
    assert_allowed(ask(HOUSE, "2026-02-13T08:00", zone=BOGOTA, **due_on_friday))


def test_the_days_of_grace_count_from_the_effective_due_date():
    # Saturday 21 and the holiday Monday 23 March move the due date to Tuesday 24
    answer = ask(
        HOUSE, "2026-03-30T10:00", zone=BOGOTA, **first_contact(date(2026, 3, 21))
    )
    assert_refused(answer, "HOUSE.LIM_GRACE", "2026-03-31T08:00", BOGOTA)


def test_grace_is_only_for_the_first_contact_and_not_for_a_call_back():
    due = date(2026, 2, 6)
    assert_allowed(ask(HOUSE, "2026-02-09T10:00", zone=BOGOTA, due_date=due))
    called_for = first_contact(due) | {"consented": True}
    assert_allowed(ask(HOUSE, "2026-02-09T10:00", zone=BOGOTA, **called_for))


def test_grace_may_count_calendar_days():
    rules = RuleSet("X", grace=Grace(5, unit="calendar"))
    answer = ask(rules, "2026-02-09T10:00", **first_contact(date(2026, 2, 6)))
    assert_refused(answer, "X.LIM_GRACE", "2026-02-11T00:00")


# --- several sets, several zones ---


def test_sets_intersect_and_the_strictest_decides():
    both = (SAO_PAULO, BRAZIL)
    assert_refused(ask(both, "2026-11-10T18:30"), "BR.WIN_HOURS", "2026-11-11T08:00")
    assert_refused(
        ask(both, "2026-07-09T10:00"), "BR-SP.WIN_HOLIDAY", "2026-07-10T08:00"
    )


def test_reasons_go_stop_hours_limit_and_set_by_set_within():
    answer = ask(
        (BRAZIL, MINAS),
        "2026-11-10T19:00",
        past=[("2026-11-10T09:00", "phone", "no_answer")] * 2,
        flags={"cease_written": None},
    )
    assert answer.codes == (
        "BR.BLK_CEASE+BR-MG.BLK_CEASE+BR.WIN_HOURS+BR-MG.WIN_HOURS"
        "+BR.LIM_DAY+BR-MG.LIM_DAY"
    )


def test_the_decision_names_every_version():
    assert ask((BRAZIL, SAO_PAULO, HOUSE), "2026-11-10T10:00").version == (
        "BR@2026.1+BR-SP+HOUSE@1"
    )


def test_a_reason_tells_who_may_waive_it():
    natures = {
        reason.code: reason.arg("nature")
        for reason in ask((BRAZIL, SAO_PAULO), "2026-11-10T21:00").reasons
    }
    assert natures == {"BR.WIN_HOURS": "prudent", "BR-SP.WIN_HOURS": "statute"}


def test_every_zone_the_debtor_may_be_in_must_allow():
    coasts = (NEW_YORK, "America/Los_Angeles")
    assert_refused(
        ask(USA, "2026-06-02T09:00", zones=coasts), "US.WIN_HOURS", "2026-06-02T11:00"
    )
    assert_allowed(ask(USA, "2026-06-02T20:59", zones=coasts))
    assert_refused(
        ask(USA, "2026-06-02T21:00", zones=coasts), "US.WIN_HOURS", "2026-06-03T11:00"
    )


def test_of_two_zones_the_wider_refusal_is_named_once():
    # Monday 00:30 in São Paulo is still Sunday in Rio Branco
    answer = ask(
        BRAZIL, "2026-11-09T00:30", zones=(SAO_PAULO_ZONE, "America/Rio_Branco")
    )
    assert_refused(answer, "BR.WIN_WEEKDAY", "2026-11-09T10:00")


def test_zones_that_share_no_hour_go_to_a_person():
    short = RuleSet("X", windows=Window.weekly(PHONE, EVERY_DAY, "09:00", "12:00"))
    answer = ask(short, "2026-11-10T09:30", zones=("Asia/Tokyo", "Europe/Lisbon"))
    assert_refused(answer, "X.WIN_HOURS", None)


def test_without_any_rules_nothing_is_permitted():
    assert_refused(ask((), "2026-11-10T10:00"), "NO_RULES")


# --- waivers ---


def test_a_waived_limit_is_set_aside_and_nothing_else():
    past = [("2026-11-10T09:00", "phone", "no_answer")]
    waived = {"BR.LIM_DAY"}
    assert_allowed(ask(BRAZIL, "2026-11-10T15:00", past=past, waived=waived))
    assert_refused(
        ask(BRAZIL, "2026-11-10T19:00", past=past, waived=waived),
        "BR.WIN_HOURS",
        "2026-11-11T08:00",
    )


def test_waiving_a_holiday_does_not_waive_the_hours():
    waived = {"BR.WIN_HOLIDAY"}
    assert_allowed(ask(BRAZIL, "2026-11-20T10:00", waived=waived))
    assert_refused(
        ask(BRAZIL, "2026-11-20T20:00", waived=waived),
        "BR.WIN_HOURS",
        "2026-11-23T08:00",
    )


def test_a_waiver_of_one_set_leaves_the_same_rule_of_another():
    past = [("2026-11-10T09:00", "phone", "no_answer")] * 2
    answer = ask((BRAZIL, MINAS), "2026-11-10T15:00", past=past, waived={"BR.LIM_DAY"})
    assert_refused(answer, "BR-MG.LIM_DAY", "2026-11-11T09:00")


# --- the interval in which one may call ---


def interval(rulesets, text, zone=SAO_PAULO_ZONE, channel="phone", **kwargs):
    found = permitted_interval(
        rulesets, at=local(text, zone), channel=channel, zones=(zone,), **kwargs
    )
    return found and tuple(
        f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%dT%H:%M}" for moment in found
    )


def test_the_next_hours_in_which_one_may_call():
    both = (BRAZIL, SAO_PAULO)
    this_morning = ("2026-11-10T10:00", "2026-11-10T18:00")
    monday = ("2026-11-23T08:00", "2026-11-23T18:00")
    assert interval(both, "2026-11-10T10:00") == this_morning
    assert interval(both, "2026-11-20T10:00") == monday
    assert interval((SAO_PAULO,), "2026-11-21T09:00") == (
        "2026-11-21T09:00",
        "2026-11-21T14:00",
    )


def test_the_interval_ends_at_the_midnight_before_a_day_that_is_full():
    round_the_clock = RuleSet("X", limits=(Count("LIM_DAY", PHONE, 1),))
    tomorrow = [happened(SAO_PAULO_ZONE, "2026-11-11T15:00", "phone")]
    assert interval((round_the_clock,), "2026-11-10T10:00", reservations=tomorrow) == (
        "2026-11-10T10:00",
        "2026-11-11T00:00",
    )


def test_there_is_no_interval_under_an_endless_stop():
    stopped = Context(flags={"deceased": None})
    assert interval((BRAZIL,), "2026-11-10T10:00", context=stopped) is None


# --- clock changes ---


def test_on_the_night_the_us_clock_springs_forward_the_wall_clock_rules():
    # 8 March 2026: 02:00 becomes 03:00, so 08:00 is only eleven hours after 20:00
    assert_refused(
        ask(USA, "2026-03-08T07:59-04:00"), "US.WIN_HOURS", "2026-03-08T08:00-04:00"
    )
    assert_allowed(ask(USA, "2026-03-08T08:00-04:00"))


def test_chile_opens_by_the_new_clock_after_its_midnight_that_never_was():
    assert_refused(
        ask(CHILE, "2026-09-05T20:00-04:00"), "CL.WIN_HOURS", "2026-09-07T08:00-03:00"
    )


def test_a_limit_ends_at_the_first_moment_of_a_day_without_midnight():
    rules = RuleSet("X", limits=(Count("LIM_DAY", PHONE, 1),))
    past = [("2026-09-05T10:00", "phone", "no_answer")]
    answer = ask(rules, "2026-09-05T23:00", zone=SANTIAGO, past=past)
    assert_refused(answer, "X.LIM_DAY", "2026-09-06T01:00-03:00", SANTIAGO)


def test_a_window_that_begins_in_the_hour_that_never_was_opens_at_the_jump():
    rules = RuleSet("X", windows=Window.weekly(PHONE, [6], "02:30", "05:00"))
    answer = ask(rules, "2026-03-08T01:00-05:00", zone=NEW_YORK)
    assert_refused(answer, "X.WIN_HOURS", "2026-03-08T03:00-04:00", NEW_YORK)


def test_a_window_in_the_hour_that_comes_twice_opens_twice():
    # 1 November 2026: 02:00 becomes 01:00 again
    late = RuleSet("X", windows=Window.weekly(PHONE, [6], "01:30", "05:00"))
    early = RuleSet("X", windows=Window.weekly(PHONE, [6], "00:00", "01:30"))
    for rules, text, until in (
        (late, "2026-11-01T01:10-04:00", "2026-11-01T01:30-04:00"),
        (late, "2026-11-01T01:10-05:00", "2026-11-01T01:30-05:00"),
        (early, "2026-11-01T01:40-04:00", "2026-11-01T01:00-05:00"),
    ):
        answer = ask(rules, text, zone=NEW_YORK)
        assert_refused(answer, "X.WIN_HOURS", until, NEW_YORK)
    assert_allowed(ask(early, "2026-11-01T01:20-05:00", zone=NEW_YORK))


# --- what cannot be meant ---


def weekly(channels=PHONE, days=(0,), start="08:00", end="18:00"):
    return Window.weekly(channels, days, start, end)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: weekly(start="18:00", end="08:00"), "end: 08:00 is not after start"),
        (lambda: weekly(start="08:00", end="08:00"), "end: 08:00 is not after start"),
        (lambda: weekly(end="25:00"), "end: 1500 minutes.*at most 1440"),
        (lambda: weekly(start="24:00", end="24:00"), "start: 1440.*use 0 to 1439"),
        (lambda: weekly(end="6 pm"), "hour: '6 pm'.*like 08:30"),
        (lambda: weekly(days=(7,)), "weekday: 7 is unknown"),
        (lambda: weekly({"fax"}), "channels: 'fax' is unknown; use one of phone"),
        (lambda: weekly(()), "channels: empty"),
        (
            lambda: RuleSet("X", windows=weekly() + weekly(ALL, start="17:59")),
            "windows: two windows overlap on Monday for phone.*join them",
        ),
        (lambda: Count("LIM", PHONE, cap=0), "cap: 0 would forbid"),
        (lambda: Count("", PHONE, cap=1), "rule_id: empty"),
        (lambda: Count("LIM", PHONE, 1, "month"), "period: 'month' is unknown"),
        (lambda: Count("LIM", PHONE, 1, basis="ring"), "basis: 'ring' is unknown"),
        (lambda: Count("LIM", PHONE, 1, scope="firm"), "scope: 'firm' is unknown"),
        (
            lambda: Count("LIM", PHONE, 1, excluded_outcomes={"engaged"}),
            "excluded_outcomes: 'engaged' is unknown",
        ),
        (
            lambda: Count("LIM", PHONE, 1, "rolling_days", days=0),
            "days: 0 limits nothing",
        ),
        (lambda: Gap("LIM", PHONE, days=0), "days: 0 limits nothing"),
        (lambda: Cooldown("LIM", PHONE, days=-1), "days: -1 limits nothing"),
        (lambda: ExclusiveChannel("LIM", frozenset()), "channels: empty"),
        (lambda: Grace(0), "days: 0 limits nothing"),
        (lambda: Grace(5, "weeks"), "unit: 'weeks' is unknown"),
        (lambda: Block("RUDE"), "kind: 'RUDE' is unknown"),
        (lambda: Block("THIRD_PARTY"), "parties: empty"),
        (
            lambda: Block("THIRD_PARTY", parties=frozenset({"debtor"})),
            "parties: the debtor is no third party",
        ),
        (lambda: Block("PAID_CLAIM"), "days: less than 1"),
        (lambda: RuleSet(""), "code: empty"),
        (lambda: RuleSet("X", nature="law"), "nature: 'law' is unknown"),
        (lambda: RuleSet("X", week_start=7), "week_start: 7"),
        (
            lambda: RuleSet("X", limits=(Gap("L", PHONE, 1), Gap("L", ALL, 2))),
            "limits: a rule_id occurs twice",
        ),
        (lambda: Context(party="dog"), "party: 'dog' is unknown"),
        (lambda: Context(place="pub"), "place: 'pub' is unknown"),
        (lambda: Context(flags={"rich": None}), "flags: 'rich' is unknown"),
        (lambda: Context(debts=frozenset()), "debts: empty"),
        (lambda: Context(first_contact=True), "due_date: missing"),
        (
            lambda: Context(flags={"attorney": datetime(2026, 1, 1)}),
            r"flags\[attorney\]: .* has no time zone",
        ),
        (
            lambda: Context(
                **named_by_the_debtor("2026-03-15T21:00", "2026-03-15T20:00")
            ),
            "callback: ends before it starts",
        ),
        (
            lambda: Event(datetime(2026, 1, 1), "phone"),
            "at: .* has no time zone",
        ),
        (lambda: happened(BOGOTA, "2026-01-01", "fax"), "channel: 'fax' is unknown"),
        (
            lambda: happened(BOGOTA, "2026-01-01", "phone", "angry"),
            "outcome: 'angry' is unknown",
        ),
        (lambda: ask(BRAZIL, "2026-11-10", "fax"), "channel: 'fax' is unknown"),
        (lambda: ask(BRAZIL, "2026-11-10", zones=("Mars/Olympus",)), "zones: 'Mars"),
        (
            lambda: decide(
                [BRAZIL], at=local("2026-11-10", BOGOTA), channel="phone", zones=()
            ),
            "zones: empty",
        ),
        (
            lambda: decide(
                [BRAZIL], at=datetime(2026, 11, 10), channel="phone", zones=(BOGOTA,)
            ),
            "at: .* has no time zone",
        ),
    ],
)
def test_nonsense_is_refused_with_its_field_and_a_remedy(build, message):
    with pytest.raises(ValueError, match=message):
        build()


def test_windows_that_touch_do_not_overlap():
    touching = weekly(end="12:00") + weekly(start="12:00")
    assert_allowed(ask(RuleSet("X", windows=touching), "2026-11-09T12:00"))


# --- what holds for every set of rules, every clock, every history ---

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
QUARTER = timedelta(minutes=15)

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
    holidays=st.sampled_from([holidays_of("CO"), holidays_of("CL"), frozenset()]),
)
rule_sets = st.lists(
    st.one_of(st.sampled_from([*PRESETS.values()]), own_sets), min_size=1, max_size=3
)
hours = st.one_of(
    st.none(),
    st.sampled_from([AFTERNOON, SUNDAY_MORNING, Hours.between("0:30", "8:45")]),
)
contexts = st.builds(
    Context,
    party=st.sampled_from(PARTIES),
    preferred=hours,
    agreed=hours.map(lambda found: (found,) if found else ()),
)


@st.composite
def questions(draw, who=contexts):
    asked = draw(moments)
    near = st.integers(-15 * 96, 10 * 96).map(lambda n: asked + n * QUARTER)
    events = st.builds(
        Event,
        at=near,
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
        "context": draw(who),
        "history": [e for e in draw(st.lists(events, max_size=6)) if e.at <= asked],
        "reservations": draw(st.lists(events, max_size=2)),
    }


def is_allowed(question, at):
    return bool(decide(**{**question, "at": at}, find_next=False))


def assert_no_quarter_hour_is_allowed(question, until):
    moment = question["at"].replace(minute=0, second=0, microsecond=0)
    while (moment := moment + QUARTER) < until:
        assert moment <= question["at"] or not is_allowed(question, moment), moment


@settings(max_examples=80, deadline=None)
@given(questions())
def test_next_allowed_is_later_is_allowed_and_is_the_first(question):
    answer = decide(**question)
    if answer.allowed:
        assert answer.next_allowed is None
        return
    sixty_days_on = question["at"] + timedelta(days=60)
    first = answer.next_allowed
    if first is not None:
        assert first > question["at"]
        assert is_allowed(question, first)
        assert not is_allowed(question, first - timedelta(seconds=1))
    elif any(".BLK_" in code for code in answer.codes.split("+")):
        sixty_days_on = question["at"] + timedelta(days=2)
    assert_no_quarter_hour_is_allowed(
        question, min(first or sixty_days_on, sixty_days_on)
    )


@pytest.mark.parametrize("rules", PRESETS.values(), ids=lambda rules: rules.code)
@pytest.mark.parametrize("turn", TURNS, ids=lambda turn: f"{turn:%Y-%m-%d}")
def test_every_preset_crosses_clock_changes_and_years_to_the_first_quarter(rules, turn):
    country = rules.code.partition("-")[0]
    zone = {"DE": "Europe/Berlin", "AR": "America/Buenos_Aires"}.get(country)
    zone = zone or HOME_OF.get(country, SAO_PAULO_ZONE)
    question = {
        "rulesets": (rules,),
        "at": turn + timedelta(hours=22),
        "channel": "phone",
        "zones": (zone,),
        "history": [Event(turn + timedelta(hours=16), "phone", "conversation")],
    }
    answer = decide(**question)
    if not answer.allowed:
        assert is_allowed(question, answer.next_allowed)
        assert_no_quarter_hour_is_allowed(question, answer.next_allowed)


@settings(max_examples=60, deadline=None)
@given(questions(who=st.just(Context())))
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
@example(SAO_PAULO, TURNS[0], "phone", SAO_PAULO_ZONE)
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


def test_a_decision_takes_at_most_a_fifth_of_a_millisecond():
    past = [
        happened(SAO_PAULO_ZONE, f"2026-11-0{day}T10:00", "phone", "no_answer")
        for day in (2, 3, 4)
    ]
    question = {
        "rulesets": (BRAZIL, SAO_PAULO, HOUSE),
        "at": local("2026-11-10T10:00", SAO_PAULO_ZONE),
        "channel": "phone",
        "zones": (SAO_PAULO_ZONE,),
        "history": past,
    }
    best = min(_seconds_of_hundred(question) for _ in range(5))
    assert best / 100 <= 0.0002


def _seconds_of_hundred(question):
    start = perf_counter()
    for _ in range(100):
        assert decide(**question).allowed
    return perf_counter() - start
