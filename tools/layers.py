"""Runs import-linter's contracts (pyproject.toml) and prints each broken import, one a line."""

import contextlib
import io
import sys

from importlinter.cli import lint_imports


def main() -> int:
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        status = lint_imports(config_filename="pyproject.toml", no_cache=True)
    text = output.getvalue()
    if status == 0:
        return 0
    findings = [line.strip() for line in text.splitlines() if "(l." in line]
    broken = [
        line.strip() for line in text.splitlines() if line.rstrip().endswith("BROKEN")
    ]
    print("\n".join(findings or broken or [" ".join(text.split())[-300:]]))
    return 1


if __name__ == "__main__":
    sys.exit(main())
