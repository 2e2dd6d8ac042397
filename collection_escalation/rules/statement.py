"""What a message states of a debt: its lines, and what they add up to.

Rule. A statement has lines of four **parts**, in this order:

* ``step``: what the message is about, asked for;
* ``also``: what is asked for beside it;
* ``credit``: money of the customer that is taken off, its amounts are negative;
* ``info``: said for information, never asked for.

Every amount stands in the line's own currency, already rounded to its precision (HALF_UP,
where it was computed). Nothing is rounded here: a total is the exact sum of what is shown,
per currency and never across. What is **asked** for is the sum of principal, fine, interest
and fee over ``step``, ``also`` and ``credit``. A statement is **outdated** when another one
would name other documents, due dates or amounts; that all is late one day more is no change.

Unallocated money is handed out over what is asked for as if it were allocated: first over
the items it was paid for, then over those of its own company, then over the others, the
oldest due date first. Each statement takes off the parts that fall on its own items, so over
all statements of a moment what is asked for is what is open less that money, never below 0.

Source. Design, sections 1 and 4 (invariant 8); issue 11, "One picture of the debt".

>>> credit = Credit("c1", "RINV/1", "USD", Decimal("400.00"), date(2026, 3, 4))
>>> first = Claim("i1", "USD", Decimal("1000.00"), date(2026, 3, 2))
>>> second = Claim("i2", "USD", Decimal("100.00"), date(2026, 3, 5))
>>> shares = hand_out([credit], [second, first])
>>> statement = Statement((
...     StatementLine("step", "i1", "INV/1", "USD", first.open, first.open, first.due),
...     *take_off(shares, {"i1"}),
...     StatementLine("info", "i2", "INV/2", "USD", second.open, second.open, second.due),
... ))
>>> [(total.currency, str(total.asked)) for total in statement.totals]
[('USD', '600.00')]
>>> Statement.from_json(statement.to_json()) == statement
True
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal

#: In the order in which they are stated.
PARTS = ("step", "also", "credit", "info")
ASKED = frozenset(PARTS) - {"info"}
#: Of the form in which statements are kept.
VERSION = 1
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One invoice, instalment or credit.

    key         tells it from the other lines of the statement
    name        as the reader knows it, the place of an instalment included: INV/7 (1/3)
    currency    code of ISO 4217
    original    of the document, in the currency; negative of a credit
    open        principal still open, in the currency; negative of a credit
    due         due date; of a credit its own date; None if it has none
    instalment  the place alone: 1/3; "" of what is due at once
    stage       level of the stage it stands on (``stages.LEVELS``), "" for none
    fine, interest, fee   charges for lateness, in the currency, never in ``open``
    days_late   calendar days since the due date, 0 before it"""

    part: str
    key: str
    name: str
    currency: str
    original: Decimal
    open: Decimal
    due: date | None = None
    instalment: str = ""
    stage: str = ""
    fine: Decimal = ZERO
    interest: Decimal = ZERO
    fee: Decimal = ZERO
    days_late: int = 0

    def __post_init__(self):
        if self.part not in PARTS:
            raise ValueError(f"part {self.part!r}: use one of {', '.join(PARTS)}")

    @property
    def asked(self) -> Decimal:
        """Principal and charges; negative of a credit."""
        return self.open + self.fine + self.interest + self.fee

    @property
    def turn(self) -> tuple[int, date]:
        """To sort lines by: part, then due date, what has none last."""
        return PARTS.index(self.part), self.due or date.max

    @property
    def said(self) -> tuple:
        """What must be the same for the line not to be outdated."""
        return (
            *(self.part, self.name, self.due, self.currency, self.original, self.open),
            *(self.fine, self.interest, self.fee),
        )

    def to_json(self) -> dict:
        """By name; amounts as text with all their decimals, days as YYYY-MM-DD."""
        return {
            "part": self.part,
            "key": self.key,
            "name": self.name,
            "instalment": self.instalment,
            "stage": self.stage,
            "due": self.due and self.due.isoformat(),
            "currency": self.currency,
            "days_late": self.days_late,
            **{name: f"{getattr(self, name):f}" for name in AMOUNTS},
        }

    @classmethod
    def from_json(cls, stored: dict) -> "StatementLine":
        amounts = {name: Decimal(stored[name]) for name in AMOUNTS}
        due = stored["due"] and date.fromisoformat(stored["due"])
        return cls(**{**stored, **amounts, "due": due})


#: The amounts of a line.
AMOUNTS = tuple(f.name for f in fields(StatementLine) if f.type is Decimal)


@dataclass(frozen=True, slots=True)
class Total:
    """Exact sums of lines in one ``currency`` (ISO 4217)."""

    currency: str
    original: Decimal = ZERO
    open: Decimal = ZERO
    fine: Decimal = ZERO
    interest: Decimal = ZERO
    fee: Decimal = ZERO

    @property
    def asked(self) -> Decimal:
        return self.open + self.fine + self.interest + self.fee


def add_up(lines: Iterable[StatementLine]) -> tuple[Total, ...]:
    """Totals by currency, in the order in which the currencies appear."""
    by_currency: dict[str, list[StatementLine]] = {}
    for line in lines:
        by_currency.setdefault(line.currency, []).append(line)
    return tuple(
        Total(
            currency,
            **{name: sum((getattr(x, name) for x in same), ZERO) for name in AMOUNTS},
        )
        for currency, same in by_currency.items()
    )


