import secrets

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..channel.collection_channel import channel_selection
from ..purpose.collection_purpose import purpose_selection

OUTCOMES = [
    ("sent", "Sent"),
    ("no_answer", "No answer"),
    ("busy", "Busy"),
    ("voicemail", "Voicemail"),
    ("conversation", "Talked with the customer"),
    ("wrong_party", "Somebody else answered"),
    ("not_connected", "Number does not work"),
    ("met", "Met in person"),
    ("not_met", "Nobody there"),
    ("reply", "The customer wrote"),
]


class CollectionContact(models.Model):
    """One attempt to reach the debtor, planned or made, by a person or the system. The
    planned ones are the outbox, the made ones the log, which nobody may change."""

    _name = "collection.contact"
    _inherit = ["collection.internal"]
    _description = "Collection contact"
    _order = "planned_at desc, id desc"
    _rec_names_search = ["partner_id.name"]

    debtor_id = fields.Many2one(
        "collection.debtor",
        required=True,
        ondelete="restrict",
        index=True,
        readonly=True,
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        related="debtor_id.partner_id",
        store=True,
        index=True,
        precompute=True,
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    case_id = fields.Many2one(
        "collection.case", string="File", ondelete="set null", index=True, readonly=True
    )
    purpose = fields.Selection(
        purpose_selection, default="step", required=True, readonly=True
    )
    step_id = fields.Many2one(
        "collection.stage.step", ondelete="set null", readonly=True
    )
    stage_id = fields.Many2one(
        "collection.stage",
        ondelete="set null",
        readonly=True,
        help="The highest stage among the invoices: it sets the tone.",
    )
    level = fields.Selection(related="stage_id.level")
    channel = fields.Selection(channel_selection, required=True, readonly=True)
    direction = fields.Selection(
        [("out", "To the customer"), ("in", "From the customer")],
        default="out",
        required=True,
        readonly=True,
    )
    delivery_status = fields.Selection(
        [
            ("sent", "Handed over"),
            ("delivered", "Delivered"),
            ("opened", "Opened"),
            ("bounced", "Came back"),
            ("returned", "Returned"),
        ],
        readonly=True,
    )
    planned_at = fields.Datetime(readonly=True, help="First permitted moment.")
    planned_on = fields.Date(readonly=True, help="The same day for the customer.")
    not_before = fields.Date(readonly=True, help="Not planned before this day.")
    made_at = fields.Datetime(readonly=True)
    made_on = fields.Date(readonly=True, help="The same day for the customer.")
    tz = fields.Char(string="Customer's zone", readonly=True)
    outcome = fields.Selection(OUTCOMES, readonly=True)
    user_id = fields.Many2one("res.users", string="Collector", readonly=True)
    made_by_id = fields.Many2one("res.users", string="Made by", readonly=True)
    recipient_id = fields.Many2one(
        "res.partner", ondelete="set null", readonly=True, string="Person addressed"
    )
    addressee_id = fields.Many2one(
        "res.partner",
        string="Made out to",
        ondelete="set null",
        readonly=True,
        help="Whom its invoices were made out to, if not who is usually addressed.",
    )
    recipient_chosen = fields.Boolean(
        readonly=True, help="Somebody chose the person; otherwise found by itself."
    )
    place = fields.Selection([("home", "At home"), ("work", "At work")], readonly=True)
    consented = fields.Boolean(
        string="They asked for it",
        compute="_compute_consented",
        search="_search_consented",
        help="The customer asked for this contact: it uses up no limit.",
    )
    callback_from = fields.Datetime(readonly=True, string="Call back from")
    callback_to = fields.Datetime(readonly=True, string="Call back until")
    own_subject = fields.Char(readonly=True, string="Own subject")
    own_text = fields.Html(
        readonly=True, help="Written by a person instead of the template's text."
    )
    own_reason = fields.Char(
        string="Why it stays so",
        readonly=True,
        help="Why the text was kept although a word in it is doubtful.",
    )
    pause_reason = fields.Char(
        readonly=True,
        string="Why during the pause",
        help="Why a person contacted them although the matter was paused.",
    )
    sent_text = fields.Text(
        readonly=True,
        help="What the customer read, of a text message or chat: evidence.",
    )
    destination = fields.Char(
        readonly=True, string="Address", help="Address or number as used."
    )
    lang = fields.Char(readonly=True, string="Language")
    reviewed = fields.Boolean(
        readonly=True, help="Somebody looked at it before it leaves."
    )
    reasons = fields.Json(readonly=True)
    why = fields.Char(compute="_compute_why", string="Why then")
    decision_version = fields.Char(readonly=True)
    error = fields.Char(readonly=True)
    note = fields.Text(readonly=True)
    mail_id = fields.Many2one(
        "mail.mail", ondelete="set null", readonly=True, index="btree_not_null"
    )
    sms_id = fields.Many2one(
        "sms.sms", ondelete="set null", readonly=True, index="btree_not_null"
    )
    message_id = fields.Many2one(
        "mail.message",
        ondelete="restrict",
        readonly=True,
        index="btree_not_null",
        help="What the customer was sent: evidence, so it cannot be deleted.",
    )
    access_token = fields.Char(
        readonly=True,
        default=lambda self: self._make_token(),
        copy=False,
        groups=fields.NO_ACCESS,  # whoever has it reads the invoices without a login
    )
    line_ids = fields.One2many("collection.contact.line", "contact_id", readonly=True)
    fallback_of_id = fields.Many2one(
        "collection.contact", ondelete="set null", readonly=True
    )
    permission = fields.Char(
        compute="_compute_permission", string="May it be made now?"
    )
    permitted_now = fields.Boolean(compute="_compute_permission")
    preview = fields.Html(compute="_compute_preview", sanitize=False)
    preview_subject = fields.Char(compute="_compute_preview", string="Subject")

    _outbox_idx = models.Index("(planned_at) WHERE state = 'planned'")
    _sending_idx = models.Index("(id) WHERE state IN ('queued', 'sending')")
    _history_idx = models.Index("(debtor_id, made_at) WHERE made_at IS NOT NULL")

    @api.model
    def _make_token(self):
        return secrets.token_urlsafe(24)

    @api.depends("partner_id.display_name", "channel")
    def _compute_display_name(self):
        labels = dict(self._fields["channel"]._description_selection(self.env))
        for contact in self:
            contact.display_name = (
                f"{contact.partner_id.display_name}: {labels.get(contact.channel, '')}"
            )

    def _get_short_name(self):
        """Stage and channel, for where the customer is known; empty for no contact."""
        labels = dict(self._fields["channel"]._description_selection(self.env))
        return ", ".join(
            f"{contact.stage_id.name or ''}: {labels[contact.channel]}"
            for contact in self
        )

    def _get_purpose(self):
        """The model of what the contact is for."""
        return self.env["collection.purpose"]._get(self.purpose)

    @api.depends("purpose")
    def _compute_consented(self):
        for contact in self:
            purpose = contact._get_purpose()
            contact.consented = purpose._rule_purpose == "requested"

    @api.model
    def _search_consented(self, operator, value):
        if operator != "in":
            return NotImplemented
        codes = self.env["collection.purpose"]._get_codes("_rule_purpose", "requested")
        if False in value:
            return [] if True in value else [("purpose", "not in", codes)]
        return [("purpose", "in", codes)]

    @api.constrains("purpose", "direction")
    def _check_direction(self):
        for contact in self:
            from_customer = contact._get_purpose()._made_by == "customer"
            if from_customer != (contact.direction == "in"):
                raise ValidationError(
                    self.env._(
                        "%s: only what the customer makes comes from the customer.",
                        contact.display_name,
                    )
                )

    @api.depends("reasons")
    @api.depends_context("lang")
    def _compute_why(self):
        for contact in self:
            contact.why = self.env["collection.reason"]._explain(contact.reasons)

    def _compute_permission(self):
        """For the buttons: may it be made now, and if not, why not and from when on?"""
        now = fields.Datetime.now()
        # superuser: the limits count over branches that the reader may not see
        planned_sudo = self.sudo().filtered(lambda c: c.state == "planned")
        events = planned_sudo._get_rule_events()
        why_not = planned_sudo._find_why_not_now()
        for contact in self:
            contact_sudo = contact.sudo()
            if contact_sudo not in planned_sudo:
                contact.permission = contact.permitted_now = False
                continue
            decision = contact_sudo._decide(now, events)
            contact.permission = contact_sudo.debtor_id._describe_permission(decision)
            contact.permitted_now = decision.allowed
            if decision.allowed and contact_sudo in why_not:
                reasons = why_not[contact_sudo]
                contact.permission = self.env["collection.reason"]._explain(reasons)
                contact.permitted_now = False

    def _compute_preview(self):
        for contact in self:
            values = contact._render_preview()
            contact.preview = values["body_html"]
            contact.preview_subject = values["subject"]
