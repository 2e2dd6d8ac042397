"""What a mail server answers to an e-mail of ours. Core keeps its words only: here the code
is read, and whether the server may have got the message before it hung up. And the last
look at the finished message: it goes to the logged address and to nobody else."""

import smtplib
from contextlib import contextmanager

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools.mail import email_normalize_all, formataddr

from odoo.addons.base.models.ir_mail_server import (
    MailDeliveryException,
    extract_rfc2822_addresses,
)

from ...rules.outside_text import clean_text
from .collection_contact_handover import Handover

_KEY = "collection_leaving_mail"


class LeavingMail:
    """The e-mail on its way, one after the other, and what became of it as far as its way
    tells; then core's own word does not count."""

    def __init__(self, address=""):
        self.begin(address)

    def begin(self, address):
        """The next one. :param address: the only one that it may go to"""
        self.handover = None
        self._address = address
        self._data_began = False

    def mark(self, records):
        """``records``, which carry this through core's methods."""
        return records.with_context(**{_KEY: self})

    def check_recipients(self, envelope, message):
        """:raise UserError: it would reach, or name, somebody else"""
        expected = set(extract_rfc2822_addresses(formataddr(("", self._address))))
        named = {self._address, *expected}
        headers = [message[name] for name in ("To", "Cc", "Bcc") if message[name]]
        shown = {each for header in headers for each in email_normalize_all(header)}
        if set(envelope) == expected and shown <= named:
            return
        others = ", ".join(sorted((set(envelope) | shown) - named)) or "-"
        self.handover = Handover("failed", "OTHER_RECIPIENTS", clean_text(others, 500))
        raise UserError(others)

    @contextmanager
    def watch(self, session):
        """Notice when the server is handed the message, and what it answers."""
        handed = getattr(session, "data", None)

        def data(*args):
            self._data_began = True
            return handed(*args)

        if handed:
            session.data = data
        try:
            yield
        except Exception as error:
            self.note(error)
            raise
        finally:
            if handed:
                session.data = handed

    def note(self, error):
        """:param error: what sending the message, or connecting, ended in"""
        if self.handover:
            return
        if isinstance(error, MailDeliveryException):
            error = error.__context__ or error
        code, said = _read_reply(error)
        said = clean_text(said, 500)
        if code // 100 == 4:
            self.handover = Handover("later", "SERVER_BUSY", f"{code} {said}".strip())
        elif code // 100 == 5:
            text = f"{code} {said}".strip()
            self.handover = Handover("failed", "SENDING_FAILED", text)
        elif isinstance(error, OSError) and self._data_began:
            self.handover = Handover("uncertain", "SERVER_HUNG_UP", said)
        elif isinstance(error, smtplib.SMTPNotSupportedError):
            self.handover = Handover("failed", "SENDING_FAILED", said)
        elif isinstance(error, OSError):  # smtplib's errors are some
            self.handover = Handover("later", "SERVER_BUSY", said)


def _read_reply(error):
    """(code, text) of what a mail server answered; code 0 if it did not."""
    if isinstance(error, smtplib.SMTPRecipientsRefused) and error.recipients:
        return next(iter(error.recipients.values()))
    if isinstance(error, smtplib.SMTPResponseException):
        return max(error.smtp_code, 0), error.smtp_error
    return 0, str(error)


class IrMailServer(models.Model):
    _inherit = "ir.mail_server"

    def _prepare_email_message__(self, message, smtp_session):
        prepared = super()._prepare_email_message__(message, smtp_session)
        if leaving := self._get_leaving_mail():
            _from, envelope, finished = prepared
            leaving.check_recipients(envelope, finished)
        return prepared

    @api.model
    def send_email(self, message, *args, **kwargs):
        leaving = self._get_leaving_mail()
        if not leaving:
            return super().send_email(message, *args, **kwargs)
        with leaving.watch(kwargs.get("smtp_session")):
            return super().send_email(message, *args, **kwargs)

    def _get_leaving_mail(self):
        """The e-mail of ours that is being sent; nobody sends one by RPC."""
        leaving = self.env.context.get(_KEY)
        return leaving if isinstance(leaving, LeavingMail) else None
