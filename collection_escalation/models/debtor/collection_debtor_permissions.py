"""What the debtor said and what stops us: refused and authorised channels, hours, written
requests, death, insolvency; and all of it as the contact rules read it.

What a person said or is holds for the creditor, however many branches: it is read from
the debtors of all branches (`_get_here_and_elsewhere_sudo`), as the limits are."""

from contextlib import contextmanager

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL
from odoo.tools.date_utils import float_to_time

from ...rules.contact_rules import Hours
from ..channel.collection_channel import channel_selection
from .collection_hold import BY_PEOPLE

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

    elsewhere_ids = fields.Many2many(
        "collection.debtor",
        compute="_compute_elsewhere_ids",
        compute_sudo=True,
        groups=fields.NO_ACCESS,
        string="The same customer at other branches of the creditor",
    )
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
        with self._follow_stops():
            return super().write(vals)

    @contextmanager
    def _follow_stops(self):
        """Around a change of what is known of these customers: it acts at once on what is
        planned, at all branches, and where contacts stop somebody owes the next action."""
        everywhere = self | self.sudo().elsewhere_ids.with_env(self.env)
        before = {debtor: set(debtor._get_stopping()) for debtor in everywhere}
        yield
        self._on_permissions_changed()
        # superuser: the files of other branches
        others = (everywhere - self).sudo().filtered("case_id")
        for debtor in (*self, *others):
            debtor._ask_after_stop(set(debtor._get_stopping()) - before[debtor])

    @api.model
    def _get_field_label(self, name):
        """The label of a field in the reader's language."""
        return self.fields_get([name], ["string"]).get(name, {}).get("string", name)

    @api.depends("partner_id", "root_company_id")
    def _compute_elsewhere_ids(self):
        """One query for a whole batch, and one for what is read of those found."""
        found = self.search_fetch(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("root_company_id", "in", self.root_company_id.ids),
            ],
            ["partner_id", "root_company_id"],
        ).grouped(lambda d: (d.partner_id.id, d.root_company_id.id))
        for debtor in self:
            key = debtor.partner_id.id, debtor.root_company_id.id
            debtor.elsewhere_ids = found.get(key, self.browse()) - debtor._origin

    @api.model_create_multi
    def create(self, vals_list):
        debtors = super().create(vals_list)
        self.invalidate_model(["elsewhere_ids"], flush=False)
        return debtors

    def _find_unremarkable(self):
        """Ids of those of these debtors of whom nothing is known, at any branch, that
        changes whom, how or when we may contact: no stop, nobody beside them, no channel
        and hours, no pause. One query tells it of a whole batch, mostly of nearly all."""
        self.env.flush_all()
        said = [
            SQL("%s IS NOT NULL", SQL.identifier("o", name))
            if self._fields[name].type == "date"
            else SQL("%s IS TRUE", SQL.identifier("o", name))
            for name in FLAGS
        ]
        said.append(SQL("o.preferred_to <> 0"))
        kinds = self.env.registry.descendants(["collection.debtor.fact"], "_inherit")
        said += [
            SQL(
                "EXISTS (SELECT FROM %s WHERE debtor_id = o.id)",
                SQL.identifier(self.env[kind]._table),
            )
            for kind in sorted(kinds)
            if not self.env[kind]._abstract
        ]
        rows = self.env.execute_query(
            SQL(
                """
                SELECT d.id
                  FROM collection_debtor d
                  JOIN collection_debtor o ON o.partner_id = d.partner_id
                                          AND o.root_company_id = d.root_company_id
                 WHERE d.id IN %s
                 GROUP BY d.id
                HAVING bool_or(
                       %s OR EXISTS (SELECT FROM collection_hold
                                      WHERE debtor_id = o.id AND state = 'active')
                       ) IS NOT TRUE
                """,
                tuple(self.ids) or (0,),
                SQL(" OR ").join(said),
            )
        )
        return frozenset(id_ for (id_,) in rows)

    def _get_here_and_elsewhere_sudo(self):
        """(this debtor, the same customer at other branches), to read what is known of
        them. Superuser: a collector of one branch does not see the others, but obeys what
        was said there. Two recordsets: joined they would be read anew for each debtor."""
        self.ensure_one()
        return self.sudo(), self.sudo().elsewhere_ids

    def _is_known(self, name):
        """Does the fact of this name hold, whichever branch noted it?"""
        here, elsewhere = self._get_here_and_elsewhere_sudo()
        return bool(here[name] or any(elsewhere.mapped(name)))

    def _get_stopping(self):
        """Names of the flags that stop all contacts of the debtor."""
        stopping = [name for name in STOPPING if self._is_known(name)]
        attorneys_sudo = self._get_attorneys_sudo()
        if attorneys_sudo and not attorneys_sudo[0]._has_document():
            stopping.append("attorney_unproved")
        return stopping

    def _ask_after_stop(self, flags):
        """Somebody owes the next action when the ladder stands."""
        self.ensure_one()
        self.env["collection.duty"]._ask(
            "stopped",
            [
                (
                    self,
                    {
                        "key": flag,
                        "reason": {"code": "STOPPED", "args": {"flag": flag}},
                        "user_id": self._get_stop_owner(flag).id,
                    },
                )
                for flag in sorted(flags)
            ],
        )

    def _get_stop_owner(self, flag):
        """Who decides after a stop: the manager; documents are the collector's."""
        of_manager = self.company_id.collection_manager_id
        user = of_manager or self.collector_id or self.env.user
        return self.collector_id or user if flag == "attorney_unproved" else user

    def _on_permissions_changed(self):
        """What is planned, at all branches, is looked at again: withdrawn where nobody may
        contact them (no step is burnt: it is planned again when contacts go on), planned
        anew where another moment or person is right."""
        if not self:
            return
        everywhere_sudo = self.sudo() | self.sudo().elsewhere_ids
        everywhere_sudo.invalidate_recordset(
            ["stop_text", "attorney_id", "attorney_unproved"], flush=False
        )
        for debtor_sudo in everywhere_sudo:
            if stopping := debtor_sudo._get_stopping():
                debtor_sudo.item_ids._withdraw_contacts(
                    "STOPPED", kept_kinds=BY_PEOPLE, flag=stopping[0]
                )
        planned_sudo = (
            self.env["collection.contact"]
            .sudo()
            .search(
                [
                    ("debtor_id", "in", everywhere_sudo.ids),
                    ("state", "in", ("planned", "queued")),
                ]
            )
        )
        planned_sudo.filtered(lambda c: not c.callback_from)._back_to_plan()
        everywhere_sudo.item_ids._wake()
        everywhere_sudo._refresh_call_times()

    def _get_flags(self):
        """{flag of the contact rules: end} of the debtor; none of them ends by itself."""
        self.ensure_one()
        flags = {word: None for name, word in FLAGS.items() if self._is_known(name)}
        if self._get_attorneys_sudo():
            flags["attorney"] = None
        return flags

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
