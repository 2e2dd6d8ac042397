import time

import psycopg2

from odoo import fields, models, modules

#: Contacts whose facts are read at once, just before they leave.
CHUNK = 20
#: How often the outcome of a message is written again when somebody works on its items.
OUTCOME_TRIES = 10
#: Seconds to wait after the first of them; then longer and longer.
OUTCOME_WAIT = 0.02


class MailMail(models.Model):
    """The last guard: no collection message leaves, whoever sends it, unless it is still
    queued, still owed and still permitted."""

    _inherit = "mail.mail"

    def _send(
        self,
        auto_commit=False,
        raise_exception=False,
        smtp_session=None,
        alias_domain_id=False,
        mail_server=False,
        post_send_callback=None,
    ):
        """Mails of contacts go through the guard one by one, the others as ever."""
        kwargs = {
            "raise_exception": raise_exception,
            "smtp_session": smtp_session,
            "alias_domain_id": alias_domain_id,
            "mail_server": mail_server,
            "post_send_callback": post_send_callback,
        }
        if self.env["ir.mail_server"]._disable_send():
            return super()._send(auto_commit=auto_commit, **kwargs)
        by_mail = self._get_collection_contacts()
        ours = self.filtered(lambda mail: mail.id in by_mail)
        if others := self - ours:
            super(MailMail, others)._send(auto_commit=auto_commit, **kwargs)
        for start in range(0, len(ours), CHUNK):
            chunk = ours[start : start + CHUNK]
            chunk._guard_chunk(by_mail, kwargs)
        return True

    def _get_collection_contacts(self):
        contacts = (
            self.env["collection.contact"].sudo().search([("mail_id", "in", self.ids)])
        )
        return {contact.mail_id.id: contact for contact in contacts}

    def _collection_in_test(self):
        return bool(modules.module.current_test)

    def _collection_commit(self):
        """Make it last before SMTP: what is on its way must be known after a crash."""
        if not self._collection_in_test():
            # outside a scheduled action's bookkeeping this only commits
            self.env["ir.cron"].with_context(
                ir_cron_progress_id=False
            )._commit_progress()

    def _guard_chunk(self, by_mail, kwargs):
        """Lock, re-read, check, and send what may leave."""
        Contact_sudo = self.env["collection.contact"].sudo()
        contacts = Contact_sudo.browse(by_mail[mail.id].id for mail in self)
        mine = contacts.filtered(lambda contact: contact._lock_sending())
        try:
            # a new snapshot: another process may have sent them just before the lock
            self._collection_commit()
            mine.invalidate_recordset()
            self.invalidate_recordset(["state"])
            queued = mine.filtered(lambda c: c.state == "queued")
            (mine - queued)._withdraw_mail()
            # a person who calls meanwhile must not see the slot free too
            self.env["collection.planner"].sudo()._reserve(queued.debtor_id)
            allowed = queued._check_before_leaving()
            allowed._take_slot_of_today()
            self._collection_commit()
            for contact in allowed:
                self._send_guarded(contact, kwargs)
        except psycopg2.Error:
            # what was committed as leaving stays so, and becomes uncertain
            self.env.cr.rollback()
            raise
        finally:
            for contact in mine:
                contact._unlock_sending()

    def _send_unguarded(self, **kwargs):
        return super()._send(auto_commit=False, **kwargs)

    def _send_guarded(self, contact, kwargs):
        """*Leaving* is committed before SMTP; what comes of it afterwards."""
        mail = contact.mail_id
        now = fields.Datetime.now()
        contact._set_state(
            "sending",
            made_at=now,
            made_on=contact.debtor_id._get_today(),
            tz=contact.debtor_id._get_zone_names()[0],
        )
        self._collection_commit()
        mail.with_env(self.env)._send_unguarded(**kwargs)
        self._collection_commit()
        for attempt in range(1, OUTCOME_TRIES + 1):
            try:
                self._note_outcome(contact)
                self._collection_commit()
                break
            except psycopg2.extensions.TransactionRollbackError:
                # somebody changed the items meanwhile: no reason to call it uncertain
                self.env.cr.rollback()
                if attempt == OUTCOME_TRIES:
                    raise
                time.sleep(OUTCOME_WAIT * attempt)

    def _note_outcome(self, contact):
        """Carry what became of the mail to its contact."""
        mail = contact.mail_id
        if mail.state == "sent":
            contact._set_state("made", outcome="sent", delivery_status="sent")
            contact._after_made()
        else:
            reason = mail.failure_reason or mail.state
            contact._set_state(
                "failed",
                error=reason,
                reasons=[{"code": "SENDING_FAILED", "args": {"error": reason}}],
            )
            contact._fall_back("SENDING_FAILED", error=reason)
