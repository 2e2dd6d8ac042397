"""The rules as shipped: every row of the law's table, a source for every value, and a
table that cannot be read says where."""

import csv
import hashlib
import io
import json

import pytest

from ..rules.contact_content import FIELDS_OF, ruleset_from
from .contact_presets import contents, every_preset, preset
from .contact_table import COLUMNS, TABLES, answer_row, answer_table

GIVEN, OWN = TABLES / "contact_cases.csv", TABLES / "contact_cases_own.csv"


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(enumerate(csv.DictReader(file), 2))


@pytest.mark.parametrize(
    ("number", "row"),
    [*rows(GIVEN), *rows(OWN)],
    ids=lambda value: value["case_id"] if isinstance(value, dict) else "",
)
def test_every_row_of_the_table_is_answered_as_the_law_says(number, row):
    answered = answer_row(number, row, preset)
    assert answered.fault == ""
    assert answered.remark == ""


def test_the_tables_are_whole():
    assert len(rows(GIVEN)) >= 53
    assert len(rows(OWN)) >= 40
    names = [row["case_id"] for _, row in [*rows(GIVEN), *rows(OWN)]]
    assert len(set(names)) == len(names)


def test_every_preset_has_a_row_that_allows_and_one_that_refuses():
    asked = {}
    for _, row in [*rows(GIVEN), *rows(OWN)]:
        country = row["country"]
        code = country if country in contents() else country.partition("-")[0]
        asked.setdefault(code, set()).add(row["expected_allowed"])
    assert asked == {code: {"yes", "no"} for code in contents()}


# --- what is shipped ---


def test_the_countries_of_the_regulation_sheet_are_shipped():
    assert set(contents()) == {
        *("BR", "BR-SP", "BR-MG", "CO", "CL", "PE", "MX", "AR", "US", "UK"),
        *("ES", "PT", "FR", "DE", "IT"),
    }


#: What stands in the preset files, by version. Never change a row: whoever has the
#: version is offered nothing new. Raise the version of the preset and add a row.
SHIPPED = {
    "AR@1": "02d54698721c76b1",
    "BR-MG@1": "20f6daed2737520a",
    "BR-MG@2": "0837ecc1e4988dbe",
    "BR-SP@1": "351eaac91006d333",
    "BR@1": "011236ac72730373",
    "CL@1": "2aca381432f3ea8b",
    "CO@1": "6880ea7da2832c0f",
    "CO@2": "05e512ef85437f0a",
    "DE@1": "39a5ad1b763b445e",
    "ES@1": "7de62656da7a10fb",
    "FR@1": "b9aa7a16be65ff2d",
    "IT@1": "b575fb1f424b685a",
    "MX@1": "66cf4098d468cac1",
    "MX@2": "02d8e86d80c1aa45",
    "PE@1": "32392bbd0551a7d1",
    "PT@1": "dee6b18f840e84b3",
    "UK@1": "69ed1bb5d1fe7e95",
    "US@1": "d2b80f40adbbe774",
    "US@2": "135e4876db10743f",
}


@pytest.mark.parametrize("code", contents())
def test_what_is_shipped_changes_only_with_a_higher_version(code):
    content = contents()[code]
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    found = hashlib.sha256(text.encode()).hexdigest()[:16]
    label = f"{code}@{content['version']}"
    assert SHIPPED.get(label) == found, f"raise the version, then add {label}: {found}"


def test_no_version_is_skipped_or_taken_back():
    versions = {}
    for label in SHIPPED:
        code, _, number = label.partition("@")
        versions.setdefault(code, []).append(int(number))
    for code, numbers in versions.items():
        assert sorted(numbers) == [*range(1, contents()[code]["version"] + 1)]


@pytest.mark.parametrize("code", contents())
def test_every_value_has_its_source_its_mark_and_the_day_of_the_check(code):
    content = contents()[code]
    assert content["source"]
    for line in content["lines"]:
        assert line["source"]
        assert line["mark"] in ("verified", "secondary", "unverified", "house")
        assert line["verified_on"] == "2026-11-22"


