from datetime import timedelta

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import MONDAY, CollectionCommon

#: Three calendar days before Monday 2 March 2026: the courtesy note's day.
FRIDAY = MONDAY - timedelta(days=3)


@tagged("post_install", "-at_install")
class TestReadyPlans(CollectionCommon):
    """The plans that come with the module, for consumers and for companies."""

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

    def test_the_days_of_both_plans(self):
        """Each stage with its trigger, each step with its offset: +8 is +5 and 3."""

        def days(plan):
            return [
                (
                    stage.level,
                    stage.trigger_days,
                    [(s.channel, s.offset_days) for s in stage.step_ids.sorted()],
                )
                for stage in plan.stage_ids.sorted("sequence")
            ]

        self.assertEqual(
            days(self.company_plan),
            [
                ("pre_due", -5, [("email", 0)]),
                ("friendly", 5, [("email", 0), ("phone", 7 - 5)]),
                ("firm", 12, [("email", 0), ("email", 20 - 12)]),
                ("formal", 30, []),
                ("legal", 45, [("certified", 0), ("certified", 75 - 45)]),
                ("loss", 365, []),
            ],
        )
        self.assertEqual(
            days(self.policy),
            [
                ("pre_due", -3, [("email", 0)]),
                ("friendly", 5, [("email", 0), ("phone", 8 - 5)]),
                # the certified letter (22 - 15) is taken out in common.py
                ("firm", 15, [("email", 0), ("phone", 18 - 15)]),
                ("formal", 30, []),
                ("legal", 60, []),
                ("loss", 180, []),
            ],
        )

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
        self.assertNotIn("protest", notice, "Settings name no notary")

    # -- courtesy is left out --------------------------------------------------------------

    def test_no_courtesy_note_soon_after_the_invoice_was_sent(self):
        """Sent on Tuesday 24 February: on Friday 27 three days have passed, fewer than
        five."""
        invoice = self._create_overdue_invoice(MONDAY)
        with self._at(FRIDAY - timedelta(days=3)):
            message = invoice.sudo().message_post(body="Your invoice")
            self.env["mail.notification"].sudo().create(
                {
                    "mail_message_id": message.id,
                    "res_partner_id": self.debtor_partner.id,
                    "notification_type": "email",
                    "notification_status": "sent",
                }
            )
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

    def test_who_decides_works_for_the_company(self):
        self._treat_as_company()
        stranger = self._create_debtor_partner("Stranger")
        with self.assertRaisesRegex(ValidationError, "person of the company itself"):
            self._debtor().person_ids = [
                Command.create({"partner_id": stranger.id, "kind": "decider"})
            ]
