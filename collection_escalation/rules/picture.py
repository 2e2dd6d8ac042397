"""One picture of the debt: which of a customer's items a message lists, and as what.

Rule. A message after the due date shows all that is asked for of the same addressee, so
that nobody gets seven messages of which none has everything. **Ripe** is an item that has
reached the first stage after the due date, by its age or because it stands there already;
**asked for** is what is ripe, has more than 0 open and is not withheld. Of the items:

* ``step``: asked for, and the step that is due is theirs. Only these climb the ladder;
* ``also``: asked for of the same addressee, beside it. Being listed is not being reached;
* ``info``: the addressee's other items with more than 0 open: within grace, or not due yet;
* not listed at all: withheld items, and those of another addressee.

Between automatic messages of one channel to one addressee lie the plan's **quiet days**: the
next one leaves no earlier than so many business days after the last.

Source. Issue 11, "One picture of the debt", points 1, 2 and 6; design, invariant 3.

Worked example: due on 2 and 5 March 2026, the reminder of 9 March.

>>> first = Standing(1, Decimal(1000), "USD", 7, ripe=True)
>>> second = Standing(2, Decimal(100), "USD", 7, ripe=False)
>>> divide([first, second], steps={1}, addressee=7)
{1: 'step', 2: 'info'}
>>> quiet_until(date(2026, 3, 9), 4, Calendar()).isoformat()
'2026-03-13'
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .business_days import Calendar, add_business_days


@dataclass(frozen=True, slots=True)
class Standing:
    """An open item: ``open`` in the ``currency``; ``addressee``: who is written to about
    it; ``ripe`` and ``withheld`` as above, on the day that is asked about."""

    key: int
    open: Decimal
    currency: str
    addressee: int
    ripe: bool
    withheld: bool = False

    @property
    def is_asked_for(self) -> bool:
        return self.ripe and not self.withheld and self.open > 0


def divide(
    items: Iterable[Standing], steps: Collection[int], addressee: int
) -> dict[int, str]:
    """{key: part} of the ``items`` that a message to ``addressee`` lists, in their order.

    :param steps: keys of the items whose step the message is

    >>> divide([Standing(1, Decimal(5), "USD", 7, ripe=True, withheld=True)], {1}, 7)
    {}
    >>> divide([Standing(1, Decimal(5), "USD", 8, ripe=True)], (), 7)
    {}
    """
    found = {}
    for item in items:
        if item.withheld or item.open <= 0:
            continue
        if item.key in steps:
            # whoever the step was planned for: it is theirs
            found[item.key] = "step"
        elif item.addressee == addressee:
            found[item.key] = "also" if item.ripe else "info"
    return found


def quiet_until(last: date | None, days: int, cal: Calendar) -> date | None:
    """First day on which the next automatic message may leave, None if at once.

    :param last: the addressee's date of the last automatic message by the channel
    :param days: quiet business days; 0: none

    >>> quiet_until(date(2026, 3, 9), 0, Calendar()) is None
    True
    """
    if last is None or days <= 0:
        return None
    return add_business_days(last, days, cal)
