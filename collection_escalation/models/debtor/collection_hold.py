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
        items_sudo = self.env["collection.item"].sudo()
        for hold in self:
            items_sudo |= hold.item_ids.sudo() or hold._get_debtors_sudo().item_ids
        return items_sudo.filtered(lambda i: i.ledger_state == "open")

    def _get_debtors_sudo(self):
        """Whose items it covers: the creditor is the root company, so a pause of the whole
        customer holds at all branches."""
        self.ensure_one()
        here, elsewhere = self.debtor_id._get_here_and_elsewhere_sudo()
        return here | elsewhere

    def _apply(self):
        """Take back what is planned for the paused items, at once. The steps are not
        burnt: after the pause they are planned again. What stays says
        `collection.purpose._yields_to`: an answer only stops the system. Runs as superuser, because who may
        pause may not write the contact log."""
        self.env.flush_all()
        for hold in self.filtered(lambda h: h.state == "active"):
            said = {"until": hold.date_to.isoformat(), "reason": hold.reason}
            items_sudo = hold._get_items()
            here = items_sudo.filtered(lambda i, h=hold: i.debtor_id == h.debtor_id)
            here._withdraw_contacts("HELD", **said)
            if elsewhere := items_sudo - here:
                said["company"] = hold.sudo().company_id.name
                elsewhere._withdraw_contacts("HELD_ELSEWHERE", **said)
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
        said = []
        for hold in holds.filtered(lambda h: h.reason != "answered"):
            until = format_date(self.env, hold.date_to)
            if hold.debtor_id != self:
                # what it is about stands there
                said.append(
                    self.env._(
                        "paused at %(company)s until %(until)s",
                        company=hold.company_id.name,
                        until=until,
                    )
                )
                continue
            said.append(
                self.env._(
                    "%(reason)s, until %(until)s (%(owner)s)",
                    reason=f"{labels[hold.reason]}{hold.note and f': {hold.note}' or ''}",
                    until=until,
                    owner=hold.user_id.sudo().name,  # a colleague of any company
                )
            )
        return "; ".join(said)

    def _get_running_holds(self, items, day):
        """Pauses that run on ``day`` for the debtor, or for one of ``items``: here, and of
        the whole customer at other branches; as superuser."""
        self.ensure_one()
        here, elsewhere = self._get_here_and_elsewhere_sudo()
        holds_sudo = here.hold_ids | elsewhere.hold_ids.filtered(
            lambda h: not h.item_ids
        )
        return holds_sudo.filtered(
            lambda h: (
                h.state == "active"
                and h.date_from <= day <= h.date_to
                and (not h.item_ids or (items and h.item_ids & items.sudo()))
            )
        )
