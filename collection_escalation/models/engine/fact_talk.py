from odoo import models
from odoo.tools import SQL


class FactTalk(models.AbstractModel):
    """When each customer last talked or wrote to us: steps *only if not reached* ask."""

    _name = "collection.fact.talk"
    _inherit = ["collection.fact"]
    _description = "Last talks with the customer"

    _code = "talk"
    _place = 100

    def _read(self, facts, debtors):
        """{debtor id: last day on which they talked or wrote to us}."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT debtor_id, max(made_on) FROM collection_contact
                 WHERE debtor_id IN %s AND state = 'made'
                   AND outcome IN ('conversation', 'met', 'reply')
                 GROUP BY debtor_id
                """,
                tuple(debtors.ids) or (0,),
            )
        )
        return dict(rows)
