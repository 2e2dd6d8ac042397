"""The ladder: where an item stands, which step is due, and when to look again.

First the sentences, then whole lives: random plans are lived day by day with contacts
that take a while, answers, pauses and a manager who comes when he comes.
"""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ..rules.business_days import Calendar, add_business_days
from ..rules.decision import Reason
from ..rules.stages import (
    LEVELS,
    Item,
    Ladder,
    Mark,
    Rung,
    Step,
    effective_due,
    resolve,
    trigger_date,
)

CAL = Calendar(frozenset({date(2026, 4, 3)}))  # Good Friday
DUE = date(2026, 3, 2)  # a Monday
DAY = timedelta(days=1)

COURTESY = Rung(1, "pre_due", -3, "business", steps=(Step(11, 0),))
FRIENDLY = Rung(
    2,
    "friendly",
    5,
    "business",
    steps=(Step(21, 0), Step(22, 3), Step(23, 6, only_if_not_reached=True)),
)
FIRM = Rung(3, "firm", 15, "business", min_stay=7, steps=(Step(31, 0), Step(32, 5)))
FORMAL = Rung(4, "formal", 45, min_stay=10, gate="manager", steps=(Step(41, 0),))
LEGAL = Rung(5, "legal", 90, min_stay=10, gate="manager", steps=(Step(51, 0),))
LOSS = Rung(6, "loss", 180, gate="manager")
PLAN = Ladder((COURTESY, FRIENDLY, FIRM, FORMAL, LEGAL, LOSS))
JUMPING = replace(PLAN, catch_up="jump")


def look(item, today, plan=PLAN, cal=CAL, **kwargs):
    return resolve(item, plan, date.fromisoformat(today), cal, **kwargs)


def standing(rung, since, *marks, **kwargs):
    """An item on ``rung``; marks are (step, day) made, or (step, day, True) open."""
    return Item(
        due=kwargs.pop("due", DUE),
        rung_id=rung.id,
        level=rung.level,
        since=date.fromisoformat(since),
        marks=tuple(Mark(m[0], date.fromisoformat(m[1]), *m[2:]) for m in marks),
        **kwargs,
    )


# --- the plan itself ---


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Rung(1, "rude", 5), "level 'rude': use one of pre_due"),
        (lambda: Rung(1, "firm", 5, gate="nobody"), "gate 'nobody': use 'auto'"),
        (lambda: Rung(1, "firm", -1), "trigger -1 of level firm"),
        (lambda: Rung(1, "pre_due", 0), "trigger 0: the courtesy stage"),
        (lambda: Ladder((FIRM, FRIENDLY)), "stages out of order: put them as pre_due"),
        (lambda: Ladder((FIRM, replace(FIRM, id=9))), "stages out of order"),
        (lambda: Ladder((FIRM,), catch_up="leap"), "catch_up 'leap'"),
    ],
)
def test_a_plan_that_cannot_be_meant_is_refused(build, message):
    with pytest.raises(ValueError, match=message):
        build()


# --- when a rung is reached ---


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        ("2026-03-02", "2026-03-09"),
        ("2026-02-28", "2026-03-09"),  # a Saturday: due on Monday 2
        ("2026-03-27", "2026-04-06"),  # over Good Friday
        ("2026-04-03", "2026-04-13"),  # due on Good Friday: due on Monday 6
    ],
)
def test_friendly_starts_on_the_fifth_business_day_after_the_effective_due_date(
    due, expected
):
    item, first_day = Item(date.fromisoformat(due)), date.fromisoformat(expected)
    before = look(item, str(first_day - DAY))
    on_the_day = look(item, expected)
    assert (before.rung_id, before.step_id) == (None, None)
    assert (on_the_day.rung_id, on_the_day.step_id) == (FRIENDLY.id, 21)
    assert on_the_day.moved
    assert on_the_day.since == first_day
    assert look(item, due).next_date == first_day


