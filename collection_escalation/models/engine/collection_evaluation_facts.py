"""What the evaluation, the dispatcher and the last guard must know about a batch of
debtors, read with a fixed number of queries whatever its size. What is known beside the
items themselves: one file a fact, ``fact_<code>.py``."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...rules.decision import Reason
from ...rules.ledger_state import is_owed
from ...rules.stages import Ladder, Mark, Resolution, effective_due, trigger_date
from ...rules.statement import Share
from ..bulk_rows import int_array


def among(ids):
    """What stands after IN. Of thousands of single numbers PostgreSQL's planner would look
    up each in its statistics, which takes longer than the query."""
    return SQL("(SELECT unnest(%s::int[]))", int_array(ids))


@dataclass(slots=True)
class ItemRow:
    """An open item with what the ledger says of it now."""

    id: int
    debtor_id: int
    company_id: int
    stage_id: int | None
    level: str | None
    stage_since: date | None
    cycle: int
    next_date: date | None
    grace_from: date | None
    approved_stage_id: int | None
    waits_for: str | None
    case_id: int | None
    move_id: int
    due: date
    amount: float
    currency_id: int
    was_sent: bool
    not_received: bool
    #: Whom the invoice was made out to, where they are entitled; 0: who is usually
    #: addressed.
    addressee_id: int
    sent_on: date | None
    marks: tuple[Mark, ...] = ()

    @property
    def is_owed(self):
        """Only what is open by its state is read here; is more than 0 left of it?"""
        return is_owed("open", self.amount)


class Hooks(NamedTuple):
    """Methods of the facts (`collection.fact`) that have something to say of a batch, in
    the order in which they are asked."""

    before_due: Sequence[Callable] = ()
    after_due: Sequence[Callable] = ()
    #: Those after the due date, and those at any time, that do not look at amounts: what
    #: they withhold is not listed beside other invoices either.
    listed: Sequence[Callable] = ()
    told: Sequence[Callable] = ()
    put_off: Sequence[Callable] = ()
    take_off: Sequence[Callable] = ()
    on_another_day: Sequence[Callable] = ()
    ask_duties: Sequence[Callable] = ()
    #: Codes of reasons, see `collection.fact`.
    standing: frozenset[str] = frozenset()


@dataclass(slots=True)
class Facts:
    """Everything read for a batch; see `CollectionEvaluation._get_facts`. What each fact
    (`collection.fact`) read stands in ``of``, by its code. What stands below ``hooks`` is
    worked out when it is first asked for, once per batch: of a ledger many debtors have
    the same plan, and many items the same due date."""

    items: dict[int, list[ItemRow]]
    rows: list[ItemRow]
    move_ids: SQL
    today: dict[int, date] = field(default_factory=dict)
    regions: dict[int, tuple[str, str]] = field(default_factory=dict)
    policies: dict[int, models.BaseModel] = field(default_factory=dict)
    errors: dict[int, str] = field(default_factory=dict)
    of: dict[str, object] = field(default_factory=dict)
    hooks: Hooks = Hooks()
    ladders: dict[int, Ladder] = field(default_factory=dict)
    limits: dict[tuple[int, int, int], tuple[float, float]] = field(
        default_factory=dict
    )
    judged: dict[int, dict[tuple, tuple[Reason | None, bool]]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    triggers: dict[tuple, date] = field(default_factory=dict)
    resolutions: dict[tuple, Resolution] = field(default_factory=dict)
    ripe: dict[int, set[int]] = field(default_factory=dict)
    asked: dict[int, dict[int, ItemRow]] = field(default_factory=dict)
    shares: dict[tuple[int, int, int], tuple[Share, ...]] = field(default_factory=dict)
    siblings: dict[int, models.BaseModel] = field(default_factory=dict)

    def get_policy(self, debtor):
        """The plan by which ``debtor`` is judged: the one that is tried, else theirs."""
        return self.policies[debtor.id]

    def set_today(self, debtor_id, day):
        """Ask about another day of the debtor: what depends on it, or on where the items
        stand, is worked out anew."""
        self.today[debtor_id] = day
        for known in (self.ripe, self.asked, self.judged):
            known.pop(debtor_id, None)
        self.shares.clear()
        for on_another_day in self.hooks.on_another_day:
            on_another_day(self, debtor_id, day)


class CollectionEvaluation(models.AbstractModel):
    _name = "collection.evaluation"
    _description = "Evaluation of open items"

    @api.model
    def _get_facts(self, debtors, tried_policy=None, without=()):
        """Read the facts about ``debtors`` (all their open items) as they are now.

        Flushes first, then reads with a fixed number of queries.

        :param tried_policy: judge by this plan instead of each debtor's own
        :param without: codes of facts that are taken to be of no account"""
        self.env.flush_all()
        siblings = debtors._get_siblings()
        debtors = debtors.union(*siblings.values())
        items = self._read_items(debtors)
        rows = [row for each in items.values() for row in each]
        self._read_marks(rows)
        facts = Facts(items, rows, among({row.move_id for row in rows}))
        facts.siblings = siblings
        self._find_days_and_plans(facts, debtors, tried_policy)
        self._carry_marks_over(facts)
        self._find_addressees(facts, debtors)
        known = [
            fact
            for fact in self.env["collection.fact"]._get_models()
            if fact._code not in without
        ]
        for fact in known:
            facts.of[fact._code] = fact._read(facts, debtors)
        facts.hooks = self._get_hooks(
            [fact for fact in known if fact._learns or facts.of[fact._code]]
        )
        return facts

    def _find_days_and_plans(self, facts, debtors, tried_policy):
        """Today's date, the place and the plan of each debtor; or what is wrong."""
        now, today_in = fields.Datetime.now().replace(tzinfo=UTC), {}
        for debtor in debtors:
            try:
                clock = debtor._get_zone()
                if clock not in today_in:
                    today_in[clock] = now.astimezone(clock).date()
                facts.today[debtor.id] = today_in[clock]
                facts.regions[debtor.id] = debtor._get_country_state()
                facts.policies[debtor.id] = tried_policy or debtor.effective_policy_id
                if not tried_policy:
                    debtor._check_has_policy()
            except UserError as error:
                facts.errors[debtor.id] = str(error)

    def _find_addressees(self, facts, debtors):
        """Whom each invoice was made out to counts where they may learn of the debt; else
        who is usually addressed (0)."""
        entitled = {}
        for debtor in debtors:
            usual = debtor.partner_id.id
            for row in facts.items.get(debtor.id, ()):
                if row.addressee_id == usual:
                    row.addressee_id = 0
                    continue
                key = debtor.id, row.addressee_id
                if key not in entitled:
                    partner = debtor.partner_id.browse(row.addressee_id)
                    entitled[key] = debtor._is_addressee(partner)
                if not entitled[key]:
                    row.addressee_id = 0

    def _get_hooks(self, known):
        """What ``known`` facts have to say, found once a batch: who says nothing, or
        knows nothing of these debtors, costs nothing."""

        def find(name, said_by):
            return [getattr(fact, name) for fact in said_by if fact._says(name)]

        return Hooks(
            find("_withhold", [fact for fact in known if fact._before_due]),
            find("_withhold", [fact for fact in known if fact._after_due]),
            find(
                "_withhold",
                [
                    fact
                    for fact in known
                    if fact._after_due and not fact._judges_amounts
                ],
            ),
            find(
                "_withhold",
                [
                    fact
                    for fact in known
                    if fact._after_due and fact._before_due and not fact._judges_amounts
                ],
            ),
            find("_put_off", known),
            find("_take_off", known),
            find("_on_another_day", known),
            find("_ask_duties", known),
            self.env["collection.fact"]._get_codes("_standing"),
        )

    def _read_items(self, debtors):
        items = defaultdict(list)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT i.id, i.debtor_id, i.company_id, i.stage_id, i.level,
                       i.stage_since, i.cycle, i.next_date, i.grace_from,
                       i.approved_stage_id, i.waits_for, i.case_id, i.move_id,
                       COALESCE(l.date_maturity, i.date_due),
                       l.amount_residual_currency::float, l.currency_id,
                       COALESCE(m.is_move_sent AND i.sent_on IS NOT NULL, FALSE)
                       OR m.move_type = 'entry',
                       i.not_received_on IS NOT NULL, m.partner_id, i.sent_on
                  FROM collection_item i
                  JOIN account_move_line l ON l.id = i.move_line_id
                  JOIN account_move m ON m.id = i.move_id
                 WHERE i.debtor_id IN %s AND i.ledger_state = 'open'
                 ORDER BY i.debtor_id, l.date_maturity, i.id
                """,
                tuple(debtors.ids) or (0,),
            )
        )
        for row in rows:
            items[row[1]].append(ItemRow(*row))
        return items

    def _read_marks(self, rows):
        """Steps whose action began in the item's cycle: each action knows its own."""
        marks = defaultdict(dict)
        for action in self.env["collection.step.action"]._get_models():
            for item_id, mark in action._read_marks(rows):
                marks[item_id][mark.step_id] = mark
        for row in rows:
            row.marks = tuple(marks[row.id].values()) if row.id in marks else ()

    def _get_ladder(self, facts, debtor):
        policy = facts.get_policy(debtor)
        if policy.id not in facts.ladders:
            facts.ladders[policy.id] = policy._get_ladder()
        return facts.ladders[policy.id]

    def _get_trigger_date(self, facts, debtor, rung, row):
        region = facts.regions[debtor.id]
        key = region, rung.trigger, rung.unit, row.due, row.grace_from
        if key not in facts.triggers:
            calendar = self.env["collection.calendar"]._get(*region, row.due)
            base = effective_due(row.due, calendar, row.grace_from)
            facts.triggers[key] = trigger_date(rung, base, calendar)
        return facts.triggers[key]

    def _today_everywhere(self):
        """The latest date that is today somewhere on earth."""
        return fields.Date.add(fields.Date.today(), days=1)
