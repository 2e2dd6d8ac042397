from collections import defaultdict

from odoo import models
from odoo.tools import SQL

from ...rules.decision import Reason


class FactHold(models.AbstractModel):
    """A person, or an answer, paused the chase for a time."""

    _name = "collection.fact.hold"
    _inherit = ["collection.fact"]
    _description = "Pauses"

    _code = "hold"
    _sequence = 20
    _standing = ("HELD", "HELD_ELSEWHERE")

    def _read(self, facts, debtors):
        """Running pauses: {debtor id: [(item id or None, from, to, reason, the other
        company whose pause it is)]}. The creditor is the root company: a pause of the whole
        customer holds at all branches, one of items only for these."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT d.id, rel.collection_item_id, h.date_from, h.date_to, h.reason,
                       CASE WHEN h.debtor_id <> d.id THEN c.name END
                  FROM collection_debtor d
                  JOIN collection_debtor other
                    ON other.partner_id = d.partner_id
                   AND other.root_company_id = d.root_company_id
                  JOIN collection_hold h ON h.debtor_id = other.id
                  JOIN res_company c ON c.id = other.company_id
                  LEFT JOIN collection_hold_collection_item_rel rel
                         ON rel.collection_hold_id = h.id
                 WHERE d.id IN %s AND h.state = 'active'
                   AND (h.debtor_id = d.id OR rel.collection_item_id IS NULL)
                """,
                tuple(debtors.ids) or (0,),
            )
        )
        holds = defaultdict(list)
        for debtor_id, *hold in rows:
            holds[debtor_id].append(hold)
        return holds

    def _withhold(self, facts, debtor, row, post_due):
        today = facts.today[row.debtor_id]
        holds = facts.of["hold"].get(row.debtor_id, ())
        for item_id, date_from, date_to, reason, elsewhere in holds:
            if item_id not in (None, row.id) or not date_from <= today <= date_to:
                continue
            if elsewhere:
                return Reason.of("HELD_ELSEWHERE", until=date_to, company=elsewhere)
            return Reason.of("HELD", until=date_to, reason=reason)
        return None