def test_an_invoice_that_reached_the_debtor_late_counts_from_its_arrival():
    late = Item(DUE, grace_from=date(2026, 3, 18))
    assert effective_due(DUE, CAL, date(2026, 3, 18)) == date(2026, 3, 18)
    assert look(late, "2026-03-24").rung_id is None
    assert look(late, "2026-03-25").rung_id == FRIENDLY.id


def test_a_copy_that_arrived_before_the_due_date_changes_nothing():
    early = Item(DUE, grace_from=date(2026, 2, 20))
    assert look(early, "2026-03-06").rung_id is None
    assert look(early, "2026-03-09").rung_id == FRIENDLY.id


def test_courtesy_comes_three_business_days_before():
    item = Item(DUE)
    assert look(item, "2026-02-24").next_date == date(2026, 2, 25)
    found = look(item, "2026-02-25")
    assert (found.rung_id, found.step_id) == (COURTESY.id, 11)


def test_who_is_past_due_skips_courtesy():
    assert look(Item(DUE), "2026-03-02").rung_id is None
    assert look(Item(DUE), "2026-03-20").rung_id == FRIENDLY.id


def test_a_courtesy_that_was_not_sent_in_time_is_not_sent_late():
    courteous = standing(COURTESY, "2026-02-25")
    on_due_date = look(courteous, "2026-03-02")
    assert (on_due_date.rung_id, on_due_date.step_id) == (COURTESY.id, None)
    assert on_due_date.next_date == date(2026, 3, 9)


def test_a_due_date_moved_by_a_holiday_leaves_time_for_courtesy():
    good_friday = Item(date(2026, 4, 3))
    assert look(good_friday, "2026-04-05").step_id is None  # not entered on Sunday …
    assert look(good_friday, "2026-04-01").step_id == 11  # … but since Wednesday


# --- the steps of a rung ---


def test_the_next_step_keeps_its_offset_from_the_day_of_entry():
    waiting = standing(FRIENDLY, "2026-03-09", (21, "2026-03-09"))
    assert look(waiting, "2026-03-11").step_id is None
    assert look(waiting, "2026-03-11").next_date == date(2026, 3, 12)
    assert look(waiting, "2026-03-12").step_id == 22


def test_a_delayed_step_pushes_the_ones_behind_it():
    delayed = standing(FRIENDLY, "2026-03-09", (21, "2026-03-16"))
    assert look(delayed, "2026-03-18").step_id is None
    assert look(delayed, "2026-03-19").step_id == 22


def test_two_steps_of_the_same_offset_come_on_two_days():
    twice = Ladder((replace(FRIENDLY, steps=(Step(21, 0), Step(22, 0))),))
    one_made = standing(FRIENDLY, "2026-03-09", (21, "2026-03-09"))
    assert look(one_made, "2026-03-09", twice).step_id is None
    assert look(one_made, "2026-03-09", twice).next_date == date(2026, 3, 10)
    assert look(one_made, "2026-03-10", twice).step_id == 22


def test_steps_of_the_same_offset_come_in_their_sequence():
    steps = (Step(21, 0, sequence=20), Step(22, 0, sequence=10), Step(23, 1))
    ladder = Ladder((replace(FRIENDLY, steps=steps),))
    assert look(standing(FRIENDLY, "2026-03-09"), "2026-03-09", ladder).step_id == 22
    running = standing(FRIENDLY, "2026-03-09", (22, "2026-03-09", True))
    assert look(running, "2026-03-20", ladder).step_id is None
    over = standing(FRIENDLY, "2026-03-09", (22, "2026-03-20"))
    assert look(over, "2026-03-20", ladder).next_date == date(2026, 3, 23)
    assert look(over, "2026-03-23", ladder).step_id == 21
    both = standing(FRIENDLY, "2026-03-09", (22, "2026-03-09"), (21, "2026-03-20"))
    assert look(both, "2026-03-20", ladder).next_date == date(2026, 3, 23)
    assert look(both, "2026-03-23", ladder).step_id == 23


