"""Who opens the link of a message: the last digits that prove it, and what follows from
wrong ones.

Rule. A consumer's link shows nothing before the reader typed the last 4 digits of the
customer's tax id; where no tax id is known, the last characters of the postcode: 4 of
one with more than 4, 3 of a shorter one. Signs that are neither digits nor letters do
not count, nor does upper or lower case. Where neither is known nothing can be proved,
so nothing is shown.
After 5 wrong answers the link asks no more for an hour, after 5 others for two hours,
then four … at most 30 days: with 10,000 possible answers and links that live 90 days,
nobody gets through by trying.

Two records of one customer are told by the tax id (`get_identity_key`): limits are
counted over both.

Source. Design section 7: "Consumer links show nothing before the last digits of the tax
id or the postcode".

Worked example: a Brazilian tax id, then a British postcode.

>>> get_proof("BR 529.982.247-25", "20040-002")
Proof(kind='tax_id', expected='4725')
>>> get_proof("", "sw1a 1aa").fits("1AA"), get_proof("", "sw1a 1aa").fits("a 1 a a")
(False, True)
>>> get_proof("/", "12") is None
True
>>> [closed_after(tries) // HOUR for tries in (4, 5, 6, 9, 10, 15)]
[0, 1, 0, 0, 2, 4]
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from secrets import compare_digest

#: Wrong answers after which the link asks no more for a while.
TRIES = 5
HOUR = timedelta(hours=1)
LONGEST = timedelta(days=30)
TAX_ID, POSTCODE = "tax_id", "postcode"
_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Proof:
    """What the reader is asked for: the end of the ``kind``, as many signs as
    ``expected`` has."""

    kind: str
    expected: str

    @property
    def length(self) -> int:
        return len(self.expected)

    def fits(self, typed: str) -> bool:
        """Who types the whole number instead of its end is right too.

        >>> Proof(TAX_ID, "4725").fits("529.982.247-25"), Proof(TAX_ID, "4725").fits("")
        (True, False)
        """
        read = _digits if self.kind == TAX_ID else _signs
        end = read(typed)[-self.length :]
        return compare_digest(end.encode(), self.expected.encode())


def get_proof(tax_id: str, postcode: str) -> Proof | None:
    """The proof that can be asked for, None if nothing is known."""
    digits, signs = _digits(tax_id), _signs(postcode)
    if len(digits) >= _DIGITS:
        return Proof(TAX_ID, digits[-_DIGITS:])
    if len(signs) > 4:
        return Proof(POSTCODE, signs[-4:])
    if len(signs) >= 3:
        return Proof(POSTCODE, signs[-3:])
    return None


def closed_after(wrong_tries: int) -> timedelta:
    """How long the link asks no more after the ``wrong_tries``-th wrong answer."""
    rounds, rest = divmod(wrong_tries, TRIES)
    if rest or not rounds:
        return timedelta()
    return min(HOUR * 2 ** min(rounds - 1, 16), LONGEST)


#: Numbers that stand for "a foreigner" or "the final customer", by country: of many people.
GENERIC = {
    "AR": re.compile(r"5[015]\d{9}"),
    "MX": re.compile(r"X[AE]XX010101000"),
}
#: Shorter ones are no tax ids.
SHORTEST = 5


def get_identity_key(tax_id: str, country: str) -> str:
    """Two records with the same key are one person. Empty where the number tells nothing:
    none, too short, one sign repeated, or one that stands for many people.

    >>> get_identity_key("BR 529.982.247-25", "BR"), get_identity_key("52998224725", "BR")
    ('BR52998224725', 'BR52998224725')
    >>> [get_identity_key(n, c) for n, c in (
    ...     ("XEXX010101000", "MX"), ("222.222.222.222", "CO"), ("/", "BR"), ("NA", ""))]
    ['', '', '', '']
    """
    signs = _signs(tax_id)
    prefix = {"GR": "EL"}.get(country, country)
    if prefix and signs.startswith(prefix):
        signs = signs[len(prefix) :]
    generic = GENERIC.get(country)
    if len(signs) < SHORTEST or len(set(signs)) == 1 or not _digits(signs):
        return ""
    if generic and generic.fullmatch(signs):
        return ""
    return f"{country}{signs}"


def _digits(text: str) -> str:
    return "".join(sign for sign in text if sign.isascii() and sign.isdigit())


def _signs(text: str) -> str:
    return "".join(sign for sign in text.upper() if sign.isascii() and sign.isalnum())
