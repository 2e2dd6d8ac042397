"""From records to `rules.contact_rules` and back."""

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...rules.contact_blocks import KINDS
from ...rules.contact_clock import zone
from ...rules.contact_rules import Context, Event, decide, permitted_interval
from ...rules.decision import Decision, Reason
from ..debtor.collection_debtor_person import ENTITLED

#: The stops in the order in which they are reported, before everything else.
TURNS = {f"BLK_{kind}": turn for turn, kind in enumerate(KINDS)}
#: Outcomes of ours that the contact rules call otherwise.
OUTCOMES = {"reply": "conversation"}


def _get_turn(reason):
    """The turn of a `Reason` among the reasons of a refusal."""
    return TURNS.get(reason.code.rpartition(".")[2], len(TURNS))


class Events(NamedTuple):
    """What is read at once for the contacts of a batch, so that deciding about one of them
    costs no query.

    ``history``: {key of `collection.debtor._get_person_key`: [Event]}; ``reservations``:
    the same as [(contact id, Event)]; ``neighbours``: {debtor id: ids of debtors who share
    an address}, and what went or will go there: ``history_at`` and ``reservations_at``:
    {(address, root company id): [(debtor id, …)]}; ``unremarkable``: ids of debtors of whom nothing is known (see
    `collection.debtor._find_unremarkable`); ``debts``: {contact id: what it is about};
    ``debtor_ids``: of the batch; ``grace``: {item id: day from which its days of grace
    count}, filled where a rule asks for it"""

    history: dict
    reservations: dict
    unremarkable: frozenset = frozenset()
    debts: dict = {}
    neighbours: dict = {}
    history_at: dict = {}
    reservations_at: dict = {}
    debtor_ids: frozenset = frozenset()
    grace: dict | None = None

    def get_history(self, contact):
        """What was made for the person, and at the address of ``contact``."""
        made = self.history.get(contact.debtor_id._get_person_key(), ())
        there = self._get_neighbours(contact, self.history_at)
        return [*made, *there] if there else made

    def get_reservations(self, contact):
        """The same of what is planned, [(contact id, Event)]."""
        planned = self.reservations.get(contact.debtor_id._get_person_key(), ())
        there = self._get_neighbours(contact, self.reservations_at)
        return [*planned, *there] if there else planned

    def _get_neighbours(self, contact, found):
        if not (others := self.neighbours.get(contact.debtor_id.id)):
            return []
        at = found.get(contact._get_shared_address(), ())
        return [what for debtor_id, what in at if debtor_id in others]


