"""Merges exported terms into a module's .pot and .po files and says what is untranslated.

    translations.py [--check] EXPORTED.pot I18N_FOLDER LANGUAGE...

Files are sorted and wrapped at 78 columns, as Odoo and OCA write them, but a translation that
equals its term stays: that is how it is told from a forgotten one. With --check nothing
is written, and the exit code is 1 when a file would change or a term is not translated.
"""

import sys
from pathlib import Path

import polib

WRAP = 78
DATES = ("POT-Creation-Date", "PO-Revision-Date")


def read(path: Path) -> polib.POFile:
    return polib.pofile(str(path), wrapwidth=WRAP)


def text_of(file: polib.POFile) -> str:
    file.wrapwidth = WRAP
    file.sort(key=lambda entry: entry.msgid)
    return str(file).rstrip("\n") + "\n"


def keep_dates(new: polib.POFile, old_path: Path) -> None:
    """The moment of the export is no change."""
    old = read(old_path).metadata if old_path.exists() else {}
    for name in DATES:
        if name in old:
            new.metadata[name] = old[name]


def merged(template: polib.POFile, path: Path, language: str) -> polib.POFile:
    if path.exists():
        file = read(path)
    else:
        file = polib.POFile(wrapwidth=WRAP)
        file.header = template.header
        plural = (
            "nplurals=2; plural=(n > 1);"
            if language == "pt_BR"
            else "nplurals=2; plural=(n != 1);"
        )
        file.metadata = {
            **template.metadata,
            "Language": language,
            "Plural-Forms": plural,
        }
    file.merge(template)
    for entry in file.obsolete_entries():
        file.remove(entry)
    return file


def untranslated(file: polib.POFile) -> list[polib.POEntry]:
    return [entry for entry in file if entry.fuzzy or not entry.msgstr]


def settle(path: Path, text: str, check: bool) -> bool:
    """Writes the file; with check, says whether it would have changed."""
    if path.exists() and path.read_text() == text:
        return False
    if check:
        print(f"{path.name} is not up to date: run ./dev i18n")
    else:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return check


def main(arguments: list[str]) -> int:
    check = "--check" in arguments
    exported, folder, *languages = (word for word in arguments if word != "--check")
    template, folder = read(Path(exported)), Path(folder)
    template_path = folder / Path(exported).name
    keep_dates(template, template_path)
    bad = settle(template_path, text_of(template), check)
    print(f"{template_path.name}: {len(template)} terms")
    for language in languages:
        path = folder / f"{language}.po"
        file = merged(template, path, language)
        bad |= settle(path, text_of(file), check)
        missing = untranslated(file)
        bad |= bool(missing)
        for entry in missing[:5]:
            print(f"  {language}: {entry.msgid[:70]!r}")
        print(f"{path.name}: {len(missing)} untranslated")
    return int(check and bad)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
