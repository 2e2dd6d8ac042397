"""Dry run: which contacts a plan would make of the open items in the next days, when, to
whom and why. Nothing is written: the same rules as the evaluation and the planner, on
copies of the facts, with days that pass in a loop."""

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, time, timedelta

from odoo import api, fields, models

from ..rules import stages
from ..rules.contact_rules import Event

#: Reasons not to chase that hold on that day of the dry run too. Bank data and payments
#: on their way are taken as settled by then, a missing invoice as delivered.
LASTING = (
    "HELD",
    "STOPPED",
    "WITHIN_TOLERANCE",
    "COURTESY_RECENT",
    "COURTESY_AUTOMATIC",
    "COURTESY_PUNCTUAL",
)


class CollectionForecast(models.AbstractModel):
    _name = "collection.forecast"
    _description = "Dry run of a collection plan"

    @api.model
    def _forecast(self, debtors, days, policy=None, approves=False):
        """The contacts of the next ``days`` days if nobody pays and nobody answers.

        :param policy: the plan to try; None: each debtor's own
        :param approves: assume that managers open the stages that wait for them
        :return: list of dicts {"debtor_id", "channel", "stage_id", "step_id", "asked_on",
            "planned_at" (naive UTC or False), "planned_on", "recipient_id",
            "destination", "amounts" {currency id: amount}, "item_count", "reasons"
            (stored)}; in the order of the days"""
        evaluation = self.env["collection.evaluation"]
        facts = evaluation._get_facts(debtors)
        contacts = self.env["collection.contact"]
        history, reservations = contacts._read_rule_events(debtors)
        rows = []
        for debtor in debtors:
            if debtor.id in facts.errors:
                continue
            key = debtor.partner_id.id, debtor.root_company_id.id
            events = (
                {key: list(history.get(key, ()))},
                {key: list(reservations.get(key, ()))},
            )
            plan = policy or debtor.effective_policy_id
            rows += self._forecast_debtor(debtor, facts, plan, days, approves, events)
        return sorted(rows, key=lambda r: (r["asked_on"], r["debtor_id"]))

    def _forecast_debtor(self, debtor, facts, policy, days, approves, events):
        ladder = self._get_ladder(policy, approves)
        evaluation = self.env["collection.evaluation"]
        same_plan = policy == debtor.effective_policy_id
        items = {}
        for row in facts.items.get(debtor.id, ()):
            item = evaluation._as_item(debtor, row, facts)
            items[row.id] = item if same_plan else self._start_anew(item, ladder)
        rows_by_id = {row.id: row for row in facts.items.get(debtor.id, ())}
        found = []
        for n in range(days + 1):
            day = facts.today[debtor.id] + timedelta(days=n)
            due = self._live_one_day(debtor, facts, ladder, items, rows_by_id, day)
            for channel, pairs in due.items():
                found.append(self._plan(debtor, day, channel, pairs, events))
                self._mark(items, pairs, found[-1])
        return found

    def _get_ladder(self, policy, approves):
        ladder = policy._get_ladder()
        if not approves:
            return ladder
        rungs = tuple(replace(rung, gate="auto") for rung in ladder.rungs)
        return replace(ladder, rungs=rungs)

    def _start_anew(self, item, ladder):
        """On another plan the item stands on the rung of its level, its steps undone."""
        position = ladder.position(None, item.level)
        rung_id = ladder.rungs[position].id if position >= 0 else None
        return replace(item, rung_id=rung_id, marks=(), approved_id=None)

    def _live_one_day(self, debtor, facts, ladder, items, rows_by_id, day):
        """Resolve every item on ``day``: {channel: [(ItemRow, step)]} that are due."""
        evaluation = self.env["collection.evaluation"]
        calendar = debtor._get_calendar(day)
        due = defaultdict(list)
        today = facts.today[debtor.id]
        facts.set_today(debtor.id, day)
        try:
            for item_id, item in items.items():
                resolution = stages.resolve(item, ladder, day, calendar)
                if not (resolution.moved or resolution.step_id):
                    continue
                withheld = evaluation._get_withheld(
                    facts,
                    debtor,
                    rows_by_id[item_id],
                    post_due=self._is_post_due(ladder, resolution),
                )
                if withheld and withheld.code in LASTING:
                    continue
                level = self._get_level(ladder, resolution)
                items[item_id] = replace(
                    item,
                    rung_id=resolution.rung_id,
                    level=level,
                    since=resolution.since,
                )
                if resolution.step_id:
                    step = self.env["collection.stage.step"].browse(resolution.step_id)
                    due[step.channel].append((rows_by_id[item_id], step))
        finally:
            facts.set_today(debtor.id, today)
        return due

    def _get_level(self, ladder, resolution):
        return next((r.level for r in ladder.rungs if r.id == resolution.rung_id), None)

    def _is_post_due(self, ladder, resolution):
        return self._get_level(ladder, resolution) not in (None, "pre_due")

    def _plan(self, debtor, day, channel, pairs, events):
        """One contact for all ``pairs``: the first permitted moment from ``day`` on. It
        takes its place among the reservations."""
        highest = max((step for _row, step in pairs), key=lambda s: s.stage_id.sequence)
        person, address, _missing = debtor._get_person_and_address(
            channel, addressee=highest.addressee
        )
        contact = (
            self.env["collection.contact"]
            .sudo()
            .new(
                {
                    "debtor_id": debtor.id,
                    "company_id": debtor.company_id.id,
                    "channel": channel,
                    "recipient_id": person.id,
                    "destination": address,
                }
            )
        )
        now = fields.Datetime.now()
        start = max(now, debtor._get_utc(day, time.min))
        decision = contact._decide(start, events)
        moment = (
            start.replace(tzinfo=UTC) if decision.allowed else decision.next_allowed
        )
        planned_at = moment and moment.astimezone(UTC).replace(
            tzinfo=None, microsecond=0
        )
        if moment:
            key = debtor.partner_id.id, debtor.root_company_id.id
            rule_channel = self.env["collection.channel"]._get(channel)._rule_channel
            debts = frozenset(str(row.move_id) for row, _step in pairs)
            events[1][key].append((None, Event(moment, rule_channel, debt=debts)))
        amounts = defaultdict(float)
        for row, _step in pairs:
            amounts[row.currency_id] += row.amount
        Reason = self.env["collection.reason"]
        return {
            "debtor_id": debtor.id,
            "channel": channel,
            "stage_id": highest.stage_id.id,
            "step_id": highest.id,
            "asked_on": day,
            "planned_at": planned_at or False,
            "planned_on": debtor._get_local(planned_at).date() if planned_at else False,
            "recipient_id": person.id,
            "destination": address,
            "amounts": dict(amounts),
            "item_count": len(pairs),
            "reasons": Reason._store_all(decision.reasons),
        }

    def _mark(self, items, pairs, contact):
        """The contact counts as made on its planned day, or as given up on its day."""
        on = contact["planned_on"] or contact["asked_on"]
        for row, step in pairs:
            item = items[row.id]
            items[row.id] = replace(item, marks=(*item.marks, stages.Mark(step.id, on)))
