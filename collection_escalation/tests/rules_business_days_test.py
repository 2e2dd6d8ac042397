"""Business days: what the effective due date is, and how days are counted."""

from datetime import date, timedelta

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ..rules.business_days import (
    Calendar,
    add_business_days,
    add_days,
    business_days_between,
    is_business_day,
    shift,
    shift_to_business_day,
)

NO_HOLIDAYS = Calendar()
BRAZIL = Calendar(frozenset(holidays.country_holidays("BR", years=range(2024, 2028))))
COLOMBIA = Calendar(
    frozenset(holidays.country_holidays("CO", years=range(2024, 2028), observed=True))
)
SUNDAY_TO_THURSDAY = Calendar(weekend=frozenset({4, 5}))

FRIDAY, SATURDAY, SUNDAY = date(2026, 11, 6), date(2026, 11, 7), date(2026, 11, 8)
MONDAY, TUESDAY = date(2026, 11, 9), date(2026, 11, 10)

days = st.dates(date(2025, 1, 1), date(2026, 12, 31))
calendars = st.builds(
    Calendar,
    holidays=st.frozensets(st.dates(date(2024, 12, 1), date(2027, 6, 1)), max_size=60),
    weekend=st.frozensets(st.integers(0, 6), max_size=5),
)
counts = st.integers(1, 40)


# --- the effective due date ---


def test_a_due_date_on_a_business_day_stays():
    assert shift_to_business_day(TUESDAY, NO_HOLIDAYS) == TUESDAY


def test_a_due_date_on_a_weekend_moves_to_monday():
    assert shift_to_business_day(SATURDAY, NO_HOLIDAYS) == MONDAY
    assert shift_to_business_day(SUNDAY, NO_HOLIDAYS) == MONDAY


def test_a_due_date_on_black_awareness_day_moves_over_the_weekend():
    assert shift_to_business_day(date(2026, 11, 20), BRAZIL) == date(2026, 11, 23)


def test_saint_josephs_monday_is_no_business_day_in_colombia():
    assert shift_to_business_day(date(2026, 3, 21), COLOMBIA) == date(2026, 3, 24)


def test_new_year_carries_a_due_date_into_the_next_year():
    assert shift_to_business_day(date(2026, 1, 1), BRAZIL) == date(2026, 1, 2)
    assert shift_to_business_day(date(2026, 12, 26), BRAZIL) == date(2026, 12, 28)


def test_the_weekend_of_the_country_counts_not_ours():
    assert not is_business_day(FRIDAY, SUNDAY_TO_THURSDAY)
    assert is_business_day(SUNDAY, SUNDAY_TO_THURSDAY)
    assert shift_to_business_day(FRIDAY, SUNDAY_TO_THURSDAY) == SUNDAY


# --- n business days ---


@pytest.mark.parametrize(
    ("start", "n", "expected"),
    [
        (FRIDAY, 1, MONDAY),
        (FRIDAY, 5, date(2026, 11, 13)),
        (SATURDAY, 1, MONDAY),  # the Saturday does not count, Monday is the first
        (SATURDAY, 5, date(2026, 11, 13)),
        (MONDAY, -1, FRIDAY),
        (SUNDAY, -1, FRIDAY),
        (TUESDAY, -2, FRIDAY),
        (TUESDAY, 0, TUESDAY),
        (SATURDAY, 0, MONDAY),  # none after: the effective date itself
    ],
)
def test_the_day_it_starts_from_does_not_count(start, n, expected):
    assert add_business_days(start, n, NO_HOLIDAYS) == expected


def test_five_business_days_over_a_holiday_take_one_day_more():
    before_black_awareness_day = date(2026, 11, 16)
    assert add_business_days(before_black_awareness_day, 5, BRAZIL) == date(
        2026, 11, 24
    )


def test_five_business_days_over_the_turn_of_the_year():
    # Tue 29, Wed 30, Thu 31 December, (Fri 1 January), Mon 4, Tue 5
    assert add_business_days(date(2026, 12, 28), 5, BRAZIL) == date(2027, 1, 5)


def test_the_unit_decides_which_days_are_counted():
    assert add_days(FRIDAY, 5, "calendar", NO_HOLIDAYS) == date(2026, 11, 11)
    assert add_days(FRIDAY, 5, "business", NO_HOLIDAYS) == date(2026, 11, 13)
    assert add_days(FRIDAY, -7, "calendar", NO_HOLIDAYS) == date(2026, 10, 30)


def test_an_unknown_unit_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match=r"unit: 'weeks'.*'calendar' or 'business'"):
        add_days(FRIDAY, 1, "weeks", NO_HOLIDAYS)


def test_between_counts_the_end_and_not_the_start():
    assert business_days_between(FRIDAY, FRIDAY, NO_HOLIDAYS) == 0
    assert business_days_between(FRIDAY, SUNDAY, NO_HOLIDAYS) == 0
    assert business_days_between(FRIDAY, MONDAY, NO_HOLIDAYS) == 1
    assert business_days_between(SUNDAY, MONDAY, NO_HOLIDAYS) == 1
    assert business_days_between(MONDAY, FRIDAY, NO_HOLIDAYS) == -1


# --- what cannot be ---


