"""Where an open item stands on the collection plan, and what comes next.

The plan is a ladder of rungs. Each rung has a **trigger**: so many days counted from the
*effective* due date (the due date, moved to the next business day when it falls on a
weekend or holiday). On entering a rung its **steps** (contacts) become due one after the
other, each at its offset from the day of entry.

* A rung is entered when its trigger date has come, the steps of the rung before are
  finished, and the item stood there long enough (``min_stay``). So the friendly means are
  exhausted before the firm ones, whatever the age of the debt.
* With ``one_at_a_time`` an item climbs one rung per evaluation; with ``jump`` it climbs to
  the highest rung its age allows, but never over a rung that waits for a person.
* A rung whose gate is ``manager`` is entered only when a manager approved it.
* What is known of a customer may **put off** the rungs after the due date by days; the
  longest counts. A rung that was entered is not left again.
* Courtesy (level ``pre_due``) is only for items that are not due yet; who is past due
  skips it. On the due date itself nobody is contacted.
* Never more than one step at a time; steps keep their distance after a delay.
* When the plan changes, what was said already is not said again: a step made by the old
  plan stands for the step of the same level, means and turn of the new one. And what the
  new plan does not want yet waits until it does.

Source: user documents S3 (five business days), S4-S12 (four stages, friendly before
legal), S13 (courtesy); design, section 3 (evaluate).

>>> from .business_days import Calendar
>>> ladder = Ladder((
...     Rung(1, "friendly", 5, "business", steps=(Step(11, 0), Step(12, 3))),
...     Rung(2, "firm", 15, "business", min_stay=7, steps=(Step(21, 0),)),
... ))
>>> item = Item(due=date(2026, 3, 2))          # a Monday
>>> resolve(item, ladder, date(2026, 3, 6), Calendar()).next_date   # 5th business day
datetime.date(2026, 3, 9)
>>> found = resolve(item, ladder, date(2026, 3, 9), Calendar())
>>> found.rung_id, found.step_id, found.reason.code
(1, 11, 'STAGE_REACHED')
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from .business_days import Calendar, add_days, shift, shift_to_business_day
from .decision import Reason

LEVELS = ("pre_due", "friendly", "firm", "formal", "legal", "loss")
#: While a contact is on its way the item is woken by it; this is only the safety net.
HEARTBEAT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Step:
    """One contact, or other action, of a rung, ``offset`` days (``unit``) after the rung was
    entered; those of the same offset in the order of ``sequence``, one after the other.

    ``only_above_minimum``: it costs money, so it is left out for small amounts."""

    id: int
    offset: int
    unit: str = "business"
    only_if_not_reached: bool = False
    only_above_minimum: bool = False
    sequence: int = 0
    #: By what it is made: a channel, or another action.
    means: str = ""

    @property
    def turn(self) -> tuple[int, int, int]:
        """Its place among the steps of the rung.

        >>> sorted((Step(1, 0, sequence=9), Step(2, 0), Step(3, 2)), key=lambda s: s.turn)[0].id
        2
        """
        return self.offset, self.sequence, self.id

    def is_for(self, item: "Item") -> bool:
        """Is the step made at all for the item as it stands?

        >>> letter = Step(13, 7, only_if_not_reached=True, only_above_minimum=True)
        >>> letter.is_for(Item(due=date(2026, 3, 2)))
        True
        >>> letter.is_for(Item(due=date(2026, 3, 2), above_minimum=False))
        False
        """
        return not (
            (self.only_if_not_reached and item.reached)
            or (self.only_above_minimum and not item.above_minimum)
        )


@dataclass(frozen=True, slots=True)
class Rung:
    """One stage: ``trigger`` days (``unit``) from the effective due date, negative only
    for ``pre_due``; ``min_stay`` calendar days in the rung before it."""

    id: int
    level: str
    trigger: int
    unit: str = "calendar"
    min_stay: int = 0
    gate: str = "auto"
    steps: tuple[Step, ...] = ()

    def __post_init__(self):
        if self.level not in LEVELS:
            raise ValueError(f"level {self.level!r}: use one of {', '.join(LEVELS)}")
        if self.gate not in ("auto", "manager"):
            raise ValueError(f"gate {self.gate!r}: use 'auto' or 'manager'")
        if self.level == "pre_due" and self.trigger >= 0:
            raise ValueError(
                f"trigger {self.trigger}: the courtesy stage comes before the due date, "
                "use a negative number of days"
            )
        if self.level != "pre_due" and self.trigger <= 0:
            raise ValueError(
                f"trigger {self.trigger} of level {self.level}: nobody is contacted on "
                "the due date itself, start one day later at least"
            )


@dataclass(frozen=True, slots=True)
class Ladder:
    """The rungs of a plan from the lowest to the highest."""

    rungs: tuple[Rung, ...]
    catch_up: str = "one_at_a_time"

    def __post_init__(self):
        if not self.rungs:
            raise ValueError("no stages: add at least one")
        order = [LEVELS.index(rung.level) for rung in self.rungs]
        if order != sorted(set(order)):
            raise ValueError("stages out of order: put them as " + ", ".join(LEVELS))
        if self.catch_up not in ("one_at_a_time", "jump"):
            raise ValueError(f"catch_up {self.catch_up!r}: 'one_at_a_time' or 'jump'")

    def position(self, rung_id: int | None, level: str | None) -> int:
        """Index of the rung, -1 below the ladder. When the plan was changed and the rung
        is gone: the highest rung that is not above its level."""
        for index, rung in enumerate(self.rungs):
            if rung.id == rung_id:
                return index
        if level is None:
            return -1
        height = LEVELS.index(level)
        below = [i for i, r in enumerate(self.rungs) if LEVELS.index(r.level) <= height]
        return below[-1] if below else -1


@dataclass(frozen=True, slots=True)
class Mark:
    """A step that already has a contact, or whose action began: ``open`` while it is on its
    way, then the next step waits; afterwards ``on`` is the day it was made, missed or given
    up."""

    step_id: int
    on: date
    open: bool = False


@dataclass(frozen=True, slots=True)
class Gone:
    """A step that is not in the plan now, on a stage of ``level``: of the plan before, or
    archived."""

    level: str
    step: Step


def carry_marks(
    marks: tuple[Mark, ...], ladder: Ladder, gone: dict[int, Gone]
) -> tuple[Mark, ...]:
    """The marks as marks of ``ladder``: those of steps that are ``gone`` stand for its
    steps of the same level, means and turn. The turn is the place in the stage; where the
    new plan has none there, the first one that nothing stands for yet. What the new plan
    has nothing for is left out.

    >>> old = {11: Gone("friendly", Step(11, 0, means="email"))}
    >>> day = date(2026, 3, 9)
    >>> steps = Step(21, 0, means="email"), Step(22, 3, means="email")
    >>> new = Ladder((Rung(2, "friendly", 5, steps=steps),))
    >>> [mark.step_id for mark in carry_marks((Mark(11, day),), new, old)]
    [21]
    """
    if all(mark.step_id not in gone for mark in marks):
        return marks
    carried = {mark.step_id: mark for mark in marks if mark.step_id not in gone}
    left = sorted(
        (mark for mark in marks if mark.step_id in gone),
        key=lambda mark: gone[mark.step_id].step.turn,
    )
    for same_turn in (True, False):
        for mark in tuple(left):
            step = _find_stand_in(gone[mark.step_id], ladder, carried, same_turn)
            if step is not None:
                carried[step.id] = replace(mark, step_id=step.id)
                left.remove(mark)
    return tuple(carried.values())


def _find_stand_in(gone, ladder, carried, same_turn):
    """The first step of the ladder that ``gone`` may stand for and nothing stands for yet."""
    rungs = [rung for rung in ladder.rungs if rung.level == gone.level]
    steps = [step for rung in rungs for step in rung.steps]
    for step in sorted(steps, key=lambda s: s.turn):
        fits = step.means == gone.step.means and step.id not in carried
        if fits and (not same_turn or step.turn[:2] == gone.step.turn[:2]):
            return step
    return None


@dataclass(frozen=True, slots=True)
class Item:
    """What the ladder must know of one open item; dates are the debtor's local dates.

    ``grace_from`` is the day the invoice itself reached the debtor, when that was later
    than it should have been: all triggers count from it. ``reached`` says whether the
    debtor talked to us since the rung was entered. ``approved_id`` is the rung that a
    manager opened. ``above_minimum``: what the debtor owes is worth a costly step.
    ``put_off``: calendar days by which the rungs after the due date open later, and why."""

    due: date
    rung_id: int | None = None
    level: str | None = None
    since: date | None = None
    marks: tuple[Mark, ...] = ()
    grace_from: date | None = None
    reached: bool = False
    approved_id: int | None = None
    above_minimum: bool = True
    put_off: int = 0
    put_off_reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Resolution:
    """``rung_id`` where the item stands now (``moved`` if it just got there, ``since``
    when), ``step_id`` the one step due now, ``next_date`` when to look again (None: a
    person owes the next action, or the item is waiting for ``waits_for``)."""

    rung_id: int | None
    since: date | None
    moved: bool
    reason: Reason
    step_id: int | None = None
    next_date: date | None = None
    waits_for: str | None = None
    trail: tuple[int, ...] = ()


def effective_due(due: date, cal: Calendar, grace_from: date | None = None) -> date:
    """Due date moved to the next business day, or the day of late delivery if later.

    >>> effective_due(date(2026, 2, 28), Calendar())      # a Saturday
    datetime.date(2026, 3, 2)
    """
    shifted = shift_to_business_day(due, cal)
    return max(shifted, grace_from) if grace_from else shifted


def trigger_date(rung: Rung, base: date, cal: Calendar) -> date:
    """The day from which the rung may be entered, ``base`` being the effective due date."""
    return add_days(base, rung.trigger, rung.unit, cal)


def resolve(
    item: Item,
    ladder: Ladder,
    today: date,
    cal: Calendar,
    withheld: Reason | None = None,
) -> Resolution:
    """Say where ``item`` stands on ``today`` (debtor's date), which step is due, and when
    to look again.

    ``withheld`` is a reason not to chase (pause, payment in process, stale bank data …):
    the item stays where it is and nothing is due; it is looked at again the next day.
    Once the ladder starts it never falls inside a cycle. Raises ValueError on a ladder
    that is out of order (at construction)."""
    base = effective_due(item.due, cal, item.grace_from)
    if withheld:
        return Resolution(
            item.rung_id, item.since, False, withheld, next_date=today + timedelta(1)
        )
    position = ladder.position(item.rung_id, item.level)
    position, item, carried = _carry_over(item, ladder, position, base, cal)
    position, item, trail = _climb(item, ladder, position, base, today, cal)
    trail = carried + trail
    rung = _rung_at(ladder, position)
    due_step, step_date = _step_due(item, rung, base, today, cal)
    following = _next_rung(ladder, position, base, today)
    opens = _opening(following, item, base, today, cal)
    waits_for = None
    if due_step is not None or _has_open_mark(item, rung):
        next_date = today + HEARTBEAT
    else:
        next_date = min(filter(None, (step_date, opens)), default=None)
        waits_for = None if next_date else "manager"
    reason = _explain(rung, following, base, trail, waits_for, opens)
    if reason.code == "WAITS_FOR_TRIGGER" and _is_put_off(
        following, item, base, cal, opens
    ):
        reason = reason.because(item.put_off_reason)
    return Resolution(
        rung_id=rung.id if rung else item.rung_id,
        since=item.since,
        moved=bool(trail),
        reason=reason,
        step_id=due_step,
        next_date=next_date,
        waits_for=waits_for,
        trail=trail,
    )


def _carry_over(item, ladder, position, base, cal):
    """An item whose rung is gone from the plan stands on the rung found for it. When the
    invoice reached the debtor late, or the plan was changed, its steps wait until the rung
    could have been entered.

    >>> friendly = Rung(1, "friendly", 5, steps=(Step(11, 0), Step(12, 3, "calendar")))
    >>> item = Item(date(2026, 3, 2), rung_id=1, level="friendly", since=date(2026, 3, 9))
    >>> late = replace(item, marks=(Mark(11, item.since),), grace_from=date(2026, 3, 11))
    >>> resolve(late, Ladder((friendly,)), date(2026, 3, 12), Calendar()).next_date
    datetime.date(2026, 3, 19)
    """
    rung = _rung_at(ladder, position)
    if rung is None:
        return position, item, ()
    since = item.since or trigger_date(rung, base, cal)
    if rung.level != "pre_due":
        since = max(since, trigger_date(rung, base, cal))
    moved = item.rung_id is not None and item.rung_id != rung.id
    item = replace(item, rung_id=rung.id, level=rung.level, since=since)
    return position, item, (rung.id,) if moved else ()


def _opening(following, item, base, today, cal):
    """The next day on which the rung above may open by itself, None if a manager has to
    open it now, or if there is none."""
    if following is None:
        return base if today < base else None
    opens = _entry_date(following, item, base, cal)
    if following.gate == "manager" and item.approved_id != following.id:
        return opens if opens > today else None
    return max(opens, today + timedelta(1))


def _next_rung(ladder, position, base, today):
    """The rung above ``position``; courtesy is passed over once the due date has come."""
    for rung in ladder.rungs[position + 1 :]:
        if rung.level != "pre_due" or today < base:
            return rung
    return None


def _put_off_date(rung, item, base, cal):
    """The trigger date of ``rung``, put off where something asks for it. A courtesy note
    is never put off: it would come too late.

    >>> ladder = Ladder((Rung(1, "friendly", 5),))
    >>> item = Item(date(2026, 3, 2), put_off=4, put_off_reason=Reason.of("ALWAYS_PAYS"))
    >>> waits = resolve(item, ladder, date(2026, 3, 7), Calendar())
    >>> waits.next_date, waits.reason.arg("because")[0].code
    (datetime.date(2026, 3, 11), 'ALWAYS_PAYS')
    """
    opens = trigger_date(rung, base, cal)
    return opens if rung.level == "pre_due" else opens + timedelta(item.put_off)


def _is_put_off(rung, item, base, cal, opens):
    """Would ``rung`` open before the day on which it ``opens``, were it not put off?"""
    is_later = item.put_off and rung.level != "pre_due"
    return is_later and opens == _put_off_date(rung, item, base, cal)


def _entry_date(rung, item, base, cal):
    """First day on which ``rung`` may be entered by its age and by the stay below."""
    opens = _put_off_date(rung, item, base, cal)
    if item.since is not None and rung.level != "friendly":
        opens = max(opens, shift(item.since, rung.min_stay))
    return opens


def _climb(item, ladder, position, base, today, cal):
    """Move up: one rung, or with ``jump`` as many as the age allows."""
    trail = []
    while True:
        rung = _next_rung(ladder, position, base, today)
        if rung is None or (rung.gate == "manager" and item.approved_id != rung.id):
            break
        jumping = ladder.catch_up == "jump" and trail
        opens = (
            _put_off_date(rung, item, base, cal)
            if jumping
            else _entry_date(rung, item, base, cal)
        )
        if today < opens or not (
            jumping or _finished(item, _rung_at(ladder, position), base, today)
        ):
            break
        position = ladder.rungs.index(rung)
        item = replace(item, rung_id=rung.id, level=rung.level, since=today)
        item = replace(item, reached=False)
        trail.append(rung.id)
        if ladder.catch_up != "jump" or rung.level == "pre_due":
            break
    return position, item, tuple(trail)


def _rung_at(ladder, position):
    return ladder.rungs[position] if position >= 0 else None


def _marks(item):
    return {mark.step_id: mark for mark in item.marks}


def _has_open_mark(item, rung):
    marks = _marks(item)
    return rung is not None and any(
        marks[step.id].open for step in rung.steps if step.id in marks
    )


def _pending_steps(item, rung, base, today):
    """Steps of ``rung`` still to come. Courtesy is over once the due date has come."""
    if rung is None or (rung.level == "pre_due" and today >= base):
        return []
    marks = _marks(item)
    return [step for step in rung.steps if step.id not in marks and step.is_for(item)]


def _finished(item, rung, base, today):
    return not _has_open_mark(item, rung) and not _pending_steps(
        item, rung, base, today
    )


def _step_due(item, rung, base, today, cal):
    """(id of the step due today or None, date of the next step or None)."""
    pending = _pending_steps(item, rung, base, today)
    if not pending or _has_open_mark(item, rung):
        return None, None
    step = min(pending, key=lambda s: s.turn)
    when = item.since or today
    # at once means at once: the planner finds the permitted moment; but a courtesy note
    # that cannot leave before the due date is none
    if step.offset or rung.level == "pre_due":
        when = add_days(when, step.offset, step.unit, cal)
    marks = _marks(item)
    earlier = [s for s in rung.steps if s.id in marks and s.offset <= step.offset]
    if earlier:
        last = max(earlier, key=lambda s: s.turn)
        distance = max(step.offset - last.offset, 1)
        when = max(when, add_days(marks[last.id].on, distance, step.unit, cal))
    if rung.level == "pre_due" and when >= base:
        return None, None
    return (step.id, None) if when <= today else (None, when)


def _explain(rung, following, base, trail, waits_for, opens):
    if trail:
        return Reason.of(
            "STAGE_REACHED",
            level=rung.level,
            days=rung.trigger,
            unit=rung.unit,
            since=base,
        )
    if waits_for:
        code = "WAITS_FOR_MANAGER" if following else "LADDER_END"
        level = following.level if following else rung.level if rung else ""
        return Reason.of(code, level=level)
    if following and opens:
        return Reason.of(
            "WAITS_FOR_TRIGGER",
            level=following.level,
            days=following.trigger,
            unit=following.unit,
            since=base,
            on=opens,
        )
    return Reason.of("STAYS", level=rung.level if rung else "")
