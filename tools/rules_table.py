"""Answers a table of worked cases with the contact rules as installed: ./dev rules contact.

Prints each row that is answered otherwise, or cannot be read, then `N passed, M failed`.
How a row is read and what it is compared with: tests/contact_table.py of the module, which
its tests use too.
"""

import importlib
import os
import sys
from importlib.machinery import ModuleSpec
from importlib.util import module_from_spec
from pathlib import Path

from odoo_env import odoo_env

MODULE = os.environ.get("CE_MODULE", "collection_escalation")


def contact_table():
    """The module's tests/contact_table.py, without the tests beside it: those are for
    the test runner only."""
    addon = importlib.import_module(f"odoo.addons.{MODULE}")
    name = f"odoo.addons.{MODULE}.tests"
    spec = ModuleSpec(name, loader=None, is_package=True)
    spec.submodule_search_locations = [str(Path(addon.__path__[0]) / "tests")]
    sys.modules[name] = module_from_spec(spec)
    return importlib.import_module(f"{name}.contact_table")


def main(path: Path) -> int:
    passed = failed = 0
    with odoo_env() as env:
        table = contact_table()
        for answered in table.answer_table(path, table.installed(env)):
            where = f"row {answered.row} {answered.case_id}".rstrip()
            if answered.remark:
                print(f"{where}: {answered.remark}", file=sys.stderr)
            if answered.fault:
                failed += 1
                print(f"{where}: {answered.fault}")
            else:
                passed += 1
    print(f"{passed} passed, {failed} failed")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
