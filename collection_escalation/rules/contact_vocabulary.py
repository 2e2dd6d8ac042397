"""The words of the contact rules, and the refusal of any other word.

Rule. A channel, outcome, party, purpose or flag that is not listed here is an error, never
"no rule applies": what cannot be decided is not permitted.

Source. ``tables/README.md`` (channels, outcomes, parties, flags) and issue 3, part 4
(deceased, insolvency, over-indebted; guarantor and attorney are parties of their own).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

CHANNELS = ("phone", "sms", "whatsapp", "email", "letter", "visit")
OUTCOMES = (
    "planned",
    "no_answer",
    "busy",
    "voicemail",
    "not_connected",
    "wrong_party",
    "conversation",
    "sent",
    "delivered",
    "bounced",
    "failed",
    "met",
    "not_met",
)
PARTIES = (
    "debtor",
    "guarantor",
    "attorney",
    "reference",
    "family",
    "coworker",
    "neighbour",
    "employer",
    "minor",
    "elderly",
    "other",
)
#: What a contact is for: it asks for the money, it does something for the debtor (a call to
#: settle a complaint), or the debtor asked for it (a call-back, a confirmation).
DEMAND, SERVICE, REQUESTED = "demand", "service", "requested"
PURPOSES = (DEMAND, SERVICE, REQUESTED)
#: What limits concern and what hours and stops concern, where the line says nothing else.
DEMANDS, EVERY_PURPOSE = frozenset({DEMAND}), frozenset(PURPOSES)
FLAGS = (
    "cease_written",
    "attorney",
    "dispute_open",
    "work_prohibited",
    "deceased",
    "insolvency",
    "over_indebted",
)


def check_known(field_name: str, value: object, known: tuple[str, ...]) -> None:
    """Refuse a word that nobody defined.

    >>> check_known("channel", "fax", ("phone", "email"))
    Traceback (most recent call last):
    ValueError: channel: 'fax' is unknown; use one of phone, email
    """
    if value not in known:
        raise ValueError(
            f"{field_name}: {value!r} is unknown; use one of {', '.join(known)}"
        )


def check_channels(field_name: str, channels: Iterable[str]) -> None:
    if not channels:
        raise ValueError(f"{field_name}: empty; name at least one channel")
    for channel in channels:
        check_known(field_name, channel, CHANNELS)


def check_purposes(field_name: str, purposes: Iterable[str]) -> None:
    if not purposes:
        raise ValueError(f"{field_name}: empty; name at least one purpose")
    for purpose in purposes:
        check_known(field_name, purpose, PURPOSES)


def check_aware(field_name: str, moment: datetime) -> None:
    if moment.tzinfo is None:
        raise ValueError(
            f"{field_name}: {moment} has no time zone; pass an aware datetime"
        )
