import re
from datetime import timedelta

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import html2plaintext

from ..common import MONDAY, CollectionCommon

FIRM = "collection_escalation.stage_company_firm"
#: Three calendar days before Monday 2 March 2026: the courtesy note's day.
FRIDAY = MONDAY - timedelta(days=3)


@tagged("post_install", "-at_install")
class TestReadyPlans(CollectionCommon):
    """The plans that come with the module, for consumers and for companies."""

    keeps_certified_letter = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company_plan = cls.env.ref("collection_escalation.policy_company")
        cls.company.sudo().collection_business_policy_id = cls.company_plan

    def _treat_as_company(self):
        self.debtor_partner.is_company = True
        self.env["collection.debtor"]._get_for(
            self.debtor_partner, self.company
        ).party = "business"

    # -- the plan follows the party --------------------------------------------------------

    def test_who_is_unknown_is_a_consumer_and_companies_have_their_own_plan(self):
        debtor = self.env["collection.debtor"]._get_for(
            self.debtor_partner, self.company
        )
        self.assertEqual(debtor.effective_policy_id, self.policy)
        debtor.party = "business"
        self.assertEqual(debtor.effective_policy_id, self.company_plan)

    def test_ready_counts_companies_that_are_treated_as_consumers(self):
        """Nobody said what they are, so they stay consumers; the list is there to say it
        for many at once. Who was called a consumer on purpose is not counted."""
        self.debtor_partner.is_company = True
        self._create_overdue_invoice(MONDAY)
        debtor = self._debtor()
        self.assertEqual(debtor.effective_policy_id, self.policy)
        for party, done in ((False, False), ("consumer", True), ("business", True)):
            with self.subTest(party):
                debtor.party = party
                ready = self.env["collection.ready"].with_user(self.manager).create({})
                line = ready.line_ids.filtered(lambda x: x.code == "party")
                self.assertEqual((line.done, line.required), (done, False))
                found = self.env["collection.debtor"].search(
                    line.action_fix()["domain"]
                )
                self.assertEqual(bool(found), not done)

    def test_the_days_of_both_plans(self):
        """Each stage with its trigger and unit, the days it asks for in the stage before
        and who opens it; each step with its offset, unit and conditions: +8 is +5 and 3."""

        def days(plan):
            return [
                (
                    stage.level,
                    stage.trigger_days,
                    stage.trigger_unit,
                    stage.min_stay,
                    stage.gate,
                    [
                        (s.channel, s.offset_days, s.offset_unit, conditions(s))
                        for s in stage.step_ids.sorted()
                    ],
                )
                for stage in plan.stage_ids.sorted("sequence")
            ]

        def conditions(step):
            names = ("only_if_not_reached", "only_above_minimum")
            found = {name.removeprefix("only_") for name in names if step[name]}
            return found | ({step.addressee} - {"usual"})

        silent, costly = "if_not_reached", "above_minimum"
        self.assertEqual(
            days(self.company_plan),
            [
                (
                    "pre_due",
                    -5,
                    "calendar",
                    0,
                    "auto",
                    [("email", 0, "business", set())],
                ),
                (
                    "friendly",
                    5,
                    "business",
                    0,
                    "auto",
                    [
                        ("email", 0, "business", set()),
                        ("phone", 7 - 5, "business", {silent}),
                    ],
                ),
                (
                    "firm",
                    12,
                    "business",
                    5,
                    "auto",
                    [
                        ("email", 0, "business", {"decider"}),
                        ("email", 20 - 12, "business", {"decider"}),
                    ],
                ),
                ("formal", 30, "calendar", 10, "manager", []),
                (
                    "legal",
                    45,
                    "calendar",
                    10,
                    "manager",
                    [
                        ("certified", 0, "business", {costly, "decider"}),
                        ("certified", 75 - 45, "calendar", {costly, "decider"}),
                    ],
                ),
                ("loss", 365, "calendar", 30, "manager", []),
            ],
        )
        self.assertEqual(
            days(self.policy),
            [
                (
                    "pre_due",
                    -3,
                    "calendar",
                    0,
                    "auto",
                    [("email", 0, "business", set())],
                ),
                (
                    "friendly",
                    5,
                    "business",
                    0,
                    "auto",
                    [
                        ("email", 0, "business", set()),
                        ("phone", 8 - 5, "business", {silent}),
                    ],
                ),
                (
                    "firm",
                    15,
                    "business",
                    7,
                    "auto",
                    [
                        ("email", 0, "business", set()),
                        ("phone", 18 - 15, "business", {silent}),
                        ("certified", 22 - 15, "business", {silent, costly}),
                    ],
                ),
                ("formal", 30, "calendar", 10, "manager", []),
                ("legal", 60, "calendar", 10, "manager", []),
                ("loss", 180, "calendar", 30, "manager", []),
            ],
        )

    def test_the_protest_is_announced_on_day_45_and_the_claim_on_day_75(self):
        """Due Monday 2 March 2026, and managers approve on the day they are asked: the
        letters of the legal stage on Thursday 16 April and Saturday 16 May."""
        self.debtor_partner.street = "Rua Um, 1"
        self._treat_as_company()
        self._create_overdue_invoice(MONDAY)
        with self._at(MONDAY):
            run = self.env["collection.dry.run"].with_user(self.manager)
            action = run.create(
                {"company_id": self.company.id, "days": 90, "approves": True}
            ).action_run()
            found = run.env[action["res_model"]].search(action["domain"])
        self.assertEqual(
            [
                (line.channel, (line.asked_on - MONDAY).days)
                for line in found
                if line.stage_id.level == "legal"
            ],
            [("certified", 45), ("certified", 75)],
        )

    def test_who_does_not_answer_gets_a_certified_letter_after_22_business_days(self):
        """Due Monday 2 March 2026: firm on Monday 23 (15 business days), a call nobody
        makes on Thursday 26, the letter on Wednesday 1 April (22)."""
        self.debtor_partner.street = "Rua Um, 1"
        small = self._create_debtor_partner("Loja Verde", street="Rua Dois, 2")
        talked = self._create_debtor_partner("Loja Roxa", street="Rua Tres, 3")
        self._create_overdue_invoice(MONDAY)
        self._create_overdue_invoice(MONDAY, 50.0, small)
        self._create_overdue_invoice(MONDAY, partner=talked)
        self._live_until(MONDAY + timedelta(days=7), MONDAY + timedelta(days=24))
        with self._at(MONDAY + timedelta(days=24)):
            call = self._contacts(talked, channel="phone", state="planned")
            self._log_call(call, "conversation")
        self._live_until(MONDAY + timedelta(days=25), MONDAY + timedelta(days=29))
        self.assertFalse(self._contacts(channel="certified"), "not before its day")
        self._live(MONDAY + timedelta(days=30))
        letter = self._contacts(channel="certified")
        self.assertEqual((letter.state, letter.stage_id.level), ("planned", "firm"))
        self.assertFalse(
            self._contacts(small, channel="certified"), "50 is the minimum"
        )
        self.assertFalse(self._contacts(talked, channel="certified"), "they talked")

    def test_in_a_currency_without_minimum_the_one_of_the_companys_currency_holds(self):
        """USD 50 is the minimum. Two francs are a dollar: CHF 100 is not above it. Without
        a rate nobody can tell, and without any minimum all is above it."""
        chf, day = self.env.ref("base.CHF"), MONDAY
        chf.sudo().active = True
        self.assertEqual(self.policy._get_minimum(chf, self.company, day), 0.0)
        chf.sudo().rate_ids = [
            Command.create(
                {"name": "2026-01-01", "rate": 2.0, "company_id": self.company.id}
            )
        ]
        self.assertEqual(self.policy._get_minimum(chf, self.company, day), 100.0)
        for amount, above in ((100.0, False), (100.01, True)):
            with self.subTest(amount):
                partner = self._create_debtor_partner(f"Loja {amount}")
                self._create_overdue_invoice(
                    MONDAY, amount, partner, currency_id=chf.id
                )
                with self._at(MONDAY.replace(day=9)):
                    evaluation = self.env["collection.evaluation"].sudo()
                    debtor = self._debtor(partner)
                    facts = evaluation._get_facts(debtor)
                    (row,) = facts.items[debtor.id]
                    self.assertEqual(
                        evaluation._is_above_minimum(facts, debtor, row), above
                    )
        self.policy.tolerance_ids.unlink()
        self.assertEqual(self.policy._get_minimum(chf, self.company, day), 0.0)

    def test_a_company_from_the_courtesy_note_to_the_notice_that_supplies_stop(self):
        """Due Monday 2 March 2026. Courtesy on Wednesday 25 February (five days before),
        accounts payable on Monday 9 March (5 business days), who decides on Wednesday 18
        (12), the notice on Monday 30 (20)."""
        self._treat_as_company()
        boss = self.env["res.partner"].create(
            {
                "name": "The boss",
                "parent_id": self.debtor_partner.id,
                "email": "boss@example.com",
                "lang": "en_US",
            }
        )
        self._debtor().person_ids = [
            Command.create({"partner_id": boss.id, "kind": "decider"})
        ]
        invoice = self._create_overdue_invoice(MONDAY)
        sent = self._live_until(MONDAY - timedelta(days=6), MONDAY + timedelta(days=30))
        self.assertEqual(
            {
                (day - MONDAY).days: [mail["email_to"][0] for mail in mails]
                for day, mails in sent.items()
            },
            {
                -5: ['"Loja Azul" <loja.azul@example.com>'],
                7: ['"Loja Azul" <loja.azul@example.com>'],
                16: ['"The boss" <boss@example.com>'],
                28: ['"The boss" <boss@example.com>'],
            },
        )
        courtesy = sent[MONDAY - timedelta(days=5)][0]["body"]
        self.assertIn("order number", courtesy)
        notice = sent[MONDAY + timedelta(days=28)][0]["body"]
        self.assertIn(invoice.name, notice)
        self.assertIn("supplies and services stop", notice)
        self.assertNotIn("have had no answer", notice, "who knows?")
        self.assertNotIn("protest", notice, "Settings name no notary")

    def test_who_decides_is_addressed_as_such_only_if_somebody_recorded_it(self):
        """Else a neutral text, and one duty for the collector, however many steps."""
        self._treat_as_company()
        self._create_overdue_invoice(MONDAY)
        self._live_until(MONDAY + timedelta(days=7), MONDAY + timedelta(days=15))
        unknown = self._live(MONDAY + timedelta(days=16))[0]["body"]
        self.assertNotIn("As you decide", unknown)
        self.assertIn("pass our message on", unknown)
        self._live_until(MONDAY + timedelta(days=17), MONDAY + timedelta(days=28))
        duty = self._debtor().case_id.activity_ids.filtered(
            lambda a: a.activity_type_id
            == self.env.ref("collection_escalation.mail_activity_find_decider")
        )
        self.assertEqual(len(duty), 1)
        self.assertEqual(duty.user_id, self.collector)

        boss = self.env["res.partner"].create(
            {
                "name": "The boss",
                "parent_id": self.debtor_partner.id,
                "email": "boss@example.com",
            }
        )
        self._debtor().person_ids = [
            Command.create({"partner_id": boss.id, "kind": "decider"})
        ]
        contact = self._contacts(stage_id=self.env.ref(FIRM))[0]
        template = self.env.ref("collection_escalation.mail_template_company_firm")
        contact.sudo()._write_state({"recipient_id": boss.id})
        text = template.sudo()._render_field("body_html", contact.ids)[contact.id]
        self.assertIn("As you decide", text)

    # -- courtesy is left out --------------------------------------------------------------

    def test_no_courtesy_note_soon_after_the_invoice_was_sent(self):
        """Its day is Friday 27 February. Sent on Monday 23, four days before: no note, not
        even a later one. Sent on Sunday 22: a note."""
        late = self._create_overdue_invoice(MONDAY)
        self._send_invoice(late, FRIDAY - timedelta(days=4))
        other = self._create_debtor_partner("Loja Verde")
        early = self._create_overdue_invoice(MONDAY, partner=other)
        self._send_invoice(early, FRIDAY - timedelta(days=5))
        self._live(FRIDAY)
        self.assertWithheldBecause("COURTESY_RECENT", late)
        self._live(FRIDAY + timedelta(days=1))
        self._live(FRIDAY + timedelta(days=2))
        self.assertFalse(self._contacts(), "left out, not put off")
        self.assertEqual(len(self._contacts(other, state="made")), 1)

    def _send_invoice(self, invoice, day):
        with self._at(day):
            message = invoice.sudo().message_post(body="Your invoice")
            self.env["mail.notification"].sudo().create(
                {
                    "mail_message_id": message.id,
                    "res_partner_id": invoice.partner_id.id,
                    "notification_type": "email",
                    "notification_status": "sent",
                }
            )

    def test_no_courtesy_note_soon_after_it_was_sent_another_way(self):
        """By hand there is no e-mail, but Odoo makes the PDF when it is sent."""
        invoice = self._create_overdue_invoice(MONDAY)
        self.env["ir.attachment"].sudo().create(
            {
                "name": "invoice.pdf",
                "raw": b"%PDF",
                "res_model": "account.move",
                "res_id": invoice.id,
                "res_field": "invoice_pdf_report_file",
            }
        )
        self.env.cr.execute(
            "UPDATE ir_attachment SET create_date = %s "
            "WHERE res_field = 'invoice_pdf_report_file' AND res_id = %s",
            (FRIDAY - timedelta(days=2), invoice.id),
        )
        with self._at(FRIDAY - timedelta(days=2)):
            invoice.sudo().is_move_sent = True
            self._settle_transaction()
        self.assertFalse(self._live(FRIDAY))
        self.assertWithheldBecause("COURTESY_RECENT", invoice)

    def test_no_courtesy_note_for_what_is_paid_by_itself(self):
        invoice = self._create_overdue_invoice(MONDAY)
        journal = self.company_data["default_journal_bank"]
        line = journal.inbound_payment_method_line_ids[:1]
        line.collection_automatic = True
        invoice.sudo().preferred_payment_method_line_id = line
        self.assertFalse(self._live(FRIDAY))
        self.assertWithheldBecause("COURTESY_AUTOMATIC", invoice)

    def test_no_courtesy_note_for_small_amounts(self):
        """The plan's tolerance in USD is 5."""
        invoice = self._create_overdue_invoice(MONDAY, 5.0)
        self.assertFalse(self._live(FRIDAY))
        self.assertWithheldBecause("WITHIN_TOLERANCE", invoice)

    def test_no_courtesy_note_for_who_always_pays_on_time_if_the_plan_says_so(self):
        """Three invoices of January, each paid on its due date."""
        for day in (5, 12, 19):
            due = MONDAY.replace(month=1, day=day)
            paid = self._create_overdue_invoice(due)
            with self._at(due):
                self._pay(paid, day=due)
        self.policy.courtesy_unless_punctual = True
        invoice = self._create_overdue_invoice(MONDAY)
        self.assertFalse(self._live(FRIDAY))
        self.assertWithheldBecause("COURTESY_PUNCTUAL", invoice)

    def test_one_late_payment_and_the_note_comes(self):
        for day, late in ((5, 0), (12, 0), (19, 1)):
            due = MONDAY.replace(month=1, day=day)
            paid = self._create_overdue_invoice(due)
            with self._at(due + timedelta(days=late)):
                self._pay(paid, day=due + timedelta(days=late))
        self.policy.courtesy_unless_punctual = True
        self._create_overdue_invoice(MONDAY)
        self.assertEqual(len(self._live(FRIDAY)), 1)

    # -- costly steps, consequences, who decides -------------------------------------------

    def test_a_costly_step_is_left_out_for_small_amounts(self):
        """The plan's minimum in USD is 50: a letter for 50.01, none for 50."""
        firm = self.policy.stage_ids.filtered(lambda s: s.level == "firm")
        firm.step_ids.unlink()
        firm.step_ids = [
            Command.create(
                {
                    "channel": "letter",
                    "only_above_minimum": True,
                    "template_id": self.env.ref(
                        "collection_escalation.mail_template_letter"
                    ).id,
                }
            )
        ]
        other = self._create_debtor_partner("Loja Verde", street="Rua Dois, 2")
        self.debtor_partner.street = "Rua Um, 1"
        self._create_overdue_invoice(MONDAY, 50.0)
        self._create_overdue_invoice(MONDAY, 50.01, other)
        self._live(MONDAY + timedelta(days=7))
        self._live_until(MONDAY + timedelta(days=10), MONDAY + timedelta(days=23))
        self.assertFalse(self._contacts(channel="letter"))
        self.assertEqual(len(self._contacts(other, channel="letter")), 1)

    def test_only_planned_and_named_consequences_are_announced(self):
        self._create_overdue_invoice(MONDAY)
        self._live(MONDAY + timedelta(days=7))
        contact = self._contacts(channel="email")
        self.assertEqual(contact.get_consequences(), [])
        self.company.sudo().write(
            {"collection_bureau": "SPC", "collection_court": "Juizado Especial"}
        )
        self.assertEqual(
            contact.get_consequences(),
            [
                {"code": "bureau", "name": "SPC"},
                {"code": "court", "name": "Juizado Especial"},
            ],
        )
        self.policy.stage_ids.plans_court = False
        self.assertEqual(
            contact.get_consequences(), [{"code": "bureau", "name": "SPC"}]
        )

    def _name_all_places(self):
        self.company.sudo().write(
            {
                "collection_bureau": "SPC",
                "collection_notary": "1o Tabelionato",
                "collection_court": "Juizado Especial",
            }
        )

    def test_the_letters_of_the_legal_stage_announce_what_it_does_itself(self):
        """Companies: the protest and the claim before the protest, then the claim alone;
        no record, which their plan does not have. They say no untruth."""
        self._name_all_places()
        self._treat_as_company()
        self._create_overdue_invoice(MONDAY)
        self._live(MONDAY + timedelta(days=7))
        contact = self._contacts(channel="email").sudo()
        stage = self.env.ref("collection_escalation.stage_company_legal")
        contact._write_state({"stage_id": stage.id})
        contact.line_ids.write({"state": "made"})
        self.env.cr.execute(
            "UPDATE collection_contact_line SET stage_id = %s WHERE contact_id = %s",
            (stage.id, contact.id),
        )
        self.env.invalidate_all()
        protest, claim = stage.step_ids.sorted().template_id.mapped(
            lambda t: t.sudo()._render_field("body_html", contact.ids)[contact.id]
        )
        for text, announced in ((protest, True), (claim, False)):
            self.assertEqual("a protest at 1o Tabelionato" in text, announced)
            self.assertIn("a claim at Juizado Especial", text)
            self.assertNotIn("SPC", text)
            self.assertNotIn("did not succeed", text)

    def test_consequences_are_said_only_of_the_invoices_that_stand_there(self):
        """A firm mail takes in an invoice that became friendly on the same day: of that
        one nothing is announced, and it is asked whether all is in order."""
        self._name_all_places()
        old, new = self._join_a_firm_mail(
            self._create_overdue_invoice(MONDAY.replace(day=16))
        )
        body = " ".join(html2plaintext(self._firm_mail["body"]).split())
        announced = re.search(r"If we hear nothing about (.*), this is what", body)
        self.assertEqual(announced[1], old.name)
        self.assertRegex(body, rf"Of {new.name} you hear from us for the first time")

    def _join_a_firm_mail(self, new):
        """Due on 2 March: firm on Monday 23, together with ``new``."""
        old = self._create_overdue_invoice(MONDAY)
        self._live_until(MONDAY + timedelta(days=7), MONDAY + timedelta(days=20))
        (self._firm_mail,) = self._live(MONDAY + timedelta(days=21))
        mixed = self._contacts(channel="email", state="made").sorted("id")[-1]
        self.assertEqual(mixed.line_ids.item_id.move_id, old | new)
        return old, new

    def test_what_is_not_due_stands_apart_from_what_is_asked_for(self):
        """Due on Thursday 26 March: its note would leave on Monday 23, with the firm mail
        of the other. Only what is asked for has a total."""
        self._name_all_places()
        coming = self._create_overdue_invoice(MONDAY.replace(day=26), 77.0)
        old, _coming = self._join_a_firm_mail(coming)
        body = " ".join(html2plaintext(self._firm_mail["body"]).split())
        asked, mark, later = body.partition("nothing to pay now")
        self.assertTrue(mark, body)
        self.assertIn(old.name, asked)
        self.assertNotIn(coming.name, asked)
        self.assertIn(coming.name, later)
        self.assertRegex(asked, r"Total USD \$ ?1,000.00")
        self.assertNotIn("Total", later)
        self.assertIn(f"If we hear nothing about {old.name},", later)

    def test_of_one_kind_nothing_is_set_apart(self):
        self._name_all_places()
        self._create_overdue_invoice(MONDAY)
        self._live_until(MONDAY + timedelta(days=7), MONDAY + timedelta(days=20))
        (mail,) = self._live(MONDAY + timedelta(days=21))
        body = " ".join(html2plaintext(mail["body"]).split())
        self.assertIn("If we hear nothing, this is what", body)
        for text in (
            "for the first time",
            "For your information",
            "everything in order",
        ):
            self.assertNotIn(text, body)

    def test_who_decides_works_for_the_company(self):
        self._treat_as_company()
        stranger = self._create_debtor_partner("Stranger")
        with self.assertRaisesRegex(ValidationError, "person of the company itself"):
            self._debtor().person_ids = [
                Command.create({"partner_id": stranger.id, "kind": "decider"})
            ]
