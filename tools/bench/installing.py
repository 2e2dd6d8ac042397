"""Installation of a module in the database of the environment."""

import os

from odoo_env import configure
from replay.days import Clock

from .ledger import DAY, HOUR
from .measure import metered


def install(module: str) -> dict:
    database = os.environ["CE_DB"]
    configure(database)
    from odoo.modules.registry import Registry

    figures: dict = {}
    with Clock(DAY) as clock:
        clock.move_to(DAY, HOUR)
        with metered(figures, "installation"):
            Registry.new(database, update_module=True, install_modules=[module])
    return figures
