from odoo import fields, models


class AccountPaymentMethodLine(models.Model):
    _inherit = "account.payment.method.line"

    collection_automatic = fields.Boolean(
        string="Pays by itself",
        help="A mandate or a stored card: no courtesy note is sent for invoices that are "
        "paid this way.",
    )
    collection_wait_days = fields.Integer(
        string="Waited for (business days)",
        default=5,
        help="So long a payment that is in process counts as on its way. Then the invoice "
        "is asked for again, and the accountant looks into it.",
    )
