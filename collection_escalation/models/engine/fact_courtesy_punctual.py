from odoo import fields, models
from odoo.tools import SQL

from ...rules.decision import Reason


class FactCourtesyPunctual(models.AbstractModel):
    """They always pay on time: no note before the due date, where the plan says so."""

    _name = "collection.fact.courtesy_punctual"
    _inherit = ["collection.fact"]
    _description = "Customers who always pay on time"

    _code = "courtesy_punctual"
    _sequence = 54
    _after_due = False

    def _read(self, facts, debtors):
        """Ids of debtors whose receivables of the last two years (three at least) were all paid
        by their due date, and who owe nothing overdue. Only where a plan asks for it."""
        asking = debtors.filtered(
            lambda d: (
                d.id not in facts.errors
                and facts.get_policy(d).courtesy_unless_punctual
            )
        )
        rows = self.env.execute_query(
            SQL(
                """
                SELECT d.id
                  FROM collection_debtor d
                  JOIN account_move_line l
                    ON l.partner_id = d.partner_id
                  JOIN res_company c
                    ON c.id = l.company_id
                   AND split_part(c.parent_path, '/', 1)::int = d.root_company_id
                  JOIN account_account a ON a.id = l.account_id
                  LEFT JOIN LATERAL (
                       SELECT max(p.max_date) AS paid_on
                         FROM account_partial_reconcile p
                        WHERE p.debit_move_id = l.id
                       ) paid ON TRUE
                 WHERE d.id IN %s AND a.account_type = 'asset_receivable'
                   AND l.parent_state = 'posted' AND l.balance > 0
                   AND l.date_maturity < %s
                   AND l.date_maturity >= %s
                 GROUP BY d.id
                HAVING count(*) >= 3
                   AND bool_and(l.reconciled AND paid.paid_on <= l.date_maturity)
                """,
                tuple(asking.ids) or (0,),
                fields.Date.today(),
                fields.Date.subtract(fields.Date.today(), years=2),
            )
        )
        return {id_ for (id_,) in rows}

    def _withhold(self, facts, debtor, row, post_due):
        if debtor.id in facts.of["courtesy_punctual"]:
            return Reason.of("COURTESY_PUNCTUAL")
        return None

    def _on_another_day(self, facts, debtor_id, day):
        """Who owes something overdue by then is not punctual."""
        if any(row.due < day for row in facts.items.get(debtor_id, ())):
            facts.of["courtesy_punctual"].discard(debtor_id)
