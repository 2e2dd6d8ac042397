"""What a text to a debtor may not say, and what it must.

Rule.
- No text threatens, looks like a court's, or shames (`THREAT`, `COURT`, `SHAME`).
- What others may read before the debtor opens it (subject, SMS, WhatsApp preview,
  voicemail, envelope) is neutral: it also says nothing of a debt (`DEBT`) and names no
  amount (`AMOUNT`).
- What is written after the due date states the debt: who writes (name, address, tax id),
  and each invoice with its due date and its amount.
The expressions are data, kept by people. They are found whatever the case, the accents
and the spacing; ``*`` at the end of a word stands for any ending. Points, dashes and low
lines between words are gaps too ("last...chance"), but a stop before a space ends a
phrase: "You may come to court. Order now" is no "court order".

Source. User's documents S21, S22. BR CDC 42 and 71 (no threat, no ridicule), 42-A (name,
address and CPF/CNPJ of the supplier on every collection document); AR Ley 24.240 8 bis,
CL Ley 19.496 37, PE Ley 29571 61-62 (no court look); MX CONDUSEF provisions of 7 October
2014; US 15 USC 1692d-f (no harassment, no court look, nothing of the debt on envelopes);
regulation sheet, pitfalls 17 and 18. When in doubt a word is not on a list: a calm text of
a later stage must be able to announce what the plan really contains.

>>> words = compile_words(
...     [Expression("end* in prison", THREAT), Expression("última chance", THREAT)]
... )
>>> [(f.kind, f.text) for f in find_forbidden("It Ends\\nin Prison!", words)]
[('threat', 'Ends\\nin Prison')]
>>> find_forbidden("ULTIMA CHANCE", words)[0].expression
'última chance'
>>> find_forbidden("Tenders end in prisons. The end. In prison we sing.", words)
()
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from unicodedata import normalize

THREAT, COURT, SHAME, DEBT, AMOUNT = "threat", "court", "shame", "debt", "amount"
#: The kind of datum that is written with or without points and dashes.
TAX_ID = "tax_id"
#: What no text may say, and what neutral texts may not say besides.
FORBIDDEN = (THREAT, COURT, SHAME)
KINDS = (*FORBIDDEN, DEBT)

#: Accents, and what has no shape of its own: the format characters (category Cf),
#: variation selectors and fillers of Unicode. Written or not, the word is the same.
_UNSEEN = re.compile(
    "[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff"
    "\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180b-\u180f"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb"
    "\u115f\u1160\u3164\uffa0"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
#: What may stand between the words of an expression: anything but a stop before a space.
_GAP = r"(?:[^\w.!?;:]|[.!?;:](?!\W{0,20}\s))+"
_START, _ENDING, _END = r"\b", r"\w*", r"\b"
_WORD = re.compile(r"[\w*]+")
_PUNCTUATION = re.compile(r"[\W_]+")
#: Fewer letters before a `*` would find half the dictionary.
_SHORTEST_STEM = 3

#: Symbols, codes and names of money, beside those that the caller's books use.
CURRENCIES = frozenset(
    "$ R$ US$ € £ ¥ S/ S/. BRL USD EUR GBP CHF JPY MXN COP CLP PEN ARS UYU BOB PYG".split()
)
_MONEY_NAMES = (
    "reais|real|d[óo]lar(?:es)?|dollars?|euros?|pesos?|soles|libras?|pounds?|francos?"
)
_NUMBER = r"\d(?:[\d.,'’\u00a0\u202f]*\d)?"
#: Thousands and cents by different signs: money, with or without its sign.
_MONEY_SHAPE = r"(?<![\d.,])\d{1,3}(?:(?:\.\d{3})+,|(?:,\d{3})+\.)\d{2}(?![\d.,]?\d)"


@dataclass(frozen=True, slots=True)
class Expression:
    """Words that may not be said.

    :raise ValueError: no word in it, or a ``*`` elsewhere than at the end of a word of at
        least three letters

    >>> Expression("p*", THREAT)
    Traceback (most recent call last):
      ...
    ValueError: text: “p*”: put * after at least three letters, at the end of a word
    """

    text: str
    kind: str

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"kind: {self.kind!r} is not one of {', '.join(KINDS)}")
        words = _WORD.findall(_read(self.text))
        if not any(word.strip("*") for word in words):
            raise ValueError(
                f"text: “{self.text}” has no word; write what is forbidden"
            )
        for word in words:
            stem = word.removesuffix("*")
            if "*" in stem or (stem != word and len(stem) < _SHORTEST_STEM):
                raise ValueError(
                    f"text: “{self.text}”: put * after at least three letters, at the "
                    "end of a word"
                )

    @property
    def units(self) -> tuple[str, ...]:
        """Its regular expression for folded text, from the start of a word, in pieces:
        letters, endings, gaps between words, the end."""
        units: list[str] = []
        for word in _WORD.findall(_read(self.text)):
            stem = word.removesuffix("*")
            units += [*stem, *([_ENDING] if stem != word else []), _GAP]
        return (*units[:-1], _END)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something said that may not be: ``text`` as it stands there, from ``start`` on."""

    kind: str
    text: str
    start: int
    expression: str = ""


