"""What the debtor said and what stops us: refused and authorised channels, hours, written
requests, death, insolvency; and all of it as the contact rules read it."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..rules.contact_rules import Hours
from .collection_channel import channel_selection

#: Stop flags of the debtor and what the contact rules call them.
FLAGS = {
    "cease_on": "cease_written",
    "deceased": "deceased",
    "insolvency": "insolvency",
    "over_indebted": "over_indebted",
    "work_prohibited": "work_prohibited",
}
#: Flags that end the ladder until a person decides. An attorney does not: everything
#: goes to them.
STOPPING = ("cease_on", "deceased", "insolvency", "over_indebted")


class CollectionDebtorChannel(models.Model):
    """What a debtor said about one channel."""

    _name = "collection.debtor.channel"
    _inherit = "collection.debtor.fact"
    _description = "Channel a customer allowed or refused"
    _order = "debtor_id, id"

    channel = fields.Selection(channel_selection, required=True)
    status = fields.Selection(
        [("authorised", "Authorised"), ("refused", "Refused")],
        required=True,
        default="refused",
    )
    date = fields.Date(string="Said on")
    proof = fields.Char(help="Where they said it: contract, e-mail, call of a day.")

    _channel_uniq = models.Constraint(
        "UNIQUE(debtor_id, channel)",
        "A channel is either authorised or refused: change the line that is there.",
    )

    @api.depends("channel", "status")
    def _compute_display_name(self):
        channels = dict(self._fields["channel"]._description_selection(self.env))
        statuses = dict(self._fields["status"]._description_selection(self.env))
        for line in self:
            line.display_name = (
                f"{channels.get(line.channel, '')}: {statuses.get(line.status, '')}"
            )

    @api.constrains("status", "proof", "document", "channel")
    def _check_authorisation_is_proved(self):
        for line in self:
            if line.status == "authorised" and not (line.proof or line.document):
                raise ValidationError(
                    self.env._(
                        "%(customer)s: say where the channel was authorised (%(channel)s), "
                        "or attach the document.",
                        customer=line.debtor_id.display_name,
                        channel=line.display_name,
                    )
                )
        self.debtor_id._check_wishes_agree()


class CollectionDebtorHours(models.Model):
    """Hours a debtor agreed to in writing, beyond the usual ones."""

    _name = "collection.debtor.hours"
    _inherit = "collection.debtor.fact"
    _description = "Hours a customer agreed to"
    _order = "debtor_id, weekday, hour_from, id"

    weekday = fields.Selection(
        [
            ("0", "Monday"),
            ("1", "Tuesday"),
            ("2", "Wednesday"),
            ("3", "Thursday"),
            ("4", "Friday"),
            ("5", "Saturday"),
            ("6", "Sunday"),
        ],
        required=True,
        default="5",
    )
    hour_from = fields.Float(string="From", required=True, default=9.0)
    hour_to = fields.Float(string="To", required=True, default=12.0)
    document = fields.Binary(
        required=True,
        help="The customer's express agreement, in a document of its own.",
    )
    date = fields.Date(string="Agreed on")

    @api.constrains("hour_from", "hour_to", "weekday", "debtor_id")
    def _check_hours(self):
        for hours in self:
            hours.debtor_id._check_hours(hours.hour_from, hours.hour_to)
            same_day = hours.debtor_id.hours_ids.filtered(
                lambda h, hours=hours: h.weekday == hours.weekday and h != hours
            )
            if any(
                h.hour_from < hours.hour_to and hours.hour_from < h.hour_to
                for h in same_day
            ):
                raise ValidationError(
                    self.env._(
                        "%s: two agreed hours of the same day overlap. Join them.",
                        hours.debtor_id.display_name,
                    )
                )


class CollectionDebtor(models.Model):
    _inherit = "collection.debtor"

    cease_on = fields.Date(
        string="No contact, in writing",
        tracking=True,
        help="The day on which they asked in writing not to be contacted. Only notices "
        "the law permits may still be sent, by a documented exception.",
    )
    deceased = fields.Boolean(tracking=True)
    over_indebted = fields.Boolean(
        string="Over-indebted",
        tracking=True,
        help="In a collective renegotiation of a consumer's debts.",
    )
    insolvency = fields.Boolean(
        tracking=True, help="Bankrupt or in insolvency proceedings: file the claim."
    )
    work_prohibited = fields.Boolean(
        string="Not at work",
        tracking=True,
        help="They or their employer do not want contacts at the place of work.",
    )
    preferred_channel = fields.Selection(
        channel_selection, string="Preferred channel", tracking=True
    )
    preferred_from = fields.Float(
        string="Wishes contacts from", help="Local time of the customer."
    )
    preferred_to = fields.Float(string="Wishes contacts until")
    channel_ids = fields.One2many(
        "collection.debtor.channel", "debtor_id", string="Channels"
    )
    hours_ids = fields.One2many(
        "collection.debtor.hours", "debtor_id", string="Agreed hours"
    )

    @api.constrains("preferred_from", "preferred_to")
    def _check_preferred_hours(self):
        for debtor in self.filtered(lambda d: d.preferred_from or d.preferred_to):
            debtor._check_hours(debtor.preferred_from, debtor.preferred_to)

    def _check_hours(self, hour_from, hour_to):
        """:raise ValidationError: not two hours of one day in this order"""
        try:
            Hours(round(hour_from * 60), round(hour_to * 60))
        except ValueError as error:
            raise ValidationError(
                self.env._(
                    "%(customer)s: the hours end before they begin, or are no hours of a "
                    "day. Write for instance 09:00 to 12:00. (%(detail)s)",
                    customer=self.display_name,
                    detail=error,
                )
            ) from error

    @api.constrains("preferred_channel", "deceased", "over_indebted", "party")
    def _check_wishes_agree(self):
        """Facts that exclude each other are refused, so that nobody acts on the wrong
        one."""
        for debtor in self:
            refused = debtor.channel_ids.filtered(lambda c: c.status == "refused")
            if debtor.preferred_channel in refused.mapped("channel"):
                raise ValidationError(
                    self.env._(
                        "%s: the preferred channel is one they refused. Change one of "
                        "the two.",
                        debtor.display_name,
                    )
                )
            if debtor.party == "business" and (debtor.deceased or debtor.over_indebted):
                raise ValidationError(
                    self.env._(
                        "%s is treated as a company: it cannot be deceased or "
                        "over-indebted. Use insolvency, or treat it as a consumer.",
                        debtor.display_name,
                    )
                )

    def write(self, vals):
        """What stops or frees the debtor acts at once."""
        watched = {*FLAGS, "preferred_from", "preferred_to", "preferred_channel", "tz"}
        if not watched & set(vals):
            return super().write(vals)
        before = {debtor: debtor._get_stopping() for debtor in self}
        result = super().write(vals)
        self._on_permissions_changed()
        for debtor in self:
            debtor._ask_after_stop(set(debtor._get_stopping()) - set(before[debtor]))
        return result

    @api.model
    def _get_field_label(self, name):
        """The label of a field in the reader's language."""
        return self.fields_get([name], ["string"]).get(name, {}).get("string", name)

    def _get_stopping(self):
        """Names of the flags that stop all contacts of the debtor."""
        return [name for name in STOPPING if self[name]]

    def _ask_after_stop(self, flags):
        """Somebody owes the next action when the ladder stands: a duty on the file, or on
        the debtor without one."""
        self.ensure_one()
        notes = {
            "cease_on": self.env._(
                "Asked in writing not to be contacted: decide whether to go on formally."
            ),
            "deceased": self.env._("Deceased: find out who handles the estate."),
            "insolvency": self.env._("Insolvent: file the claim in time."),
            "over_indebted": self.env._(
                "Over-indebted: join the collective renegotiation."
            ),
        }
        for flag in sorted(flags):
            record = self.case_id or self
            user = (
                self.company_id.collection_manager_id
                or self.collector_id
                or self.env.user
            )
            record.with_context(mail_activity_quick_update=True).activity_schedule(
                "collection_escalation.mail_activity_stopped",
                summary=notes[flag],
                user_id=user.id,
                date_deadline=self._get_today(),
            )

    def _on_permissions_changed(self):
        """What is planned is looked at again: withdrawn where it is not permitted any
        more, planned anew where another moment or person is right."""
        if not self:
            return
        planned_sudo = (
            self.env["collection.contact"]
            .sudo()
            .search(
                [("debtor_id", "in", self.ids), ("state", "in", ("planned", "queued"))]
            )
        )
        planned_sudo.filtered(lambda c: not c.callback_from)._back_to_plan()
        self.sudo().item_ids._wake()
        self.sudo()._refresh_call_times()

    def _get_flags(self):
        """{flag of the contact rules: end} of the debtor; none of them ends by itself."""
        self.ensure_one()
        flags = {word: None for name, word in FLAGS.items() if self[name]}
        if self._get_attorney():
            flags["attorney"] = None
        return flags

    def _get_wishes(self):
        """What the debtor allowed, refused and asked for, as arguments of
        `rules.contact_rules.Context`."""
        self.ensure_one()
        Channel = self.env["collection.channel"]
        said = {"authorised": set(), "refused": set()}
        for line in self.channel_ids:
            said[line.status].add(Channel._get(line.channel)._rule_channel)
        preferred = None
        if self.preferred_to:
            preferred = Hours(
                round(self.preferred_from * 60), round(self.preferred_to * 60)
            )
        return {
            "authorised": frozenset(said["authorised"]) or None,
            "opt_out": frozenset(said["refused"]),
            "agreed": tuple(
                Hours(round(h.hour_from * 60), round(h.hour_to * 60), int(h.weekday))
                for h in self.hours_ids
            ),
            "preferred": preferred,
        }
