from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    collection_blacklist_stops = fields.Boolean(
        string="The mailing blacklist stops collection messages",
        help="The blacklist is an opt-out of advertising: by itself it only warns.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    collection_blacklist_stops = fields.Boolean(
        related="company_id.collection_blacklist_stops", readonly=False
    )
