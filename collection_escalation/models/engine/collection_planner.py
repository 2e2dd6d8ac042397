"""Plan (design, section 3): the first permitted moment for each contact, reserved.

Reserving begins with an UPDATE of the debtor's ``slot_seq``: under REPEATABLE READ a
concurrent reservation for the same debtor then fails and is tried again, which a count
or a row lock alone would not do."""

import json
import logging
from functools import cached_property

import psycopg2

from odoo import api, fields, models
from odoo.tools import SQL, split_every

from ..bulk_rows import update_rows
from ..collection_internal_thread import QUEUED
from ..message.collection_contact_recipient import RECIPIENT
from .collection_evaluation import BATCH
from .planning_round import PlanningRound

_logger = logging.getLogger(__name__)


#: What is written of a moment that was found.
MOMENT = ("planned_at", "planned_on", "tz", "decision_version", "reasons")
#: What planning asks of every contact: the ORM would read all that a contact has.
ASKED = (
    *("debtor_id", "partner_id", "company_id", "purpose", "channel", "direction"),
    *("state", "step_id", "stage_id", "user_id", "recipient_chosen", *RECIPIENT),
    *("callback_number", "callback_from", "callback_to", "not_before", "place"),
    *("made_at", "planned_at", "outcome", "delivery_status"),
)


class CollectionPlanner(models.AbstractModel):
    _name = "collection.planner"
    _description = "Planning of contacts"

    @api.model
    def _cron_plan(self, batch_size=BATCH):
        """Scheduled action. A batch that collides with another worker is rolled back and
        left for the next run."""
        self = self.with_context(**QUEUED)
        cron = self.env["ir.cron"]
        try:
            self._expire_reservations()
            self.env.flush_all()
        except psycopg2.extensions.TransactionRollbackError:
            self.env.cr.rollback()
            _logger.info("Collections: somebody used a reservation, left for later")
        waiting = self._get_waiting_debtors()
        cron._commit_progress(remaining=len(waiting))
        for ids in split_every(batch_size, waiting.ids):
            try:
                self._plan_debtors(waiting.browse(ids))
                # what collides must do so here, not at the commit
                self.env.flush_all()
            except psycopg2.extensions.TransactionRollbackError:
                self.env.cr.rollback()
                _logger.info(
                    "Collections: another worker reserved, batch left for later"
                )
            if not cron._commit_progress(len(ids)):
                break
        self.env.ref("collection_escalation.ir_cron_call_times")._trigger()
        self.env.ref("collection_escalation.ir_cron_dispatch")._trigger()

    @api.model
    def _get_waiting_debtors(self):
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT c.debtor_id
                  FROM collection_contact c
                  JOIN res_company company ON company.id = c.company_id
                 WHERE c.state = 'planned' AND c.planned_at IS NULL
                   AND company.collection_started_on IS NOT NULL
                   AND company.collection_paused IS NOT TRUE
                 ORDER BY c.debtor_id
                """
            )
        )
        return self.env["collection.debtor"].browse(id_ for (id_,) in rows)

    @api.model
    def _reserve(self, debtors):
        """Queue up for the debtors' slots, those of all branches of the creditor and of
        other records of the same person. The rows are updated in the order of their ids, so that two workers cannot wait for
        each other. When they may be called is not known any more, and worked out anew.

        :raise SerializationFailure: somebody else reserved meanwhile; try again"""
        if not debtors:
            return
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                UPDATE collection_debtor
                   SET slot_seq = slot_seq + 1, call_from = NULL, call_until = NULL
                 WHERE id IN (SELECT locked.id
                                FROM collection_debtor locked
                               WHERE locked.id IN (SELECT other_id FROM (%s) AS alike)
                               ORDER BY locked.id
                                 FOR NO KEY UPDATE)
                """,
                debtors._get_alike_sql(),
            )
        )
        debtors.invalidate_recordset(
            ["slot_seq", "call_from", "call_until"], flush=False
        )

    @api.model
    def _plan_debtors(self, debtors):
        """Reserve a moment for every contact of ``debtors`` that has none.

        :return: the contacts that have a moment now"""
        if not debtors:
            return self.env["collection.contact"]
        self._reserve(debtors)
        contacts = self.env["collection.contact"].search_fetch(
            [
                ("debtor_id", "in", debtors.ids),
                ("state", "=", "planned"),
                ("planned_at", "=", False),
            ],
            ASKED,
        )
        planned = Planning(self.env, debtors, unwritten={}).run(contacts.sorted("id"))
        return contacts.browse().concat(*planned)

    @api.model
    def _plan_at_once(self, contacts):
        """A person wants these contacts planned now, without waiting for the scheduled
        action."""
        return self._plan_debtors(contacts.debtor_id)

    @api.model
    def _expire_reservations(self):
        """Reservations that nobody used expire at the end of their day: a person's
        contact is *missed*, the collector is told and the ladder goes on; a message that
        the system did not send is planned again, so that a standstill burns no step."""
        now = fields.Datetime.now()
        past = (
            self.env["collection.contact"]
            .search([("state", "=", "planned"), ("planned_at", "<", now)])
            .filtered(lambda c: c._is_past_its_day(now))
            .try_lock_for_update()
        )
        automatic = self.env["collection.channel"]._get_automatic_codes()
        messages = past.filtered(lambda c: c.channel in automatic)
        messages.write(
            {
                "planned_at": False,
                "planned_on": False,
                "reasons": [{"code": "NOT_REVIEWED", "args": {}}],
            }
        )
        missed = past - messages
        missed._set_missed(reasons=[{"code": "NOT_USED", "args": {}}])
        missed._tell_collectors()


