from datetime import UTC, timedelta

from odoo import models
from odoo.tools import SQL


class FactSending(models.AbstractModel):
    """When the invoice itself was sent, and when it first reached the customer, whoever
    sent it and however: the days of the plan count from there, if that was late."""

    _name = "collection.fact.sending"
    _inherit = ["collection.fact"]
    _description = "Sendings of the invoices"

    _code = "sending"
    _sequence = 1

    def _read(self, facts, debtors):
        """{invoice: day (UTC) on which it was last sent}: of its last e-mail or letter;
        of one that went another way (by hand, by a network) the day on which its PDF was
        made, which Odoo does when it is sent. None where nobody can tell."""
        last, known = {}, {}
        for item_id, move_id, day, *sendings in self._read_sendings(facts, debtors):
            last[move_id] = day
            known[item_id] = sendings
        by_id = {debtor.id: debtor for debtor in debtors}
        for row in facts.rows:
            if row.debtor_id in facts.errors:
                continue
            delivered = self._get_delivered_on(
                row, by_id[row.debtor_id], *known.get(row.id, (None, None, None))
            )
            self._count_from(row, delivered)
        return last

    def _read_sendings(self, facts, debtors):
        """[(item, invoice, day of the last sending, moment of the first e-mail or letter
        that reached the customer (or an address without a partner), moment of the first one
        that was to, day on which the PDF was made)], moments and days in UTC; but for the last sending nothing counts that
        left before the invoice was as it is now."""
        return self.env.execute_query(
            SQL(
                """
                WITH sending AS (
                    SELECT msg.res_id AS move_id, msg.date AS moment, TRUE AS is_mail,
                           p.commercial_partner_id AS partner_id,
                           n.notification_status
                           NOT IN ('bounce', 'exception', 'canceled') AS arrived,
                           n.notification_type = 'snail' OR EXISTS (
                               SELECT FROM message_attachment_rel r
                                 JOIN ir_attachment a ON a.id = r.attachment_id
                                WHERE r.message_id = msg.id
                                  AND a.mimetype = 'application/pdf') AS whole
                      FROM mail_message msg
                      JOIN mail_notification n ON n.mail_message_id = msg.id
                      LEFT JOIN res_partner p ON p.id = n.res_partner_id
                     WHERE msg.model = 'account.move' AND msg.res_id IN %(moves)s
                       AND n.notification_type IN ('email', 'snail')
                     UNION ALL
                    SELECT a.res_id, a.create_date, FALSE, NULL, NULL, NULL
                      FROM ir_attachment a
                      JOIN account_move m ON m.id = a.res_id
                     WHERE a.res_model = 'account.move' AND a.res_id IN %(moves)s
                       AND a.res_field = 'invoice_pdf_report_file'
                       AND m.is_move_sent
                ), told AS (
                    SELECT i.id, s.*, is_now,
                           s.is_mail AND is_now
                           AND COALESCE(s.partner_id = d.partner_id, TRUE) AS to_them
                      FROM collection_item i
                      JOIN collection_debtor d ON d.id = i.debtor_id
                      JOIN sending s ON s.move_id = i.move_id
                     CROSS JOIN LATERAL (
                           SELECT s.moment::date
                                  >= COALESCE(i.posted_on, s.moment::date) AS is_now) AS x
                     WHERE i.debtor_id IN %(debtors)s AND i.ledger_state = 'open'
                )
                SELECT id, move_id, max(moment)::date,
                       min(moment) FILTER (WHERE to_them AND whole AND arrived),
                       min(moment) FILTER (WHERE to_them AND (whole OR NOT arrived)),
                       (min(moment) FILTER (WHERE NOT is_mail AND is_now))::date
                  FROM told
                 GROUP BY id, move_id
                """,
                moves=facts.move_ids,
                debtors=tuple(debtors.ids) or (0,),
            )
        )

    def _get_delivered_on(self, row, debtor, arrived_at, mailed_at, pdf_on):
        """The customer's date of the earliest delivery, or None. What was marked as sent
        on the day on which it was mailed went by mail: whether it arrived says the mail."""
        found = []
        if arrived_at:
            day = arrived_at.date()
            if day >= row.due:  # else it does not matter in which zone
                day = (
                    arrived_at.replace(tzinfo=UTC).astimezone(debtor._get_zone()).date()
                )
            found.append(day)
        by_hand = row.sent_on or pdf_on
        if by_hand and not (
            mailed_at and mailed_at.date() <= by_hand + timedelta(days=1)
        ):
            found.append(by_hand)
        return min(found, default=None)

    def _count_from(self, row, delivered):
        """What a later sending of ours says does not start the days anew. Who says that it
        never arrived is believed: only what went after that counts."""
        if row.not_received or not delivered:
            return
        row.was_sent = True
        if row.grace_from:
            row.grace_from = min(row.grace_from, delivered)
        elif delivered > row.due:
            row.grace_from = delivered