@dataclass(frozen=True, slots=True)
class WordList:
    """Expressions ready to be looked for: all at once, and then each."""

    any: re.Pattern[str] | None
    each: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Datum:
    """Something a text must state: ``kind`` says what it is, ``value`` as it is written."""

    kind: str
    value: str


def fold(text: str) -> str:
    """``text`` without case, accents and invisible characters.

    >>> fold("DÍVIDA in\\u00adadimplência")
    'divida inadimplencia'
    """
    if text.isascii():
        return text.casefold()
    return _UNSEEN.sub("", normalize("NFKD", text).casefold())


def _read(text: str) -> str:
    """``text`` as expressions are looked for in it: a low line parts words."""
    return fold(text).replace("_", "-")


def compile_words(expressions: Iterable[Expression]) -> WordList:
    """The expressions as one regular expression that branches letter by letter: a text is
    searched once, however long the list."""
    each, tree = tuple(dict.fromkeys(expressions)), {}
    for expression in each:
        branch = tree
        for unit in expression.units:
            branch = branch.setdefault(unit, {})
    return WordList(re.compile(_START + _join(tree)) if tree else None, each)


@cache
def _compile(expression: Expression) -> re.Pattern[str]:
    """Only when something was found: mostly nothing is."""
    return re.compile("".join(expression.units))


def _join(tree: dict[str, dict]) -> str:
    """The regular expression of a tree of pieces."""
    if not tree:
        return ""
    branches = [unit + _join(rest) for unit, rest in tree.items()]
    return branches[0] if len(branches) == 1 else f"(?:{'|'.join(branches)})"


def find_forbidden(text: str, words: WordList) -> tuple[Finding, ...]:
    """Every expression of ``words`` in plain ``text``, in the order of the text. Adding
    other sentences before or after never hides one."""
    folded = _read(text)
    if words.any is None or not words.any.search(folded):
        return ()
    origin = [index for index, char in enumerate(text) for _ in fold(char)]
    return tuple(
        Finding(
            expression.kind,
            text[origin[start] : origin[end - 1] + 1],
            origin[start],
            expression.text,
        )
        for expression, start, end in _locate(folded, words)
    )


def _locate(folded: str, words: WordList) -> Iterator[tuple[Expression, int, int]]:
    match = words.any.search(folded)
    while match:
        for expression in words.each:
            if found := _compile(expression).match(folded, match.start()):
                yield expression, *found.span()
        match = words.any.search(folded, match.start() + 1)


