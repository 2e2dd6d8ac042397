"""From records to `rules.contact_rules` and back."""

from collections import defaultdict
from datetime import UTC, datetime, time, timedelta

from odoo import fields, models
from odoo.exceptions import UserError

from ..rules.contact_rules import Event, decide
from ..rules.decision import Decision, Reason

#: How far back a contact still matters for a limit.
MEMORY = timedelta(days=40)
DELIVERED_OUTCOMES = {"email": "sent", "letter": "sent", "phone": "no_answer"}


class CollectionContact(models.Model):
    _inherit = "collection.contact"

    def _get_rule_events(self):
        """What counts for the limits of the debtors of these contacts, over all
        branches of the creditor.

        :return: ({(partner id, root company id): [Event]}, the same for reservations as
            [(contact id, Event)]); two queries, whatever the number of contacts"""
        debtors = self.debtor_id
        keys = {(d.partner_id.id, d.root_company_id.id) for d in debtors}
        scope = [
            ("partner_id", "in", debtors.partner_id.ids),
            ("debtor_id.root_company_id", "in", debtors.root_company_id.ids),
        ]
        since = fields.Datetime.now() - MEMORY
        history, reservations = defaultdict(list), defaultdict(list)
        made = self.search_fetch(
            [
                *scope,
                ("state", "in", ("made", "uncertain", "sending", "queued", "failed")),
                "|",
                ("made_at", ">=", since),
                "&",
                ("made_at", "=", False),
                ("state", "in", ("sending", "queued", "uncertain")),
            ],
            [
                "partner_id",
                "debtor_id",
                "channel",
                "outcome",
                "state",
                "made_at",
                "planned_at",
                "direction",
                "delivery_status",
            ],
        )
        for contact in made:
            key = contact.partner_id.id, contact.debtor_id.root_company_id.id
            if key in keys and contact.state == "queued":
                reservations[key].append((contact.id, contact._get_event()))
            elif key in keys:
                history[key].append(contact._get_event())
        planned = self.search_fetch(
            [*scope, ("state", "=", "planned"), ("planned_at", "!=", False)],
            ["partner_id", "debtor_id", "channel", "planned_at", "direction"],
        )
        for contact in planned:
            key = contact.partner_id.id, contact.debtor_id.root_company_id.id
            if key in keys:
                reservations[key].append((contact.id, contact._get_event()))
        return history, reservations

    def _get_event(self):
        """The contact as `rules.contact_rules.Event`."""
        moment = self.made_at or self.planned_at or fields.Datetime.now()
        outcome = {"reply": "conversation"}.get(self.outcome, self.outcome)
        if self.state in ("planned", "queued"):
            outcome = "planned"
        elif self.state == "failed":
            outcome = "failed"
        elif self.delivery_status == "bounced":
            outcome = "bounced"
        elif not outcome:
            outcome = DELIVERED_OUTCOMES.get(self.channel, "sent")
        return Event(moment.replace(tzinfo=UTC), self.channel, outcome, self.direction)

    def _get_rulesets(self, day):
        """The sets in force for the debtor on ``day`` (see the debtor's)."""
        return self.debtor_id._get_rulesets(day)

    def _decide(self, now, events=None):
        """May this contact be made at ``now`` (naive UTC)? The answer's
        ``next_allowed`` is an aware datetime.

        What cannot be decided is not permitted and says why.

        :param events: result of `_get_rule_events` of a batch, to spare queries"""
        self.ensure_one()
        history, reservations = events or self._get_rule_events()
        key = self.partner_id.id, self.debtor_id.root_company_id.id
        try:
            zones = self.debtor_id._get_zone_names()
            rulesets = self._get_rulesets(self.debtor_id._get_today())
            return decide(
                rulesets,
                at=now.replace(tzinfo=UTC),
                channel=self.channel,
                zones=zones,
                history=history.get(key, ()),
                reservations=[
                    event for id_, event in reservations.get(key, ()) if id_ != self.id
                ],
            )
        except (ValueError, UserError) as error:
            return Decision.no(Reason.of("UNDECIDABLE", error=str(error)))

    def _plan_from(self, now, events):
        """Reserve the first permitted moment from ``now`` (naive UTC) on.

        :return: the Decision; ``planned_at`` is set when there is such a moment"""
        start = now
        if self.not_before:
            opening = self.debtor_id._get_utc(self.not_before, time.min)
            start = max(start, opening)
        decision = self._decide(start, events)
        moment = (
            start.replace(tzinfo=UTC) if decision.allowed else decision.next_allowed
        )
        if moment is None:
            return decision
        planned_at = moment.astimezone(UTC).replace(tzinfo=None, microsecond=0)
        self.write(
            {
                "planned_at": planned_at,
                "planned_on": self.debtor_id._get_local(planned_at).date(),
                "tz": self.debtor_id._get_zone_names()[0],
                "decision_version": decision.version,
                "reasons": [
                    self.env["collection.reason"]._store(r) for r in decision.reasons
                ]
                or [{"code": "PLANNED", "args": {}}],
            }
        )
        key = self.partner_id.id, self.debtor_id.root_company_id.id
        events[1][key].append((self.id, self._get_event()))
        return decision

    def _get_end_of_day(self):
        """End of the planned day for the debtor, naive UTC."""
        day = self.planned_on + timedelta(days=1)
        return self.debtor_id._get_utc(day, time.min)

    def _is_past_its_day(self, now: datetime):
        return bool(self.planned_on) and now >= self._get_end_of_day()