@pytest.mark.parametrize("code", contents())
def test_a_preset_states_only_fields_of_its_kinds_of_lines(code):
    common = {"ruleset_id", "sequence", "kind", "rule_id", "channel"}
    common |= {"source", "mark", "verified_on"}
    for line in contents()[code]["lines"]:
        assert set(line) <= common | set(FIELDS_OF[line["kind"]])


def test_who_is_protected_and_who_is_bound():
    by_party = {
        code for code, content in contents().items() if content["party_scope"] == "any"
    }
    by_binds = {
        code for code, content in contents().items() if content["binds"] == "agents"
    }
    assert by_party == {"CO", "MX"}
    assert by_binds == {"MX", "US", "UK"}


def test_what_binds_only_agents_is_prudent_for_the_creditor():
    natures = {rules.code: rules.nature for rules in every_preset()}
    assert {natures[code] for code in ("US", "MX", "UK", "BR", "DE")} == {"prudent"}
    assert {natures[c] for c in ("CO", "CL", "PE", "BR-SP", "BR-MG")} == {"statute"}


def test_nobody_bars_the_debtor_a_guarantor_or_the_attorney_and_all_bar_strangers():
    barring = 0
    for rules in every_preset():
        for block in rules.blocks:
            if block.kind == "THIRD_PARTY":
                barring += 1
                assert "other" in block.parties
                assert block.parties.isdisjoint({"debtor", "guarantor", "attorney"})
    assert (
        barring == len(every_preset()) - 2
    )  # the two Brazilian states are about hours


# --- a table that cannot be read ---

GOOD = dict(zip(COLUMNS, rows(GIVEN)[0][1].values(), strict=True))


def event(**more):
    """Changes of a row: its history is one event with these keys too."""
    entry = {"at": "2026-03-10T09:10:00-05:00", "ch": "sms", "out": "sent", **more}
    return {"history": json.dumps({"events": [entry]})}


def fault(**changes):
    return answer_row(2, {**GOOD, **changes}, preset).fault


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"country": "XX"}, "country: no preset 'XX'"),
        ({"channel": "fax"}, "channel: 'fax' is unknown; use one of phone"),
        ({"local_datetime": "tomorrow"}, "local_datetime: 'tomorrow' is no moment"),
        ({"local_datetime": "2026-03-10T10:00"}, "has no UTC offset"),
        ({"country": "DE-ZZ"}, "country: 'DE-ZZ': no part of DE is called 'ZZ'"),
        ({"country": "CO-XX"}, "country: 'CO-XX': no part of CO is called 'XX'"),
        ({"country": "DE-"}, "country: 'DE-': no part of DE is called ''"),
        ({"timezone": "Mars/Olympus"}, "timezone: 'Mars/Olympus' is unknown"),
        (
            {
                "timezone": "Mars/Olympus",
                "history": '{"candidate_timezones": ["America/Bogota"]}',
            },
            "timezone: 'Mars/Olympus' is unknown",
        ),
        ({"local_datetime": "9999-12-31T23:00-05:00"}, "out of range"),
        ({"history": "{"}, "history: malformed JSON"),
        ({"history": "[]"}, "history: no JSON object"),
        ({"history": '{"events": [{"ch": "sms"}]}'}, "the key 'at' is missing"),
        ({"history": '{"events": 3}'}, "history.events: 3 is not a list"),
        ({"history": '{"events": [3]}'}, "history.events[1]: 3 is not an object"),
        ({"history": '{"debt": ["D1"]}'}, "history.debt: ['D1'] is not a text"),
        (
            {"history": '{"authorised": "sms"}'},
            "history.authorised: 'sms' is not a list",
        ),
        (
            {"history": '{"authorised": ["fax"]}'},
            "history.authorised: 'fax' is unknown",
        ),
        (
            {"history": '{"flags": {"opt_out": ["fax"]}}'},
            "history.flags.opt_out: 'fax' is unknown",
        ),
        (
            {"history": '{"flags": {"cease_written": "no"}}'},
            "history.flags.cease_written: 'no' is not true, false or the day",
        ),
        (
            {"history": '{"preferred": {"from": "09:00", "until": "12:00"}}'},
            "history.preferred: the key 'until' is unknown; use from, to",
        ),
        (
            {"history": '{"agreed_windows": [{"weekday": true, "from": "9:00"}]}'},
            "history.agreed_windows[1].weekday: True is not a number",
        ),
        (event(direction="in"), "history.events[1]: the key 'direction' is unknown"),
        (event(consented="false"), "history.events[1].consented: 'false' is not true"),
        (event(at="today"), "history.events[1].at: 'today' is no moment"),
        ({"history": '{"party": "dog"}'}, "party: 'dog' is unknown"),
        (
            {"history": '{"flags": {"rich": true}}'},
            "history.flags: the key 'rich' is unknown",
        ),
        ({"expected_allowed": "maybe"}, "expected_allowed: 'maybe'; use yes or no"),
        ({"next_allowed_local": "soon"}, "next_allowed_local: 'soon' is no moment"),
        ({"reason": None}, "a row has 9 fields"),
    ],
)
def test_a_bad_row_has_failed_and_says_what_is_wrong(changes, words):
    assert words in fault(**changes)


