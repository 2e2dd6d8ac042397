from odoo import models
from odoo.tools import SQL

from ...rules.decision import Reason

#: An invoice sent less than so many days before its courtesy note needs none.
RECENT_DAYS = 5


class FactCourtesyRecent(models.AbstractModel):
    """The invoice itself was sent so shortly before its courtesy note that it needs none."""

    _name = "collection.fact.courtesy_recent"
    _inherit = ["collection.fact"]
    _description = "Invoices that were sent lately"

    _code = "courtesy_recent"
    _place = 50
    _after_due = False

    def _read(self, facts, debtors):
        """{invoice: day (UTC) on which it was last sent}: of its last e-mail or letter;
        of one that went another way (by hand, by a network) the day on which its PDF was
        made, which Odoo does when it is sent. None where nobody can tell."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT move_id, max(day)
                  FROM (SELECT msg.res_id AS move_id, msg.date::date AS day
                          FROM mail_message msg
                          JOIN mail_notification n ON n.mail_message_id = msg.id
                         WHERE msg.model = 'account.move' AND msg.res_id IN %(moves)s
                           AND n.notification_type IN ('email', 'snail')
                         UNION ALL
                        SELECT a.res_id, a.create_date::date
                          FROM ir_attachment a
                          JOIN account_move m ON m.id = a.res_id
                         WHERE a.res_model = 'account.move' AND a.res_id IN %(moves)s
                           AND a.res_field = 'invoice_pdf_report_file'
                           AND m.is_move_sent) AS sending
                 GROUP BY move_id
                """,
                moves=facts.move_ids,
            )
        )
        return dict(rows)

    def _withhold(self, facts, debtor, row, post_due):
        sent = facts.of["courtesy_recent"].get(row.move_id)
        day = sent and self._get_courtesy_day(facts, debtor, row)
        if sent and (day - sent).days < RECENT_DAYS:
            return Reason.of("COURTESY_RECENT", date=sent)
        return None

    def _get_courtesy_day(self, facts, debtor, row):
        """The day on which the plan has the note: it is left out, not put off until the
        invoice is some days old."""
        evaluation = self.env["collection.evaluation"]
        ladder = evaluation._get_ladder(facts, debtor)
        rung = next((r for r in ladder.rungs if r.level == "pre_due"), None)
        if rung is None:
            return facts.today[debtor.id]
        return evaluation._get_trigger_date(facts, debtor, rung, row)
