"""What the codes to pay with are made of, and how they are read again.

Rules.

* **Reference of a Pix** (``txid`` of a static code): letters and digits without accents, at
  most 25, another one for every instalment. Ours is the end of the invoice's number and,
  after an ``N``, the number of the instalment in the books: no two have the same one.
* **EMV code** (Pix *copia e cola*): fields of two digits for what it is, two for how long it
  is, and the value; the last one, ``63``, holds four hexadecimal signs: CRC-16 of all
  before them (polynomial 1021, beginning with FFFF).
* **Pix key**: an e-mail address of at most 77 signs; a telephone number, +55 and 10 or 11
  digits; a CPF or CNPJ (their check digits are not looked at here); a random key, which
  looks like a UUID.
* **CLABE** (Mexico): 18 digits, the last one a check digit: weights 3, 7, 1, each product
  and their sum modulo 10.

Source. Banco Central do Brasil, *Manual de Padrões para Iniciação do Pix*; EMVCo, *Merchant
Presented Mode*; Banxico, CLABE.

>>> pix_reference("INV/2026/00001 (1/3)", 123)
'INV20260000113N123'
>>> pix_reference("Fatura nº 1 de São Paulo / 2026-00000001", 2147483647)
'lo202600000001N2147483647'
>>> is_clabe("032180000118359719"), is_clabe("032180000118359718")
(True, False)
"""

import re
import unicodedata
from binascii import crc_hqx
from decimal import Decimal

#: Signs of a Pix reference at most.
REFERENCE_LENGTH = 25
_CLABE_WEIGHTS = (3, 7, 1) * 6

_PIX_KEYS = {
    "email": re.compile(r"(?=.{3,77}\Z)[^@\s]+@[^@\s]+\.[^@\s.]+"),
    "mobile": re.compile(r"\+55[1-9]\d{9,10}", re.ASCII),
    "br_cpf_cnpj": re.compile(r"\d{11}|[0-9A-Z]{12}\d{2}", re.ASCII),
    "br_random": re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.I),
}


def pix_reference(name: str, number: int) -> str:
    """:param name: of the invoice, as the customer knows it
    :param number: of the instalment in the books, at most ten digits; no two share it"""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    letters = re.sub(r"[^A-Za-z0-9]", "", plain)
    end = f"N{number}"
    return letters[-(REFERENCE_LENGTH - len(end)) :] + end


def is_pix_key(kind: str, key: str) -> bool:
    """:param kind: as Odoo's Brazilian localisation calls it

    >>> is_pix_key("mobile", "+5511987654321"), is_pix_key("mobile", "+55abcdefghijk")
    (True, False)
    >>> is_pix_key("br_random", "71d6c6e1-64ea-4a11-9560-a10870c40ca2")
    True
    >>> is_pix_key("none", "x")
    False
    """
    pattern = _PIX_KEYS.get(kind)
    return bool(pattern and pattern.fullmatch(key or ""))


def read_emv(text: str) -> dict[str, str]:
    """{"54": "1000.00", …} of an EMV code.

    :raise ValueError: it is none, or its checksum is wrong

    >>> read_emv("00020153039865802BR6304A1B2")
    Traceback (most recent call last):
      ...
    ValueError: wrong checksum: A1B2 instead of EA87
    """
    body, check = text[:-4], text[-4:]
    if not body.endswith("6304"):
        raise ValueError("no checksum at its end")
    expected = f"{crc_hqx(body.encode(), 0xFFFF):04X}"
    if check != expected:
        raise ValueError(f"wrong checksum: {check} instead of {expected}")
    return _read_fields(text)


def _read_fields(text: str) -> dict[str, str]:
    fields, at = {}, 0
    while at < len(text):
        name, length = text[at : at + 2], text[at + 2 : at + 4]
        if not (length.isascii() and length.isdigit()):
            raise ValueError(f"no length at {at + 2}")
        at += 4 + int(length)
        if at > len(text):
            raise ValueError(f"field {name} is cut off")
        fields[name] = text[at - int(length) : at]
    return fields


def says_pix(text: str, amount: Decimal, reference: str) -> bool:
    """Is ``text`` a Pix code with a valid checksum for exactly this?"""
    try:
        fields = read_emv(text)
        reference_read = _read_fields(fields.get("62", "")).get("05")
    except ValueError:
        return False
    said = fields.get("53"), fields.get("54"), reference_read
    return said == ("986", f"{amount:.2f}", reference)


def is_clabe(text: str) -> bool:
    """Blanks do not count."""
    digits = re.sub(r"\s", "", text or "")
    if not re.fullmatch(r"\d{18}", digits, re.ASCII):
        return False
    products = (
        int(d) * w % 10 for d, w in zip(digits[:17], _CLABE_WEIGHTS, strict=False)
    )
    return int(digits[17]) == -sum(products) % 10


def looks_like_iban(text: str) -> bool:
    """Two letters, two digits, then 11 to 30 letters and digits: whoever wrote it meant an
    IBAN. Blanks do not count.

    >>> looks_like_iban("DE89 3704 0044 0532 0130 00"), looks_like_iban("12345-6")
    (True, False)
    """
    plain = re.sub(r"\s", "", text or "").upper()
    return bool(re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", plain, re.ASCII))
