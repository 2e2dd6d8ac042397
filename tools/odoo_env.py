"""An Odoo environment for scripts that ./dev starts: the database and the options come from it.

    with odoo_env() as env: ...

The transaction is rolled back at the end unless the caller commits.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager


def odoo_arguments() -> list[str]:
    arguments = json.loads(os.environ["CE_ODOO_ARGS"])
    if port := os.environ.get("CE_SMTP_PORT"):
        arguments += ["--smtp=127.0.0.1", f"--smtp-port={port}"]
    return [*arguments, "--no-http", *json.loads(os.environ.get("CE_EXTRA_ARGS", "[]"))]


def configure(database: str) -> None:
    """Odoo's own set-up, as the server does it before it loads a database."""
    import odoo.init  # noqa: F401 - must come first
    from odoo.service.server import load_server_wide_modules
    from odoo.tools import config

    config.parse_config(
        [*odoo_arguments(), f"--database={database}"], setup_logging=True
    )
    load_server_wide_modules()


@contextmanager
def odoo_env(database: str | None = None) -> Iterator:
    database = database or os.environ["CE_DB"]
    configure(database)
    from odoo import SUPERUSER_ID, api
    from odoo.modules.registry import Registry

    with Registry(database).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        yield env(context=env["res.users"].context_get())
        cr.rollback()
