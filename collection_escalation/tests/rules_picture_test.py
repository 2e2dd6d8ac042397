"""One picture of the debt, in plain Python."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from ..rules.business_days import Calendar, is_business_day
from ..rules.picture import Standing, divide, quiet_until

standings = st.builds(
    Standing,
    key=st.integers(1, 50),
    open=st.integers(-5, 50).map(Decimal),
    currency=st.sampled_from(["USD", "BRL"]),
    addressee=st.integers(1, 3),
    ripe=st.booleans(),
    withheld=st.booleans(),
)
ledgers = st.lists(standings, max_size=12, unique_by=lambda item: item.key)


@given(ledgers)
def test_over_all_addressees_each_item_is_listed_once_or_withheld(items):
    listed = [key for who in (1, 2, 3) for key in divide(items, (), who)]
    assert sorted(listed) == sorted(
        item.key for item in items if not item.withheld and item.open > 0
    )


@given(ledgers, st.sets(st.integers(1, 50)))
def test_only_the_items_of_the_step_make_a_step(items, steps):
    found = divide(items, steps, 1)
    assert {key for key, part in found.items() if part == "step"} <= steps
    asked = {item.key for item in items if item.is_asked_for}
    assert {key for key, part in found.items() if part == "also"} <= asked
    info = {key for key, part in found.items() if part == "info"}
    assert not info & asked


def test_the_quiet_days_are_business_days_of_the_customer():
    friday, carnival = date(2026, 2, 13), frozenset({date(2026, 2, 17)})
    # Mon 16, (Tue 17 is a holiday), Wed 18, Thu 19, Fri 20
    assert quiet_until(friday, 4, Calendar(carnival)) == date(2026, 2, 20)
    assert quiet_until(None, 4, Calendar()) is None


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(1, 30))
def test_the_first_day_after_quiet_days_is_a_business_day_after_the_last(last, days):
    found = quiet_until(last, days, Calendar())
    assert found > last
    assert is_business_day(found, Calendar())