def test_a_calendar_of_weekends_only_is_refused():
    with pytest.raises(ValueError, match=r"weekend: all seven days"):
        Calendar(weekend=frozenset(range(7)))


def test_a_weekday_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match=r"weekend: \[7\].*0 \(Mon\) to 6 \(Sun\)"):
        Calendar(weekend=frozenset({6, 7}))


def test_a_year_and_more_of_holidays_is_an_error_not_an_endless_loop():
    closed = Calendar(frozenset(MONDAY + timedelta(n) for n in range(500)))
    with pytest.raises(ValueError, match=r"holidays: no business day within 366"):
        shift_to_business_day(MONDAY, closed)
    with pytest.raises(ValueError, match=r"holidays: no business day within 366"):
        add_business_days(FRIDAY, 1, closed)


# --- what holds for every calendar ---


@given(days, calendars)
def test_the_effective_date_is_the_first_business_day_not_before(day, cal):
    shifted = shift_to_business_day(day, cal)
    assert shifted >= day
    assert is_business_day(shifted, cal)
    between = ((day + timedelta(n)) for n in range((shifted - day).days))
    assert not any(is_business_day(skipped, cal) for skipped in between)
    assert shift_to_business_day(shifted, cal) == shifted


@given(days, counts, calendars)
def test_n_days_later_there_are_n_business_days_between(start, n, cal):
    assert business_days_between(start, add_business_days(start, n, cal), cal) == n


@given(days, st.integers(-40, 40), calendars)
def test_from_a_business_day_adding_and_counting_are_inverse(day, n, cal):
    start = shift_to_business_day(day, cal)
    end = add_business_days(start, n, cal)
    assert business_days_between(start, end, cal) == n
    assert add_business_days(end, -n, cal) == start


@given(days, st.integers(-40, 40), calendars)
def test_the_result_is_a_business_day_on_the_right_side(start, n, cal):
    end = add_business_days(start, n, cal)
    assert is_business_day(end, cal)
    assert end > start if n > 0 else end < start if n < 0 else end >= start


@given(days, days, st.integers(-20, 20), calendars)
def test_a_later_start_never_ends_earlier(one, other, n, cal):
    first, last = sorted((one, other))
    assert add_business_days(first, n, cal) <= add_business_days(last, n, cal)


@given(days, st.integers(-40, 39), calendars)
def test_one_day_more_ends_later(day, n, cal):
    start = shift_to_business_day(day, cal)
    assert add_business_days(start, n, cal) < add_business_days(start, n + 1, cal)


@given(days, counts, counts, calendars)
def test_two_stretches_are_as_long_as_their_sum(start, a, b, cal):
    for sign in (1, -1):
        halfway = add_business_days(start, sign * a, cal)
        assert add_business_days(halfway, sign * b, cal) == add_business_days(
            start, sign * (a + b), cal
        )


@given(days, days, days, calendars)
def test_counts_of_stretches_add_up_in_any_order(a, b, c, cal):
    through = business_days_between(a, b, cal) + business_days_between(b, c, cal)
    assert through == business_days_between(a, c, cal)


@given(days, days, calendars)
def test_counting_agrees_with_looking_at_every_day(a, b, cal):
    start, end = sorted((a, b))
    every = (start + timedelta(n + 1) for n in range((end - start).days))
    expected = sum(is_business_day(day, cal) for day in every)
    assert business_days_between(start, end, cal) == expected
    assert business_days_between(end, start, cal) == -expected


# --- the end of time ---

NEVER = date(9999, 12, 31)


def test_dates_saturate_at_the_last_day_there_is():
    """Somebody writes 9999-12-31, a Friday, for an invoice that is never due."""
    assert shift(NEVER, 1) == NEVER
    assert shift(date(2026, 3, 2), 10**9) == NEVER
    assert shift(date(1, 1, 2), -5) == date(1, 1, 1)
    for unit in ("calendar", "business"):
        assert add_days(NEVER, 5, unit, NO_HOLIDAYS) == NEVER
        assert add_days(date(1, 1, 1), -5, unit, NO_HOLIDAYS) == date(1, 1, 1)
    assert add_business_days(NEVER, -1, NO_HOLIDAYS) == date(9999, 12, 30)


def test_a_holiday_on_the_last_day_moves_nothing_beyond_it():
    closed = Calendar(frozenset({NEVER}))
    assert shift_to_business_day(NEVER, closed) == NEVER
    assert add_business_days(date(9999, 12, 30), 1, closed) == NEVER


def test_thousands_of_years_are_counted_by_weeks():
    """2026-03-02 is a Monday: 10 weeks and a day are 51 business days. To the last day
    are 2,912,384 days: 416,054 weeks of 5, and Tuesday to Sunday, of which 4 count."""
    start = date(2026, 3, 2)
    end = start + timedelta(71)
    assert business_days_between(start, end, NO_HOLIDAYS) == 51
    assert business_days_between(start, NEVER, NO_HOLIDAYS) == 416054 * 5 + 4


@given(days, days, calendars)
def test_counting_by_weeks_is_counting_one_by_one(a, b, cal):
    start, end = min(a, b), max(a, b)
    one_by_one = sum(
        is_business_day(start + timedelta(i), cal)
        for i in range(1, (end - start).days + 1)
    )
    assert business_days_between(start, end, cal) == one_by_one
