"""When nobody may contact at all: the stops.

Rule. A stop is about a fact, not about the hour: the debtor wrote "do not contact me",
has an attorney, is dead, the person called is somebody else … Most have no end; a
person has to change the fact. Two end by themselves: a stop that was recorded with an
end, and waiting for a payment the debtor says was made.
- Six stops hold in every set, whatever the country: CEASE, ATTORNEY (except towards the
  attorney), OPT_OUT, DECEASED, INSOLVENCY, OVER_INDEBTED. The last three are about the
  debtor and do not stop contacts with a guarantor, who is a party of their own.
- The others hold where the set has a line for them.

Source. Regulation sheet 3.2 (BLOCK) and 3.7 step 1, ``tables/README.md`` for the first
eight and their order; issue 3 part 4 for the debtor's flags; BR-MG PL 484/2019 for the
days of clearing (PAID_CLAIM).

Worked example: an opt-out is per channel.

>>> who = Context(opt_out=frozenset({"sms"}))
>>> bool(Block("OPT_OUT").stop("sms", who)), bool(Block("OPT_OUT").stop("email", who))
(True, False)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from .business_days import BUSINESS, CALENDAR, Calendar, add_days
from .contact_context import Context
from .contact_vocabulary import (
    CHANNELS,
    DEMANDS,
    EVERY_PURPOSE,
    PARTIES,
    check_channels,
    check_known,
    check_purposes,
)

KINDS = (  # the order in which they are reported
    "CEASE",
    "ATTORNEY",
    "DISPUTE",
    "THIRD_PARTY",
    "WORKPLACE",
    "VISIT",
    "OPT_OUT",
    "CHANNEL_NOT_AUTHORISED",
    "DECEASED",
    "INSOLVENCY",
    "OVER_INDEBTED",
    "PAID_CLAIM",
)
_FLAG_OF = {
    "CEASE": "cease_written",
    "ATTORNEY": "attorney",
    "DISPUTE": "dispute_open",
    "DECEASED": "deceased",
    "INSOLVENCY": "insolvency",
    "OVER_INDEBTED": "over_indebted",
}
#: These stop everything, and no set of rules may say otherwise.
_WHATEVER_IT_IS_FOR = (
    "CEASE",
    "ATTORNEY",
    "THIRD_PARTY",
    "OPT_OUT",
    "DECEASED",
    "INSOLVENCY",
    "OVER_INDEBTED",
)
_NOT_FOR_GUARANTORS = ("DECEASED", "INSOLVENCY", "OVER_INDEBTED")


@dataclass(frozen=True, slots=True)
class Stop:
    """In force until a moment, or before a day, or (neither given) without end."""

    until: datetime | None = None
    first_free_day: date | None = None

    @property
    def is_endless(self) -> bool:
        return self.until is None and self.first_free_day is None

    def holds(self, at: datetime, days: Iterable[date]) -> bool:
        """At this moment, which is one of these days in the debtor's possible zones."""
        if self.until is not None:
            return at < self.until
        first = self.first_free_day
        return first is None or any(day < first for day in days)


FOREVER = Stop()


