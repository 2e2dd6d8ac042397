"""Who may be contacted when: one sentence per rule, in the order of `rules/contact_*`.

The sets are those that are shipped (`contact_presets`), and made-up ones where a rule
has an edge that no country has. The table of the law: rules_contact_presets_test.py.
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from ..rules.contact_question import Question
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
from ..rules.contact_ruleset import where_busy_lines_are_redialled
from .contact_presets import every_preset, preset
from .contact_questions import (
    ALL,
    BOGOTA,
    EVERY_DAY,
    INTERACTIVE,
    NEW_YORK,
    PHONE,
    SANTIAGO,
    SAO_PAULO_ZONE,
    STRANGERS,
    WORKWEEK,
    ask,
    assert_allowed,
    assert_refused,
    happened,
    local,
)

BRAZIL, SAO_PAULO, MINAS = preset("BR"), preset("BR-SP"), preset("BR-MG")
COLOMBIA, CHILE, PERU = preset("CO"), preset("CL"), preset("PE")
USA, UK = preset("US"), preset("UK")
#: House rules as a company may write them: a wait before the first contact, and a busy
#: line may be dialled again.
HOUSE = RuleSet(
    code="HOUSE",
    version="1",
    nature="house",
    windows=Window.weekly(INTERACTIVE, WORKWEEK, "08:00", "18:00"),
    limits=(Count("LIM_DAY", INTERACTIVE, cap=1, excluded_outcomes={"busy"}),),
    grace=Grace(5),
    holidays=COLOMBIA.holidays,
)


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


def test_where_a_house_redials_prudent_customs_follow_and_the_law_does_not():
    """Three dials a day in Minas Gerais: the country's custom and the house let the
    third pass, the law of two calls a day does not."""
    calls = Count("LIM_DAY", PHONE, cap=1)
    house = RuleSet("HOUSE", nature="house", limits=(calls,), redials=True)
    busy = [
        ("2026-11-10T09:00", "phone", "busy"),
        ("2026-11-10T09:05", "phone", "busy"),
    ]
    together = where_busy_lines_are_redialled((BRAZIL, MINAS, house))
    answer = ask(together, "2026-11-10T09:10", past=busy)
    assert_refused(answer, "BR-MG.LIM_DAY", "2026-11-11T09:00")
    assert_allowed(ask(together, "2026-11-10T09:10", past=busy[:1]))
    answer = ask((BRAZIL, MINAS), "2026-11-10T09:10", past=busy[:1])
    assert_refused(answer, "BR.LIM_DAY", "2026-11-11T09:00")


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


def test_a_call_from_the_debtor_uses_up_no_quota():
    past = [("2026-11-10T09:00", "phone", "conversation", {"direction": "in"})]
    assert_allowed(ask(BRAZIL, "2026-11-10T15:00", past=past))


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


def test_a_call_back_is_no_attempt():
    past = [("2026-11-10T09:00", "phone", "conversation", {"consented": True})]
    planned = [("2026-11-10T16:00", "phone", "planned", {"consented": True})]
    assert_allowed(ask(BRAZIL, "2026-11-10T15:00", past=past, planned=planned))


def test_talking_at_a_call_back_is_a_contact_where_the_law_counts_contacts():
    called = [("2026-03-10T09:00", "phone", "conversation", {"consented": True})]
    zone = {"zone": BOGOTA}
    answer = ask(COLOMBIA, "2026-03-10T15:00", past=called, **zone)
    assert_refused(answer, "CO.LIM_DAY", "2026-03-11T07:00")
    answer = ask(COLOMBIA, "2026-03-12T10:00", "sms", past=called, **zone)
    assert_refused(answer, "CO.LIM_CHANNEL_EXCLUSIVE", "2026-03-16T07:00")


def test_the_slot_of_a_planned_call_back_is_kept_where_the_law_counts_contacts():
    planned = [("2026-03-10T16:00", "phone", "planned", {"consented": True})]
    answer = ask(COLOMBIA, "2026-03-10T10:00", planned=planned, zone=BOGOTA)
    assert_refused(answer, "CO.LIM_DAY", "2026-03-11T07:00")


@pytest.mark.parametrize("name", ["opt_out", "authorised"])
def test_a_channel_that_nobody_knows_is_no_permission(name):
    with pytest.raises(ValueError, match=f"{name}: 'e-mail' is unknown"):
        Context(**{name: frozenset({"e-mail"})})


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
    for rules in every_preset():
        for channel in CHANNELS:
            answer = ask(
                rules, "2026-11-10T10:00", channel, flags={flag: None}, find_next=False
            )
            assert f"{rules.code}.{code}" in answer.codes


def test_an_opt_out_stops_its_channel_in_every_country():
    for rules in every_preset():
        answer = ask(rules, "2026-11-10T10:00", "sms", opt_out=frozenset({"sms"}))
        assert_refused(answer, f"{rules.code}.BLK_OPT_OUT")


def test_with_an_attorney_only_the_attorney_may_be_contacted():
    flags = {"attorney": None}
    assert_refused(ask(USA, "2026-06-02T10:00", flags=flags), "US.BLK_ATTORNEY")
    assert_allowed(ask(USA, "2026-06-02T10:00", flags=flags, party="attorney"))


def test_a_guarantor_is_nobodys_third_party():
    for rules in every_preset():
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


def test_what_became_of_the_debtor_does_not_stop_contacts_with_a_guarantor():
    for flag in ("deceased", "insolvency", "over_indebted"):
        flags = {"flags": {flag: None}}
        rule = f"BR.BLK_{flag.upper()}"
        assert_refused(ask(BRAZIL, "2026-11-10T10:00", **flags), rule)
        assert_allowed(ask(BRAZIL, "2026-11-10T10:00", party="guarantor", **flags))
    written = {"flags": {"cease_written": None}, "party": "guarantor"}
    assert_refused(ask(BRAZIL, "2026-11-10T10:00", **written), "BR.BLK_CEASE")


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
        "BR@1+BR-SP@1+HOUSE@1"
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


@pytest.mark.parametrize("first", ["2026-03-06", "2026-06-02", "2026-10-30"])
def test_many_zones_allow_what_each_of_them_allows(first):
    """Arizona has Denver's clock in winter, Los Angeles' in summer; the clocks of the
    others jump on 8 March and 1 November."""
    west = ("America/Denver", "America/Phoenix", "America/Los_Angeles")
    zones = (*west, "America/Boise", "America/Tijuana")
    asked = local(f"{first}T00:00", west[0])
    for hour in range(24 * 4):
        moment = (asked + timedelta(hours=hour)).astimezone(ZoneInfo("UTC")).isoformat()
        each = [ask(USA, moment, zones=(zone,)).allowed for zone in zones]
        assert ask(USA, moment, zones=zones).allowed == all(each), moment


def test_zones_that_agree_now_count_apart_where_they_will_not():
    """Phoenix has the clock of Los Angeles in summer: from 15 September the next 90 days
    reach into November, on 20 November the last 45 days do into October."""
    pair = ("America/Los_Angeles", "America/Phoenix")
    asked = {"2026-06-02": 1, "2026-09-15": 2, "2026-11-20": 2}
    for day, count in asked.items():
        at = local(f"{day}T12:00", pair[0])
        assert len(Question([USA], at=at, channel="phone", zones=pair).zones) == count


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
