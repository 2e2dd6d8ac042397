"""What a person does with a contact: log a call, look at a message, take it out, say what
became of an uncertain one. Each button asks whether the user may, then acts as superuser,
because nobody may write the log itself."""

from odoo import fields, models
from odoo.exceptions import UserError

#: Outcomes that mean: they were not reached because the address is wrong.
FAILED_OUTCOMES = {"not_connected": "WRONG_NUMBER"}


class CollectionContact(models.Model):
    _inherit = "collection.contact"

    def action_log_no_answer(self):
        return self._log_attempt("no_answer")

    def action_log_conversation(self):
        return self._log_attempt("conversation")

    def action_log_busy(self):
        return self._log_attempt("busy")

    def action_log_voicemail(self):
        return self._log_attempt("voicemail")

    def action_log_wrong_party(self):
        return self._log_attempt("wrong_party")

    def action_log_met(self):
        return self._log_attempt("met")

    def action_log_not_met(self):
        return self._log_attempt("not_met")

    def action_log_sent(self):
        """A message or letter that a person sent by hand."""
        return self._log_attempt("sent")

    def action_begin(self):
        """Open the dialler or the chat, if it is permitted now, or print: printing reaches
        nobody, and whether the letter may leave is asked when it is posted."""
        self.ensure_one()
        self.check_access("read")
        self.debtor_id.check_access("write")
        contact_sudo = self.sudo()
        contact_sudo._check_planned()
        decision = contact_sudo._decide(fields.Datetime.now())
        if not decision.allowed and not self.on_paper:
            return contact_sudo._log_blocked(decision, self.env.user)
        if decision.allowed and not contact_sudo._drop_what_is_not_owed():
            return self._tell_not_now()
        channel = self.env["collection.channel"]._get(self.channel)
        return channel._get_action(contact_sudo)

    def _check_planned(self):
        """:raise UserError: it is made already, or taken out: it cannot be begun"""
        if self.state != "planned":
            states = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(contact)s: it is not planned any more (%(state)s). Contact the "
                    "customer beside the plan instead.",
                    contact=self.display_name,
                    state=states[self.state],
                )
            )

    def _tell_not_now(self):
        """There is nothing to say to the customer now, and why."""
        self.ensure_one()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "sticky": True,
                "title": self.env._("Nothing to ask for now"),
                "message": self.why,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_log_wrong_number(self):
        return self._log_attempt("not_connected")

    def _log_attempt(self, outcome):
        """Record what came of a planned call or visit, made by the user just now.

        A moment that is not permitted is refused, and the refused attempt is logged with
        its rule (design, invariant 2)."""
        self.ensure_one()
        self.check_access("read")
        self.debtor_id.check_access("write")
        contact_sudo = self.sudo()
        automatic = self.env["collection.channel"]._get_automatic_codes()
        if contact_sudo.channel in automatic or contact_sudo.state != "planned":
            raise UserError(
                self.env._("Only planned calls, visits and letters are logged.")
            )
        channel = self.env["collection.channel"]._get(contact_sudo.channel)
        if outcome not in channel._outcomes:
            outcomes = dict(self._fields["outcome"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(contact)s: “%(outcome)s” cannot come of it. Use the buttons that "
                    "are shown.",
                    contact=self.display_name,
                    outcome=outcomes[outcome],
                )
            )
        # a worker that reserves meanwhile must not see the slot free too
        self.env["collection.planner"].sudo()._reserve(contact_sudo.debtor_id)
        now = fields.Datetime.now()
        decision = contact_sudo._decide(now)
        if not decision.allowed:
            return contact_sudo._log_blocked(decision, self.env.user)
        contact_sudo._note_attempt(outcome, now, decision)
        return True

    def _note_attempt(self, outcome, now, decision):
        """What came of it. A number that does not work was no contact: the address is to
        be mended and the step goes to its other channel. A busy line stays planned."""
        debtor = self.debtor_id
        if outcome == "sent":
            self.env["collection.channel"]._get(self.channel)._keep_evidence(self)
        vals = {
            "outcome": outcome,
            "made_at": now,
            "made_on": debtor._get_today(),
            "tz": debtor._get_zone_names()[0],
            "made_by_id": self.env.user.id,
            "decision_version": decision.version,
        }
        if outcome == "busy":
            self._redial(vals)
        elif outcome in FAILED_OUTCOMES:
            self._set_failed(**vals)
            self._fall_back(FAILED_OUTCOMES[outcome])
        else:
            self._set_made(**vals)
        debtor._refresh_call_times()

    def _redial(self, vals):
        """The busy attempt goes into the log; the contact itself stays to be made."""
        lines = self._prepare_attempt_lines(self._get_lines().item_id)
        self._create_over(
            "made", [{**self._prepare_attempt_vals(), **vals, "line_ids": lines}]
        )

    def _prepare_copy_vals(self):
        self.ensure_one()
        return {
            "debtor_id": self.debtor_id.id,
            "company_id": self.company_id.id,
            "case_id": self.case_id.id,
            "step_id": self.step_id.id,
            "stage_id": self.stage_id.id,
            "channel": self.channel,
            "purpose": self.purpose,
            "user_id": self.user_id.id,
            "recipient_id": self.recipient_id.id,
            "recipient_chosen": self.recipient_chosen,
            "destination": self.destination,
            "lang": self.lang,
            "place": self.place,
        }

    def _prepare_attempt_vals(self):
        """For the log entry of an attempt at this contact, which itself stays planned:
        also when the customer asked for it."""
        return {
            **self._prepare_copy_vals(),
            "callback_from": self.callback_from,
            "callback_proved": self.callback_proved,
            "callback_to": self.callback_to,
        }

    def action_remove(self):
        """Take planned contacts out of the outbox: the step is left out this time."""
        self.check_access("read")
        self.debtor_id.check_access("write")
        planned_sudo = self.sudo().filtered(lambda c: c.state in ("planned", "queued"))
        planned_sudo._withdraw_mail()
        planned_sudo._set_skipped(
            line_state="missed",
            reasons=[{"code": "REMOVED", "args": {"user": self.env.user.name}}],
            made_by_id=self.env.user.id,
        )
        return self._notify_done(
            self.env._("%s messages were taken out.", len(planned_sudo))
        )

    def action_review(self):
        """Release reviewed messages: they leave at their planned moment."""
        self.check_access("read")
        self.debtor_id.check_access("write")
        planned_sudo = self.sudo().filtered(lambda c: c.state == "planned")
        planned_sudo.write({"reviewed": True})
        return self._notify_done(
            self.env._(
                "%s messages will leave at their planned moment.", len(planned_sudo)
            )
        )

    def _filter_uncertain(self):
        """What somebody resolved already, or was never uncertain, is none of it: a call
        that is planned becomes made by asking whether it may be."""
        return self.filtered(lambda c: c.state == "uncertain")

    def action_resolve_sent(self):
        """A person found out that an uncertain message did leave."""
        self.check_access("read")
        self.debtor_id.check_access("write")
        uncertain_sudo = self.sudo()._filter_uncertain()
        uncertain_sudo._set_made(made_by_id=self.env.user.id)._after_made()

    def action_resolve_not_sent(self):
        """A person found out that an uncertain message did not leave: it is planned
        again."""
        self.check_access("read")
        self.debtor_id.check_access("write")
        failed_sudo = (
            self.sudo()
            ._filter_uncertain()
            ._set_failed(
                reasons=[{"code": "DID_NOT_LEAVE", "args": {}}],
                made_by_id=self.env.user.id,
            )
        )
        # the lines given up must be known to the database before others take their place
        self.env.flush_all()
        self.env["collection.contact"].sudo().create(
            [
                {
                    **contact._prepare_copy_vals(),
                    "reviewed": True,
                    "line_ids": contact.line_ids.filtered(
                        lambda line: line.item_id and line.state == "failed"
                    )._prepare_copies(),
                }
                for contact in failed_sudo
            ]
        )

    def _notify_done(self, message):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
