"""Texts of SMS and WhatsApp messages to customers. Others see them on the locked screen:
they say nothing of the debt; its data stand behind the link."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .mail_template import MODEL

LINK = "object.get_url()"


class SmsTemplate(models.Model):
    _name = "sms.template"
    _inherit = ["sms.template", "collection.owned.text"]

    collection_origin_id = fields.Many2one(
        "sms.template", string="Copy of", readonly=True, copy=False, ondelete="set null"
    )

    model_id = fields.Many2one(
        domain=[
            "|",
            ("model", "=", MODEL),
            "&",
            ("is_mail_thread_sms", "=", True),
            ("transient", "=", False),
        ]
    )

    @api.constrains("body", "model_id")
    def _check_collection_wording(self):
        """:raise ValidationError: a text to customers says what it may not, or lacks the
        link"""
        if self.pool._init:
            # what we ship is proven by test_wording
            return
        for template in self.filtered(lambda t: t.model == MODEL):
            for lang, language in self.env[
                "collection.wording"
            ]._get_checked_languages():
                template._check_collection_text(lang, language)

    def _update_field_translations(
        self, field_name, translations, digest=None, source_lang=""
    ):
        """Translations are saved past `write`."""
        result = super()._update_field_translations(
            field_name, translations, digest=digest, source_lang=source_lang
        )
        if field_name == "body":
            self._check_collection_wording()
        return result

    def _check_collection_text(self, lang, language):
        self.ensure_one()
        Wording = self.env["collection.wording"]
        body = self.with_context(lang=lang).body or ""
        found = Wording._find_in_template(
            body, lang, neutral=True, company=self.collection_company_id
        )
        telling = Wording._get_telling_placeholders(body)
        if found or telling:
            raise ValidationError(
                self.env._(
                    "Text “%(template)s” (%(language)s) says %(words)s. Others see it on "
                    "the locked screen: say nothing of debts and amounts, and let the "
                    "link show the rest.",
                    template=self.name,
                    language=language,
                    words=", ".join(filter(None, [Wording._describe(found), *telling])),
                )
            )
        if LINK not in "".join(body.split()):
            raise ValidationError(
                self.env._(
                    "Text “%(template)s” (%(language)s) has no link to the invoices, "
                    "which must be in every message. Add {{ %(link)s }}.",
                    template=self.name,
                    language=language,
                    link=LINK,
                )
            )
