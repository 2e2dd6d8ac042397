from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _get_collection_account_sudo(self):
        """res.partner.bank that the customer pays to, as superuser; maybe an empty one."""
        self.ensure_one()
        account_sudo = self.sudo().partner_bank_id
        if account_sudo.active:
            return account_sudo
        return self.company_id._get_collection_account_sudo()

    def action_view_collection_bank_slips(self):
        """The bank slips of the invoice, to be typed or pasted."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "collection_escalation.collection_bank_slip_action"
        )
        items = self.collection_item_ids
        return {
            **action,
            "domain": [("move_id", "=", self.id)],
            "context": {
                "default_item_id": items.id if len(items) == 1 else False,
                "collection_move_id": self.id,
            },
        }
