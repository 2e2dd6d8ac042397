from odoo import models


class ResCompany(models.Model):
    _inherit = "res.company"

    def _get_collection_checks(self):
        """Messages leave without pay codes too, so nothing of it is required."""
        _ = self.env._
        faults = self.env["collection.paycode"]._get_all_faults(self.root_id)
        hint = _("Messages say how to pay in a minute, with amount and reference.")
        return [
            *super()._get_collection_checks(),
            {
                "code": "pay_codes",
                "name": _("Customers see how to pay"),
                "done": not faults,
                "hint": " ".join(faults) or hint,
                "required": False,
            },
        ]

    def _get_collection_check_action(self, code):
        if code != "pay_codes":
            return super()._get_collection_check_action(code)
        partner = self.root_id.partner_id
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Bank accounts"),
            "res_model": "res.partner.bank",
            "view_mode": "list,form",
            "domain": [("partner_id", "=", partner.id)],
            "context": {"default_partner_id": partner.id},
        }
