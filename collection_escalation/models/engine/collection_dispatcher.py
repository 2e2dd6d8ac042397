"""Dispatch (design, section 3): contacts whose moment has come leave, if they are still
owed and still permitted. The last guard is in `collection_guard.py`."""

import logging
import time
from contextlib import contextmanager

import psycopg2

from odoo import api, fields, models
from odoo.fields import Domain

from ..collection_internal_thread import QUEUED
from .collection_contact_handover import Handover
from .collection_guard import SENDING_LOCK

_logger = logging.getLogger(__name__)

BATCH = 50
#: Batches that are looked for at once: Odoo lets a scheduled action begin anew every ten
#: seconds, and then after each batch.
LOOK_AHEAD = 20
#: First key of the advisory locks that say "a living process does this": the second key
#: is the task.
TASK_LOCK = SENDING_LOCK + 1
WRITING, SENDING = 1, 2
#: Seconds that the sender waits for the next messages, and how often after the last one:
#: the dispatch begins anew every ten seconds.
NAP, NAPS = 0.05, 10


class CollectionDispatcher(models.AbstractModel):
    _name = "collection.dispatcher"
    _description = "Dispatch of contacts"

    @api.model
    def _cron_dispatch(self, batch_size=BATCH):
        """Scheduled action: queue what is due, commit, send our own mails. What a crash
        left behind is shown to a person, never repeated by itself."""
        self = self.with_context(**QUEUED)
        cron = self.env["ir.cron"]
        for tidy in (self._find_interrupted, self._drop_cancelled):
            self._tidy_safely(tidy)
        ahead = LOOK_AHEAD * batch_size
        due = self._get_due(limit=ahead)
        if len(due) > batch_size:
            self.env.ref("collection_escalation.ir_cron_send")._trigger()
        cron._commit_progress(remaining=len(due) + int(len(due) == ahead))
        with self._at_work(WRITING):
            while due:
                batch, due = due[:batch_size], due[batch_size:]
                self._queue_safely(batch)
                more = cron._commit_progress(len(batch))
                if not self._is_at_work(SENDING):
                    self._send_queued()
                if not more:
                    break
        if not due or not self._is_at_work(SENDING):
            self._send_queued()
        self.env.ref("collection_escalation.ir_cron_call_times")._trigger()

    @api.model
    def _tidy_safely(self, tidy):
        """Whatever is wrong with what was left behind, it stops no message."""
        try:
            tidy()
            # what collides must do so here, not at the commit
            self.env.flush_all()
        except psycopg2.extensions.TransactionRollbackError:
            self.env.cr.rollback()
            _logger.info("Collections: another worker tidies too, left for later")
        except (psycopg2.OperationalError, psycopg2.InterfaceError):
            raise  # there is no database to work on
        except Exception:  # nothing around sending may stop it
            self.env.cr.rollback()
            _logger.exception("Collections: %s failed", tidy.__name__)

    @api.model
    def _cron_send(self):
        """Scheduled action, started by the dispatch when there is much to do: send what is
        queued, as long as the other worker writes. So none waits for the other, nor both
        for the mail server."""
        self = self.with_context(**QUEUED)
        cron, naps = self.env["ir.cron"], 0
        with self._at_work(SENDING) as first:
            while first and naps < NAPS:
                # looked at before: what is written last is sent too
                writing = self._is_at_work(WRITING)
                sent = self._send_queued()
                if not cron._commit_progress(sent, remaining=int(writing)):
                    break
                naps = 0 if sent or writing else naps + 1
                if not sent:
                    time.sleep(NAP)

    @contextmanager
    def _at_work(self, task):
        """Let other workers know that this one does ``task``, until it ends or dies.

        :return: False if another one does it already"""
        lock = (TASK_LOCK, task)
        self.env.cr.execute("SELECT pg_try_advisory_lock(%s, %s)", lock)
        (first,) = self.env.cr.fetchone()
        try:
            yield first
        finally:
            if first:
                self.env.cr.execute("SELECT pg_advisory_unlock(%s, %s)", lock)

    @api.model
    def _is_at_work(self, task):
        """Does another worker do ``task``? It is only looked at: a lock that is tried
        could be in the way of who is about to begin."""
        self.env.cr.execute(
            """
            SELECT EXISTS (SELECT FROM pg_locks l
                             JOIN pg_database d ON d.oid = l.database
                            WHERE d.datname = current_database()
                              AND l.locktype = 'advisory' AND l.granted
                              AND l.classid = %s AND l.objid = %s AND l.objsubid = 2
                              AND l.pid <> pg_backend_pid())
            """,
            (TASK_LOCK, task),
        )
        return self.env.cr.fetchone()[0]

    @api.model
    def _get_due(self, limit=None):
        """Messages whose planned moment has come and that somebody looked at, where that
        is asked for; the earliest first."""
        return self.env["collection.contact"].search(
            [
                ("state", "=", "planned"),
                (
                    "channel",
                    "in",
                    self.env["collection.channel"]._get_automatic_codes(),
                ),
                ("planned_at", "<=", fields.Datetime.now()),
                ("reviewed", "=", True),
                ("company_id.collection_started_on", "!=", False),
                ("company_id.collection_paused", "=", False),
            ],
            order="planned_at, id",
            limit=limit,
        )

    @api.model
    def _queue_safely(self, contacts):
        """Lock and queue a batch. A collision with another worker leaves it for the next
        run; a contact that cannot be worked on fails by itself and does not stop the
        others."""
        try:
            self._queue(contacts.try_lock_for_update())
            # what collides must do so here, not at the commit
            self.env.flush_all()
        except psycopg2.extensions.TransactionRollbackError:
            self.env.cr.rollback()
            _logger.info("Collections: another worker took a message, left for later")
        except Exception as error:
            self.env.cr.rollback()
            if len(contacts) > 1:
                for contact in contacts:
                    self._queue_safely(contact)
                    self.env["ir.cron"]._commit_progress()
                return
            _logger.exception("Collections: %s cannot be made ready", contacts)
            contacts._fail_rendering(error)

    @api.model
    def _queue(self, contacts):
        """Write the messages of ``contacts`` (locked): check what is owed and permitted
        now, render in the debtor's language, link. Nothing leaves yet."""
        contacts = contacts.filtered(lambda c: c.state == "planned")
        ready = contacts._check_before_leaving()
        # what is planned instead, by another channel, waits for a moment of its own
        ready &= ready._keep_reachable()
        for code, group in ready.grouped("channel").items():
            self.env["collection.channel"]._get(code)._write_messages(group)

    @api.model
    def _send_queued(self):
        """Send what is queued, channel by channel, each through its last guard.

        :return: how many messages are not queued any more"""
        waiting = self._get_queued()
        for channel in self.env["collection.channel"]._get_models():
            if not channel._is_automatic():
                continue
            try:
                channel._send_queued()
                # what collides must do so here, not at the commit
                self.env.flush_all()
            except psycopg2.extensions.TransactionRollbackError:
                self.env.cr.rollback()
                _logger.info("Collections: another worker sends too, left for later")
        return len(waiting) - len(waiting & self._get_queued())

    @api.model
    def _get_queued(self):
        return self.env["collection.contact"].search([("state", "=", "queued")])

    @api.model
    def _find_interrupted(self):
        """Contacts that were leaving when their process died become *uncertain*. Whose
        process is alive still holds the advisory lock of the contact."""
        leaving = self.env["collection.contact"].search([("state", "=", "sending")])
        interrupted = leaving._lock_sending()
        try:
            for contact in interrupted:
                # a new snapshot: the process may have finished just before the lock
                self.env["collection.guard"]._commit()
                contact.invalidate_recordset()
                contact._note_kept_handovers()
                if contact.state == "sending":
                    contact._note_handover(Handover("uncertain", "INTERRUPTED"))
                self.env["collection.guard"]._commit()
        except psycopg2.Error:
            self.env.cr.rollback()
            raise
        finally:
            interrupted._unlock_sending()

    @api.model
    def _drop_cancelled(self):
        """Messages in the queue that somebody cancelled. Only those are read: thousands
        may wait there."""
        Contact_sudo = self.env["collection.contact"].sudo()
        for channel in self.env["collection.channel"]._get_models():
            queued = Domain("state", "=", "queued") & Domain(
                "channel", "=", channel._code
            )
            Contact_sudo.search(
                queued & channel._get_cancelled_domain()
            )._drop_cancelled()


