"""Lets pytest run the rules and their tests in plain Python: `./dev test rules`.

The addon's `__init__` imports Odoo, and so does its `tests/__init__`; the rules need neither.
Empty packages of the same names stand in for both, so that `from ..rules import stages` finds
the rules without executing anything above them. If `odoo` is imported all the same, the run
fails.
"""

import importlib.machinery
import importlib.util
import os
import sys
from pathlib import Path

MODULE = os.environ.get("CE_MODULE", "collection_escalation")
MODULE_DIR = Path(os.environ.get("CE_MODULE_PARENT", Path(__file__).parent)) / MODULE


def _stand_in(name: str, directory: Path) -> None:
    spec = importlib.machinery.ModuleSpec(name, loader=None, is_package=True)
    spec.submodule_search_locations = [str(directory)]
    package = importlib.util.module_from_spec(spec)
    sys.modules[name] = package
    parent, _, child = name.rpartition(".")
    if parent:
        setattr(sys.modules[parent], child, package)


_stand_in(MODULE, MODULE_DIR)
_stand_in(f"{MODULE}.tests", MODULE_DIR / "tests")


def pytest_sessionfinish(session) -> None:
    """Writes `passed failed` for ./dev: a skipped test is a failed one, and so is no test."""
    counts_file = os.environ.get("CE_COUNTS")
    if not counts_file:
        return
    stats = session.config.pluginmanager.get_plugin("terminalreporter").stats
    passed = len(stats.get("passed", []))
    failed = sum(
        len(stats.get(kind, [])) for kind in ("failed", "error", "skipped", "xpassed")
    )
    if "odoo" in sys.modules:
        print("\nthe rules or their tests imported odoo; they must not")
        failed += 1
    if passed + failed == 0:
        print("\nno rule test found")
        failed = 1
    if session.exitstatus not in (0, 1) and failed == 0:
        failed = 1
    Path(counts_file).write_text(f"{passed} {failed}\n")
