"""A step of the plan may do something else than contact the customer."""

from datetime import timedelta
from unittest.mock import patch

from odoo import Command, models
from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools.translate import LazyTranslate

from ...rules.stages import Mark
from ..common import MONDAY, CollectionCommon
from ..scratch_models import ScratchModels

#: The friendly stage of the standard plan is reached on Monday 9 March 2026.
FRIENDLY_DAY = MONDAY + timedelta(days=7)


@tagged("post_install", "-at_install")
class TestNewStepAction(ScratchModels, CollectionCommon):
    """A new action is one new file with one model."""

    def setUp(self):
        super().setUp()
        self.begun, self.marks = [], {}
        begun, marks = self.begun, self.marks

        class Record(models.AbstractModel):
            _module = None
            _name = "collection.step.action.record"
            _inherit = ["collection.step.action"]
            _description = "Step that writes something down"

            _code = "record"
            _label = LazyTranslate("collection_escalation")("Write it down")
            _sequence = 20

            def _check_step(self, step):
                if step.offset_days > 90:
                    raise ValidationError(self.env._("Too late."))

            def _read_marks(self, rows):
                return [(r.id, marks[r.id]) for r in rows if r.id in marks]

            def _begin(self, due, cases, today):
                for row, step in due:
                    begun.append((row.id, step, cases[row.debtor_id], today))
                    day = today[row.debtor_id]
                    marks[row.id] = Mark(step.id, day, open=True)

        self._add_model(Record)
        self.stage = self.policy.stage_ids.filtered(lambda s: s.level == "friendly")
        self.email, self.call = self.stage.step_ids
        self.email.sequence = 20
        self.stage.step_ids = [Command.create({"action": "record", "sequence": 10})]
        self.step = self.stage.step_ids.filtered(lambda s: s.action == "record")
        self.invoice = self._create_overdue_invoice(MONDAY)
        self.item = self._items(self.invoice)

    def test_the_next_step_waits_until_it_is_over(self):
        """Of two steps of one day the first goes first, whatever their age."""
        self.assertFalse(self._live(FRIENDLY_DAY))
        case = self._debtor().case_id
        self.assertEqual(
            self.begun,
            [(self.item.id, self.step, case, {self._debtor().id: FRIENDLY_DAY})],
        )
        self.assertStage(self.invoice, "friendly")
        later = FRIENDLY_DAY + timedelta(days=15)
        self.assertFalse(self._live_until(FRIENDLY_DAY + timedelta(days=1), later))
        self.assertEqual(len(self.begun), 1, "once")
        self.assertFalse(self._contacts())
        self.marks[self.item.id] = Mark(self.step.id, later)
        with self._at(later):
            self.item._wake()
        (day,) = self._live_until(later + timedelta(days=1), later + timedelta(days=3))
        self.assertEqual(day, later + timedelta(days=1), "they keep their distance")
        self.assertEqual(self._contacts().step_id, self.email)

    def test_a_dry_run_takes_it_as_done_on_its_day(self):
        with self._at(MONDAY):
            self._evaluate()
            rows = (
                self.env["collection.forecast"]
                .sudo()
                ._forecast(self._debtor(), days=12)
            )
        self.assertEqual(
            [(r["step_id"], r["asked_on"]) for r in rows][:1],
            [(self.email.id, FRIENDLY_DAY + timedelta(days=1))],
        )
        self.assertFalse(self.begun)

    def test_its_form_asks_for_no_template(self):
        self.assertEqual(self.step.name, f"{self.stage.name}: Write it down")
        self.assertFalse(self.step.needs_template)
        self.assertTrue(self.email.needs_template)
        self.assertTrue(self.stage.has_actions)
        with self.assertRaisesRegex(ValidationError, "Too late"):
            self.step.write({"action": "record", "offset_days": 91})

    def test_marks_are_read_once_for_all(self):
        calls = []
        Action = self.registry["collection.step.action.record"]
        read = Action._read_marks
        with patch.object(
            Action, "_read_marks", lambda m, rows: calls.append(rows) or read(m, rows)
        ):
            self._create_overdue_invoice(
                MONDAY, partner=self._create_debtor_partner("B")
            )
            debtors = self.env["collection.debtor"].sudo().search([])
            self.env["collection.evaluation"].sudo()._get_facts(debtors)
        self.assertEqual(len(calls), 1)


@tagged("post_install", "-at_install")
class TestStepActions(CollectionCommon):
    def test_every_step_contacts_somebody(self):
        steps = self.env["collection.stage.step"].search([])
        self.assertEqual(set(steps.mapped("action")), {"contact"})
        self.assertFalse(any(steps.stage_id.mapped("has_actions")), "nothing to choose")