@dataclass(frozen=True, slots=True)
class Block:
    """One stop of a set.

    parties        THIRD_PARTY: who may not be contacted
    if_prohibited  WORKPLACE: only when the employer prohibits such contacts
    days, unit     PAID_CLAIM: the n-th day after the claim is free again
    purposes       what it stops: everything, but DISPUTE stops demands only, so that a
                   call to settle the complaint is possible (12 CFR 1006.38(d)(2): cease
                   *collection*). Stops that hold everywhere let nothing pass.

    >>> complaining = {"flags": {"dispute_open": None}}
    >>> Block("DISPUTE").stop("phone", Context(**complaining)) == FOREVER
    True
    >>> Block("DISPUTE").stop("phone", Context(**complaining, purpose="service")) is None
    True
    """

    kind: str
    channels: frozenset[str] = frozenset(CHANNELS)
    parties: frozenset[str] = frozenset()
    if_prohibited: bool = False
    days: int = 0
    unit: str = CALENDAR
    purposes: frozenset[str] | None = None

    def __post_init__(self) -> None:
        check_known("kind", self.kind, KINDS)
        if self.purposes is None:
            usual = DEMANDS if self.kind == "DISPUTE" else EVERY_PURPOSE
            object.__setattr__(self, "purposes", usual)
        check_purposes("purposes", self.purposes)
        if self.kind in _WHATEVER_IT_IS_FOR and self.purposes != EVERY_PURPOSE:
            raise ValueError(
                f"purposes: {self.kind} stops every contact, whatever it is for; leave it "
                "empty"
            )
        check_channels("channels", self.channels)
        check_known("unit", self.unit, (CALENDAR, BUSINESS))
        for party in self.parties:
            check_known("parties", party, PARTIES)
        if self.kind == "THIRD_PARTY" and not self.parties:
            raise ValueError("parties: empty; THIRD_PARTY needs to know whom it bars")
        if "debtor" in self.parties:
            raise ValueError("parties: the debtor is no third party; take it out")
        if self.kind == "PAID_CLAIM" and self.days < 1:
            raise ValueError("days: less than 1; PAID_CLAIM waits at least one day")

    @property
    def rule_id(self) -> str:
        return f"BLK_{self.kind}"

    def stop(
        self, channel: str, context: Context, calendar: Calendar | None = None
    ) -> Stop | None:
        """The stop this line puts on this contact; None: it does not apply."""
        if channel not in self.channels or context.purpose not in self.purposes:
            return None
        if self.kind == "PAID_CLAIM":
            return self._clearing(context, calendar or Calendar())
        if self.kind in _FLAG_OF:
            return self._flagged(context)
        return FOREVER if self._is_met(channel, context) else None

    def _clearing(self, context: Context, calendar: Calendar) -> Stop | None:
        claimed = context.paid_claim_on
        if claimed is None:
            return None
        return Stop(first_free_day=add_days(claimed, self.days, self.unit, calendar))

    def _flagged(self, context: Context) -> Stop | None:
        flag = _FLAG_OF[self.kind]
        if flag not in context.flags:
            return None
        if self.kind == "ATTORNEY" and context.party == "attorney":
            return None
        if self.kind in _NOT_FOR_GUARANTORS and context.party == "guarantor":
            return None
        return Stop(until=context.flags[flag])

    def _is_met(self, channel: str, context: Context) -> bool:
        if self.kind == "THIRD_PARTY":
            return context.party in self.parties
        if self.kind == "WORKPLACE":
            prohibited = "work_prohibited" in context.flags
            return context.place == "work" and (prohibited or not self.if_prohibited)
        if self.kind == "OPT_OUT":
            return channel in context.opt_out
        if self.kind == "CHANNEL_NOT_AUTHORISED":
            return context.authorised is not None and channel not in context.authorised
        return channel == "visit"  # VISIT


EVERYWHERE = tuple(
    Block(kind)
    for kind in (
        "CEASE",
        "ATTORNEY",
        "OPT_OUT",
        "DECEASED",
        "INSOLVENCY",
        "OVER_INDEBTED",
    )
)


def with_those_that_hold_everywhere(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """The lines of a set plus the six of every set, in the order of the reasons.

    A line of the set replaces the one of the same kind. Several THIRD_PARTY lines may
    stand side by side (per channel).

    >>> lines = with_those_that_hold_everywhere([Block("VISIT"), Block("DISPUTE")])
    >>> [line.kind for line in lines][:4]
    ['CEASE', 'ATTORNEY', 'DISPUTE', 'VISIT']
    """
    own = tuple(blocks)
    kinds = {block.kind for block in own}
    both = own + tuple(block for block in EVERYWHERE if block.kind not in kinds)
    return tuple(sorted(both, key=lambda block: KINDS.index(block.kind)))
