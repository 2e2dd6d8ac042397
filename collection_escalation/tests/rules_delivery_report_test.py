"""Delivery reports: what real servers send, read without guessing."""

from email import message_from_bytes, policy
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ..rules.delivery_report import (
    COMPLAINT,
    DELAYED,
    DELIVERED,
    FAILED,
    READ,
    UNCLEAR,
    Report,
    read_report,
)

DSN = Path(__file__).parent / "dsn"
OURS = "<42.1773057600-openerp-statement@odoo>"
ADDRESS = "loja.azul@example.com"


def sample(name, message_id=OURS):
    raw = (DSN / f"{name}.eml").read_bytes()
    for key, value in {"{address}": ADDRESS, "{message_id}": message_id}.items():
        raw = raw.replace(key.encode(), value.encode())
    return raw


def read(raw):
    return read_report(message_from_bytes(raw, policy=policy.SMTP))


@pytest.mark.parametrize(
    ("name", "kind", "status", "said"),
    [
        ("postfix_failed", FAILED, "5.1.1", "User unknown in virtual mailbox table"),
        ("exchange_failed", FAILED, "5.1.10", "Recipient not found"),
        ("gmail_failed", FAILED, "5.1.1", "does not exist"),
        ("postfix_expired", FAILED, "4.4.1", "Connection timed out"),
        ("no_message_id", FAILED, "5.7.1", "Unable to relay"),
        ("rewritten_id", FAILED, "5.1.1", "user unknown"),
        ("forwarded_failed", FAILED, "5.2.2", "mailbox full"),
        ("qmail_failed", FAILED, "5.1.1", "Giving up on 192.0.2.25."),
        ("postfix_delayed", DELAYED, "4.4.1", "Connection timed out"),
        ("delivered", DELIVERED, "2.0.0", "delivered to mailbox"),
        ("receipt_read", READ, "", "displayed"),
        ("spam_complaint", COMPLAINT, "", "abuse"),
    ],
)
def test_what_servers_send_is_read(name, kind, status, said):
    report = read(sample(name))
    assert (report.kind, report.status) == (kind, status)
    assert said in report.said
    assert ADDRESS in report.addresses


@pytest.mark.parametrize(
    "name", sorted(p.stem for p in DSN.glob("*.eml")), ids=lambda name: name
)
def test_the_id_of_the_original_is_found_where_there_is_one(name):
    ids = read(sample(name)).message_ids
    if name in ("no_message_id", "forwarded_failed"):
        assert not ids
    elif name == "rewritten_id":
        assert ids == ("<0102019e-4f1c@email.relay.example>",)
    else:
        assert ids[0] == OURS


def test_the_report_is_not_its_own_original():
    assert "<20260309120003.4F1C22A0D@mx.credor.example>" not in (
        read(sample("postfix_failed")).message_ids
    )


def test_what_nobody_can_read_is_not_guessed_at():
    """In progress, says the German text: neither failed nor delivered."""
    report = read(sample("unclear"))
    assert report.kind == UNCLEAR
    assert "wird bearbeitet" in report.said
    assert report.message_ids == (OURS,)


def test_a_missing_action_is_read_from_the_status():
    raw = sample("postfix_failed").replace(b"Action: failed\n", b"")
    assert read(raw).kind == FAILED
    raw = sample("postfix_delayed").replace(b"Action: delayed\n", b"")
    assert read(raw).kind == DELAYED


def test_neither_action_nor_status_is_unclear_or_read_as_text():
    """Without the machine-readable fields the text speaks: 550 is permanent."""
    cut = sample("postfix_failed").replace(b"Action: failed\nStatus: 5.1.1\n", b"")
    assert read(cut).kind == FAILED
    silent = cut.replace(b"550 5.1.1", b"hm")
    assert read(silent).kind == UNCLEAR


def test_an_ip_address_is_no_status():
    raw = sample("unclear").replace(b"wird bearbeitet", b"via 5.1.1.9")
    assert read(raw).kind == UNCLEAR


def test_a_failure_outweighs_a_delay_of_another_recipient():
    failed = (
        b"Final-Recipient: rfc822; other@example.com\nAction: failed\nStatus: 5.0.0\n"
    )
    raw = sample("postfix_delayed").replace(
        b"Final-Recipient:", failed + b"\nFinal-Recipient:"
    )
    report = read(raw)
    assert report.kind == FAILED
    assert report.addresses == {"other@example.com"}


def test_only_a_status_of_the_address_says_that_the_address_is_bad():
    assert read(sample("exchange_failed")).is_bad_address
    assert not read(sample("forwarded_failed")).is_bad_address
    assert not Report(DELAYED, status="5.1.1").is_bad_address


def test_a_global_report_is_read_like_the_old_one():
    """RFC 6533: the same fields under another type."""
    raw = sample("postfix_failed").replace(
        b"message/delivery-status", b"message/global-delivery-status"
    )
    report = read(raw)
    assert (report.kind, report.addresses) == (FAILED, {ADDRESS})


def test_a_receipt_that_says_deleted_still_says_delivered():
    raw = sample("receipt_read").replace(b"; displayed", b"; deleted")
    assert read(raw).kind == DELIVERED


@pytest.mark.parametrize("charset", [b"klingon", b"UTF\x00-8"])
def test_an_unknown_charset_does_not_stop_the_reading(charset):
    raw = sample("gmail_failed").replace(b'"UTF-8"', b'"%s"' % charset)
    assert charset in raw
    assert read(raw).kind == FAILED


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(sorted(p.stem for p in DSN.glob("*.eml"))),
    st.integers(0, 4000),
    st.binary(max_size=40),
)
def test_damaged_reports_are_read_or_unclear_but_never_crash(name, where, junk):
    raw = sample(name)
    report = read(raw[:where] + junk + raw[where + len(junk) :])
    assert report.kind in {FAILED, DELAYED, DELIVERED, READ, COMPLAINT, UNCLEAR}
