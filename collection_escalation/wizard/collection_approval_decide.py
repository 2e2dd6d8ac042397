from odoo import fields, models


class CollectionApprovalDecide(models.TransientModel):
    """A manager approves or refuses, and says why."""

    _name = "collection.approval.decide"
    _description = "Decide on an approval"
    _inherit = "collection.wizard"

    approval_id = fields.Many2one(
        "collection.approval", required=True, readonly=True, ondelete="cascade"
    )
    text = fields.Text(related="approval_id.text", related_sudo=False)
    question = fields.Text(related="approval_id.question", related_sudo=False)
    asked_by = fields.Many2one(related="approval_id.asked_by", related_sudo=False)
    asked_at = fields.Datetime(related="approval_id.asked_at", related_sudo=False)
    reason = fields.Text(
        string="Why", required=True, help="Kept with your name; nobody changes it."
    )

    def action_approve(self):
        self.ensure_one()
        self.approval_id._decide(True, self.reason)
        return True

    def action_refuse(self):
        self.ensure_one()
        self.approval_id._decide(False, self.reason)
        return True
