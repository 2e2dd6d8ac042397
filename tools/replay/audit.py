"""Judges every contact of the replay by `law.py`, which knows nothing of the module.

Before it judges, the reference must agree with the worked cases of `contact_cases*.csv`.
Verdicts are kept in the schema ``replay``, a row for each.
"""

import csv
import json
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from . import law
from .places import Home

#: What a case may say for the reference to have an answer.
KNOWN_KEYS = {"events", "debt", "note"}
RULE_ID = re.compile(r"[A-Z][A-Z0-9-]*\.(WIN|LIM|BLK)_[A-Z_]+")
#: A certified letter is a letter to the rules.
RULE_CHANNEL = {"certified": "letter"}
#: An answer pauses the messages for so many business days after its own day.
PAUSE_DAYS = 2

TABLES = """
CREATE TABLE replay.outside_rules (contact_id int, place text, channel text,
    local_at timestamp, zone text, rule text);
CREATE TABLE replay.delay (contact_id int, place text, channel text, asked_at timestamp,
    planned_at timestamp, rules text[], without_ground text[]);
CREATE TABLE replay.refused_call (contact_id int, place text, made_at timestamp,
    rules text[], without_ground text[]);
"""


class WrongReference(Exception):
    """The reference does not agree with the worked cases: it may not judge."""


@dataclass(slots=True)
class Made:
    """A contact as the database has it, and as the law sees it."""

    id: int
    customer: str
    home: Home
    destination: str
    is_by_system: bool
    event: law.Contact


@dataclass(slots=True)
class Delay:
    """A contact for which a moment was found; ``asked_at`` and ``planned_at`` are naive
    UTC, ``reasons`` as stored."""

    contact_id: int
    partner_id: int
    channel: str
    asked_at: datetime
    planned_at: datetime
    reasons: list = field(default_factory=list)

    @property
    def is_late(self) -> bool:
        return self.planned_at > self.asked_at + timedelta(seconds=1)


class Planned:
    """Sees, visit by visit, which contacts got a new moment."""

    def __init__(self):
        self.delays: list[Delay] = []
        self._moments: dict[int, datetime] = {}

    def look(self, cr, now: datetime) -> None:
        """:param now: naive UTC, the moment at which the planner ran"""
        cr.execute(
            """SELECT id, partner_id, channel, planned_at, reasons, tz, not_before,
                      callback_from
                 FROM collection_contact
                WHERE state = 'planned' AND planned_at IS NOT NULL"""
        )
        moments = {}
        for id_, partner_id, channel, planned_at, reasons, *earliest in cr.fetchall():
            moments[id_] = planned_at
            if self._moments.get(id_) == planned_at:
                continue
            asked = max(now, *_first_moments(*earliest))
            delay = Delay(id_, partner_id, channel, asked, planned_at, reasons)
            if delay.is_late:
                self.delays.append(delay)
        self._moments = moments


def _first_moments(tz: str, not_before: date | None, callback_from: datetime | None):
    """Before which the contact is not even asked for: a day of the debtor, or the
    beginning of a call-back; naive UTC."""
    if not_before:
        start = datetime.combine(not_before, time.min, tzinfo=ZoneInfo(tz))
        yield start.astimezone(UTC).replace(tzinfo=None)
    yield callback_from or datetime.min


def check_reference(folder: Path) -> str:
    """How many of the worked cases the reference answers as they say.

    :param folder: of the tables contact_cases*.csv
    :raise WrongReference: one that it answers otherwise, or there are none"""
    agreeing = others = 0
    for case in _read_cases(folder):
        said = json.loads(case["history"] or "{}")
        keys = {key for key in said if not key.startswith("_")}
        # the replay makes demands only, and the reference knows no other purpose
        if case["country"] not in law.HOURS or keys - KNOWN_KEYS or "purpose" in case:
            others += 1
            continue
        answer = _answer(case, said)
        if answer != case["reason"]:
            raise WrongReference(f"{case}: the reference says {answer or 'yes'}")
        agreeing += 1
    if not agreeing:
        raise WrongReference(f"no worked cases in {folder}")
    return f"{agreeing} of {agreeing} ({others} of other places or facts)"


def _read_cases(folder: Path):
    for path in sorted(folder.glob("contact_cases*.csv")):
        with path.open(newline="", encoding="utf-8") as file:
            yield from csv.DictReader(file)


