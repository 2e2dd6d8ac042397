"""What the evaluation, the dispatcher and the last guard must know about a batch of
debtors, read with a fixed number of queries whatever its size, and the one answer to
"why must this item not be chased now?"."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...rules.business_days import business_days_between
from ...rules.decision import Reason
from ...rules.stages import Ladder, Mark, Resolution, effective_due, trigger_date
from ..bulk_rows import int_array

#: An invoice sent less than so many days before its courtesy note needs none.
RECENT_DAYS = 5
#: How often an invoice that cannot leave is tried, a day apart.
INVOICE_TRIES = 3
#: Why a contact could not be made, where the address is to blame.
ADDRESS_CODES = (
    "NO_ADDRESS",
    "BAD_ADDRESS",
    "BAD_NUMBER",
    "BOUNCED",
    "WRONG_NUMBER",
    "RETURNED",
    "STOPPED_ADDRESS",
)
#: Reasons not to chase that the invoice itself puts right: it goes first.
INVOICE_FIRST = ("INVOICE_NOT_SENT", "INVOICE_BOUNCED", "INVOICE_NOT_RECEIVED")


def _among(ids):
    """What stands after IN. Of thousands of single numbers PostgreSQL's planner would look
    up each in its statistics, which takes longer than the query."""
    return SQL("(SELECT unnest(%s::int[]))", int_array(ids))


def _is_more(amount, limit, currency):
    """Is it, as rounded in the currency? What is more by a whole cent is, however both are
    rounded, which takes longer."""
    if amount - limit > currency.rounding:
        return True
    return currency.compare_amounts(amount, limit) > 0


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
    in_payment: bool
    not_received: bool
    marks: tuple[Mark, ...] = ()


@dataclass(slots=True)
class Facts:
    """Everything read for a batch; see `CollectionEvaluation._get_facts`. What stands
    below ``errors`` is worked out when it is first asked for, once per batch: of a ledger
    many debtors have the same plan, and many items the same due date."""

    items: dict[int, list[ItemRow]]
    credits: dict[tuple[int, int], float]
    holds: dict[int, list[tuple]]
    in_process: set[int]
    bounced: set[int]
    talked: dict[int, date]
    not_to_send: set[int]
    sent: dict[int, date]
    automatic: set[int]
    punctual: set[int]
    bank: dict[int, Reason | None]
    requiring_sent: set[int]
    today: dict[int, date] = field(default_factory=dict)
    places: dict[int, tuple[str, str]] = field(default_factory=dict)
    stopping: dict[int, list[str]] = field(default_factory=dict)
    errors: dict[int, str] = field(default_factory=dict)
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
    ripe_amounts: dict[int, dict[int, float]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    policies: dict[int, models.BaseModel] = field(default_factory=dict)

    def get_policy(self, debtor):
        """The plan by which ``debtor`` is judged: the one that is tried, else theirs."""
        return self.policies[debtor.id]

    def set_today(self, debtor_id, day):
        """Ask about another day of the debtor: what depends on it, or on where the items
        stand, is worked out anew. Who owes something overdue by then is not punctual."""
        self.today[debtor_id] = day
        for known in (self.ripe, self.ripe_amounts, self.judged):
            known.pop(debtor_id, None)
        if any(row.due < day for row in self.items.get(debtor_id, ())):
            self.punctual.discard(debtor_id)


class CollectionEvaluation(models.AbstractModel):
    _name = "collection.evaluation"
    _description = "Evaluation of open items"

    @api.model
    def _get_facts(self, debtors, tried_policy=None):
        """Read the facts about ``debtors`` (all their open items) as they are now.

        Flushes first, then reads with about ten queries.

        :param tried_policy: judge by this plan instead of each debtor's own"""
        self.env.flush_all()
        items = self._read_items(debtors)
        rows = [row for each in items.values() for row in each]
        self._read_marks(rows)
        move_ids = _among({row.move_id for row in rows})
        companies = debtors.company_id
        facts = Facts(
            items=items,
            credits=self._read_credits(debtors),
            holds=self._read_holds(debtors),
            in_process=self._read_payments_in_process(move_ids),
            bounced=self._read_bounced_invoices(move_ids),
            talked=self._read_talks(debtors),
            not_to_send=self._read_items_not_to_send(debtors),
            sent=self._read_sending_dates(move_ids),
            automatic=self._read_automatic_invoices(move_ids),
            punctual=self._read_punctual_debtors(debtors, tried_policy),
            bank={c.id: self._get_bank_doubt(c) for c in companies},
            requiring_sent=set(companies.filtered("collection_require_sent").ids),
        )
        unremarkable = debtors._find_unremarkable()
        now, today_in = fields.Datetime.now().replace(tzinfo=UTC), {}
        for debtor in debtors:
            try:
                clock = debtor._get_zone()
                if clock not in today_in:
                    today_in[clock] = now.astimezone(clock).date()
                facts.today[debtor.id] = today_in[clock]
                facts.places[debtor.id] = debtor._get_country_state()
                facts.stopping[debtor.id] = (
                    [] if debtor.id in unremarkable else debtor._get_stopping()
                )
                facts.policies[debtor.id] = tried_policy or debtor.effective_policy_id
                if not tried_policy:
                    debtor._check_has_policy()
            except UserError as error:
                facts.errors[debtor.id] = str(error)
        return facts

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
                       COALESCE(m.is_move_sent, FALSE) OR m.move_type = 'entry',
                       m.payment_state = 'in_payment',
                       i.not_received_on IS NOT NULL
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

    def _read_credits(self, debtors):
        """Unallocated money by (debtor, currency), as positive amounts: posted
        receivable lines with a negative residual."""
        found = self.env.execute_query(
            SQL(
                """
                SELECT d.id, l.currency_id, -sum(l.amount_residual_currency)::float
                  FROM account_move_line l
                  JOIN account_account a ON a.id = l.account_id
                  JOIN collection_debtor d
                    ON d.partner_id = l.partner_id AND d.company_id = l.company_id
                 WHERE d.id IN %s AND a.account_type = 'asset_receivable'
                   AND l.parent_state = 'posted' AND l.reconciled IS NOT TRUE
                   AND l.amount_residual_currency < 0
                 GROUP BY d.id, l.currency_id
                """,
                tuple(debtors.ids) or (0,),
            )
        )
        return {(debtor, currency): amount for debtor, currency, amount in found}

    def _read_holds(self, debtors):
        """Running pauses: {debtor id: [(item id or None, from, to, reason)]}."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT h.debtor_id, rel.collection_item_id, h.date_from, h.date_to,
                       h.reason
                  FROM collection_hold h
                  LEFT JOIN collection_hold_collection_item_rel rel
                         ON rel.collection_hold_id = h.id
                 WHERE h.debtor_id IN %s AND h.state = 'active'
                """,
                tuple(debtors.ids) or (0,),
            )
        )
        holds = defaultdict(list)
        for debtor_id, *hold in rows:
            holds[debtor_id].append(hold)
        return holds

    def _read_payments_in_process(self, move_ids):
        """Invoices with a payment transaction or a payment on its way."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT rel.invoice_id
                  FROM account_invoice_transaction_rel rel
                  JOIN payment_transaction t ON t.id = rel.transaction_id
                 WHERE rel.invoice_id IN %(moves)s
                   AND (t.state IN ('pending', 'authorized')
                        OR (t.state = 'done' AND t.is_post_processed IS NOT TRUE))
                 UNION
                SELECT rel.invoice_id
                  FROM account_move__account_payment rel
                  JOIN account_payment p ON p.id = rel.payment_id
                 WHERE rel.invoice_id IN %(moves)s
                   AND p.state = 'in_process' AND p.move_id IS NULL
                """,
                moves=move_ids,
            )
        )
        return {id_ for (id_,) in rows}

    def _read_bounced_invoices(self, move_ids):
        """Invoices whose own e-mail came back."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT msg.res_id
                  FROM mail_message msg
                  JOIN mail_notification n ON n.mail_message_id = msg.id
                 WHERE msg.model = 'account.move' AND msg.res_id IN %s
                   AND n.notification_status = 'bounce'
                """,
                move_ids,
            )
        )
        return {id_ for (id_,) in rows}

    def _read_talks(self, debtors):
        """Last day on which each debtor talked or wrote to us."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT debtor_id, max(made_on) FROM collection_contact
                 WHERE debtor_id IN %s AND state = 'made'
                   AND outcome IN ('conversation', 'met', 'reply')
                 GROUP BY debtor_id
                """,
                tuple(debtors.ids) or (0,),
            )
        )
        return dict(rows)

    def _read_sending_dates(self, move_ids):
        """{invoice: day (UTC) on which it was last sent}: of its last e-mail or letter;
        of one that went another way (by hand, by a network) the day on which its PDF was
        made, which Odoo does when it is sent. None where nobody can tell."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT move_id, max(day)
                  FROM (SELECT msg.res_id AS move_id, msg.date::date AS day
                          FROM mail_message msg
                          JOIN mail_notification n ON n.mail_message_id = msg.id
                         WHERE msg.model = 'account.move' AND msg.res_id IN %(moves)s
                           AND n.notification_type IN ('email', 'snail')
                         UNION ALL
                        SELECT a.res_id, a.create_date::date
                          FROM ir_attachment a
                          JOIN account_move m ON m.id = a.res_id
                         WHERE a.res_model = 'account.move' AND a.res_id IN %(moves)s
                           AND a.res_field = 'invoice_pdf_report_file'
                           AND m.is_move_sent) AS sending
                 GROUP BY move_id
                """,
                moves=move_ids,
            )
        )
        return dict(rows)

    def _read_automatic_invoices(self, move_ids):
        """Invoices whose payment comes by itself: a mandate or a stored card."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT m.id
                  FROM account_move m
                  JOIN account_payment_method_line l
                    ON l.id = m.preferred_payment_method_line_id
                 WHERE m.id IN %s AND l.collection_automatic
                """,
                move_ids,
            )
        )
        return {id_ for (id_,) in rows}

    def _read_punctual_debtors(self, debtors, tried_policy=None):
        """Debtors whose receivables of the last two years (three at least) were all paid
        by their due date, and who owe nothing overdue. Only where a plan asks for it."""
        asking = debtors.filtered(
            lambda d: (tried_policy or d.effective_policy_id).courtesy_unless_punctual
        )
        rows = self.env.execute_query(
            SQL(
                """
                SELECT d.id
                  FROM collection_debtor d
                  JOIN account_move_line l
                    ON l.partner_id = d.partner_id AND l.company_id = d.company_id
                  JOIN account_account a ON a.id = l.account_id
                  LEFT JOIN LATERAL (
                       SELECT max(p.max_date) AS paid_on
                         FROM account_partial_reconcile p
                        WHERE p.debit_move_id = l.id
                       ) paid ON TRUE
                 WHERE d.id IN %s AND a.account_type = 'asset_receivable'
                   AND l.parent_state = 'posted' AND l.balance > 0
                   AND l.date_maturity < %s
                   AND l.date_maturity >= %s
                 GROUP BY d.id
                HAVING count(*) >= 3
                   AND bool_and(l.reconciled AND paid.paid_on <= l.date_maturity)
                """,
                tuple(asking.ids) or (0,),
                fields.Date.today(),
                fields.Date.subtract(fields.Date.today(), years=2),
            )
        )
        return {id_ for (id_,) in rows}

    def _read_items_not_to_send(self, debtors, now=None):
        """Items whose invoice is not to be sent now: it is leaving, or nobody knows
        whether it left; it was tried or taken out in the last day; or it cannot arrive:
        since the debtor's addresses were last changed the address was to blame, or it was
        tried three times. In the last two cases the collector has the duty to mend it.

        :param now: naive UTC; None: now"""
        now = now or fields.Datetime.now()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT line.item_id
                  FROM collection_contact c
                  JOIN collection_contact_line line ON line.contact_id = c.id
                  JOIN collection_debtor d ON d.id = c.debtor_id
                 WHERE c.debtor_id IN %(debtors)s AND c.purpose IN %(purposes)s
                   AND line.item_id IS NOT NULL
                   AND (c.state IN ('queued', 'sending', 'uncertain')
                        OR line.state IN ('failed', 'missed')
                           AND (d.address_changed_at IS NULL
                                OR c.logged_at > d.address_changed_at))
                 GROUP BY line.item_id
                HAVING bool_or(c.state IN ('queued', 'sending', 'uncertain'))
                    OR bool_or(c.logged_at > %(yesterday)s)
                    OR bool_or(c.delivery_status IN ('bounced', 'returned')
                               OR c.reasons -> 0 ->> 'code' IN %(address)s)
                    OR count(*) FILTER (WHERE line.state = 'failed') >= %(tries)s
                """,
                debtors=tuple(debtors.ids) or (0,),
                purposes=self.env["collection.purpose"]._get_codes("_brings_invoice"),
                yesterday=fields.Datetime.subtract(now, hours=20),
                address=(*ADDRESS_CODES, "CHANNEL_REFUSED"),
                tries=INVOICE_TRIES,
            )
        )
        return {id_ for (id_,) in rows}

    def _get_bank_doubt(self, company):
        """A reason not to chase because payments may not be entered yet, or None.

        The newest bank statement line decides; without bank import, "payments entered
        up to"."""
        newest = company._get_last_bank_line_date() or company.collection_payments_until
        if not newest:
            return Reason.of("NO_BANK_DATE")
        place = company.root_id.partner_id
        today = company._get_collection_today()
        calendar = self.env["collection.calendar"]._get(
            place.country_id.code, place.state_id.code, today
        )
        age = business_days_between(newest, today, calendar)
        if age > company.collection_bank_max_age:
            return Reason.of("BANK_STALE", date=newest)
        return None

    # -- why not? ------------------------------------------------------------------------

    def _get_withheld(self, facts, debtor, row, post_due=True):
        """Why ``row`` must not be chased now, or None. Pauses hold for every contact,
        the others only for contacts after the due date."""
        if stopping := facts.stopping[row.debtor_id]:
            return Reason.of("STOPPED", flag=stopping[0])
        today = facts.today[row.debtor_id]
        for item_id, date_from, date_to, reason in facts.holds.get(row.debtor_id, ()):
            if item_id in (None, row.id) and date_from <= today <= date_to:
                return Reason.of("HELD", until=date_to, reason=reason)
        if row.in_payment or row.move_id in facts.in_process:
            return Reason.of("PAYMENT_IN_PROCESS")
        if row.not_received and not row.grace_from:
            return Reason.of("INVOICE_NOT_RECEIVED")
        if not post_due:
            return self._get_courtesy_reason(facts, debtor, row)
        if doubt := facts.bank[row.company_id]:
            return doubt
        if tolerance := self._get_tolerance_reason(facts, debtor, row):
            return tolerance
        return self._get_delivery_reason(facts, row)

    def _get_courtesy_reason(self, facts, debtor, row):
        """Why no note is sent before the due date, or None: the invoice itself was sent
        fewer than five days before the note's day, it is paid by itself, it is too small,
        or they always pay on time."""
        sent = facts.sent.get(row.move_id)
        day = self._get_courtesy_day(facts, debtor, row)
        if sent and (day - sent).days < RECENT_DAYS:
            return Reason.of("COURTESY_RECENT", date=sent)
        if row.move_id in facts.automatic:
            return Reason.of("COURTESY_AUTOMATIC")
        if debtor.id in facts.punctual:
            return Reason.of("COURTESY_PUNCTUAL")
        return self._get_tolerance_reason(facts, debtor, row)

    def _get_courtesy_day(self, facts, debtor, row):
        """The day on which the plan has the note: it is left out, not put off until the
        invoice is some days old."""
        ladder = self._get_ladder(facts, debtor)
        rung = next((r for r in ladder.rungs if r.level == "pre_due"), None)
        if rung is None:
            return facts.today[debtor.id]
        return self._get_trigger_date(facts, debtor, rung, row)

    def _is_above_minimum(self, facts, debtor, row):
        """Is what is asked for in the item's currency worth a costly step?"""
        return self._judge_amount(facts, debtor, row)[1]

    def _get_tolerance_reason(self, facts, debtor, row):
        """What is asked for in the item's currency, less unallocated credits, is not
        above the tolerance of the plan."""
        return self._judge_amount(facts, debtor, row)[0]

    def _judge_amount(self, facts, debtor, row):
        """(reason why what is asked for is too little to chase, or None; is it above the
        minimum of costly steps?). The same for all ripe items of a debtor and currency."""
        ripe = facts.ripe.get(row.debtor_id) or self._get_ripe_items(facts, debtor)
        key = row.currency_id, None if row.id in ripe else row.id
        judged = facts.judged[row.debtor_id]
        if key not in judged:
            currency = self.env["res.currency"].browse(row.currency_id)
            tolerance, minimum = self._get_limits(facts, debtor, currency)
            asked = self._get_amount_asked(facts, debtor, row)
            reason = None
            if not _is_more(asked, tolerance, currency):
                reason = Reason.of(
                    "WITHIN_TOLERANCE", amount=tolerance, currency=currency.id
                )
            worth_it = not minimum or _is_more(asked, minimum, currency)
            judged[key] = reason, worth_it
        return judged[key]

    def _get_limits(self, facts, debtor, currency):
        """(tolerance, minimum of costly steps) of the debtor's plan."""
        policy, company = facts.get_policy(debtor), debtor.company_id
        key = policy.id, company.id, currency.id
        if key not in facts.limits:
            facts.limits[key] = (
                policy._get_tolerance(currency),
                policy._get_minimum(currency, company, facts.today[debtor.id]),
            )
        return facts.limits[key]

    def _get_amount_asked(self, facts, debtor, row):
        """What the debtor is asked for in the item's currency, less unallocated credits.
        Items still in their days of grace are not asked for, so they do not count."""
        ripe = self._get_ripe_items(facts, debtor)
        amounts = facts.ripe_amounts[debtor.id]
        if row.currency_id not in amounts:
            amounts[row.currency_id] = sum(
                other.amount
                for other in facts.items[debtor.id]
                if other.currency_id == row.currency_id and other.id in ripe
            )
        own = 0.0 if row.id in ripe else row.amount
        unallocated = facts.credits.get((debtor.id, row.currency_id), 0.0)
        return amounts[row.currency_id] + own - unallocated

    def _get_ripe_items(self, facts, debtor):
        """Ids of the debtor's items that have reached the first stage after the due date,
        by stage or by age."""
        if debtor.id not in facts.ripe:
            today = facts.today[debtor.id]
            ladder = self._get_ladder(facts, debtor)
            first = next((r for r in ladder.rungs if r.level != "pre_due"), None)
            facts.ripe[debtor.id] = {
                row.id
                for row in facts.items[debtor.id]
                if row.level not in (None, "pre_due")
                or (
                    first and today >= self._get_trigger_date(facts, debtor, first, row)
                )
            }
        return facts.ripe[debtor.id]

    def _get_ladder(self, facts, debtor):
        policy = facts.get_policy(debtor)
        if policy.id not in facts.ladders:
            facts.ladders[policy.id] = policy._get_ladder()
        return facts.ladders[policy.id]

    def _get_trigger_date(self, facts, debtor, rung, row):
        place = facts.places[debtor.id]
        key = place, rung.trigger, rung.unit, row.due, row.grace_from
        if key not in facts.triggers:
            calendar = self.env["collection.calendar"]._get(*place, row.due)
            base = effective_due(row.due, calendar, row.grace_from)
            facts.triggers[key] = trigger_date(rung, base, calendar)
        return facts.triggers[key]

    def _get_delivery_reason(self, facts, row):
        """The invoice itself never reached the customer: it goes first."""
        if row.grace_from or row.company_id not in facts.requiring_sent:
            return None
        if row.move_id in facts.bounced:
            return Reason.of("INVOICE_BOUNCED")
        return None if row.was_sent else Reason.of("INVOICE_NOT_SENT")

    @api.model
    def _today_everywhere(self):
        """The latest date that is today somewhere on earth."""
        return fields.Date.add(fields.Date.today(), days=1)
