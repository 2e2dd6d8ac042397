from odoo import api, fields, models
from odoo.tools import SQL

from ...rules.stages import Mark
from .collection_evaluation_facts import among


class CollectionStepActionContact(models.AbstractModel):
    _inherit = "collection.step.action.contact"

    @api.model
    def _read_marks(self, rows):
        """Steps that already have a contact in the item's cycle. A failed step counts
        as finished, on the day on which that was clear, unless another channel took it
        over, or the debtor's addresses were changed since: then it is worth another
        try."""
        cycles = {row.id: row.cycle for row in rows}
        found = self.env.execute_query(
            SQL(
                """
                SELECT line.item_id, line.step_id, line.cycle, line.state,
                       COALESCE(c.made_on, c.planned_on, c.logged_at::date,
                                c.not_before, %s::date)
                  FROM collection_contact_line line
                  JOIN collection_contact c ON c.id = line.contact_id
                  JOIN collection_debtor d ON d.id = c.debtor_id
                 WHERE line.item_id IN %s AND line.state <> 'cancelled'
                   AND line.step_id IS NOT NULL
                   AND (line.state <> 'failed' OR d.address_changed_at IS NULL
                        OR c.logged_at > d.address_changed_at)
                 ORDER BY (line.state = 'failed') DESC, line.id
                """,
                fields.Date.today(),
                among(cycles),
            )
        )
        return [
            (item_id, Mark(step_id, on, state == "planned"))
            for item_id, step_id, cycle, state, on in found
            if cycle == cycles[item_id]
        ]