def _answer(case: dict, said: dict) -> str:
    debt = said.get("debt", "D1")
    before = [
        law.Contact(
            datetime.fromisoformat(event["at"]),
            event["ch"],
            event["out"],
            event.get("dir") == "in",
            frozenset({event.get("debt", "D1")}),
            bool(event.get("consented")),
        )
        for event in said.get("events", ())
    ]
    asked = law.Contact(
        datetime.fromisoformat(case["local_datetime"]),
        case["channel"],
        debts=frozenset({debt}),
    )
    code = case["country"]
    found = law.refusals(code, asked, before, case["timezone"], code)
    return "+".join(f"{code}.{rule}" for rule in found)


class Audit:
    def __init__(self, cr, homes: dict[str, Home], deeds, delays: list[Delay]):
        self._cr, self._homes, self._deeds, self._delays = cr, homes, deeds, delays
        cr.execute(TABLES)
        cr.execute("SELECT partner_id, customer FROM replay.customer")
        self._customers = dict(cr.fetchall())

    def judge(self) -> tuple[dict, dict]:
        """(measures, counts that must be 0)."""
        made = self._read_contacts()
        verdicts = self._judge_contacts(made)
        delays = self._judge_delays()
        refused = self._judge_refused_calls()
        calls = Counter(done for _id, _at, done in self._deeds.calls)
        self._cr.execute(
            """SELECT count(*) FILTER (WHERE state <> 'blocked'),
                      count(*) FILTER (WHERE state = 'blocked')
                 FROM collection_contact
                WHERE channel = 'phone' AND direction = 'out' AND made_at IS NOT NULL"""
        )
        calls_made, calls_blocked = self._cr.fetchone()
        measures = {
            "contacts_by_place": _count_by_place(made),
            "outside_rules_by_rule": dict(Counter(v[-1] for v in verdicts)),
            "delays": len(delays),
            "delays_by_rule": _count_rules(delays),
            "calls_made": calls_made,
            "calls_blocked": calls_blocked,
            "blocks_by_rule": _count_rules(refused),
            "replies": len(self._deeds.replies),
            "bounces": len(self._deeds.bounces),
            "contacts_beside_the_plan": self._deeds.by_hand,
            "callbacks_asked_for": self._deeds.callbacks,
            "refused_email": len(self._deeds.refusals),
            "with_attorney": len(self._deeds.attorneys),
            "asked_to_cease": len(self._deeds.ceases),
        }
        return measures, {
            "contacts_outside_rules": len({id_ for id_, *_ in verdicts}),
            "delayed_without_rule": sum(not rules for *_, rules, _wrong in delays),
            "delays_without_ground": sum(bool(wrong) for *_, wrong in delays),
            "blocked_without_rule": sum(not rules for *_, rules, _wrong in refused),
            "blocks_without_ground": sum(bool(wrong) for *_, wrong in refused),
            "calls_unlike_the_log": abs(calls[True] - calls_made)
            + abs(calls[False] - calls_blocked),
        }

    # -- what was done -------------------------------------------------------------------

    def _read_contacts(self) -> list[Made]:
        self._cr.execute(
            """SELECT c.id, c.partner_id, c.channel, c.direction, c.outcome, c.made_at,
                      c.destination, c.message_id IS NOT NULL AND c.purpose <> 'by_hand',
                      c.purpose = 'callback',
                      c.callback_from <= c.made_at AND c.made_at < c.callback_to,
                      array_remove(array_agg(DISTINCT item.move_id), NULL)
                 FROM collection_contact c
                 LEFT JOIN collection_contact_line line ON line.contact_id = c.id
                 LEFT JOIN collection_item item ON item.id = line.item_id
                WHERE c.made_at IS NOT NULL AND c.state <> 'blocked'
                GROUP BY c.id ORDER BY c.made_at, c.id"""
        )
        found = []
        for id_, partner_id, channel, direction, outcome, *rest in self._cr.fetchall():
            at, to, by_system, consented, called_for, debts = rest
            customer = self._customers[partner_id]
            bounced = self._deeds.bounces.get(id_)
            event = law.Contact(
                at.replace(tzinfo=UTC),
                RULE_CHANNEL.get(channel, channel),
                outcome or "sent",
                direction == "in",
                frozenset(map(str, debts)),
                bool(consented),
                bool(called_for),
                void_from=bounced and bounced.replace(tzinfo=UTC),
            )
            home = self._homes[customer]
            found.append(Made(id_, customer, home, to or "", by_system, event))
        return found

    def _judge_contacts(self, made: list[Made]) -> list[tuple]:
        verdicts = []
        before = defaultdict(list)
        for contact in made:
            home, event = contact.home, contact.event
            earlier = before[contact.customer]
            if not event.inbound:
                broken = set(self._stops(contact))
                for code in law.sets_of(home.place, home.party):
                    for zone in home.zones:
                        found = law.refusals(code, event, earlier, zone, home.place)
                        broken.update(f"{code}.{rule}" for rule in found)
                local = event.at.astimezone(ZoneInfo(home.zones[0]))
                verdicts += [
                    (contact.id, home.place, event.channel, local.replace(tzinfo=None))
                    + (home.zones[0], rule)
                    for rule in sorted(broken)
                ]
            earlier.append(event)
        self._cr.execute_values(
            "INSERT INTO replay.outside_rules VALUES %s", verdicts
        ) if verdicts else None
        return verdicts

    def _stops(self, contact: Made):
        """What the customer had said by then, and whom the contact went to."""
        deeds, customer = self._deeds, contact.customer
        at = contact.event.at.astimezone(UTC).replace(tzinfo=None)

        def since(facts: dict) -> bool:
            return customer in facts and facts[customer] <= at

        own = contact.destination in deeds.addresses[customer]
        if since(deeds.ceases):
            yield "BLK_CEASE"
        if since(deeds.attorneys):
            if contact.destination not in deeds.addresses[f"attorney of {customer}"]:
                yield "BLK_ATTORNEY"
        elif not own and contact.event.channel not in ("letter", "visit"):
            yield "BLK_THIRD_PARTY"
        allowed = deeds.authorised.get(customer)
        if allowed and contact.event.channel not in allowed:
            yield "BLK_CHANNEL_NOT_AUTHORISED"
        if since(deeds.refusals) and contact.event.channel == "email":
            yield "BLK_OPT_OUT"
        if contact.is_by_system and self._is_answer_fresh(contact, at):
            yield "PAUSE_AFTER_ANSWER"

    def _is_answer_fresh(self, contact: Made, at: datetime) -> bool:
        home = contact.home
        zone = ZoneInfo(home.zones[0])
        today = contact.event.at.astimezone(zone).date()
        for answered in self._deeds.answers.get(contact.customer, ()):
            day = answered.replace(tzinfo=UTC).astimezone(zone).date()
            last = law.business_days_after(day, PAUSE_DAYS, home.country, home.state)
            if answered <= at and today <= last:
                return True
        return False

    # -- what was not done, and why ------------------------------------------------------

    def _judge_delays(self) -> list[tuple]:
        rows = []
        for delay in self._delays:
            home = self._homes[self._customers[delay.partner_id]]
            rules = _rules_in(delay.reasons)
            wrong = _without_ground(rules, home, delay.channel, delay.asked_at)
            rows.append(
                (delay.contact_id, home.place, delay.channel, delay.asked_at)
                + (delay.planned_at, rules, wrong)
            )
        self._insert("delay", rows)
        return rows

    def _judge_refused_calls(self) -> list[tuple]:
        self._cr.execute(
            """SELECT id, partner_id, channel, made_at, reasons FROM collection_contact
                WHERE state = 'blocked' AND made_at IS NOT NULL ORDER BY id"""
        )
        rows = []
        for id_, partner_id, channel, at, reasons in self._cr.fetchall():
            home = self._homes[self._customers[partner_id]]
            rules = _rules_in(reasons)
            wrong = _without_ground(rules, home, channel, at)
            rows.append((id_, home.place, at, rules, wrong))
        self._insert("refused_call", rows)
        return rows

    def _insert(self, table: str, rows: list[tuple]) -> None:
        if rows:
            self._cr.execute_values(f"INSERT INTO replay.{table} VALUES %s", rows)


