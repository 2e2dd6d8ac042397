"""The last guard (design, section 3): no message of ours leaves, whoever sends it, unless
it is still queued, still owed and still permitted. `mail_mail.py` and `sms_sms.py` put it
before Odoo's own sending; a channel with a provider of its own calls it itself."""

import logging
import random
import time
from contextlib import contextmanager
from datetime import date
from typing import NamedTuple

import psycopg2

from odoo import api, models, modules

from ..collection_internal_thread import QUEUED
from .collection_contact_handover import Handover

_logger = logging.getLogger(__name__)

#: Contacts whose facts are read at once, just before they leave.
CHUNK = 50
#: Seconds after which what was checked is checked again: a slow server must not let a
#: message leave after the hours, or after a payment.
FRESH = 5.0
#: How often a collision with somebody who works on the same records is tried again, and
#: how long to wait before.
TRIES = 10
WAIT = 0.05
#: How long to wait for others who work on a contact that is leaving.
LOCK_TIMEOUT = "20s"
#: First key of the advisory locks that say "a living process is sending this contact".
SENDING_LOCK = 0x636F6C6C


class Leaving(NamedTuple):
    """What is written on a contact that leaves, worked out for all of a chunk at once:
    after every commit the records have to be read again, one by one."""

    #: Today's date where the customer lives, and their zone.
    today: date
    tz: str
    #: Id of the mail.message that was checked, if there is one.
    message_id: int | None


