"""Dry run: which contacts a plan would make of the open items in the next days, when, to
whom and why, if nobody pays and nobody answers.

The days pass in a loop over facts that are read once. On each of them the evaluation
decides, the planner's rules find the moments, and what is planned for the day counts as
made. The contacts exist in memory only, and the database refuses to write meanwhile."""

from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta

from odoo import Command, api, fields, models

from ...rules.stages import Gone, Mark, carry_marks
from ..engine.collection_evaluation_facts import Facts, ItemRow
from ..engine.planning_round import PlanningRound

#: States of contacts that have not left yet: they stand in the outbox.
OUTBOX = ("planned", "queued", "sending")
#: The scheduled actions run every hour: so often a day something may follow.
ROUNDS_A_DAY = 24


@dataclass(slots=True, eq=False)
class Foreseen:
    """A contact of the days to come: ``contact`` in memory, ``pairs`` of items and steps.

    ``asked_on``: the day it fell due; ``reasons``: stored, why it is made, or why not, or
    why in this way; ``reservation``: its entry among the debtor's; ``over``: it was made,
    or nobody can make it."""

    contact: models.BaseModel
    pairs: list[tuple[ItemRow, models.BaseModel]]
    asked_on: date
    in_outbox: bool = False
    reasons: list[dict] = field(default_factory=list)
    reservation: tuple | None = None
    over: bool = False
    #: {currency id: amount} that it asks for, once it is over.
    asked: dict[int, float] | None = None

    def get_items(self):
        """Ids of the items that it is about: a courtesy note beside what is asked for is
        an information."""
        contact = self.contact
        return {
            row.id
            for row, step in self.pairs
            if not contact._is_beside(step.stage_id, contact.stage_id)
        }


