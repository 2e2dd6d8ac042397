from odoo import api, fields, models


class CollectionStageMove(models.Model):
    """Why is this invoice here? Append-only: nobody may write or delete one."""

    _name = "collection.stage.move"
    _description = "Stage move of an open item"
    _order = "date desc, create_date desc, id desc"
    _rec_name = "item_id"
    # The evaluation writes them, and nobody again: that is worth no key to a user that
    # PostgreSQL looks up for every row. When it did is kept.
    _log_access = False

    create_date = fields.Datetime(
        string="Created on", readonly=True, default=lambda self: self.env.cr.now()
    )
    item_id = fields.Many2one(
        "collection.item", required=True, ondelete="cascade", index=True
    )
    debtor_id = fields.Many2one(related="item_id.debtor_id")
    company_id = fields.Many2one(related="item_id.company_id")
    move_id = fields.Many2one(related="item_id.move_id", string="Invoice")
    from_stage_id = fields.Many2one("collection.stage", ondelete="set null")
    to_stage_id = fields.Many2one("collection.stage", ondelete="set null")
    from_level = fields.Char(readonly=True)
    to_level = fields.Char(readonly=True)
    cycle = fields.Integer(readonly=True)
    date = fields.Date(required=True, help="In the debtor's time zone.")
    reason = fields.Json(readonly=True)
    why = fields.Char(compute="_compute_why")

    @api.depends("reason")
    @api.depends_context("lang")
    def _compute_why(self):
        for record in self:
            record.why = self.env["collection.reason"]._explain(record.reason)