def _rules_in(reasons: list | None) -> list[str]:
    codes = [reason["code"] for reason in reasons or ()]
    return [code for code in codes if RULE_ID.fullmatch(code)]


def _without_ground(
    rules: list[str], home: Home, channel: str, at: datetime
) -> list[str]:
    """The hours that were given as a reason although they were open. The limits are not
    looked at: what was planned at that moment is not known any more."""
    asked = law.Contact(at.replace(tzinfo=UTC), RULE_CHANNEL.get(channel, channel))
    hold = law.sets_of(home.place, home.party)
    wrong = []
    for rule in rules:
        code, _, name = rule.partition(".")
        if code not in hold:
            wrong.append(rule)
        elif name.startswith("WIN_"):
            closed = {
                found
                for zone in home.zones
                for found in law.refusals(code, asked, (), zone, home.place)
            }
            if name not in closed:
                wrong.append(rule)
    return wrong


def _count_by_place(made: list[Made]) -> dict:
    counts: dict[str, Counter] = defaultdict(Counter)
    for contact in made:
        if not contact.event.inbound:
            counts[contact.home.place][contact.event.channel] += 1
    return {place: dict(counts[place]) for place in sorted(counts)}


def _count_rules(rows: list[tuple]) -> dict[str, int]:
    return dict(
        Counter(rule for *_, rules, _wrong in rows for rule in rules).most_common()
    )
