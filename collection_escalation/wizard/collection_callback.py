from datetime import datetime, time, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

#: Ways in which a customer asks to be reached at a moment of their own.
CHANNELS = ("phone", "whatsapp", "visit")


class CollectionCallback(models.TransientModel):
    """*They asked to be called*: when, on which channel, and their own words. Hours are
    those of the customer's clock."""

    _name = "collection.callback"
    _description = "Call-back that a customer asked for"
    _inherit = "collection.wizard"

    debtor_id = fields.Many2one("collection.debtor", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="debtor_id.company_id", related_sudo=False)
    channel = fields.Selection(
        lambda self: self._get_channels(), string="How", required=True, default="phone"
    )
    person_ids = fields.Many2many(
        "res.partner", compute="_compute_person_ids", string="People to choose from"
    )
    recipient_id = fields.Many2one(
        "res.partner",
        string="Who asked",
        compute="_compute_recipient_id",
        store=True,
        readonly=False,
        compute_sudo=False,
        help="Only the customer and those authorised by a document may learn of it.",
    )
    day = fields.Date(
        required=True,
        compute="_compute_day",
        store=True,
        readonly=False,
        compute_sudo=False,
        precompute=True,
    )
    hour_from = fields.Float(string="From", required=True, default=9.0)
    hour_to = fields.Float(string="Until", required=True, default=12.0)
    zone_text = fields.Char(related="debtor_id.zone_text", related_sudo=False)
    note = fields.Text(
        string="What they said",
        required=True,
        help="In their words: it proves that they wanted the call.",
    )
    permission = fields.Char(compute="_compute_permission")
    permitted = fields.Boolean(compute="_compute_permission")

    @api.model
    def _get_channels(self):
        known = self.env["collection.channel"]._get_selection()
        return [(code, label) for code, label in known if code in CHANNELS]

    @api.depends("debtor_id")
    def _compute_person_ids(self):
        for wizard in self:
            debtor = wizard.debtor_id
            wizard.person_ids = debtor and debtor._get_choice_of_people()

    @api.depends("debtor_id", "channel")
    def _compute_recipient_id(self):
        for wizard in self:
            if wizard.debtor_id and wizard.channel:
                wizard.recipient_id = wizard._get_proposed()

    def _get_proposed(self):
        return self.debtor_id._get_person_and_address(self.channel)[0]

    @api.depends("debtor_id")
    def _compute_day(self):
        for wizard in self:
            today = wizard.debtor_id and wizard.debtor_id._get_today()
            wizard.day = today and today + timedelta(days=1)

    # -- may it be done then -------------------------------------------------------------

    @api.depends("debtor_id", "channel", "recipient_id", "day", "hour_from", "hour_to")
    def _compute_permission(self):
        for wizard in self:
            try:
                wizard._check_wish()
                wizard.permitted = True
                wizard.permission = self.env._("Permitted then: they asked for it.")
            except UserError as error:
                wizard.permitted, wizard.permission = False, str(error)

    def _get_interval(self):
        """The hours they named, as naive UTC (from, to).

        :raise UserError: no hours of a day"""
        if not (self.debtor_id and self.day):
            raise UserError(
                self.env._("Choose the day on which they want to be called.")
            )
        if not 0 <= self.hour_from < self.hour_to <= 24:
            raise UserError(
                self.env._(
                    "The time ends before it begins, or is longer than a day. Write for "
                    "instance 09:00 to 12:00."
                )
            )
        midnight = datetime.combine(self.day, time.min)
        hours = [
            midnight + timedelta(minutes=round(hours * 60))
            for hours in (self.hour_from, self.hour_to)
        ]
        begin, end = self.debtor_id._get_hours_in_all_zones(*hours)
        if end <= begin:
            raise UserError(
                self.env._(
                    "%(customer)s may be in several time zones, and these hours have "
                    "nothing in common there. Ask what time it is for them and choose "
                    "their own time zone, under “Who, when, how”.",
                    customer=self.debtor_id.display_name,
                )
            )
        return begin, end

    def _check_wish(self):
        """:raise UserError: it is past, they are stopped, or the rules refuse it although
        they asked"""
        debtor = self.debtor_id
        begin, end = self._get_interval()
        now = fields.Datetime.now()
        if end <= now:
            raise UserError(self.env._("That time is over. Choose another one."))
        stops = debtor.stop_text
        # a guarantor is a party of their own: the rules say what stops them too
        if stops and debtor._get_party(self.recipient_id) != "guarantor":
            raise UserError(
                self.env._(
                    "%(customer)s: nobody may contact them (%(stops)s). A manager lets "
                    "the contacts go on first.",
                    customer=debtor.display_name,
                    stops=stops,
                )
            )
        question = (
            self.env["collection.contact"]
            .sudo()
            .new(
                {
                    "debtor_id": debtor.id,
                    "company_id": debtor.company_id.id,
                    "channel": self.channel,
                    "recipient_id": self.recipient_id.id,
                    "purpose": "callback",
                    "callback_from": begin,
                    "callback_to": end,
                }
            )
        )
        decision = question._decide(max(begin, now))
        if not decision.allowed:
            raise UserError(debtor._describe_permission(decision))

    # -- doing it ------------------------------------------------------------------------

    def action_confirm(self):
        """Write the call-back into the work list."""
        self.ensure_one()
        self.debtor_id.check_access("write")
        if not (self.note or "").strip():
            raise UserError(self.env._("Write down what they said."))
        self._check_wish()
        begin, end = self._get_interval()
        recipient = self.recipient_id
        contact_sudo = self.debtor_id.sudo()._plan_callback(
            self.channel,
            begin,
            end,
            note=self.note.strip(),
            recipient=recipient if recipient != self._get_proposed() else None,
        )
        return contact_sudo._tell_callback()


class CollectionContact(models.Model):
    _inherit = "collection.contact"

    def _tell_callback(self):
        """A notification that says when and where the call-back stands."""
        debtor = self.debtor_id
        planned = bool(self.planned_at)
        message = (
            self.env._(
                "It stands in the work list for %(moment)s in %(place)s, with %(person)s "
                "(%(address)s).",
                moment=debtor._format_moment(self.planned_at),
                place=debtor._get_zone_label(),
                person=self.recipient_id.display_name,
                address=self.destination,
            )
            if planned
            else self.why
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if planned else "danger",
                "sticky": not planned,
                "message": message,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
