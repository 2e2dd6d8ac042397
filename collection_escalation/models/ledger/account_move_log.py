from odoo import fields, models


class AccountMove(models.Model):
    _inherit = "account.move"

    collection_contact_ids = fields.Many2many(
        "collection.contact",
        string="Contact log",
        compute="_compute_collection_contact_ids",
        groups="collection_escalation.group_collection_user",
        help="Every contact about this invoice: planned, made, refused, failed.",
    )

    def _compute_collection_contact_ids(self):
        lines = self.env["collection.contact.line"].search(
            [("item_id.move_id", "in", self.ids)]
        )
        by_move = lines.grouped(lambda line: line.item_id.move_id)
        for move in self:
            contacts = by_move.get(move._origin, lines.browse()).contact_id
            move.collection_contact_ids = contacts.sorted("id", reverse=True)
