"""The state of a contact, and the one gate through which it changes.

Each state has its verb (`_set_made`, `_set_failed` …), as in core's
`payment.transaction`: contacts that are in it already are skipped, so what follows from the
change follows once; a change that `TRANSITIONS` does not know is refused. The verbs return
the contacts that changed. They all take ``reasons``: stored (see `collection.reason`), or
None to keep what there is; ``line_state``: for the lines, when not the usual one of
`LINE_STATES`; and values to write along."""

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
#: States in which a contact may be born: it was over before anybody wrote it down.
BORN_OVER = ("made", "blocked", "failed")
#: In the context: `_create_over` creates. Only Python can hold it, nobody sends it by RPC.
_KEY, _TOKEN = "collection_contact_over", object()
#: What may still be written on a contact that is over: what is known only later, links to
#: the message, and where the contact belongs (merged customers).
LATER = {"delivery_status", "mail_id", "sms_id", "message_id", "case_id", "debtor_id"}


class CollectionContact(models.Model):
    _inherit = "collection.contact"

    state = fields.Selection(
        STATES, default="planned", required=True, readonly=True, copy=False
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Contacts are born planned; what was over before it was written down comes by
        `_create_over`."""
        contacts = super().create(vals_list)
        if self.env.context.get(_KEY) is not _TOKEN:
            contacts.filtered(lambda c: c.state != "planned")._refuse_state()
        return contacts

    @api.model
    def _create_over(self, state, vals_list):
        """What was over before it was written down: an attempt that was refused, a call
        that came of no plan, what the customer wrote. Their lines keep what was stated.

        :param state: one of `BORN_OVER`
        :return: the contacts"""
        if state not in BORN_OVER:
            raise ValueError(f"no contact is born {state}")
        contacts = (
            self.with_context(**{_KEY: _TOKEN})
            .create([{**vals, "state": state} for vals in vals_list])
            .with_env(self.env)
        )
        contacts.line_ids._freeze()
        return contacts

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
        mail) may be added. States change by their verbs."""
        if "state" in vals:
            self._refuse_state()
        if not set(vals) <= LATER:
            self._refuse_if_over()
        return super().write(vals)

    def _refuse_state(self):
        """:raise UserError: somebody wants to write the state past the gate"""
        if self:
            raise UserError(
                self.env._("The state of a contact changes by its buttons.")
            )

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

    # -- the verbs -----------------------------------------------------------------------

    def _set_planned(self, **vals):
        """It did not leave and waits for another moment."""
        return self._set_state("planned", **vals)

    def _set_queued(self, **vals):
        """It is written and may leave."""
        return self._set_state("queued", **vals)

    def _set_made(self, **vals):
        """It left, or a person did it."""
        return self._set_state("made", **vals)

    def _set_skipped(self, **vals):
        """It is not needed any more."""
        return self._set_state("skipped", **vals)

    def _set_missed(self, **vals):
        """Nobody made it on its day."""
        return self._set_state("missed", **vals)

    def _set_blocked(self, **vals):
        """It is not permitted, now or soon."""
        return self._set_state("blocked", **vals)

    def _set_failed(self, **vals):
        """It reached nobody."""
        return self._set_state("failed", **vals)

    def _set_uncertain(self, **vals):
        """It was leaving, and nobody knows whether it left."""
        return self._set_state("uncertain", **vals)

    def _set_state(self, state, reasons=None, line_state=None, **vals):
        """Behind the verbs, which alone call it: checks that the change is legal, carries
        the lines along, and wakes the items whose plan may go on.

        :return: the contacts that changed; those in the state already are skipped
        :raise UserError: a transition that `TRANSITIONS` does not know"""
        changing = self.filtered(lambda c: c.state != state)
        changing._check_transition(state)
        vals["state"] = state
        if reasons is not None:
            vals["reasons"] = reasons
        changing._write_state(vals)
        if state in LINE_STATES:
            changing._carry_lines(state, line_state or LINE_STATES[state])
        return changing

    def _check_transition(self, state):
        """:raise UserError: one of the contacts cannot get into ``state`` from its own"""
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

    def _carry_lines(self, state, line_state):
        """The lines of these contacts, which have reached ``state``, get ``line_state``."""
        # a message that was uncertain and did not leave told nobody anything
        left = ("planned", "made") if state == "failed" else ("planned",)
        lines = self.line_ids.filtered(lambda line: line.state in left)
        if state in ("made", "uncertain"):
            lines._freeze(line_state)
        lines.filtered(lambda line: line.state != line_state).write(
            {"state": line_state}
        )
        # what was only listed beside was not reached: its plan goes on as it stood
        reached = lines.filtered(lambda line: line.part == "step" or line.step_id)
        reached.item_id._wake()

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
        """Past the guard in `write`; only `_set_state` and `_note_later` call it."""
        return super().write(vals)

    def _after_made(self):
        """What follows from contacts that were just made says their purpose."""
        for code, contacts in self.grouped("purpose").items():
            self.env["collection.purpose"]._get(code)._after_made(contacts)
