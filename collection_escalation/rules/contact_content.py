"""A set of contact rules as plain data: what is shipped, stored and read years later.

Rule. A set is written as a mapping (``code``, ``version``, ``nature``, ``lines`` …) and
each line as a mapping with the fields of its kind (``FIELDS_OF``). The same data stand
in the preset files, in the records of Odoo and in the kept versions, so that a decision
under "BR@3" can be worked out again from what was kept. What cannot be meant is refused
with the field and a remedy; a word that nobody defined is never "no rule".

Source. Regulation sheet 3.1 and 3.2 (header and lines), ``tables/README.md`` (groups of
channels: ALL, INTER, MSG, LIVE). A set that binds only the agents of others does not
bind the creditor who uses this software: to him it is prudent (sheet 2.4 and 2.9).

Worked example: calls in Minas Gerais, Monday to Friday 9-18, at most two a day.

>>> minas = {
...     "code": "BR-MG",
...     "version": 3,
...     "nature": "statute",
...     "lines": [
...         {
...             "kind": "window",
...             "channel": "phone",
...             "weekday_from": "0",
...             "weekday_to": "4",
...             "hour_from": 9.0,
...             "hour_to": 18.0,
...         },
...         {
...             "kind": "count",
...             "channel": "phone",
...             "max_count": 2,
...             "period": "day",
...             "basis": "attempt",
...         },
...     ],
... }
>>> rules = ruleset_from(minas)
>>> rules.label, len(rules.windows), rules.limits[0].rule_id
('BR-MG@3', 5, 'LIM_DAY')
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date

from .business_days import CALENDAR
from .contact_blocks import Block
from .contact_limits import (
    CALENDAR_WEEK,
    DAY,
    DEBTOR,
    ROLLING_DAYS,
    Cooldown,
    Count,
    ExclusiveChannel,
    Gap,
    Grace,
    Limit,
)
from .contact_ruleset import ALL_BUT_BUSY, BUSY, RuleSet
from .contact_vocabulary import (
    CHANNELS,
    DEMAND,
    DEMANDS,
    EVERY_PURPOSE,
    SERVICE,
    check_known,
)
from .contact_windows import Window

Line = Mapping[str, object]
Rule = Window | Limit | Block | Grace

CHANNEL_GROUPS = {
    "all": frozenset(CHANNELS),
    "interactive": frozenset(CHANNELS) - {"letter"},
    "live": frozenset({"phone", "sms", "whatsapp", "visit"}),
    "messages": frozenset({"sms", "whatsapp", "email", "letter"}),
    "call_visit": frozenset({"phone", "visit"}),
    **{channel: frozenset({channel}) for channel in CHANNELS},
}

#: Whom a set bars: never the debtor, a guarantor or the debtor's attorney; always
#: somebody of whom nothing is known.
_RELATIONS = frozenset({"reference", "family", "coworker", "other"})
BARRED = {
    "relations": _RELATIONS | {"neighbour"},
    "relations_employer": _RELATIONS | {"neighbour", "employer"},
    "relations_minors": _RELATIONS | {"minor", "elderly"},
    "everybody": _RELATIONS | {"neighbour", "employer", "minor", "elderly"},
}

PERIODS = {"day": DAY, "week": CALENDAR_WEEK, "rolling": ROLLING_DAYS}

#: The fields of each kind of line, besides ``kind``, ``channel``, ``rule_id`` and, where a
#: line says what it concerns, ``concerns``.
FIELDS_OF = {
    "window": ("weekday_from", "weekday_to", "hour_from", "hour_to"),
    "count": ("max_count", "basis", "period", "days", "scope", "excludes_busy"),
    "gap": ("days", "basis", "scope"),
    "cooldown": ("days", "first_day_counts", "scope"),
    "exclusive": ("basis", "scope"),
    "redial": ("max_count",),
    "block": ("block", "barred", "if_prohibited", "days", "unit"),
    "grace": ("days", "unit"),
}
BLOCKS = (
    "third_party",
    "workplace",
    "visit",
    "dispute",
    "channel_not_authorised",
    "paid_claim",
)
#: What a line concerns, if it says so (``concerns``, a field of every kind): otherwise limits
#: concern demands, hours and stops everything, but an open complaint stops demands only.
CONCERNS = {
    "demand": DEMANDS,
    "unasked": frozenset({DEMAND, SERVICE}),
    "all": EVERY_PURPOSE,
}
#: The longest that a line looks back or ahead, in days.
LONGEST = 366
_LIMIT_IDS = {
    "gap": "LIM_GAP",
    "cooldown": "LIM_COOLDOWN",
    "exclusive": "LIM_CHANNEL_EXCLUSIVE",
    "redial": "LIM_REDIAL",
    "grace": "LIM_GRACE",
}
_COUNT_IDS = {"day": "LIM_DAY", "week": "LIM_WEEK", "rolling": "LIM_ROLLING"}
_LIMIT_ID = re.compile(r"LIM_[A-Z0-9_]+")


def ruleset_from(
    content: Mapping[str, object],
    holidays: Iterable[date] = (),
    weekend: Iterable[int] = (5, 6),
) -> RuleSet:
    """The set that these data describe, with the holidays of one place.

    :raise ValueError: naming the line, the field and what to do
    """
    respects = bool(content.get("respects_holidays", True))
    lines = [
        rule
        for number, line in enumerate(content["lines"], 1)
        for rule in _numbered(number, line, respects)
    ]
    graces = [rule for rule in lines if isinstance(rule, Grace)]
    if len(graces) > 1:
        raise ValueError("grace: there are two; keep one line for the first contact")
    return RuleSet(
        code=content["code"],
        version=str(content.get("version") or ""),
        nature=nature_for_creditor(content["nature"], content.get("binds")),
        windows=tuple(rule for rule in lines if isinstance(rule, Window)),
        limits=tuple(rule for rule in lines if isinstance(rule, Limit)),
        blocks=tuple(rule for rule in lines if isinstance(rule, Block)),
        grace=graces[0] if graces else None,
        holidays=frozenset(holidays) if respects else frozenset(),
        weekend=frozenset(weekend),
        week_start=int(content.get("week_start") or 0),
        debtor_may_widen=bool(content.get("debtor_may_widen", True)),
        redials=any(line["kind"] == "redial" for line in content["lines"]),
    )


def nature_for_creditor(nature: str, binds: str | None) -> str:
    """Who may waive it, seen by the creditor himself.

    >>> nature_for_creditor("statute", "agents"), nature_for_creditor("house", "agents")
    ('prudent', 'house')
    """
    check_known("binds", binds or "creditor", ("creditor", "agents"))
    lawful = nature in ("statute", "guidance")
    return "prudent" if binds == "agents" and lawful else nature


def default_rule_id(line: Line) -> str:
    """What a rule is called if nobody named it; the hours have three fixed names.

    >>> default_rule_id({"kind": "count", "period": "week"})
    'LIM_WEEK'
    >>> default_rule_id({"kind": "block", "block": "visit"})
    'BLK_VISIT'
    """
    kind = line["kind"]
    if kind == "count":
        return _COUNT_IDS.get(line.get("period"), "LIM_DAY")
    if kind == "block":
        return f"BLK_{line.get('block') or ''}".upper()
    return _LIMIT_IDS.get(kind, "")


def channels_of(line: Line) -> frozenset[str]:
    check_known("channel", line["channel"], tuple(CHANNEL_GROUPS))
    return CHANNEL_GROUPS[line["channel"]]


def _purposes(line: Line) -> dict[str, frozenset[str]]:
    """The argument of the rules that says what the line concerns, if it says so.

    >>> _purposes({"kind": "count"})
    {}
    >>> sorted(_purposes({"kind": "count", "concerns": "unasked"})["purposes"])
    ['demand', 'service']
    """
    concerns = line.get("concerns")
    if not concerns:
        return {}
    check_known("concerns", concerns, tuple(CONCERNS))
    return {"purposes": CONCERNS[concerns]}


def _numbered(number: int, line: Line, respects: bool) -> tuple[Rule, ...]:
    try:
        check_known("kind", line["kind"], tuple(FIELDS_OF))
        if line["kind"] == "window":
            return _windows(line, respects)
        return (_BUILDERS[line["kind"]](line),)
    except KeyError as error:
        raise ValueError(f"line {number}: {error.args[0]}: is missing") from error
    except ValueError as error:
        raise ValueError(f"line {number}: {error}") from error


def _windows(line: Line, respects_holidays: bool) -> tuple[Window, ...]:
    """From one weekday to another; over the weekend too (Saturday to Monday)."""
    first, last = (_weekday(line, name) for name in ("weekday_from", "weekday_to"))
    start, end = (round(float(line[name]) * 60) for name in ("hour_from", "hour_to"))
    return tuple(
        Window(
            channels_of(line),
            (first + n) % 7,
            start,
            end,
            respects_holidays,
            **_purposes(line),
        )
        for n in range((last - first) % 7 + 1)
    )


def _weekday(line: Line, name: str) -> int:
    check_known(name, str(line[name]), tuple("0123456"))
    return int(line[name])


def _limit_id(line: Line) -> str:
    rule_id = line.get("rule_id") or default_rule_id(line)
    if not _LIMIT_ID.fullmatch(rule_id):
        raise ValueError(
            f"rule_id: {rule_id!r} is no name of a limit; write it like LIM_WEEK_CALLS"
        )
    return rule_id


def _count(line: Line) -> Count:
    check_known("period", line["period"], tuple(PERIODS))
    rolling = line["period"] == "rolling"
    return Count(
        _limit_id(line),
        channels_of(line),
        cap=int(line["max_count"]),
        period=PERIODS[line["period"]],
        basis=line["basis"],
        days=_days(line) if rolling else 1,
        scope=line.get("scope") or DEBTOR,
        excluded_outcomes=frozenset({BUSY} if line.get("excludes_busy") else ()),
        **_purposes(line),
    )


def _redial(line: Line) -> Count:
    """Of the busy lines of a day the first is the call, the others are redials."""
    if channels_of(line) != {"phone"}:
        raise ValueError(f"channel: {line['channel']!r} is never busy; use phone")
    times = int(line["max_count"])
    if times < 1:
        raise ValueError(
            f"max_count: {times} redials; use 1 or more, or no line: then a busy line "
            "counts like any other call"
        )
    return Count(
        _limit_id(line),
        channels_of(line),
        cap=times + 1,
        excluded_outcomes=ALL_BUT_BUSY,
        **_purposes(line),
    )


def _days(line: Line) -> int:
    days = int(line["days"])
    if days > LONGEST:
        raise ValueError(f"days: {days} is too long; use {LONGEST} or fewer")
    return days


def _gap(line: Line) -> Gap:
    return Gap(
        _limit_id(line),
        channels_of(line),
        days=_days(line),
        basis=line["basis"],
        scope=line.get("scope") or DEBTOR,
        **_purposes(line),
    )


def _cooldown(line: Line) -> Cooldown:
    return Cooldown(
        _limit_id(line),
        channels_of(line),
        days=_days(line),
        scope=line.get("scope") or DEBTOR,
        first_day_counts=bool(line["first_day_counts"]),
        **_purposes(line),
    )


def _exclusive(line: Line) -> ExclusiveChannel:
    return ExclusiveChannel(
        _limit_id(line),
        channels_of(line),
        basis=line["basis"],
        scope=line.get("scope") or DEBTOR,
        **_purposes(line),
    )


def _block(line: Line) -> Block:
    block, name = line["block"], default_rule_id(line)
    check_known("block", block, BLOCKS)
    if line.get("rule_id") and line["rule_id"] != name:
        raise ValueError(f"rule_id: this stop is always called {name}; leave it empty")
    parties = frozenset()
    if block == "third_party":
        check_known("barred", line["barred"], tuple(BARRED))
        parties = BARRED[line["barred"]]
    claim = block == "paid_claim"
    return Block(
        block.upper(),
        channels_of(line),
        parties=parties,
        if_prohibited=block == "workplace" and bool(line.get("if_prohibited")),
        days=_days(line) if claim else 0,
        unit=line["unit"] if claim else CALENDAR,
        **_purposes(line),
    )


def _grace(line: Line) -> Grace:
    return Grace(
        _days(line),
        line["unit"],
        channels_of(line),
        rule_id=_limit_id(line),
        **_purposes(line),
    )


_BUILDERS = {
    "count": _count,
    "gap": _gap,
    "cooldown": _cooldown,
    "exclusive": _exclusive,
    "redial": _redial,
    "block": _block,
    "grace": _grace,
}