def test_after_downtime_only_one_step_is_due():
    found = look(standing(FRIENDLY, "2026-03-09"), "2026-06-01")
    assert found.step_id == 21
    assert not found.moved


def test_while_a_contact_is_on_its_way_nothing_else_is_due_and_nothing_moves():
    on_its_way = standing(FRIENDLY, "2026-03-09", (21, "2026-03-09", True))
    found = look(on_its_way, "2026-05-04")
    assert (found.rung_id, found.step_id, found.moved) == (FRIENDLY.id, None, False)
    assert found.next_date == date(2026, 5, 11)


def test_a_step_for_the_unreached_is_left_out_once_the_debtor_talked():
    both_made = (21, "2026-03-09"), (22, "2026-03-12")
    silent = standing(FRIENDLY, "2026-03-09", *both_made)
    talked = replace(silent, reached=True)
    assert look(silent, "2026-03-17").step_id == 23
    assert look(talked, "2026-03-17").step_id is None
    assert look(silent, "2026-03-23").rung_id == FRIENDLY.id
    assert look(talked, "2026-03-23").rung_id == FIRM.id


# --- climbing ---

ALL_FRIENDLY = (21, "2026-03-09"), (22, "2026-03-12"), (23, "2026-03-17")


def test_the_friendly_means_are_exhausted_before_the_firm_ones():
    one_left = standing(FRIENDLY, "2026-03-09", *ALL_FRIENDLY[:2])
    assert look(one_left, "2026-06-01").rung_id == FRIENDLY.id
    assert look(one_left, "2026-06-01").step_id == 23
    done = standing(FRIENDLY, "2026-03-09", *ALL_FRIENDLY)
    assert look(done, "2026-06-01").rung_id == FIRM.id


def test_firm_waits_for_the_stay_below_although_the_age_is_there():
    late = standing(
        FRIENDLY, "2026-05-04", (21, "2026-05-04"), (22, "2026-05-07"), reached=True
    )
    assert look(late, "2026-05-10").rung_id == FRIENDLY.id
    assert look(late, "2026-05-10").next_date == date(2026, 5, 11)
    assert look(late, "2026-05-11").rung_id == FIRM.id


def test_after_downtime_one_at_a_time_climbs_one_rung():
    found = look(Item(DUE), "2026-12-01")
    assert found.trail == (FRIENDLY.id,)
    assert found.step_id == 21


def test_after_downtime_jump_climbs_to_the_rung_of_its_age_but_not_past_a_person():
    found = look(Item(DUE), "2026-12-01", JUMPING)
    assert found.trail == (FRIENDLY.id, FIRM.id)
    assert (found.rung_id, found.step_id) == (FIRM.id, 31)
    assert look(Item(DUE), "2026-03-10", JUMPING).trail == (FRIENDLY.id,)


def test_even_a_jump_does_not_leave_a_rung_that_has_steps_to_come():
    started = standing(FRIENDLY, "2026-03-09", (21, "2026-03-09"))
    assert look(started, "2026-12-01", JUMPING).rung_id == FRIENDLY.id


# --- gates ---

ALL_FIRM = (31, "2026-03-23"), (32, "2026-03-30")


def test_formal_waits_for_its_date_and_then_for_the_manager():
    firm = standing(FIRM, "2026-03-23", *ALL_FIRM)
    before = look(firm, "2026-04-15")
    assert (before.next_date, before.waits_for) == (date(2026, 4, 16), None)
    after = look(firm, "2026-04-16")
    assert (after.rung_id, after.next_date) == (FIRM.id, None)
    assert (after.waits_for, after.reason.code) == ("manager", "WAITS_FOR_MANAGER")
    assert after.reason.arg("level") == "formal"


