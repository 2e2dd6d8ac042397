"""What mail servers report of messages that left."""

from datetime import timedelta

from odoo import api, fields, models

from ...rules.delivery_report import (
    COMPLAINT,
    DELAYED,
    DELIVERED,
    FAILED,
    READ,
    UNCLEAR,
)

#: A report that does not name the message it is about is taken for the newest one to its
#: address, not older than this: servers try for five days (RFC 5321 4.5.4.1).
REPORT_MEMORY = timedelta(days=7)
#: What a good report makes of the delivery status.
GOOD_NEWS = {DELIVERED: "delivered", READ: "opened"}
#: What the log says of the reports that change no status.
REPORT_CODES = {
    FAILED: "REPORT_FAILED",
    DELAYED: "REPORT_DELAYED",
    COMPLAINT: "REPORT_COMPLAINT",
    UNCLEAR: "REPORT_UNCLEAR",
}
NOT_RECEIVED = ("bounced", "returned")


class CollectionContact(models.Model):
    _inherit = "collection.contact"

    @api.model
    def _find_reported(self, report, messages):
        """The contacts a report speaks of.

        :param report: `rules.delivery_report.Report`
        :param messages: the mail.message records whose ids it names"""
        sent = [
            ("channel", "=", "email"),
            ("direction", "=", "out"),
            ("state", "in", ("sending", "made", "uncertain")),
        ]
        if messages:
            found = self.search([*sent, ("message_id", "in", messages.ids)])
            # it may come back before what became of it is carried to the contact
            found._note_kept_handovers()
            return found.filtered(lambda c: c.state != "sending")
        # unknown ids: another program's mail, or ours with its id rewritten on the way.
        # Only of an address that does not exist it does not matter which.
        nameless = not report.message_ids or report.is_bad_address
        if report.kind != FAILED or not nameless or not report.addresses:
            return self.browse()
        found = self.search(
            [
                *sent,
                ("destination", "in", list(report.addresses)),
                ("made_at", ">=", fields.Datetime.now() - REPORT_MEMORY),
                ("delivery_status", "not in", NOT_RECEIVED),
            ],
            order="made_at desc, id desc",
            limit=1,
        )
        found._note_kept_handovers()
        return found.filtered(lambda c: c.state != "sending")

    def _on_report(self, report):
        """Carry a report of a mail server to these contacts. Only a failure says that
        they were not received; what nobody can read goes to a person."""
        if report.kind in GOOD_NEWS:
            self.filtered(lambda c: c.delivery_status in (False, "sent")).write(
                {"delivery_status": GOOD_NEWS[report.kind]}
            )
            return
        self._annotate(REPORT_CODES[report.kind], said=report.said)
        if report.kind == FAILED:
            self._on_bounce()
        elif report.kind in (COMPLAINT, UNCLEAR):
            self._tell_of_report()

    def _tell_of_report(self):
        """A report that needs a person's judgement."""
        for contact in self:
            owner = contact.debtor_id._get_owner()
            env = self.with_context(lang=owner.lang).env
            contact.debtor_id.message_notify(
                partner_ids=owner.partner_id.ids,
                subject=env._(
                    "A mail server reports on a message to %s",
                    contact.partner_id.display_name,
                ),
                body=contact.with_env(env).annotation_ids[:1].remark,
            )

    def _on_bounce(self):
        self._on_not_received("bounced", "BOUNCED")

    def _on_not_received(self, delivery_status, code, **args):
        """Made, but it came back or never arrived: it does not count as received. Where
        the address is to blame the collector mends it, and the step goes to its other
        channel.

        :param code: why, as a reason (see `collection.reason`)"""
        # the second report of the same failure tells nothing new
        contacts = self.filtered(lambda c: c.delivery_status not in NOT_RECEIVED)
        contacts.write({"delivery_status": delivery_status})
        contacts.filtered(lambda c: c.state == "uncertain")._set_failed()
        lines = contacts.line_ids.filtered(lambda line: line.item_id)
        for purpose, alike in contacts.grouped("purpose").items():
            self.env["collection.purpose"]._get(purpose)._after_not_received(alike)
        lines.filtered(lambda x: x.state == "made").write({"state": "failed"})
        lines.item_id._wake()
        instead = contacts._fall_back(code, **args)
        # days may have passed: paid or paused meanwhile
        instead._drop_what_is_not_owed()
