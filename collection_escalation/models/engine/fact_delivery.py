from odoo import models
from odoo.tools import SQL

from ...rules.decision import Reason


class FactDelivery(models.AbstractModel):
    """The invoice itself never reached the customer: it goes first. Asked of companies that
    want their invoices sent."""

    _name = "collection.fact.delivery"
    _inherit = ["collection.fact"]
    _description = "Invoices that did not reach the customer"

    _code = "delivery"
    _place = 80
    _before_due = False

    def _read(self, facts, debtors):
        """(companies that require it, invoices whose own e-mail came back); empty if no
        company does."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT msg.res_id
                  FROM mail_message msg
                  JOIN mail_notification n ON n.mail_message_id = msg.id
                 WHERE msg.model = 'account.move' AND msg.res_id IN %s
                   AND n.notification_status = 'bounce'
                """,
                facts.move_ids,
            )
        )
        requiring = debtors.company_id.filtered("collection_require_sent")
        return (set(requiring.ids), {id_ for (id_,) in rows}) if requiring else ()

    def _withhold(self, facts, debtor, row, post_due):
        requiring, bounced = facts.of["delivery"]
        if row.grace_from or row.company_id not in requiring:
            return None
        if row.move_id in bounced:
            return Reason.of("INVOICE_BOUNCED")
        return None if row.was_sent else Reason.of("INVOICE_NOT_SENT")
