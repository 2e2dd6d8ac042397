from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.debtor.collection_debtor_permissions import FLAGS


class CollectionDebtorLift(models.TransientModel):
    """*Contacts may go on*: a manager takes stops of a customer away, with a reason."""

    _name = "collection.debtor.lift"
    _description = "Let contacts of a customer go on"
    _inherit = "collection.wizard"

    debtor_id = fields.Many2one("collection.debtor", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="debtor_id.company_id", related_sudo=False)
    flag = fields.Selection(
        lambda self: self._get_flags(), string="Does not hold any more", required=True
    )
    reason = fields.Text(
        required=True, help="Kept in the history of the customer, with your name."
    )

    @api.model
    def _get_flags(self):
        Debtor = self.env["collection.debtor"]
        return [(name, Debtor._get_field_label(name)) for name in FLAGS]

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        debtor = self.env["collection.debtor"].browse(values.get("debtor_id"))
        values.setdefault("flag", next((f for f in FLAGS if debtor[f]), False))
        return values

    def action_confirm(self):
        self.ensure_one()
        if not self.debtor_id[self.flag] and self.debtor_id._is_known(self.flag):
            raise UserError(
                self.env._(
                    "“%s” was noted at another branch: a manager who works there takes it "
                    "away.",
                    self.debtor_id._get_field_label(self.flag),
                )
            )
        if not self.debtor_id[self.flag]:
            raise UserError(
                self.env._(
                    "“%s” does not stand there.",
                    self.debtor_id._get_field_label(self.flag),
                )
            )
        self.debtor_id._lift_stops([self.flag], self.reason)
        return True
