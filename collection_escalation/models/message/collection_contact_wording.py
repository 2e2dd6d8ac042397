"""The last look at a written message: it says nothing forbidden, and states what it
must. Texts that may not leave go to a person."""

import logging

from odoo import api, models
from odoo.tools import format_date, ormcache

from ...rules.wording import TAX_ID, Datum, missing_data
from ..collection_evidence import unlocked

_logger = logging.getLogger(__name__)

#: Channels whose whole text is seen on the locked screen.
NEUTRAL_CHANNELS = ("sms", "whatsapp")


class CollectionContact(models.Model):
    _inherit = "collection.contact"

    def _get_wording_refusal(self, text, subject=""):
        """Why a written message may not leave.

        :param text: plain, as the customer would read it
        :param subject: of an e-mail
        :return: a stored reason (see `collection.reason`), or None"""
        self.ensure_one()
        Wording = self.env["collection.wording"]
        neutral = self.channel in NEUTRAL_CHANNELS
        wanted = self._get_wanted_data()
        names = self._get_names() | {
            datum.value for datum in wanted if datum.kind in ("invoice", "link")
        }
        company = self.company_id
        found = Wording._find(subject, self.lang, True, names, company)
        if not neutral:
            names |= {consequence["name"] for consequence in self.get_consequences()}
        found += Wording._find(text, self.lang, neutral, names, company)
        if found and not self.own_reason:  # else a person said why it stays so
            words = dict.fromkeys(" ".join(f.text.split()) for f in found)
            return {
                "code": "WORDING",
                "args": {"words": ", ".join(f"“{word}”" for word in words)},
            }
        missing = missing_data(text, wanted)
        if missing:
            kinds = list(dict.fromkeys(datum.kind for datum in missing))
            return {"code": "WORDING_LACKS", "args": {"missing": kinds}}
        return None

    def _get_names(self):
        """Whoever the message names is called what they are called, and the creditor,
        who must say where they are, is where they are: in a Sheriff Street."""
        creditor = self.get_creditor()
        people = (
            self.partner_id
            | self.partner_id.commercial_partner_id
            | self.recipient_id
            | creditor
            | self.company_id.partner_id
            | self.user_id.partner_id
        )
        where = (creditor.street, creditor.street2, creditor.city, creditor.email)
        lines = (creditor.contact_address or "").split("\n")
        names = {*people.mapped("name"), *where, *lines} | self._get_pay_code_texts()
        return names - {False, ""}

    def _get_wanted_data(self):
        """What the message must state, as tuple of `Datum`: after the due date the
        creditor and every invoice (S21, CDC 42-A); by SMS and WhatsApp the link to them.
        What the company has not filled in is asked for by *Ready?*, not here."""
        if not self._get_purpose()._must_state_debt(self):
            return ()
        if self.channel in NEUTRAL_CHANNELS:
            return (Datum("link", self.get_url()),)
        creditor = self.get_creditor()
        wanted = [
            Datum("creditor", creditor.name or ""),
            Datum("address", creditor.street or ""),
            Datum("address", creditor.city or ""),
            Datum(TAX_ID, creditor.vat or ""),
        ]
        rows = self.get_statement()
        asked = [row for row in rows if row["part"] in ("step", "also")]
        # those for information have a list of their own
        told = [row for row in rows if row["part"] == "info"]
        for row in self.get_shown(asked) + self.get_shown(told):
            due = self._format_day(row["date_due"], self.lang)
            wanted += [
                Datum("invoice", row["name"] or ""),
                Datum("due", due),
                Datum("amount", row["open_text"]),
            ]
        return tuple(wanted)

    def _states_something_overdue(self):
        """Is it about an invoice that is past its due date?"""
        return any(
            row["overdue"] and row["part"] in ("step", "also")
            for row in self.get_statement()
        )

    @api.model
    @ormcache("day", "lang", cache="stable")
    def _format_day(self, day, lang):
        """Remembered: the same days are due for many, and this takes 40 µs each."""
        return format_date(self.env, day, lang_code=lang)

    def _refuse_forbidden_mails(self, mails_sudo):
        """Look at the mails just written, one for each of the contacts; those that may
        not leave are taken back and their contacts fail.

        :return: the contacts that failed"""
        Wording = self.env["collection.wording"]
        texts = {
            contact.id: (
                Wording._get_plain_text(mail_sudo.body_html or ""),
                mail_sudo.subject or "",
            )
            for contact, mail_sudo in zip(self, mails_sudo, strict=True)
        }
        refused = self._refuse_forbidden_texts(texts)
        for contact, mail_sudo in zip(self, mails_sudo, strict=True):
            if contact in refused:
                unlocked(mail_sudo.mail_message_id).unlink()
        return refused

    def _refuse_forbidden_texts(self, texts):
        """Those of the contacts whose texts may not leave fail.

        :param texts: {contact id: (plain text, subject)} as the customers would read it
        :return: the contacts that failed"""
        by_reason = {}
        for contact in self:
            if reason := contact._get_wording_refusal(*texts[contact.id]):
                by_reason.setdefault(repr(reason), (reason, []))[1].append(contact.id)
        refused = self.browse()
        for reason, ids in by_reason.values():
            refused |= self.browse(ids)
            self.browse(ids)._fail_wording(reason)
        return refused

    def _fail_wording(self, reason):
        """These contacts do not leave as they are written: a person must mend the text,
        whether or not another channel is tried meanwhile."""
        text = self.env["collection.reason"]._explain(reason)
        _logger.info("Collections: contacts %s do not leave: %s", self.ids, text)
        self.write({"error": text})
        self._fall_back(reason["code"], **reason["args"])
        self.filtered(
            lambda c: c.step_id.fallback_channel and not c.fallback_of_id
        )._tell_collectors()
