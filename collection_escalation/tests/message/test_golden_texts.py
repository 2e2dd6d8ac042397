import os
import re
from pathlib import Path

from odoo import Command
from odoo.tests import tagged
from odoo.tools import html2plaintext

from ...rules.business_days import add_days
from ..common import MONDAY, CollectionCommon

GOLDEN = Path(__file__).parents[1] / "golden"
LANGUAGES = ("en_US", "pt_BR", "es_419")
PLANS = ("policy_consumer", "policy_company")
#: Write the texts anew instead of comparing them: then read the difference in git.
REWRITE = "COLLECTION_WRITE_GOLDEN"


@tagged("post_install", "-at_install")
class TestGoldenTexts(CollectionCommon):
    """What the customer reads, word by word, in every language: one file a message and
    language. Each is written for the step of the plan that sends it, on the step's day.
    When a text is meant to change, write the files anew and read the difference."""

    keeps_certified_letter = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for lang in LANGUAGES:
            cls.env["res.lang"].sudo()._activate_lang(lang)
        # of base: the names of countries
        for module in ("base", "collection_escalation"):
            cls.env.ref(f"base.module_{module}").sudo()._update_translations(
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
        cls.debtor_partner.write({"is_company": True, "street": "Rua Dois, 2"})
        cls.boss = cls.env["res.partner"].create(
            {
                "name": "Ana Souza",
                "parent_id": cls.debtor_partner.id,
                "email": "ana@example.com",
            }
        )

    def setUp(self):
        super().setUp()
        self.item = self._items(self._create_overdue_invoice(MONDAY, 1500.0))
        self.debtor = self._debtor()

    # -- contacts that fit ---------------------------------------------------------------

    def _get_day(self, step):
        """The day of the step of an invoice due on Monday 2 March 2026."""
        calendar = self.debtor._get_calendar(MONDAY)
        stage = step.stage_id
        entered = add_days(MONDAY, stage.trigger_days, stage.trigger_unit, calendar)
        return add_days(entered, step.offset_days, step.offset_unit, calendar)

    def _create_contact(self, lang, channel, step, items=None, **vals):
        """A contact about ``items`` ({item: its step}, by default the overdue one)."""
        (self.debtor_partner | self.boss).write({"lang": lang})
        items = items or {self.item: step}
        contact = self.env["collection.contact"].sudo()
        contact = contact.create(
            {
                "debtor_id": self.debtor.id,
                "company_id": self.company.id,
                "channel": channel,
                "step_id": step.id,
                "stage_id": step.stage_id.id,
                "user_id": self.collector.id,
                "line_ids": [
                    Command.create(
                        {
                            "item_id": item.id,
                            "step_id": item_step.id,
                            "stage_id": item_step.stage_id.id,
                            "cycle": item.cycle,
                            "currency_id": item.currency_id.id,
                            "date_due": item.date_due,
                        }
                    )
                    for item, item_step in items.items()
                ],
                **vals,
            }
        )
        contact._resolve_recipients()
        self.assertEqual(contact.lang, lang)
        return contact

    def _render(self, contact):
        """Subject and text of an e-mail or letter, or the text of a short message; none
        says what it may not, or lacks what it must say."""
        contact = contact.with_context(lang=contact.lang)
        if contact.channel in ("sms", "whatsapp"):
            channel = self.env["collection.channel"]._get(contact.channel)
            text, subject = channel._render(contact)[contact.id], ""
        elif contact.on_paper:
            letter = contact._render_letter()
            text, subject = html2plaintext(letter["body_html"]), letter["subject"]
        else:
            values = (
                contact._get_template()
                .sudo()
                ._generate_template(contact.ids, ("subject", "body_html"))[contact.id]
            )
            text, subject = html2plaintext(values["body_html"]), values["subject"]
        self.assertIsNone(contact._get_wording_refusal(text, subject))
        contact.unlink()
        return f"{subject}\n\n{text}"

    def _without_what_changes(self, text):
        """Numbers of invoices and links differ from database to database."""
        text = re.sub(r"http\S+", "LINK", text)
        numbers = dict.fromkeys(re.findall(r"R?INV/\S+/\d+", text))
        for place, number in enumerate(sorted(numbers), 1):
            text = text.replace(number, f"INV/{place}")
        return "\n".join(line.rstrip() for line in text.strip().splitlines()) + "\n"

    # -- the files -----------------------------------------------------------------------

    def _get_shipped(self, model):
        """{name: record} of what comes with the module for contacts."""
        found = {}
        for record in self.env[model].search([("model", "=", "collection.contact")]):
            module, _dot, name = record.get_external_id()[record.id].partition(".")
            if module == "collection_escalation":
                found[name] = record
        return found

    def _get_steps(self):
        """{name of the step: step} of both plans."""
        plans = self.env["collection.policy"].union(
            *(self.env.ref(f"collection_escalation.{plan}") for plan in PLANS)
        )
        steps = plans.stage_ids.step_ids
        names = steps.get_external_id()
        return {names[step.id].partition(".")[2]: step for step in steps}

    def test_every_step_of_both_plans(self):
        for name, step in self._get_steps().items():
            party = "business" if "company" in name else "consumer"
            self.debtor.party = party
            for lang in LANGUAGES:
                with self.subTest(name=name, lang=lang), self._at(self._get_day(step)):
                    if step.channel == "phone":
                        text = html2plaintext(step.with_context(lang=lang).script)
                    else:
                        contact = self._create_contact(lang, step.channel, step)
                        text = self._render(contact)
                    self._compare(f"{name}.{lang}", text)

    def test_the_texts_to_who_decides(self):
        """As above, of a company of which somebody recorded who decides."""
        self.debtor.party = "business"
        self.debtor.person_ids = [
            Command.create({"partner_id": self.boss.id, "kind": "decider"})
        ]
        step = self._get_steps()["step_company_firm_email"]
        for lang in LANGUAGES:
            with self.subTest(lang=lang), self._at(self._get_day(step)):
                contact = self._create_contact(lang, "email", step)
                self._compare(f"to_who_decides.{lang}", self._render(contact))

    def test_short_messages(self):
        """No step of the plans sends them: as those of the same level would. What is
        written by WhatsApp is the same."""
        by_level = {s.stage_id.level: s for s in self._get_steps().values()}
        for name, template in self._get_shipped("sms.template").items():
            level = name.removeprefix("sms_template_").replace("courtesy", "pre_due")
            step = (
                by_level[level]
                .sudo()
                .copy({"channel": "sms", "sms_template_id": template.id})
            )
            for lang in LANGUAGES:
                with self.subTest(name=name, lang=lang), self._at(self._get_day(step)):
                    texts = []
                    for channel in ("sms", "whatsapp"):
                        contact = self._create_contact(lang, channel, step)
                        texts.append(self._without_what_changes(self._render(contact)))
                    self.assertEqual(*texts)
                    self._compare(f"{name}.{lang}", texts[0])

    def test_messages_beside_the_plan(self):
        """The invoice itself, and what a person wrote."""
        none = self.env["collection.stage.step"]
        for purpose, name, vals in (
            ("invoice", "invoice", {}),
            (
                "by_hand",
                "manual",
                {"own_subject": "Oficina", "own_text": "<p>Bom dia!</p>"},
            ),
        ):
            for lang in LANGUAGES:
                with self.subTest(name=name, lang=lang), self._at(MONDAY):
                    contact = self._create_contact(
                        lang, "email", none, purpose=purpose, **vals
                    )
                    self._compare(f"mail_template_{name}.{lang}", self._render(contact))

    def test_a_mail_about_invoices_of_three_stages_and_a_credit(self):
        """Firm since Monday 23 March; one became friendly on that day, one is due on
        Thursday 26; a credit of 200 is not allocated."""
        steps = self._get_steps()
        firm = steps["step_consumer_firm_email"]
        late = self._items(self._create_overdue_invoice(MONDAY.replace(day=16), 300.0))
        self._create_overdue_invoice(MONDAY.replace(day=26), 77.0)
        self._create_overdue_invoice(
            MONDAY, 200.0, move_type="out_refund", invoice_date=MONDAY
        )
        for lang in LANGUAGES:
            with self.subTest(lang=lang), self._at(MONDAY.replace(day=23)):
                contact = self._create_contact(
                    lang,
                    "email",
                    firm,
                    {
                        self.item: firm,
                        late: steps["step_consumer_friendly_email"],
                    },
                )
                contact._draw_now()
                self._compare(
                    f"three_stages_and_a_credit.{lang}", self._render(contact)
                )

    def test_every_template_has_a_file(self):
        """What no step uses is used beside the plan."""
        used = self.env["mail.template"].union(
            *(step.template_id for step in self._get_steps().values())
        )
        for kind in ("invoice", "manual"):
            used |= self.env.ref(f"collection_escalation.mail_template_{kind}")
        shipped = self._get_shipped("mail.template").values()
        self.assertEqual(used, self.env["mail.template"].union(*shipped))

    def _compare(self, name, text):
        path, text = GOLDEN / f"{name}.txt", self._without_what_changes(text)
        if os.environ.get(REWRITE):
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        self.assertTrue(
            path.exists(),
            f"no golden text: write it with {REWRITE}=1 and read it",
        )
        self.assertEqual(text, path.read_text(encoding="utf-8"), path.name)

    # -- languages -----------------------------------------------------------------------

    def test_without_texts_in_their_language_it_says_so(self):
        """They read German, for which the module has no texts: English words with English
        dates, and a warning before it leaves and in the log."""
        self.env["res.lang"].sudo()._activate_lang("de_DE")
        self.debtor_partner.lang = "de_DE"
        self.company.partner_id.lang = "en_US"
        other = self._create_debtor_partner("Loja Verde", lang="pt_BR")
        self._create_overdue_invoice(MONDAY, partner=other)
        self._live(MONDAY.replace(day=9))
        contact = self._contacts(state="made")
        self.assertEqual((contact.lang, contact.lang_missing), ("en_US", "de_DE"))
        self.assertIn("German", contact.warning, "the log keeps it")
        self.assertFalse(self._contacts(other).lang_missing)
        self.assertEqual(
            self.env["collection.contact"].search([("lang_missing", "!=", False)]),
            contact,
        )

    def test_ready_counts_whose_language_has_no_texts(self):
        self.assertTrue(self._get_check("language")["done"])
        self.env["res.lang"].sudo()._activate_lang("de_DE")
        self.debtor_partner.lang = "de_DE"
        check = self._get_check("language")
        self.assertFalse(check["done"] or check["required"])
        self.assertIn("language: 1.", check["hint"])
        action = self.company._get_collection_check_action("language")
        found = self.env["collection.debtor"].search(action["domain"])
        self.assertEqual(found, self.debtor)

    def _get_check(self, code):
        checks = self.company._get_collection_checks()
        return next(check for check in checks if check["code"] == code)

    def test_a_language_is_written_if_its_texts_are_translated(self):
        """Portuguese of Portugal and every Spanish by the module's files, English of any
        country as it was written; Italian when somebody has translated what every message
        has."""
        codes = ("pt_PT", "es_ES", "es_MX", "en_GB", "it_IT")
        for code in codes:
            self.env["res.lang"].sudo()._activate_lang(code)
        self.env.ref("base.module_collection_escalation").sudo()._update_translations(
            codes
        )
        written = self.env["collection.contact"]._get_written_languages()
        self.assertEqual(written & set(codes), set(codes) - {"it_IT"})
        firm = self._get_steps()["step_consumer_firm_email"]
        for lang, hello, reads in (
            ("pt_PT", "Olá, Loja Azul!", "vencimento"),
            ("es_ES", "Hola, Loja Azul:", "vencimiento"),
            ("es_MX", "Hola, Loja Azul:", "vencimiento"),
        ):
            with self.subTest(lang), self._at(MONDAY.replace(day=23)):
                text = self._render(self._create_contact(lang, "email", firm))
                self.assertIn(hello, text)
                self.assertIn(reads, text)
                self.assertNotIn("Kind regards", text)

    def test_the_country_is_named_in_the_language_of_each_reader(self):
        """Three readers in one batch: the creditor's country is not that of the first."""
        firm = self._get_steps()["step_consumer_firm_email"]
        with self._at(MONDAY.replace(day=23)):
            contact = self._create_contact("en_US", "email", firm)
            for lang, country in (
                ("en_US", "Brazil"),
                ("pt_BR", "Brasil"),
                ("es_419", "Brasil"),
                ("en_US", "Brazil"),
            ):
                address = contact.with_context(lang=lang).get_creditor_address()
                self.assertTrue(address.endswith(country), f"{lang}: {address}")

    def test_dates_and_amounts_follow_the_language(self):
        """1500, due on 2 March 2026."""
        firm = self._get_steps()["step_consumer_firm_email"]
        with self._at(MONDAY.replace(day=23)):
            text = self._render(self._create_contact("pt_BR", "email", firm))
        self.assertIn("02/03/2026", text)
        self.assertIn("1.500,00", text)
