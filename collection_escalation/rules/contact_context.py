"""What the contact rules look at: what happened, and what is being asked.

Rule. An attempt is not a contact, and a contact is not a conversation:
- *attempt*: outbound, and it was really tried: not planned, not connected, failed or
  bounced, and not at the debtor's own request (purpose ``requested``);
- *contact*: outbound, and it reached the debtor: conversation, met, sent, delivered;
- *conversation*: live talk, whoever called.

Source. Regulation sheet 3.6 and ``tables/README.md``; that a request of the debtor is
not counted: 12 CFR 1006.14(b)(3)(i).

>>> from datetime import timezone
>>> noon = datetime(2026, 11, 10, 12, tzinfo=timezone.utc)
>>> rings = Event(noon, "phone", "no_answer")
>>> rings.is_attempt, rings.is_contact, rings.is_conversation
(True, False, False)
>>> Event(noon, "phone", "no_answer", purpose="requested").is_attempt
False
>>> he_calls = Event(noon, "phone", "conversation", direction="in")
>>> he_calls.is_attempt, he_calls.is_contact, he_calls.is_conversation
(False, False, True)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import InitVar, dataclass, field
from datetime import date, datetime
from types import MappingProxyType

from .contact_vocabulary import (
    CHANNELS,
    DEMAND,
    FLAGS,
    OUTCOMES,
    PARTIES,
    PURPOSES,
    REQUESTED,
    check_aware,
    check_known,
)
from .contact_windows import Hours

_NEVER_TRIED = frozenset({"planned", "not_connected", "failed", "bounced"})
_REACHED = frozenset({"conversation", "met", "sent", "delivered"})
_LIVE_TALK = frozenset({"conversation", "met"})


@dataclass(frozen=True, slots=True)
class Event:
    """One contact made or planned. ``debt``: the debt it was about, or several.
    ``consented``: the word of the worked tables for the purpose ``requested``."""

    at: datetime
    channel: str
    outcome: str = "planned"
    direction: str = "out"
    debt: str | frozenset[str] = "D1"
    consented: InitVar[bool] = False
    purpose: str = DEMAND

    def __post_init__(self, consented: bool) -> None:
        if consented:
            object.__setattr__(self, "purpose", REQUESTED)
        check_known("purpose", self.purpose, PURPOSES)
        check_aware("at", self.at)
        check_known("channel", self.channel, CHANNELS)
        check_known("outcome", self.outcome, OUTCOMES)
        check_known("direction", self.direction, ("out", "in"))

    @property
    def is_tried(self) -> bool:
        """Outbound and really tried, whoever asked for it."""
        return self.direction == "out" and self.outcome not in _NEVER_TRIED

    @property
    def is_attempt(self) -> bool:
        return self.is_tried and self.purpose != REQUESTED

    @property
    def is_contact(self) -> bool:
        return self.direction == "out" and self.outcome in _REACHED

    @property
    def is_conversation(self) -> bool:
        return self.outcome in _LIVE_TALK

    def is_about(self, debt: str) -> bool:
        return debt == self.debt if isinstance(self.debt, str) else debt in self.debt


@dataclass(frozen=True, slots=True)
class Context:
    """Whom we ask about, and what the debtor has said.

    flags        what stops (see FLAGS) → when it ends by itself, None if a person
                 must end it
    authorised   channels the debtor allowed; None = not recorded, so not checked
    agreed       weekly hours the debtor agreed to: they widen the windows
    preferred    daily hours the debtor asked for: they narrow the windows
    purpose      what this very contact is for: ``demand``, ``service`` or ``requested``
                 (by the debtor); ``consented`` is the tables' word for the last one
    callback     when it was asked for: between these two moments
    first_contact, due_date   a first contact after the due date: GRACE applies
    paid_claim_on             the day the debtor said "already paid"
    """

    debts: frozenset[str] = frozenset({"D1"})
    party: str = "debtor"
    place: str = ""
    flags: Mapping[str, datetime | None] = field(
        default_factory=lambda: MappingProxyType({})
    )
    opt_out: frozenset[str] = frozenset()
    authorised: frozenset[str] | None = None
    agreed: tuple[Hours, ...] = ()
    preferred: Hours | None = None
    consented: InitVar[bool] = False
    callback: tuple[datetime, datetime] | None = None
    first_contact: bool = False
    due_date: date | None = None
    paid_claim_on: date | None = None
    purpose: str = DEMAND

    def __post_init__(self, consented: bool) -> None:
        if consented:
            object.__setattr__(self, "purpose", REQUESTED)
        check_known("purpose", self.purpose, PURPOSES)
        if not self.debts:
            raise ValueError("debts: empty; name the debt that is asked about")
        check_known("party", self.party, PARTIES)
        check_known("place", self.place, ("", "home", "work"))
        for name in ("opt_out", "authorised"):
            for channel in getattr(self, name) or ():
                check_known(name, channel, CHANNELS)
        for flag, until in self.flags.items():
            check_known("flags", flag, FLAGS)
            if until is not None:
                check_aware(f"flags[{flag}]", until)
        if self.callback is not None:
            self._check_callback(*self.callback)
        if self.first_contact and self.due_date is None:
            raise ValueError("due_date: missing; a first contact counts from it")

    def _check_callback(self, start: datetime, end: datetime) -> None:
        check_aware("callback", start)
        check_aware("callback", end)
        if end <= start:
            raise ValueError("callback: ends before it starts; exchange the moments")
        if self.purpose != REQUESTED:
            raise ValueError(
                f"callback: the purpose is {self.purpose!r}; the debtor asked for it, so "
                "use 'requested'"
            )

    def has_called_for(self, at: datetime) -> bool:
        """Does ``at`` lie within the moments the debtor named for this call-back?"""
        return self.callback is not None and self.callback[0] <= at < self.callback[1]
