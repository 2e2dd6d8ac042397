"""What a contact is for: demands, service, and what the debtor asked for."""

from dataclasses import replace
from datetime import date

import pytest

from ..rules.contact_blocks import EVERYWHERE, Block
from ..rules.contact_content import CONCERNS, FIELDS_OF, ruleset_from
from ..rules.contact_limits import Count, Gap, Grace
from ..rules.contact_rules import CHANNELS, Context, RuleSet, Window
from ..rules.contact_vocabulary import DEMANDS, EVERY_PURPOSE, PURPOSES
from .contact_presets import preset
from .contact_questions import PHONE, ask, assert_allowed, assert_refused, happened
from .contact_table import TABLES, answer_table
from .rules_contact_content_test import line, rules

OWN = TABLES / "contact_cases_purposes.csv"
NOON, BEFORE = "2026-11-10T12:00", "2026-11-10T09:00"
SERVICE = frozenset({"service"})

SAO_PAULO = {"zone": "America/Sao_Paulo"}


def of(limit, **changes):
    return RuleSet("X", limits=(replace(limit, **changes),))


def test_every_row_of_the_worked_table_passes():
    answers = [*answer_table(OWN, preset)]
    assert len(answers) == 23
    assert {a.case_id: a.fault for a in answers if a.fault} == {}


def test_a_purpose_that_nobody_defined_is_refused(tmp_path):
    with pytest.raises(ValueError, match="purpose: 'fun' is unknown"):
        Context(purpose="fun")
    with pytest.raises(ValueError, match="purpose: 'fun' is unknown"):
        happened(SAO_PAULO["zone"], NOON, "phone", "planned", {"purpose": "fun"})
    head, first, *_rest = OWN.read_text().splitlines()
    table = tmp_path / "table.csv"
    table.write_text("\n".join((head, first.replace(",demand,", ",fun,"))))
    (answer,) = answer_table(table, preset)
    assert "purpose: 'fun' is unknown" in answer.fault


def test_consented_is_the_word_of_the_tables_for_requested():
    assert Context(consented=True) == Context(purpose="requested")
    one, other = ({"consented": True}, {"purpose": "requested"})
    zone = SAO_PAULO["zone"]
    assert happened(zone, NOON, "phone", "sent", one) == happened(
        zone, NOON, "phone", "sent", other
    )


def test_a_call_back_is_what_the_debtor_asked_for():
    hours = tuple(happened("UTC", moment, "phone").at for moment in (BEFORE, NOON))
    with pytest.raises(ValueError, match="callback: the purpose is 'service'"):
        Context(purpose="service", callback=hours)
    assert Context(purpose="requested", callback=hours).has_called_for(hours[0])


@pytest.mark.parametrize(
    ("concerned", "asked", "made", "allowed"),
    [
        (DEMANDS, "demand", "demand", False),
        (DEMANDS, "demand", "service", True),
        (DEMANDS, "demand", "requested", True),
        (DEMANDS, "service", "demand", True),
        (DEMANDS, "requested", "demand", True),
        (SERVICE, "service", "service", False),
        (SERVICE, "service", "demand", True),
        (SERVICE, "demand", "service", True),
        (CONCERNS["unasked"], "demand", "service", False),
        (CONCERNS["unasked"], "service", "demand", False),
        (CONCERNS["unasked"], "requested", "demand", True),
        (CONCERNS["all"], "demand", "requested", False),
        (CONCERNS["all"], "requested", "demand", False),
        (CONCERNS["all"], "requested", "requested", False),
    ],
)
def test_attempts_that_a_line_concerns_use_up_what_it_limits(
    concerned, asked, made, allowed
):
    past = [(BEFORE, "phone", "no_answer", {"purpose": made})]
    for limit in (
        Count("LIM", PHONE, cap=1),
        Gap("LIM", PHONE, days=1, basis="attempt"),
    ):
        answer = ask(
            of(limit, purposes=concerned), NOON, past=past, purpose=asked, **SAO_PAULO
        )
        assert answer.allowed == allowed


