from odoo import fields, models

from .account_move import READERS


class AccountMoveLine(models.Model):
    """The way back from a journal item to its open item. The ORM follows it whenever a
    line changes; without it, it would search the open items each time."""

    _inherit = "account.move.line"

    collection_item_ids = fields.One2many(
        "collection.item", "move_line_id", groups=READERS
    )
