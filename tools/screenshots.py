"""Takes pictures of Odoo's pages with Debian's Chromium, for ./dev screenshots.

    screenshots.py SCREENS.txt FOLDER [NAME...]

The address comes from CE_URL, the browser from CE_CHROMIUM, the e-mails that were sent from
CE_MAIL_DIR. Errors on a page's console are printed; a page that does not show what it should
wait for makes the exit code 1.
"""

import ast
import email
import os
import re
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from email import policy
from pathlib import Path

from playwright.sync_api import Error, sync_playwright
from playwright.sync_api import TimeoutError as TookTooLong

URL = os.environ["CE_URL"]
#: Reports are printed, not opened.
PDF = "/report/pdf/"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass
class Screen:
    name: str
    path: str
    selector: str = "body"
    viewport: str = "1400x900"
    user: str = "admin"
    tab: str = ""


def read_screens(path: Path) -> list[Screen]:
    screens = []
    for line in path.read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            cells = [cell.strip() for cell in line.split("|")]
            names = ("name", "path", "selector", "viewport", "user", "tab")
            screens.append(
                Screen(
                    **{
                        name: cell
                        for name, cell in zip(names, cells, strict=False)
                        if cell
                    }
                )
            )
    return screens


def log_in(context, user: str) -> None:
    page = context.new_page()
    page.goto(f"{URL}/web/login")
    page.fill("input[name=login]", user)
    page.fill("input[name=password]", user)
    page.click("form.oe_login_form button[type=submit]")
    page.wait_for_url(re.compile(r"/(odoo|web|my)(?!/login)"))
    page.close()


def resolve(context, path: str) -> str:
    """Replaces what stands in braces, see tools/screens.txt."""

    def replace(match: re.Match) -> str:
        name, colon, rest = match[1].partition(":")
        if not colon:
            module, _dot, name = name.partition(".")
            domain = [["module", "=", module], ["name", "=", name]]
            return find_value(context, "ir.model.data", domain, "res_id")
        if name == "mail":
            return find_link(rest)
        return find_value(context, name, ast.literal_eval(rest), "id")

    return re.sub(r"\{([^{}]+)\}", replace, path)


def find_value(context, model: str, domain: list, field: str) -> str:
    """The field of the first record that the domain finds."""
    answer = context.request.post(
        f"{URL}/web/dataset/call_kw",
        data={
            "jsonrpc": "2.0",
            "params": {
                "model": model,
                "method": "search_read",
                "args": [domain, [field]],
                "kwargs": {"limit": 1},
            },
        },
    ).json()
    found = answer.get("result")
    if not found:
        raise Error(f"no record of {model}: {domain}")
    return str(found[0][field])


def find_link(address: str) -> str:
    """Path of the page behind the link in the last e-mail to the address."""
    for path in sorted(Path(os.environ["CE_MAIL_DIR"]).glob("[0-9]*.eml"))[::-1]:
        mail = email.message_from_bytes(path.read_bytes(), policy=policy.default)
        html = mail.get_body(("html",))
        if address in str(mail["To"]) and html:
            if found := re.search(r"/statement/\d+/[\w-]+", html.get_content()):
                return found[0]
    raise Error(f"no e-mail with a link to {address}: run ./dev demo --no-serve first")


def shoot_pdf(context, screen: Screen, folder: Path) -> None:
    """One picture per page: NAME-1.png …"""
    answer = context.request.get(URL + resolve(context, screen.path), timeout=60_000)
    if not answer.body().startswith(b"%PDF"):
        raise Error(f"no PDF: {answer.status} {answer.status_text}")
    subprocess.run(
        ["pdftoppm", "-png", "-r", "60", "-", folder / screen.name],
        input=answer.body(),
        check=True,
    )


def shoot(context, screen: Screen, folder: Path) -> None:
    width, height = (int(part) for part in screen.viewport.split("x"))
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": height})
    page.on(
        "console",
        lambda message: message.type == "error"
        and print(f"  {screen.name}: console: {message.text}"),
    )
    page.on("pageerror", lambda error: print(f"  {screen.name}: {error}"))
    try:
        page.goto(URL + resolve(context, screen.path))
        page.wait_for_selector(screen.selector, timeout=30_000)
        if screen.tab:
            page.click(f".o_notebook .nav-link[name={screen.tab}]")
        with suppress(TookTooLong):  # some pages always have a question open
            page.wait_for_load_state("networkidle", timeout=4_000)
        page.locator(screen.selector).first.scroll_into_view_if_needed()
    finally:
        page.screenshot(
            path=folder / f"{screen.name}.png", full_page=screen.user in ("-", "portal")
        )
        page.close()


def main(screens_file: str, folder: str, *names: str) -> int:
    screens = [
        screen
        for screen in read_screens(Path(screens_file))
        if not names or screen.name in names
    ]
    if missing := set(names) - {screen.name for screen in screens}:
        sys.exit(f"not in {screens_file}: {', '.join(sorted(missing))}")
    failed = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ["CE_CHROMIUM"], args=FLAGS
        )
        contexts = {}
        for screen in screens:
            try:
                if screen.user not in contexts:
                    contexts[screen.user] = browser.new_context()
                    if screen.user != "-":
                        log_in(contexts[screen.user], screen.user)
                take = shoot_pdf if screen.path.startswith(PDF) else shoot
                take(contexts[screen.user], screen, Path(folder))
                print(f"{screen.name}.png")
            except Error as error:
                failed += 1
                print(f"{screen.name}: failed: {str(error).splitlines()[0]}")
        browser.close()
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
