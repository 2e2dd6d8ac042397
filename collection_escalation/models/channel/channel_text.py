from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext, plaintext2html


class CollectionChannelText(models.AbstractModel):
    """What SMS and WhatsApp have in common: a few neutral words and a link, to a number."""

    _name = "collection.channel.text"
    _inherit = "collection.channel"
    _description = "Short text to a customer's telephone"

    _template_field = "sms_template_id"

    @api.model
    def _get_address(self, person):
        return self._get_phone_number(person)

    @api.model
    def _is_on_marketing_blacklist(self, person):
        return bool(person.phone_sanitized_blacklisted)

    @api.model
    def _render(self, contacts):
        """What the customers read: {contact id: plain text}, each in its language.

        :raise UserError: a step without template, or a template that fails"""
        texts = {}
        written = contacts.filtered("own_text")
        for contact in written:
            text = html2plaintext(contact.own_text).strip()
            texts[contact.id] = contact._unmask_link(text)
        by_template = (contacts - written).grouped(lambda c: c.step_id.sms_template_id)
        for template, group in by_template.items():
            if not template:
                raise UserError(
                    self.env._(
                        "The step “%s” says nothing to send. Choose its text in the plan.",
                        group[0].step_id.name or group[0].stage_id.name or "-",
                    )
                )
            texts |= template.sudo()._render_field(
                "body", group.ids, res_ids_lang={c.id: c.lang for c in group}
            )
        return texts

    @api.model
    def _render_permitted(self, contacts):
        """As `_render`; contacts whose text says what it may not fail and are left out."""
        texts = self._render(contacts)
        refused = contacts._refuse_forbidden_texts(
            {id_: (text, "") for id_, text in texts.items()}
        )
        return {id_: text for id_, text in texts.items() if id_ not in refused.ids}

    @api.model
    def _get_text(self, contact):
        try:
            with self.env.cr.savepoint():
                text = contact.sent_text or self._render(contact)[contact.id]
        except (UserError, ValueError) as error:
            text = str(error)
        return {"subject": "", "body_html": plaintext2html(text)}
