"""The log: who contacted whom, when, by which way, what came of it, by which rules, and
what proves it. Contacts that are over are its entries; nobody changes or deletes them."""

from datetime import UTC

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, escape_psql, format_datetime

from ..debtor.collection_debtor_place import city_of

#: Contacts in these states are not over: they stand in the outbox, not in the log.
WAITING = ("planned", "queued", "sending")


class CollectionContact(models.Model):
    _inherit = "collection.contact"

    logged_at = fields.Datetime(
        string="Moment",
        compute="_compute_logged",
        store=True,
        precompute=True,
        index="btree_not_null",
        help="When it was made, or when it was clear that it would not be.",
    )
    whom = fields.Char(
        compute="_compute_logged",
        store=True,
        precompute=True,
        help="Name of the person addressed, as it was then.",
    )
    made_local = fields.Char(
        compute="_compute_moments",
        string="Local moment",
        help="The moment on the customer's clock.",
    )
    made_utc = fields.Char(compute="_compute_moments", string="Moment in UTC")
    next_permitted_at = fields.Datetime(
        readonly=True,
        string="Not before",
        help="Of a refused attempt: the next permitted moment, as it was known then.",
    )
    who = fields.Char(compute="_compute_who", help="Who made it, or tried to.")
    result = fields.Char(
        compute="_compute_result", help="What came of it, as far as is known now."
    )
    rule_codes = fields.Char(
        compute="_compute_rule_codes",
        search="_search_rule_codes",
        string="Rules",
        help="Ids of the rules that decided against an earlier moment, or against it.",
    )
    evidence = fields.Char(
        compute="_compute_evidence",
        help="Id of the message, tracking code, number of the recording.",
    )
    remarks = fields.Text(compute="_compute_remarks", string="Remarks as text")

    # -- moments -------------------------------------------------------------------------

    @api.depends("state")
    def _compute_logged(self):
        """Once and for all when the contact is over: nothing else triggers it."""
        for contact in self:
            over = contact.state not in WAITING
            contact.logged_at = over and (contact.made_at or fields.Datetime.now())
            contact.whom = over and contact.recipient_id.display_name

    @api.depends("logged_at", "tz")
    @api.depends_context("lang")
    def _compute_moments(self):
        for contact in self:
            contact.made_local = contact.made_utc = False
            if not contact.logged_at:
                continue
            zone = contact.tz or contact.debtor_id._guess_zone()
            contact.made_utc = contact._say_moment("UTC")
            contact.made_local = zone and contact._say_moment(zone)

    def _say_moment(self, zone):
        """Mon 9 Nov 2026, 10:02 (São Paulo)"""
        moment = format_datetime(
            self.env, self.logged_at, tz=zone, dt_format="EEE d MMM y, HH:mm"
        )
        return f"{moment} ({city_of(zone, self.env.lang)})"

    # -- who and why ---------------------------------------------------------------------

    @api.depends("made_by_id", "direction", "state", "partner_id", "destination")
    @api.depends_context("lang")
    def _compute_who(self):
        for contact in self:
            if contact.direction == "in":
                contact.who = contact.destination or contact.partner_id.display_name
            else:
                contact.who = contact.made_by_id.name or self.env._("The system")

    @api.depends("outcome", "delivery_status")
    @api.depends_context("lang")
    def _compute_result(self):
        """The delivery says more than that it was sent."""
        outcomes = dict(self._fields["outcome"]._description_selection(self.env))
        deliveries = dict(
            self._fields["delivery_status"]._description_selection(self.env)
        )
        for contact in self:
            contact.result = deliveries.get(contact.delivery_status) or outcomes.get(
                contact.outcome
            )

    @api.depends("reasons")
    def _compute_rule_codes(self):
        for contact in self:
            codes = [reason["code"] for reason in contact.reasons or ()]
            contact.rule_codes = ", ".join(code for code in codes if "." in code)

    def _search_rule_codes(self, operator, value):
        if operator == "ilike":
            wanted = [f"%{escape_psql(value)}%"]
        elif operator == "in" and all(value):
            wanted = [f'%"{escape_psql(code)}"%' for code in value]
        else:
            return NotImplemented

        def to_sql(model, alias, query):
            reasons = model._field_to_sql(alias, "reasons", query)
            return SQL("%s::text ILIKE ANY(%s)", reasons, wanted)

        return Domain.custom(to_sql=to_sql)

    # -- proof ---------------------------------------------------------------------------

    @api.depends(
        "channel",
        "message_id",
        "tracking_code",
        "letter_id",
        "receipt_name",
        "annotation_ids.reference",
    )
    def _compute_evidence(self):
        for contact in self:
            channel = self.env["collection.channel"]._get(contact.channel)
            contact.evidence = ", ".join(
                [
                    *channel._get_evidence(contact),
                    *filter(None, contact.annotation_ids.mapped("reference")),
                ]
            )

    @api.depends("annotation_ids.remark")
    @api.depends_context("lang")
    def _compute_remarks(self):
        for contact in self:
            contact.remarks = "\n".join(
                f"{fields.Datetime.to_string(remark.made_at)} UTC, {remark.user_id.name}: "
                f"{remark.remark or remark.reference or remark.document_name or ''}"
                for remark in contact.annotation_ids.sorted("id")
            )

    # -- attempts ------------------------------------------------------------------------

    def _log_blocked(self, decision, user):
        """Keep the refused attempt at this planned contact and tell the person when it is
        permitted."""
        self.ensure_one()
        vals = {**self._prepare_attempt_vals(), "made_by_id": user.id}
        # without invoices it is about all that is open
        items = self._get_lines().item_id or None
        return self.debtor_id._log_blocked_attempt(vals, decision, items)

    def _prepare_attempt_lines(self, items):
        """The invoices an attempt was about, as they stood then. The attempt reached
        nobody, so no step counts as done."""
        return [
            Command.create(
                {
                    "item_id": item.id,
                    "stage_id": item.stage_id.id,
                    "cycle": item.cycle,
                    "currency_id": item.currency_id.id,
                    "date_due": item.date_due,
                    "state": "failed",
                }
            )
            for item in items
        ]


