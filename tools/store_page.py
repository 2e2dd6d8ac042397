"""The store page of the module, from the fragments in its folder readme/ (as OCA has them).

    store_page.py MODULE_DIR          prints a finding if static/description/index.html is old
    store_page.py --write MODULE_DIR  writes it

The fragments are a small Markdown: paragraphs, `- ` and `1. ` lists, **bold**, *italic*, `code`.
"""

import ast
import re
import sys
from collections.abc import Iterator
from html import escape
from itertools import groupby
from pathlib import Path

#: Fragment: the heading above it.
SECTIONS = {
    "DESCRIPTION": "",
    "CONFIGURE": "First day",
    "USAGE": "Every day",
    "ROADMAP": "Not here yet",
}
MARKS = (
    (re.compile(r"`(.+?)`"), r"<code>\1</code>"),
    (re.compile(r"\*\*(.+?)\*\*"), r"<strong>\1</strong>"),
    (re.compile(r"\*(.+?)\*"), r"<em>\1</em>"),
)
ITEM = re.compile(r"(?:(?P<dash>-)|\d+\.) +(?P<text>.*)")
PAGE = """\
<!doctype html>
<html lang="en">
    <head>
        <meta charset="utf-8" />
        <title>{title}</title>
    </head>
    <body>
        <section class="oe_container">
            <h1>{title}</h1>
            <p class="lead">{summary}.</p>
        </section>
{sections}
        <section class="oe_container">
            <p>
                Odoo 19 Community. Licence {license}. Python packages: {packages}.
            </p>
        </section>
    </body>
</html>
"""


def inline(text: str) -> str:
    """The marks within a line.

    >>> inline("one *or* **two** & `three`")
    'one <em>or</em> <strong>two</strong> &amp; <code>three</code>'
    """
    text = escape(text, quote=False)
    for pattern, replacement in MARKS:
        text = pattern.sub(replacement, text)
    return text


def blocks(markdown: str) -> Iterator[tuple[str, str]]:
    """(tag of the list around it or "p", text) of each paragraph and list item."""
    for paragraph in re.split(r"\n\s*\n", markdown.strip()):
        texts: list[list[str]] = []
        for line in paragraph.splitlines():
            if match := ITEM.match(line):
                texts.append(["ul" if match["dash"] else "ol", match["text"]])
            elif texts:
                texts[-1][1] += " " + line.strip()
            else:
                texts.append(["p", line.strip()])
        yield from map(tuple, texts)


def to_html(markdown: str) -> str:
    """Paragraphs and lists.

    >>> print(to_html("One\\ntwo.\\n\\n- a\\n- b"))
    <p>One two.</p>
    <ul>
        <li>a</li>
        <li>b</li>
    </ul>
    """
    lines = []
    for tag, group in groupby(blocks(markdown), key=lambda block: block[0]):
        texts = [inline(text) for _tag, text in group]
        if tag == "p":
            lines += [f"<p>{text}</p>" for text in texts]
        else:
            items = [f"    <li>{text}</li>" for text in texts]
            lines += [f"<{tag}>", *items, f"</{tag}>"]
    return "\n".join(lines)


def make_page(module_dir: Path) -> str:
    manifest = ast.literal_eval((module_dir / "__manifest__.py").read_text())
    sections = []
    for fragment, heading in SECTIONS.items():
        body = to_html((module_dir / "readme" / f"{fragment}.md").read_text())
        title = f"<h2>{heading}</h2>\n" if heading else ""
        inner = "".join(f"    {line}\n" for line in f"{title}{body}".splitlines())
        section = f'<section class="oe_container">\n{inner}</section>'
        sections += [f"        {line}" for line in section.splitlines()]
    return PAGE.format(
        title=escape(manifest["name"]),
        summary=escape(manifest["summary"]),
        sections="\n".join(sections),
        license=manifest["license"],
        packages=", ".join(manifest["external_dependencies"]["python"]),
    )


def main(arguments: list[str]) -> int:
    write = "--write" in arguments
    module_dir = Path(arguments[-1])
    target = module_dir / "static" / "description" / "index.html"
    page = make_page(module_dir)
    if write:
        target.write_text(page)
        return 0
    if target.exists() and target.read_text() == page:
        return 0
    print(f"{target}: is not what readme/ says: ./dev lint --fix store writes it")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
