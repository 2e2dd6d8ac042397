"""The law of the rooms (design.md, section 2) where no import shows it: `_inherit`."""

import ast
from pathlib import Path

from odoo.tests import BaseCase, tagged

MODELS = Path(__file__).parents[1] / "models"
#: From the one that knows nobody to the one that may know all; "" are the tools of all.
ROOMS = (
    "",
    "channel",
    "purpose",
    "plan",
    "ruleset",
    "debtor",
    "ledger",
    "contact",
    "paycode",
    "message",
    "engine",
    "incoming",
    "management",
    "company",
)


def read_classes():
    """[(file, room, name of the model or "", names it inherits)] of all models."""
    found = []
    for path in sorted(MODELS.rglob("*.py")):
        place = path.relative_to(MODELS)
        room = place.parts[0] if len(place.parts) > 1 else ""
        for node in ast.parse(path.read_text()).body:
            if not isinstance(node, ast.ClassDef):
                continue
            said = {
                target.id: ast.literal_eval(statement.value)
                for statement in node.body
                if isinstance(statement, ast.Assign)
                for target in statement.targets
                if isinstance(target, ast.Name) and target.id in ("_name", "_inherit")
            }
            inherited = said.get("_inherit") or []
            inherited = [inherited] if isinstance(inherited, str) else inherited
            found.append((place.as_posix(), room, said.get("_name", ""), inherited))
    return found


@tagged("post_install", "-at_install")
class TestRooms(BaseCase):
    def test_every_room_is_known_and_loaded_in_its_turn(self):
        folders = {path.name for path in MODELS.iterdir() if path.is_dir()}
        self.assertEqual(folders - {"__pycache__"}, set(ROOMS) - {""})
        source = (MODELS / "__init__.py").read_text()
        turns = [source.index(f"from . import {room}\n") for room in ROOMS if room]
        self.assertEqual(turns, sorted(turns))

    def test_a_room_extends_only_models_of_rooms_above_it(self):
        classes = read_classes()
        home = {
            name: room
            for _file, room, name, inherited in classes
            if name and name not in inherited
        }
        self.assertIn("collection.contact", home)
        wrong = [
            f"{file} extends {model} of {home[model]}/"
            for file, room, _name, inherited in classes
            for model in inherited
            if model in home and ROOMS.index(home[model]) > ROOMS.index(room)
        ]
        self.assertEqual(wrong, [])
