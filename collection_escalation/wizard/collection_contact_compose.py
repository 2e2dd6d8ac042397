from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import is_html_empty

from ..models.channel.collection_channel import channel_selection

#: What a person writes, by the kind of template of the channel; by the others nothing.
TEXT_KINDS = {"template_id": "html", "sms_template_id": "plain"}


class CollectionContactCompose(models.TransientModel):
    """*Contact*: a person contacts a customer beside the plan. Shows before anything
    happens who is addressed, where, and whether it may be done now."""

    _name = "collection.contact.compose"
    _description = "Contact a customer"
    _inherit = "collection.wizard"

    debtor_id = fields.Many2one("collection.debtor", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="debtor_id.company_id", related_sudo=False)
    channel = fields.Selection(
        channel_selection,
        string="How",
        required=True,
        compute="_compute_channel",
        store=True,
        readonly=False,
        compute_sudo=False,
        precompute=True,
    )
    handling = fields.Char(compute="_compute_handling")
    text_kind = fields.Char(compute="_compute_handling")
    wishes = fields.Char(compute="_compute_wishes", string="They said")
    person_ids = fields.Many2many(
        "res.partner", compute="_compute_person_ids", string="People to choose from"
    )
    recipient_id = fields.Many2one(
        "res.partner",
        string="Person",
        compute="_compute_recipient_id",
        store=True,
        readonly=False,
        compute_sudo=False,
        help="Only the customer and those authorised by a document may learn of it.",
    )
    destination = fields.Char(compute="_compute_destination", string="Address")
    lang_name = fields.Char(compute="_compute_destination", string="Language")
    place = fields.Selection([("home", "At home"), ("work", "At work")], string="Where")
    item_ids = fields.Many2many(
        "collection.item",
        string="About",
        compute="_compute_item_ids",
        store=True,
        readonly=False,
        compute_sudo=False,
        help="The open items you contact them about.",
    )
    own_subject = fields.Char(
        string="Subject",
        compute="_compute_own_subject",
        store=True,
        readonly=False,
        compute_sudo=False,
        help="Others may read it: it says nothing of money owed.",
    )
    own_html = fields.Html(
        string="Text", help="The list of the invoices is put below your text."
    )
    own_plain = fields.Text(
        string="Message", help="The link to the invoices is put after your text."
    )
    length_text = fields.Char(compute="_compute_length_text", string="Length")
    permitted_now = fields.Boolean(compute="_compute_permission")
    never_permitted = fields.Boolean(compute="_compute_permission")
    permission = fields.Char(compute="_compute_permission")
    warning = fields.Char(compute="_compute_warning")
    planned_contact_id = fields.Many2one(
        "collection.contact", compute="_compute_planned_contact_id"
    )
    findings = fields.Char(compute="_compute_findings", string="Doubtful words")
    pauses = fields.Char(compute="_compute_pauses", string="Paused")
    pause_reason = fields.Char(
        string="Why all the same",
        help="Needed while a pause runs; it stays with the contact.",
    )
    own_reason = fields.Char(
        string="Why it stays so", help="Needed where the text has doubtful words."
    )

    # -- what is proposed ----------------------------------------------------------------

    @api.depends("debtor_id")
    def _compute_channel(self):
        for wizard in self:
            debtor = wizard.debtor_id
            wizard.channel = debtor.preferred_channel or "phone"

    @api.depends("channel")
    def _compute_handling(self):
        Channel = self.env["collection.channel"]
        for wizard in self:
            wizard.handling = Channel._get_handling(wizard.channel)
            wizard.text_kind = wizard.channel and TEXT_KINDS.get(
                Channel._get(wizard.channel)._template_field
            )

    @api.depends("debtor_id")
    def _compute_wishes(self):
        for wizard in self:
            said = wizard.debtor_id.channel_ids.sorted("status").mapped("display_name")
            if preferred := wizard.debtor_id.preferred_channel:
                labels = dict(self._fields["channel"]._description_selection(self.env))
                said.insert(0, self.env._("Preferred: %s", labels[preferred]))
            wizard.wishes = ", ".join(said)

    @api.depends("debtor_id")
    def _compute_person_ids(self):
        for wizard in self:
            debtor = wizard.debtor_id
            wizard.person_ids = debtor and debtor._get_choice_of_people()

    @api.depends("debtor_id", "channel")
    def _compute_recipient_id(self):
        for wizard in self:
            if wizard.debtor_id and wizard.channel:
                wizard.recipient_id = wizard._get_proposed()[0]

    @api.depends("recipient_id", "channel")
    def _compute_destination(self):
        Reason = self.env["collection.reason"]
        languages = {lang.code: lang.name for lang in self.env["res.lang"].search([])}
        for wizard in self:
            wizard.destination = wizard.lang_name = False
            if wizard.recipient_id and wizard.channel:
                _person, address, reason = wizard._get_address()
                wizard.destination = address or Reason._explain(Reason._store(reason))
                wizard.lang_name = languages.get(wizard._get_lang())

    @api.depends("debtor_id")
    def _compute_item_ids(self):
        for wizard in self:
            wizard.item_ids = wizard.debtor_id._get_open_items()

    @api.depends("debtor_id", "recipient_id")
    def _compute_own_subject(self):
        for wizard in self:
            in_their_words = self.with_context(lang=wizard._get_lang()).env
            wizard.own_subject = in_their_words._(
                "A message from %s", wizard.company_id.root_id.sudo().name or ""
            )

    @api.depends("own_plain")
    def _compute_length_text(self):
        link = self.env["collection.contact"]._get_length_of_link()
        for wizard in self:
            wizard.length_text = self.env._(
                "%s characters with the link",
                len((wizard.own_plain or "").strip()) + 1 + link,
            )

    def _get_proposed(self):
        """(person, address, None or the reason why there is none)."""
        return self.debtor_id._get_person_and_address(self.channel)

    def _get_address(self):
        """The same of the person chosen."""
        return self.debtor_id._get_person_and_address(self.channel, self.recipient_id)

    def _get_lang(self):
        contact = self.env["collection.contact"].new({"debtor_id": self.debtor_id.id})
        return contact._get_language(self.recipient_id)

    # -- may it be done ------------------------------------------------------------------

    @api.depends("debtor_id", "channel", "recipient_id", "item_ids", "place")
    def _compute_permission(self):
        now = fields.Datetime.now()
        for wizard in self:
            wizard.permission = wizard.permitted_now = wizard.never_permitted = False
            if not (wizard.debtor_id and wizard.channel):
                continue
            decision = wizard._get_question_contact()._decide(now)
            wizard.permitted_now = decision.allowed
            wizard.never_permitted = not decision.allowed and not decision.next_allowed
            wizard.permission = wizard.debtor_id._describe_permission(decision)

    @api.depends("debtor_id", "item_ids")
    def _compute_pauses(self):
        for wizard in self:
            wizard.pauses = wizard.debtor_id and wizard.debtor_id._get_withheld_text(
                wizard.item_ids._origin
            )

    @api.depends("debtor_id", "channel", "recipient_id")
    def _compute_warning(self):
        """What the contact itself would warn of: opted out of advertising, another
        language."""
        for wizard in self:
            wizard.warning = False
            if wizard.recipient_id and wizard.channel:
                question = wizard._get_question_contact()
                question.destination = wizard._get_address()[1]
                question.lang = wizard.text_kind and wizard._get_lang()
                wizard.warning = question.warning

    @api.depends("debtor_id", "channel")
    def _compute_planned_contact_id(self):
        """A call, visit or letter that stands in the work list already."""
        for wizard in self:
            wizard.planned_contact_id = wizard.debtor_id.contact_ids.filtered(
                lambda c, wizard=wizard: c.state == "planned"
                and c.channel == wizard.channel
                and c.handling != "automatic"
            )[:1]

    @api.depends("own_subject", "own_html", "own_plain", "text_kind", "recipient_id")
    def _compute_findings(self):
        for wizard in self:
            wizard.findings = wizard._find_doubtful_words()

    def _find_doubtful_words(self):
        """Words that no text to a customer should say, and in what others may read also
        what speaks of money owed; empty if there are none."""
        if not self.text_kind:
            return ""
        Wording, lang = self.env["collection.wording"], self._get_lang()
        names = self._get_question_contact()._get_names()
        neutral = self.text_kind == "plain"
        words = self._get_own_words()
        company = self.debtor_id.company_id
        found = Wording._check_free_text(words, lang, neutral, names, company)
        if self.text_kind == "html":
            found += Wording._check_free_text(
                self.own_subject, lang, True, names, company
            )
        return Wording._describe(found)

    # -- doing it ------------------------------------------------------------------------

    def _prepare_contact_vals(self):
        recipient = self.recipient_id._origin
        proposed = self._get_proposed()[0]
        return self.env["collection.contact"]._prepare_by_hand_vals(
            self.debtor_id,
            self.env.user,
            channel=self.channel,
            recipient_id=recipient.id,
            recipient_chosen=bool(recipient) and recipient != proposed,
            place=self.handling == "live" and self.place,
            pause_reason=self.pauses and self.pause_reason,
        )

    def _prepare_text_vals(self):
        if not self.text_kind:
            return {}
        Contact, html = self.env["collection.contact"], self.text_kind == "html"
        return {
            "own_subject": html and Contact._as_header(self.own_subject),
            "own_text": self.own_html
            if html
            else Contact._as_html(self._get_own_words()),
            "own_reason": self.findings and self.own_reason,
        }

    def _get_question_contact(self):
        """The contact as it would be, without its text, not stored."""
        Contact_sudo = self.env["collection.contact"].sudo()
        lines = Contact_sudo._prepare_by_hand_lines(self.item_ids._origin)
        return Contact_sudo.new({**self._prepare_contact_vals(), "line_ids": lines})

    def action_confirm(self):
        """Make the contact, or plan it for its first permitted moment. If it is never
        permitted the attempt is logged with its rule (design, invariant 2)."""
        self._check_may_contact()
        # a worker that reserves meanwhile must not see the slot free too
        self.env["collection.planner"].sudo()._reserve(self.debtor_id)
        decision = self._get_question_contact()._decide(fields.Datetime.now())
        if decision.allowed or decision.next_allowed:
            return self._create_contact()._start_by_hand(decision)
        vals = {**self._prepare_contact_vals(), **self._prepare_text_vals()}
        vals["destination"] = self._get_address()[1]
        return self.debtor_id._log_blocked_attempt(vals, decision, self.item_ids)

    def action_waive(self):
        """It is never permitted: let a manager make an exception for it."""
        self._check_may_contact()
        return self._create_contact().sudo(False).action_waive()

    def action_open_planned(self):
        self.ensure_one()
        return self.planned_contact_id._get_form_action()

    def _create_contact(self):
        """Nobody may write the log itself: as superuser, after `_check_may_contact`."""
        vals = {**self._prepare_contact_vals(), **self._prepare_text_vals()}
        contact_sudo = (
            self.env["collection.contact"].sudo()._create_by_hand(vals, self.item_ids)
        )
        if self.text_kind == "plain":
            contact_sudo._append_link()
        return contact_sudo

    def _check_may_contact(self):
        """:raise AccessError: not the user's customer
        :raise UserError: something is missing
        :raise ValidationError: what is not theirs"""
        self.ensure_one()
        self.debtor_id.check_access("write")
        if not self.recipient_id:
            raise UserError(self.env._("Choose whom you want to contact."))
        if foreign := self.item_ids - self.debtor_id._get_open_items():
            raise ValidationError(
                self.env._(
                    "“%(item)s” is not an open item of %(customer)s.",
                    item=foreign[0].display_name,
                    customer=self.debtor_id.display_name,
                )
            )
        if self.pauses and not (self.pause_reason or "").strip():
            raise UserError(
                self.env._(
                    "Paused: %s. Write down why you contact them all the same.",
                    self.pauses,
                )
            )
        if self.text_kind and not self.item_ids:
            raise UserError(self.env._("Choose the open items the message is about."))
        if self.text_kind and not self._get_own_words():
            raise UserError(self.env._("Write what the message says."))
        if self.findings and not (self.own_reason or "").strip():
            raise UserError(
                self.env._(
                    "Doubtful words: %s. Write it another way, or say why it stays so.",
                    self.findings,
                )
            )

    def _get_own_words(self):
        """What they wrote: Markup of an e-mail, plain text of others; empty for nothing."""
        if self.text_kind == "html":
            return "" if is_html_empty(self.own_html) else self.own_html
        return (self.own_plain or "").strip()
