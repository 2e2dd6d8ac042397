from markupsafe import Markup, escape

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..collection_evidence import Paper, unlocked


class CollectionDebtorEntry(models.AbstractModel):
    """Something recorded about a debtor that decides whom, how or when we may contact,
    with its document. A change acts at once on what is planned, and stands in the
    debtor's log."""

    _name = "collection.debtor.entry"
    _description = "Fact about a customer"

    debtor_id = fields.Many2one(
        "collection.debtor", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="debtor_id.company_id")
    date = fields.Date(required=True, default=fields.Date.context_today)
    document = Paper()
    document_name = fields.Char()

    @api.model_create_multi
    def create(self, vals_list):
        ids = {vals["debtor_id"] for vals in vals_list if vals.get("debtor_id")}
        with self.env["collection.debtor"].browse(ids)._follow_stops():
            facts = super().create(vals_list)
            facts._log(
                {fact: self.env._("Added: %s", fact._describe()) for fact in facts}
            )
        return facts

    def write(self, vals):
        """A fact stays with its debtor: only merging customers moves it."""
        if "debtor_id" in vals and not self.env.su:
            raise AccessError(
                self.env._(
                    "What is known of a customer is not given to another one: write it "
                    "down there too."
                )
            )
        before = {fact: fact._describe() for fact in self}
        with self.debtor_id._follow_stops():
            result = super().write(vals)
            # of its size, which `_has_document` asks for, the cache keeps the old one
            self.invalidate_recordset(["document"])
            self._log(
                {
                    fact: self.env._(
                        "Changed: %(before)s. Now: %(after)s",
                        before=before[fact],
                        after=fact._describe(),
                    )
                    for fact in self
                    if before[fact] != fact._describe() or "document" in vals
                }
            )
        return result

    def unlink(self):
        self.check_access("unlink")
        debtors = self.debtor_id
        with debtors._follow_stops():
            self._log(
                {fact: self.env._("Removed: %s", fact._describe()) for fact in self},
                self._detach_documents_sudo(),
            )
            return super().unlink()

    # -- the log -------------------------------------------------------------------------

    def _describe(self):
        """The fact in a few words, for the log."""
        self.ensure_one()
        return ", ".join(filter(None, self._get_details()))

    def _get_details(self):
        """What `_describe` says, in pieces; empty ones are left out."""
        return [self.display_name, self._has_document() and self.env._("with document")]

    def _has_document(self):
        """Is a document attached? Without loading it."""
        return bool(self.with_context(bin_size=True).document)

    def _log(self, texts, attachments_sudo=None):
        """:param texts: {fact: what to say in the log of its debtor}
        :param attachments_sudo: documents that stay there"""
        facts = self.filtered(lambda fact: fact in texts)
        for debtor, told in facts.grouped("debtor_id").items():
            kept = attachments_sudo and attachments_sudo.filtered(
                lambda a, debtor=debtor: a.res_id == debtor.id
            )
            debtor._message_log(
                body=Markup("<br/>").join(escape(texts[fact]) for fact in told),
                attachment_ids=kept.ids if kept else False,
            )

    def _detach_documents_sudo(self):
        """The documents of these facts become files of their debtors: evidence is not
        lost with the line. Superuser: a document belongs to its line."""
        attachments_sudo = (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_field", "=", "document"),
                    ("res_id", "in", self.ids),
                ]
            )
        )
        for attachment in unlocked(attachments_sudo):
            fact = self.browse(attachment.res_id)
            attachment.write(
                {
                    "name": fact.document_name or fact.display_name,
                    "res_model": "collection.debtor",
                    "res_field": False,
                    "res_id": fact.debtor_id.id,
                }
            )
        return attachments_sudo
