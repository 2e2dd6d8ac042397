"""Steps and stages that were used are evidence: see `collection.stage.step.unlink`."""

from odoo import models
from odoo.tools import SQL


class CollectionStageStep(models.Model):
    _inherit = "collection.stage.step"

    def _find_used(self):
        return super()._find_used() | self._find_named_by("step_id")

    def _find_named_by(self, name):
        """Those of these records that a contact or one of its lines names as its ``name``,
        past all access rights: who writes plans may not see the log."""
        self.env["collection.contact.line"].flush_model([name])
        self.env["collection.contact"].flush_model([name])
        column = SQL.identifier(name)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT one.id FROM unnest(%(ids)s::int[]) AS one(id)
                 WHERE EXISTS (SELECT FROM collection_contact_line
                                WHERE %(column)s = one.id)
                    OR EXISTS (SELECT FROM collection_contact
                                WHERE %(column)s = one.id)
                """,
                ids=self.ids,
                column=column,
            )
        )
        return self.browse(id_ for (id_,) in rows)


class CollectionStage(models.Model):
    _inherit = "collection.stage"

    def _find_used(self):
        stood_on_sudo = (
            self.env["collection.item"]
            .sudo()
            .search([("stage_id", "in", self.ids)])
            .stage_id
        )
        passed_sudo = (
            self.env["collection.stage.move"]
            .sudo()
            .search([("to_stage_id", "in", self.ids)])
            .to_stage_id
        )
        return super()._find_used() | (stood_on_sudo | passed_sudo).with_env(self.env)
