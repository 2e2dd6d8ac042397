from odoo import models

#: Fields that say which plan the company's customers have.
PLANS = {"collection_consumer_policy_id", "collection_business_policy_id"}


class ResCompany(models.Model):
    _inherit = "res.company"

    def write(self, vals):
        """Another plan for customers without one of their own acts at once. Superuser:
        who sets the company up may not see them."""
        result = super().write(vals)
        if PLANS & set(vals):
            debtors_sudo = (
                self.env["collection.debtor"]
                .sudo()
                .search([("company_id", "in", self.ids), ("policy_id", "=", False)])
            )
            debtors_sudo.invalidate_recordset(["effective_policy_id"], flush=False)
            debtors_sudo._withdraw_what_is_not_in_plan()
            debtors_sudo.item_ids._wake()
        return result
