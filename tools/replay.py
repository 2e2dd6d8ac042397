"""./dev replay LEDGER.csv: lives a ledger day by day on a real database.

Invoices are posted on their date and paid on their settled date, and the scheduled actions run
every day, under a frozen clock, with real commits and real e-mails to the mail sink. What came
of it is measured in the database and printed as one JSON object. Exit 0: all that must be 0 is
0; 1: something is not, or the run failed; 2: the file or an option is bad, nothing was loaded.
"""

import argparse
import json
import os
import sys
from datetime import date, time
from pathlib import Path

import pytz
from replay.ledger_file import ANY, COLUMNS, BadLedger, parse_countries, read_ledger
from replay.places import homes_by_country, homes_by_place, parse_places

#: The worked cases with which the audit's own idea of the law is checked.
CASES = Path(__file__).parents[1] / "collection_escalation/tests/tables"
#: Before, in and after the hours of everybody from Brazil to Hawaii.
HOURS, HOURS_OF_PLACES = "09:00", "06:30,09:30,12:30,16:30,20:30"


def parse_hours(text: str) -> list[time]:
    """
    >>> parse_hours("09:00,12:30")
    [datetime.time(9, 0), datetime.time(12, 30)]
    """
    hours = [time.fromisoformat(word.strip()) for word in text.split(",")]
    if hours != sorted(set(hours)):
        raise ValueError(f"{text!r}: write them in their order, each once")
    return hours


def parse_options() -> argparse.Namespace:
    columns = "\n".join(f"  {name:15}{text}" for name, text in COLUMNS.items())
    parser = argparse.ArgumentParser(
        prog="./dev replay",
        description=__doc__.partition("\n\n")[2],
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=f"columns of the ledger (UTF-8, commas, named in the first line; others are "
        f"ignored):\n{columns}\n\nThe database ce_replay is left for inspection; the schema "
        "replay in it holds the ledger,\none view per count that must be 0, and with "
        "--places the tables outside_rules, delay\nand refused_call: a row for each, with "
        "its rules.",
    )
    parser.add_argument("ledger", type=Path, metavar="LEDGER.csv")
    parser.add_argument(
        "--from",
        dest="first",
        type=date.fromisoformat,
        default=date(2012, 1, 1),
        metavar="YYYY-MM-DD",
        help="first day (default %(default)s); what is older and open then is old debt",
    )
    parser.add_argument(
        "--to",
        dest="last",
        type=date.fromisoformat,
        default=date(2014, 2, 28),
        metavar="YYYY-MM-DD",
        help="last day (default %(default)s)",
    )
    parser.add_argument(
        "--countries",
        default=f"{ANY}=BR",
        metavar="CODE=ISO,…",
        help="country codes of the file and what they mean, as 391=BR,406=PT,*=MX; "
        "* is any other code (default %(default)s)",
    )
    parser.add_argument(
        "--places",
        metavar="PLACE,…",
        help="spread the customers over these countries and states instead, as "
        "BR-SP,BR-MG,CO,US, every third of them a company. Then debtors answer, bounce, "
        "refuse e-mail or take an attorney, a collector calls, also when it is not "
        "permitted, and every contact is judged by a second, independent statement of "
        "the law",
    )
    parser.add_argument(
        "--seed",
        type=int,
        default=1,
        metavar="N",
        help="of the chance by which people act, with --places (default %(default)s)",
    )
    parser.add_argument(
        "--hours",
        metavar="HH:MM,…",
        help="when the scheduled actions run each day, in the company's zone (default "
        f"{HOURS}, with --places {HOURS_OF_PLACES})",
    )
    parser.add_argument(
        "--limit",
        type=int,
        metavar="N",
        help="only the first N invoices, for quick runs",
    )
    parser.add_argument(
        "--caller",
        action="store_true",
        help="a collector makes the planned calls (default: nobody does, they are missed)",
    )
    parser.add_argument(
        "--quiet-days",
        type=int,
        metavar="N",
        help="business days between two messages of one channel (default: as the plans "
        "have it; 0: none)",
    )
    parser.add_argument(
        "--check", action="store_true", help="only check the file and the options"
    )
    options = parser.parse_args()
    if options.last < options.first:
        parser.error(f"--to {options.last} is before --from {options.first}")
    if options.limit is not None and options.limit < 1:
        parser.error("--limit: at least 1")
    try:
        options.countries = parse_countries(
            options.countries, set(pytz.country_timezones)
        )
    except ValueError as error:
        parser.error(f"--countries: {error}")
    try:
        options.places = options.places and parse_places(options.places)
    except ValueError as error:
        parser.error(f"--places: {error}")
    default = HOURS_OF_PLACES if options.places else HOURS
    try:
        options.hours = parse_hours(options.hours or default)
    except ValueError as error:
        parser.error(f"--hours: {error}")
    return options


def read(options: argparse.Namespace) -> list:
    try:
        rows = read_ledger(options.ledger, options.countries)
    except OSError as error:
        print(f"cannot read {options.ledger}: {error.strerror}", file=sys.stderr)
        sys.exit(2)
    except BadLedger as error:
        print(error, file=sys.stderr)
        print(
            f"{options.ledger}: {len(error.findings)} findings, nothing was loaded",
            file=sys.stderr,
        )
        sys.exit(2)
    lived = [
        row
        for row in rows
        if row.invoiced <= options.last
        and (row.settled is None or row.settled >= options.first)
    ]
    return lived[: options.limit]


def main() -> int:
    options = parse_options()
    rows = read(options)
    if not rows:
        sys.exit(
            f"no invoice of {options.ledger} lives in these days: see --from, --to"
        )
    countries = {row.customer: row.country for row in rows}
    options.homes = (
        homes_by_place(countries, options.places)
        if options.places
        else homes_by_country(countries)
    )
    if options.check:
        print(f"{options.ledger}: {len(rows)} invoices to live", file=sys.stderr)
        return 0
    log = Path(os.environ.get("CE_OUT", "out")) / "log" / "replay.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.unlink(missing_ok=True)
    os.environ["CE_EXTRA_ARGS"] = json.dumps([f"--logfile={log}"])

    from odoo_env import odoo_env
    from replay.audit import check_reference
    from replay.days import live
    from replay.measures import measure

    cases = check_reference(CASES)
    with odoo_env() as env:
        figures = live(env, rows, options)
        report = measure(env, rows, options, figures)
    if options.places:
        report["worked_cases_that_the_audit_agrees_with"] = cases
    database = os.environ["CE_DB"]
    print(
        f"The database {database} is left for inspection, for instance:\n"
        f"  ./dev psql {database}   then   \\dv replay.*   or   "
        "SELECT * FROM replay.contacts_after_settlement;\n"
        f"Odoo's log: {log}; the e-mails: {os.environ['CE_MAIL_DIR']}",
        file=sys.stderr,
    )
    wrong = {name: n for name, n in report["must_be_0"].items() if n}
    if wrong:
        print(f"replay: not 0: {json.dumps(wrong)}", file=sys.stderr)
    print(json.dumps(report, indent=2, default=str), flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
