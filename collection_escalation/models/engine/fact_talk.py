from odoo import models
from odoo.tools import SQL


class FactTalk(models.AbstractModel):
    """When each customer last talked or wrote to us: steps *only if not reached* ask."""

    _name = "collection.fact.talk"
    _inherit = ["collection.fact"]
    _description = "Last talks with the customer"

    _code = "talk"
    _sequence = 100

    def _read(self, facts, debtors):
        """{debtor id: last day on which they talked or wrote to us, at any branch}."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT d.id, max(c.made_on)
                  FROM collection_debtor d
                  JOIN collection_debtor other
                    ON other.partner_id = d.partner_id
                   AND other.root_company_id = d.root_company_id
                  JOIN collection_contact c ON c.debtor_id = other.id
                 WHERE d.id IN %s AND c.state = 'made'
                   AND c.outcome IN ('conversation', 'met', 'reply')
                 GROUP BY d.id
                """,
                tuple(debtors.ids) or (0,),
            )
        )
        return dict(rows)
