"""./dev bench: the module's speed beside its reference, on one ledger, in one run.

Parts: (a) evaluate and plan the first contact for all; (b) send the e-mails; (c) evaluate
again with nothing due; (d) posting 200 invoices, with and without the module; (e) a, b, c and f
of ours, and the statement, on a ledger five times as large, which takes most of the time: leave
it out with --parts a,b,c,d,f; (f) installation on the ledger. The reference is OCA's
account_credit_control on a copy of the same database, and one statement written by hand.
Prints one JSON object last. Seconds depend on what else the machine does: compare only figures
of the same run.
"""

import argparse
import json
import os
import sys
from pathlib import Path

PARTS = "abcdef"
#: How many times as large the ledger of (e) is.
GROWTH = 5


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./dev bench",
        description=__doc__.partition("\n\n")[2],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--invoices",
        type=int,
        default=10_000,
        metavar="N",
        help="overdue invoices of the ledger (default %(default)s)",
    )
    parser.add_argument(
        "--debtors",
        type=int,
        metavar="N",
        help="customers (default: 13 for every 100 invoices)",
    )
    parser.add_argument(
        "--parts",
        default=",".join(PARTS),
        metavar="a,b,…",
        help="what to measure (default %(default)s); b needs a, c needs both, e needs a",
    )
    parser.add_argument(
        "--large",
        type=int,
        metavar="N",
        help=f"invoices of the ledger of (e) (default: {GROWTH} times --invoices)",
    )
    for internal in ("--check", "--step", "--report"):
        parser.add_argument(
            internal,
            help=argparse.SUPPRESS,
            **({"action": "store_true"} if internal == "--check" else {}),
        )
    options = parser.parse_args()
    options.parts = sorted(set(options.parts.replace(",", "").strip()))
    if not options.parts or set(options.parts) - set(PARTS):
        parser.error(f"--parts: some of {', '.join(PARTS)}")
    if "e" in options.parts and "a" not in options.parts:
        parser.error("--parts: e needs a, with which it is compared")
    if options.invoices < 100:
        parser.error("--invoices: at least 100")
    if options.debtors is None:
        options.debtors = options.invoices * 13 // 100
    if not 1 <= options.debtors <= options.invoices:
        parser.error("--debtors: at least 1, at most as many as there are invoices")
    if options.large is None:
        options.large = GROWTH * options.invoices
    if options.large <= options.invoices:
        parser.error("--large: more than --invoices")
    if "e" not in options.parts:
        options.large = 0
    options.large_debtors = options.large * options.debtors // options.invoices
    return options


def main() -> int:
    options = parse_options()
    if options.check:
        print(
            options.invoices,
            options.debtors,
            "".join(options.parts),
            options.large,
            options.large_debtors,
        )
        return 0
    if options.report:
        from bench.report import write_report

        print(json.dumps(write_report(Path(options.report), options), indent=2))
        return 0
    from bench.steps import STEPS

    figures = STEPS[options.step](options)
    Path(os.environ["CE_BENCH_FIGURES"]).write_text(json.dumps(figures, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
