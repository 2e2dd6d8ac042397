"""Addresses and numbers whose reader told us that they are not the customer. Nothing goes
there any more, whatever company, customer or channel."""

from odoo import api, fields, models, tools
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ...rules.decision import Reason

#: What kind of address a channel uses, by its name in the contact rules. Letters and
#: visits go to a place, and a place is not stopped: others live there.
KINDS = {"email": "email", "sms": "phone", "whatsapp": "phone", "phone": "phone"}


class CollectionStoppedAddress(models.Model):
    """One address, for all companies: the third party who reads there is the same."""

    _name = "collection.stopped.address"
    _description = "Stopped address"
    _order = "id desc"
    _rec_name = "address"

    kind = fields.Selection(
        [("email", "E-mail address"), ("phone", "Number")],
        required=True,
        default="email",
    )
    address = fields.Char(required=True, help="E-mail address, or number as +5521…")
    date = fields.Date(
        string="Stopped on", required=True, default=fields.Date.context_today
    )
    reason = fields.Selection(
        [
            ("not_theirs", "Who reads there is not the customer"),
            ("asked", "They asked for it"),
        ],
        required=True,
        default="not_theirs",
    )
    contact_id = fields.Many2one(
        "collection.contact",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
        groups=fields.NO_ACCESS,
        help="The message they answered.",
    )
    origin = fields.Char(compute="_compute_origin", string="Answer to")
    active = fields.Boolean(default=True, readonly=True)
    lifted_reason = fields.Char(
        string="Why it may be used again",
        help="For instance: the customer wrote from this address on 3 May.",
    )
    lifted_on = fields.Date(string="Lifted on", readonly=True)
    lifted_by_id = fields.Many2one("res.users", string="Lifted by", readonly=True)

    _once = models.UniqueIndex(
        "(kind, address) WHERE active", "This address is stopped already."
    )

    @api.depends("contact_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_origin(self):
        """The message, for whoever may read it: the stop is known to all companies, whose
        customer it was is not."""
        for stop in self:
            contact = stop.sudo().contact_id.with_env(self.env)
            readable = contact._filtered_access("read")
            if readable:
                stop.origin = readable.display_name
            else:
                stop.origin = self.env._("Another company") if contact else False

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            kind = vals.get("kind") or "email"
            vals["address"] = self._normalise(kind, vals.get("address"))
        stops = super().create(vals_list)
        self._forget_known()
        stops._take_effect()
        return stops

    def write(self, vals):
        """By hand only the reason for lifting is written: what was stopped stays known."""
        if not self.env.su and not set(vals) <= {"lifted_reason"}:
            self.check_access("write")
            raise AccessError(
                self.env._(
                    "A stopped address is not changed, only lifted with a reason."
                )
            )
        result = super().write(vals)
        self._forget_known()
        return result

    @api.model
    def _normalise(self, kind, value):
        """The address as it is compared.

        :raise ValidationError: neither an e-mail address nor an international number"""
        if kind == "email":
            address = tools.email_normalize(value or "")
        else:
            address = self.env["res.partner"]._phone_format(
                number=value, force_format="E164"
            )
        if not address:
            raise ValidationError(
                self.env._(
                    "“%s” is neither an e-mail address nor a number with its country "
                    "code, like +55 21 99999-0000.",
                    value or "",
                )
            )
        return address

    # -- what is known -------------------------------------------------------------------

    @api.model
    @tools.ormcache()
    def _get_known(self):
        """{(kind, address)}; one query until somebody stops or lifts one."""
        stops_sudo = self.sudo().search_fetch([], ["kind", "address"])
        return frozenset((stop.kind, stop.address) for stop in stops_sudo)

    def _forget_known(self):
        self.env.flush_all()
        self.env.registry.clear_cache()

    @api.model
    def _get_kind(self, channel):
        """``email``, ``phone``, or None for a channel that goes to a place.

        :param channel: code of a `collection.channel`"""
        return KINDS.get(self.env["collection.channel"]._get(channel)._rule_channel)

    @api.model
    def _get_refusal(self, channel, address):
        """The `Reason` why nothing may go to ``address`` (normalised) by ``channel``, or
        None."""
        if address and (self._get_kind(channel), address) in self._get_known():
            return Reason.of("STOPPED_ADDRESS", value=address)
        return None

    # -- to stop and to lift -------------------------------------------------------------

    @api.model
    def _stop(self, contact):
        """Stop the address that ``contact`` was sent to; nothing for a postal address.

        :return: the stop, new or standing"""
        kind = self._get_kind(contact.channel)
        if not kind or not contact.destination:
            return self
        address = self._normalise(kind, contact.destination)
        standing = self.search([("kind", "=", kind), ("address", "=", address)])
        return standing or self.create(
            {
                "kind": kind,
                "address": address,
                "date": contact.debtor_id._get_today(),
                "contact_id": contact.id,
            }
        )

    def _take_effect(self):
        """What is planned or written for these addresses is withdrawn at once, in all
        companies. The planner then looks for another address or channel."""
        Contact_sudo = self.env["collection.contact"].sudo()
        channels = [
            channel._code for channel in self.env["collection.channel"]._get_models()
        ]
        domain = Domain.OR(
            Domain("destination", "=", stop.address)
            & Domain(
                "channel", "in", [c for c in channels if self._get_kind(c) == stop.kind]
            )
            for stop in self
        )
        waiting = Contact_sudo.search(
            domain & Domain("state", "in", ("planned", "queued"))
        )
        waiting._back_to_plan("STOPPED_ADDRESS")
        for address, contacts in waiting.grouped("destination").items():
            contacts._ask_to_mend_address(
                [{"code": "STOPPED_ADDRESS", "args": {"value": address}}]
            )
        self.env.ref("collection_escalation.ir_cron_plan")._trigger()

    def action_lift(self):
        """A manager found out that the customer does read there."""
        self.check_access("write")
        for stop in self:
            if not (stop.lifted_reason or "").strip():
                raise UserError(
                    self.env._(
                        "%s: write why it may be used again before you lift the stop.",
                        stop.address,
                    )
                )
        stops_sudo = self.sudo()
        stops_sudo.write(
            {
                "active": False,
                "lifted_on": fields.Date.context_today(self),
                "lifted_by_id": self.env.uid,
            }
        )
        debtors_sudo = stops_sudo.contact_id.debtor_id
        debtors_sudo.unreached = False  # the same address may be used again
        debtors_sudo._on_address_changed()
        return True


class CollectionContact(models.Model):
    _inherit = "collection.contact"

    def _check_before_leaving(self):
        """The last look is at the database itself: another process may have stopped the
        address a moment ago."""
        stopped = self._get_stopped_now()
        stopped._back_to_plan("STOPPED_ADDRESS")
        return super(CollectionContact, self - stopped)._check_before_leaving()

    def _get_stopped_now(self):
        """Those of the contacts whose address is stopped, past all caches."""
        Stopped = self.env["collection.stopped.address"]
        addresses = tuple(filter(None, self.mapped("destination")))
        if not addresses:
            return self.browse()
        Stopped.flush_model(["kind", "address", "active"])
        stopped = set(
            self.env.execute_query(
                SQL(
                    """
                    SELECT kind, address FROM collection_stopped_address
                     WHERE active AND address IN %s
                    """,
                    addresses,
                )
            )
        )
        return self.filtered(
            lambda c: (Stopped._get_kind(c.channel), c.destination) in stopped
        )
