from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import MONDAY, CollectionCommon

FRIENDLY_DAY = MONDAY + timedelta(days=7)


@tagged("post_install", "-at_install")
class TestBadInput(CollectionCommon):
    """What cannot be meant is refused at once, by a sentence that names the record and
    says what to do; and nothing of it stays behind."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan = cls.policy.with_env(cls.env).copy({"name": "My plan"})
        cls.stages = {stage.level: stage for stage in cls.plan.stage_ids}
        cls.house = cls.env.ref("collection_escalation.ruleset_house").copy(
            {"code": "MINE", "name": "My hours"}
        )
        cls.window = cls.house.line_ids.filtered(lambda x: x.kind == "window")
        cls.count = cls.house.line_ids.filtered(lambda x: x.kind == "count")

    def _refuse(self, *words, error=ValidationError):
        """The block is refused with a message that holds all ``words``."""
        return _Refusal(self, words, error)

    # -- plans ---------------------------------------------------------------------------

    def test_stages_out_of_order_are_refused(self):
        """Firm after 3 business days, friendly after 5."""
        firm = self.stages["firm"]
        with self._refuse("Firm reminder", "Friendly reminder", "later"):
            firm.trigger_days = 3
        self.assertEqual(firm.trigger_days, 15, "as it was")

    def test_stages_that_start_together_are_refused(self):
        with self._refuse("Firm reminder", "5", "Friendly reminder"):
            self.stages["firm"].trigger_days = 5

    def test_stages_in_different_units_are_compared_cautiously(self):
        """15 business days are 21 calendar days: a formal stage after 20 calendar days
        may come first."""
        with self._refuse("Formal request", "later"):
            self.stages["formal"].trigger_days = 20
        self.stages["formal"].trigger_days = 22

    def test_a_level_twice_in_a_plan_is_refused(self):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.stages["firm"].copy({"policy_id": self.plan.id})

    def test_a_courtesy_note_after_the_due_date_is_refused(self):
        for days in (0, 3):
            with self._refuse("Courtesy note", str(days), "negative"):
                self.stages["pre_due"].trigger_days = days
        self.assertEqual(self.stages["pre_due"].trigger_days, -3)

    def test_a_reminder_before_or_on_the_due_date_is_refused(self):
        with self._refuse("Friendly reminder", "-1", "courtesy note"):
            self.stages["friendly"].trigger_days = -1
        with self._refuse("Friendly reminder", "due date itself", "one day later"):
            self.stages["friendly"].trigger_days = 0

    def test_a_negative_stay_is_refused(self):
        self._assert_constraint("min_stay", self.stages["firm"], {"min_stay": -1})

    def test_an_email_step_without_template_is_refused(self):
        stage = self.stages["friendly"]
        with self._refuse("Friendly reminder", "no template", "make it a call"):
            stage.step_ids[0].template_id = False
        with self._refuse("Friendly reminder", "no template"):
            stage.step_ids = [Command.create({"channel": "email"})]
        self.assertEqual(len(stage.step_ids), 2)

    def test_a_template_of_another_model_is_refused(self):
        template = self.env.ref("account.email_template_edi_invoice")
        with self._refuse(template.name, "Collection contact"):
            self.stages["friendly"].step_ids[0].template_id = template

    def test_a_step_before_its_stage_is_refused(self):
        self._assert_constraint(
            "offset", self.stages["friendly"].step_ids[0], {"offset_days": -1}
        )

    def test_a_whole_plan_is_created_or_nothing_of_it(self):
        """Created at once, as the form does: the second stage is wrong."""
        before = self.env["collection.policy"].search_count([])
        stages = self.env["collection.stage"].search_count([])
        with self._refuse("Second", "First"):
            self.env["collection.policy"].create(
                {
                    "name": "Half",
                    "stage_ids": [
                        Command.create(
                            {"name": "First", "level": "friendly", "trigger_days": 5}
                        ),
                        Command.create(
                            {"name": "Second", "level": "firm", "trigger_days": 4}
                        ),
                    ],
                }
            )
        self.assertEqual(self.env["collection.policy"].search_count([]), before)
        self.assertEqual(self.env["collection.stage"].search_count([]), stages)

    def test_a_delay_that_is_no_number_is_refused_with_its_row(self):
        """Imported from a spreadsheet: the second row says *soon*; none is loaded."""
        before = self.env["collection.stage"].search_count([])
        plan = self.env["collection.policy"].create({"name": "Imported"})
        with mute_logger("odoo.sql_db"):
            result = self.env["collection.stage"].load(
                ["policy_id/.id", "name", "level", "trigger_days"],
                [
                    [str(plan.id), "Friendly", "friendly", "5"],
                    [str(plan.id), "Firm", "firm", "soon"],
                ],
            )
        self.assertFalse(result["ids"])
        message = result["messages"][0]
        self.assertIn("soon", message["message"])
        self.assertEqual(message["field"], "trigger_days")
        self.assertEqual(message["rows"], {"from": 1, "to": 1})
        self.assertEqual(self.env["collection.stage"].search_count([]), before)

    def test_an_import_out_of_order_is_refused_as_a_whole(self):
        plan = self.env["collection.policy"].create({"name": "Imported"})
        result = self.env["collection.stage"].load(
            ["policy_id/.id", "name", "level", "trigger_days"],
            [
                [str(plan.id), "Friendly", "friendly", "5"],
                [str(plan.id), "Firm", "firm", "4"],
            ],
        )
        self.assertFalse(result["ids"])
        self.assertIn("Firm", result["messages"][0]["message"])
        plan.invalidate_recordset()
        self.assertFalse(plan.stage_ids)

    def test_a_negative_tolerance_and_two_for_one_currency_are_refused(self):
        tolerance = self.plan.tolerance_ids[0]
        self._assert_constraint("tolerance", tolerance, {"amount": -1})
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            tolerance.copy({"policy_id": self.plan.id})

    def test_a_plan_without_a_friendly_stage_places_old_invoices_nowhere(self):
        """First start on such a plan: the items wait for their own first stage."""
        self.stages["friendly"].unlink()
        self.stages["pre_due"].unlink()
        invoice = self._create_overdue_invoice(MONDAY - timedelta(days=90))
        self.company.sudo().collection_started_on = False
        with self._at(MONDAY):
            self._debtor().policy_id = self.plan
            self.company.sudo()._start_collections(review_days=0)
        self.assertStage(invoice, None)
        self._live(MONDAY + timedelta(days=1))
        self.assertStage(invoice, "firm")

    # -- contact rules -------------------------------------------------------------------

    def test_a_window_that_ends_before_it_starts_is_refused(self):
        with self._refuse("My hours", "07:00", "08:00"):
            self.house.write(
                {"line_ids": [Command.update(self.window.id, {"hour_to": 7.0})]}
            )
        self.assertEqual(self.window.hour_to, 18.0)

    def test_a_line_written_by_itself_is_checked_too(self):
        """Not through its set: by import, RPC or a list of lines."""
        with self._refuse("My hours", "07:00"):
            self.window.hour_to = 7.0
        with self._refuse("My hours", "cap"):
            self.count.max_count = 0

    def test_every_change_of_a_rule_makes_a_new_version(self):
        """Decisions say under which version they fell; a new set begins with 1."""
        self.assertEqual(self.house.version, 1)
        self.window.hour_to = 17.0
        self.assertEqual(self.house.version, 2)
        self.house.line_ids = [Command.update(self.window.id, {"hour_to": 16.0})]
        self.assertEqual(self.house.version, 3)
        self.house.respects_holidays = False
        self.assertEqual(self.house.version, 4)
        self.count.unlink()
        self.assertEqual(self.house.version, 5)
        self.house.name = "Other name"
        self.assertEqual(self.house.version, 5)

    def test_windows_that_overlap_are_refused(self):
        with self._refuse("My hours", "overlap", "join them"):
            self.house.line_ids = [
                Command.create(
                    {
                        "kind": "window",
                        "channel": "phone",
                        "hour_from": 17,
                        "hour_to": 20,
                    }
                )
            ]
        self.assertEqual(len(self.house.line_ids), 4)

    def test_a_window_after_midnight_is_refused(self):
        with self._refuse("My hours", "midnight"):
            self.house.line_ids = [Command.update(self.window.id, {"hour_to": 25.0})]

    def test_at_most_none_is_refused(self):
        with self._refuse("My hours", "cap", "0"):
            self.house.line_ids = [Command.update(self.count.id, {"max_count": 0})]
        self.assertEqual(self.count.max_count, 1)

    def test_two_limits_of_one_kind_are_refused(self):
        with self._refuse("My hours", "LIM_DAY"):
            self.house.line_ids = [
                Command.create({"kind": "count", "max_count": 2, "period": "day"})
            ]

    # -- companies -----------------------------------------------------------------------

    def test_a_company_without_zone_does_not_collect(self):
        company = self.env["res.company"].sudo().create({"name": "Nowhere"})
        company.country_id = self.brazil
        with self._refuse("Nowhere", "time zone", "Settings"):
            company.collection_started_on = MONDAY
        self.assertFalse(company.collection_started_on)

    def test_a_company_without_country_does_not_collect(self):
        company = self.env["res.company"].sudo().create({"name": "Nowhere"})
        company.write({"country_id": False, "collection_tz": "America/Sao_Paulo"})
        with self._refuse("Nowhere", "country"):
            company.collection_started_on = MONDAY

    def test_a_company_that_collects_keeps_its_zone_and_its_country(self):
        with self._refuse(self.company.name, "time zone"):
            self.company.sudo().collection_tz = False
        with self._refuse(self.company.name, "country"):
            self.company.sudo().partner_id.country_id = False
        self.assertEqual(self.company.country_id, self.brazil)

    def test_settings_that_make_no_sense_are_refused(self):
        company = self.company.sudo()
        self._assert_constraint(
            "first_per_day", company, {"collection_first_per_day": 0}
        )
        self._assert_constraint("bank", company, {"collection_bank_max_age": -1})

    # -- customers and invoices ----------------------------------------------------------

    def test_a_customer_without_country_lives_where_the_company_does(self):
        """08:30 in São Paulo, on a Brazilian holiday: not contacted, like the others."""
        self.debtor_partner.write({"country_id": False, "state_id": False})
        invoice = self._create_overdue_invoice(MONDAY.replace(month=4, day=6))
        debtor = self._debtor()
        self.assertEqual(debtor._get_zone_names(), ("America/Sao_Paulo",))
        self.assertEqual(debtor._get_country_state(), ("BR", "SP"))
        self.assertFalse(self._live(MONDAY.replace(month=4, day=21)), "Tiradentes")
        self.assertEqual(len(self._live(MONDAY.replace(month=4, day=22))), 1)
        self.assertStage(invoice, "friendly")

    def test_a_customer_of_unknown_zone_in_a_company_without_one_is_set_aside(self):
        """Undecidable is not permitted: nothing is sent, the item says what is missing,
        and the others go on."""
        self.debtor_partner.write(
            {"country_id": False, "state_id": False, "phone": False}
        )
        other = self._create_debtor_partner("Loja Verde")
        self._create_overdue_invoice(MONDAY, partner=other)
        invoice = self._create_overdue_invoice(MONDAY)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_company SET collection_tz = NULL WHERE id = %s",
            (self.company.id,),
        )
        self.env.invalidate_all()
        (mail,) = self._live(FRIENDLY_DAY)
        self.assertIn(other.email, mail["email_to"][0])
        self.assertWithheldBecause("UNDECIDABLE", invoice)
        self.assertIn("time zone", self._items(invoice).why)
        self.company.sudo().collection_tz = "America/Sao_Paulo"
        self._live_until(
            FRIENDLY_DAY + timedelta(days=1), FRIENDLY_DAY + timedelta(days=2)
        )
        self.assertStage(invoice, "friendly")

    def test_a_customer_of_a_zone_that_is_unknown_here_is_set_aside(self):
        """The list of zones lets nobody write it; an older list or an import by SQL may
        have left it."""
        other = self._create_debtor_partner("Loja Verde")
        self._create_overdue_invoice(MONDAY, partner=other)
        invoice = self._create_overdue_invoice(MONDAY)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE collection_debtor SET tz = 'Mars/Olympus' WHERE id = %s",
            (self._debtor().id,),
        )
        self.env.invalidate_all()
        (mail,) = self._live(FRIENDLY_DAY)
        self.assertIn(other.email, mail["email_to"][0])
        self.assertWithheldBecause("UNDECIDABLE", invoice)
        for words in (self.debtor_partner.name, "Mars/Olympus", "own time zone"):
            self.assertIn(words, self._items(invoice).why)

    def test_a_number_that_cannot_be_read_is_no_number(self):
        """The call fails at once, and says which number and what to do."""
        self.debtor_partner.write({"email": False, "phone": "after noon"})
        self._create_overdue_invoice(MONDAY)
        self._live(FRIENDLY_DAY)
        self.assertContacts(
            [("email", "friendly", "failed"), ("phone", "friendly", "failed")]
        )
        why = self._contacts(channel="phone").why
        self.assertRegex(why, "“after noon” cannot be read.*its country code")

    def test_facts_of_a_customer_that_exclude_each_other_are_refused(self):
        """Each way round: whichever of the two is written last."""
        self._create_overdue_invoice(MONDAY)
        debtor = self._debtor().with_user(self.manager)
        refused = [Command.create({"channel": "sms", "status": "refused"})]
        company = ("treated as a company", "Use insolvency")
        for first, second, words in (
            (
                {"channel_ids": refused},
                {"preferred_channel": "sms"},
                ("preferred channel", "Change one"),
            ),
            (
                {"preferred_channel": "sms"},
                {"channel_ids": refused},
                ("preferred channel", "Change one"),
            ),
            ({"party": "business"}, {"deceased": True}, company),
            ({"party": "business"}, {"over_indebted": True}, company),
            ({"deceased": True}, {"party": "business"}, company),
            (
                {"preferred_from": 9.0, "preferred_to": 12.0},
                {"preferred_from": 13.0},
                ("end before they begin", "09:00 to 12:00"),
            ),
        ):
            with self.subTest(second), self.env.cr.savepoint() as savepoint:
                debtor.write(first)
                with self._refuse(debtor.display_name, *words):
                    debtor.write(second)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_a_channel_is_not_refused_and_authorised_at_once(self):
        self._create_overdue_invoice(MONDAY)
        said = {"debtor_id": self._debtor().id, "channel": "sms", "status": "refused"}
        line = self.env["collection.debtor.channel"].create(said)
        with self._refuse("say where the channel was authorised", "document"):
            line.status = "authorised"
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            line.copy({"status": "authorised", "proof": "Contract"})

    def test_a_malformed_address_is_no_address(self):
        """The step goes to the phone, and the log says why."""
        self.debtor_partner.email = "not an address"
        self._create_overdue_invoice(MONDAY)
        self.assertFalse(self._live(FRIENDLY_DAY))
        self.assertContacts(
            [("email", "friendly", "failed"), ("phone", "friendly", "planned")]
        )

    def test_an_entry_without_due_date_is_due_on_its_own_date(self):
        """An opening balance entered by hand without a due date."""
        receivable = self.company_data["default_account_receivable"]
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": MONDAY,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": receivable.id,
                            "partner_id": self.debtor_partner.id,
                            "debit": 100.0,
                            "date_maturity": False,
                        }
                    ),
                    Command.create(
                        {
                            "account_id": self.company_data[
                                "default_account_revenue"
                            ].id,
                            "credit": 100.0,
                        }
                    ),
                ],
            }
        )
        entry.line_ids.no_followup = (
            False  # entries of this journal are left out at first
        )
        with self._at(MONDAY):
            entry.action_post()
            self._settle_transaction()
        self.env.cr.execute(
            "UPDATE account_move_line SET date_maturity = NULL WHERE move_id = %s",
            (entry.id,),
        )
        self.env.invalidate_all()
        self.assertEqual(self._items(entry).date_due, MONDAY)
        with self._at(MONDAY):
            found = self.env["collection.item"].sudo()._cron_check_ledger()
            self._settle_transaction()
        self.assertEqual(found, {"born": 0, "mended": 0})
        self._live(FRIENDLY_DAY)
        self.assertStage(entry, "friendly")

    def test_an_invoice_of_a_customer_without_any_plan_says_so(self):
        self.company.sudo().write(
            {
                "collection_consumer_policy_id": False,
                "collection_business_policy_id": False,
            }
        )
        self.env["collection.policy"].sudo().search([]).active = False
        invoice = self._create_overdue_invoice(MONDAY)
        self.assertFalse(self._live(FRIENDLY_DAY))
        self.assertWithheldBecause("UNDECIDABLE", invoice)
        self.assertIn("plan", self._items(invoice).why)

    # -- pauses --------------------------------------------------------------------------

    def test_a_pause_that_ends_before_it_begins_is_refused(self):
        self._create_overdue_invoice(MONDAY)
        vals = {
            "debtor_id": self._debtor().id,
            "reason": "other",
            "date_from": MONDAY,
            "date_to": MONDAY - timedelta(days=1),
        }
        Hold = self.env["collection.hold"].with_user(self.collector)
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            Hold.create(vals)
        self.assertFalse(self._debtor().hold_ids)

    def test_a_pause_of_another_customers_invoice_is_refused(self):
        self._create_overdue_invoice(MONDAY)
        other = self._create_debtor_partner("Loja Verde")
        foreign = self._items(self._create_overdue_invoice(MONDAY, partner=other))
        with self._refuse(self.debtor_partner.name, "that customer"):
            self.env["collection.hold"].with_user(self.collector).create(
                {
                    "debtor_id": self._debtor().id,
                    "item_ids": [Command.set(foreign.ids)],
                    "reason": "other",
                    "date_from": MONDAY,
                    "date_to": MONDAY,
                }
            )
        self.assertFalse(self._debtor().hold_ids)

    def test_a_button_pressed_too_late_says_so(self):
        """The contact was made meanwhile; the second press changes nothing."""
        self._create_overdue_invoice(MONDAY)
        self._live(FRIENDLY_DAY)
        message = self._contacts()
        with self._refuse("Only planned", error=UserError):
            message.with_user(self.collector).action_log_no_answer()
        with self._refuse("No invoice here waits", error=UserError):
            self._debtor().case_id.with_user(self.manager).action_open_next_stage()
        message.with_user(self.collector).action_remove()
        self.assertEqual(message.state, "made")

    def _assert_constraint(self, name, record, vals):
        """The database refuses ``vals``, and the record stays as it was."""
        before = record.read(list(vals))
        with (
            self.subTest(name),
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
        ):
            record.write(vals)
            self.env.flush_all()
        record.invalidate_recordset()
        self.assertEqual(record.read(list(vals)), before)


class _Refusal:
    """Context manager: the block must be refused with a message that holds all words."""

    def __init__(self, case, words, error):
        self.case, self.words = case, words
        self.context = case.assertRaises(error)

    def __enter__(self):
        self.caught = self.context.__enter__()

    def __exit__(self, *exception):
        handled = self.context.__exit__(*exception)
        if exception[0] and handled:
            for word in self.words:
                self.case.assertIn(word, str(exception[1]))
        return handled
