"""One JSON object from the figures of the steps, and beside each what was to be reached."""

import json
import os
import platform
import statistics
import sys
from pathlib import Path

from .posting import INVOICES, PAIRS, WAYS

KEYS = ("wall_seconds", "cpu_seconds", "database_cpu_seconds", "queries")


class Figures:
    """The figures of one size of ledger, by step."""

    def __init__(self, folder: Path, invoices: int):
        self.steps = {
            path.name.removeprefix(f"{invoices}.").removesuffix(".json"): json.loads(
                path.read_text()
            )
            for path in sorted(folder.glob(f"{invoices}.*.json"))
        }

    def __contains__(self, step: str) -> bool:
        return step in self.steps

    def get(self, step: str) -> dict:
        return self.steps[step]

    def add_up(self, step: str, *names: str) -> dict:
        """Seconds and queries of several pieces of a step, the peak of their memory."""
        pieces = [self.steps[step][name] for name in names]
        total = {key: round(sum(piece[key] for piece in pieces), 3) for key in KEYS}
        total["peak_memory_mb"] = max(piece["peak_memory_mb"] for piece in pieces)
        return total


def write_report(folder: Path, options) -> dict:
    figures = Figures(folder, options.invoices)
    report: dict = {
        "machine": _describe_machine(),
        "ledger": {"options": {"debtors": options.debtors}, **figures.get("ledger")},
    }
    writers = {
        "a": _write_a,
        "b": _write_b,
        "c": _write_c,
        "d": _write_d,
        "f": _write_f,
    }
    for part in options.parts:
        if part == "e":
            large = Figures(folder, options.large)
            report["e"] = _write_e(figures, large, options)
        else:
            report[part] = writers[part](figures, options.invoices)
    targets = {
        f"{part}: {name}": target["met"]
        for part, found in report.items()
        for name, target in found.get("targets", {}).items()
    }
    report["targets_met"] = sum(targets.values())
    report["targets_missed"] = [name for name, met in targets.items() if not met]
    for name in report["targets_missed"]:
        print(f"bench: not reached: {name}", file=sys.stderr)
    return report


def _describe_machine() -> dict:
    return {
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "load_average_at_the_end": [round(load, 2) for load in os.getloadavg()],
    }


def _at_most(value: float, target: float) -> dict:
    return {
        "value": round(value, 3),
        "at_most": target,
        "met": round(value, 3) <= target,
    }


def _at_least(value: float, target: float) -> dict:
    return {
        "value": round(value, 2),
        "at_least": target,
        "met": round(value, 2) >= target,
    }


def _count_cpu(piece: dict) -> float:
    """Of the process and of PostgreSQL: less moved by what else the machine does."""
    return piece["cpu_seconds"] + piece["database_cpu_seconds"]


def _write_a(figures: Figures, _invoices: int) -> dict:
    found = figures.get("evaluate-plan")
    decided = figures.get("reference-decide")
    ours = figures.add_up("evaluate-plan", "evaluate", "plan")
    theirs = figures.add_up(
        "reference-decide", "generate", "set_ready", "communications"
    )
    statement = figures.get("sql")["statement"]
    most = max(found[name]["most_queries_in_a_batch"] for name in ("evaluate", "plan"))
    return {
        "what": "evaluate and plan the first contact for all",
        "ours": {**ours, **found},
        "reference": {**theirs, **decided},
        "statement": figures.get("sql"),
        "targets": {
            "times as fast as the reference": _at_least(
                theirs["wall_seconds"] / ours["wall_seconds"], 25
            ),
            "times as long as the statement": _at_most(
                ours["wall_seconds"] / statement["wall_seconds"], 4
            ),
            "queries in a batch": _at_most(most, 60),
        },
        "by_cpu": {
            "times as fast as the reference": round(
                _count_cpu(theirs) / _count_cpu(ours), 2
            ),
            "times as long as the statement": round(
                _count_cpu(ours) / max(_count_cpu(statement), 0.01), 2
            ),
        },
    }


def _write_b(figures: Figures, _invoices: int) -> dict:
    ours = figures.get("dispatch")["dispatch"]
    theirs = figures.add_up("reference-send", "create_mails", "send_mails")
    emails = figures.get("reference-send")["results"]["emails"]
    ours_ms = ours["wall_seconds"] * 1000 / ours["emails"]
    theirs_ms = theirs["wall_seconds"] * 1000 / emails
    return {
        "what": "send the e-mails to a real mail server; ours by two cron workers, as Odoo "
        "has by default with --workers (their CPU is in by_cpu)",
        "ours": {
            **ours,
            "ms_per_email": round(ours_ms, 2),
            "queries_per_email": round(ours["queries"] / ours["emails"], 1),
        },
        "reference": {
            **theirs,
            **figures.get("reference-send"),
            "ms_per_email": round(theirs_ms, 2),
            "queries_per_email": round(theirs["queries"] / emails, 1),
        },
        "targets": {
            "times as fast per e-mail as the reference": _at_least(
                theirs_ms / ours_ms, 6
            )
        },
        "by_cpu": {
            "times as fast per e-mail as the reference": round(
                _count_cpu(theirs) / emails * ours["emails"] / _count_cpu(ours), 2
            )
        },
    }


