from odoo import api, models

from ..models.collection_evidence import unlocked


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """Debtors and their files are merged before the partners. The core would find
        two debtors of one customer, and delete one with its history."""
        self.env["collection.debtor"].sudo()._merge_partners(src_partners, dst_partner)
        return super()._update_foreign_keys(src_partners, dst_partner)

    @api.model
    def _update_reference_fields(self, src_partners, dst_partner):
        """Messages and files of the partners go along, also those that are evidence."""
        wizard = unlocked(self)
        return super(BasePartnerMergeAutomaticWizard, wizard)._update_reference_fields(
            src_partners, dst_partner
        )