class CollectionDebtor(models.Model):
    _inherit = "collection.debtor"

    def _guess_zone(self):
        """The debtor's zone, for entries of the log; False if nobody knows it."""
        try:
            return self._get_zone_names()[0]
        except UserError:
            return False

    def _log_blocked_attempt(self, vals, decision, items=None):
        """Somebody wanted to contact the debtor and the rules refuse it: keep the attempt
        with its rules and the next permitted moment (design, invariant 2).

        To be called by whoever asks `_decide` on behalf of a person, in place of the
        contact; the transaction must not be rolled back.

        :param vals: of the contact as it would have been: ``channel``, ``purpose``,
            ``recipient_id``, ``destination`` …
        :param decision: the refusal
        :param items: the open items it was about; None: all
        :return: the action that tells the person"""
        self.ensure_one()
        Contact_sudo = self.env["collection.contact"].sudo()
        if items is None:
            items = self.sudo().item_ids.filtered(lambda i: i.ledger_state == "open")
        later = decision.next_allowed
        Contact_sudo._create_over(
            "blocked",
            [
                {
                    "made_by_id": self.env.user.id,
                    "case_id": self.sudo().case_id.id,
                    "user_id": self.sudo().collector_id.id,
                    **vals,
                    "debtor_id": self.id,
                    "company_id": self.company_id.id,
                    "made_at": fields.Datetime.now(),
                    "tz": self.sudo()._guess_zone(),
                    "reasons": self.env["collection.reason"]._store_all(
                        decision.reasons
                    ),
                    "decision_version": decision.version,
                    "next_permitted_at": later
                    and later.astimezone(UTC).replace(tzinfo=None, microsecond=0),
                    "line_ids": Contact_sudo._prepare_attempt_lines(items),
                }
            ],
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "danger",
                "sticky": True,
                "title": self.env._("Not permitted now"),
                "message": self._describe_permission(decision),
            },
        }
