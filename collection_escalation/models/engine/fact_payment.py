from collections import defaultdict
from dataclasses import dataclass, field, replace

from odoo import models
from odoo.tools import SQL

from ...rules.business_days import add_business_days
from ...rules.decision import Reason
from ...rules.statement import Claim, Credit, hand_out
from ..contact.collection_contact_line import to_decimal


@dataclass(slots=True)
class OnTheWay:
    """Money on its way. ``until``: {item id: the last day on which a payment that covers it
    wholly is waited for}; ``credits``: {(partner id, root company id, currency id):
    [Credit]}, what is left of the payments for other items; ``late``: [(debtor id, key,
    name, the day until which it was waited for)]."""

    until: dict = field(default_factory=dict)
    credits: dict = field(default_factory=lambda: defaultdict(list))
    late: list = field(default_factory=list)


class FactPayment(models.AbstractModel):
    """A payment is in process. Its amount is taken off its invoices, and only those that
    it covers wholly are not chased; for so many business days as the way of payment takes.
    Then it counts as not paid, and the accountant has the duty to look into it."""

    _name = "collection.fact.payment"
    _inherit = ["collection.fact"]
    _description = "Payments on their way"

    _code = "payment"
    _sequence = 30

    def _read(self, facts, debtors):
        found = self._read_payments(facts)
        return self._sort_out(facts, debtors, found) if found else ()

    def _read_payments(self, facts):
        """[(key, name, amount, currency id, company id, day, business days to wait for it,
        [invoice ids])] of transactions and payments that are in process, oldest first."""
        return self.env.execute_query(
            SQL(
                """
                SELECT 'payment.transaction:' || t.id, t.reference, t.amount::float,
                       t.currency_id, t.company_id,
                       COALESCE(t.last_state_change, t.create_date)::date AS day,
                       COALESCE((SELECT max(l.collection_wait_days)
                                   FROM account_payment_method_line l
                                  WHERE l.payment_provider_id = t.provider_id), 5),
                       array_agg(rel.invoice_id)
                  FROM account_invoice_transaction_rel rel
                  JOIN payment_transaction t ON t.id = rel.transaction_id
                 WHERE rel.invoice_id IN %(moves)s
                   AND (t.state IN ('pending', 'authorized')
                        OR (t.state = 'done' AND t.is_post_processed IS NOT TRUE))
                 GROUP BY t.id
                 UNION ALL
                SELECT 'account.payment:' || p.id, p.name, p.amount::float,
                       p.currency_id, p.company_id, p.date,
                       COALESCE(max(l.collection_wait_days), 5),
                       array_agg(rel.invoice_id)
                  FROM account_move__account_payment rel
                  JOIN account_payment p ON p.id = rel.payment_id
                  LEFT JOIN account_payment_method_line l
                    ON l.id = p.payment_method_line_id
                 WHERE rel.invoice_id IN %(moves)s
                   AND p.state = 'in_process' AND p.move_id IS NULL
                 GROUP BY p.id
                 ORDER BY day, 1
                """,
                moves=facts.move_ids,
            )
        )

    def _sort_out(self, facts, debtors, found):
        on_way, payments = OnTheWay(), defaultdict(list)
        rows_of = defaultdict(list)
        for row in facts.rows:
            rows_of[row.move_id].append(row)
        root_of = {d.id: (d.partner_id.id, d.root_company_id.id) for d in debtors}
        for key, name, amount, currency_id, company_id, day, days, move_ids in found:
            rows = [row for move_id in set(move_ids) for row in rows_of[move_id]]
            rows = [row for row in rows if row.debtor_id not in facts.errors]
            rows = [row for row in rows if row.currency_id == currency_id]
            if not rows:
                continue
            debtor_id = rows[0].debtor_id
            until = self._get_last_day(facts, debtor_id, day, days)
            if until < facts.today[debtor_id]:
                on_way.late.append((debtor_id, key, name or "", until))
                continue
            credit = Credit(
                key,
                name or "",
                str(currency_id),
                to_decimal(amount, self.env["res.currency"].browse(currency_id)),
                day,
                str(company_id),
                frozenset(str(row.id) for row in rows),
            )
            purse = (*root_of[debtor_id], currency_id)
            payments[purse].append((credit, rows, until))
        for purse, waited_for in payments.items():
            self._cover(on_way, purse, waited_for)
        return on_way

    def _get_last_day(self, facts, debtor_id, day, days):
        calendar = self.env["collection.calendar"]._get(*facts.regions[debtor_id], day)
        return add_business_days(day, days, calendar)

    def _cover(self, on_way, purse, waited_for):
        """Which items the payments of a customer cover wholly, and what is left of the
        payments for others."""
        currency = self.env["res.currency"].browse(purse[-1])
        rows = {row.id: row for _credit, rows, _until in waited_for for row in rows}
        claims = [
            Claim(str(r.id), str(r.currency_id), to_decimal(r.amount, currency), r.due)
            for r in rows.values()
        ]
        open_of = {claim.key: claim.open for claim in claims}
        shares = hand_out([credit for credit, _rows, _until in waited_for], claims)
        covered = defaultdict(int)
        for share in shares:
            covered[share.claim] += share.amount
        whole = {key for key, amount in covered.items() if amount >= open_of[key]}
        until_of = {credit.key: until for credit, _rows, until in waited_for}
        for share in shares:
            if share.claim in whole:
                id_, until = int(share.claim), until_of[share.credit.key]
                on_way.until[id_] = max(on_way.until.get(id_, until), until)
        for credit, _rows, _until in waited_for:
            used = sum(
                share.amount
                for share in shares
                if share.credit.key == credit.key and share.claim in whole
            )
            if credit.amount > used:
                rest = replace(
                    credit, amount=credit.amount - used, claims=credit.claims - whole
                )
                on_way.credits[purse].append(rest)

    def _withhold(self, facts, debtor, row, post_due):
        until = facts.of["payment"].until.get(row.id)
        if until and facts.today[row.debtor_id] <= until:
            return Reason.of("PAYMENT_IN_PROCESS", until=until)
        return None

    def _take_off(self, facts, debtor, currency_id):
        purse = debtor.partner_id.id, debtor.root_company_id.id, currency_id
        return [
            (
                credit,
                Reason.of(
                    "ON_THE_WAY", amount=float(credit.amount), currency=currency_id
                ),
            )
            for credit in facts.of["payment"].credits.get(purse, ())
        ]

    def _ask_duties(self, facts, debtors):
        late = [x for x in facts.of["payment"].late if x[0] in debtors.ids]
        self.env["collection.duty"]._ask(
            "payment_late",
            [
                (
                    self.env["collection.debtor"].browse(debtor_id),
                    {
                        "key": key,
                        "reason": [
                            {
                                "code": "PAYMENT_LATE",
                                "args": {"name": name, "date": until.isoformat()},
                            }
                        ],
                    },
                )
                for debtor_id, key, name, until in late
            ],
        )
