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
    _place = 20

    def _read(self, facts, debtors):
        """Running pauses: {debtor id: [(item id or None, from, to, reason)]}."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT h.debtor_id, rel.collection_item_id, h.date_from, h.date_to,
                       h.reason
                  FROM collection_hold h
                  LEFT JOIN collection_hold_collection_item_rel rel
                         ON rel.collection_hold_id = h.id
                 WHERE h.debtor_id IN %s AND h.state = 'active'
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
        for item_id, date_from, date_to, reason in facts.of["hold"].get(
            row.debtor_id, ()
        ):
            if item_id in (None, row.id) and date_from <= today <= date_to:
                return Reason.of("HELD", until=date_to, reason=reason)
        return None