def find_amounts(
    text: str, currencies: Collection[str] = CURRENCIES
) -> tuple[Finding, ...]:
    """Amounts of money in plain ``text``: a number beside a sign, code or name of a
    currency, or one with thousands and cents.

    >>> [found.text for found in find_amounts("Pay R$ 1.234,56, or 10 EUR, or 1,000.00")]
    ['R$ 1.234,56', '10 EUR', '1,000.00']
    >>> find_amounts("Invoice 2026/00012 of 10 March, open 2 days")
    ()
    """
    pattern = _amount_pattern(frozenset(currencies) | CURRENCIES)
    return tuple(
        Finding(AMOUNT, match[0], match.start()) for match in pattern.finditer(text)
    )


@lru_cache(maxsize=8)
def _amount_pattern(currencies: frozenset[str]) -> re.Pattern[str]:
    longest_first = sorted(
        filter(None, currencies), key=lambda unit: (-len(unit), unit)
    )
    units = "|".join(map(_unit_pattern, longest_first))
    before = rf"(?:{units})[\s:]{{0,3}}-?{_NUMBER}"
    after = rf"{_NUMBER}\s?(?:{units}|(?i:(?:{_MONEY_NAMES})\b))"
    return re.compile(f"{before}|{after}|{_MONEY_SHAPE}")


def _unit_pattern(unit: str) -> str:
    """A code is a word of its own: there is no EUR in EUROPA 10."""
    start = r"(?<![^\W_])" if unit[0].isalpha() else ""
    end = r"(?![^\W_])" if unit[-1].isalpha() else ""
    return start + re.escape(unit) + end


def missing_data(text: str, wanted: Iterable[Datum]) -> tuple[Datum, ...]:
    """Those of ``wanted`` that plain ``text`` does not state, whole: INV/1 is not stated by
    INV/10, nor 100.00 by 1,100.00. Spacing, case and accents do not matter, nor the points
    of a tax id; a datum without value is not asked for.

    >>> wanted = [Datum("invoice", "INV/1"), Datum("amount", "R$\\u00a0100,00")]
    >>> [datum.kind for datum in missing_data("INV/10: R$ 100,00", wanted)]
    ['invoice']
    """
    told = _even(text)
    return tuple(datum for datum in wanted if not _states(told, datum))


def _even(text: str) -> str:
    return " ".join(fold(text).split())


def _states(told: str, datum: Datum) -> bool:
    value = _even(datum.value)
    if not value:
        return True
    if datum.kind == TAX_ID:
        return _PUNCTUATION.sub("", value) in _PUNCTUATION.sub("", told)
    start = told.find(value)
    while start >= 0:
        end = start + len(value)
        before = told[max(start - 2, 0) : start][::-1]
        after = told[end : end + 2]
        if not _goes_on(before, value[0]) and not _goes_on(after, value[-1]):
            return True
        start = told.find(value, start + 1)
    return False


def _goes_on(beyond: str, edge: str) -> bool:
    """Whether the characters next to a value, nearest first, belong to it: letters and
    digits do, and a point or comma between digits."""
    if not beyond:
        return False
    if beyond[0].isalnum():
        return True
    return edge.isdigit() and beyond[0] in ".,'’" and beyond[1:].isdigit()


def cover(text: str, names: Iterable[str]) -> str:
    """``text`` with ``names`` blotted out, at the same length: a customer called Moroso is
    not an insult, a supplier called Mora S.A. does not speak of a debt. Only whole words
    are names, whatever the spacing: a customer called TIM does not hide an "ÚLTIMA".

    >>> cover("Dear Ana Moroso", ["Ana Moroso", ""])
    'Dear ..........'
    >>> cover("ÚLTIMA", ["TIM"])
    'ÚLTIMA'
    """
    longest_first = sorted(
        filter(None, map(str.strip, names)), key=lambda n: (-len(n), n)
    )
    if not longest_first:
        return text
    return _name_pattern(tuple(longest_first)).sub(lambda m: "." * len(m[0]), text)


@lru_cache(maxsize=256)
def _name_pattern(longest_first: tuple[str, ...]) -> re.Pattern[str]:
    either = "|".join(
        r"\s+".join(map(re.escape, name.split())) for name in longest_first
    )
    return re.compile(rf"(?<![^\W_])(?:{either})(?![^\W_])")
