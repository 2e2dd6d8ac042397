"""What people write to a customer who is behind from an invoice or the customer's own
form, with Odoo's composers: no contact of the plan, and read by the customer all the same.
Doubtful words need a reason, and the writer sees whether contacting is permitted now.
Nothing here looks at messages to customers who owe nothing."""

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..ledger.account_move import READERS

#: Where people write to customers from.
WRITTEN_FROM = ("account.move", "res.partner")


class CollectionFreeText(models.AbstractModel):
    """A composer of Odoo. It says what is written, from which records and by which
    channel; the words are looked at when its button is pressed."""

    _name = "collection.free.text"
    _description = "Text to a customer who is behind"

    collection_findings = fields.Char(
        compute="_compute_collection_findings",
        string="Doubtful words",
        help="The customer has overdue invoices: no text may threaten or shame them.",
    )
    collection_permission = fields.Char(
        compute="_compute_collection_findings",
        string="Contacting them now",
        groups=READERS,
    )
    collection_reason = fields.Char(
        string="Why these words are right",
        help="Needed where the text has doubtful words. It is kept with the customer.",
    )

    def _get_written_from(self):
        """Records of `WRITTEN_FROM` that the text goes to the customers of."""
        raise NotImplementedError(self._name)

    def _get_written_texts(self):
        """What is written: list of (text, may others read it). HTML is Markup."""
        raise NotImplementedError(self._name)

    def _get_written_channel(self):
        return "email"

    def _has_no_thread(self):
        """Whether it leaves without a message in a thread, whose recipients are looked
        at (`collection_thread_guard`)."""
        return False

    def _is_about_collections(self):
        """Whether the rules for contacts say something on it: not on every message."""
        return True

    def _compute_collection_findings(self):
        for composer in self:
            debtors_sudo = composer._find_debtors_sudo()
            composer.collection_findings = composer._find_doubtful_words(debtors_sudo)
            composer.collection_permission = (
                len(debtors_sudo) == 1
                and composer._is_about_collections()
                and debtors_sudo._explain_refusal_now(composer._get_written_channel())
            )

    def _find_debtors_sudo(self):
        records = self._get_written_from()
        if records and not self.env.su:
            records = records._filtered_access("read")
        return self.env["collection.debtor"]._find_behind_sudo(records)

    def _find_doubtful_words(self, debtors_sudo):
        if not debtors_sudo:
            return ""
        return debtors_sudo._describe_doubtful_words(
            self._get_written_texts(), self._get_written_channel()
        )

    def _check_what_is_written(self):
        """To be called before something is sent. What was kept is noted on the customer,
        where only the team reads it. A text for a thread is looked at again where its
        recipients are worked out; one without a thread is refused here.

        :raise UserError: doubtful words without a reason, or not permitted now"""
        for composer in self:
            debtors_sudo = composer._find_debtors_sudo()
            if not debtors_sudo:
                continue
            words = composer._find_doubtful_words(debtors_sudo)
            reason = (composer.collection_reason or "").strip()
            if words and not reason:
                raise UserError(
                    self.env._(
                        "Doubtful words: %s. Write it another way, or say why these "
                        "words are right.",
                        words,
                    )
                )
            channel = composer._get_written_channel()
            if composer._has_no_thread():
                debtors_sudo._check_permitted_now(channel)
            for debtor_sudo in debtors_sudo:
                debtor_sudo._note_free_text(channel, words, reason, "")


class CollectionDebtor(models.Model):
    _inherit = "collection.debtor"

    @api.model
    def _find_behind_sudo(self, records):
        """The debtors of customers, or of the customers of invoices, who have an open file
        or items past due with the creditor, whichever branch. Superuser: who writes may
        not see the debtors.

        :param records: of `WRITTEN_FROM`; of other models, and papers that are no
            invoices to customers, nothing is asked"""
        Debtor_sudo = self.sudo()
        if not records or records._name not in WRITTEN_FROM:
            return Debtor_sudo
        records_sudo = records.sudo()
        if records._name == "account.move":
            records_sudo = records_sudo.filtered(
                lambda move: move.is_sale_document(include_receipts=True)
            )
            roots = records_sudo.company_id.root_id
        else:
            roots = self.env.company.root_id
        debtors_sudo = Debtor_sudo.search(
            Domain("partner_id", "in", records_sudo.commercial_partner_id.ids)
            & Domain("root_company_id", "in", roots.ids)
        )
        if not debtors_sudo:
            return debtors_sudo
        late_sudo = (
            self.env["collection.item"]
            .sudo()
            .search(
                [
                    ("debtor_id", "in", debtors_sudo.ids),
                    ("ledger_state", "=", "open"),
                    ("date_due", "<", fields.Date.context_today(self)),
                ]
            )
        )
        return debtors_sudo.filtered("case_id") | late_sudo.debtor_id

    def _get_free_text_question(self, channel):
        """The contact that the message would be, about all that is open, not stored."""
        self.ensure_one()
        Contact = self.env["collection.contact"]
        person, address, _reason = self._get_person_and_address(channel)
        return Contact.new(
            {
                **Contact._prepare_by_hand_vals(self, self.env.user, channel=channel),
                "recipient_id": person.id,
                "destination": address,
                "line_ids": Contact._prepare_by_hand_lines(self._get_open_items()),
            }
        )

    def _describe_doubtful_words(self, texts, channel):
        """Words in ``texts`` to these customers that no text to them should say.

        :param texts: list of (text, may others read it)"""
        Wording = self.env["collection.wording"]
        question = self[:1]._get_free_text_question(channel)
        names = question._get_names() | set(self.partner_id.mapped("name"))
        lang = question._get_language(question.recipient_id)
        found = []
        for text, neutral in texts:
            found += Wording._check_free_text(
                text or "", lang, neutral, names, question.company_id
            )
        return Wording._describe(found)

    def _explain_refusal_now(self, channel):
        """Why contacting them is not permitted now; empty if it is."""
        try:
            decision = self._get_free_text_question(channel)._decide(
                fields.Datetime.now()
            )
            return "" if decision.allowed else self._describe_permission(decision)
        except UserError as undecidable:
            return str(undecidable)

    def _check_permitted_now(self, channel):
        """:raise UserError: one of them may not be contacted now"""
        for debtor_sudo in self:
            if refusal := debtor_sudo._explain_refusal_now(channel):
                readable = self.env.user.has_groups(READERS)
                raise UserError(
                    self.env._(
                        "%(customer)s may not be written to now. %(why)s",
                        customer=debtor_sudo.partner_id.display_name,
                        why=refusal if readable else "",
                    ).strip()
                )

    def _note_free_text(self, channel, words, reason, refusal):
        """Keep that somebody wrote beside the plan what, or when, they should not."""
        self.ensure_one()
        labels = dict(
            self.env["collection.contact"]
            ._fields["channel"]
            ._description_selection(self.env)
        )
        said = []
        if words:
            said.append(
                self.env._(
                    "%(channel)s beside the plan. Kept: %(words)s, because: %(reason)s",
                    channel=labels[channel],
                    words=words,
                    reason=reason,
                )
            )
        if refusal:
            said.append(
                self.env._(
                    "%(channel)s beside the plan was not sent, it is not permitted: %(why)s",
                    channel=labels[channel],
                    why=refusal,
                )
            )
        if said:
            self._message_log(
                body=Markup("<br/>").join(said),
                author_id=self.env.user.partner_id.id,
            )
