"""What e-mails to customers may say is checked when their templates are saved, in every
language, with the views they are made of. What their expressions will say is checked when
the e-mail is written (`collection_contact_wording.py`)."""

import re

from lxml import etree
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools.mail import formataddr, generate_tracking_message_id

from ...rules.outside_text import clean_header
from .collection_free_text import WRITTEN_FROM
from .collection_wording import parse_source

MODEL = "collection.contact"
#: What a message after the due date is made of at least: the invoices (name, due date,
#: amount), and who writes (name, address, tax id).
REQUIRED_VIEWS = (
    "collection_escalation.message_statement",
    "collection_escalation.message_signature",
)
#: What of a message becomes a header of the e-mail: one line each, whatever stands in the
#: names it is made of.
HEADERS = {"subject", "email_from", "reply_to"}
_INDENTATION = re.compile(r"\s*\n\s*(?:(<br */?>)\s*)?")
_VIEW_NAME = re.compile(r"\w+\.\w+|\d+")


class MailTemplate(models.Model):
    _name = "mail.template"
    _inherit = ["mail.template", "collection.owned.text"]

    collection_origin_id = fields.Many2one(
        "mail.template",
        string="Copy of",
        readonly=True,
        copy=False,
        ondelete="set null",
    )

    @api.constrains("subject", "body_html", "model_id", "email_layout_xmlid")
    def _check_collection_wording(self):
        """:raise ValidationError: a text to customers says what it may not, or lacks
        what it must"""
        if self.pool._init:
            # data files come in any order; what we ship is proven by test_wording
            return
        for template in self.filtered(lambda t: t.model == MODEL):
            must_state = template._must_state_the_debt()
            for lang, language in self.env[
                "collection.wording"
            ]._get_checked_languages():
                template._check_collection_texts(lang, language, must_state)

    def _update_field_translations(
        self, field_name, translations, digest=None, source_lang=""
    ):
        """Translations are saved past `write`."""
        result = super()._update_field_translations(
            field_name, translations, digest=digest, source_lang=source_lang
        )
        if field_name in ("subject", "body_html"):
            self._check_collection_wording()
        return result

    def send_mail_batch(
        self,
        res_ids,
        force_send=False,
        raise_exception=False,
        email_values=None,
        email_layout_xmlid=False,
    ):
        """Only the dispatch writes e-mails to customers, and it does so as superuser:
        those that people make of the template would pass the contact rules by."""
        internal = self.env["collection.internal"]._get_internal_names()
        if self.model in internal and not self.env.su:
            raise UserError(
                self.env._(
                    "Template “%s”: messages to customers leave as contacts, at permitted "
                    "moments and with the proof kept. Open the collection file and use "
                    "its buttons.",
                    self.name,
                )
            )
        if self.model in WRITTEN_FROM and not self.env.su:
            records = self.env[self.model].browse(res_ids)
            Debtor = self.env["collection.debtor"]
            Debtor._find_behind_sudo(records)._check_permitted_now("email")
        return super().send_mail_batch(
            res_ids,
            force_send=force_send,
            raise_exception=raise_exception,
            email_values=email_values,
            email_layout_xmlid=email_layout_xmlid,
        )

    def _generate_template(
        self,
        res_ids,
        render_fields,
        recipients_allow_suggested=False,
        find_or_create_partners=False,
    ):
        """Messages to customers without the indentation of their views, a third of their
        size: mail programs cut long ones off."""
        results = super()._generate_template(
            res_ids,
            render_fields,
            recipients_allow_suggested=recipients_allow_suggested,
            find_or_create_partners=find_or_create_partners,
        )
        if self.model == MODEL and "body_html" in render_fields:
            for values in results.values():
                body = values["body_html"]
                if body and "<pre" not in body:
                    values["body_html"] = Markup(
                        _INDENTATION.sub(lambda found: found[1] or "\n", body)
                    )
        if self.model == MODEL:
            for values in results.values():
                for name in HEADERS & values.keys():
                    values[name] = clean_header(values[name]) or values[name]
        return results

    def _generate_template_recipients(
        self,
        res_ids,
        render_fields,
        allow_suggested=False,
        find_or_create_partners=False,
        render_results=None,
    ):
        """A message to a customer goes to the one address that was found for the contact,
        shown and logged, whatever the template says: a customer's e-mail field may hold
        several addresses, a template copies."""
        if self.model != MODEL:
            return super()._generate_template_recipients(
                res_ids,
                render_fields,
                allow_suggested=allow_suggested,
                find_or_create_partners=find_or_create_partners,
                render_results=render_results,
            )
        render_results = {} if render_results is None else render_results
        for contact in self.env[MODEL].browse(res_ids):
            to = ""
            if contact.channel == "email" and contact.destination:
                name = clean_header(contact.recipient_id.name)
                to = formataddr((name, clean_header(contact.destination)))
            render_results.setdefault(contact.id, {}).update(
                {"email_to": to, "email_cc": "", "partner_ids": []}
            )
        return render_results

    def _generate_template_static_values(
        self, res_ids, render_fields, render_results=None
    ):
        """An e-mail to a customer stands in the history of the customer, and its id does
        not name the model: the customer's mail client shows it."""
        results = super()._generate_template_static_values(
            res_ids, render_fields, render_results=render_results
        )
        if self.model == MODEL and "res_id" in render_fields:
            for contact in self.env[MODEL].browse(res_ids):
                results[contact.id].update(
                    {
                        "model": "collection.debtor",
                        "res_id": contact.debtor_id.id,
                        "message_id": generate_tracking_message_id("statement"),
                    }
                )
        return results

    def _must_state_the_debt(self):
        """Whether the template may be used after the due date: all but those that are
        used for courtesy notes alone, or for purposes that state no debt."""
        self.ensure_one()
        steps = (
            self.env["collection.stage.step"]
            .sudo()
            .search([("template_id", "=", self.id)])
        )
        purposes = self.env["collection.purpose"]._get_of_template(self)
        if purposes and not steps:
            return any(purpose._states_debt for purpose in purposes)
        return set(steps.mapped("stage_id.level")) != {"pre_due"}

    def _check_collection_texts(self, lang, language, must_state):
        self.ensure_one()
        Wording = self.env["collection.wording"]
        template = self.with_context(lang=lang)
        subject = template.subject or ""
        found = Wording._find_in_template(
            subject, lang, neutral=True, company=self.collection_company_id
        )
        telling = Wording._get_telling_placeholders(subject)
        if found or telling:
            raise ValidationError(
                self.env._(
                    "Template “%(template)s” (%(language)s): the subject says %(words)s. "
                    "Subjects are read on locked screens and by others: say nothing of "
                    "debts and amounts in them.",
                    template=self.name,
                    language=language,
                    words=", ".join(filter(None, [Wording._describe(found), *telling])),
                )
            )
        views = template._get_collection_views()
        sources = [(self.env._("the body"), template.body_html or "")]
        sources += [(f"“{view.name}”", tree) for view, tree in views.items()]
        for place, source in sources:
            found = Wording._find(
                Wording._get_spoken_text(source),
                lang,
                company=self.collection_company_id,
            )
            if found:
                raise ValidationError(
                    self.env._(
                        "Template “%(template)s” (%(language)s): %(place)s says "
                        "%(words)s. Say it calmly; if it is really no threat, archive "
                        "the expression in Configuration ▸ Collections ▸ Forbidden "
                        "wording.",
                        template=self.name,
                        language=language,
                        place=place,
                        words=Wording._describe(found),
                    )
                )
        missing = set(REQUIRED_VIEWS) - {view.key for view in views}
        if must_state and missing:
            raise ValidationError(
                self.env._(
                    "Template “%(template)s” (%(language)s): after the due date every "
                    "message states the invoices, with due dates and amounts, and who "
                    "writes, with address and tax id. Add to the body: %(calls)s",
                    template=self.name,
                    language=language,
                    calls=" ".join(f'<t t-call="{key}"/>' for key in sorted(missing)),
                )
            )

    def _get_collection_views(self):
        """The views that the body is made of, in the language of the context: {view: lxml
        tree, with what other views change in it}. Odoo itself tells of views that do not
        exist."""
        self.ensure_one()
        View = self.env["ir.ui.view"].sudo()
        trees = {}
        wanted = _get_calls(parse_source(self.body_html or ""))
        if self.email_layout_xmlid:
            wanted.append(self.email_layout_xmlid)
        while wanted:
            found = View._fetch_template_views(wanted)
            called = []
            for ref in wanted:
                view = found[ref]
                if isinstance(view, Exception):
                    continue
                view = View.browse(view.id)
                if view not in trees:
                    trees[view] = view._get_combined_arch()
                    called += _get_calls(trees[view])
            wanted = list(dict.fromkeys(called))
        return trees


def _get_calls(tree):
    """What an lxml tree calls by name or id: ["module.view", 33, …]. A name that is
    computed is seen only when the message is written."""
    if tree is None:
        return []
    calls = (node.get("t-call") for node in tree.iter(etree.Element))
    return [
        int(call) if call.isdigit() else call
        for call in calls
        if call and _VIEW_NAME.fullmatch(call)
    ]
