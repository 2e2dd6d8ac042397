"""A table of worked cases: who may be contacted when, as the law was read by hand.

Columns and keys: `tables/README.md` of the project's regulation sheet; one row is one
question to one set of rules, alone. Plain Python: read by the tests of the rules, by the
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

from ..rules.contact_rules import Context, Event, Hours, RuleSet, decide

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
FACTS = {
    "events",
    "debt",
    "authorised",
    "flags",
    "party",
    "place",
    "agreed_windows",
    "preferred",
    "candidate_timezones",
    "note",  # a remark, like the keys that begin with an underscore
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
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        return Answered(number, row.get("case_id") or "", _said(error))
    unknown = sorted(k for k in facts if k not in FACTS and not k.startswith("_"))
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
    return facts


def _mismatch(row: dict, facts: dict, source: Source) -> str:
    """How the answer differs from what the row expects; empty: it does not."""
    at = _moment("local_datetime", row["local_datetime"])
    expected_next = row["next_allowed_local"]
    answer = decide(
        (source(row["country"], at.year),),
        at=at,
        channel=row["channel"],
        zones=tuple(facts.get("candidate_timezones", [row["timezone"]])),
        context=context_of(facts),
        history=[event_of(entry) for entry in facts.get("events", ())],
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
    zone = ZoneInfo(row["timezone"])
    return f"expected {_told(*expected, zone)}; got {_told(*given, zone)}"


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


def context_of(facts: dict) -> Context:
    flags = dict(facts.get("flags", {}))
    opt_out = flags.pop("opt_out", ())
    preferred, authorised = facts.get("preferred"), facts.get("authorised")
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


def event_of(entry: dict) -> Event:
    return Event(
        at=_moment("history.events.at", entry["at"]),
        channel=entry["ch"],
        outcome=entry["out"],
        direction=entry.get("dir", "out"),
        debt=entry.get("debt", "D1"),
        consented=entry.get("consented", False),
    )


def installed(env) -> Source:
    """The sets in use of an Odoo database. ``DE-BY``, which has no set of its own, is the
    set DE with the holidays of Bavaria; reasons bear the name asked for."""
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
        found, state = find(name), ""
        if not found:
            code, _, state = name.partition("-")
            found = find(code)
        if not found.country_id:
            raise ValueError(f"country: no preset {name!r} with a country is in use")
        state = state or found.state_ids[:1].code or ""
        rules = found._get_ruleset_at(found.country_id.code, state, year)
        return replace(rules, code=name)

    return source
