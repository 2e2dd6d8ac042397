"""Fingerprints of the module, for ./dev: is the installed database still what the files say?

module_hash.py files MODULE     everything an installation reads (not the tests)
module_hash.py schema MODULE    data files, and of the Python files only what makes tables:
                                class bodies and module constants, not what methods do
"""

import ast
import hashlib
import sys
from pathlib import Path

IGNORED_FOLDERS = {"__pycache__", "tests"}
IGNORED_SUFFIXES = {".pyc", ".pot", ".md", ".rst"}


def installed_files(module: Path) -> list[Path]:
    return sorted(
        path
        for path in module.rglob("*")
        if path.is_file()
        and path.suffix not in IGNORED_SUFFIXES
        and not IGNORED_FOLDERS.intersection(path.relative_to(module).parts)
    )


class _WithoutFunctionBodies(ast.NodeTransformer):
    def visit_FunctionDef(self, node):
        """Decorators and signature stay: @api.depends decides what is stored when."""
        node.body = [ast.Pass()]
        return node


def schema_text(path: Path) -> bytes:
    source = path.read_bytes()
    try:
        return ast.dump(_WithoutFunctionBodies().visit(ast.parse(source))).encode()
    except SyntaxError:
        return source


def fingerprint(module: Path, verb: str) -> str:
    digest = hashlib.sha256()
    for path in installed_files(module):
        relative = path.relative_to(module)
        digest.update(str(relative).encode() + b"\0")
        if verb == "schema" and relative.parts[0] in ("static", "rules"):
            continue
        python = (
            verb == "schema" and path.suffix == ".py" and path.name != "__manifest__.py"
        )
        digest.update(schema_text(path) if python else path.read_bytes())
    return digest.hexdigest()[:16]


if __name__ == "__main__":
    print(fingerprint(Path(sys.argv[2]), sys.argv[1]))