def test_an_approved_rung_is_entered_and_only_that_one():
    approved = standing(FIRM, "2026-03-23", *ALL_FIRM, approved_id=FORMAL.id)
    assert look(approved, "2026-04-15").next_date == date(2026, 4, 16)
    found = look(approved, "2026-04-16")
    assert (found.rung_id, found.step_id) == (FORMAL.id, 41)
    formal = standing(FORMAL, "2026-04-16", (41, "2026-04-16"), approved_id=FORMAL.id)
    assert look(formal, "2026-12-01").waits_for == "manager"


def test_an_approval_does_not_skip_the_steps_below():
    early = standing(FIRM, "2026-03-23", ALL_FIRM[0], approved_id=FORMAL.id)
    assert look(early, "2026-06-01").step_id == 32


def test_at_the_end_of_the_ladder_a_person_owes_the_next_action():
    found = look(standing(LOSS, "2026-09-01"), "2026-12-01")
    assert (found.rung_id, found.next_date) == (LOSS.id, None)
    assert (found.waits_for, found.reason.code) == ("manager", "LADDER_END")


# --- put off ---

LATER = {"put_off": 4, "put_off_reason": Reason.of("PATIENCE")}


def test_a_rung_that_is_put_off_opens_later_and_says_why():
    item = Item(DUE, **LATER)
    found = look(item, "2026-03-09")
    assert (found.moved, found.next_date) == (False, date(2026, 3, 13))
    assert found.reason.code == "WAITS_FOR_TRIGGER"
    assert found.reason.arg("on") == date(2026, 3, 13)
    assert found.reason.arg("because") == (Reason.of("PATIENCE"),)
    assert look(item, "2026-03-13").rung_id == FRIENDLY.id


def test_a_rung_that_was_entered_is_not_left_when_it_is_put_off():
    item = standing(FRIENDLY, "2026-03-09", **LATER)
    found = look(item, "2026-03-09")
    assert (found.rung_id, found.moved, found.step_id) == (FRIENDLY.id, False, 21)


def test_a_courtesy_note_is_not_put_off():
    found = look(Item(DUE, **LATER), "2026-02-25")
    assert (found.rung_id, found.step_id) == (COURTESY.id, 11)
    assert look(Item(DUE, **LATER), "2026-02-20").reason.arg("because") is None


def test_a_manager_is_not_asked_before_the_day_to_which_it_is_put_off():
    marks = ((31, "2026-03-23"), (32, "2026-03-30"))
    item = standing(FIRM, "2026-03-23", *marks, **LATER)
    found = look(item, "2026-04-16")  # 45 days
    assert (found.waits_for, found.next_date) == (None, date(2026, 4, 20))
    assert look(item, "2026-04-20").waits_for == "manager"


def test_with_jump_every_rung_on_the_way_is_put_off():
    item = Item(DUE, **LATER)
    assert look(item, "2026-03-26", JUMPING).rung_id == FRIENDLY.id  # firm: 23 + 4
    assert look(item, "2026-03-27", JUMPING).rung_id == FIRM.id


def test_what_puts_off_less_than_the_stay_below_is_not_said():
    item = standing(FRIENDLY, "2026-03-25", (21, "2026-03-25"), **LATER)
    found = look(replace(item, reached=True), "2026-03-31")
    assert found.reason.arg("on") == date(2026, 4, 1)
    assert found.reason.arg("because") is None


# --- not chasing ---


def test_an_item_withheld_stays_where_it_is_and_is_looked_at_tomorrow():
    paused = Reason.of("HOLD")
    found = look(
        standing(FRIENDLY, "2026-03-09", *ALL_FRIENDLY), "2026-06-01", withheld=paused
    )
    assert (found.rung_id, found.step_id, found.moved) == (FRIENDLY.id, None, False)
    assert (found.reason, found.next_date) == (paused, date(2026, 6, 2))


