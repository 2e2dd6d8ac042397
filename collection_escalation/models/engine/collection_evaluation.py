"""Evaluate (design, section 3): items whose next look has come, whole debtors at a time,
facts → `rules.stages` → stage, next date, reason; then everything in bulk."""

import json
import logging
from collections import defaultdict

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, split_every
from odoo.tools.gc import disabling_gc

from ...rules import stages
from ..collection_internal_thread import QUEUED

_logger = logging.getLogger(__name__)

#: Debtors of a batch, which are locked together, for about half a second: the more there
#: are, the less often is read what all have in common.
BATCH = 700
POST_DUE = tuple(level for level in stages.LEVELS if level != "pre_due")


class CollectionEvaluation(models.AbstractModel):
    _inherit = "collection.evaluation"

    @api.model
    def _cron_evaluate(self, batch_size=BATCH):
        """Scheduled action: at any hour, any number of times. A batch that collides with
        another worker is rolled back and left for the next run."""
        self = self.with_context(**QUEUED)
        try:
            self.env["collection.hold"]._end_past(
                fields.Date.subtract(fields.Date.today(), days=1)
            )
            self.env.flush_all()
        except psycopg2.extensions.TransactionRollbackError:
            self.env.cr.rollback()
            _logger.info("Collections: somebody changes a pause, ended in the next run")
        due = self._get_due_debtors()
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(due))
        for ids in split_every(batch_size, due.ids):
            self._evaluate_safely(due.browse(ids))
            if not cron._commit_progress(len(ids)):
                break
        self.env.ref("collection_escalation.ir_cron_plan")._trigger()

    @api.model
    def _evaluate_safely(self, debtors):
        """Lock and evaluate a batch. A collision with another worker leaves it for the
        next run; a debtor whose facts cannot be understood is set aside, with the error
        on its items, and does not stop the others."""
        try:
            # what a batch makes is bounded, and nothing of it is garbage before its end
            with disabling_gc():
                self._evaluate(debtors.try_lock_for_update(allow_referencing=True))
            # what collides must do so here, not at the commit
            self.env.flush_all()
        except psycopg2.extensions.TransactionRollbackError:
            self.env.cr.rollback()
            _logger.info("Collections: another worker changed a batch, left for later")
        except Exception as error:
            self.env.cr.rollback()
            if len(debtors) > 1:
                for debtor in debtors:
                    self._evaluate_safely(debtor)
                    self.env["ir.cron"]._commit_progress()
                return
            _logger.exception("Collections: %s cannot be evaluated", debtors)
            self._postpone(debtors, str(error))

    @api.model
    def _get_due_debtors(self):
        """Debtors with an item to look at, of companies that collect, oldest first."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT i.debtor_id
                  FROM collection_item i
                  JOIN res_company c ON c.id = i.company_id
                 WHERE i.next_date <= %s AND c.collection_started_on IS NOT NULL
                   AND c.collection_paused IS NOT TRUE
                 GROUP BY i.debtor_id
                 ORDER BY min(i.next_date), i.debtor_id
                """,
                fields.Date.today(),
            )
        )
        return self.env["collection.debtor"].browse(id_ for (id_,) in rows)

    @api.model
    def _evaluate(self, debtors):
        """Evaluate all open items of ``debtors`` (already locked) as of now.

        :return: number of items looked at"""
        if not debtors:
            return 0
        facts = self._get_facts(debtors)
        found = []
        for debtor in debtors:
            if debtor.id in facts.errors:
                self._postpone(debtor, facts.errors[debtor.id])
                continue
            found += self._resolve_debtor(debtor, facts)
        levels = self._read_levels(found)
        self._close_tolerated(found)
        cases, placed = self._open_cases(found, levels, facts)
        stored = self._store_reasons(found)
        self._record_moves(found, levels, stored)
        self._store_items(found, levels, stored, cases)
        self._refresh_case_stages(cases, placed)
        self._plan_contacts(found, cases, facts)
        self._begin_actions(found, cases, facts.today)
        self._ask_managers(found, cases)
        for ask_duties in facts.hooks.ask_duties:
            ask_duties(facts, debtors)
        return len(found)

    def _postpone(self, debtor, error):
        """Nobody can decide about the debtor: nothing is done, and it is said on the
        items (an undecidable moment is not a permitted one)."""
        self._set_aside(debtor.item_ids.filtered("next_date"), error)

    def _set_aside(self, items, error):
        items.write(
            {
                "next_date": self._today_everywhere(),
                "reason": {"code": "UNDECIDABLE", "args": {"error": error}},
            }
        )

    # -- one debtor ----------------------------------------------------------------------

    def _resolve_debtor(self, debtor, facts):
        """[(debtor, ItemRow, Resolution, needs_invoice)] of the debtor's open items."""
        ladder, today = self._get_ladder(facts, debtor), facts.today[debtor.id]
        chasing = {rung.id for rung in ladder.rungs if rung.level in POST_DUE}
        found = []
        for row in facts.items.get(debtor.id, ()):
            if row.next_date is None or row.next_date > today:
                continue
            try:
                found.append(
                    (debtor, row, *self._judge_row(debtor, row, facts, chasing))
                )
            except (ArithmeticError, ValueError, UserError) as error:
                item = self.env["collection.item"].browse(row.id)
                _logger.warning("Collections: %s cannot be evaluated: %s", item, error)
                self._set_aside(item, f"{item.display_name}: {error}")
        return found

    def _judge_row(self, debtor, row, facts, chasing):
        """(Resolution, None or the reason not to chase) of one item."""
        resolution = self._resolve(debtor, row, facts)
        withheld = self._get_withheld(
            facts, debtor, row, post_due=resolution.rung_id in chasing
        )
        if withheld and (
            withheld.code in facts.hooks.standing
            or resolution.moved
            or resolution.step_id
        ):
            resolution = self._resolve(debtor, row, facts, withheld)
        return resolution, withheld

    def _resolve(self, debtor, row, facts, withheld=None):
        """`rules.stages.resolve` for the row; items that stand alike are resolved once."""
        today, region = facts.today[row.debtor_id], facts.regions[row.debtor_id]
        talked = facts.of["talk"].get(row.debtor_id)
        standing = (  # in the order of the fields of `rules.stages.Item`
            row.due,
            row.stage_id,
            row.level,
            row.stage_since,
            row.marks,
            row.grace_from,
            bool(talked and row.stage_since and talked >= row.stage_since),
            row.approved_stage_id,
            self._is_above_minimum(facts, debtor, row),
            *self._get_put_off(facts, debtor, row),
        )
        key = standing, facts.policies[row.debtor_id].id, today, region, withheld
        if key not in facts.resolutions:
            facts.resolutions[key] = stages.resolve(
                stages.Item(*standing),
                self._get_ladder(facts, debtor),
                today,
                self.env["collection.calendar"]._get(*region, today),
                withheld,
            )
        return facts.resolutions[key]

    # -- in bulk -------------------------------------------------------------------------

    def _close_tolerated(self, found):
        """A case of which only amounts within the tolerance are left is closed."""
        by_case = defaultdict(list)
        for _debtor, row, _resolution, withheld in found:
            if row.case_id:
                by_case[row.case_id].append((row, withheld))
        tolerated = {
            case_id: {
                row.id
                for row, withheld in rows
                if withheld and withheld.code == "WITHIN_TOLERANCE"
            }
            for case_id, rows in by_case.items()
        }
        Case = self.env["collection.case"]
        for case in Case.browse(id_ for id_, items in tolerated.items() if items):
            if (
                case.state == "open"
                and set(case.open_item_ids.ids) <= tolerated[case.id]
            ):
                case._close("within_tolerance")
                for row, _withheld in by_case[case.id]:
                    row.case_id = None

    def _read_levels(self, found):
        """{stage id: level} of all stages where items stand now or passed."""
        ids = {id_ for _d, _row, r, _w in found for id_ in (r.rung_id, *r.trail) if id_}
        stages_now = self.env["collection.stage"].browse(ids)
        return {None: None, **{stage.id: stage.level for stage in stages_now}}

    def _store_reasons(self, found):
        """{Reason: JSON text}: many items stand somewhere for the same reason."""
        Reason = self.env["collection.reason"]
        reasons = {resolution.reason for _d, _row, resolution, _w in found}
        return {reason: json.dumps(Reason._store(reason)) for reason in reasons}

    def _open_cases(self, found, levels, facts):
        """The open case of every debtor who is chased after the due date, made where it
        is missing: ({debtor id: case}, those that stand on their stage already)."""
        chased = {
            row.debtor_id
            for _debtor, row, resolution, _withheld in found
            if levels[resolution.rung_id] in POST_DUE
        }
        Case = self.env["collection.case"]
        cases = {
            case.debtor_id.id: case
            for case in Case.search_fetch(
                [
                    ("debtor_id", "in", list({row.debtor_id for _d, row, *_ in found})),
                    ("state", "=", "open"),
                ],
                ["debtor_id"],
            )
        }
        missing = {
            row.debtor_id: debtor
            for debtor, row, resolution, _withheld in found
            if row.debtor_id in chased
            and row.debtor_id not in cases
            and (resolution.moved or row.case_id is None)
            and resolution.reason.code != "WITHIN_TOLERANCE"
        }
        highest = self._get_highest_stages(found, levels)
        created = Case._open(missing.values(), facts.today, highest, levels)
        opened = dict(zip(missing, created, strict=True))
        placed = {case for debtor_id, case in opened.items() if debtor_id in highest}
        return cases | opened, placed

    def _belongs_to_case(self, resolution, levels):
        """Is the item chased after the due date?"""
        chased = levels[resolution.rung_id] in POST_DUE
        return chased and resolution.reason.code != "WITHIN_TOLERANCE"

    def _get_highest_stages(self, found, levels):
        """{debtor id: highest stage of the items that belong to a case}, the first one by
        due date where there are several."""
        highest = {}
        for _debtor, row, resolution, _withheld in found:
            if not self._belongs_to_case(resolution, levels):
                continue
            height = stages.LEVELS.index(levels[resolution.rung_id])
            rank = -height, row.due, row.id, resolution.rung_id
            highest[row.debtor_id] = min(highest.get(row.debtor_id, rank), rank)
        return {debtor_id: stage_id for debtor_id, (*_, stage_id) in highest.items()}

    def _record_moves(self, found, levels, stored):
        """Append-only answer to "why is this invoice here?", one per change of stage."""
        rows = []
        for _debtor, row, resolution, _withheld in found:
            previous, level = row.stage_id, row.level
            for stage_id in resolution.trail:
                rows.append(
                    (
                        row.id,
                        (
                            previous,
                            stage_id,
                            level,
                            levels[stage_id],
                            row.cycle,
                            resolution.since,
                            stored[resolution.reason],
                        ),
                    )
                )
                previous, level = stage_id, levels[stage_id]
        self.env["collection.item"]._record_stage_moves(rows)

    def _store_items(self, found, levels, stored, cases):
        rows, case_ids = [], {debtor_id: case.id for debtor_id, case in cases.items()}
        for _debtor, row, resolution, _withheld in found:
            case_id = case_ids.get(row.debtor_id)
            in_case = case_id and self._belongs_to_case(resolution, levels)
            rows.append(
                (
                    row.id,
                    case_id if in_case else row.case_id,
                    (
                        resolution.rung_id,
                        levels[resolution.rung_id],
                        resolution.since,
                        resolution.next_date,
                        resolution.waits_for,
                        stored[resolution.reason],
                    ),
                )
            )
        self.env["collection.item"]._write_evaluation(rows)

    def _refresh_case_stages(self, cases, placed):
        touched = self.env["collection.case"].concat(
            *(case for case in cases.values() if case not in placed)
        )
        touched.with_context(tracking_disable=True)._refresh()

    def _plan_contacts(self, found, cases, facts):
        """One contact per addressee and channel covers all items that are due for it; the
        highest stage sets the tone."""
        wanted = self._get_wanted(found, facts.of["invoice_waiting"])
        self.env["collection.contact"]._plan(wanted, cases, facts)

    def _get_wanted(self, found, not_to_send):
        """The contacts that are due: {(debtor id, channel, purpose, whom the invoices were
        made out to or 0): [(ItemRow, step)]}."""
        none = self.env["collection.stage.step"]
        bringing = self.env["collection.purpose.invoice"]._code
        steps = {
            step.id: (
                step,
                step.channel,
                step._get_action()._purpose,
                step.addressee == "decider",
            )
            for step in self._get_due_steps(found)
        }
        wanted = defaultdict(list)
        invoice_first = self.env["collection.fact"]._get_codes("_brings_invoice")
        for _debtor, row, resolution, withheld in found:
            if withheld and withheld.code in invoice_first:
                if row.id in not_to_send:
                    continue
                key = row.debtor_id, "email", bringing, row.addressee_id
                wanted[key].append((row, none))
            elif resolution.step_id:
                step, channel, purpose, to_decider = steps[resolution.step_id]
                if purpose:
                    addressee_id = 0 if to_decider else row.addressee_id
                    key = row.debtor_id, channel, purpose, addressee_id
                    wanted[key].append((row, step))
        return wanted

    def _get_due_steps(self, found):
        due = {resolution.step_id for _d, _row, resolution, _w in found}
        return self.env["collection.stage.step"].browse(filter(None, due))

    def _get_due_actions(self, found):
        """What is due beside contacts: {code of `collection.step.action`: [(ItemRow,
        step)]}."""
        others = {
            step.id: step
            for step in self._get_due_steps(found)
            if not step._get_action()._purpose
        }
        due = defaultdict(list)
        for _debtor, row, resolution, _withheld in found:
            if step := others.get(resolution.step_id):
                due[step.action].append((row, step))
        return due

    def _begin_actions(self, found, cases, today):
        for code, due in self._get_due_actions(found).items():
            self.env["collection.step.action"]._get(code)._begin(due, cases, today)

    def _ask_managers(self, found, cases):
        """Items that newly wait for a decision: a manager is asked, once a file and stage."""
        waiting = self.env["collection.case"].union(
            *(
                cases[debtor.id]
                for debtor, row, resolution, _withheld in found
                if resolution.waits_for and not row.waits_for and debtor.id in cases
            )
        )
        if waiting:
            waiting._ask_for_next_stage()
