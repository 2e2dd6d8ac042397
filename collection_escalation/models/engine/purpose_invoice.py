from odoo import api, models


class CollectionPurposeInvoice(models.AbstractModel):
    """From the arrival of the invoice the days of the plan count."""

    _inherit = "collection.purpose.invoice"

    @api.model
    def _heeds(self, reason):
        """That it has not arrived is why it goes."""
        first = self.env["collection.fact"]._get_codes("_brings_invoice")
        return reason.code not in first and super()._heeds(reason)

    @api.model
    def _after_made(self, contacts):
        """The first delivery counts: sending it once more does not start the days anew."""
        for contact in contacts:
            items = contact.line_ids.item_id.filtered(lambda i: not i.grace_from)
            items.write({"grace_from": contact.made_on})

    @api.model
    def _after_not_received(self, contacts):
        contacts.line_ids.item_id.write({"grace_from": False})

    @api.model
    def _after_foreseen(self, rows, day):
        for row in rows:
            row.grace_from = day