class DebtorForecast(PlanningRound):
    """The days of one debtor."""

    def __init__(self, debtor, facts: Facts, events, outbox, not_to_send):
        """
        :param events: result of `collection.contact._read_rule_events`
        :param outbox: contacts of the debtor that have not left, oldest first
        :param not_to_send: items whose invoice is not to be sent after today either"""
        super().__init__(debtor.env)
        self.debtor, self.facts = debtor, facts
        self.rows = facts.items.get(debtor.id, [])
        self.today = facts.today[debtor.id]
        key = debtor._get_person_key()
        self.history = list(events.history.get(key, ()))
        self.reservations = list(events.reservations.get(key, ()))
        self.events = events._replace(
            history={key: self.history}, reservations={key: self.reservations}
        )
        self.not_to_send = set(not_to_send)
        self.foreseen = []
        for contact in outbox:
            self._take_over(contact)

    def live(self, days):
        """Let today and ``days`` more days pass.

        :return: the contacts of these days, and those that nobody can make"""
        for number in range(days + 1):
            self._live_one_day(self.today + timedelta(days=number))
        last = self.today + timedelta(days=days)
        for each in self.foreseen:
            each.asked = self._get_asked(each)
        return [
            each
            for each in self.foreseen
            if not each.contact.planned_on or each.contact.planned_on <= last
        ]

    def _live_one_day(self, day):
        """As the scheduled actions do all day long: when a contact was made or failed,
        something else may follow on the same day."""
        now = max(fields.Datetime.now(), self.debtor._get_utc(day, time.min))
        for _round in range(ROUNDS_A_DAY):
            # what depends on the day, and on where the items stand now
            self.facts.set_today(self.debtor.id, day)
            self._evaluate(day)
            changed = self._plan(now, day)
            for each in self._get_leaving(day):
                now = max(now, each.contact.planned_at)
                self._leave(each, day)
                changed = True
            if not changed:
                break

    # -- the outbox ----------------------------------------------------------------------

    def _take_over(self, contact):
        """A contact of the outbox, in memory on top of its record. If nobody made it on
        its day, a message is planned again, and what a person had to do was missed."""
        rows = {row.id: row for row in self.rows}
        lines = contact.line_ids.filtered(lambda x: x.state == "planned" and x.item_id)
        pairs = [
            (rows[line.item_id.id], line.step_id)
            for line in lines
            if line.item_id.id in rows
        ]
        if lines and not pairs:
            return  # nothing of it is open any more
        each = Foreseen(contact.new(origin=contact), pairs, self.today, in_outbox=True)
        each.reservation = next(
            (r for r in self.reservations if r[0] == contact.id), None
        )
        if contact.planned_on and contact.planned_on < self.today:
            self._release(each)
            if not self._is_automatic(each):
                self._close(each, contact.planned_on)
                return
            each.contact.write({"planned_at": False, "planned_on": False})
        self.foreseen.append(each)

    def _is_automatic(self, each):
        return self.env["collection.channel"]._get(each.contact.channel)._is_automatic()

    def _release(self, each):
        """Its day is free again for others."""
        if each.reservation in self.reservations:
            self.reservations.remove(each.reservation)
        each.reservation = None

    # -- evaluation ----------------------------------------------------------------------

    def _evaluate(self, day):
        """Decide as the evaluation does, keep where the items stand in the facts, and
        foresee the contacts that are due."""
        evaluation = self.env["collection.evaluation"]
        found = evaluation._resolve_debtor(self.debtor, self.facts)
        levels = evaluation._read_levels(found)
        first, brings = {}, self.env["collection.fact"]._get_codes("_brings_invoice")
        for _debtor, row, resolution, withheld in found:
            row.stage_id, row.level = resolution.rung_id, levels[resolution.rung_id]
            row.stage_since, row.next_date = resolution.since, resolution.next_date
            if withheld and withheld.code in brings:
                first[row.id] = self.env["collection.reason"]._store(withheld)
        not_to_send = self.not_to_send
        if day == self.today:
            not_to_send = not_to_send | self.facts.of["invoice_waiting"]
        wanted = evaluation._get_wanted(found, not_to_send)
        for key, pairs in wanted.items():
            reasons = [first[row.id] for row, _step in pairs if row.id in first]
            self._want(key, pairs, day, reasons)
        for pairs in evaluation._get_due_actions(found).values():
            for row, step in pairs:  # whatever else is due is done on its day
                self._mark(row, step, Mark(step.id, day))
                row.next_date = day

    def _want(self, key, pairs, day, reasons):
        """A contact that is planned already takes the new items in, else there is a new
        one (as in `collection.contact._plan`, where the key is explained)."""
        each = next((e for e in self.foreseen if self._takes_in(e, key)), None)
        if each is None:
            vals = self.env["collection.contact"]._prepare_planned_vals(
                self.debtor, key, pairs, self.facts
            )
            each, added = self._foresee(vals, pairs, day), pairs
        else:
            present = {row.id for row, _step in each.pairs}
            added = [pair for pair in pairs if pair[1] or pair[0].id not in present]
            each.pairs = each.pairs + added
            each.contact.write({"line_ids": self._prepare_lines(added)})
            each.contact._raise_tone(added)
        each.reasons += [reason for reason in reasons if reason not in each.reasons]
        for row, step in added:
            self._mark(row, step, Mark(step.id, day, open=True))

    def _takes_in(self, each, key):
        return (
            self._get_key(each.contact) == key
            and each.contact.state == "planned"
            and not each.over
        )

    def _get_key(self, contact):
        addressee_id = contact.addressee_id.id or 0
        return self.debtor.id, contact.channel, contact.purpose, addressee_id

    def _foresee(self, vals, pairs, day):
        contact = self.env["collection.contact"].new(
            {**vals, "line_ids": self._prepare_lines(pairs)}
        )
        each = Foreseen(contact, list(pairs), day)
        self.foreseen.append(each)
        return each

    def _prepare_lines(self, pairs):
        return [
            Command.create({"item_id": row.id, "step_id": step.id})
            for row, step in pairs
        ]

    def _mark(self, row, step, mark=None):
        """Keep of the item that ``step`` has a contact; no mark: that it has none."""
        id_ = self._get_step_id(step)
        others = [known for known in row.marks if known.step_id != id_]
        if mark:
            mark = replace(mark, step_id=id_)
        row.marks = (*others, mark) if step and mark else tuple(others)

    def _get_step_id(self, step):
        """Its id, or of the step of the plan that is tried for which it stands: what waits
        in the outbox may be of another plan."""
        ladder = self.env["collection.evaluation"]._get_ladder(self.facts, self.debtor)
        if not step or any(x.id == step.id for r in ladder.rungs for x in r.steps):
            return step.id
        gone = {step.id: Gone(step.stage_id.level, step._get_step())}
        carried = carry_marks((Mark(step.id, self.today),), ladder, gone)
        return carried[0].step_id if carried else step.id

    # -- planning ------------------------------------------------------------------------

    def _plan(self, now, day):
        """Reserve the first permitted moment from ``now`` on for whom has none.

        :return: did one turn out to be impossible? Then the ladder may go on"""
        self.now, self.day = now, day
        waiting = [e for e in self.foreseen if not e.over and not e.contact.planned_at]
        self.run(waiting)
        return any(each.over for each in waiting)

    def get_contact(self, entry):
        return entry.contact

    def find_addresses(self, entries):
        missing, unremarkable = {}, self.events.unremarkable
        for each in entries:
            reasons = each.contact._resolve_recipients(unremarkable)
            if not each.contact.destination:
                (missing[each],) = reasons.values()
        return missing

    def find_moments(self, entries):
        refused = {}
        for each in entries:
            decision = each.contact._plan_from(self.now, self.events)
            if each.contact.planned_at:
                each.reservation = self.reservations[-1]
            else:
                refused[each] = decision
        return refused

    def fall_back(self, entries, reason):
        because, instead = [self.env["collection.reason"]._store(reason)], []
        for each in entries:
            if not each.contact._get_fallback_channel():
                self._close_unmade(each, because)
                continue
            self.foreseen.remove(each)
            vals = each.contact._prepare_substitute_vals(self.day)
            pairs = [(row, step) for row, step in each.pairs if step]
            other = self._foresee(vals, pairs, each.asked_on)
            other.reasons = [*each.reasons, *because]
            instead.append(other)
        return self.reach(instead)

    def give_up(self, refused):
        for each, decision in refused.items():
            self._close_unmade(each, each.contact._explain_no_moment(decision))

    def _close_unmade(self, each, reasons):
        """Nobody can make it: it is listed without a moment, and the ladder goes on."""
        each.reasons = [*each.reasons, *reasons]
        if each.contact._get_purpose()._must_arrive:
            self.not_to_send.update(row.id for row, _step in each.pairs)
        self._close(each, self.day)

    # -- leaving -------------------------------------------------------------------------

    def _get_leaving(self, day):
        leaving = [
            each
            for each in self.foreseen
            if not each.over
            and each.contact.planned_at
            and each.contact.planned_on <= day
        ]
        return sorted(leaving, key=lambda e: e.contact.planned_at)

    def _leave(self, each, day):
        """Messages leave, people do their part and reach nobody. A message without any
        invoice that may be chased on that day is not needed."""
        event, purpose = each.contact._get_event(), each.contact._get_purpose()
        self._release(each)
        if self._is_automatic(each):
            self._drop_what_is_obsolete(each, day)
            if not each.pairs and purpose._is_chase:
                self.foreseen.remove(each)
                return
        channel = self.env["collection.channel"]._get(each.contact.channel)
        self.history.append(replace(event, outcome=channel._usual_outcome))
        purpose._after_foreseen([row for row, _step in each.pairs], day)
        if self._is_automatic(each) and purpose._begins_quiet_days:
            if each.contact.stage_id.level != "pre_due":
                _debtor_id, code, _purpose, whom = self._get_key(each.contact)
                self.facts.of["quiet"][self.debtor.id, code, whom] = day
        for id_, part in self._get_picture(each).items():
            if part == "info":
                self.facts.of["courtesy_told"][id_] = day
        self._close(each, day)

    def _get_picture(self, each):
        """{item id: part} of what it lists, where it lists all (`rules.picture`)."""
        contact = each.contact
        if contact._get_listing() != "all":
            return {}
        return self.env["collection.evaluation"]._get_picture(
            self.facts,
            self.debtor,
            each.get_items(),
            contact._get_addressee(contact.step_id, contact.addressee_id.id),
        )

    def _drop_what_is_obsolete(self, each, day):
        kept = []
        for row, step in each.pairs:
            level = step.stage_id.level
            if each.contact._get_reason_not_owed(level, row, self.facts):
                self._mark(row, step)
                row.next_date = day
            else:
                kept.append((row, step))
        each.pairs = kept

    def _close(self, each, on):
        """Made, missed or given up ``on`` this day: the ladder goes on from there."""
        each.over, each.asked = True, self._get_asked(each)
        for row, step in each.pairs:
            self._mark(row, step, Mark(step.id, on))
            row.next_date = on

    def _get_asked(self, each):
        """What it asks for, as the day of the facts has it (see `Foreseen`)."""
        if each.asked is not None:
            return each.asked
        rows, amounts = {row.id: row for row, _step in each.pairs}, {}
        if parts := self._get_picture(each):
            rows = {r.id: r for r in self.rows if parts.get(r.id, "info") != "info"}
        for row in rows.values():
            amounts[row.currency_id] = amounts.get(row.currency_id, 0.0) + row.amount
        if parts:
            taken = self.env["collection.evaluation"]._get_taken_from(
                self.facts, self.debtor, set(rows)
            )
            for currency_id, line in taken:
                amounts[currency_id] += float(line.open)
        return amounts


