"""A ledger as a file: read and checked whole, so that nothing of a bad one is ever loaded.

Nothing here knows Odoo. Every finding says line, column and what to do.
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

COLUMNS = {
    "countryCode": "number of the customer's country; see --countries",
    "customerID": "who owes; the same customer has one country",
    "invoiceNumber": "unique in the file",
    "InvoiceDate": "month/day/year; the invoice is posted on this day",
    "DueDate": "month/day/year; not before InvoiceDate",
    "InvoiceAmount": "above zero, decimal point, at most two decimals",
    "SettledDate": "month/day/year; paid in full on this day; empty: never paid",
}
#: Any other code, in the mapping of countries.
ANY = "*"


@dataclass(frozen=True, slots=True)
class Row:
    """One invoice of the ledger."""

    line: int
    customer: str
    country: str
    number: str
    invoiced: date
    due: date
    amount: Decimal
    settled: date | None


class BadLedger(Exception):
    """What is wrong with the file; ``findings`` in the order of the lines."""

    def __init__(self, findings: list[str]):
        super().__init__("\n".join(findings))
        self.findings = findings


def parse_countries(text: str, known: set[str]) -> dict[str, str]:
    """The mapping of the file's country codes to ISO codes.

    >>> parse_countries("391=PT, *=BR", {"BR", "PT"})
    {'391': 'PT', '*': 'BR'}
    >>> parse_countries("391=PX", {"BR", "PT"})
    Traceback (most recent call last):
    ValueError: '391=PX': PX is no ISO 3166 code of a country
    """
    mapping = {}
    for pair in text.split(","):
        match = re.fullmatch(r"\s*(\*|\d+)\s*=\s*([A-Za-z]{2})\s*", pair)
        if not match:
            raise ValueError(
                f"{pair.strip()!r}: write CODE=ISO, such as 391=BR or *=BR"
            )
        code, iso = match[1], match[2].upper()
        if iso not in known:
            raise ValueError(
                f"{pair.strip()!r}: {iso} is no ISO 3166 code of a country"
            )
        if mapping.setdefault(code, iso) != iso:
            raise ValueError(f"{pair.strip()!r}: {code} is mapped twice")
    return mapping


def read_ledger(path: Path, countries: dict[str, str]) -> list[Row]:
    """The rows of the file, by invoice date.

    :raise BadLedger: at least one row is bad; says so of all of them"""
    reader = _Reader(_decode(path.read_bytes()), countries)
    rows = list(reader.read())
    if reader.findings:
        raise BadLedger(reader.findings)
    if not rows:
        raise BadLedger(["line 2: the file has no invoices: add one row per invoice"])
    return sorted(rows, key=lambda row: (row.invoiced, row.line))


def _decode(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        start = content.rfind(b"\n", 0, error.start) + 1
        raise BadLedger(
            [
                f"line {line}, byte {error.start - start + 1}: not UTF-8: "
                "save the file as UTF-8 and run again"
            ]
        ) from None


class _Reader:
    """Reads on after a finding, to find them all."""

    def __init__(self, text: str, countries: dict[str, str]):
        self.findings: list[str] = []
        self._countries = countries
        self._rows = csv.reader(io.StringIO(text, newline=""), strict=True)
        self._header: list[str] = []
        self._seen: dict[str, int] = {}
        self._homes: dict[str, tuple[str, int]] = {}
        self._line = 1
        self._found: list[tuple[int, str]] = []

    def read(self) -> Iterator[Row]:
        try:
            self._header = [name.strip() for name in next(self._rows, [])]
            if not self._check_header():
                return
            self._line = self._rows.line_num + 1
            for cells in self._rows:
                if cells and (row := self._read_row(cells)):
                    yield row
                self._line = self._rows.line_num + 1
        except csv.Error as error:
            self.findings.append(
                f"line {self._rows.line_num}: not CSV ({error}): check the quotes"
            )

    def _check_header(self) -> bool:
        missing = [name for name in COLUMNS if name not in self._header]
        twice = [name for name in COLUMNS if self._header.count(name) > 1]
        if missing:
            self.findings.append(
                f"line 1: without the column {', '.join(missing)}: the first line names "
                "the columns, see --help"
            )
        if twice:
            self.findings.append(
                f"line 1: the column {', '.join(twice)} is there twice: remove one"
            )
        return not self.findings

    def _find(self, column: str, message: str) -> None:
        place = self._header.index(column) + 1
        finding = f"line {self._line}, column {place} ({column}): {message}"
        self._found.append((place, finding))

    def _read_row(self, cells: list[str]) -> Row | None:
        if len(cells) != len(self._header):
            self.findings.append(
                f"line {self._line}: {len(cells)} fields where the first line has "
                f"{len(self._header)}: check commas and quotes"
            )
            return None
        values = dict(zip(self._header, map(str.strip, cells), strict=True))
        invoiced = self._read_date(values, "InvoiceDate")
        due = self._read_date(values, "DueDate")
        settled = self._read_date(values, "SettledDate", optional=True)
        if invoiced and due and due < invoiced:
            self._find("DueDate", f"{due} is before the invoice date {invoiced}")
        if invoiced and settled and settled < invoiced:
            self._find(
                "SettledDate", f"{settled} is before the invoice date {invoiced}"
            )
        amount = self._read_amount(values["InvoiceAmount"])
        number = self._read_number(values["invoiceNumber"])
        customer = values["customerID"]
        if not customer:
            self._find("customerID", "empty: say who owes")
        country = self._read_country(values["countryCode"], customer)
        if self._found:
            self.findings += [finding for _place, finding in sorted(self._found)]
            self._found.clear()
            return None
        return Row(
            self._line, customer, country, number, invoiced, due, amount, settled
        )

    def _read_date(self, values, column: str, optional=False) -> date | None:
        text = values[column]
        if optional and not text:
            return None
        if match := re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", text):
            month, day, year = map(int, match.groups())
            try:
                return date(year, month, day)
            except ValueError:
                pass
        self._find(column, f"{text!r} is no date: write month/day/year, as 2/28/2013")
        return None

    def _read_amount(self, text: str) -> Decimal | None:
        if re.fullmatch(r"\d{1,12}(\.\d{1,2})?", text) and Decimal(text) > 0:
            return Decimal(text)
        self._find(
            "InvoiceAmount",
            f"{text!r} is no amount above zero: write it as 1234.50, without a "
            "separator of thousands",
        )
        return None

    def _read_number(self, text: str) -> str:
        if not text:
            self._find("invoiceNumber", "empty: every invoice has its number")
        elif text in self._seen:
            self._find(
                "invoiceNumber",
                f"{text} stands on line {self._seen[text]} already: remove one of them",
            )
        else:
            self._seen[text] = self._line
        return text

    def _read_country(self, code: str, customer: str) -> str | None:
        country = self._countries.get(code)
        if not country and re.fullmatch(r"\d+", code):
            country = self._countries.get(ANY)
        if not country:
            self._find(
                "countryCode",
                f"unknown country code {code!r}: add it to --countries, "
                f"as {code if code.isdigit() else '391'}=BR",
            )
            return None
        home, line = self._homes.setdefault(customer, (code, self._line))
        if home != code:
            self._find(
                "countryCode",
                f"customer {customer} has country {home} on line {line}, {code} here: "
                "a customer lives in one country",
            )
        return country
