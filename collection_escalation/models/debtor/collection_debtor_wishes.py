"""What the debtor said of how they are to be contacted: channels they allowed or refused,
hours they agreed to or prefer; and all of it as the contact rules read it."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools.date_utils import float_to_time

from ...rules.contact_rules import Hours
from ..channel.collection_channel import channel_selection
from ..collection_evidence import Paper


class CollectionDebtorChannel(models.Model):
    """What a debtor said about one channel."""

    _name = "collection.debtor.channel"
    _inherit = "collection.debtor.entry"
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

    def _get_details(self):
        name, *more = super()._get_details()
        return [name, self.proof, *more]

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
    _inherit = "collection.debtor.entry"
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
    document = Paper(
        required=True,
        help="The customer's express agreement, in a document of its own.",
    )
    date = fields.Date(string="Agreed on")

    @api.depends("weekday", "hour_from", "hour_to")
    def _compute_display_name(self):
        days = dict(self._fields["weekday"]._description_selection(self.env))
        for hours in self:
            begin, end = map(float_to_time, (hours.hour_from, hours.hour_to))
            hours.display_name = (
                f"{days.get(hours.weekday, '')} {begin:%H:%M}–{end:%H:%M}"
            )

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

    def _get_wishes(self):
        """What the debtor allowed, refused and asked for, as arguments of
        `rules.contact_rules.Context`. Agreed hours, which let us do more, hold only where
        the document lies."""
        self.ensure_one()
        Channel = self.env["collection.channel"]
        said = {"authorised": set(), "refused": set()}
        here, elsewhere = self._get_here_and_elsewhere_sudo()
        for debtors in (here, elsewhere):
            for line in debtors.channel_ids:
                said[line.status].add(Channel._get(line.channel)._rule_channel)
        preferred = None
        if wishing := here.filtered("preferred_to") or elsewhere.filtered(
            "preferred_to"
        ):
            preferred = Hours(
                round(wishing[0].preferred_from * 60),
                round(wishing[0].preferred_to * 60),
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