class CollectionContact(models.Model):
    _inherit = "collection.contact"

    # -- history -------------------------------------------------------------------------

    def _get_rule_events(self, unremarkable=None):
        """What counts for the limits of the debtors of these contacts, over all
        branches of the creditor.

        :param unremarkable: result of `collection.debtor._find_unremarkable`, if known
        :return: `Events`; a fixed number of queries, whatever the number of contacts"""
        events = self._read_rule_events(self.debtor_id, unremarkable)
        return events._replace(debts=self._read_debts())

    def _read_rule_events(self, debtors, unremarkable=None):
        """`Events` of ``debtors``, whatever the contact."""
        alike, neighbours = debtors._find_alike()
        reach = self.env["collection.contact.ruleset"]._get_longest_reach()
        since = fields.Datetime.now() - timedelta(days=reach + 2)
        found = self.search_fetch(
            [
                ("debtor_id", "in", alike.ids),
                "|",
                "&",
                ("state", "=", "planned"),
                ("planned_at", "!=", False),
                "&",
                ("state", "in", ("made", "uncertain", "sending", "queued", "failed")),
                "|",
                ("made_at", ">=", since),
                "&",
                ("made_at", "=", False),
                ("state", "in", ("sending", "queued", "uncertain")),
            ],
            [
                "debtor_id",
                "channel",
                "destination",
                "outcome",
                "state",
                "made_at",
                "planned_at",
                "direction",
                "delivery_status",
                "purpose",
            ],
        )
        events = Events(
            *(defaultdict(list), defaultdict(list)),
            debtors._find_unremarkable() if unremarkable is None else unremarkable,
            neighbours=neighbours,
            history_at=defaultdict(list),
            reservations_at=defaultdict(list),
            debtor_ids=frozenset(debtors.ids),
            grace={},
        )
        debts = found._read_debts()
        for contact in found:
            event = contact._get_event(debts)
            if contact.state in ("planned", "queued"):
                contact._note_reservation(events, event)
                continue
            key = contact.debtor_id._get_person_key()
            address = contact._get_shared_address()
            events.history[key].append(event)
            if neighbours:
                events.history_at[address].append((contact.debtor_id.id, event))
        return events

    def _get_shared_address(self):
        """(address, root company id): limits count there too, see `Events`."""
        return (self.destination or "").lower(), self.debtor_id.root_company_id.id

    def _note_reservation(self, events, event):
        """Others see that the moment of ``event`` is taken."""
        debtor, reserved = self.debtor_id, (self.id, event)
        events.reservations[debtor._get_person_key()].append(reserved)
        if events.neighbours:
            address = self._get_shared_address()
            events.reservations_at[address].append((debtor.id, reserved))

    def _read_debts(self):
        """{contact id: result of `_get_debts`} of those that are about invoices, with one
        query."""
        if not self.ids:
            return {}
        self.env["collection.contact.line"].flush_model(
            ["contact_id", "item_id", "part", "state"]
        )
        self.env["collection.item"].flush_model(["move_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT line.contact_id, array_agg(DISTINCT item.move_id)
                  FROM collection_contact_line line
                  JOIN collection_item item ON item.id = line.item_id
                 WHERE line.contact_id IN %s AND line.part IN ('step', 'also')
                   AND line.state <> 'cancelled'
                 GROUP BY line.contact_id
                """,
                tuple(self.ids),
            )
        )
        return {contact_id: frozenset(map(str, moves)) for contact_id, moves in rows}

    def _get_event(self, debts=(), planned_at=None):
        """The contact as `rules.contact_rules.Event`.

        :param debts: result of `_read_debts`, to spare queries
        :param planned_at: naive UTC, where it is not written yet"""
        channel = self.env["collection.channel"]._get(self.channel)
        moment = self.made_at or planned_at or self.planned_at or fields.Datetime.now()
        outcome = OUTCOMES.get(self.outcome, self.outcome)
        if self.state in ("planned", "queued"):
            outcome = "planned"
        elif self.state == "failed":
            outcome = "failed"
        elif self.delivery_status in ("bounced", "returned"):
            outcome = "bounced"
        elif not outcome:
            outcome = channel._usual_outcome
        return Event(
            moment.replace(tzinfo=UTC),
            channel._rule_channel,
            outcome,
            self.direction,
            debt=self._get_debts(debts),
            purpose=self._get_purpose()._rule_purpose,
        )

    def _get_debts(self, known=()):
        """The debts the contact is about, as the contact rules count them: an invoice is
        one debt, however many instalments it has. Without invoices it is about all that is
        open.

        :param known: result of `_read_debts`, to spare queries"""
        if self.id in known:
            return known[self.id]
        items = self.line_ids.item_id or self.debtor_id.item_ids.filtered(
            lambda i: i.ledger_state == "open"
        )
        moves = items.move_id
        return frozenset(str(id_) for id_ in moves.ids) or frozenset({"-"})

    # -- decision ------------------------------------------------------------------------

    def _get_context(self, day, events):
        """Whom this contact asks about on ``day``, as the contact rules want to know
        it."""
        debtor = self.debtor_id
        if debtor.id in events.unremarkable:
            # nobody stands beside them, nothing stops and nothing was said
            known = {"party": debtor._get_party_of_address(self.recipient_id)}
        else:
            known = self._get_remarkable_vals(day)
        callback = None
        if self.callback_from and self.callback_to:
            callback = (
                self.callback_from.replace(tzinfo=UTC),
                self.callback_to.replace(tzinfo=UTC),
            )
        refused = known.pop("opt_out", frozenset())
        return Context(
            debts=self._get_debts(events.debts),
            place=self.place or "",
            purpose=self._get_purpose()._rule_purpose,
            callback=callback,
            opt_out=refused | self._get_blacklisted_channels(),
            **known,
        )

    def _get_remarkable_vals(self, day):
        """What is known of the debtor and the people beside them, as arguments of
        `rules.contact_rules.Context`."""
        debtor = self.debtor_id
        holds = debtor._get_running_holds(self.line_ids.item_id, day)
        flags = debtor._get_flags()
        if debtor._has_refused(self.recipient_id):
            flags["cease_written"] = None
        if holds.filtered(lambda h: h.reason == "complaint"):
            flags["dispute_open"] = None
        claims = holds.filtered(lambda h: h.reason == "says_paid")
        return {
            "party": debtor._get_party(self.recipient_id),
            "flags": flags,
            "paid_claim_on": max(claims.mapped("date_from"), default=None),
            **debtor._get_wishes(),
        }

    def _get_grace_vals(self, events):
        """Whether this would be the first contact after the due date, and since when the
        oldest of what it is about is due, as `rules.contact_limits.Grace` wants to know
        it. It does not matter who makes the contact. The invoice itself may go at once,
        and so may what is said before the due date."""
        if not self._get_purpose()._asks_for_money or self.direction != "out":
            return {}
        today = self.debtor_id._get_today()
        items = self.line_ids.item_id or self.debtor_id._get_open_items()
        due = items.filtered(lambda i: i.date_due < today)
        told = due.contact_line_ids.filtered(
            lambda line: line.contact_id.id != self._origin.id
            and line.state == "made"
            and line.cycle == line.item_id.cycle
            and line.contact_id._get_purpose()._asks_for_money
            and line.contact_id.direction == "out"
            and line.contact_id.made_on
            and line.contact_id.made_on > line.date_due
        )
        if not due or told:
            return {}
        first = min(self._get_grace_from(i, events) or i.date_due for i in due)
        return {"first_contact": True, "due_date": first}

    def _get_grace_from(self, item, events):
        """The day from which the days of grace of ``item`` count if that is later than its
        due date, however the invoice was delivered; else None. Read for all debtors of a
        batch at once."""
        item = item._origin
        if item.id not in events.grace:
            debtors = item.debtor_id.browse(events.debtor_ids | {item.debtor_id.id})
            facts = self.env["collection.evaluation"].sudo()._get_facts(debtors)
            events.grace.update((row.id, row.grace_from) for row in facts.rows)
        late = events.grace.setdefault(item.id)
        return late if late and late > item.date_due else None

    def _get_question(self, now, events=None):
        """Arguments of `rules.contact_rules.decide` for this contact at ``now`` (naive
        UTC).

        :param events: result of `_get_rule_events` of a batch, to spare queries
        :raise UserError, ValueError: the moment cannot be decided"""
        self.ensure_one()
        debtor, at = self.debtor_id, now.replace(tzinfo=UTC)
        events = events or self._get_rule_events()
        zones = debtor._get_zone_names_of_all(self.recipient_id)
        day = at.astimezone(zone(zones[0])).date()
        rulesets = debtor._get_rulesets(day)
        context = self._get_context(day, events)
        if any(rules.grace for rules in rulesets):
            context = replace(context, **self._get_grace_vals(events))
        return {
            "rulesets": rulesets,
            "at": at,
            "channel": self.env["collection.channel"]._get(self.channel)._rule_channel,
            "zones": zones,
            "context": context,
            "history": events.get_history(self),
            "reservations": [
                event for id_, event in events.get_reservations(self) if id_ != self.id
            ],
            "waived": self._get_waived_codes(),
        }

    def _decide(self, now, events=None):
        """May this contact be made at ``now`` (naive UTC)? The answer's
        ``next_allowed`` is an aware datetime.

        What cannot be decided is not permitted and says why.

        :param events: result of `_get_rule_events` of a batch, to spare queries"""
        try:
            return self._answer(**self._get_question(now, events))
        except (ValueError, UserError) as error:
            return Decision.no(Reason.of("UNDECIDABLE", error=str(error)))

    def _answer(self, **question):
        """The Decision about a question of `_get_question`: stops of `_get_bars` that no
        set of the place knows of are added."""
        decision = decide(**question)
        known = {reason.code.rpartition(".")[2] for reason in decision.reasons}
        bars = self._get_bars(question["context"])
        bars = [Reason.of(code) for code in bars if code not in known]
        if not bars:
            return decision
        reasons = sorted([*bars, *decision.reasons], key=_get_turn)
        return Decision.no(*reasons, version=decision.version)

    def _get_bars(self, context):
        """What holds whatever the sets of the place say of it, and no exception lets it
        pass: no third party learns of the debt (design, invariant 10), and nobody is
        contacted at work who does not want it there."""
        bars = []
        if context.party not in ENTITLED:
            bars.append("BLK_THIRD_PARTY")
        if context.place == "work" and "work_prohibited" in context.flags:
            bars.append("BLK_WORKPLACE")
        return bars

    def _get_permitted_interval(self, now, events=None):
        """(from, to) in naive UTC of the next time in which the contact is permitted;
        None if there is none within the horizon or nobody can tell."""
        try:
            question = self._get_question(now, events)
            if self._get_bars(question["context"]):
                return None
            interval = permitted_interval(**question)
        except (ValueError, UserError):
            return None
        return interval and tuple(
            moment.astimezone(UTC).replace(tzinfo=None, microsecond=0)
            for moment in interval
        )

    def _get_first_moment(self, now):
        """``now``, or the beginning of the first day on which the contact may be
        planned, or of the call-back the debtor asked for (naive UTC)."""
        start = now
        if self.not_before:
            start = max(start, self.debtor_id._get_utc(self.not_before, time.min))
        if self.callback_from:
            start = max(start, self.callback_from)
        return start

    def _plan_from(self, now, events):
        """Reserve the first permitted moment from ``now`` (naive UTC) on.

        :return: the Decision; ``planned_at`` is set when there is such a moment"""
        decision, vals = self._find_moment(now, events)
        if vals:
            self.write(vals)
        return decision

    def _find_moment(self, now, events):
        """The first permitted moment from ``now`` (naive UTC) on; it is reserved among
        ``events``.

        :return: (the Decision, what is to be written; nothing without such a moment)"""
        start = self._get_first_moment(now)
        try:
            question = self._get_question(start, events)
            decision = self._answer(**question)
        except (ValueError, UserError) as error:
            return Decision.no(Reason.of("UNDECIDABLE", error=str(error))), {}
        moment = question["at"] if decision.allowed else decision.next_allowed
        if moment is None:
            return decision, {}
        planned_at = moment.astimezone(UTC).replace(tzinfo=None, microsecond=0)
        name = question["zones"][0]
        self._note_reservation(events, self._get_event(events.debts, planned_at))
        return decision, {
            "planned_at": planned_at,
            "planned_on": moment.astimezone(zone(name)).date(),
            "tz": name,
            "decision_version": decision.version,
            "reasons": self.env["collection.reason"]._store_all(decision.reasons)
            or [self._get_purpose()._get_planning_reason(self)],
        }

    def _get_end_of_day(self):
        """End of the planned day for the debtor, naive UTC."""
        day = self.planned_on + timedelta(days=1)
        return self.debtor_id._get_utc(day, time.min)

    def _is_past_its_day(self, now: datetime):
        return bool(self.planned_on) and now >= self._get_end_of_day()