class CollectionContact(models.Model):
    _inherit = "collection.contact"

    def _keep_reachable(self):
        """Find whom to address, and where. Those that cannot be reached by their channel
        fall back.

        :return: these contacts and those planned instead, all with an address"""
        return self.browse().concat(*Planning(self.env, self.debtor_id).reach(self))

    def _get_planning_rank(self, turns):
        """Of contacts that want the same day, which finds its moment first.

        :param turns: `collection.channel._get_planning_order`"""
        rank = self._get_purpose()._planning_rank
        return turns[self.channel], rank, -self.stage_id.sequence

    def _reserve_moments(self, now, events, unwritten):
        """Reserve a moment for each, in their order. Whom they address is written along: a
        second statement on the same rows would make PostgreSQL check all their keys once
        more.

        :param unwritten: see `_resolve_recipients`
        :return: {contact: Decision} of those for which there is none"""
        refused, found, names = {}, [], (*RECIPIENT, *MOMENT)
        for contact in self:
            decision, vals = contact._find_moment(now, events)
            if vals:
                vals["reasons"] = json.dumps(vals["reasons"])
                vals |= unwritten.get(contact) or contact._get_recipient_vals()
                found.append((contact.id, tuple(vals[name] or None for name in names)))
            else:
                refused[contact] = decision
        self._write_recipients({c: unwritten[c] for c in refused if c in unwritten})
        self._refuse_if_over()
        update_rows(self, names, found)
        return refused


class Planning(PlanningRound):
    """A round with contacts of the database.

    :param unwritten: see `_resolve_recipients`"""

    def __init__(self, env, debtors, unwritten=None):
        super().__init__(env)
        self.none = self.env["collection.contact"]
        self.debtors, self.unwritten, self.events = debtors, unwritten, None
        self.now = fields.Datetime.now()

    @cached_property
    def unremarkable(self):
        return self.debtors._find_unremarkable()

    def get_contact(self, entry):
        return entry

    def find_addresses(self, entries):
        contacts = self.none.concat(*entries)
        missing = contacts._resolve_recipients(self.unremarkable, self.unwritten)
        return {c: missing[c.id] for c in contacts if not c.destination}

    def find_moments(self, entries):
        contacts = self.none.concat(*entries)
        contacts._draw_what_people_make()
        if self.events is None:
            self.events = contacts._get_rule_events(self.unremarkable)
        return contacts._reserve_moments(self.now, self.events, self.unwritten)

    def fall_back(self, entries, reason):
        contacts = self.none.concat(*entries)
        return list(contacts._fall_back(reason.code, **dict(reason.args)))

    def give_up(self, refused):
        self.none._give_to_person(refused)