def test_after_a_pause_the_ladder_resumes_with_one_step():
    resumed = look(standing(FRIENDLY, "2026-03-09", (21, "2026-03-09")), "2026-08-03")
    assert (resumed.rung_id, resumed.step_id) == (FRIENDLY.id, 22)


# --- a plan changed under the item ---


def test_a_rung_that_is_gone_leaves_the_item_on_the_highest_one_not_above_it():
    without_firm = Ladder((COURTESY, FRIENDLY, FORMAL))
    assert without_firm.position(FIRM.id, "firm") == 1
    assert without_firm.position(99, "loss") == 2
    assert without_firm.position(99, None) == -1


# --- answered questions: what the first version got wrong ---


def test_on_the_due_date_itself_nobody_is_contacted():
    with pytest.raises(ValueError, match="due date itself"):
        replace(FRIENDLY, trigger=0, unit="calendar")


def test_the_manager_is_not_asked_while_a_contact_is_on_its_way():
    one_open = standing(FIRM, "2026-04-20", (31, "2026-04-20", True))
    found = look(one_open, "2026-05-04")  # step 32 has not even been planned
    assert (found.waits_for, found.reason.code) != ("manager", "WAITS_FOR_MANAGER")


def test_the_ladder_has_not_ended_while_its_last_contact_is_on_its_way():
    last = Ladder((FRIENDLY,))
    one_open = standing(FRIENDLY, "2026-03-09", (21, "2026-03-09", True))
    assert look(one_open, "2026-03-09", last).waits_for is None


def test_past_due_on_a_plan_of_courtesy_only_a_person_owes_the_next_action():
    found = look(Item(DUE), "2026-03-20", Ladder((COURTESY,)))
    assert found.next_date or found.waits_for


def test_a_plan_without_stages_is_refused():
    with pytest.raises(ValueError):
        Ladder(())


def test_the_day_named_in_the_reason_is_not_past():
    held_by_its_stay = standing(
        FRIENDLY, "2026-05-04", (21, "2026-05-04"), (22, "2026-05-07"), reached=True
    )
    found = look(held_by_its_stay, "2026-05-10")
    assert found.reason.arg("on") == found.next_date


def test_an_item_carried_over_to_a_changed_plan_has_moved():
    firm = standing(FIRM, "2026-03-23", *ALL_FIRM)
    found = look(firm, "2026-04-10", Ladder((COURTESY, FRIENDLY, FORMAL)))
    assert found.rung_id == FRIENDLY.id
    assert found.moved


def test_a_plan_that_starts_higher_does_not_take_an_item_off_the_ladder():
    friendly = standing(FRIENDLY, "2026-03-09", *ALL_FRIENDLY)
    found = look(friendly, "2026-03-18", Ladder((FIRM, FORMAL)))
    assert found.rung_id is not None


def test_a_step_comes_due_even_if_the_day_of_entry_is_unknown():
    unknown = replace(standing(FRIENDLY, "2026-03-09"), since=None)
    only_later = Ladder((replace(FRIENDLY, steps=(Step(22, 3),)), FIRM))
    first = look(unknown, "2026-05-04", only_later)
    assert look(unknown, str(first.next_date), only_later).step_id == 22


# --- whole lives ---

units = st.sampled_from(("calendar", "business"))


@st.composite
def plans(draw, catch_up=None):
    """A plan with ascending triggers, some gates, up to three steps a rung."""
    levels = sorted(draw(st.sets(st.sampled_from(LEVELS[1:]), min_size=1)))
    levels.sort(key=LEVELS.index)
    triggers = sorted(draw(st.lists(st.integers(1, 40), min_size=5, max_size=5)))
    rungs = [] if draw(st.booleans()) else [replace(COURTESY, trigger=-4)]
    for number, level in enumerate(levels, start=2):
        offsets = draw(st.lists(st.integers(0, 6), max_size=3))
        steps = tuple(
            Step(number * 10 + n, offset, draw(units), draw(st.booleans()))
            for n, offset in enumerate(offsets)
        )
        stay, gate = draw(st.integers(0, 6)), draw(st.sampled_from(("auto", "manager")))
        trigger = triggers[number - 2]
        rungs.append(Rung(number, level, trigger, draw(units), stay, gate, steps))
    mode = catch_up or draw(st.sampled_from(("one_at_a_time", "jump")))
    return Ladder(tuple(rungs), mode)


