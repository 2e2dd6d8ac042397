"""Runs Odoo's own module test_lint on our module alone.

Its tests walk all modules of the addons paths; here the only manifest they find is ours, and the
checks that inspect the registry report only what mentions our module or its models.
"""

import importlib
import logging
import os
import sys
from types import SimpleNamespace
from unittest.mock import patch

sys.path.append(
    os.environ["CE_LINT_PACKAGES"]
)  # pylint and astroid, behind Odoo's own packages

from odoo_env import odoo_env

MODULE = os.environ["CE_MODULE"]
# Left out, each for its reason:
#   test_checkers: tests of test_lint's own checkers; test_docstring: looks at base only;
#   test_eslint: needs eslint, prettier checks our few JavaScript files; test_markers: reads
#   every file of Odoo for merge markers; test_l10n: for modules named l10n_*.
TESTS = [
    "test_dunderinit",
    "test_i18n",
    "test_index",
    "test_jstranslate",
    "test_manifests",
    "test_naming",
    "test_onchange_domains",
    "test_orm_import",
    "test_override_signatures",
    "test_pofile",
    "test_pylint",
    "test_routes",
    "test_test_holes",
]
_logger = logging.getLogger("odoo.tests.result")


def tests_of(modules):
    from odoo.tests.loader import get_module_test_cases

    for module in modules:
        yield from get_module_test_cases(module)


def ignore_indexes_of_others(env, test_index) -> None:
    """Odoo itself has a relation without an index; only ours are of interest here."""
    test_index.BTREE_INDEX_IGNORE_FIELDS |= {
        str(field)
        for model in env.values()
        for field in model._fields.values()
        if MODULE not in field._modules
    }


def only_our_folder(test_pylint) -> None:
    """It hands pylint the whole of Odoo first, which takes nine minutes."""
    from odoo.tools import config

    real = test_pylint.subprocess

    def run_without_odoo(command, **options):
        return real.run(
            [word for word in command if word != config.root_path], **options
        )

    test_pylint.subprocess = SimpleNamespace(run=run_without_odoo)


def run(modules) -> None:
    from odoo.modules import Manifest, module
    from odoo.tests.result import OdooTestResult
    from odoo.tests.suite import OdooSuite

    ours = [Manifest.for_addon(MODULE)]
    result = OdooTestResult()
    module.current_test = True
    with patch.object(Manifest, "all_addon_manifests", staticmethod(lambda: ours)):
        for test_module in modules:
            if hasattr(test_module, "get_modules"):
                test_module.get_modules = lambda: [MODULE]
        OdooSuite(tests_of(modules))(result)
    _logger.info("%s when loading", result)


def main() -> None:
    with odoo_env() as env:
        from odoo.tools import config

        config["test_enable"] = True
        env.cr.rollback()
        try:
            modules = [
                importlib.import_module(f"odoo.addons.test_lint.tests.{name}")
                for name in TESTS
            ]
        except ImportError as error:
            sys.exit(f"this Odoo has no usable test_lint: {error}")
        ignore_indexes_of_others(env, modules[TESTS.index("test_index")])
        only_our_folder(modules[TESTS.index("test_pylint")])
        run(modules)


if __name__ == "__main__":
    main()
