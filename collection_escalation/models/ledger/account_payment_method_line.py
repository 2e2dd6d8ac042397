from odoo import fields, models


class AccountPaymentMethodLine(models.Model):
    _inherit = "account.payment.method.line"

    collection_automatic = fields.Boolean(
        string="Pays by itself",
        help="A mandate or a stored card: no courtesy note is sent for invoices that are "
        "paid this way.",
    )
