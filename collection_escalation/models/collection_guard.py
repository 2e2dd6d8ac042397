"""The last guard (design, section 3): no message of ours leaves, whoever sends it, unless
it is still queued, still owed and still permitted. `mail_mail.py` and `sms_sms.py` put it
before Odoo's own sending; a channel with a provider of its own calls it itself."""

import random
import time
from datetime import date, timedelta
from typing import NamedTuple

import psycopg2

from odoo import api, fields, models, modules

#: Contacts whose facts are read at once, just before they leave.
CHUNK = 20
#: Seconds after which what was checked is checked again: a slow server must not let a
#: message leave after the hours, or after a payment.
FRESH = 5.0
#: How often the outcome of a message is written again when somebody works on its items.
#: Two evaluations that run without a pause made ten tries in a row collide once in a
#: hundred messages: then nobody knew what became of a message that had left.
OUTCOME_TRIES = 60
#: Seconds to wait, at most, before each of them: by chance, so as to fall out of step.
OUTCOME_WAIT = 0.1


class Handover(NamedTuple):
    """What became of a message that was handed to a mail server or a provider."""

    #: The next state of the contact: "made"; "failed", then the step goes to its other
    #: channel; "planned", when surely nothing left and tomorrow may be better;
    #: "uncertain", when nobody knows.
    state: str
    #: Code of the reason (see `collection.reason`), when it was not made.
    code: str = ""
    #: What the server or provider said.
    error: str = ""


class Leaving(NamedTuple):
    """What is written on a contact that leaves, worked out for all of a chunk at once:
    after every commit the records have to be read again, one by one."""

    #: Today's date where the customer lives, and their zone.
    today: date
    tz: str
    #: {line id: values to freeze}: what the customer is being told.
    frozen: dict


class CollectionGuard(models.AbstractModel):
    _name = "collection.guard"
    _description = "Last guard before a message leaves"

    @api.model
    def _let_leave(self, contacts, hand_over):
        """Hand over the messages of those ``contacts`` (as superuser) that may leave now;
        the others are withdrawn.

        :param hand_over: sends the message of one contact: function(contact) → `Handover`
        """
        for start in range(0, len(contacts), CHUNK):
            self._let_chunk_leave(contacts[start : start + CHUNK], hand_over)

    def _let_chunk_leave(self, contacts, hand_over):
        """Lock, re-read, check, and send what may leave."""
        mine = contacts.filtered(lambda contact: contact._lock_sending())
        try:
            # a new snapshot: another process may have sent them just before the lock
            self._commit()
            self.env.invalidate_all()
            queued = mine.filtered(lambda c: c.state == "queued")
            (mine - queued)._withdraw_mail()
            leaving, checked_at = self._check(queued), time.monotonic()
            for contact in queued.browse(leaving):
                if time.monotonic() - checked_at > FRESH:
                    leaving |= self._check(contact)
                # every commit is a new snapshot, in which nothing but this one is read
                contact = contact.with_prefetch()  # noqa: PLW2901
                if contact.state == "queued":  # nobody withdrew it since
                    self._let_one_leave(contact, leaving[contact.id], hand_over)
        except psycopg2.Error:
            # what was committed as leaving stays so, and becomes uncertain
            self.env.cr.rollback()
            raise
        finally:
            for contact in mine:
                contact._unlock_sending()

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

    def _let_one_leave(self, contact, leaving, hand_over):
        """*Leaving* is committed before the handover; what comes of it afterwards."""
        contact._set_state(
            "sending",
            made_at=fields.Datetime.now(),
            made_on=leaving.today,
            tz=leaving.tz,
        )
        self._commit()
        handover = hand_over(contact)
        self._commit()
        for attempt in range(1, OUTCOME_TRIES + 1):
            try:
                contact._note_handover(handover, leaving.frozen)
                self._commit()
                break
            except psycopg2.extensions.TransactionRollbackError:
                # somebody changed the items meanwhile: no reason to call it uncertain
                self.env.cr.rollback()
                if attempt == OUTCOME_TRIES:
                    raise
                time.sleep(random.uniform(0, OUTCOME_WAIT))

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

    def _get_leaving(self):
        """`Leaving`, as of now."""
        self.ensure_one()
        today = self.debtor_id._get_today()
        lines = self.line_ids.filtered(lambda line: line.state == "planned")
        return Leaving(
            today,
            self.debtor_id._get_zone_names()[0],
            {line.id: line._prepare_frozen_vals(today) for line in lines},
        )

    def _note_handover(self, handover, frozen):
        """Carry what became of the message to the contact.

        :param frozen: of `Leaving`"""
        self.ensure_one()
        code, error = handover.code, handover.error
        reasons = [{"code": code, "args": {"error": error}}] if code else None
        if handover.state == "made":
            # a provider may report the delivery while it answers
            status = self.delivery_status or "sent"
            self._get_lines()._freeze(frozen)
            self._set_state("made", outcome="sent", delivery_status=status)
            self._after_made()
        elif handover.state == "failed":
            self._set_state("failed", error=error, reasons=reasons)
            self._fall_back(code, error=error)
        elif handover.state == "uncertain":
            self._get_lines()._freeze(frozen)
            self._set_state("uncertain", error=error, reasons=reasons)
            self._withdraw_mail()
            self._tell_collectors()
        else:
            self._wait_for_provider(error, reasons)

    def _wait_for_provider(self, error, reasons):
        """Nothing left and the customer is not to blame: the contact waits for tomorrow.
        The manager is told once, not for every message of the day."""
        today = self.debtor_id._get_today()
        told = self.search_count(
            [
                ("company_id", "=", self.company_id.id),
                ("channel", "=", self.channel),
                ("state", "=", "planned"),
                ("error", "!=", False),
                ("not_before", ">", today),
            ],
            limit=1,
        )
        self._withdraw_mail()
        self._set_state(
            "planned",
            reasons=reasons,
            error=error,
            planned_at=False,
            planned_on=False,
            made_at=False,
            made_on=False,
            not_before=today + timedelta(days=1),
        )
        manager = self.company_id.collection_manager_id or self.user_id
        if manager and not told:
            self.env["mail.thread"].sudo().message_notify(
                partner_ids=manager.partner_id.ids,
                subject=self.env._("Messages to customers wait for the provider"),
                body=self.env["collection.reason"]
                .with_context(lang=manager.lang)
                ._explain(reasons),
            )