def test_an_empty_value_is_no_value():
    """The good row is a Saturday in Colombia, after closing time."""
    empty = dict.fromkeys(
        ("events", "debt", "authorised", "flags", "party", "place", "agreed_windows")
    )
    for more in (
        {},
        {"flags": {"cease_written": False, "attorney": None}},
        {"preferred": None, "candidate_timezones": None},
        {"preferred": {}, "candidate_timezones": [], "flags": {"opt_out": None}},
    ):
        assert fault(history=json.dumps({**empty, **more})) == ""
    assert fault(**event(dir=None, debt=None, consented=None, _note="x")) == ""


def test_a_wrong_expectation_shows_both_answers():
    assert fault(reason="CO.LIM_DAY") == (
        "expected no CO.LIM_DAY until 2026-03-24T07:00-05:00; "
        "got no CO.WIN_HOURS until 2026-03-24T07:00-05:00"
    )
    assert fault(next_allowed_local="").startswith("expected no CO.WIN_HOURS; got no")


def test_a_key_nobody_knows_is_remarked_on():
    answered = answer_row(2, {**GOOD, "history": '{"evnts": []}'}, preset)
    assert answered.remark == "history: not looked at: evnts"


def answer_text(tmp_path, text):
    path = tmp_path / "table.csv"
    path.write_text(text, encoding="utf-8")
    return [(answered.row, answered.fault) for answered in answer_table(path, preset)]


def test_a_table_without_a_column_has_failed_as_a_whole(tmp_path):
    (answer,) = answer_text(tmp_path, "case_id,country\nA,CO\n")
    assert answer[0] == 1
    assert answer[1].startswith(
        "columns are missing in the first line: channel, local_"
    )


def test_a_table_without_rows_has_failed(tmp_path):
    heading = ",".join(COLUMNS)
    assert answer_text(tmp_path, heading + "\n") == [(1, "the table has no rows")]


def test_a_file_that_is_no_table_has_failed(tmp_path):
    path = tmp_path / "table.csv"
    path.write_bytes(b"caf\xe9")
    (answered,) = answer_table(path, preset)
    assert answered.fault.startswith("the table is not UTF-8")


def test_a_byte_order_mark_is_no_part_of_the_first_column(tmp_path):
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    writer.writerow(GOOD)
    assert answer_text(tmp_path, "\ufeff" + out.getvalue()) == [(2, "")]


# --- the same data as kept in a version ---


def test_a_kept_version_gives_the_same_answers_as_the_set():
    for code, content in contents().items():
        kept = json.loads(json.dumps({**content, "version": 3}))
        again = ruleset_from(kept, preset(code).holidays)
        assert again.label == f"{code}@3"
        assert (again.windows, again.limits, again.blocks) == (
            preset(code).windows,
            preset(code).limits,
            preset(code).blocks,
        )
