"""The digitable line of a Brazilian bank slip (boleto): is it one, and for how much?

Rule. Blanks, dots and dashes do not count. A slip of a bank has 47 digits: three fields of 9,
10 and 10 digits, each followed by its check digit (modulo 10), then the check digit of the
whole (modulo 11), then four digits for the due date and ten for the amount in cents. A slip
of a utility or public body begins with 8 and has 48 digits: four fields of 11, each followed
by its check digit. Its third digit says what the amount is and how all check digits are
made: 6 and 7 modulo 10, 8 and 9 modulo 11; 6 and 8 say that the eleven digits from the
fifth on are the amount in cents. The check digit of the whole is its fourth one. An amount
of 0 stands for none: the payer fills it in, or the bank knows it.

Source. FEBRABAN, *Layout padrão de arrecadação/recebimento com utilização do código de
barras*; Banco Central do Brasil, Carta Circular 2.926 of 2000 (bank slips).

>>> slip = read_slip("00190.50095 40144.816069 06809.350314 3 37370000000100")
>>> slip.kind, str(slip.amount)
('bank', '1.00')
>>> read_slip("84670000001-7 43590024020-9 02405000243-5 84221010811-9").kind
'utility'
>>> read_slip("00190.50095 40144.816069 06809.350315 3 37370000000100")
Traceback (most recent call last):
  ...
collection_escalation.rules.bank_slip.SlipFault: field 3
>>> slip.shown
'00190.50095 40144.816069 06809.350314 3 37370000000100'
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from itertools import cycle

_SIGNS = re.compile(r"[\s.\-]+")
#: Digits of the fields of a bank slip, without their check digits.
_BANK_FIELDS = ((0, 9), (10, 20), (21, 31))


class SlipFault(ValueError):
    """Why a text is no digitable line. ``code``: ``signs`` (something else than digits),
    ``length``, ``field`` (a wrong check digit: ``number`` says in which, from 1), ``whole``
    (that of the whole is wrong)."""

    def __init__(self, code: str, number: int = 0):
        super().__init__(f"{code} {number}" if number else code)
        self.code, self.number = code, number


@dataclass(frozen=True, slots=True)
class Slip:
    """``digits``: 47 or 48; ``kind``: ``bank`` or ``utility``; ``amount``: in BRL, above 0;
    None where the line does not say it."""

    digits: str
    kind: str
    amount: Decimal | None

    @property
    def shown(self) -> str:
        """As it stands on the slip."""
        d = self.digits
        if self.kind == "bank":
            parts = (d[0:5], d[5:10], d[10:15], d[15:21], d[21:26], d[26:32])
            first, second, third = (
                f"{parts[at]}.{parts[at + 1]}" for at in range(0, 6, 2)
            )
            return f"{first} {second} {third} {d[32]} {d[33:]}"
        return " ".join(f"{d[at : at + 11]}-{d[at + 11]}" for at in range(0, 48, 12))


def read_slip(text: str) -> Slip:
    """The digitable line in ``text``.

    :raise SlipFault: it is none"""
    digits = _SIGNS.sub("", text or "")
    if not (digits.isascii() and digits.isdigit()):
        raise SlipFault("signs")
    if len(digits) == 47:
        return _read_bank(digits)
    if len(digits) == 48 and digits[0] == "8" and digits[2] in "6789":
        return _read_utility(digits)
    raise SlipFault("length")


def _read_bank(digits: str) -> Slip:
    for number, (start, end) in enumerate(_BANK_FIELDS, 1):
        if digits[end] != mod10(digits[start:end]):
            raise SlipFault("field", number)
    free = digits[4:9] + digits[10:20] + digits[21:31]
    if digits[32] != _mod11_bank(digits[:4] + digits[33:] + free):
        raise SlipFault("whole")
    return Slip(digits, "bank", _to_amount(digits[37:]))


def _read_utility(digits: str) -> Slip:
    check = mod10 if digits[2] in "67" else _mod11_utility
    fields = [digits[at : at + 11] for at in range(0, 48, 12)]
    for number, field in enumerate(fields, 1):
        if digits[number * 12 - 1] != check(field):
            raise SlipFault("field", number)
    bars = "".join(fields)
    if bars[3] != check(bars[:3] + bars[4:]):
        raise SlipFault("whole")
    return Slip(digits, "utility", _to_amount(bars[4:15]) if bars[2] in "68" else None)


def _to_amount(cents: str) -> Decimal | None:
    return Decimal(int(cents)).scaleb(-2) if int(cents) else None


def mod10(digits: str) -> str:
    """Weights 2, 1, 2 … from the right; of products above 9 the digits are added.

    >>> mod10("001905009"), mod10("4014481606")
    ('5', '9')
    """
    products = (
        int(digit) * weight
        for digit, weight in zip(reversed(digits), cycle((2, 1)), strict=False)
    )
    return str(-sum(add_digits(product) for product in products) % 10)


def add_digits(product: int) -> int:
    """Of a number below 100 the sum of its digits.

    >>> add_digits(18)
    9
    """
    return sum(divmod(product, 10))


def _mod11_rest(digits: str) -> int:
    """Weights 2 to 9 from the right."""
    weights = cycle(range(2, 10))
    pairs = zip(reversed(digits), weights, strict=False)
    return sum(int(digit) * weight for digit, weight in pairs) % 11


def _mod11_bank(digits: str) -> str:
    check = 11 - _mod11_rest(digits)
    return str(check if 1 <= check <= 9 else 1)


def _mod11_utility(digits: str) -> str:
    check = 11 - _mod11_rest(digits)
    return str(check if check < 10 else 0)
