"""How a receivable line stands in the ledger, and which lines come under collection.

Both are **tables**: the first row whose conditions all hold decides. A condition names a
column and the values it may have; what a row does not name does not matter. Python asks
the tables here; the statements of the database are made from the same rows
(`models/ledger/ledger_state_sql.py`), so birth, reaction and the weekly check cannot differ.

* Under collection come posted receivable lines of a customer that owe us something: those
  of customer invoices and receipts, and those of journal entries (opening balances) that
  are no payment, no bank line and not marked *No Follow-Up*.
* A line is *credited* if nothing but refunds closed its invoice (Odoo says ``reversed``),
  else *settled*; an invoice that Odoo calls ``paid`` is settled although a payment without
  a journal entry leaves the line open.

Source: design, section 3 (birth and reaction); Odoo 19, ``account.move.payment_state``.

>>> ledger_state(Line(parent_state="posted", reconciled=True, payment_state="reversed"))
'credited'
>>> ledger_state(Line(parent_state="posted", payment_state="partial"))
'open'
>>> comes_under_collection(
...     Line("posted", move_type="entry", is_receivable=True, has_partner=True, owes=True)
... )
True
"""

from dataclasses import dataclass

POSTED = ("posted",)
YES, NO = (True,), (False,)


@dataclass(frozen=True, slots=True)
class Line:
    """The columns of the tables: a journal item and its entry. None: not known there.

    ``exists``: the item was not deleted since; ``owes``: its balance is above zero;
    ``is_money``: it came from a payment or a bank line."""

    parent_state: str | None = None
    reconciled: bool | None = None
    payment_state: str | None = None
    no_followup: bool | None = None
    exists: bool = True
    move_type: str | None = None
    is_receivable: bool | None = None
    has_partner: bool | None = None
    owes: bool | None = None
    is_money: bool | None = None


#: (state, {column: values}): the first row that holds decides, the last one always does.
STATES = (
    ("gone", {"exists": NO}),
    ("cancelled", {"parent_state": ("cancel",)}),
    ("draft", {"parent_state": ("draft",)}),
    ("credited", {"reconciled": YES, "payment_state": ("reversed",)}),
    ("settled", {"reconciled": YES}),
    ("settled", {"payment_state": ("paid",)}),
    ("excluded", {"no_followup": YES}),
    ("blocked", {"payment_state": ("blocked",)}),
    ("open", {}),
)

_OWED = {"parent_state": POSTED, "is_receivable": YES, "has_partner": YES, "owes": YES}
#: {column: values}: a line comes under collection if one of the rows holds.
UNDER_COLLECTION = (
    {**_OWED, "move_type": ("out_invoice", "out_receipt")},
    {**_OWED, "move_type": ("entry",), "no_followup": NO, "is_money": NO},
)


def holds(conditions: dict[str, tuple], line: Line) -> bool:
    """Do all the conditions of a row hold? What is not known is no; of words it is none.

    >>> holds({"no_followup": NO}, Line(no_followup=None))
    True
    """
    return all(
        (bool(value) if isinstance(allowed[0], bool) else value) in allowed
        for column, allowed in conditions.items()
        for value in (getattr(line, column),)
    )


def ledger_state(line: Line) -> str:
    """The state of a line that is under collection.

    >>> ledger_state(Line(exists=False)), ledger_state(Line("draft"))
    ('gone', 'draft')
    """
    return next(state for state, conditions in STATES if holds(conditions, line))


def comes_under_collection(line: Line) -> bool:
    """Is the line to be chased once it is due?

    >>> comes_under_collection(Line("posted", move_type="out_refund"))
    False
    """
    return any(holds(conditions, line) for conditions in UNDER_COLLECTION)


#: States of a line that is no longer owed because somebody paid or we credited it.
CLOSED = ("settled", "credited")


def is_owed(state, amount) -> bool:
    """Is anything of the line to be paid? A line may be open by its state and have nothing
    left: what is asked for, listed or shown as open is asked here.

    >>> is_owed("open", 0.01), is_owed("open", 0.0), is_owed("cancelled", 1000.0)
    (True, False, False)
    """
    return state == "open" and amount > 0


def ledger_changes(was, now, paid, credited):
    """What happened to a line within a transaction: [(kind, amount)].

    ``settled``, ``credited``: no longer owed; ``reversed``: it was, and is not any more
    (the amount is what is missing again); ``taken_out``: blocked, excluded, set to draft,
    cancelled or removed; ``put_back``: released from that. Of a line that is still owed:
    ``paid_in_part``, ``credited_in_part``, ``reversed_in_part``.

    :param was, now: states before and after; None: unknown
    :param paid, credited: what was allocated meanwhile, less what was taken back

    >>> ledger_changes("open", "settled", 1000, 0)
    [('settled', 1000)]
    >>> ledger_changes("open", "open", 300, 200)
    [('paid_in_part', 300), ('credited_in_part', 200)]
    >>> ledger_changes("settled", "open", -1000, 0), ledger_changes("open", "open", -50, 0)
    ([('reversed', 1000)], [('reversed_in_part', 50)])
    >>> ledger_changes("blocked", "open", 0, 0), ledger_changes("open", "draft", 0, 0)
    ([('put_back', 0)], [('taken_out', 0)])

    A paid line that went to another customer just leaves the books of this one.

    >>> ledger_changes("settled", "gone", 0, 0)
    []
    """
    if now in CLOSED:
        return [] if was in CLOSED else [(now, paid + credited)]
    if was in CLOSED:
        moved = paid + credited
        return [] if now == "gone" and not moved else [("reversed", -moved)]
    found = []
    if (was == "open") != (now == "open"):
        found.append(("put_back" if now == "open" else "taken_out", 0))
    if paid > 0:
        found.append(("paid_in_part", paid))
    if credited > 0:
        found.append(("credited_in_part", credited))
    if (taken_back := min(paid, 0) + min(credited, 0)) < 0:
        found.append(("reversed_in_part", -taken_back))
    return found
