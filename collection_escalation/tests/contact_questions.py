"""Asking `rules.contact_rules` in a line, and saying in a line what must come back."""

from datetime import datetime
from zoneinfo import ZoneInfo

from ..rules.contact_rules import CHANNELS, Block, Context, Event, RuleSet, decide

ALL = frozenset(CHANNELS)
INTERACTIVE = ALL - {"letter"}
LIVE = frozenset({"phone", "sms", "whatsapp", "visit"})
PHONE = frozenset({"phone"})
WORKWEEK, EVERY_DAY = range(5), range(7)
STRANGERS = Block(
    "THIRD_PARTY",
    parties=frozenset({"reference", "family", "coworker", "neighbour", "employer"}),
)

BOGOTA, NEW_YORK = "America/Bogota", "America/New_York"
SANTIAGO, SAO_PAULO_ZONE = "America/Santiago", "America/Sao_Paulo"
#: Where a debtor under these rules lives; the others live in São Paulo.
HOME_OF = {
    "AR": "America/Argentina/Buenos_Aires",
    "CL": SANTIAGO,
    "CO": BOGOTA,
    "DE": "Europe/Berlin",
    "ES": "Europe/Madrid",
    "FR": "Europe/Paris",
    "IT": "Europe/Rome",
    "MX": "America/Mexico_City",
    "PE": "America/Lima",
    "PT": "Europe/Lisbon",
    "UK": "Europe/London",
    "US": NEW_YORK,
}


def local(text, zone):
    """A moment on the debtor's clock; write ``…+03:00`` where the hour comes twice."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))


def ask(rulesets, text, channel="phone", zone=None, zones=(), past=(), **kwargs):
    """Decide for one debtor; ``past`` and ``planned`` are events on the same clock."""
    rulesets = (rulesets,) if isinstance(rulesets, RuleSet) else rulesets
    zone = zone or HOME_OF.get(rulesets[0].code if rulesets else "", SAO_PAULO_ZONE)
    planned = kwargs.pop("planned", ())
    options = {k: kwargs.pop(k) for k in ("waived", "find_next") if k in kwargs}
    return decide(
        rulesets,
        at=local(text, zone),
        channel=channel,
        zones=zones or (zone,),
        context=Context(**kwargs),
        history=[happened(zone, *event) for event in past],
        reservations=[happened(zone, *event) for event in planned],
        **options,
    )


def happened(zone, text, channel, outcome="planned", more=None):
    return Event(local(text, zone), channel, outcome, **(more or {}))


def assert_allowed(answer):
    assert answer.allowed, f"{answer.codes} until {answer.next_allowed}"
    assert (answer.codes, answer.next_allowed) == ("", None), answer


def assert_refused(answer, codes, until=None, zone=None):
    assert (answer.allowed, answer.codes) == (False, codes), answer
    zone = zone or HOME_OF.get(codes.partition(".")[0], SAO_PAULO_ZONE)
    first = until and local(until, zone)
    assert answer.next_allowed == first, f"from {answer.next_allowed}, not {first}"