calendars = st.builds(
    Calendar, st.frozensets(st.dates(date(2026, 2, 1), date(2026, 6, 1)), max_size=9)
)


class Life:
    """An item lived day by day; what the models would do between two looks is drawn."""

    def __init__(self, data, plan, cal):
        self.data, self.plan, self.cal = data, plan, cal
        due = data.draw(st.dates(date(2026, 2, 20), date(2026, 3, 12)), "due")
        put_off = data.draw(st.sampled_from((0, 0, 4, 30)), "put off")
        why = Reason.of("PATIENCE") if put_off else None
        self.item = Item(due, put_off=put_off, put_off_reason=why)
        self.base = effective_due(due, cal)
        self.entered = {}
        self.steps_made = []

    def days(self, count=70):
        first = self.base - timedelta(days=self.data.draw(st.integers(-30, 9), "start"))
        asleep = self.data.draw(st.integers(0, 20), "down for"), first + 25 * DAY
        for n in range(count):
            today = first + n * DAY
            if not asleep[1] <= today < asleep[1] + asleep[0] * DAY:
                yield today

    def look(self, today):
        return resolve(self.item, self.plan, today, self.cal)

    def level_of(self, rung_id):
        return next((i for i, r in enumerate(self.plan.rungs) if r.id == rung_id), -1)

    def record(self, found, today):
        """Write the result as the engine does: place, and one contact on its way."""
        if found.moved:
            self.entered[found.rung_id] = today
            self.item = replace(self.item, reached=False)
        rung = self.plan.rungs[self.level_of(found.rung_id)] if found.rung_id else None
        self.item = replace(
            self.item,
            rung_id=found.rung_id,
            level=rung and rung.level,
            since=found.since,
        )
        if found.step_id is not None:
            self.steps_made.append(found.step_id)
            mark = Mark(found.step_id, today, open=True)
            self.item = replace(self.item, marks=(*self.item.marks, mark))

    def happen(self, today):
        """Contacts are made, the debtor talks, a manager approves: sometimes."""
        chance = self.data.draw(st.integers(0, 7), f"{today}")
        if chance & 1:
            closed = tuple(replace(m, on=today, open=False) for m in self.item.marks)
            closed = tuple(
                new if old.open else old
                for old, new in zip(self.item.marks, closed, strict=True)
            )
            self.item = replace(self.item, marks=closed)
        if chance == 6:
            self.item = replace(self.item, reached=True)
        if chance == 7:
            above = self.plan.rungs[self.level_of(self.item.rung_id) + 1 :]
            self.item = replace(self.item, approved_id=above[0].id if above else None)


lives = settings(max_examples=40, deadline=None)


@lives
@given(st.data(), plans(), calendars)
def test_a_life_never_falls_and_no_step_comes_twice(data, plan, cal):
    life = Life(data, plan, cal)
    height = -1
    for today in life.days():
        found = life.look(today)
        assert life.level_of(found.rung_id) >= height
        assert found.moved == (life.level_of(found.rung_id) > height)
        height = life.level_of(found.rung_id)
        life.record(found, today)
        life.happen(today)
    assert len(life.steps_made) == len(set(life.steps_made))


@lives
@given(st.data(), plans("one_at_a_time"), calendars)
def test_one_at_a_time_skips_no_rung_but_courtesy(data, plan, cal):
    life = Life(data, plan, cal)
    for today in life.days():
        before = life.level_of(life.item.rung_id)
        found = life.look(today)
        assert len(found.trail) <= 1
        skipped = plan.rungs[before + 1 : max(life.level_of(found.rung_id), 0)]
        assert all(rung.level == "pre_due" for rung in skipped)
        assert not skipped or today >= life.base
        life.record(found, today)
        life.happen(today)


