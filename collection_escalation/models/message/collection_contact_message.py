"""Which text a contact is written with, and how it looks before it leaves."""

from odoo import models
from odoo.exceptions import UserError

#: Templates of contacts that are no step of a plan.
TEMPLATES = {
    "invoice": "collection_escalation.mail_template_invoice",
    "manual": "collection_escalation.mail_template_manual",
}


class CollectionContact(models.Model):
    _inherit = "collection.contact"

    def _get_template(self):
        """The mail.template of the contact.

        :raise UserError: the step lost its template"""
        self.ensure_one()
        template = (
            self.env.ref(TEMPLATES[self.kind], raise_if_not_found=False)
            if self.kind in TEMPLATES
            else self.step_id.template_id
        )
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
