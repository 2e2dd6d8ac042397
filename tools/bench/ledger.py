"""The ledger of the bench: N overdue invoices of D customers, in a database without the module.

A few invoices of every kind are entered and posted by Odoo itself; all the others are copies of
them, made with one statement per table (`multiply.py`), and `proof.py` compares the copies with
what Odoo computes. Of ten invoices one is in three instalments and one is paid in part; of five
customers one is billed in dollars, and of twenty one in both currencies. Everything is overdue
for 12 to 60 days, the later instalments excepted.
"""

from datetime import date, time, timedelta

from odoo_env import odoo_env
from replay.books import COMPANY_ZONE, QUIET, Books
from replay.days import Clock

from .multiply import multiply
from .proof import prove

#: A Wednesday, no holiday where the customers live, in contact hours.
DAY = date(2026, 3, 11)
HOUR = time(9, 30)
KINDS = ("plain", "instalments", "partial")
CURRENCIES = ("BRL", "USD")
#: Amounts per currency and kind: so many invoices are entered by hand, as it were.
AMOUNTS = tuple(1200 + 371 * n for n in range(10))
#: Age in days of the youngest; copies are up to SPREAD days older.
YOUNGEST = 12
SPREAD = 49


class LedgerBooks(Books):
    """The replay's company and journals, without the module."""

    def __init__(self, env):
        self.env = env
        self.company = env.company
        self._set_up_company()
        self.journal = self._create_journal()
        self.bank = self._get_bank()
        self._set_up_dollar()

    def _set_up_dollar(self) -> None:
        """One rate for ever: paying makes no exchange difference."""
        self.dollar = self.env.ref("base.USD")
        self.dollar.active = True
        self.env["res.currency.rate"].create(
            {"currency_id": self.dollar.id, "name": "2020-01-01", "rate": 0.2}
        )


def build(invoices: int, debtors: int) -> dict:
    """Build and prove the ledger in the database of the environment; returns the proof."""
    with odoo_env() as env, Clock(DAY) as clock:
        clock.move_to(DAY, HOUR)
        env = env(context={**env.context, **QUIET, "tz": COMPANY_ZONE})
        books = LedgerBooks(env)
        partners = _create_partners(env, debtors)
        stories = _enter_prototypes(books, partners[:1])
        env.flush_all()
        multiply(env.cr, stories, _write_plot(invoices, partners.ids))
        env.cr.commit()
        env.invalidate_all()
        proof = prove(env, DAY)
        env.cr.rollback()
    return proof


def _create_partners(env, debtors: int):
    sao_paulo = env.ref("base.state_br_sp")
    return env["res.partner"].create(
        [
            {
                "name": f"Customer {number:05d}",
                "is_company": True,
                "email": f"customer.{number:05d}@customers.example.com",
                "phone": "+55 11 91234-5678",
                "street": f"Rua das Flores, {number}",
                "city": "São Paulo",
                "zip": "01000-000",
                "country_id": sao_paulo.country_id.id,
                "state_id": sao_paulo.id,
                "tz": COMPANY_ZONE,
                "lang": "en_US",
                "customer_rank": 1,
            }
            for number in range(1, debtors + 1)
        ]
    )


def _enter_prototypes(books: LedgerBooks, partner) -> dict:
    """{(currency, kind, number of the amount): ids of the journal entries of the story}"""
    term = _create_term(books.env)
    keys = [(c, k, n) for c in CURRENCIES for k in KINDS for n in range(len(AMOUNTS))]
    moves = books.env["account.move"].create(
        [_prepare_invoice(books, partner, term, *key) for key in keys]
    )
    moves.action_post()
    stories = {}
    for key, move in zip(keys, moves, strict=True):
        stories[key] = move.ids
        if key[1] == "partial":
            stories[key] += _pay_in_part(books, move).move_id.ids
    return stories


def _create_term(env):
    """Three parts, 28, 58 and 88 days after the invoice."""
    return env["account.payment.term"].create(
        {
            "name": "Three instalments",
            "line_ids": [
                (0, 0, {"value": "percent", "value_amount": part, "nb_days": days})
                for part, days in ((33.33, 28), (33.33, 58), (33.34, 88))
            ],
        }
    )


def _prepare_invoice(books, partner, term, currency, kind, number) -> dict:
    in_parts = kind == "instalments"
    due = DAY - timedelta(YOUNGEST)
    return {
        "move_type": "out_invoice",
        "partner_id": partner.id,
        "journal_id": books.journal.id,
        "currency_id": books.env.ref(f"base.{currency}").id,
        "invoice_date": due - timedelta(28),
        "invoice_payment_term_id": term.id if in_parts else False,
        "invoice_date_due": False if in_parts else due,
        "is_move_sent": True,
        "invoice_line_ids": [
            (0, 0, {"name": "As agreed", "price_unit": AMOUNTS[number], "tax_ids": []})
        ],
    }


def _pay_in_part(books, move):
    wizard = (
        books.env["account.payment.register"]
        .with_context(active_model="account.move", active_ids=move.ids)
        .create(
            {
                "payment_date": DAY - timedelta(5),
                "journal_id": books.bank.id,
                "installments_mode": "full",
                "amount": round(move.amount_total * 0.4, 2),
            }
        )
    )
    return wizard._create_payments()


def _write_plot(invoices: int, partner_ids: list[int]) -> list[tuple]:
    """One tuple per invoice: number, key of its prototype, customer, days older."""
    plot = []
    for number in range(invoices):
        place, debtor = divmod(number, len(partner_ids))
        in_dollars = debtor % 5 == 4 or (debtor % 20 == 0 and place % 2)
        kind = {3: "instalments", 7: "partial"}.get((place + debtor) % 10, "plain")
        key = (CURRENCIES[bool(in_dollars)], kind, number % len(AMOUNTS))
        plot.append((number + 1, key, partner_ids[debtor], number * 7 % SPREAD))
    return plot