@dataclass(frozen=True, slots=True)
class Statement:
    """The lines of a message, in the order in which they are stated."""

    lines: tuple[StatementLine, ...] = ()

    @property
    def totals(self) -> tuple[Total, ...]:
        """Of what is asked for: never of what is said for information."""
        return add_up(line for line in self.lines if line.part in ASKED)

    def says_the_same_as(self, other: "Statement") -> bool:
        """Same documents, due dates and amounts in the same parts; days late may differ.

        >>> line = StatementLine("step", "1", "INV/1", "USD", Decimal(9), Decimal(9))
        >>> late = StatementLine(
        ...     "step", "1", "INV/1", "USD", Decimal(9), Decimal("9.00"), days_late=3
        ... )
        >>> Statement((line,)).says_the_same_as(Statement((late,)))
        True
        >>> Statement((line,)).says_the_same_as(Statement((line, late)))
        False
        """
        return len(self.lines) == len(other.lines) and (
            {line.key: line.said for line in self.lines}
            == {line.key: line.said for line in other.lines}
        )

    def to_json(self) -> dict:
        return {"version": VERSION, "lines": [line.to_json() for line in self.lines]}

    @classmethod
    def from_json(cls, stored: dict | None) -> "Statement":
        """The statement that was kept; an empty one if nothing was.

        :raise ValueError: it was kept in a form that is not known"""
        if not stored:
            return cls()
        if stored.get("version") != VERSION:
            raise ValueError(
                f"statement of version {stored.get('version')!r}: only {VERSION} is "
                "known; run the migrations of the module"
            )
        return cls(tuple(map(StatementLine.from_json, stored["lines"])))


# --- money that is not allocated yet ---


@dataclass(frozen=True, slots=True)
class Claim:
    """An item that is asked for: ``open`` in the ``currency``, above 0 where something is
    to be paid; ``company``: whose it is."""

    key: str
    currency: str
    open: Decimal
    due: date
    company: str = ""


@dataclass(frozen=True, slots=True)
class Credit:
    """Money of the customer that is allocated to nothing, or on its way: ``amount`` above
    0 in the ``currency``, of the ``day``; ``claims``: keys of what it was paid for, where
    that is known."""

    key: str
    name: str
    currency: str
    amount: Decimal
    day: date
    company: str = ""
    claims: frozenset[str] = field(default=frozenset())

    def __post_init__(self):
        if self.amount < 0:
            raise ValueError(f"amount {self.amount} of {self.name}: give it above 0")


@dataclass(frozen=True, slots=True)
class Share:
    """The part of a credit, above 0, that falls on one item."""

    credit: Credit
    claim: str
    amount: Decimal


#: Whom a credit goes to, one round after the other.
ROUNDS = (
    lambda credit, claim: claim.key in credit.claims,
    lambda credit, claim: claim.company == credit.company,
    lambda credit, claim: True,
)


def hand_out(credits: Iterable[Credit], claims: Iterable[Claim]) -> tuple[Share, ...]:
    """The parts of the credits that fall on the claims, as if they were allocated.

    >>> old = Claim("a", "USD", Decimal(30), date(2026, 3, 2), company="A")
    >>> own = Claim("b", "USD", Decimal(30), date(2026, 3, 9), company="B")
    >>> paid = Credit("c", "BNK1", "USD", Decimal(40), date(2026, 3, 9), company="B")
    >>> [(share.claim, str(share.amount)) for share in hand_out([paid], [old, own])]
    [('b', '30'), ('a', '10')]
    """
    credits = sorted(credits, key=lambda credit: (credit.day, credit.key))
    claims = sorted(claims, key=lambda claim: (claim.due, claim.key))
    left = {credit.key: credit.amount for credit in credits}
    to_pay = {claim.key: claim.open for claim in claims if claim.open > 0}
    shares: dict[tuple[str, str], Share] = {}
    for belongs in ROUNDS:
        for credit in credits:
            for claim in claims:
                part = min(left[credit.key], to_pay.get(claim.key, ZERO))
                if part <= 0 or claim.currency != credit.currency:
                    continue
                if not belongs(credit, claim):
                    continue
                left[credit.key] -= part
                to_pay[claim.key] -= part
                shares[credit.key, claim.key] = Share(credit, claim.key, part)
    return tuple(shares.values())


def take_off(
    shares: Iterable[Share], claims: Collection[str]
) -> tuple[StatementLine, ...]:
    """The credits of a statement about the items ``claims`` (their keys): each document
    once, with the part of it that falls on them.

    >>> credit = Credit("c", "RINV/1", "USD", Decimal(40), date(2026, 3, 9))
    >>> shares = [Share(credit, key, Decimal(15)) for key in "xyz"]
    >>> [(x.name, str(x.original), str(x.open)) for x in take_off(shares, {"x", "y"})]
    [('RINV/1', '-40', '-30')]
    """
    parts: dict[Credit, Decimal] = {}
    for share in shares:
        if share.claim in claims:
            parts[share.credit] = parts.get(share.credit, ZERO) + share.amount
    return tuple(
        StatementLine(
            "credit",
            credit.key,
            credit.name,
            credit.currency,
            -credit.amount,
            -part,
            credit.day,
        )  # fmt: skip
        for credit, part in sorted(parts.items(), key=lambda p: (p[0].day, p[0].key))
    )