def _write_c(figures: Figures, _invoices: int) -> dict:
    ours = figures.get("nothing-due")["evaluate"]
    return {
        "what": "evaluate again with nothing due",
        "ours": ours,
        "before": figures.get("settle")["evaluate_after_sending"],
        "targets": {"seconds": _at_most(ours["wall_seconds"], 0.2)},
    }


def _write_d(figures: Figures, _invoices: int) -> dict:
    """Medians of the pairs: of the difference in queries, of the ratio of CPU seconds."""
    rounds = figures.get("posting")
    report: dict = {
        "what": f"posting {INVOICES} invoices",
        "peak_memory_mb": max(each["peak_memory_mb"] for each in rounds.values()),
        "memory_is": "of the one process that posts in both databases turn by turn",
        "targets": {},
    }
    for way in WAYS:
        calls = INVOICES if way == "one_by_one" else 1
        pairs = [
            (rounds[f"{way} with {n}"], rounds[f"{way} without {n}"])
            for n in range(PAIRS)
        ]
        report[way] = {
            side: {
                key: round(statistics.median(pair[place][key] for pair in pairs), 3)
                for key in KEYS
            }
            for place, side in enumerate(("with", "without"))
        }
        report[way]["cpu_pairs"] = [
            [side["cpu_seconds"] for side in pair] for pair in pairs
        ]
        more = statistics.median(w["queries"] - wo["queries"] for w, wo in pairs)
        ratio = statistics.median(
            w["cpu_seconds"] / wo["cpu_seconds"] for w, wo in pairs
        )
        name = way.replace("_", " ")
        report["targets"] |= {
            f"{name}: queries more per call": _at_most(more / calls, 3),
            f"{name}: percent more CPU": _at_most((ratio - 1) * 100, 8),
        }
    return report


def _write_f(figures: Figures, invoices: int) -> dict:
    ours = figures.get("install")["installation"]
    empty = figures.get("install-empty")["installation"]
    more = ours["wall_seconds"] - empty["wall_seconds"]
    return {
        "what": "installation on the ledger, and on an empty one",
        "ours": ours,
        "on_an_empty_ledger": empty,
        "reference": figures.get("reference-install")["installation"],
        "first_start": figures.get("first-start")["first_start"],
        "ms_per_invoice": {
            "of the whole installation": round(
                ours["wall_seconds"] * 1000 / invoices, 3
            ),
            "less what it takes without invoices": round(more * 1000 / invoices, 3),
        },
        "targets": {
            "ms per invoice, less what it takes without invoices": _at_most(
                more * 1000 / invoices, 2
            )
        },
    }


#: What (e) does not measure on the larger ledger.
LEFT_OUT = {
    "reference": "what (e) has to reach compares ours with ours, and the reference's "
    "communications take longer per invoice the more there are: they would take most of "
    "the run",
    "d": "posting is not compared between the two sizes: the same 200 invoices are posted",
}


def _write_e(figures: Figures, large: Figures, options) -> dict:
    """The same work on the larger ledger, part by part."""
    pieces = {
        "a": ("evaluate-plan", ("evaluate", "plan")),
        "b": ("dispatch", ("dispatch",)),
        "c": ("nothing-due", ("evaluate",)),
        "f": ("install", ("installation",)),
    }
    growth = options.large / options.invoices
    report: dict = {
        "what": f"the same with {options.large} invoices",
        "ledger": large.get("ledger"),
        "left_out": LEFT_OUT,
        "targets": {},
    }
    for part, (step, names) in pieces.items():
        if step not in figures or step not in large:
            continue
        small, big = figures.add_up(step, *names), large.add_up(step, *names)
        report[part] = big
        if part == "a":
            statement = large.get("sql")["statement"]
            report[part] |= large.get(step) | {
                "statement": statement,
                "times_as_long_as_the_statement": round(
                    big["wall_seconds"] / statement["wall_seconds"], 3
                ),
            }
        if part in "ab":
            report["targets"] |= {
                f"{part}: times as long": _at_most(
                    big["wall_seconds"] / small["wall_seconds"], 5.5 * growth / 5
                ),
                f"{part}: MB more": _at_most(
                    big["peak_memory_mb"] - small["peak_memory_mb"], 60
                ),
            }
    return report
