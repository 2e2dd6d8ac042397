"""Reads the module's manifest without importing Odoo, for the shell parts of ./dev."""

import ast
import sys
from pathlib import Path

# What the tests and the demo look for beyond the module's own dependencies.
ALWAYS = [
    "account",
    "account_payment",
    "account_qr_code_emv",
    "account_qr_code_sepa",
    "l10n_br",
    "mail",
    "phone_validation",
    "portal",
    "sms",
]


def depends(module_dir: Path) -> list[str]:
    manifest = module_dir / "__manifest__.py"
    if not manifest.exists():
        return []
    return ast.literal_eval(manifest.read_text()).get("depends", [])


def template_modules(module_dir: Path) -> list[str]:
    return sorted({*ALWAYS, *depends(module_dir)})


if __name__ == "__main__":
    verb, directory = sys.argv[1:]
    if verb == "template-modules":
        print(",".join(template_modules(Path(directory))))
    else:
        sys.exit(f"unknown verb {verb}")