class CollectionGuard(models.AbstractModel):
    _name = "collection.guard"
    _description = "Last guard before a message leaves"

    @api.model
    def _let_leave(self, contacts, hand_over, apart=False):
        """Hand over the messages of those ``contacts`` (as superuser) that may leave now;
        the others are withdrawn.

        :param hand_over: sends the message of one contact: function(contact) → `Handover`
        :param apart: it writes nothing on contacts. So the journal of what leaves can be
            kept on a connection of its own, and what was read for a chunk stays in memory
        """
        contacts = contacts.with_context(**QUEUED)
        while contacts:
            chunk = contacts[:CHUNK]
            contacts -= self._let_chunk_leave(chunk, hand_over, apart)

    def _let_chunk_leave(self, contacts, hand_over, apart):
        """Lock, re-read, check, and send what may leave. What is not sent while the check
        is fresh is left for the next chunk.

        :return: the contacts that are done with, at least one"""
        mine = contacts._lock_sending()
        try:
            # a new snapshot: another process may have sent them just before the lock
            self._commit()
            self.env.invalidate_all()
            queued = mine.filtered(lambda c: c.state == "queued")
            (mine - queued)._withdraw_mail()
            leaving = self._check(queued)
            allowed = queued.browse(leaving)
            unsent = allowed - self._send_chunk(allowed, leaving, hand_over, apart)
        except psycopg2.Error:
            # what was committed as leaving stays so: `_find_interrupted` looks at it
            self.env.cr.rollback()
            raise
        finally:
            mine._unlock_sending()
        return contacts - unsent

    def _check(self, contacts):
        """Those of the queued ``contacts`` that may leave now; each holds its slot of
        today. The others are not queued any more.

        :return: {contact id: Leaving}"""
        contacts = contacts.filtered(lambda c: c.state == "queued")._drop_cancelled()
        # a person who calls meanwhile must not see the slot free too
        self.env["collection.planner"].sudo()._reserve(contacts.debtor_id)
        allowed = contacts._check_before_leaving()
        allowed._take_slot_of_today()
        leaving = {contact.id: contact._get_leaving() for contact in allowed}
        self._commit()
        return leaving

    def _send_chunk(self, contacts, leaving, hand_over, apart):
        """Send one after the other, as long as what was checked is fresh. That one is
        *leaving* is committed before its handover, what became of it after; what follows
        from that is written for all at once.

        :param leaving: {contact id: Leaving}
        :return: the contacts that were dealt with"""
        checked_at = time.monotonic()
        done, last = contacts.browse(), None
        with self._open_journal(apart) as journal:
            for contact in contacts:
                if done and time.monotonic() - checked_at > FRESH:
                    break
                done += contact
                if not apart:
                    # after each commit nothing but this one is read
                    contact = contact.with_prefetch()
                if journal._write_journal(contact, leaving[contact.id], last):
                    last = contact, self._hand_over(contact, hand_over)
                else:
                    last = None
            journal._write_journal(None, None, last)
        self._note_kept_handovers(done)
        return done

    def _hand_over(self, contact, hand_over):
        """What was looked at when it was written leaves, and nothing else."""
        if not contact._is_sealed():
            return Handover("planned", "MESSAGE_CHANGED")
        return hand_over(contact)

    @contextmanager
    def _open_journal(self, apart):
        """This model, with a connection of its own if ``apart``."""
        if not apart or self._in_test():
            yield self
            return
        with self.env.registry.cursor() as cr:
            yield self.with_env(self.env(cr=cr))

    def _write_journal(self, contact, leaving, last):
        """Commit what became of the message before, and that the next one is leaving.

        :param last: (contact, Handover) of the message before, or None
        :return: whether ``contact`` leaves: nobody withdrew it since it was checked"""

        def write():
            # better an error than to wait for ourselves, should a module write on contacts
            self.env.cr.execute("SET LOCAL lock_timeout = %s", (LOCK_TIMEOUT,))
            if last:
                last[0].with_env(self.env)._keep_handover(last[1])
            return bool(contact) and contact.with_env(self.env)._start_leaving(*leaving)

        return self._try_again(write)

    def _note_kept_handovers(self, contacts):
        """Carry what became of the messages to their contacts. If somebody works on the
        same invoices all the time, the next run does it."""
        try:
            # what the queue says of the messages; if that collides it is mended below
            self._commit()
        except psycopg2.extensions.TransactionRollbackError:
            self.env.cr.rollback()
        try:
            self._try_again(contacts._note_kept_handovers)
        except psycopg2.extensions.TransactionRollbackError:
            _logger.info("Collections: what became of %s is noted later", contacts)
        except (psycopg2.OperationalError, psycopg2.InterfaceError):
            raise  # there is no database to work on
        except Exception:  # what follows from one message stops no other
            if self._in_test():
                raise
            self.env.cr.rollback()
            _logger.exception("Collections: what became of %s is not noted", contacts)

    def _try_again(self, work):
        """Do ``work`` and commit; when it collides with somebody else, again."""
        for attempt in range(1, TRIES + 1):
            try:
                result = work()
                self._commit()
                return result
            except psycopg2.extensions.TransactionRollbackError:
                self.env.cr.rollback()
                if attempt == TRIES:
                    raise
                # by chance, so as to fall out of step
                time.sleep(random.uniform(0, WAIT))
        return None

    # -- transactions --------------------------------------------------------------------

    def _in_test(self):
        """Tests that roll back everything must not commit."""
        return bool(modules.module.current_test)

    def _commit(self):
        """Make it last before the handover: what is on its way must be known after a
        crash."""
        if not self._in_test():
            # outside a scheduled action's bookkeeping this only commits
            self.env["ir.cron"].with_context(
                ir_cron_progress_id=False
            )._commit_progress()


class CollectionContact(models.Model):
    _inherit = "collection.contact"

    def _lock_sending(self):
        """Say that this process is sending the contacts. The lock belongs to the
        connection: it survives commits and dies with the process.

        :return: those of the contacts that no other process is sending"""
        self.env.cr.execute(
            "SELECT id FROM unnest(%s::int[]) AS id WHERE pg_try_advisory_lock(%s, id)",
            (self.ids, SENDING_LOCK),
        )
        mine = {id_ for (id_,) in self.env.cr.fetchall()}
        return self.filtered(lambda contact: contact.id in mine)

    def _unlock_sending(self):
        self.env.cr.execute(
            "SELECT pg_advisory_unlock(%s, id) FROM unnest(%s::int[]) AS id",
            (SENDING_LOCK, self.ids),
        )

    def _get_leaving(self):
        """`Leaving`, as of now."""
        self.ensure_one()
        debtor = self.debtor_id
        return Leaving(
            debtor._get_today(),
            debtor._get_zone_names()[0],
            self.message_id.id or None,
        )
