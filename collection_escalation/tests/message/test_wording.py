from collections import Counter
from datetime import timedelta

from markupsafe import Markup

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ..common import MONDAY, CollectionCommon

FRIENDLY_DAY = MONDAY + timedelta(days=7)
STATES = (
    '<t t-call="collection_escalation.message_statement"/>'
    '<t t-call="collection_escalation.message_signature"/>'
)
CALM = {
    "en_US": [
        "If we do not hear from you by 10 March, we will file the notes with the notary.",
        "We may take the matter to court, which we would rather not.",
        "Everybody makes mistakes. However, what is listed below is still open.",
        "There is no shame in asking for more time. If you lose your job, tell us.",
        "Shall we tell your bookkeeper? Call us any day before noon.",
    ],
    "pt_BR": [
        "Sem resposta até 10/03, o título será levado a protesto, como prevê o contrato.",
        "Poderemos ajuizar uma ação; a notificação extrajudicial segue em anexo.",
        "Entregamos na sua casa e no prazo? Conte para nós, queremos resolver.",
        "O débito automático é uma opção. Qual é o melhor dia para o senhor?",
        "Fica eleito o foro da comarca de Campinas, como diz a última sentença acima.",
        "Instalamos o equipamento no seu local de trabalho. Ajuda no seu trabalho?",
        "Se perder o emprego, avise: o seguro cobre. Indique a seus vizinhos.",
    ],
    "es_419": [
        "Sin embargo, de acuerdo con su contrato podemos acudir a los tribunales.",
        "Enviamos la factura a su domicilio fiscal de la ciudad. ¿La recibió?",
        "Si hay un problema, puede exponerlo con calma: lo resolvemos juntos.",
        "Lo instalamos en su lugar de trabajo. ¿Le ayuda en su trabajo?",
        "Si llegara a perder su empleo, hable con nosotros. Saludos a sus vecinos.",
        "Ante la falta de respuesta informaremos a la central de riesgo el 10 de marzo.",
    ],
}
BAD = {
    "en_US": [
        ("You will be ARRESTED.", "threat"),
        ("We’ll come to your house tonight", "threat"),
        ("this is your last chance", "threat"),
        ("you will lose your job", "threat"),
        ("Have you no shame?", "shame"),
        ("You are hereby summoned to appear", "court"),
        ("Everyone will know what you did", "shame"),
        ("Deadbeats like you", "shame"),
    ],
    "pt_BR": [
        ("O senhor vai ser preso", "threat"),
        ("ÚLTIMA CHANCE!", "threat"),
        ("Iremos até a sua casa", "threat"),
        ("Vamos ao seu local de trabalho", "threat"),
        ("Vou procurá-lo no seu trabalho", "threat"),
        ("Você vai perder o emprego", "threat"),
        ("Juízo de Direito da Comarca de Campinas", "court"),
        ("Em fase de cumprimento de sentença", "court"),
        ("seus vizinhos vão saber", "shame"),
        ("INTIMACAO para pagamento", "court"),
        ("Vamos avisar o seu chefe", "shame"),
        ("seu caloteiro", "shame"),
    ],
    "es_419": [
        ("Irá preso si no paga", "threat"),
        ("iremos a su casa mañana", "threat"),
        ("lo buscaremos en su trabajo", "threat"),
        ("Llamaremos a su lugar de trabajo", "threat"),
        ("Se dictará sentencia", "court"),
        ("Avisaremos a sus vecinos", "shame"),
        ("Última oportunidad", "threat"),
        ("Cédula de notificación nº 3", "court"),
        ("Llamaremos a su jefe", "shame"),
        ("¡Qué vergüenza!", "shame"),
    ],
}