@lives
@given(st.data(), plans(), calendars)
def test_every_look_ends_with_a_later_date_or_with_a_person(data, plan, cal):
    life = Life(data, plan, cal)
    for today in life.days():
        found = life.look(today)
        assert found.reason.code
        if found.next_date is None:
            assert found.waits_for == "manager"
            assert found.step_id is None
        else:
            assert found.next_date > today
        life.record(found, today)
        life.happen(today)


@lives
@given(st.data(), plans(), calendars)
def test_a_rung_is_entered_by_age_stay_gate_and_with_the_steps_below_done(
    data, plan, cal
):
    life = Life(data, plan, cal)
    for today in life.days():
        before = life.item
        found = life.look(today)
        for entered in (plan.rungs[life.level_of(rung_id)] for rung_id in found.trail):
            waits = timedelta(0 if entered.level == "pre_due" else before.put_off)
            assert today >= trigger_date(entered, life.base, cal) + waits
            assert entered.gate == "auto" or before.approved_id == entered.id
        if found.moved:
            first = plan.rungs[life.level_of(found.trail[0])]
            assert not any(mark.open for mark in before.marks)
            if before.since and first.level != "friendly":
                assert today >= before.since + timedelta(days=first.min_stay)
            assert_steps_done(plan, before, today >= life.base)
        life.record(found, today)
        life.happen(today)


def assert_steps_done(plan, item, is_due):
    marked = {mark.step_id for mark in item.marks}
    rung = next((r for r in plan.rungs if r.id == item.rung_id), None)
    if rung is None or (rung.level == "pre_due" and is_due):
        return
    for step in rung.steps:
        left_out = step.only_if_not_reached and item.reached
        assert step.id in marked or left_out


@lives
@given(st.data(), plans(), calendars)
def test_steps_keep_their_offset_their_distance_and_their_rung(data, plan, cal):
    life = Life(data, plan, cal)
    for today in life.days():
        found = life.look(today)
        if found.step_id is not None:
            rung = plan.rungs[life.level_of(found.rung_id)]
            step = next(s for s in rung.steps if s.id == found.step_id)
            assert not any(mark.open for mark in life.item.marks)
            assert today >= shift_or_add(found.since, step, cal)
            made = [m.on for m in life.item.marks if m.step_id // 10 == rung.id]
            assert all(today > day for day in made)
            assert rung.level != "pre_due" or today < life.base
        life.record(found, today)
        life.happen(today)


def shift_or_add(since, step, cal):
    if step.unit == "calendar":
        return since + timedelta(days=step.offset)
    if step.offset == 0:
        return since
    return add_business_days(since, step.offset, cal)


@lives
@given(st.data(), plans(), calendars)
def test_nothing_is_missed_by_sleeping_until_the_next_date(data, plan, cal):
    life = Life(data, plan, cal)
    for today in life.days(40):
        found = life.look(today)
        life.record(found, today)
        if found.step_id is None and not any(m.open for m in life.item.marks):
            wake = found.next_date or today + 30 * DAY
            for n in range(1, (wake - today).days):
                quiet = life.look(today + n * DAY)
                assert (quiet.moved, quiet.step_id) == (False, None)
        life.happen(today)


@lives
@given(st.data(), plans(), calendars)
def test_looking_twice_on_a_day_changes_nothing_in_one_at_a_time(data, plan, cal):
    life = Life(data, plan, cal)
    for today in life.days(40):
        life.record(life.look(today), today)
        again = life.look(today)
        if life.item.marks and life.item.marks[-1].open:
            assert (again.moved, again.step_id) == (False, None)
        life.happen(today)
