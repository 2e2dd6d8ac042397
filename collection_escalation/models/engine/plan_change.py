"""The plan of a customer changed: what the old one said is not said again, and what it had
planned does not leave unless the new one wants it too."""

from odoo import api, models
from odoo.tools import SQL

from ...rules.decision import Reason
from ...rules.stages import Gone, carry_marks

#: By what a debtor gets another plan.
PLAN_CHANGES = {"policy_id", "party"}
#: Fields of a stage or step that say what is wanted, and when.
STAGE_TIMES = {"active", "level", "trigger_days", "trigger_unit"}
STEP_TIMES = {"active", "stage_id"}


class CollectionEvaluation(models.AbstractModel):
    _inherit = "collection.evaluation"

    @api.model
    def _carry_marks_over(self, facts):
        """Marks of steps that are not in the plan now stand for steps that are."""
        rungs_of = {}
        strange = [
            (row, policy)
            for row in facts.rows
            if row.marks and (policy := facts.policies.get(row.debtor_id))
            if not self._get_step_rungs(facts, policy, rungs_of).keys()
            >= {mark.step_id for mark in row.marks}
        ]
        ids = {mark.step_id for row, _policy in strange for mark in row.marks}
        steps = self.env["collection.stage.step"].browse(sorted(ids))
        known = {step.id: Gone(step.stage_id.level, step._get_step()) for step in steps}
        for row, policy in strange:
            here = self._get_step_rungs(facts, policy, rungs_of)
            gone = {id_: step for id_, step in known.items() if id_ not in here}
            row.marks = carry_marks(row.marks, facts.ladders[policy.id], gone)

    def _get_step_rungs(self, facts, policy, known):
        """{step id: `Rung`} of a plan.

        :param known: {policy id: the answer}, which grows"""
        if policy.id not in known:
            if policy.id not in facts.ladders:
                facts.ladders[policy.id] = policy._get_ladder()
            known[policy.id] = {
                step.id: rung
                for rung in facts.ladders[policy.id].rungs
                for step in rung.steps
            }
        return known[policy.id]

    def _get_reason_not_in_plan(self, facts, debtor, step, row):
        """Why the plan of ``debtor`` does not want ``step`` now for the item, or None."""
        rungs = self._get_step_rungs(facts, facts.get_policy(debtor), {})
        rung = rungs.get(step.id)
        if rung is None:
            return Reason.of("PLAN_CHANGED")
        opens = self._get_trigger_date(facts, debtor, rung, row)
        if opens > facts.today[debtor.id]:
            return Reason.of("NOT_WANTED_YET", on=opens)
        return None


class CollectionContact(models.Model):
    _inherit = "collection.contact"

    def _get_reason_not_in_plan(self, line, row, facts):
        """Why the plan in force does not want the line now, or None: it may be another
        one, or read otherwise, than when the contact was planned."""
        if not line.step_id or row is None or row.debtor_id in facts.errors:
            return None
        if row.debtor_id != self.debtor_id.id:
            return None
        return self.env["collection.evaluation"]._get_reason_not_in_plan(
            facts, self.debtor_id, line.step_id, row
        )


class CollectionDebtor(models.Model):
    _inherit = "collection.debtor"

    def write(self, vals):
        """Another plan acts at once on what is planned."""
        if not PLAN_CHANGES & set(vals):
            return super().write(vals)
        before = {debtor: debtor.effective_policy_id for debtor in self}
        result = super().write(vals)
        self.filtered(
            lambda d: d.effective_policy_id != before[d]
        )._withdraw_what_is_not_in_plan()
        return result

    def _merge_into(self, keep):
        """What the plans of those merged had planned, the plan that stays may not want."""
        result = super()._merge_into(keep)
        keep._withdraw_what_is_not_in_plan()
        return result

    def _withdraw_what_is_not_in_plan(self):
        """Take the items out of contacts that have not left and that the plan does not want
        now; no step is burnt. Superuser: a clerk who corrects a customer sees none.

        In the context: ``collection_plan_is_a_copy``, the new plan says the same, and what
        is planned is moved to it."""
        if not self or self.env.context.get("collection_plan_is_a_copy"):
            return
        self.env.flush_all()
        contacts_sudo = (
            self.env["collection.contact"]
            .sudo()
            .search(
                [
                    ("debtor_id", "in", self.ids),
                    ("state", "in", ("planned", "queued")),
                    ("line_ids.step_id", "!=", False),
                ]
            )
        )
        if not contacts_sudo:
            return
        debtors_sudo = contacts_sudo.debtor_id
        facts = self.env["collection.evaluation"].sudo()._get_facts(debtors_sudo)
        rows = {row.id: row for row in facts.rows}
        for contact in contacts_sudo:
            for line in contact.line_ids.filtered(lambda x: x.state == "planned"):
                row = rows.get(line.item_id.id)
                if reason := contact._get_reason_not_in_plan(line, row, facts):
                    line._cancel(reason.code, **dict(reason.args))
                    line.item_id._wake()


class CollectionStage(models.Model):
    _inherit = "collection.stage"

    def write(self, vals):
        """What is planned by the stage is looked at again by what it says now."""
        result = super().write(vals)
        if STAGE_TIMES & set(vals):
            self._tell_debtors()
        return result

    def _tell_debtors(self):
        """See `collection.debtor._withdraw_what_is_not_in_plan`."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT c.debtor_id
                  FROM collection_contact_line line
                  JOIN collection_contact c ON c.id = line.contact_id
                 WHERE line.stage_id = ANY(%s) AND line.state = 'planned'
                """,
                self.ids,
            )
        )
        debtors = self.env["collection.debtor"].browse(id_ for (id_,) in rows)
        debtors._withdraw_what_is_not_in_plan()


class CollectionStageStep(models.Model):
    _inherit = "collection.stage.step"

    def write(self, vals):
        result = super().write(vals)
        if STEP_TIMES & set(vals):
            self.stage_id._tell_debtors()
        return result
