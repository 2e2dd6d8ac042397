"""What a mail server says became of a message: lost, delayed, delivered, read.

Rule. Only *failed* means that the message did not arrive. A report of a delay (the server
keeps trying), of a delivery, of a reading or of a complaint about spam is no failure,
although it has the same outer form and comes from the same MAILER-DAEMON. A report that
nobody can read is not guessed at: *unclear*, for a person.

Source. RFC 3464 2.3.3: Action is failed, delayed, delivered, relayed or expanded; 2.3.4 and
RFC 3463: a Status of class 5 is permanent, 4 may pass, 2 is success. RFC 8098 3.2.6: a
disposition of "displayed" is a reading. RFC 5965: abuse reports. Servers that follow none
of them (qmail, Exim's header X-Failed-Recipients) are read by the reply codes of RFC 5321.

Worked example: Postfix will try again for some days.

>>> from email import message_from_string, policy
>>> delayed = message_from_string('''\\
... From: MAILER-DAEMON@mx.example.com
... Message-ID: <report@mx.example.com>
... Content-Type: multipart/report; report-type=delivery-status; boundary="b"
...
... --b
... Content-Type: message/delivery-status
...
... Reporting-MTA: dns; mx.example.com
...
... Final-Recipient: rfc822; Ana@Example.com
... Action: delayed
... Status: 4.4.1
... Diagnostic-Code: smtp; connection timed out
...
... --b
... Content-Type: text/rfc822-headers
...
... Message-ID: <ours@example.org>
...
... --b--
... ''', policy=policy.SMTP)
>>> report = read_report(delayed)
>>> report.kind, sorted(report.addresses), report.message_ids
('delayed', ['ana@example.com'], ('<ours@example.org>',))
>>> report.said
'connection timed out'
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from email import policy
from email.errors import MessageError
from email.message import Message
from email.parser import HeaderParser
from email.utils import getaddresses

from .outside_text import clean_header, clean_text

FAILED, DELAYED, DELIVERED = "failed", "delayed", "delivered"
READ, COMPLAINT, UNCLEAR = "read", "complaint", "unclear"

#: RFC 3464 2.3.3. A server that relays or expands has handed the message on.
ACTIONS = {
    "failed": FAILED,
    "delayed": DELAYED,
    "delivered": DELIVERED,
    "relayed": DELIVERED,
    "expanded": DELIVERED,
}
#: RFC 3463 2: the first figure of a status, where the action is missing.
STATUS_CLASSES = {"5": FAILED, "4": DELAYED, "2": DELIVERED}
STATUS_PARTS = ("message/delivery-status", "message/global-delivery-status")
RECEIPT_PARTS = (
    "message/disposition-notification",
    "message/global-disposition-notification",
)
COMPLAINT_PART = "message/feedback-report"

#: A permanent refusal in plain text: status 5.1.1 (not the address 5.1.1.9) or reply 550.
_STATUS = re.compile(r"(?<![\d.])5\.\d{1,3}\.\d{1,3}(?!\.?\d)")
_REPLY = re.compile(r"(?<![\d.])5[0-5]\d[ -]")
#: "Message-ID: <…>" in a copy of the original that is mere text.
_QUOTED_ID = re.compile(
    r"^[>\s]*(?:X-Microsoft-)?(?:Original-)?Message-ID:\s*(<[^<>\s]+>)", re.I | re.M
)
_ID = re.compile(r"<[^<>\s]+@[^<>\s]+>")
#: qmail: a line "<ana@example.com>:" above what the other server said.
_QUOTED_ADDRESS = re.compile(r"^<([^<>\s@]+@[^<>\s]+)>:", re.M)
_LONGEST_SAYING = 500  # characters: enough for what a server says, not for a copy


@dataclass(frozen=True, slots=True)
class Report:
    """What the server says, and of which message.

    addresses    of whom it speaks, in small letters; empty if it does not say
    message_ids  ids (with <>) the original may have, likeliest first
    status       as in RFC 3463 ("5.1.1"), or ""
    said         the server's own words, for a person
    """

    kind: str
    addresses: frozenset[str] = frozenset()
    message_ids: tuple[str, ...] = ()
    status: str = ""
    said: str = ""

    @property
    def is_bad_address(self) -> bool:
        """Nobody has that address, whatever is written to it (RFC 3463 3.2).

        >>> Report(FAILED, status="5.1.1").is_bad_address
        True
        >>> Report(FAILED, status="5.7.1").is_bad_address  # did not want this message
        False
        """
        return self.kind == FAILED and self.status.startswith("5.1.")


def read_report(message: Message) -> Report:
    """Read a report; ``message`` was parsed with ``email.policy.SMTP`` or ``default``."""
    report = _read(message)
    return replace(
        report,
        addresses=frozenset(filter(None, map(clean_header, report.addresses))),
        message_ids=tuple(filter(None, map(clean_header, report.message_ids))),
        status=clean_header(report.status),
        said=clean_text(report.said),
    )


def _read(message):
    ids = tuple(dict.fromkeys(_original_ids(message)))
    for read in (_read_status, _read_receipt, _read_complaint):
        if found := read(message):
            kind, addresses, status, said = found
            return Report(kind, addresses, ids, status, said)
    return _read_plain(message, ids)


def _read_status(message):
    """RFC 3464. One report may speak of several people: a failure outweighs."""
    blocks = [
        (kind, block)
        for block in _blocks(message, STATUS_PARTS)
        if (kind := _kind_of(block))
    ]
    for wanted in (FAILED, DELAYED, DELIVERED):
        mine = [block for kind, block in blocks if kind == wanted]
        if mine:
            addresses = frozenset().union(*map(_addresses_of, mine))
            said = _after_semicolon(mine[0], "Diagnostic-Code")
            status = _value(mine[0], "Status").partition(" ")[0]
            return wanted, addresses, status, said or status
    return None


def _read_receipt(message):
    """RFC 8098: only "displayed" says that somebody saw it; whatever else a mailbox
    reports, it has the message."""
    for block in _blocks(message, RECEIPT_PARTS):
        if disposition := _after_semicolon(block, "Disposition").lower():
            kind = READ if disposition.startswith("displayed") else DELIVERED
            return kind, _addresses_of(block), "", disposition
    return None


def _read_complaint(message):
    """RFC 5965: somebody called the message spam. It did arrive."""
    for block in _blocks(message, (COMPLAINT_PART,)):
        address = _value(block, "Original-Rcpt-To").strip("<>").lower()
        return (
            COMPLAINT,
            frozenset({address} if address else ()),
            "",
            _value(block, "Feedback-Type"),
        )
    return None


def _read_plain(message, ids):
    """Reports in no standard form: the header of Exim and Gmail, or the text of qmail."""
    text = next(_texts(message), "")
    addresses = {
        address.lower()
        for _name, address in getaddresses([_value(message, "X-Failed-Recipients")])
        if address
    }
    failed = bool(addresses)
    report_text = _QUOTED_ID.split(text)[0]
    addresses |= {address.lower() for address in _QUOTED_ADDRESS.findall(report_text)}
    status = _STATUS.search(report_text)
    kind = FAILED if failed or status or _REPLY.search(report_text) else UNCLEAR
    return Report(
        kind,
        frozenset(addresses),
        ids,
        status=status.group() if status else "",
        said=_shorten(report_text),
    )


def _kind_of(block):
    action = _value(block, "Action").lower().split(" ")[0]
    return ACTIONS.get(action) or STATUS_CLASSES.get(_value(block, "Status")[:1])


def _addresses_of(block):
    """Final and original recipient: they differ where mail is forwarded."""
    found = (
        _after_semicolon(block, name).strip("<> ").lower()
        for name in ("Final-Recipient", "Original-Recipient")
    )
    return frozenset(address for address in found if "@" in address)


def _blocks(message, content_types) -> Iterator[Message]:
    """The groups of fields of the machine-readable parts, however they were parsed."""
    for part in message.walk():
        if part.get_content_type() not in content_types:
            continue
        payload = part.get_payload()
        if isinstance(payload, list):
            payload = "\n\n".join(each.as_string() for each in payload)
        for group in re.split(r"(?:\r?\n){2,}", payload or ""):
            if group.strip():
                yield HeaderParser(policy=policy.default).parsestr(group.strip())


def _original_ids(message) -> Iterator[str]:
    """Where the id of the original may stand: in its copy, in the fields of a receipt, in
    what the report answers to, in a copy that is mere text."""
    for part in message.walk():
        if part is not message:
            for name in ("Message-ID", "X-Microsoft-Original-Message-ID"):
                yield from _ID.findall(_value(part, name))
    for block in _blocks(message, RECEIPT_PARTS):
        yield from _ID.findall(_value(block, "Original-Message-ID"))
    for text in _texts(message):
        yield from _QUOTED_ID.findall(text)
    for name in ("In-Reply-To", "References"):
        yield from _ID.findall(_value(message, name))


def _texts(message) -> Iterator[str]:
    """The parts that are text, decoded as well as they can be."""
    for part in message.walk():
        if part.get_content_maintype() != "text":
            continue
        try:
            yield part.get_content()
        except (LookupError, KeyError, ValueError, MessageError):  # an unknown charset
            yield str(part.get_payload(decode=False))


def _value(message, name):
    """A header as one line of text; "" if it is missing or cannot be read."""
    try:
        return " ".join(str(message[name] or "").split())
    except (ValueError, IndexError, MessageError):  # headers are written by anybody
        return ""


def _after_semicolon(block, name):
    """ "smtp; 550 no such user" says its own type first."""
    value = _value(block, name)
    return _shorten(value.partition(";")[2] if ";" in value else value)


def _shorten(text):
    return " ".join(text.split())[:_LONGEST_SAYING]
