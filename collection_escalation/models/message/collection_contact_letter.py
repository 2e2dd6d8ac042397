"""The letter: printed by a person, and kept as it was printed."""

from odoo import fields, models
from odoo.exceptions import UserError

from ..collection_evidence import unlocked

REPORT = "collection_escalation.letter_action"


class CollectionContact(models.Model):
    _inherit = "collection.contact"

    letter_id = fields.Many2one(
        "ir.attachment",
        string="Letter as printed",
        ondelete="restrict",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )

    def action_open_letter(self):
        """The letter as it was printed."""
        self.ensure_one()
        self.check_access("read")
        return self._get_letter_action(self.sudo().letter_id)

    # -- printing ------------------------------------------------------------------------

    def _print_letter(self):
        """Print the letter as it stands now and keep the print: what will be posted is
        what was printed. Until then a new print takes the place of the old one.

        :return: ir.attachment, as superuser
        :raise UserError: no address, no text, or a text that may not leave"""
        self.ensure_one()
        if self.state != "planned":
            raise UserError(
                self.env._(
                    "%s was made already: its letter is kept as it was printed.",
                    self.display_name,
                )
            )
        self._find_address_now()
        self._draw_now()
        kept = self._keep_statement()
        letter = kept._render_letter()
        content, kind = (
            kept.env["ir.actions.report"].sudo()._render_qweb_pdf(REPORT, self.ids)
        )
        attachment_sudo = (
            self.env["ir.attachment"]
            .sudo()
            .create(
                {
                    "name": f"{letter['subject']} ({self.id}).{kind}",
                    "raw": content,
                    "res_model": self._name,
                    "res_id": self.id,
                }
            )
        )
        earlier_sudo = self.letter_id.sudo()
        self.write({"letter_id": attachment_sudo.id})
        unlocked(earlier_sudo).unlink()
        return attachment_sudo

    def _render_letter(self):
        """{"subject", "body_html"} in the reader's language, as the report shows it.

        :raise UserError: no text, or one that says what it may not"""
        self.ensure_one()
        letter = (
            self._get_template()
            .sudo()
            .with_context(lang=self.lang)
            ._generate_template(self.ids, ("subject", "body_html"))[self.id]
        )
        text = self.env["collection.wording"]._get_plain_text(letter["body_html"] or "")
        if refusal := self._get_wording_refusal(text, letter["subject"] or ""):
            raise UserError(self.env["collection.reason"]._explain(refusal))
        return letter

    def _get_letter_action(self, attachment):
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{attachment.id}",
            "target": "new",
        }

    def _is_print_outdated(self):
        """Has what is owed changed since the letter was printed?"""
        self.ensure_one()
        return bool(self.letter_id and self.state == "planned" and self._is_outdated())

    # -- the letter's own parts ----------------------------------------------------------

    def _get_envelope_lines(self):
        """What shows in the window of the envelope: names and address, nothing else."""
        self.ensure_one()
        person, creditor = self.recipient_id, self.get_creditor()
        names = [person.commercial_partner_id.name, person.name]
        address = (person._display_address(without_company=True) or "").split("\n")
        if address and person.country_id == creditor.country_id:
            # within the country its name is not written
            address = [line for line in address if line != person.country_id.name]
        lines = [line.strip() for line in (*names, *address) if line and line.strip()]
        return list(dict.fromkeys(lines))

    def _get_return_address(self):
        """One line above the window's address, for the post: who sends it."""
        creditor = self.get_creditor()
        place = " ".join(filter(None, (creditor.zip, creditor.city)))
        parts = (creditor.name, creditor.street, creditor.street2, place)
        return " · ".join(filter(None, parts))

    def _get_bank_accounts(self):
        """Accounts to pay to: those on the invoices, else the creditor's first one in its
        own country; none whose check digits are wrong."""
        self.ensure_one()
        moves_sudo = self.sudo().line_ids.item_id.move_id
        accounts_sudo = moves_sudo.mapped(lambda m: m._get_collection_account_sudo())
        return accounts_sudo.filtered(lambda a: not a._is_collection_number_wrong())
