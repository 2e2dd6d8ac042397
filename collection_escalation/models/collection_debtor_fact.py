from odoo import api, fields, models


class CollectionDebtorFact(models.AbstractModel):
    """Something recorded about a debtor that decides whom, how or when we may contact,
    with its document. A change acts at once on what is planned."""

    _name = "collection.debtor.fact"
    _description = "Fact about a customer"

    debtor_id = fields.Many2one(
        "collection.debtor", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="debtor_id.company_id")
    date = fields.Date(required=True, default=fields.Date.context_today)
    document = fields.Binary(attachment=True)
    document_name = fields.Char()

    @api.model_create_multi
    def create(self, vals_list):
        facts = super().create(vals_list)
        facts.debtor_id._on_permissions_changed()
        return facts

    def write(self, vals):
        result = super().write(vals)
        self.debtor_id._on_permissions_changed()
        return result

    def unlink(self):
        debtors = self.debtor_id
        result = super().unlink()
        debtors._on_permissions_changed()
        return result