def test_hours_that_concern_demands_leave_the_others_free():
    demands = Window.weekly(PHONE, range(5), "10:00", "12:00")
    demands = tuple(replace(window, purposes=DEMANDS) for window in demands)
    others = Window.weekly(PHONE, range(5), "08:00", "20:00")
    others = tuple(replace(window, purposes=SERVICE) for window in others)
    both = RuleSet("X", windows=demands + others)  # no overlap: of two purposes
    assert_refused(ask(both, NOON), "X.WIN_HOURS", "2026-11-11T10:00")
    assert_allowed(ask(both, NOON, purpose="service"))
    late = "2026-11-10T21:00"
    answer = ask(both, late, purpose="service")
    assert_refused(answer, "X.WIN_HOURS", "2026-11-11T08:00")
    assert_allowed(ask(both, late, purpose="requested"))


def test_the_wait_before_the_first_is_for_demands():
    house = RuleSet("X", grace=Grace(5))
    first = {"first_contact": True, "due_date": date(2026, 11, 9)}
    assert not ask(house, NOON, **first).allowed
    for purpose in ("service", "requested"):
        assert_allowed(ask(house, NOON, purpose=purpose, **first))
    strict = RuleSet("X", grace=Grace(5, purposes=EVERY_PURPOSE))
    assert not ask(strict, NOON, purpose="service", **first).allowed


@pytest.mark.parametrize(
    "flag", ["cease_written", "attorney", "deceased", "insolvency"]
)
@pytest.mark.parametrize("purpose", PURPOSES)
def test_what_stops_all_contact_stops_every_purpose(flag, purpose):
    for channel in CHANNELS:
        for code in ("BR", "CO", "US", "UK"):
            flags = {flag: None, "dispute_open": None}
            answer = ask(
                preset(code),
                NOON,
                channel,
                flags=flags,
                purpose=purpose,
                find_next=False,
            )
            assert f"{code}.BLK_{flag.removesuffix('_written').upper()}" in answer.codes


@pytest.mark.parametrize("block", [b.kind for b in EVERYWHERE])
def test_no_set_narrows_what_holds_everywhere(block):
    with pytest.raises(ValueError, match=f"purposes: {block} stops every contact"):
        Block(block, purposes=DEMANDS)


def test_a_set_may_stop_everything_while_a_complaint_is_open():
    flags = {"dispute_open": None}
    strict = RuleSet("X", blocks=(Block("DISPUTE", purposes=EVERY_PURPOSE),))
    usual = RuleSet("X", blocks=(Block("DISPUTE"),))
    assert_refused(ask(strict, NOON, flags=flags, purpose="service"), "X.BLK_DISPUTE")
    assert_allowed(ask(usual, NOON, flags=flags, purpose="service"))
    assert_refused(ask(usual, NOON, flags=flags), "X.BLK_DISPUTE")


@pytest.mark.parametrize("concerns", CONCERNS)
def test_a_line_of_any_kind_may_say_what_it_concerns(concerns):
    found = rules(*(line(kind, concerns=concerns) for kind in FIELDS_OF))
    every = [*found.windows, *found.limits, *found.blocks, found.grace]
    assert {rule.purposes for rule in every} == {CONCERNS[concerns]}


def test_a_line_that_says_nothing_is_as_ever():
    found = rules(*(line(kind, concerns=False) for kind in FIELDS_OF))
    assert {w.purposes for w in (*found.windows, *found.blocks)} == {EVERY_PURPOSE}
    assert {r.purposes for r in (*found.limits, found.grace)} == {DEMANDS}
    dispute = line("block", block="dispute")
    assert rules(dispute).blocks[0].purposes == DEMANDS
    with pytest.raises(ValueError, match="line 1: concerns: 'fun' is unknown"):
        ruleset_from(
            {"code": "X", "nature": "house", "lines": [line("gap", concerns="fun")]}
        )
