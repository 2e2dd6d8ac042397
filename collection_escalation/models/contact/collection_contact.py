import secrets

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..channel.collection_channel import channel_selection

STATES = [
    ("planned", "Planned"),
    ("queued", "Ready to leave"),
    ("sending", "Leaving"),
    ("made", "Made"),
    ("skipped", "Not needed"),
    ("missed", "Missed"),
    ("blocked", "Not permitted"),
    ("failed", "Failed"),
    ("uncertain", "Uncertain"),
]
#: The one gate: from each state the states that may follow.
TRANSITIONS = {
    "planned": {"queued", "made", "skipped", "missed", "failed", "blocked"},
    "queued": {"sending", "planned", "skipped", "failed"},
    "sending": {"made", "failed", "uncertain", "planned"},
    "uncertain": {"made", "failed"},
    "made": set(),
    "skipped": set(),
    "missed": set(),
    "blocked": set(),
    "failed": set(),
}
#: What becomes of the lines of a contact that reaches the state.
LINE_STATES = {
    "made": "made",
    "skipped": "cancelled",
    "missed": "missed",
    "blocked": "cancelled",
    "failed": "failed",
    "uncertain": "made",
}
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
#: What may still be written on a contact that is over: what is known only later, links to
#: the message, and where the contact belongs (merged customers).
LATER = {"delivery_status", "mail_id", "sms_id", "message_id", "case_id", "debtor_id"}


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
    kind = fields.Selection(
        [
            ("dunning", "Collection step"),
            ("invoice", "The invoice itself"),
            ("manual", "By hand"),
            ("callback", "Call-back they asked for"),
            ("inbound", "From the customer"),
        ],
        default="dunning",
        required=True,
        readonly=True,
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
    state = fields.Selection(STATES, default="planned", required=True, readonly=True)
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
    recipient_chosen = fields.Boolean(
        readonly=True, help="Somebody chose the person; otherwise found by itself."
    )
    place = fields.Selection([("home", "At home"), ("work", "At work")], readonly=True)
    consented = fields.Boolean(
        string="They asked for it",
        readonly=True,
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
    stated = fields.Json(
        readonly=True,
        copy=False,
        help="What was written or printed, by id of the line: name of the invoice, "
        "original amount, open amount, days late.",
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
    amount_text = fields.Char(compute="_compute_amount_text", string="Amounts")
    item_count = fields.Integer(compute="_compute_amount_text", string="Invoices")
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

    @api.depends("line_ids.state")
    def _compute_amount_text(self):
        for contact in self:
            lines = contact._get_lines()
            contact.item_count = len(lines.filtered("item_id"))
            totals = self._add_up(
                (x.currency_id, x.get_amount("original"), x.get_amount("open"))
                for x in lines
            )
            contact.amount_text = " + ".join(
                total["currency"].format(total["open"]) for total in totals
            )

    def _compute_preview(self):
        for contact in self:
            values = contact._render_preview()
            contact.preview = values["body_html"]
            contact.preview_subject = values["subject"]

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        if kept := self.filtered(lambda c: c.state not in ("planned", "skipped")):
            raise UserError(
                self.env._(
                    "%(count)s contacts are evidence and cannot be deleted, for instance "
                    "“%(name)s”. Add a remark to the file instead.",
                    count=len(kept),
                    name=kept[0].display_name,
                )
            )

    def write(self, vals):
        """What was made is evidence: only what arrives later (delivery, links to the
        mail) may be added. States change through `_set_state`."""
        if "state" in vals:
            raise UserError(
                self.env._("The state of a contact changes by its buttons.")
            )
        if not set(vals) <= LATER:
            self._refuse_if_over()
        return super().write(vals)

    def _refuse_if_over(self):
        """:raise UserError: one of the contacts was made, or is over otherwise"""
        if self.filtered(
            lambda c: c.state in ("made", "missed", "failed", "blocked", "uncertain")
        ):
            raise UserError(
                self.env._(
                    "A contact that was made cannot be changed, only remarked on."
                )
            )

    # -- the gate ------------------------------------------------------------------------

    def _set_state(self, state, reasons=None, line_state=None, **vals):
        """The one gate of the state machine: checks that the change is legal, carries the
        lines along, and wakes the items whose plan may go on.

        :param reasons: stored reasons (see `collection.reason`), or None to keep them
        :param line_state: for the lines, when not the usual one of `LINE_STATES`
        :raise UserError: a transition that `TRANSITIONS` does not know"""
        for contact in self:
            if state not in TRANSITIONS[contact.state]:
                labels = dict(self._fields["state"]._description_selection(self.env))
                raise UserError(
                    self.env._(
                        "“%(contact)s” is %(old)s and cannot become %(new)s.",
                        contact=contact.display_name,
                        old=labels[contact.state],
                        new=labels[state],
                    )
                )
        vals["state"] = state
        if reasons is not None:
            vals["reasons"] = reasons
        self._write_state(vals)
        if state in LINE_STATES:
            # a message that was uncertain and did not leave told nobody anything
            left = ("planned", "made") if state == "failed" else ("planned",)
            lines = self.line_ids.filtered(lambda line: line.state in left)
            new = line_state or LINE_STATES[state]
            if state in ("made", "uncertain"):
                lines._freeze(new)
            lines.filtered(lambda line: line.state != new).write({"state": new})
            lines.item_id._wake()

    def _start_leaving(self, today, tz, message_id):
        """The gate from *queued* to *sending*, in one statement that does nothing if
        somebody withdrew the message a moment ago, or wrote another one.

        :param today: the customer's date
        :param tz: name of their zone
        :param message_id: of the mail.message that is leaving, if there is one
        :return: whether it leaves"""
        self.ensure_one()
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                UPDATE collection_contact
                   SET state = 'sending', made_at = %s, made_on = %s, tz = %s,
                       handover = NULL
                 WHERE id = %s AND state = 'queued'
                   AND message_id IS NOT DISTINCT FROM %s
                """,
                fields.Datetime.now(),
                today,
                tz,
                self.id,
                message_id,
            )
        )
        self.invalidate_recordset(
            ["state", "made_at", "made_on", "tz", "handover"], flush=False
        )
        return bool(self.env.cr.rowcount)

    def _write_state(self, vals):
        """Past the guard in `write`; only `_set_state` and `_add_facts` call it."""
        return super().write(vals)

    def _get_lines(self):
        """The lines that count: all but those taken out."""
        lines = self.line_ids
        counting = lines.filtered(lambda line: line.state != "cancelled")
        # what is read of one is read for the lines of the whole batch
        return counting.with_prefetch(lines._prefetch_ids)

    def _get_stated(self):
        """What the contact states of its invoices and credits, as of now: {id of the line
        as text: [name, original, open, days late]}."""
        self.ensure_one()
        today = self.debtor_id._get_today()
        return {
            str(line.id): [
                line.get_invoice_name(),
                line.get_amount("original"),
                line.get_amount("open"),
                line.get_days_overdue(today),
            ]
            for line in self._get_lines()
        }

    def _keep_statement(self):
        """Keep what is owed now as what is about to be written or printed.

        :return: these contacts, in whose texts it stands so"""
        for contact in self:
            contact.write({"stated": contact._get_stated()})
        return self.with_context(collection_as_stated=True)

    def _is_outdated(self):
        """Is something else owed now than what was written or printed? That it is late
        one day more is no change."""
        self.ensure_one()
        now = {
            str(line.id): [line.get_amount("original"), line.get_amount("open")]
            for line in self._get_lines()
        }
        return now != {id_: row[1:3] for id_, row in (self.stated or {}).items()}

    @api.model
    def _add_up(self, amounts):
        """Totals by currency, each the sum of what is shown; never across currencies.

        :param amounts: iterable of (currency, original, open)
        :return: [{"currency", "original", "open"}]"""
        totals = {}
        for currency, original, still_open in amounts:
            total = totals.setdefault(currency, [0.0, 0.0])
            total[0] += original
            total[1] += still_open
        return [
            {
                "currency": currency,
                "original": currency.round(original),
                "open": currency.round(still_open),
            }
            for currency, (original, still_open) in totals.items()
        ]
