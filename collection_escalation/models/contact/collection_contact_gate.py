"""The state of a contact, and the one gate through which it changes."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

STATES = [
    ("planned", "Planned"),
    ("queued", "Ready to leave"),
    ("sending", "Leaving"),
    ("made", "Made"),
    ("skipped", "Not needed"),
    ("missed", "Missed"),
    ("blocked", "Not permitted"),
    ("failed", "Failed"),
    ("uncertain", "Uncertain"),
]
#: The one gate: from each state the states that may follow.
TRANSITIONS = {
    "planned": {"queued", "made", "skipped", "missed", "failed", "blocked"},
    "queued": {"sending", "planned", "skipped", "failed"},
    "sending": {"made", "failed", "uncertain", "planned"},
    "uncertain": {"made", "failed"},
    "made": set(),
    "skipped": set(),
    "missed": set(),
    "blocked": set(),
    "failed": set(),
}
#: What becomes of the lines of a contact that reaches the state.
LINE_STATES = {
    "made": "made",
    "skipped": "cancelled",
    "missed": "missed",
    "blocked": "cancelled",
    "failed": "failed",
    "uncertain": "made",
}
#: What may still be written on a contact that is over: what is known only later, links to
#: the message, and where the contact belongs (merged customers).
LATER = {"delivery_status", "mail_id", "sms_id", "message_id", "case_id", "debtor_id"}


class CollectionContact(models.Model):
    _inherit = "collection.contact"

    state = fields.Selection(STATES, default="planned", required=True, readonly=True)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        if kept := self.filtered(lambda c: c.state not in ("planned", "skipped")):
            raise UserError(
                self.env._(
                    "%(count)s contacts are evidence and cannot be deleted, for instance "
                    "“%(name)s”. Add a remark to the file instead.",
                    count=len(kept),
                    name=kept[0].display_name,
                )
            )

    def write(self, vals):
        """What was made is evidence: only what arrives later (delivery, links to the
        mail) may be added. States change through `_set_state`."""
        if "state" in vals:
            raise UserError(
                self.env._("The state of a contact changes by its buttons.")
            )
        if not set(vals) <= LATER:
            self._refuse_if_over()
        return super().write(vals)

    def _refuse_if_over(self):
        """:raise UserError: one of the contacts was made, or is over otherwise"""
        if self.filtered(
            lambda c: c.state in ("made", "missed", "failed", "blocked", "uncertain")
        ):
            raise UserError(
                self.env._(
                    "A contact that was made cannot be changed, only remarked on."
                )
            )

    def _set_state(self, state, reasons=None, line_state=None, **vals):
        """The one gate of the state machine: checks that the change is legal, carries the
        lines along, and wakes the items whose plan may go on.

        :param reasons: stored reasons (see `collection.reason`), or None to keep them
        :param line_state: for the lines, when not the usual one of `LINE_STATES`
        :raise UserError: a transition that `TRANSITIONS` does not know"""
        for contact in self:
            if state not in TRANSITIONS[contact.state]:
                labels = dict(self._fields["state"]._description_selection(self.env))
                raise UserError(
                    self.env._(
                        "“%(contact)s” is %(old)s and cannot become %(new)s.",
                        contact=contact.display_name,
                        old=labels[contact.state],
                        new=labels[state],
                    )
                )
        vals["state"] = state
        if reasons is not None:
            vals["reasons"] = reasons
        self._write_state(vals)
        if state in LINE_STATES:
            # a message that was uncertain and did not leave told nobody anything
            left = ("planned", "made") if state == "failed" else ("planned",)
            lines = self.line_ids.filtered(lambda line: line.state in left)
            new = line_state or LINE_STATES[state]
            if state in ("made", "uncertain"):
                lines._freeze(new)
            lines.filtered(lambda line: line.state != new).write({"state": new})
            lines.item_id._wake()

    def _start_leaving(self, today, tz, message_id):
        """The gate from *queued* to *sending*, in one statement that does nothing if
        somebody withdrew the message a moment ago, or wrote another one.

        :param today: the customer's date
        :param tz: name of their zone
        :param message_id: of the mail.message that is leaving, if there is one
        :return: whether it leaves"""
        self.ensure_one()
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                UPDATE collection_contact
                   SET state = 'sending', made_at = %s, made_on = %s, tz = %s,
                       handover = NULL
                 WHERE id = %s AND state = 'queued'
                   AND message_id IS NOT DISTINCT FROM %s
                """,
                fields.Datetime.now(),
                today,
                tz,
                self.id,
                message_id,
            )
        )
        self.invalidate_recordset(
            ["state", "made_at", "made_on", "tz", "handover"], flush=False
        )
        return bool(self.env.cr.rowcount)

    def _write_state(self, vals):
        """Past the guard in `write`; only `_set_state` and `_add_facts` call it."""
        return super().write(vals)

    def _after_made(self):
        """What follows from contacts that were just made says their purpose."""
        for code, contacts in self.grouped("purpose").items():
            self.env["collection.purpose"]._get(code)._after_made(contacts)
