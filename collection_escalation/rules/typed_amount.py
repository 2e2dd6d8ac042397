"""An amount as people type it on a telephone.

Rule. A mark followed by one or two digits at the end stands before the cents, whether it
is a point or a comma; all other marks, spaces and apostrophes only group the digits. A
currency sign of a few letters may stand before or after. Zero, negative amounts and
anything else are no amount.

Source. CLDR number patterns of the countries of the contact rules: 1.234,56 (BR, ES),
1,234.56 (MX, US), 1 234,56 (FR), 1'234.56 (CH).

>>> read_amount("1.234,56"), read_amount("1,234.56"), read_amount("R$ 1 234")
(Decimal('1234.56'), Decimal('1234.56'), Decimal('1234.00'))
>>> read_amount("1.234"), read_amount("0"), read_amount("-5"), read_amount("1e9")
(Decimal('1234.00'), None, None, None)
"""

import re
from decimal import Decimal

#: Nobody pays that much: it is a slip of the finger.
TOO_MUCH = Decimal(10) ** 12
_TYPED = re.compile(r"[^\d.,+-]{0,5}(\d[\d.,\s']{0,30})[^\d]{0,5}", re.ASCII)
_PARTS = re.compile(r"([\d.,]*?)(?:[.,](\d{1,2}))?", re.ASCII)


def read_amount(text: str) -> Decimal | None:
    """The amount, or None if ``text`` is none."""
    typed = _TYPED.fullmatch(text.replace("\u00a0", " ").replace("\u202f", " ").strip())
    if not typed:
        return None
    whole, cents = _PARTS.fullmatch(re.sub(r"[\s']", "", typed[1])).groups()
    amount = Decimal(re.sub(r"\D", "", whole) + "." + (cents or "00"))
    return amount if 0 < amount < TOO_MUCH else None
