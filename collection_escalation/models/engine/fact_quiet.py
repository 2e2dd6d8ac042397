from odoo import models
from odoo.tools import SQL


class FactQuiet(models.AbstractModel):
    """When each addressee last got a message after the due date: quiet days follow."""

    _name = "collection.fact.quiet"
    _inherit = ["collection.fact"]
    _description = "Last messages, for the quiet days"

    _code = "quiet"
    _sequence = 105

    def _read(self, facts, debtors):
        """{(debtor id, channel, addressee id or 0): their day of the last message that
        left, is leaving or is about to}. Failed ones do not count."""
        if not any(plan.quiet_days for plan in facts.policies.values()):
            return {}
        rows = self.env.execute_query(
            SQL(
                """
                SELECT c.debtor_id, c.channel, COALESCE(c.addressee_id, 0),
                       max(COALESCE(c.made_on, c.planned_on))
                  FROM collection_contact c
                  JOIN collection_stage s ON s.id = c.stage_id
                 WHERE c.debtor_id IN %s AND c.direction = 'out'
                   AND c.state IN ('queued', 'sending', 'made', 'uncertain')
                   AND c.purpose IN %s AND c.channel IN %s
                   AND s.level <> 'pre_due'
                   AND c.delivery_status IS DISTINCT FROM 'bounced'
                 GROUP BY 1, 2, 3
                """,
                tuple(debtors.ids) or (0,),
                self.env["collection.purpose"]._get_codes("_begins_quiet_days"),
                tuple(self.env["collection.channel"]._get_automatic_codes()),
            )
        )
        return {tuple(key): day for *key, day in rows if day}
