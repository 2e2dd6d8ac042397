from odoo import fields, models
from odoo.tools import SQL

from ..contact.collection_contact_fallback import ADDRESS_CODES

#: How often an invoice that cannot leave is tried, a day apart.
INVOICE_TRIES = 3


class FactInvoiceWaiting(models.AbstractModel):
    """The invoice itself is not to be sent now, though the plan wants it to."""

    _name = "collection.fact.invoice_waiting"
    _inherit = ["collection.fact"]
    _description = "Invoices that are not to be sent now"

    _code = "invoice_waiting"
    _sequence = 110

    def _read(self, facts, debtors):
        return self._read_items(debtors)

    def _read_items(self, debtors, now=None):
        """Items whose invoice is not to be sent now: it is leaving, or nobody knows
        whether it left; it was tried or taken out in the last day; or it cannot arrive:
        since the debtor's addresses were last changed the address was to blame, or it was
        tried three times. In the last two cases the collector has the duty to mend it.

        :param now: naive UTC; None: now"""
        now = now or fields.Datetime.now()
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT line.item_id
                  FROM collection_contact c
                  JOIN collection_contact_line line ON line.contact_id = c.id
                  JOIN collection_debtor d ON d.id = c.debtor_id
                 WHERE c.debtor_id IN %(debtors)s AND c.purpose IN %(purposes)s
                   AND line.item_id IS NOT NULL
                   AND (c.state IN ('queued', 'sending', 'uncertain')
                        OR line.state IN ('failed', 'missed')
                           AND (d.address_changed_at IS NULL
                                OR c.logged_at > d.address_changed_at))
                 GROUP BY line.item_id
                HAVING bool_or(c.state IN ('queued', 'sending', 'uncertain'))
                    OR bool_or(c.logged_at > %(yesterday)s)
                    OR bool_or(c.delivery_status IN ('bounced', 'returned')
                               OR c.reasons -> 0 ->> 'code' IN %(address)s)
                    OR count(*) FILTER (WHERE line.state = 'failed') >= %(tries)s
                """,
                debtors=tuple(debtors.ids) or (0,),
                purposes=self.env["collection.purpose"]._get_codes("_brings_invoice"),
                yesterday=fields.Datetime.subtract(now, hours=20),
                address=(*ADDRESS_CODES, "CHANNEL_REFUSED"),
                tries=INVOICE_TRIES,
            )
        )
        return {id_ for (id_,) in rows}
