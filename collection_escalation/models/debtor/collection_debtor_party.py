"""Since when we know a customer to be a company: what was sent to a consumer stays closed
to who cannot prove who they are."""

from odoo import fields, models


class CollectionDebtor(models.Model):
    _inherit = "collection.debtor"

    business_since = fields.Datetime(
        readonly=True,
        copy=False,
        groups=fields.NO_ACCESS,
        help="When somebody said here that the customer is a company.",
    )

    def write(self, vals):
        turned = (
            self.filtered(lambda debtor: debtor.party != vals["party"])
            if "party" in vals
            else self.browse()
        )
        result = super().write(vals)
        for debtor_sudo in turned.sudo():
            debtor_sudo.business_since = (
                fields.Datetime.now() if vals["party"] == "business" else False
            )
        return result

    def _was_consumer_at(self, moment):
        """Was this customer treated as a consumer when a message left?"""
        self.ensure_one()
        since = self.sudo().business_since
        return self.party != "business" or bool(since and moment and moment < since)
