"""A set of contact rules: one source, one version, the holidays of one place.

Rule. A set holds its windows, limits, stops and its grace for the first contact. Sets
are never changed, a new version is a new set: every decision names its versions. What
cannot be meant (two windows that overlap, a cap of zero) is refused here, once.

Source. Regulation sheet 3.1 (header) and 3.8 (presets).

Worked example: the house rule of the user's documents, Monday-Friday 08-18, once a day.

>>> from .contact_limits import Count
>>> live = frozenset({"phone", "visit"})
>>> house = RuleSet(
...     code="HOUSE",
...     version="1",
...     nature="house",
...     windows=Window.weekly(live, (0, 1, 2, 3, 4), "08:00", "18:00"),
...     limits=(Count("LIM_DAY", live, cap=1),),
... )
>>> house.label, [block.kind for block in house.stops][:2]
('HOUSE@1', ['CEASE', 'ATTORNEY'])
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from .business_days import Calendar
from .contact_blocks import Block, with_those_that_hold_everywhere
from .contact_limits import ATTEMPT, Count, Grace, Limit
from .contact_vocabulary import OUTCOMES, PURPOSES, check_known
from .contact_windows import Timetable, Window
from .decision import Reason

NATURES = ("statute", "guidance", "prudent", "house")
#: Rules of these natures may be waived with a reason alone; the others are law.
WAIVABLE = ("prudent", "house")
BUSY = "busy"
ALL_BUT_BUSY = frozenset(OUTCOMES) - {BUSY}


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The contact rules of one source, in one version, with the holidays of the place.

    ``nature`` tells who may waive it; it is reported with every reason.
    ``debtor_may_widen``: hours the debtor agreed to open windows beyond the set's own.
    ``redials``: a busy line may be dialled again, see `where_busy_lines_are_redialled`.
    """

    code: str
    version: str = ""
    nature: str = "statute"
    windows: tuple[Window, ...] = ()
    limits: tuple[Limit, ...] = ()
    blocks: tuple[Block, ...] = ()
    grace: Grace | None = None
    holidays: frozenset[date] = frozenset()
    weekend: frozenset[int] = frozenset({5, 6})
    week_start: int = 0
    debtor_may_widen: bool = True
    redials: bool = False
    timetables: Mapping[str, Timetable] = field(init=False, repr=False, compare=False)
    stops: tuple[Block, ...] = field(init=False, repr=False, compare=False)
    calendar: Calendar = field(init=False, repr=False, compare=False)
    label: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.code:
            raise ValueError("code: empty; name the set, for example BR-SP")
        check_known("nature", self.nature, NATURES)
        if self.week_start not in range(7):
            raise ValueError(f"week_start: {self.week_start}; use 0 (Mon) to 6 (Sun)")
        graces = () if self.grace is None else (self.grace,)
        names = [limit.rule_id for limit in (*self.limits, *graces)]
        if len(set(names)) < len(names):
            raise ValueError(f"limits: a rule_id occurs twice in {names}; rename one")
        label = f"{self.code}@{self.version}" if self.version else self.code
        derived = {
            "timetables": _timetables(self.windows),
            "stops": with_those_that_hold_everywhere(self.blocks),
            "calendar": Calendar(self.holidays, self.weekend),
            "label": label,
        }
        for name, value in derived.items():
            object.__setattr__(self, name, value)

    def reason(self, rule_id: str, **args: object) -> Reason:
        return Reason.of(f"{self.code}.{rule_id}", nature=self.nature, **args)

    def without_busy_lines(self) -> RuleSet:
        """The set whose counts of attempts leave busy lines out."""
        limits = tuple(map(_without_busy_lines, self.limits))
        return self if limits == self.limits else replace(self, limits=limits)


def _timetables(windows: tuple[Window, ...]) -> dict[str, Timetable]:
    """The hours of each purpose; mostly the same ones."""
    built, found = {}, {}
    for purpose in PURPOSES:
        concerned = tuple(w for w in windows if purpose in w.purposes)
        if concerned not in built:
            built[concerned] = Timetable.of(concerned)
        found[purpose] = built[concerned]
    return found


def where_busy_lines_are_redialled(rulesets: Iterable[RuleSet]) -> tuple[RuleSet, ...]:
    """These sets, as they hold together.

    A busy line reached nobody: it may be dialled again (issue 3). Where a set says so
    (``redials``), and says how often a day, neither that set nor any prudent custom
    beside it counts a busy line as an attempt. A law counts as it is written: under the
    two calls a day of Minas Gerais the third is refused, even if two found it busy.

    >>> once = (Count("LIM_DAY", frozenset({"phone"}), cap=1),)
    >>> house = RuleSet("HOUSE", nature="house", limits=once, redials=True)
    >>> custom, law = (RuleSet(n, nature=n, limits=once) for n in ("prudent", "statute"))
    >>> sets = where_busy_lines_are_redialled((custom, law, house))
    >>> [sorted(rules.limits[0].excluded_outcomes) for rules in sets]
    [['busy'], [], ['busy']]
    """
    found = tuple(rulesets)
    if not any(rules.redials for rules in found):
        return found
    return tuple(
        rules.without_busy_lines() if rules.nature in WAIVABLE else rules
        for rules in found
    )


def _without_busy_lines(limit: Limit) -> Limit:
    """The limit of the redials themselves stays."""
    if not isinstance(limit, Count) or limit.basis != ATTEMPT:
        return limit
    if limit.excluded_outcomes == ALL_BUT_BUSY:
        return limit
    return replace(limit, excluded_outcomes=limit.excluded_outcomes | {BUSY})
