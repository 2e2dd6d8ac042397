from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    collection_paused = fields.Boolean(
        related="company_id.collection_paused", readonly=False
    )
    collection_review_until = fields.Date(
        related="company_id.collection_review_until", readonly=False
    )
    collection_tz = fields.Selection(related="company_id.collection_tz", readonly=False)
    collection_user_id = fields.Many2one(
        related="company_id.collection_user_id", readonly=False
    )
    collection_manager_id = fields.Many2one(
        related="company_id.collection_manager_id", readonly=False
    )
    collection_consumer_policy_id = fields.Many2one(
        related="company_id.collection_consumer_policy_id", readonly=False
    )
    collection_business_policy_id = fields.Many2one(
        related="company_id.collection_business_policy_id", readonly=False
    )
    collection_ruleset_id = fields.Many2one(
        related="company_id.collection_ruleset_id", readonly=False
    )
    collection_payments_until = fields.Date(
        related="company_id.collection_payments_until", readonly=False
    )
    collection_bank_max_age = fields.Integer(
        related="company_id.collection_bank_max_age", readonly=False
    )
    collection_require_sent = fields.Boolean(
        related="company_id.collection_require_sent", readonly=False
    )
    collection_first_per_day = fields.Integer(
        related="company_id.collection_first_per_day", readonly=False
    )
    collection_reply_to = fields.Char(
        related="company_id.collection_reply_to", readonly=False
    )
    collection_bureau = fields.Char(
        related="company_id.collection_bureau", readonly=False
    )
    collection_notary = fields.Char(
        related="company_id.collection_notary", readonly=False
    )
    collection_court = fields.Char(
        related="company_id.collection_court", readonly=False
    )
