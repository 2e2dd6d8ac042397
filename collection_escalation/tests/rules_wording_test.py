"""What a text may not say and what it must, one sentence per rule."""

import sys
from dataclasses import replace
from unicodedata import category, name

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ..rules.wording import (
    COURT,
    DEBT,
    SHAME,
    THREAT,
    Datum,
    Expression,
    compile_words,
    cover,
    find_amounts,
    find_forbidden,
    fold,
    missing_data,
)

WORDS = compile_words(
    [
        Expression("you will go to prison", THREAT),
        Expression("your prison", THREAT),
        Expression("intimação", COURT),
        Expression("ordem de penhora", COURT),
        Expression("penhora*", COURT),
        Expression("todo mundo vai saber", SHAME),
        Expression("you'll regret", THREAT),
        Expression("dívida*", DEBT),
    ]
)
CLEAN = st.text(st.characters(exclude_categories=("Cs",)), max_size=60).filter(
    lambda text: not find_forbidden(text, WORDS)
)
BAD = st.sampled_from(
    [
        "you will go to prison",
        "INTIMACAO",
        "ordem de\npenhora",
        "penhorados",
        "Todo mundo  vai saber",
        "you’ll regret",
        "as dívidas",
    ]
)


def said(text):
    return [finding.text for finding in find_forbidden(text, WORDS)]


# --- forbidden words ---


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("You will go to prison.", ["You will go to prison"]),
        ("you will go\u00a0to <prison", ["you will go\u00a0to <prison"]),
        ("INTIMAC\u0327A\u0303O", ["INTIMAC\u0327A\u0303O"]),
        ("inti\u00admação", ["inti\u00admação"]),
        ("You'll regret, you’ll regret", ["You'll regret", "you’ll regret"]),
        ("A penhora e os penhorados", ["penhora", "penhorados"]),
        ("ordem de penhora", ["ordem de penhora", "penhora"]),
        ("you will go home, to prison", []),
        ("you will go. To prison with it!", []),
        ("intimações do tempo", []),
        ("reintimação, intimaçãozinha", []),
        ("", []),
    ],
)
def test_words_are_found_whole_whatever_case_accents_and_spacing(text, found):
    assert said(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "your...prison",
        "your…prison",
        "your.prison",
        "your!prison",
        "your_prison",
        "_your prison_",
        "your__._prison",
        "your .prison",
        "your - prison",
    ],
)
def test_points_and_low_lines_between_words_hide_nothing(text):
    assert len(said(f"This is {text}, see?")) == 1


@pytest.mark.parametrize(
    "text",
    [
        "It is your. Prison is far.",
        "It is your.\nPrison is far.",
        "(It is your.) Prison is far.",
        "“It is your.” Prison is far.",
        "It is your... Prison is far.",
        "It is your: prison is far.",
        "Is it your?_ Prison is far.",
    ],
)
def test_a_stop_before_a_space_ends_a_phrase(text):
    assert said(text) == []


def test_characters_without_a_shape_hide_nothing():
    """All that this Python's Unicode calls format characters, and those that choose a
    variant of the one before."""
    shapeless = {
        char
        for char in map(chr, range(sys.maxunicode + 1))
        if category(char) == "Cf" or "VARIATION SELECTOR" in name(char, "")
    }
    assert {"\u202e", "\u2062", "\u180e", "\ufe0f", "\U000e0100"} <= shapeless
    assert not [hex(ord(char)) for char in shapeless if fold(f"a{char}b") != "ab"]
    assert said("you will go to pri\u202es\u2063o\ufe0fn") != []


def test_what_begins_inside_another_finding_is_found_too():
    words = compile_words([Expression("a b", THREAT), Expression("b c", SHAME)])
    assert [f.expression for f in find_forbidden("a b c", words)] == ["a b", "b c"]


def test_a_finding_says_where_and_what():
    (finding,) = find_forbidden("Olá: DÍVIDAS", WORDS)
    assert (finding.kind, finding.start, finding.expression) == (DEBT, 5, "dívida*")


def test_the_place_is_right_after_characters_that_fold_to_several():
    text = "ﬁﬁ ß … İ: intimação"
    (finding,) = find_forbidden(text, WORDS)
    assert text[finding.start :] == "intimação"


def test_an_empty_list_finds_nothing():
    assert find_forbidden("you will go to prison", compile_words([])) == ()


@given(CLEAN, BAD, CLEAN)
@example("İ", "penhorados", "a\u0327")
def test_clean_sentences_around_never_hide_a_finding(before, bad, after):
    text = f"{before}\n.\n{bad}\n.\n{after}"
    assert set(said(bad)) <= set(said(text))


@given(CLEAN, BAD, CLEAN)
def test_a_finding_stands_in_the_text_at_its_place(before, bad, after):
    text = f"{before}. {bad}. {after}"
    for finding in find_forbidden(text, WORDS):
        assert text.startswith(finding.text, finding.start)


@given(BAD)
def test_case_and_accents_make_no_difference(bad):
    assert len(said(bad.upper())) == len(said(fold(bad))) == len(said(bad)) > 0


@pytest.mark.parametrize("text", ["", " ", "*", "…", "ab*", "pri*son", "*son", "a **"])
def test_expressions_that_mean_nothing_are_refused(text):
    with pytest.raises(ValueError, match="text:"):
        Expression(text, THREAT)


def test_an_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="kind: 'rude'"):
        Expression("word", "rude")


# --- amounts ---