class CollectionForecast(models.AbstractModel):
    _name = "collection.forecast"
    _description = "Dry run of a collection plan"

    @api.model
    def _forecast(self, debtors, days, policy=None, approves=False):
        """The contacts of the next ``days`` days if nobody pays, nobody answers, every
        message arrives, and people do what is planned for them on its day. Payments are
        taken to be entered every day. What stands in the outbox is among them.

        :param policy: the plan to try; None: each debtor's own
        :param approves: assume that managers open the stages that wait for them
        :return: list of dicts {"debtor_id", "channel", "purpose", "stage_id", "step_id",
            "asked_on", "planned_at" (naive UTC or False), "planned_on", "recipient_id",
            "destination", "amounts" {currency id: amount}, "item_count", "in_outbox",
            "reasons" (stored)}; in the order of the days"""
        with self._refuse_writing():
            facts = self._get_facts(debtors, policy, approves)
            contacts = self.env["collection.contact"]
            events = contacts._read_rule_events(debtors)
            outbox = contacts.search(
                [("debtor_id", "in", debtors.ids), ("state", "in", OUTBOX)], order="id"
            ).grouped("debtor_id")
            tomorrow = fields.Datetime.add(fields.Datetime.now(), days=1)
            not_to_send = self.env["collection.fact.invoice_waiting"]._read_items(
                debtors, tomorrow
            )
            foreseen = []
            for debtor in debtors.filtered(lambda d: d.id not in facts.errors):
                waiting = outbox.get(debtor, ())
                forecast = DebtorForecast(debtor, facts, events, waiting, not_to_send)
                foreseen += forecast.live(days)
            rows = [self._prepare_row(each) for each in foreseen]
        return sorted(rows, key=lambda r: (r["planned_on"] or r["asked_on"]))

    @contextmanager
    def _refuse_writing(self):
        """Whoever writes meanwhile gets an error of the database; and whatever happened
        is rolled back, in the database and in the cache."""
        with closing(self.env.cr.savepoint()):
            self.env.cr.execute("SET TRANSACTION READ ONLY")
            yield
            # what waits to be written must be refused too
            self.env.flush_all()

    def _get_facts(self, debtors, policy, approves):
        facts = self.env["collection.evaluation"]._get_facts(
            debtors, policy or None, without=("bank",)
        )
        for debtor in debtors.filtered(lambda d: d.id not in facts.errors):
            plan = facts.get_policy(debtor)
            if plan.id not in facts.ladders:
                facts.ladders[plan.id] = self._get_ladder(plan, approves)
            is_another = plan != debtor.effective_policy_id
            for row in facts.items.get(debtor.id, ()):
                # another plan is looked at at once, and so is who waits for a manager
                if is_another or row.next_date is None:
                    row.next_date = facts.today[debtor.id]
        return facts

    def _get_ladder(self, policy, approves):
        ladder = policy._get_ladder()
        if not approves:
            return ladder
        rungs = tuple(replace(rung, gate="auto") for rung in ladder.rungs)
        return replace(ladder, rungs=rungs)

    def _prepare_row(self, each):
        contact = each.contact
        return {
            "debtor_id": contact.debtor_id.id,
            "channel": contact.channel,
            "purpose": contact.purpose,
            "stage_id": contact.stage_id.id,
            "step_id": contact.step_id.id,
            "asked_on": each.asked_on,
            "planned_at": contact.planned_at,
            "planned_on": contact.planned_on,
            "recipient_id": contact.recipient_id.id,
            "destination": contact.destination,
            "amounts": each.asked,
            "item_count": len(each.get_items()),
            "in_outbox": each.in_outbox,
            "reasons": each.reasons + self._get_planning_reasons(each),
        }

    def _get_planning_reasons(self, each):
        """Why it is made later than it fell due, or what else its record says of it."""
        contact = each.contact
        at_once = contact.planned_on == each.asked_on and not each.in_outbox
        if not contact.planned_at or at_once:
            return []
        return [reason for reason in contact.reasons if reason["code"] != "PLANNED"]
