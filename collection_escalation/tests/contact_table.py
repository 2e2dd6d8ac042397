"""A table of worked cases: who may be contacted when, as the law was read by hand.

Columns and keys: `tables/README.md` of the project's regulation sheet; one row is one
question to one set of rules, alone. A column ``purpose`` may say what the contact is for, as
may the key of an event; without it, it is a demand. Plain Python: read by the tests of the rules, by the
module's tests and by ``./dev rules contact``.
"""

import csv
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from ..rules.contact_clock import zone
from ..rules.contact_rules import Context, Event, Hours, RuleSet, decide
from ..rules.contact_vocabulary import DEMAND, FLAGS, check_channels

TABLES = Path(__file__).parent / "tables"
COLUMNS = (
    "case_id",
    "country",
    "channel",
    "local_datetime",
    "timezone",
    "history",
    "expected_allowed",
    "reason",
    "next_allowed_local",
)
#: The keys of `history` and of what it has the kind of each value. None stands for an
#: absent key: none, or the default.
FACTS = {
    "events": list,
    "debt": str,
    "authorised": list,
    "flags": dict,
    "party": str,
    "place": str,
    "agreed_windows": list,
    "preferred": dict,
    "candidate_timezones": list,
    "note": object,  # a remark, like the keys that begin with an underscore
}
EVENT = {
    "at": str,
    "ch": str,
    "out": str,
    "dir": str,
    "debt": str,
    "consented": bool,
    "purpose": str,
}
AGREED = {"weekday": int, "from": str, "to": str}
PREFERRED = {"from": str, "to": str}
FLAG = {**dict.fromkeys(FLAGS, object), "opt_out": list}
KINDS = {
    list: "a list",
    str: "a text",
    dict: "an object",
    bool: "true or false",
    int: "a number",
}

#: (value of the column ``country``, year) → the set; ValueError: no such set.
Source = Callable[[str, int], RuleSet]


@dataclass(frozen=True)
class Answered:
    """What became of a row. ``fault``: why it failed, empty if it passed."""

    row: int
    case_id: str
    fault: str
    remark: str = ""


def answer_table(path: Path, source: Source) -> Iterator[Answered]:
    """Every row of the file against ``source``; what cannot be read has failed."""
    try:
        yield from _answer_lines(path, source)
    except UnicodeDecodeError as error:
        yield Answered(1, "", f"the table is not UTF-8: {error}")
    except csv.Error as error:
        yield Answered(1, "", f"this is no table of comma-separated values: {error}")


def _answer_lines(path: Path, source: Source) -> Iterator[Answered]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        if missing := [c for c in COLUMNS if c not in (reader.fieldnames or ())]:
            names = ", ".join(missing)
            yield Answered(1, "", f"columns are missing in the first line: {names}")
            return
        number = 1
        for number, row in enumerate(reader, 2):
            yield answer_row(number, row, source)
        if number == 1:
            yield Answered(1, "", "the table has no rows")


def answer_row(number: int, row: dict, source: Source) -> Answered:
    try:
        if None in row or None in row.values():
            raise ValueError(f"a row has {len(COLUMNS)} fields; is a quote missing?")
        facts = _facts_of(row)
        fault = _mismatch(row, facts, source)
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
        return Answered(number, row.get("case_id") or "", _said(error))
    unknown = sorted(key for key in facts if key not in FACTS)
    remark = f"history: not looked at: {', '.join(unknown)}" if unknown else ""
    return Answered(number, row["case_id"], fault, remark)


