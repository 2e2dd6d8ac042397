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
    _sequence = 80
    _before_due = False
    _brings_invoice = ("INVOICE_NOT_SENT", "INVOICE_BOUNCED")

    def _read(self, facts, debtors):
        """(companies that require it, invoices whose own e-mail came back); empty if no
        company does."""
        bounced = self._find_bounced(facts.move_ids)
        requiring = debtors.company_id.filtered("collection_require_sent")
        return (set(requiring.ids), bounced) if requiring else ()

    def _find_bounced(self, move_ids):
        """Ids of invoices of which, of the latest e-mail to each recipient of the customer
        or to an address without a partner, none arrived. Copies of followers from outside
        count only where there is no other.

        :param move_ids: SQL, what stands after IN"""
        rows = self.env.execute_query(
            SQL(
                """
                WITH latest AS (
                    SELECT DISTINCT ON (msg.res_id, n.res_partner_id, n.mail_email_address)
                           msg.res_id, n.notification_status = 'bounce' AS bounced,
                           p.id IS NULL OR p.commercial_partner_id
                               = m.commercial_partner_id AS ours
                      FROM mail_message msg
                      JOIN account_move m ON m.id = msg.res_id
                      JOIN mail_notification n ON n.mail_message_id = msg.id
                      LEFT JOIN res_partner p ON p.id = n.res_partner_id
                     WHERE msg.model = 'account.move' AND msg.res_id IN %s
                       AND n.notification_type = 'email'
                       AND n.notification_status NOT IN ('canceled', 'exception')
                       AND (p.id IS NULL OR p.partner_share)
                     ORDER BY msg.res_id, n.res_partner_id, n.mail_email_address,
                              n.id DESC)
                SELECT res_id FROM latest GROUP BY res_id
                HAVING COALESCE(bool_and(bounced) FILTER (WHERE ours),
                                bool_and(bounced))
                """,
                move_ids,
            )
        )
        return {id_ for (id_,) in rows}

    def _withhold(self, facts, debtor, row, post_due):
        requiring, bounced = facts.of["delivery"]
        if row.grace_from or row.company_id not in requiring:
            return None
        if row.move_id in bounced:
            return Reason.of("INVOICE_BOUNCED")
        return None if row.was_sent else Reason.of("INVOICE_NOT_SENT")
