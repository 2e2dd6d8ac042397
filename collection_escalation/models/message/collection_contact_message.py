"""Which text a contact is written with, and how it looks before it leaves."""

from odoo import models
from odoo.exceptions import UserError


class CollectionContact(models.Model):
    _inherit = "collection.contact"

    def _get_template(self):
        """The mail.template of the contact.

        :raise UserError: the step lost its template"""
        self.ensure_one()
        purpose = self._get_purpose()
        template = purpose._get_template(self)
        if purpose._template and template:
            template = template._get_text_for(self.company_id)
        if not template:
            raise UserError(
                self.env._(
                    "The step “%s” has no e-mail template. Choose one in the plan.",
                    self.step_id.name or self.stage_id.name or "-",
                )
            )
        return template

    def _render_preview(self):
        """{"subject", "body_html"} as the debtor would read it now; for a person's eyes,
        so an error is shown in place of the text."""
        self.ensure_one()
        if self.message_id:
            message_sudo = self.message_id.sudo()
            return {"subject": message_sudo.subject, "body_html": message_sudo.body}
        return self.env["collection.channel"]._get(self.channel)._get_text(self)