def _said(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"history: malformed JSON, {error}"
    if isinstance(error, KeyError):
        return f"history: the key {error} is missing"
    if isinstance(error, (TypeError, AttributeError)):
        return f"history: a value is of the wrong kind, {error}"
    return str(error)


def _facts_of(row: dict) -> dict:
    facts = json.loads(row["history"] or "{}")
    if not isinstance(facts, dict):
        raise ValueError('history: no JSON object; write {} or {"events": […]}')
    known = {key: value for key, value in facts.items() if key in FACTS}
    others = {k: v for k, v in facts.items() if k not in FACTS and k[:1] != "_"}
    return {**_checked("history", known, FACTS), **others}


def _checked(where: str, values: dict, kinds: dict) -> dict:
    """The values that say something, each of its kind: a misspelt key or a false written
    as text must not pass for "no such fact"."""
    if not isinstance(values, dict):
        raise ValueError(f"{where}: {values!r} is not an object")
    found = {}
    for key, value in values.items():
        if key.startswith("_") or value is None:
            continue
        if key not in kinds:
            raise ValueError(
                f"{where}: the key {key!r} is unknown; use {', '.join(kinds)}"
            )
        kind = kinds[key]
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise ValueError(f"{where}.{key}: {value!r} is not {KINDS[kind]}")
        found[key] = value
    return found


def _channels(where: str, names: list) -> frozenset[str]:
    if names:
        check_channels(where, names)
    return frozenset(names)


def _mismatch(row: dict, facts: dict, source: Source) -> str:
    """How the answer differs from what the row expects; empty: it does not."""
    at = _moment("local_datetime", row["local_datetime"])
    expected_next, clock = row["next_allowed_local"], _zone(row["timezone"])
    answer = decide(
        (source(row["country"], at.year),),
        at=at,
        channel=row["channel"],
        zones=tuple(facts.get("candidate_timezones") or [row["timezone"]]),
        context=context_of(facts, row.get("purpose") or DEMAND),
        history=[
            event_of(entry, f"history.events[{number}]")
            for number, entry in enumerate(facts.get("events", ()), 1)
        ],
    )
    if row["expected_allowed"] not in ("yes", "no"):
        raise ValueError(
            f"expected_allowed: {row['expected_allowed']!r}; use yes or no"
        )
    expected = (
        row["expected_allowed"],
        row["reason"],
        _moment("next_allowed_local", expected_next) if expected_next else None,
    )
    given = ("yes" if answer.allowed else "no", answer.codes, answer.next_allowed)
    if given == expected:
        return ""
    return f"expected {_told(*expected, clock)}; got {_told(*given, clock)}"


def _zone(name: str) -> ZoneInfo:
    try:
        return zone(name)
    except ValueError as error:
        raise ValueError(str(error).replace("zones:", "timezone:", 1)) from error


def _moment(column: str, text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(
            f"{column}: {text!r} is no moment; write it like 2026-03-10T15:00-05:00"
        ) from error
    if moment.tzinfo is None:
        raise ValueError(f"{column}: {text!r} has no UTC offset; add it, like -05:00")
    return moment


def _told(allowed: str, codes: str, moment: datetime | None, zone: ZoneInfo) -> str:
    if moment is None:
        return f"{allowed} {codes}".strip()
    return (
        f"{allowed} {codes} until {moment.astimezone(zone).isoformat('T', 'minutes')}"
    )


def context_of(facts: dict, purpose: str = DEMAND) -> Context:
    flags = _checked("history.flags", facts.get("flags", {}), FLAG)
    opt_out = flags.pop("opt_out", [])
    preferred = _checked("history.preferred", facts.get("preferred", {}), PREFERRED)
    authorised = facts.get("authorised")
    agreed = [
        _checked(f"history.agreed_windows[{number}]", span, AGREED)
        for number, span in enumerate(facts.get("agreed_windows", ()), 1)
    ]
    return Context(
        debts=frozenset({facts.get("debt", "D1")}),
        purpose=purpose,
        party=facts.get("party", "debtor"),
        place=facts.get("place", ""),
        flags={name: None for name, value in flags.items() if _is_raised(name, value)},
        opt_out=_channels("history.flags.opt_out", opt_out),
        authorised=None
        if authorised is None
        else _channels("history.authorised", authorised),
        agreed=tuple(
            Hours.between(span["from"], span["to"], span["weekday"]) for span in agreed
        ),
        preferred=Hours.between(preferred["from"], preferred["to"])
        if preferred
        else None,
    )


def _is_raised(flag: str, value: object) -> bool:
    """True, or the day on which it was raised."""
    if isinstance(value, bool):
        return value
    try:
        return bool(datetime.fromisoformat(value))
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"history.flags.{flag}: {value!r} is not true, false or the day since when"
        ) from error


def event_of(entry: dict, where: str = "history.events") -> Event:
    entry = _checked(where, entry, EVENT)
    return Event(
        at=_moment(f"{where}.at", entry["at"]),
        channel=entry["ch"],
        outcome=entry["out"],
        direction=entry.get("dir", "out"),
        debt=entry.get("debt", "D1"),
        consented=entry.get("consented", False),
        purpose=entry.get("purpose", DEMAND),
    )


def is_known_state(env, country: str, state: str) -> bool:
    """Is there such a part of the country, for the holidays or as a state of Odoo?"""
    # the rest of this file runs without Odoo
    from ..models.ruleset import collection_calendar

    if env["collection.calendar"]._is_known(country) and (
        collection_calendar._subdivision(country, state)
    ):
        return True
    codes = (state, f"{country}-{state}")
    found = [("country_id.code", "=", country), ("code", "in", codes)]
    return bool(env["res.country.state"].search_count(found, limit=1))


def unknown_state(name: str) -> str:
    """Why a row about such a preset has failed."""
    code, _, state = name.partition("-")
    return (
        f"country: {name!r}: no part of {code} is called {state!r}; write its ISO code, "
        f"or {code} for the whole country"
    )


def installed(env) -> Source:
    """The sets in use of an Odoo database. ``DE-BY``, which has no set of its own, is the
    set DE with the holidays of Bavaria; reasons bear the name asked for."""
    from odoo.exceptions import UserError  # the rest of this file runs without Odoo

    sets = env["collection.contact.ruleset"].sudo()

    def find(code):
        own = [
            ("code", "=", code),
            ("is_preset", "=", False),
            ("company_id", "=", False),
        ]
        return sets.search(own)

    @cache
    def source(name: str, year: int) -> RuleSet:
        found = own = find(name)
        state = ""
        if not own:
            code, _, state = name.partition("-")
            found = find(code)
        if not found.country_id:
            raise ValueError(f"country: no preset {name!r} with a country is in use")
        country = found.country_id.code
        if not own and not is_known_state(env, country, state):
            raise ValueError(unknown_state(name))
        state = state or found.state_ids[:1].code or ""
        try:
            rules = found._get_ruleset_at(country, state, year)
        except UserError as error:
            raise ValueError(f"country: {error}") from error
        return replace(rules, code=name)

    return source
