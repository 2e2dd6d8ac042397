from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..rules.business_days import Calendar
from .common import CollectionCommon

ANY_DAY = [("0", "6")]


@tagged("post_install", "-at_install")
class TestTours(CollectionCommon, HttpCase):
    """Every screen a person uses, in a browser, as the least of its users.

    The browser lives on the real clock, so the contact hours are the test's own and the
    results depend on neither day nor hour."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.today()
        cls.clerk = cls._new_user("clerk", "account.group_account_invoice")
        cls.owner = cls._new_user(
            "owner",
            "group_collection_manager",
            "account.group_account_manager",
            "base.group_system",
        )
        cls.collector.name = "Clara"
        # the settings refuse a company with cash basis taxes that does not allow them
        cls.company.tax_exigibility = True

    @classmethod
    def _open_company(cls, company):
        result = super()._open_company(company)
        today = fields.Date.today()
        # the tours run whenever they run: only the hours made here hold
        by_country = [("country_id", "!=", False)]
        cls.env["collection.contact.ruleset"].search(by_country).sudo().active = False
        company.sudo().write(
            {
                "collection_started_on": today - timedelta(days=90),
                "collection_payments_until": today,
                "collection_ruleset_id": cls._create_ruleset(ANY_DAY).id,
            }
        )
        return result

    @classmethod
    def _create_ruleset(cls, windows):
        return cls.env["collection.contact.ruleset"].create(
            {
                "name": "Tour",
                "code": "TOUR",
                "respects_holidays": False,
                "line_ids": [
                    Command.create(
                        {
                            "kind": "window",
                            "weekday_from": first,
                            "weekday_to": last,
                            "hour_from": 0,
                            "hour_to": 24,
                        }
                    )
                    for first, last in windows
                ],
            }
        )

    @classmethod
    def _new_user(cls, login, *groups):
        user = super()._new_user(login, "group_collection_user")
        user.write(
            {
                "tz": "America/Sao_Paulo",
                "group_ids": [
                    Command.set(
                        [
                            cls.env.ref(
                                name if "." in name else f"collection_escalation.{name}"
                            ).id
                            for name in groups
                        ]
                    )
                ],
            }
        )
        return user

    # -- the manager ---------------------------------------------------------------------

    def test_from_the_check_list_to_the_first_messages(self):
        """*Ready?*, start, what the scheduled actions plan, *Tomorrow's messages*, send;
        and the messages do leave the next day."""
        self.company.sudo().write(
            {
                "vat": "11.222.333/0001-81",
                "collection_started_on": False,
                "collection_user_id": False,
            }
        )
        self.env["ir.mail_server"].sudo().create(
            {"name": "Out", "smtp_host": "localhost", "smtp_port": 25}
        )
        ready = self.env["collection.ready"].with_user(self.manager).create({})
        with self.assertRaisesRegex(UserError, "“Who collects” .* administrator"):
            ready.line_ids.filtered(lambda x: x.code == "collector").action_fix()
        self._let_every_day_be_a_business_day()
        partners = self.debtor_partner | self._create_debtor_partner("Padaria Verde")
        for partner in partners:
            invoice = self._create_overdue_invoice(
                self.today - timedelta(days=200), partner=partner
            )
            self._debtor(partner).tz = "UTC"
        self.start_tour(
            "/odoo/collection-ready", "collection_first_days", login="owner"
        )
        self.assertEqual(self.company.collection_user_id, self.collector)
        self.assertTrue(self.company.collection_started_on)
        self.assertTrue(self.company.collection_review_until)
        self.assertStage(invoice, "friendly")
        contacts = self._debtor(partners[0]).contact_ids
        contacts |= self._debtor(partners[1]).contact_ids
        self.assertEqual(
            contacts.mapped(lambda c: (c.channel, c.state, c.reviewed)),
            [("email", "planned", True)] * 2,
            "nobody was contacted on the day of the start",
        )
        mails = self._live(contacts[0].planned_on)
        self.assertEqual(
            sorted(mail["email_to"][0] for mail in mails),
            sorted(f'"{p.name}" <{p.email}>' for p in partners),
        )
        self.assertEqual(contacts.mapped("state"), ["made"] * 2)

    def _let_every_day_be_a_business_day(self):
        """Whenever the test runs, first contacts may be made the same day."""
        self.patch(
            self.env.registry["collection.calendar"],
            "_get",
            lambda *_args: Calendar(weekend=frozenset()),
        )

    def test_a_plan_is_tried_on_the_own_open_items(self):
        call = self._plan_call()
        self.start_tour(
            "/odoo/collections", "collection_dry_run", login="collection_manager"
        )
        self.assertEqual(self._contacts(state="planned"), call, "nothing was planned")
        run = self.env["collection.dry.run"].search([], limit=1, order="id desc")
        self.assertEqual((run.days, run.approves), (60, True))
        self.assertEqual(run.policy_id.party, "business")
        self.assertTrue(run.line_ids.filtered("in_outbox"))

    def test_a_manager_opens_the_next_stage(self):
        invoice = self._create_overdue_invoice(self.today - timedelta(days=90))
        self._place(invoice, "firm", self.today - timedelta(days=60))
        case = self._debtor().case_id
        self.assertTrue(case.activity_ids, "the manager is asked")
        self.start_tour(
            "/odoo/collections",
            "collection_open_next_stage",
            login="collection_manager",
        )
        self.assertFalse(case.activity_ids, "and has decided")
        self._evaluate()
        self.assertStage(invoice, "formal")

    def test_a_plan_that_cannot_work_is_refused(self):
        plan = self.policy._copy_for(self.company)
        self.policy.active = False  # only ours stands in the list
        stage = plan.stage_ids.filtered(lambda stage: stage.level == "friendly")
        with mute_logger("odoo.http"):
            self.start_tour(
                "/odoo/collection-plans", "collection_plan", login="collection_manager"
            )
        stage.invalidate_recordset()
        self.assertEqual(stage.trigger_days, 5)

    def test_all_sending_is_paused_in_the_settings(self):
        self.start_tour("/odoo/settings", "collection_settings", login="owner")
        self.assertTrue(self.company.collection_paused)

    # -- the collector -------------------------------------------------------------------

    def test_tomorrows_messages_are_read_and_released(self):
        self.company.sudo().collection_review_until = self.today + timedelta(days=14)
        for name in ("Mercado Rosa", "Padaria Verde"):
            partner = self._create_debtor_partner(name)
            self._create_overdue_invoice(
                self.today - timedelta(days=14), partner=partner
            )
        self._create_overdue_invoice(self.today - timedelta(days=14))
        contacts = self._evaluate_and_plan()
        self.assertEqual(contacts.mapped("reviewed"), [False] * 3)
        self.start_tour(
            "/odoo/collection-review", "collection_review", login="collector"
        )
        removed = contacts.filtered(lambda c: c.partner_id.name == "Mercado Rosa")
        self.assertEqual(removed.state, "skipped")
        self.assertEqual(removed.made_by_id, self.collector)
        left = contacts - removed
        self.assertEqual(left.mapped("state"), ["planned"] * 2)
        self.assertEqual(left.mapped("reviewed"), [True] * 2)

    def test_a_call_that_nobody_answers(self):
        call = self._plan_call()
        self.start_tour("/odoo/collection-calls", "collection_call", login="collector")
        self.assertEqual((call.state, call.outcome), ("made", "no_answer"))
        self.assertEqual(call.made_by_id, self.collector)
        self.assertEqual(call.line_ids.mapped("state"), ["made"])

    def test_a_certified_letter_is_printed_posted_and_comes_back(self):
        step = self.env.ref("collection_escalation.step_consumer_friendly_phone")
        template = self.env.ref("collection_escalation.mail_template_letter")
        step.sudo().write({"channel": "certified", "template_id": template.id})
        self.debtor_partner.write({"street": "Rua Dois, 22", "zip": "20000-000"})
        letter = self._plan_call()
        self.start_tour(
            "/odoo/collection-outbox", "collection_letter", login="collector"
        )
        self.assertEqual(letter.tracking_code, "BR123456785BR")
        self.assertEqual(letter.delivery_status, "returned")
        self.assertEqual(letter.made_by_id, self.collector)
        self.assertTrue(letter.letter_id)

    def _forbid_today(self, debtor):
        in_three_days = str((debtor._get_today().weekday() + 3) % 7)
        line = self.company.collection_ruleset_id.line_ids
        line.write({"weekday_from": in_three_days, "weekday_to": in_three_days})

    def test_a_call_is_refused_while_the_rules_forbid_it(self):
        """The collector sees why not, tries all the same, and finds it in the log."""
        call = self._plan_call()
        self._forbid_today(call.debtor_id)
        self.start_tour(
            "/odoo/collection-outbox", "collection_call_not_now", login="collector"
        )
        self.assertEqual(call.state, "planned")
        refused = self._contacts(state="blocked")
        self.assertEqual(refused.reasons[0]["code"], "TOUR.WIN_WEEKDAY")
        self.assertEqual(refused.made_by_id, self.collector)

    def test_a_manager_makes_an_exception_and_the_call_is_logged(self):
        call = self._plan_call()
        self._forbid_today(call.debtor_id)
        self.start_tour(
            "/odoo/collection-outbox",
            "collection_exception",
            login="collection_manager",
        )
        self.assertEqual((call.state, call.outcome), ("made", "conversation"))
        self.assertEqual(call.waiver_ids.user_id, self.manager)
        self.assertEqual(call.waiver_ids.codes, ["TOUR.WIN_WEEKDAY"])

    def test_a_collector_cannot_set_the_law_of_colombia_aside(self):
        """Ley 2300 de 2023 forbids visits at any hour of any day: the collector sees why
        not, has no button for an exception, and the attempt is kept."""
        colombia = self.env["collection.contact.ruleset"].with_context(
            active_test=False
        )
        colombia = colombia.search([("code", "=", "CO")])
        colombia.sudo().active = True
        self.debtor_partner.write(
            {
                "country_id": self.env.ref("base.co").id,
                "state_id": False,
                "street": "Calle 22, 10",
                "city": "Bogotá",
                "phone": "+57 601 3330000",
            }
        )
        self._create_overdue_invoice(self.today - timedelta(days=14))
        self._evaluate_and_plan()
        self.start_tour(
            "/odoo/collections", "collection_collector_cannot", login="collector"
        )
        refused = self._contacts(state="blocked")
        self.assertIn("CO.BLK_VISIT", [reason["code"] for reason in refused.reasons])
        self.assertEqual((refused.channel, refused.purpose), ("visit", "by_hand"))
        self.assertEqual(refused.made_by_id, self.collector)
        self.assertFalse(refused.next_permitted_at)
        with self.assertRaisesRegex(AccessError, "Only a collection manager"):
            self.env["collection.contact.waiver"].with_user(self.collector).create(
                {"contact_id": refused.id, "reason": "I want to"}
            )

    def test_a_collector_writes_by_hand_and_notes_a_call_back(self):
        self._create_overdue_invoice(self.today - timedelta(days=14))
        self._evaluate_and_plan()
        self._contacts()._set_skipped()
        self.start_tour(
            "/odoo/collections", "collection_contact_by_hand", login="collector"
        )
        mail = self._contacts(purpose="by_hand")
        self.assertEqual((mail.channel, mail.state), ("email", "planned"))
        self.assertIn("As we said this morning", mail.own_text)
        call = self._contacts(purpose="callback")
        self.assertEqual((call.channel, call.consented), ("phone", True))
        self.assertEqual(call.note, "Please ring me tomorrow")

    def test_a_file_is_read_and_paused_for_a_week(self):
        self._create_overdue_invoice(self.today - timedelta(days=14))
        contact = self._evaluate_and_plan()
        self.start_tour("/odoo/collections", "collection_pause", login="collector")
        hold = self._debtor().hold_ids
        self.assertEqual(hold.date_to - hold.date_from, timedelta(days=7))
        self.assertEqual(hold.user_id, self.collector)
        self.assertEqual(contact.state, "skipped")
        self.assertEqual(contact.reasons[0]["code"], "HELD")

    def test_the_customer_form_tells_everything(self):
        self._create_overdue_invoice(self.today - timedelta(days=14))
        self._evaluate_and_plan()
        self.start_tour("/odoo/customers", "collection_customer", login="collector")
        self.assertEqual(self._debtor().party, "business")

    # -- others --------------------------------------------------------------------------

    def test_a_collector_keeps_a_bank_slip(self):
        self.company.sudo().account_fiscal_country_id = self.env.ref("base.br")
        self._create_overdue_invoice(self.today - timedelta(days=14))
        with mute_logger("odoo.http"):
            self.start_tour(
                "/odoo/customer-invoices", "collection_bank_slip", login="collector"
            )
        slip = self.env["collection.bank.slip"].search(
            [("item_id.debtor_id", "=", self._debtor().id)]
        )
        self.assertEqual(slip.amount_text, "1.00")

    def test_the_clerk_sees_what_an_invoice_needs(self):
        self._create_instalment_invoice(
            [self.today - timedelta(days=14), self.today + timedelta(days=60)]
        )
        self._create_overdue_invoice(
            self.today + timedelta(days=20),
            partner=self._create_debtor_partner("Padaria Verde"),
        )
        self._evaluate_and_plan()
        self.start_tour("/odoo/customer-invoices", "collection_invoices", login="clerk")
        # the list filtered what the ledger says
        overdue = self.env["account.move"].search(
            [("collection_overdue", "=", True), ("company_id", "=", self.company.id)]
        )
        self.assertEqual(overdue.partner_id, self.debtor_partner)

    def test_the_clerk_can_neither_contact_nor_set_a_rule_aside(self):
        call = self._plan_call()
        self._forbid_today(call.debtor_id)
        self.start_tour(
            "/odoo/customer-invoices", "collection_clerk_cannot", login="clerk"
        )
        mine = {"contact_id": call.id, "reason": "I want to"}
        for attempt in (
            lambda env: env["collection.contact.waiver"].create(mine),
            lambda env: env["collection.contact.compose"].create(
                {"debtor_id": call.debtor_id.id}
            ),
            lambda env: call.with_env(env).action_log_no_answer(),
            lambda env: call.with_env(env).action_begin(),
            lambda env: call.with_env(env).read(["state"]),
            lambda env: self.debtor_partner.with_env(env).action_collection_compose(),
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                attempt(self.env(user=self.clerk))
        self.assertEqual(call.state, "planned")
        self.assertFalse(call.waiver_ids)
        self.assertFalse(self._contacts(state="blocked"))

    def test_the_debtor_opens_the_link_on_a_phone(self):
        for days in (14, 15):
            self._create_overdue_invoice(self.today - timedelta(days=days))
        contact = self._evaluate_and_plan()
        self.assertEqual(contact.item_count, 2)
        self._call_business(contact.debtor_id)
        self.browser_size = "375x667"
        self.touch_enabled = True
        self.start_tour(
            f"/statement/{contact.id}/{contact.access_token}", "collection_statement"
        )
        oldest = contact.line_ids.sorted("date_due")[0].item_id.move_id
        self.assertTrue(
            oldest.access_token, "the invoice got its own link when asked for"
        )

    # -- preparing -----------------------------------------------------------------------

    def _evaluate_and_plan(self):
        """What the scheduled actions do, but for sending. Returns the contacts."""
        self._evaluate()
        planner = self.env["collection.planner"].sudo()
        contacts = planner._plan_debtors(planner._get_waiting_debtors())
        self._settle_transaction()
        return contacts

    def _place(self, invoice, level, since):
        """The invoice stands on a stage since a day, and all steps of it are made."""
        stage = self.policy.stage_ids.filtered(lambda s: s.level == level)
        item = self._items(invoice)
        item.write({"stage_id": stage.id, "level": level, "stage_since": since})
        for step in stage.step_ids:
            contact = self._create_contact(item, step)
            contact._set_made(made_at=since, made_on=since)
        self._evaluate()

    def _plan_call(self):
        """A call that stands in the outbox and may be made now."""
        invoice = self._create_overdue_invoice(self.today - timedelta(days=14))
        self._evaluate_and_plan()
        self._contacts()._set_skipped()
        call = self._create_contact(
            self._items(invoice),
            self.env.ref("collection_escalation.step_consumer_friendly_phone"),
        )
        self.env["collection.planner"].sudo()._plan_debtors(call.debtor_id)
        call.debtor_id._refresh_call_times()
        self._settle_transaction()
        return call

    def _create_contact(self, item, step):
        debtor = item.debtor_id
        return debtor.contact_ids.create(
            {
                "debtor_id": debtor.id,
                "company_id": debtor.company_id.id,
                "case_id": item.case_id.id,
                "channel": step.channel,
                "step_id": step.id,
                "stage_id": step.stage_id.id,
                "user_id": debtor.collector_id.id,
                "reviewed": True,
                "line_ids": [
                    Command.create(
                        {
                            "item_id": item.id,
                            "step_id": step.id,
                            "stage_id": step.stage_id.id,
                            "cycle": item.cycle,
                            "currency_id": item.currency_id.id,
                            "date_due": item.date_due,
                        }
                    )
                ],
            }
        )