@tagged("post_install", "-at_install")
class TestWording(CollectionCommon):
    """No text to a customer threatens, plays the court or shames; none that others see
    speaks of the debt; every one after the due date states it (S20-S22)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for lang in ("pt_BR", "es_419"):
            cls.env["res.lang"].sudo()._activate_lang(lang)
        cls.env.ref("base.module_collection_escalation").sudo()._update_translations(
            ["pt_BR", "es_419"]
        )
        cls.Wording = cls.env["collection.wording"].with_user(cls.manager)
        cls.friendly = cls.env.ref("collection_escalation.mail_template_friendly")
        cls.view = cls.env.ref("collection_escalation.message_friendly").sudo()

    def _create_template(self, **vals):
        return (
            self.env["mail.template"]
            .with_user(self.manager)
            .create(
                {
                    "name": "Ours",
                    "model_id": self.env["ir.model"]._get_id("collection.contact"),
                    "subject": "A note from {{ object.get_creditor().name }}",
                    "body_html": f"<p>Hello</p>{STATES}",
                    **vals,
                }
            )
        )

    def _create_text(self, body, **vals):
        return (
            self.env["sms.template"]
            .with_user(self.manager)
            .create(
                {
                    "name": "Short",
                    "model_id": self.env["ir.model"]._get_id("collection.contact"),
                    "body": body,
                    **vals,
                }
            )
        )

    def _kinds(self, text, lang=None, neutral=False):
        return [f["kind"] for f in self.Wording._check_free_text(text, lang, neutral)]

    # -- how texts are read --------------------------------------------------------------

    def test_half_a_word_in_bold_is_one_word(self):
        for html in (
            "<p>You will go to pri<b>s</b>on.</p>",
            "<p>You will go to <font><i>pri</i></font>son.</p>",
            "<p>You will go to pri<!-- -->son.</p>",
            "<p>You will go to pri<style>b {}</style>son.</p>",
            "<p>You will <b>go</b> <i>to</i><br/>prison.</p>",
            "<table><tr><td>go</td><td>to</td><td>prison</td></tr></table>",
            "<ul><li>go to</li><li>prison</li></ul>",
        ):
            with self.subTest(html):
                self.assertEqual(self._kinds(Markup(html)), ["threat"])
                source = self.Wording._get_spoken_text(html)
                self.assertEqual(self._kinds(source), ["threat"])

    def test_what_stands_apart_is_no_word(self):
        for html in (
            "<p>my spirit, pri</p><p>son of mine, go to</p>",
            "<div>go to pri</div>son",
            "<td>go to pri</td><td>son</td>",
            "go to pri<br>son",
        ):
            with self.subTest(html):
                self.assertFalse(self._kinds(Markup(html)))

    def test_an_expression_of_qweb_parts_what_stands_around_it(self):
        self.assertFalse(
            self._kinds(self.Wording._get_spoken_text('go to pri<t t-out="name"/>son'))
        )

    # -- the lists -----------------------------------------------------------------------

    def test_each_language_has_its_lists_with_sources(self):
        records = self.Wording.search([])
        sizes = Counter((record.lang, record.kind) for record in records)
        for lang in ("en", "pt", "es"):
            for kind, least in (
                ("threat", 25),
                ("court", 25),
                ("shame", 25),
                ("debt", 10),
            ):
                with self.subTest(lang=lang, kind=kind):
                    self.assertGreaterEqual(sizes[lang, kind], least)
        self.assertTrue(all(records.mapped("note")))

    def test_an_update_brings_what_is_new_and_leaves_what_people_did(self):
        chance, summons = (
            self.env.ref(f"collection_escalation.wording_en_{name}").sudo()
            for name in ("last_chance", "summons")
        )
        everyone = self.env.ref(
            "collection_escalation.wording_en_everyone_will_know"
        ).sudo()
        chance.active = False
        summons.expression = "summons of"
        everyone.unlink()
        own = self.Wording.sudo().create(
            {"lang": "en", "expression": "everyone will know", "kind": "threat"}
        )
        self.Wording.sudo()._load_shipped()
        self.assertFalse(chance.active)
        self.assertEqual(summons.expression, "summons of")
        self.assertEqual(
            self.Wording.search([("expression", "=", "everyone will know")]), own
        )

    def test_an_update_takes_back_what_we_ship_no_more_unless_people_changed_it(self):
        records = self.Wording.sudo()._load_records(
            [
                {
                    "xml_id": f"collection_escalation.wording_en_{word}",
                    "values": {"lang": "en", "kind": "threat", "expression": word},
                    "noupdate": True,
                }
                for word in ("mistaken", "touched", "archived")
            ]
        )
        mistaken, touched, archived = records
        archived.active = False
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE collection_wording SET write_date = write_date + interval '1 day' "
            "WHERE id = %s",
            [touched.id],
        )
        records.invalidate_recordset()
        count = self.Wording.search_count([])
        self.Wording.sudo()._load_shipped()
        self.assertEqual(records.exists(), touched | archived)
        self.assertEqual(self.Wording.search_count([]), count - 1)

    def test_calm_texts_of_later_stages_pass(self):
        for lang, texts in CALM.items():
            for text in texts:
                with self.subTest(text=text):
                    self.assertEqual(self.Wording._check_free_text(text, lang), [])

    def test_threats_court_look_and_shame_are_found_in_every_language(self):
        for lang, texts in BAD.items():
            for text, kind in texts:
                with self.subTest(text=text):
                    self.assertIn(kind, self._kinds(text, lang))

    def test_nobody_needs_to_say_in_which_language_they_write(self):
        """Portuguese typed where only English is installed is stored as English."""
        self.assertEqual(self._kinds("Última chance"), ["threat"])
        self.assertEqual(self._kinds("Última chance", "en_US"), ["threat"])
        self.assertEqual(self._kinds("last chance", "pt_BR"), ["threat"])
        self.assertEqual(self._kinds("última chance", "fr_FR"), ["threat"])
        self.assertEqual(self._kinds("onde mora", "pt_BR", neutral=True), [])
        self.assertEqual(self._kinds("está en mora", "es_AR", neutral=True), ["debt"])

    def test_a_manager_adds_and_archives_expressions(self):
        self.assertEqual(self._kinds("Ai, ai, ai!", "pt_BR"), [])
        own = self.Wording.create(
            {"lang": "pt", "expression": "ai ai", "kind": "shame"}
        )
        self.assertEqual(self._kinds("Ai, ai!", "pt_PT"), ["shame"])
        own.active = False
        self.assertEqual(self._kinds("Ai, ai!", "pt_PT"), [])
        own.active = True
        own.expression = "ui ui"
        self.assertEqual(self._kinds("ui ui"), ["shame"])
        own.unlink()
        self.assertEqual(self._kinds("ui ui"), [])

    def test_an_expression_that_means_nothing_is_refused(self):
        for expression in ("*", "go*", "pri*son", "…"):
            with (
                self.subTest(expression),
                self.assertRaisesRegex(ValidationError, "cannot be looked for"),
            ):
                self.Wording.create(
                    {"lang": "en", "expression": expression, "kind": "threat"}
                )
        with self.assertRaisesRegex(ValidationError, "no language “xx”"):
            self.Wording.create({"lang": "xx", "expression": "word", "kind": "threat"})

    def test_collectors_read_the_lists_and_leave_them(self):
        record = self.Wording.search([], limit=1).with_user(self.collector)
        self.assertTrue(record.expression)
        for change in (
            lambda: record.write({"active": False}),
            lambda: record.unlink(),
            lambda: record.create({"lang": "en", "expression": "x", "kind": "debt"}),
        ):
            with self.assertRaises(AccessError):
                change()

    # -- free text -----------------------------------------------------------------------

    def test_what_a_person_writes_is_named_and_not_refused(self):
        found = self.Wording._check_free_text(
            Markup("<p>Pay or <b>go to</b> prison! R$ 10</p>"), "en_US"
        )
        self.assertEqual([f["kind"] for f in found], ["threat"])
        self.assertEqual(self.Wording._describe(found), "“go to prison” (threat)")
        found = self.Wording._check_free_text(
            "Overdue: R$ 1.234,56, overdue!", "en_US", neutral=True
        )
        self.assertEqual(
            self.Wording._describe(found),
            "“Overdue” (speaks of a debt), “overdue” (speaks of a debt), "
            "“R$ 1.234,56” (amount)",
        )
        self.assertEqual(self.Wording._check_free_text("", neutral=True), [])
        self.assertEqual(self.Wording._check_free_text(False), [])

    # -- what we ship --------------------------------------------------------------------

    def test_our_texts_pass_in_three_languages(self):
        templates = self.env["mail.template"].search(
            [("model", "=", "collection.contact")]
        )
        self.assertGreaterEqual(len(templates), 4)
        texts = " ".join(
            self.Wording._get_spoken_text(tree)
            for lang in ("pt_BR", "es_419")
            for tree in self.friendly.with_context(lang=lang)
            ._get_collection_views()
            .values()
        )
        for word in ("Olá", "Hola", "Atenciosamente,", "Saludos"):
            self.assertIn(word, texts, "the translations are what is read")
        self.assertNotIn("CPF", texts, "creditors live elsewhere too")
        templates._check_collection_wording()
        for view in self.env["ir.ui.view"].search(
            [("key", "=like", "collection_escalation.message_%")]
        ):
            view._check_collection_wording()
        self.env["collection.stage.step"].search([])._check_script_wording()

    def test_our_messages_leave_in_three_languages(self):
        for lang in ("en_US", "pt_BR", "es_419"):
            partner = self._create_debtor_partner(f"Loja {lang}", lang=lang)
            self._create_overdue_invoice(MONDAY, 1234.56, partner)
            self._create_overdue_invoice(FRIENDLY_DAY + timedelta(days=4), 9, partner)
        self.company.partner_id.vat = "11.222.333/0001-81"
        tax_id = self.company.partner_id.vat
        mails = self._live(FRIENDLY_DAY)
        self.assertEqual(len(mails), 3, [c.error for c in self._all_contacts()])
        for mail in mails:
            for stated in ("INV/2026/", "1.234,56", "Rua Um, 1", tax_id):
                body = mail["body"].replace("1,234.56", "1.234,56")
                self.assertIn(stated, body)

    def _all_contacts(self):
        return self.env["collection.contact"].sudo().search([])

    # -- templates -----------------------------------------------------------------------

    def test_a_template_that_threatens_is_refused(self):
        with self.assertRaises(ValidationError) as refusal:
            self._create_template(body_html=f"<p>Pay or go to <b>jail</b></p>{STATES}")
        for told in ("Ours", "English", "the body", "“go to jail” (threat)", "archive"):
            self.assertIn(told, str(refusal.exception))

    def test_texts_in_attributes_are_read_too(self):
        body = (
            '<t t-set="x" t-valuef.translate="Dear {{ object.id }}, thief"/>'
            f'<p t-out="x"/>{STATES}'
        )
        with self.assertRaisesRegex(ValidationError, "“thief”"):
            self._create_template(body_html=body)

    def test_subjects_are_neutral(self):
        template = self._create_template()
        for subject, words in (
            ("Your debt", "“debt” \\(speaks of a debt\\)"),
            ("You owe R$ 10,00", "“owe”.*“R\\$ 10,00” \\(amount\\)"),
            ("Sua cobrança", "“cobrança”"),
            ("For {{ object.amount_text }}", "object.amount_text"),
            ("{{ object.user_id.name ||| overdue }}", "“overdue”"),
        ):
            with (
                self.subTest(subject),
                self.assertRaisesRegex(ValidationError, words),
                self.env.cr.savepoint(),
            ):
                template.subject = subject
        template.subject = "{{ object.get_creditor().name }} wrote to you"

    def test_the_body_may_speak_of_the_debt(self):
        template = self._create_template(body_html=f"<p>Overdue: R$ 10</p>{STATES}")
        self.assertIn("Overdue: R$ 10", template.body_html)

    def test_each_language_is_checked_when_it_is_written(self):
        template = self._create_template()
        with (
            self.assertRaisesRegex(ValidationError, r"Portuguese.*“cobrança”"),
            self.env.cr.savepoint(),
        ):
            template.with_context(lang="pt_BR").subject = "Aviso de cobrança"
        for field, value in (
            ("subject", "Aviso de cobrança"),
            ("body_html", f"<p>Última chance</p>{STATES}"),
        ):
            with (
                self.subTest(field),
                self.assertRaisesRegex(ValidationError, "Portuguese"),
                self.env.cr.savepoint(),
            ):
                template.update_field_translations(field, {"pt_BR": value})
        template.update_field_translations("subject", {"pt_BR": "Um recado"})
        self.assertEqual(template.with_context(lang="pt_BR").subject, "Um recado")

    def test_a_template_states_the_debt(self):
        for body, missing in (
            ("<p>Hello</p>", "message_signature.*message_statement"),
            (STATES.partition("/>")[0] + "/>", "message_signature"),
            ("", "message_statement"),
        ):
            with (
                self.subTest(body),
                self.assertRaisesRegex(ValidationError, missing),
                self.env.cr.savepoint(),
            ):
                self._create_template(body_html=body)
        self._create_template(
            body_html='<t t-call="collection_escalation.message_firm"/>'
        )

    def test_only_courtesy_notes_need_not_state_anything(self):
        template = self._create_template()
        plan = self.policy._copy_for(self.company)
        steps = plan.stage_ids.step_ids.filtered(lambda s: s.channel == "email")
        courtesy = steps.filtered(lambda s: s.stage_id.level == "pre_due")
        courtesy.with_user(self.manager).template_id = template
        template.body_html = "<p>Is everything clear?</p>"
        with (
            self.assertRaisesRegex(ValidationError, "message_statement"),
            self.env.cr.savepoint(),
        ):
            (steps - courtesy)[0].with_user(self.manager).template_id = template
        copy = plan.with_user(self.manager).copy()
        copy.stage_ids.filtered(lambda stage: stage.level == "loss").unlink()
        with self.assertRaisesRegex(ValidationError, "message_statement"):
            copy.stage_ids.filtered(lambda stage: stage.level == "pre_due").write(
                {"level": "loss", "trigger_days": 300, "trigger_unit": "calendar"}
            )

    def test_other_templates_say_what_they_like(self):
        partners = self.env["ir.model"]._get_id("res.partner")
        mail = self._create_template(
            model_id=partners, subject="Debt", body_html="<p>last chance</p>"
        )
        self.assertEqual(mail.subject, "Debt")
        self.assertIn("last chance", mail.body_html)
        sms = (
            self.env["sms.template"]
            .sudo()
            .create(
                {"name": "Sale", "model_id": partners, "body": "last chance: 10 EUR"}
            )
        )
        self.assertEqual(sms.body, "last chance: 10 EUR")

    # -- views ---------------------------------------------------------------------------

    def test_the_views_of_messages_are_checked(self):
        with (
            self.assertRaisesRegex(
                ValidationError, "friendly reminder” says “Shame on you”"
            ),
            self.env.cr.savepoint(),
        ):
            self.view.arch = self.view.arch.replace("First of all", "Shame on you")
        with (
            self.assertRaisesRegex(ValidationError, r"Portuguese.*“Caloteiro”"),
            self.env.cr.savepoint(),
        ):
            signature = self.env.ref("collection_escalation.message_signature").sudo()
            signature.update_field_translations(
                "arch_db", {"pt_BR": {"Kind regards": "Caloteiro,"}}
            )

    def test_what_other_views_change_in_them_is_checked(self):
        with self.assertRaisesRegex(ValidationError, "“last chance”"):
            self.env["ir.ui.view"].sudo().create(
                {
                    "type": "qweb",
                    "key": "base.changed_by_a_consultant",
                    "inherit_id": self.view.id,
                    "arch": '<xpath expr="//p" position="after"><p>last chance</p>'
                    "</xpath>",
                }
            )

    def test_the_statement_cannot_be_taken_out_of_a_view(self):
        arch = self.view.arch.replace(
            '<t t-call="collection_escalation.message_statement"/>', ""
        )
        self.assertNotEqual(arch, self.view.arch)
        with self.assertRaisesRegex(ValidationError, "message_statement"):
            self.view.arch = arch

    def test_a_view_of_somebody_else_that_a_template_calls_is_checked(self):
        page = (
            self.env["ir.ui.view"]
            .sudo()
            .create({"type": "qweb", "key": "base.extra", "arch": "<p>last chance</p>"})
        )
        with (
            self.assertRaisesRegex(ValidationError, "“last chance”"),
            self.env.cr.savepoint(),
        ):
            self._create_template(body_html=f'<t t-call="base.extra"/>{STATES}')
        page.arch = "<p>hello</p>"
        self._create_template(body_html=f'<t t-call="base.extra"/>{STATES}')
        with self.assertRaisesRegex(ValidationError, "“shameless”"):
            page.arch = "<p>shameless</p>"

    # -- scripts, SMS --------------------------------------------------------------------

    def test_a_script_that_shames_is_refused_in_every_language(self):
        plan = self.policy._copy_for(self.company)
        step = plan.stage_ids.step_ids.filtered("script")[0]
        step = step.with_user(self.manager)
        with (
            self.assertRaisesRegex(ValidationError, "“shame on you” \\(shames\\)"),
            self.env.cr.savepoint(),
        ):
            step.script = "<p>Say: shame on you!</p>"
        with self.assertRaisesRegex(ValidationError, "Portuguese.*“Caloteiro”"):
            step.update_field_translations(
                "script",
                {
                    "pt_BR": {
                        "Write down why it was not paid. Thank them.": "Caloteiro!"
                    }
                },
            )

    def test_an_sms_says_nothing_but_the_link(self):
        good = (
            "{{ object.get_creditor().name }}: a message for you {{ object.get_url() }}"
        )
        text = self._create_text(good)
        for body, told in (
            ("Your debt {{ object.get_url() }}", "“debt”"),
            ("10 EUR {{ object.get_url() }}", "“10 EUR”"),
            ("last chance {{ object.get_url() }}", "“last chance”"),
            ("{{ object.amount_text }} {{ object.get_url() }}", "amount_text"),
            ("Please call us", "no link"),
        ):
            with (
                self.subTest(body),
                self.assertRaisesRegex(ValidationError, told),
                self.env.cr.savepoint(),
            ):
                text.body = body
        with self.assertRaisesRegex(ValidationError, "Spanish.*“deuda”"):
            text.update_field_translations(
                "body", {"es_419": "Su deuda {{ object.get_url() }}"}
            )

    def test_managers_write_the_texts_of_collections_and_no_others(self):
        partners = self.env["ir.model"]._get_id("res.partner")
        with self.assertRaises(AccessError):
            self._create_text("hello", model_id=partners)
        with self.assertRaises(AccessError):
            self._create_text("{{ object.get_url() }}").with_user(
                self.collector
            ).body = "x {{ object.get_url() }}"

    # -- when written --------------------------------------------------------------------

    def test_a_forbidden_message_does_not_leave_and_goes_to_a_person(self):
        """What an expression says is seen when the mail is written."""
        other = self._create_debtor_partner("Loja Verde")
        self._create_overdue_invoice(MONDAY)
        self._create_overdue_invoice(MONDAY, partner=other)
        self.friendly.sudo().body_html = (
            "<p t-if=\"object.partner_id.name == 'Loja Verde'\" "
            f"t-out=\"'go to' + ' prison'\"/>{STATES}"
        )
        count = self.env["mail.mail"].sudo().search_count([])
        mails = self._live(FRIENDLY_DAY)
        self.assertEqual(len(mails), 1)
        contact = self._contacts(other, channel="email")
        self.assertEqual(contact.state, "failed")
        self.assertEqual(contact.reasons[0]["code"], "WORDING")
        self.assertIn("“go to prison”", contact.why)
        self.assertFalse(contact.mail_id or contact.message_id)
        self.assertEqual(self._contacts(other, channel="phone").state, "planned")
        self.assertEqual(self._contacts(channel="email").state, "made")
        told = (
            self.env["mail.message"]
            .sudo()
            .search([("partner_ids", "in", self.collector.partner_id.ids)])
        )
        self.assertIn("go to prison", " ".join(told.mapped("body")))
        self.assertEqual(
            self.env["mail.mail"]
            .sudo()
            .search_count([("mail_message_id", "not in", told.ids)]),
            count + 1,
            "nothing is left of the refused mail",
        )

    def test_a_subject_that_tells_does_not_leave(self):
        self._create_overdue_invoice(MONDAY)
        self.friendly.sudo().subject = "{{ 'over' + 'due' }}"
        self.assertFalse(self._live(FRIENDLY_DAY))
        contact = self._contacts(channel="email")
        self.assertEqual(
            (contact.state, contact.reasons[0]["code"]), ("failed", "WORDING")
        )

    def test_a_message_that_lacks_data_does_not_leave(self):
        self._create_overdue_invoice(MONDAY)
        row = self.env.ref("collection_escalation.message_statement_table").sudo()
        row.arch = row.arch.replace("due on {{ day }}", "due soon")
        self.assertFalse(self._live(FRIENDLY_DAY))
        contact = self._contacts(channel="email")
        self.assertEqual(contact.state, "failed")
        self.assertEqual(
            contact.reasons,
            [{"code": "WORDING_LACKS", "args": {"missing": ["due"]}}],
        )
        self.assertIn("(due date)", contact.why)

    def test_names_are_no_wording(self):
        """A creditor called Mora, a customer called Caloteiro."""
        self.company.partner_id.name = "Cobranças Mora Ltda."
        partner = self._create_debtor_partner("Ana Caloteiro", lang="pt_BR")
        self._create_overdue_invoice(MONDAY, partner=partner)
        (mail,) = self._live(FRIENDLY_DAY)
        self.assertIn("Cobranças Mora Ltda.", mail["subject"])

    def test_where_the_creditor_is_is_no_wording(self):
        self.company.partner_id.write(
            {
                "street": "Rua Tribunal de Justiça, 5",
                "street2": "Sheriff Street",
                "city": "Delegacia",
            }
        )
        self._create_overdue_invoice(MONDAY)
        (mail,) = self._live(FRIENDLY_DAY)
        self.assertIn("Sheriff Street, Delegacia", mail["body"])

    def test_a_name_inside_a_word_hides_nothing(self):
        partner = self._create_debtor_partner("TIM")
        self._create_overdue_invoice(MONDAY, partner=partner)
        with self._at(FRIENDLY_DAY):
            self._evaluate()
            refusal = self._contacts(partner)._get_wording_refusal("ÚLTIMA CHANCE, TIM")
        self.assertEqual(refusal["args"], {"words": "“ÚLTIMA CHANCE”"})

    def test_what_the_plan_announces_is_no_court_look(self):
        """A notary is called what Settings call it, except where others read it."""
        self.company.sudo().collection_notary = "Cartório da Vara Cível"
        self._create_overdue_invoice(MONDAY)
        with self._at(FRIENDLY_DAY):
            self._evaluate()
            contact = self._contacts()
            text = "a protest at Cartório da Vara Cível, at the Vara Cível"
            refusal = contact._get_wording_refusal(text, "Cartório da Vara Cível")
            self.assertEqual(refusal["args"], {"words": "“Vara Cível”"})
            told = contact._get_wording_refusal("at Cartório da Vara Cível")
            self.assertEqual(told["code"], "WORDING_LACKS")

    def test_what_a_person_writes_after_the_due_date_states_the_debt(self):
        self._create_overdue_invoice(MONDAY)
        self._create_overdue_invoice(MONDAY + timedelta(days=60))
        with self._at(FRIENDLY_DAY):
            self._evaluate()
            late, coming = self._debtor().item_ids.sorted("date_due")
            for purpose in ("by_hand", "invoice"):
                for channel, items, lacks in (
                    (
                        "email",
                        late,
                        {"creditor", "address", "invoice", "due", "amount"},
                    ),
                    ("email", late | coming, {"creditor", "address", "invoice"}),
                    ("email", coming, set()),
                    ("sms", late, {"link"}),
                    ("whatsapp", late, {"link"}),
                    ("sms", coming, set()),
                ):
                    with self.subTest(purpose, channel=channel, items=items):
                        refusal = self._plan_by_hand(
                            items, channel, purpose
                        )._get_wording_refusal("Hello")
                        missing = refusal and refusal["args"]["missing"] or ()
                        self.assertEqual(set(missing) & lacks, lacks)
                        self.assertEqual(bool(missing), bool(lacks))

    def _plan_by_hand(self, items, channel, purpose):
        Contact = self.env["collection.contact"].sudo()
        debtor = self._debtor()
        vals = Contact._prepare_by_hand_vals(
            debtor,
            self.collector,
            channel=channel,
            purpose=purpose,
            recipient_id=debtor.partner_id.id,
            lang="en_US",
        )
        return Contact._create_by_hand(vals, items)

    def test_an_sms_states_its_data_behind_the_link(self):
        self._create_overdue_invoice(MONDAY)
        with self._at(FRIENDLY_DAY):
            self._evaluate()
        contact = self._contacts()
        self.env.cr.execute(
            "UPDATE collection_contact SET channel = 'sms' WHERE id = %s", [contact.id]
        )
        contact.invalidate_recordset()
        url = contact.get_url()
        self.assertIsNone(contact._get_wording_refusal(f"A message: {url}"))
        self.assertEqual(
            contact._get_wording_refusal("A message")["args"], {"missing": ["link"]}
        )
        self.assertEqual(
            contact._get_wording_refusal(f"You owe us {url}")["args"],
            {"words": "“owe”"},
        )

    def test_the_check_costs_no_query_per_message(self):
        """The mails of 2 and of 6 customers with 3 invoices each are read with the same
        number of queries, counted from an empty cache."""
        partners = [self._create_debtor_partner(f"Loja {n}") for n in range(6)]
        for partner in partners:
            for amount in (10, 20, 30):
                self._create_overdue_invoice(MONDAY, amount, partner)
        self._live(FRIENDLY_DAY)
        mails = self._all_contacts().mapped("mail_id")
        self.assertEqual(len(mails), 6)
        with self._at(FRIENDLY_DAY):
            spent = [self._count_queries(mails[:size]) for size in (2, 6)]
        self.assertEqual(*spent)

    def _count_queries(self, mails):
        contacts = self._all_contacts().filtered(lambda c: c.mail_id in mails)
        self.env.flush_all()
        self.env.invalidate_all()
        mails.mapped("body_html")
        before = self.env.cr.sql_log_count
        self.assertFalse(contacts._refuse_forbidden_mails(contacts.mail_id))
        return self.env.cr.sql_log_count - before

    # -- composers -----------------------------------------------------------------------

    def test_composers_do_not_go_round_the_contacts(self):
        self._create_overdue_invoice(MONDAY)
        with self._at(FRIENDLY_DAY):
            self._evaluate()
        debtor = self._debtor().with_user(self.collector)
        with self.assertRaisesRegex(UserError, "leave as contacts"):
            self.friendly.with_user(self.collector).send_mail(debtor.contact_ids.id)
        for record in (debtor, debtor.case_id, debtor.contact_ids):
            sms = (
                self.env["sms.composer"]
                .with_user(self.collector)
                .create(
                    {
                        "res_model": record._name,
                        "res_id": record.id,
                        "body": "Hello",
                        "composition_mode": "numbers",
                        "numbers": "+5521999990000",
                    }
                )
            )
            mail = (
                self.env["mail.compose.message"]
                .with_user(self.collector)
                .create(
                    {
                        "model": record._name,
                        "res_ids": record.ids,
                        "composition_mode": "mass_mail",
                        "subject": "Hello",
                        "body": "Hello",
                        "partner_ids": [Command.link(self.debtor_partner.id)],
                    }
                )
            )
            with self.subTest(record), self.mock_mail_gateway():
                with self.assertRaisesRegex(UserError, "leave as contacts"):
                    sms.action_send_sms()
                with self.assertRaisesRegex(UserError, "leave as contacts"):
                    mail.action_send_mail()
                self.assertFalse(self._mails)
        self.assertFalse(self.env["sms.sms"].sudo().search([("body", "=", "Hello")]))
