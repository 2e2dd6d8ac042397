"""Judges an Odoo log, for ./dev: did the run do what it should, without a word of warning?

    odoo_log.py clean LOG                  one check: no WARNING, ERROR or CRITICAL line
    odoo_log.py tests LOG                  the same, and tests ran: none failed, none was skipped
    odoo_log.py half LOG                   the same for a part of the tests, which may be empty
    odoo_log.py written TESTS_FOLDER LOG…  one check: every test below the folder was started

What is wrong goes to stderr, `passed failed` to stdout. Lines that a regular expression in
tools/log-allow.txt matches are let through; each needs its reason there.
"""

import ast
import re
import sys
from collections import defaultdict
from pathlib import Path

LINE = re.compile(
    r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} \d+ (?P<level>[A-Z]+) \S+ (?P<logger>\S+?): (?P<message>.*)"
)
BAD = {"WARNING", "ERROR", "CRITICAL"}
RESULT = re.compile(r"(\d+) failed, (\d+) error\(s\) of (\d+) tests")
VERDICT = re.compile(r"(FAIL|ERROR): ")
STARTED = re.compile(r"Starting (\w+)\.(\w+) \.\.\.")
SKIPPED = re.compile(r"skipped (\S+ : .*|setUpClass .*)")
# What Odoo says again, in sum, after a failure it has already told.
SUMMARY = re.compile(
    r"\d+ failed, \d+ error\(s\)|Module \S+: \d+ failures|At least one test failed|=+$"
)
ALLOW = Path(__file__).with_name("log-allow.txt")


def allowed_patterns() -> list[re.Pattern]:
    lines = ALLOW.read_text().splitlines() if ALLOW.exists() else []
    return [
        re.compile(line) for line in lines if line.strip() and not line.startswith("#")
    ]


def entries(path: Path):
    """Yields (level, logger, message with its continuation lines)."""
    current = None
    for line in path.read_text(errors="replace").splitlines():
        match = LINE.match(line)
        if match:
            if current:
                yield tuple(current)
            current = [match["level"], match["logger"], match["message"]]
        elif current:
            current[2] += "\n" + line
        elif line.startswith("Traceback"):
            current = ["CRITICAL", "python", line]
    if current:
        yield tuple(current)


def indent(text: str, limit: int = 40) -> str:
    lines = text.rstrip().splitlines()
    if len(lines) > limit:
        lines = [*lines[:5], "…", *lines[-(limit - 5) :]]
    return "\n    ".join(lines)


def written_tests(folder: Path) -> tuple[set[tuple[str, str]], list[str]]:
    """(class, method) of every Odoo test below the folder, as written; and the names that
    two files or two classes share: of namesakes Odoo silently runs one."""
    found, places = set(), defaultdict(list)
    for path in sorted(folder.rglob("test_*.py")):
        place = path.relative_to(folder).as_posix()
        places[path.name].append(place)
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
                places[node.name].append(place)
                found |= {
                    (node.name, item.name)
                    for item in node.body
                    if isinstance(item, ast.FunctionDef)
                    and item.name.startswith("test_")
                }
    namesakes = [
        f"{name} is in {' and in '.join(where)}"
        for name, where in places.items()
        if len(where) > 1
    ]
    return found, namesakes


class Verdict:
    def __init__(self):
        self.passed = self.failed = 0

    def fail(self, text: str) -> None:
        self.failed += 1
        print(f"  ✗ {indent(text)}", file=sys.stderr)


def judge(mode: str, log: Path) -> Verdict:
    verdict, allowed, seen = Verdict(), allowed_patterns(), set()
    run, broken = None, 0
    for level, logger, message in entries(log):
        first = message.split("\n", 1)[0]
        if match := RESULT.search(first):
            run, broken = int(match[3]), int(match[1]) + int(match[2])
        if match := SKIPPED.match(first):
            verdict.fail(f"skipped: {match[1]}")
            broken += 1
        if level not in BAD or any(
            pattern.search(f"{logger}: {message}") for pattern in allowed
        ):
            continue
        if SUMMARY.match(first):
            continue
        if VERDICT.match(first):
            verdict.fail(message)
        elif (logger, first) not in seen:
            seen.add((logger, first))
            verdict.fail(f"{level} {logger}: {message}")
    if mode == "clean":
        verdict.passed = int(not verdict.failed)
        return verdict
    verdict.passed = max((run or 0) - broken, 0)
    if not run and mode != "half":
        verdict.fail("no test ran")
    return verdict


def judge_written(tests: Path, logs: list[Path]) -> Verdict:
    verdict, started = Verdict(), set()
    for log in logs:
        for _level, _logger, message in entries(log) if log.exists() else ():
            if match := STARTED.match(message):
                started.add((match[1], match[2]))
    written, namesakes = written_tests(tests)
    for namesake in namesakes:
        verdict.fail(f"{namesake}: only one of them runs, rename the others")
    for name, method in sorted(written - started):
        verdict.fail(
            f"{name}.{method} is written but did not run (tests/__init__.py? post_install?)"
        )
    if not started:
        verdict.fail("no test ran")
    verdict.passed = int(not verdict.failed)
    return verdict


def main(mode: str, *paths: str) -> None:
    first, *others = map(Path, paths)
    verdict = judge_written(first, others) if mode == "written" else judge(mode, first)
    print(verdict.passed, verdict.failed)


if __name__ == "__main__":
    main(*sys.argv[1:])
