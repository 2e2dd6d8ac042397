from odoo import models

from .collection_guard import Handover

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
            "raise_exception": raise_exception,
            "smtp_session": smtp_session,
            "alias_domain_id": alias_domain_id,
            "mail_server": mail_server,
            "post_send_callback": post_send_callback,
        }
        if self.env["ir.mail_server"]._disable_send():
            return super()._send(auto_commit=auto_commit, **kwargs)
        contacts_sudo = (
            self.env["collection.contact"]
            .sudo()
            .search([("mail_id", "in", self.ids)], order="planned_at, id")
        )
        if others := self - contacts_sudo.mail_id:
            super(MailMail, others)._send(auto_commit=auto_commit, **kwargs)

        def hand_over(contact):
            mail = contact.mail_id.with_env(self.env)
            # read for the whole chunk what core would read for one
            for name in CHUNK_FIELDS:
                mail[name]  # noqa: B018
            super(MailMail, mail)._send(auto_commit=False, **kwargs)
            if mail.state == "sent":
                return Handover("made")
            error = mail.failure_reason or mail.state
            return Handover("failed", "SENDING_FAILED", error)

        self.env["collection.guard"]._let_leave(contacts_sudo, hand_over, apart=True)
        return True
