"""The shipped rules, read from ``data/contact_rules/*.xml`` and, of the house, from
``data/collection_ruleset_data.xml`` without Odoo.

One source for the tests of the rules: what is installed is what is tested here.
"""

import ast
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import holidays

from ..rules.contact_content import ruleset_from
from ..rules.contact_rules import RuleSet
from .contact_table import unknown_state

DATA = Path(__file__).parents[1] / "data" / "contact_rules"
HOUSE = DATA.parent / "collection_ruleset_data.xml"
SETS, LINES = "collection.contact.ruleset", "collection.contact.ruleset.line"
#: ISO codes where Odoo's name of a country is another.
ISO = {"UK": "GB"}


@cache
def contents() -> Mapping[str, dict]:
    """{code: the set as `rules.contact_content` reads it, with its country and state}."""
    records = [
        record
        for path in sorted(DATA.glob("*.xml"))
        for record in ElementTree.parse(path).iter("record")
    ]
    sets = {r.get("id"): _fields(r) for r in records if r.get("model") == SETS}
    lines = [_fields(r) for r in records if r.get("model") == LINES]
    for content in sets.values():
        content["lines"] = []
    for line in sorted(lines, key=lambda line: int(line["sequence"])):
        sets[line["ruleset_id"]]["lines"].append(line)
    return {content["code"]: content for content in sets.values()}


def _fields(record: ElementTree.Element) -> dict:
    return {field.get("name"): _value(field) for field in record.iter("field")}


def _value(field: ElementTree.Element) -> object:
    if field.get("ref"):
        return field.get("ref")
    expression = field.get("eval")
    if expression is None:
        return field.text
    if "ref(" in expression:  # the states: [Command.set([ref('base.state_br_sp')])]
        return expression.split("'")[1]
    return ast.literal_eval(expression)


@cache
def preset(name: str, year: int = 2026) -> RuleSet:
    """The set of this name with the holidays of its place, the year before to the year
    after; ``DE-BY`` is the set DE with the holidays of Bavaria.

    :raise ValueError: no such set"""
    code, _, state = name.partition("-")
    content = contents().get(name) or contents().get(code)
    if content is None:
        raise ValueError(f"country: no preset {name!r} is shipped")
    country = content["country_id"].removeprefix("base.").upper()
    country = ISO.get(country, country)
    if "-" in name and state not in holidays.list_supported_countries()[country]:
        raise ValueError(unknown_state(name))
    found = holidays.country_holidays(country, state or None, range(year - 1, year + 2))
    return replace(ruleset_from(content, found, found.weekend), code=name)


@cache
def house_contents() -> Mapping[str, dict]:
    """{code: house rules as `rules.contact_content` reads them}; their lines stand in the
    records themselves: [Command.create({…}), …]."""
    found = {}
    for record in ElementTree.parse(HOUSE).iter("record"):
        (lines,) = (f for f in record.iter("field") if f.get("name") == "line_ids")
        calls = ast.parse(lines.get("eval").strip(), mode="eval").body.elts
        content = {
            field.get("name"): _value(field)
            for field in record.iter("field")
            if field is not lines
        }
        content["lines"] = [ast.literal_eval(call.args[0]) for call in calls]
        found[content["code"]] = content
    return found


def house_rules(name: str, where: RuleSet) -> RuleSet:
    """House rules, with the holidays and the weekend of the place of another set."""
    content = house_contents()[name]
    return ruleset_from(content, where.holidays, where.weekend)


def every_preset() -> tuple[RuleSet, ...]:
    """All that is shipped, and Germany in four of its states."""
    states = ("DE-BY", "DE-BE", "DE-NW", "DE-HH")
    return tuple(preset(name) for name in (*contents(), *states))
