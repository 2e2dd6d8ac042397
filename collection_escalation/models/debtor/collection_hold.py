from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date


class CollectionHold(models.Model):
    """The only thing that pauses the chase. It has a reason, an owner and an end."""

    _name = "collection.hold"
    _description = "Pause"
    _inherit = ["collection.internal.thread"]
    _order = "date_to, id"
    _check_company_auto = True

    debtor_id = fields.Many2one(
        "collection.debtor", required=True, ondelete="cascade", index=True
    )
    partner_id = fields.Many2one(related="debtor_id.partner_id", string="Customer")
    company_id = fields.Many2one(related="debtor_id.company_id", store=True, index=True)
    item_ids = fields.Many2many(
        "collection.item",
        string="Only these open items",
        domain="[('debtor_id', '=', debtor_id)]",
        help="Empty: everything the customer owes.",
    )
    reason = fields.Selection(
        [
            ("checking", "We are checking something"),
            ("says_paid", "Customer says it is paid"),
            ("complaint", "Customer complains"),
            ("answered", "Customer answered"),
            ("promise", "Customer promised to pay"),
            ("hardship", "Hardship"),
            ("other", "Other"),
        ],
        required=True,
        default="checking",
        tracking=True,
    )
    note = fields.Char(tracking=True)
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        required=True,
        default=lambda self: self.env.user,
        tracking=True,
        help="Who sees to it that the matter is settled.",
    )
    date_from = fields.Date(
        string="From", required=True, default=fields.Date.context_today
    )
    date_to = fields.Date(
        string="Until",
        required=True,
        default=lambda self: fields.Date.add(fields.Date.context_today(self), days=7),
        tracking=True,
        help="Last day of the pause. It ends by itself.",
    )
    state = fields.Selection(
        [("active", "Running"), ("ended", "Ended")],
        default="active",
        required=True,
        readonly=True,
        tracking=True,
    )

    _ends_after_start = models.Constraint(
        "CHECK(date_to >= date_from)", "A pause ends on or after the day it begins."
    )
    _active_idx = models.Index("(debtor_id) WHERE state = 'active'")

    @api.depends("debtor_id", "date_to", "reason")
    def _compute_display_name(self):
        labels = dict(self._fields["reason"]._description_selection(self.env))
        for hold in self:
            hold.display_name = (
                f"{hold.partner_id.name or ''}: {labels.get(hold.reason, '')}"
            )

    @api.constrains("item_ids", "debtor_id")
    def _check_items_belong_to_debtor(self):
        for hold in self:
            if hold.item_ids.debtor_id - hold.debtor_id:
                raise ValidationError(
                    self.env._(
                        "A pause of %s can only cover open items of that customer.",
                        hold.partner_id.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        holds = super().create(vals_list)
        holds._apply()
        return holds

    def write(self, vals):
        result = super().write(vals)
        if {"date_from", "date_to", "state", "item_ids", "debtor_id"} & set(vals):
            self._apply()
        return result

    def unlink(self):
        items = self._get_items()
        result = super().unlink()
        items._wake()
        return result

    def _get_items(self):
        """The open items under the pauses."""
        items = self.env["collection.item"]
        for hold in self:
            items |= hold.item_ids or hold.debtor_id.item_ids
        return items.filtered(lambda i: i.ledger_state == "open")

    def _apply(self):
        """Take back what is planned for the paused items, at once. The steps are not
        burnt: after the pause they are planned again. What stays says
        `collection.purpose._yields_to`: an answer only stops the system. Runs as superuser, because who may
        pause may not write the contact log."""
        self.env.flush_all()
        for hold in self.filtered(lambda h: h.state == "active"):
            hold._get_items().sudo()._withdraw_contacts(
                "HELD", until=hold.date_to.isoformat(), reason=hold.reason
            )
        self._get_items()._wake()

    def action_end(self):
        """End the pause today."""
        self.check_access("write")
        self.sudo().write({"state": "ended"})  # nobody writes the state by hand

    @api.model
    def _end_past(self, today):
        """End the pauses whose last day is before ``today`` (debtor's dates are within a
        day of it). The ladder resumes where it stood."""
        self.search([("state", "=", "active"), ("date_to", "<", today)]).write(
            {"state": "ended"}
        )


class CollectionDebtor(models.Model):
    _inherit = "collection.debtor"

    def _get_withheld_text(self, items=None):
        """What a person must know before they contact the debtor about ``items`` by hand:
        which pauses run, whose they are and until when. An answer only stops the system.
        Empty if none runs."""
        labels = dict(self.hold_ids._fields["reason"]._description_selection(self.env))
        holds = self._get_running_holds(items, self._get_today())
        return "; ".join(
            self.env._(
                "%(reason)s, until %(until)s (%(owner)s)",
                reason=f"{labels[hold.reason]}{hold.note and f': {hold.note}' or ''}",
                until=format_date(self.env, hold.date_to),
                owner=hold.user_id.sudo().name,  # a colleague of any company
            )
            for hold in holds.filtered(lambda h: h.reason != "answered")
        )

    def _get_running_holds(self, items, day):
        """Pauses that run on ``day`` for the debtor, or for one of ``items``."""
        self.ensure_one()
        return self.hold_ids.filtered(
            lambda h: h.state == "active"
            and h.date_from <= day <= h.date_to
            and (not h.item_ids or (items and h.item_ids & items))
        )