class CollectionContact(models.Model):
    _inherit = "collection.contact"

    def _check_before_leaving(self):
        """Those of the contacts that may leave now. Items no longer owed are taken out;
        a contact with none left is skipped; one whose moment is not permitted any more
        gets a new moment."""
        now = fields.Datetime.now()
        still_owed = self._drop_what_is_not_owed()
        still_owed -= still_owed._take_back_outdated()
        events = still_owed._get_rule_events()
        allowed = self.browse()
        for contact in still_owed:
            company = contact.company_id
            if company.collection_paused or not company.collection_started_on:
                contact._back_to_plan("SENDING_PAUSED")
                continue
            decision = contact._decide(now, events)
            if decision.allowed:
                contact._keep_version(decision)
                allowed |= contact
            else:
                contact._back_to_plan(decision=decision)
        return allowed

    def _keep_version(self, decision):
        """The log names the rules that let the contact leave, which may be newer than
        those it was planned by."""
        if self.decision_version != decision.version:
            self.write({"decision_version": decision.version})

    def _take_back_outdated(self):
        """Messages written to an address that is not that of the person addressed any
        more, to a person who is not to be addressed any more, or that state what is not
        owed any more, get a new moment, and are written anew.

        :return: these messages"""
        queued = self.filtered(lambda c: c.state == "queued")
        moved = queued.filtered(lambda c: c._has_other_address())
        moved._back_to_plan("ADDRESS_CHANGED")
        queued -= moved
        others = queued._find_with_other_recipient()
        others._back_to_plan("RECIPIENT_CHANGED")
        queued -= others
        moved |= others
        changed = queued.filtered(lambda c: c._is_outdated())
        changed._back_to_plan("AMOUNTS_CHANGED")
        return moved | changed

    def _has_other_address(self):
        channel = self.env["collection.channel"]._get(self.channel)
        address, _reason = channel._get_address(self.recipient_id)
        return address != self.destination

    def _find_with_other_recipient(self):
        """Those of the contacts that would go to another person now: who was addressed was
        archived, left the customer, may not be told any more, or somebody else reads the
        invoices now."""
        if not self:
            return self
        unremarkable = self.debtor_id._find_unremarkable()
        return self.filtered(
            lambda c: c._find_recipient(unremarkable)[0] != c.recipient_id
        )

    def _drop_cancelled(self):
        """Queued messages that somebody cancelled or deleted by hand do not leave; their
        step is left out.

        :return: the others"""
        dropped = self.browse()
        for code, contacts in self.grouped("channel").items():
            channel = self.env["collection.channel"]._get(code)
            dropped |= contacts.sudo().filtered_domain(channel._get_cancelled_domain())
        dropped._set_skipped(
            line_state="missed",
            reasons=[{"code": "MAIL_CANCELLED", "args": {}}],
        )
        return self - dropped

    def _take_slot_of_today(self):
        """A message that leaves later than on its day reserves today's slot instead:
        until it is *leaving*, others still see its reservation."""
        now = fields.Datetime.now()
        for contact in self:
            today = contact.debtor_id._get_today()
            if contact.planned_on != today:
                contact.write({"planned_at": now, "planned_on": today})
