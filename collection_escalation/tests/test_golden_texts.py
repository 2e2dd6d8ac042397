import os
import re
from datetime import date
from pathlib import Path

from odoo.tests import tagged
from odoo.tools import html2plaintext

from .common import MONDAY, CollectionCommon

GOLDEN = Path(__file__).parent / "golden"
LANGUAGES = ("en_US", "pt_BR", "es_419")
#: Write the texts anew instead of comparing them: then read the difference in git.
REWRITE = "COLLECTION_WRITE_GOLDEN"


@tagged("post_install", "-at_install")
class TestGoldenTexts(CollectionCommon):
    """What the customer reads, word by word, in every language: one file a message and
    language. When a text is meant to change, write the files anew and read the difference."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for lang in LANGUAGES:
            cls.env["res.lang"].sudo()._activate_lang(lang)
        cls.env.ref("base.module_collection_escalation").sudo()._update_translations(
            [lang for lang in LANGUAGES if lang != "en_US"], overwrite=True
        )
        cls.company.sudo().write(
            {
                "name": "Oficina Silva",
                "phone": "+55 11 3333-0000",
                "collection_bureau": "SPC",
                "collection_notary": "1º Tabelionato",
                "collection_court": "Juizado Especial",
            }
        )

    def _create_contact(self, lang):
        """A message about an instalment invoice, one part overdue, with a credit."""
        self.debtor_partner.write({"lang": lang, "street": "Rua Dois, 2"})
        self._create_instalment_invoice([MONDAY, MONDAY.replace(day=30)], 1500.0)
        self._live(MONDAY.replace(day=9))
        return self._contacts(channel="email").sudo()

    def _render(self, template, contact, lang):
        """Subject and text of an e-mail, or the text of a short message."""
        contact = contact.with_context(lang=lang)
        if template._name == "sms.template":
            return template._render_field("body", contact.ids, set_lang=lang)[
                contact.id
            ]
        values = template._generate_template(contact.ids, ("subject", "body_html"))
        values = values[contact.id]
        return f"{values['subject']}\n\n{html2plaintext(values['body_html'])}"

    def _without_what_changes(self, text):
        """Numbers of invoices and links differ from database to database."""
        text = re.sub(r"http\S+", "LINK", text)
        text = re.sub(r"INV/\S+/\d+", "INV/1", text)
        return "\n".join(line.rstrip() for line in text.strip().splitlines()) + "\n"

    def _get_templates(self):
        """{name of the file: template} of all texts that come with the module."""
        found = {}
        for model in ("mail.template", "sms.template"):
            for record in self.env[model].search(
                [("model", "=", "collection.contact")]
            ):
                module, _dot, name = record.get_external_id()[record.id].partition(".")
                if module == "collection_escalation":
                    found[name] = record.sudo()
        return found

    def test_the_words_of_every_message(self):
        templates = self._get_templates()
        self.assertGreaterEqual(len(templates), 9)
        for lang in LANGUAGES:
            contact = self._create_contact(lang)[:1]
            consumer_plan = self.policy.stage_ids
            for name, template in sorted(templates.items()):
                with self.subTest(name=name, lang=lang), self._at(date(2026, 3, 10)):
                    stage = consumer_plan.filtered(
                        lambda s, name=name: s.level
                        == ("pre_due" if "courtesy" in name else "firm")
                    )
                    contact._write_state({"stage_id": stage.id, "lang": lang})
                    text = self._without_what_changes(
                        self._render(template, contact, lang)
                    )
                    self._compare(GOLDEN / f"{name}.{lang}.txt", text)

    def _compare(self, path, text):
        if os.environ.get(REWRITE):
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        self.assertTrue(
            path.exists(),
            f"no golden text: write it with {REWRITE}=1 and read it",
        )
        self.assertEqual(text, path.read_text(encoding="utf-8"), path.name)

    def test_without_texts_in_their_language_it_says_so(self):
        """They read German, for which the module has no texts: English words with English
        dates, and a warning before it leaves."""
        self.env["res.lang"].sudo()._activate_lang("de_DE")
        self.debtor_partner.lang = "de_DE"
        self.company.partner_id.lang = "en_US"
        self._create_overdue_invoice(MONDAY)
        with self._at(MONDAY.replace(day=9)):
            self._evaluate()
            contact = self._contacts()
            contact._resolve_recipients()
            self.assertEqual(contact.lang, "en_US")
            self.assertIn("German", contact.warning)

    def test_dates_and_amounts_follow_the_language(self):
        """1500 in two parts: 750 each; due on 2 March 2026."""
        contact = self._create_contact("pt_BR")[:1]
        text = html2plaintext(contact.message_id.sudo().body)
        self.assertIn("02/03/2026", text)
        self.assertIn("750,00", text)