@pytest.mark.parametrize(
    "text",
    [
        "R$ 1.234,56",
        "R$10",
        "US$ 10",
        "$5",
        "10 EUR",
        "EUR 10",
        "10€",
        "€ 1.000",
        "S/ 250.00",
        "CLP 10.000",
        "CLP: 10.000",
        "1.000 pesos",
        "10 Reais",
        "1 dólar",
        "1.234,56",
        "1,234.56",
        "£1,000",
        "R$ -10,00",
        "10\u00a0€",
    ],
)
def test_amounts_are_seen(text):
    assert [f.text for f in find_amounts(f"Ana, {text}!")] == [text]


@pytest.mark.parametrize(
    "text",
    [
        "Invoice INV/2026/00012",
        "on 03/02/2026 at 10:30",
        "+55 21 99999-0000",
        "12.345.678/0001-90",
        "2026.03.02",
        "EUROPA 10",
        "10 EUROPA",
        "CD 10 PENS",
        "realmente 10 realidades",
        "10.000.000.00",
        "version 1.234",
    ],
)
def test_other_numbers_are_no_amounts(text):
    assert find_amounts(text) == ()


def test_the_currencies_of_the_books_are_seen_too():
    assert find_amounts("1 000 Kč") == ()
    assert [f.text for f in find_amounts("900 Kč", {"Kč", ""})] == ["900 Kč"]


# --- debt data ---

DATA = [
    Datum("creditor", "Azul & Cia."),
    Datum("address", "Rua Um, 1"),
    Datum("tax_id", "12.345.678/0001-90"),
    Datum("invoice", "INV/2026/00001"),
    Datum("due", "03/02/2026"),
    Datum("amount", "R$\u00a01.000,00"),
]
COMPLETE = (
    "INV/2026/00001 due on 03/02/2026\n R$ 1.000,00\n"
    "AZUL & Cia., Rua  Um, 1, São Paulo\nCNPJ: 12.345.678/0001-90"
)


def missing(text, wanted=DATA):
    return [datum.kind for datum in missing_data(text, wanted)]


def test_a_complete_text_misses_nothing():
    assert missing(COMPLETE) == []


@pytest.mark.parametrize("datum", DATA, ids=lambda datum: datum.kind)
def test_each_datum_is_missed(datum):
    text = "\n".join(other.value for other in DATA if other != datum)
    assert missing(text) == [datum.kind]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("INV/2026/000010", "INV/2026/00001"),
        ("XINV/1", "INV/1"),
        ("R$ 1.100,00", "100,00"),
        ("1,100.00 $", "100.00 $"),
        ("R$ 100,00", "$ 100,00"),
        ("$ 100.005", "$ 100.00"),
        ("100.00,5", "100.00"),
    ],
)
def test_a_part_of_something_longer_does_not_count(text, value):
    assert missing(text, [Datum("x", value)]) == ["x"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("INV/10 and INV/1, thanks", "INV/1"),
        ("It is 100,00.", "100,00"),
        ("100,00, or 5", "100,00"),
        ("(100,00)", "100,00"),
        ("sao paulo", "São  Paulo"),
        ("-\ufeff10 €", "-10 €"),
        ("anything", ""),
    ],
)
def test_whole_values_count_whatever_stands_beside(text, value):
    assert missing(text, [Datum("x", value)]) == []


@pytest.mark.parametrize("text", ["12345678000190", "CNPJ 12.345.678/0001 - 90."])
def test_a_tax_id_is_the_same_with_and_without_points(text):
    assert missing(text, [DATA[2]]) == []


@given(CLEAN, CLEAN)
def test_what_is_stated_stays_stated_with_more_around(before, after):
    assert missing(f"{before}\n|{COMPLETE}|\n{after}") == []


# --- names, speed ---


def test_names_are_no_findings():
    words = compile_words([Expression("moroso*", DEBT)])
    text = cover("Ana Moroso, not moroso", ["Ana", "Ana Moroso", ""])
    assert [f.start for f in find_forbidden(text, words)] == [16]


@pytest.mark.parametrize(
    ("text", "names", "covered"),
    [
        ("ÚLTIMA CHANCE", ["TIM"], "ÚLTIMA CHANCE"),
        ("a TIM, _TIM_", ["TIM"], "a ..., _..._"),
        ("de Mora S.A.!", ["Mora S.A."], "de .........!"),
        ("Rua\u00a0 Tribunal", ["Rua Tribunal"], "............."),
        ("Ana Moroso e Ana", ["Ana", "Ana Moroso"], ".......... e ..."),
        ("nothing", ["", " "], "nothing"),
    ],
)
def test_only_whole_names_are_covered_whatever_the_spacing(text, names, covered):
    assert cover(text, names) == covered


class Counted:
    """A regular expression that counts how often it is asked."""

    def __init__(self, pattern):
        self.pattern, self.asked = pattern, 0

    def search(self, *args):
        self.asked += 1
        return self.pattern.search(*args)


def test_a_text_is_searched_once_however_long_the_list():
    """200 expressions, and a text that begins like them and says none: one search. What
    is said costs one search more for each place."""
    starts = "você vai", "nós", "every", "we will", "última", "todos", "ao", "é"
    words = compile_words(
        Expression(f"{start} {word} saber", THREAT)
        for start in starts
        for word in map(str, range(25))
    )
    counted = replace(words, any=Counted(words.any))
    text = "Você vai ver: nós é que agradecemos. We will call every day, ao fim. " * 36
    assert find_forbidden(text, counted) == ()
    assert counted.any.asked == 1
    counted.any.asked = 0
    assert len(find_forbidden(f"{text} Nós 7 saber. {text}", counted)) == 1
    # is there any, the place, is there another after it
    assert counted.any.asked == 3
