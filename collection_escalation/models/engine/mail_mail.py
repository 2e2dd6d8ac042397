from odoo import models
from odoo.exceptions import UserError

from .collection_contact_handover import Handover
from .ir_mail_server import LeavingMail

#: One of each group of fields that Odoo reads together.
CHUNK_FIELDS = ("email_from", "subject", "recipient_ids", "attachment_ids", "mail_ids")


class MailMail(models.Model):
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
        """Mails of contacts pass the last guard one by one, the others leave as ever."""
        kwargs = {
            "alias_domain_id": alias_domain_id,
            "mail_server": mail_server,
            "post_send_callback": post_send_callback,
        }
        if self.env["ir.mail_server"]._disable_send():
            return super()._send(
                auto_commit=auto_commit,
                raise_exception=raise_exception,
                smtp_session=smtp_session,
                **kwargs,
            )
        contacts_sudo = (
            self.env["collection.contact"]
            .sudo()
            .search([("mail_id", "in", self.ids)], order="planned_at, id")
        )
        if others := self - contacts_sudo.mail_id:
            super(MailMail, others)._send(
                auto_commit=auto_commit,
                raise_exception=raise_exception,
                smtp_session=smtp_session,
                **kwargs,
            )
        session = _Session(self.env, smtp_session, mail_server)
        leaving = LeavingMail()
        env = leaving.mark(self).env

        def hand_over(contact):
            mail = contact.mail_id.with_env(env)
            # read for the whole chunk what core would read for one
            for name in CHUNK_FIELDS:
                mail[name]
            leaving.begin(contact.destination)
            try:
                super(MailMail, mail)._send(smtp_session=session.get(), **kwargs)
            except (OSError, UserError) as error:
                # core lets the end of a connection through
                leaving.note(error)
                if not leaving.handover:
                    raise
            if leaving.handover:
                return leaving.handover
            if mail.state == "sent":
                return Handover("made")
            error = mail.failure_reason or mail.state
            return Handover("failed", "SENDING_FAILED", error)

        try:
            self.env["collection.guard"]._let_leave(
                contacts_sudo, hand_over, apart=True
            )
        finally:
            session.close()
        return True


class _Session:
    """A connection to the mail server; a new one where the server hung up."""

    def __init__(self, env, smtp_session, mail_server):
        """:param smtp_session: of core, which closes it itself"""
        self._env, self._mail_server = env, mail_server
        self._session = self._core_session = smtp_session

    def get(self):
        """:raise OSError: the server cannot be reached"""
        # smtplib forgets the socket when the connection ends
        if getattr(self._session, "sock", True) is None:
            self._session = self._env["ir.mail_server"]._connect__(
                mail_server_id=self._mail_server and self._mail_server.id,
                smtp_from=getattr(self._session, "smtp_from", None),
            )
        return self._session

    def close(self):
        if self._session is not self._core_session:
            try:
                self._session.quit()
            except OSError:
                self._session.close()
