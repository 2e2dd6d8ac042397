"""What became of a message that was handed over, and what follows from it."""

from datetime import timedelta
from typing import NamedTuple

import psycopg2.extras

from odoo import fields, models
from odoo.tools import SQL

from ...rules.outside_text import clean_text

#: Signs that are kept of what a server or provider says.
LONGEST_ERROR = 2000


class Handover(NamedTuple):
    """What became of a message that was handed to a mail server or a provider."""

    #: The next state of the contact: "made"; "failed", then the step goes to its other
    #: channel; "planned", when surely nothing left and tomorrow may be better;
    #: "later", when the mail server is busy; "uncertain", when nobody knows.
    state: str
    #: Code of the reason (see `collection.reason`), when it was not made.
    code: str = ""
    #: What the server or provider said.
    error: str = ""


class CollectionContact(models.Model):
    _inherit = "collection.contact"

    handover = fields.Json(
        readonly=True,
        copy=False,
        help="What became of the message, until it is carried to the contact.",
    )

    def _keep_handover(self, handover):
        """Keep what became of the message, in one statement: nothing is read for it."""
        self.ensure_one()
        handover = handover._replace(error=clean_text(handover.error, LONGEST_ERROR))
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE collection_contact SET handover = %s WHERE id = %s",
                psycopg2.extras.Json(handover),
                self.id,
            )
        )
        self.invalidate_recordset(["handover"], flush=False)

    def _note_kept_handovers(self):
        """Carry what became of the messages of those contacts that are leaving to them."""
        left = self.filtered(lambda c: c.state == "sending" and c.handover)
        for answer, contacts in left.grouped(lambda c: tuple(c.handover)).items():
            contacts._note_handover(Handover(*answer))

    def _note_handover(self, handover):
        """Carry to these contacts what became of their messages, the same for all."""
        code, error = handover.code, handover.error
        reasons = [{"code": code, "args": {"error": error}}] if code else None
        if handover.state == "made":
            # a provider may report the delivery while it answers
            for status, contacts in self.grouped("delivery_status").items():
                contacts._set_made(outcome="sent", delivery_status=status or "sent")
            self._after_made()
            for code, contacts in self.grouped("channel").items():
                self.env["collection.channel"]._get(code)._settle(contacts)
        elif handover.state == "failed":
            self._set_failed(error=error, reasons=reasons)
            self._fall_back(code, error=error)
        elif handover.state == "uncertain":
            self._set_uncertain(error=error, reasons=reasons)
            self._withdraw_mail()
            self._tell_collectors()
        elif handover.state == "later":
            for contact in self:
                contact._leave_later(reasons, error)
        elif code == "MESSAGE_CHANGED":
            for contact in self:
                contact._write_anew(reasons)
        else:
            for contact in self:
                contact._wait_for_provider(error, reasons)

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
        self._take_back(
            reasons,
            error=error,
            planned_at=False,
            planned_on=False,
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
