from datetime import date, datetime, time, timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ...models.debtor.collection_debtor_permissions import FLAGS
from ..common import MONDAY
from .test_people import DOCUMENT, WEDNESDAY, PeopleCommon

FRIENDLY_DAY = MONDAY + timedelta(days=7)


class PermissionsCommon(PeopleCommon):
    def _decide_about(self, recipient, channel="phone", debtor=None, **vals):
        debtor = debtor or self.debtor
        contact = (
            self.env["collection.contact"]
            .sudo()
            .new(
                {
                    "debtor_id": debtor.id,
                    "company_id": debtor.company_id.id,
                    "channel": channel,
                    "recipient_id": recipient.id,
                    **vals,
                }
            )
        )
        with self._at(WEDNESDAY):
            return contact._decide(datetime.combine(WEDNESDAY, time(12)))

    def _get_codes(self, *args, **kwargs):
        """The rules that refuse, whatever sets they stand in."""
        reasons = self._decide_about(*args, **kwargs).reasons
        return [*dict.fromkeys(reason.code.rpartition(".")[2] for reason in reasons)]

    def _get_row(self, partner):
        return self.debtor.person_ids.filtered(lambda p: p.partner_id == partner)

    def _get_log(self, debtor=None):
        messages = (debtor or self.debtor).message_ids
        return "\n".join(str(body) for body in messages.mapped("body"))


@tagged("post_install", "-at_install")
class TestPeopleNow(PermissionsCommon):
    """Who somebody is counts as of now, not as of the day it was written down."""

    def test_who_decided_and_left_the_company_is_told_nothing(self):
        self.debtor_partner.is_company = True
        boss = self._create_debtor_partner(
            "Dona Maria", parent_id=self.debtor_partner.id
        )
        self.debtor.person_ids = [
            Command.create({"partner_id": boss.id, "kind": "decider"})
        ]
        self.assertEqual(self.debtor._get_people("decider")[0], boss)
        boss.parent_id = False
        self.assertFalse(self.debtor._is_entitled(boss))
        self.assertEqual(self.debtor._get_people("decider"), self.debtor_partner)
        self.assertIn("BLK_THIRD_PARTY", self._get_codes(boss))

    def test_what_is_planned_is_looked_at_again_when_a_person_leaves(self):
        with self._at(FRIENDLY_DAY):
            self.debtor_partner.is_company = True
            ana = self._create_debtor_partner(
                "Ana", parent_id=self.debtor_partner.id, type="invoice"
            )
            self._evaluate()
            planner = self.env["collection.planner"].sudo()
            planner._plan_debtors(self.debtor)
            message = self._contacts()
            self.assertEqual(message.recipient_id, ana)
            self.assertTrue(message.planned_at)
            ana.write({"parent_id": False})
            self.assertFalse(message.planned_at, "planned anew")
            planner._plan_debtors(self.debtor)
        self.assertEqual(message.recipient_id, self.debtor_partner)

    def test_an_attorney_without_document_stops_everything_until_it_is_attached(self):
        """The customer is not contacted from that moment on; the attorney is told
        nothing yet, and the collector is asked to get the document."""
        with self._at(FRIENDLY_DAY):
            self._evaluate()
            souza = self._add_person("Dr. Souza", "attorney")
        self.assertEqual(self._get_codes(self.debtor_partner), ["BLK_ATTORNEY"])
        self.assertIn("BLK_THIRD_PARTY", self._get_codes(souza))
        self.assertFalse(self._live(FRIENDLY_DAY))
        self.assertWithheldBecause("STOPPED", self.invoice)
        stop = self.debtor.with_user(self.collector).stop_text
        self.assertEqual(stop, "An attorney whose power or notice is not attached")
        (duty,) = self.debtor.case_id.activity_ids
        self.assertEqual(duty.user_id, self.collector)
        self.assertIn("power of attorney", duty.summary)
        with self._at(FRIENDLY_DAY):
            self._get_row(souza).document = DOCUMENT
        self.assertFalse(self.debtor.stop_text)
        mails = self._live_until(FRIENDLY_DAY, FRIENDLY_DAY + timedelta(days=3))
        (mail,) = (mail for each in mails.values() for mail in each)
        self.assertIn("dr..souza@example.com", mail["email_to"][0])

    def test_only_the_attorney_with_a_document_is_offered(self):
        souza = self._add_person("Dr. Souza", "attorney")
        self.assertNotIn(souza, self.debtor._get_choice_of_people())
        self._get_row(souza).document = DOCUMENT
        self.assertEqual(self.debtor._get_choice_of_people(), souza)


@tagged("post_install", "-at_install")
class TestGuarantor(PermissionsCommon):
    """A guarantor is a party of their own."""

    def setUp(self):
        super().setUp()
        self.guarantor = self._add_person("Fiador", "guarantor", document=DOCUMENT)

    def test_what_became_of_the_customer_does_not_stop_contacts_with_them(self):
        for flag in ("deceased", "insolvency", "over_indebted"):
            debtor = self.debtor
            debtor.write({flag: True})
            with self.subTest(flag):
                self.assertTrue(self._decide_about(self.guarantor).allowed)
                self.assertFalse(self._decide_about(self.debtor_partner).allowed)
            debtor.write({flag: False})
        self.debtor.cease_on = MONDAY
        self.assertEqual(self._get_codes(self.guarantor), ["BLK_CEASE"])

    def test_who_asked_not_to_be_contacted_is_not(self):
        self._get_row(self.guarantor).with_user(self.collector).refused_on = MONDAY
        self.assertEqual(self._get_codes(self.guarantor), ["BLK_CEASE"])
        self.assertTrue(self._decide_about(self.debtor_partner).allowed)
        with self.assertRaisesRegex(AccessError, "asked not to be contacted"):
            self._get_row(self.guarantor).with_user(self.collector).refused_on = False
        self._get_row(self.guarantor).with_user(self.manager).refused_on = False
        self.assertTrue(self._decide_about(self.guarantor).allowed)

    def test_the_system_addresses_nobody_who_asked_not_to_be_contacted(self):
        self.debtor_partner.is_company = True
        accounts = self._create_debtor_partner(
            "Accounts", parent_id=self.debtor_partner.id, type="invoice"
        )
        self.assertEqual(self.debtor._get_people()[0], accounts)
        self.debtor.person_ids = [
            Command.create(
                {"partner_id": accounts.id, "kind": "decider", "refused_on": MONDAY}
            )
        ]
        self.assertEqual(self.debtor._get_people(), self.debtor_partner)

    def test_both_clocks_must_allow(self):
        """10:30 in Rio is 08:30 in Rio Branco; 09:00 is 07:00 there: too early."""
        self.guarantor.state_id = self.env.ref("base.state_br_ac")
        self.assertIn("WIN_HOURS", self._get_codes(self.guarantor))
        self.assertTrue(self._decide_about(self.debtor_partner).allowed)
        zones = self.debtor._get_zone_names_of_all(self.guarantor)
        self.assertEqual(zones, ("America/Sao_Paulo", "America/Rio_Branco"))
        self.debtor.tz = "America/Manaus"
        self.assertEqual(
            self.debtor._get_zone_names_of_all(self.debtor_partner),
            ("America/Manaus",),
            "what was set for the customer stands above their address",
        )

    def test_a_guarantor_calls_back_though_the_customer_is_insolvent(self):
        self.debtor.insolvency = True
        Callback = self.env["collection.callback"].with_user(self.collector)
        vals = {"debtor_id": self.debtor.id, "day": WEDNESDAY, "note": "Call me"}
        with self._at(WEDNESDAY):
            Callback.create(
                {**vals, "recipient_id": self.guarantor.id}
            ).action_confirm()
            self.assertEqual(self._contacts().recipient_id, self.guarantor)
            with self.assertRaisesRegex(UserError, "nobody may contact them"):
                Callback.create(vals).action_confirm()


@tagged("post_install", "-at_install")
class TestFacts(PermissionsCommon):
    """What is known of a customer: who may change it, and that it is told."""

    def test_no_fact_is_given_to_another_customer_by_rpc(self):
        """An attorney moved away would free the customer."""
        other = (
            self.env["collection.debtor"]
            .sudo()
            ._get_for(self._create_debtor_partner("Loja Verde"), self.company)
        )
        self._add_person("Dr. Souza", "attorney", document=DOCUMENT)
        self.debtor.write(
            {
                "channel_ids": [Command.create({"channel": "phone"})],
                "hours_ids": [Command.create({"document": DOCUMENT})],
            }
        )
        for name in ("person_ids", "channel_ids", "hours_ids"):
            for user in (self.collector, self.manager):
                with (
                    self.subTest(name, user=user.login),
                    self.assertRaises(AccessError),
                ):
                    self.debtor[name].with_user(user).write({"debtor_id": other.id})

    def test_a_collector_notes_a_refusal_and_only_a_manager_undoes_it(self):
        debtor = self.debtor.with_user(self.collector)
        debtor.channel_ids = [Command.create({"channel": "phone", "status": "refused"})]
        line = debtor.channel_ids
        for vals in ({"status": "authorised", "proof": "x"}, {"channel": "visit"}):
            with self.subTest(vals), self.assertRaisesRegex(AccessError, "manager"):
                line.write(vals)
        with self.assertRaises(AccessError):
            line.unlink()
        with self.assertRaises(AccessError):
            debtor.channel_ids = [Command.clear()]
        line.proof = "Call of 2 March"
        line.with_user(self.manager).write({"status": "authorised", "proof": "Letter"})
        self.assertEqual(line.status, "authorised")

    def test_everybody_may_note_that_an_authorised_channel_was_refused(self):
        debtor = self.debtor.with_user(self.collector)
        debtor.channel_ids = [
            Command.create({"channel": "phone", "status": "authorised", "proof": "x"})
        ]
        debtor.channel_ids.status = "refused"
        self.assertEqual(self._get_codes(self.debtor_partner), ["BLK_OPT_OUT"])

    def test_what_is_noted_changed_and_removed_stands_in_the_log(self):
        debtor = self.debtor.with_user(self.manager)
        debtor.channel_ids = [
            Command.create({"channel": "phone", "status": "refused", "proof": "Letter"})
        ]
        self.assertIn("Added: Phone call: Refused, Letter", self._get_log())
        debtor.channel_ids.write({"status": "authorised"})
        self.assertIn(
            "Changed: Phone call: Refused, Letter. Now: Phone call: Authorised, Letter",
            self._get_log(),
        )
        debtor.channel_ids.unlink()
        self.assertIn("Removed: Phone call: Authorised, Letter", self._get_log())
        self.assertEqual(self.debtor.message_ids[0].author_id, self.manager.partner_id)
        debtor.hours_ids = [
            Command.create({"weekday": "5", "hour_to": 12.5, "document": DOCUMENT})
        ]
        self.assertIn("Added: Saturday 09:00–12:30, with document", self._get_log())

    def test_the_document_of_a_person_taken_away_is_kept(self):
        souza = self._add_person(
            "Dr. Souza", "attorney", document=DOCUMENT, document_name="power.pdf"
        )
        self._get_row(souza).with_user(self.manager).unlink()
        message = self.debtor.message_ids[0]
        self.assertIn("Dr. Souza, Attorney: only through them", message.body)
        self.assertEqual(message.attachment_ids.name, "power.pdf")
        self.assertEqual(message.attachment_ids.raw, b"signed")


@tagged("post_install", "-at_install")
class TestStopsOfAllBranches(PermissionsCommon):
    """One creditor, however many branches: what was said in Recife holds in São Paulo.
    The collector works in São Paulo only; Outra is another creditor."""

    def setUp(self):
        super().setUp()
        Company = self.env["res.company"].sudo()
        self.branch = Company.create({"name": "Recife", "parent_id": self.company.id})
        outra = Company.create({"name": "Outra"})
        Debtor = self.env["collection.debtor"].sudo()
        self.there = Debtor._get_for(self.debtor_partner, self.branch)
        self.foreign = Debtor._get_for(self.debtor_partner, outra)

    def test_each_stop_holds_at_all_branches_and_at_no_other_creditor(self):
        for flag in ("cease_on", "deceased", "insolvency", "over_indebted"):
            value = MONDAY if flag == "cease_on" else True
            self.there.write({flag: value})
            with self.subTest(flag):
                self.assertEqual(self.debtor._get_stopping(), [flag])
                self.assertFalse(self._decide_about(self.debtor_partner).allowed)
                self.assertFalse(self.foreign._get_stopping())
                self.assertEqual(self.foreign._get_flags(), {})
            self.there.write({flag: False})
        self.assertTrue(self._decide_about(self.debtor_partner).allowed)

    def test_who_has_anything_recorded_at_any_branch_is_not_passed_over(self):
        """A batch looks more closely only at those of whom something is known."""
        other = self._create_debtor_partner("Someone")
        facts = {
            "collection.debtor.person": {
                "partner_id": other.id,
                "kind": "attorney",
                "document": DOCUMENT,
            },
            "collection.debtor.channel": {"channel": "sms", "status": "refused"},
            "collection.debtor.hours": {
                "weekday": "0",
                "hour_from": 9,
                "hour_to": 12,
                "document": DOCUMENT,
            },
            "collection.hold": {"date_from": MONDAY, "date_to": WEDNESDAY},
        }
        kinds = self.env.registry.descendants(["collection.debtor.entry"], "_inherit")
        recorded = {kind for kind in kinds if not self.env[kind]._abstract}
        self.assertEqual(recorded, set(facts) - {"collection.hold"})
        said = {name: True for name in FLAGS} | {"cease_on": MONDAY}
        said |= {"preferred_to": 12.0}
        both = (self.debtor | self.there).sudo()
        self.assertEqual(both._find_unremarkable(), set(both.ids))
        for where in both:
            where.party = "consumer"
            for name, value in said.items():
                with self.subTest(name, where=where.company_id.name):
                    where[name] = value
                    self.assertFalse(both._find_unremarkable())
                    where[name] = False
            for model, vals in facts.items():
                with self.subTest(model, where=where.company_id.name):
                    fact = (
                        self.env[model].sudo().create({**vals, "debtor_id": where.id})
                    )
                    self.assertFalse(both._find_unremarkable())
                    fact.unlink()
        self.assertEqual(both._find_unremarkable(), set(both.ids))

    def test_an_attorney_known_at_a_branch_is_the_only_one_addressed(self):
        souza = self._create_debtor_partner("Dr. Souza", company_id=self.branch.id)
        self.there.person_ids = [
            Command.create(
                {"partner_id": souza.id, "kind": "attorney", "document": DOCUMENT}
            )
        ]
        debtor = self.debtor.with_user(self.collector)
        self.assertEqual(debtor._get_people(), souza)
        self.assertEqual(debtor._get_party(souza), "attorney")
        self.env.invalidate_all()
        screen = {
            "attorney_id": {"fields": {"display_name": {}}},
            "call_permission": {},
        }
        (shown,) = debtor.web_read(screen)
        self.assertEqual(shown["attorney_id"]["display_name"], "Dr. Souza")
        self.assertEqual(self._get_codes(self.debtor_partner), ["BLK_ATTORNEY"])
        self.assertFalse(self.foreign._get_attorney())

    def test_refusals_and_wishes_of_a_branch_are_obeyed(self):
        self.there.write(
            {
                "channel_ids": [Command.create({"channel": "phone"})],
                "preferred_from": 14.0,
                "preferred_to": 16.0,
                "work_prohibited": True,
            }
        )
        self.assertEqual(
            self._get_codes(self.debtor_partner), ["BLK_OPT_OUT", "WIN_HOURS"]
        )
        self.assertIn("work_prohibited", self.debtor._get_flags())
        self.assertEqual(self.foreign._get_wishes()["opt_out"], frozenset())

    def test_what_is_planned_here_is_withdrawn_when_it_is_said_there(self):
        with self._at(FRIENDLY_DAY):
            self._evaluate()
            self.env["collection.planner"].sudo()._plan_debtors(self.debtor)
            message = self._contacts().filtered("planned_at")
            self.assertTrue(message)
            self.there.cease_on = FRIENDLY_DAY
            self.assertEqual(message.state, "skipped")
        self.assertFalse(self._live(FRIENDLY_DAY))
        self.assertWithheldBecause("STOPPED", self.invoice)
        self.assertEqual(
            self.debtor.case_id.activity_ids.user_id,
            self.manager,
            "the file here waits for a decision too",
        )

    def test_the_screen_says_that_another_branch_noted_it_and_no_more(self):
        self.there.deceased = True
        debtor = self.debtor.with_user(self.collector)
        self.assertEqual(debtor.stop_text, "Deceased (noted at another branch)")
        with self.assertRaises(AccessError):
            debtor.read(["elsewhere_ids"])
        with self.assertRaises(AccessError):
            self.there.with_user(self.collector).read(["deceased"])
        Lift = self.env["collection.debtor.lift"].with_user(self.manager)
        vals = {"debtor_id": self.debtor.id, "flag": "deceased", "reason": "x"}
        with self.assertRaisesRegex(UserError, "noted at another branch"):
            Lift.create(vals).action_confirm()

    def test_a_batch_costs_the_same_number_of_queries_whatever_its_size(self):
        partners = self.env["res.partner"].union(
            *(self._create_debtor_partner(f"Loja {number}") for number in range(12))
        )
        Debtor = self.env["collection.debtor"].sudo()
        Debtor._get_for(partners, self.branch)
        debtors = Debtor._get_for(partners, self.company)
        counts = []
        for batch in (debtors[:3], debtors[3:]):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            for debtor in batch.browse(batch.ids):
                debtor._get_stopping()
                debtor._get_flags()
                debtor._get_wishes()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
        self.assertLess(counts[0], 15)


@tagged("post_install", "-at_install")
class TestRulesOfTheSets(PermissionsCommon):
    """Lines of the contact rules that the screens offer, and flags, act everywhere."""

    def _wait_before_first(self, days):
        """An administrator adds a line to the house rules."""
        house = self.env.ref("collection_escalation.ruleset_house").sudo()
        house.line_ids = [Command.create({"kind": "grace", "days": days})]

    def _ask_about_a_call(self, day, moment=time(12), **vals):
        Contact_sudo = self.env["collection.contact"].sudo()
        vals = {"channel": "phone", "recipient_id": self.debtor_partner.id, **vals}
        items = self._items(self.invoice)
        call = Contact_sudo.new(
            {
                **Contact_sudo._prepare_by_hand_vals(
                    self.debtor, self.collector, **vals
                ),
                "line_ids": Contact_sudo._prepare_by_hand_lines(items),
            }
        )
        with self._at(day, moment):
            return call._decide(datetime.combine(day, moment))

    def test_the_first_contact_after_the_due_date_waits_as_the_house_rules_say(self):
        """Due on Monday 2 March, 7 business days: not before Wednesday 11. The plan would
        write on Monday 9. What follows does not wait again."""
        self._wait_before_first(7)
        sent = self._live_until(FRIENDLY_DAY, MONDAY + timedelta(days=9))
        self.assertEqual([*sent], [date(2026, 3, 11)])
        self.assertTrue(self._ask_about_a_call(date(2026, 3, 12)).allowed)

    def test_a_person_waits_for_the_first_contact_too(self):
        self._wait_before_first(7)
        decision = self._ask_about_a_call(WEDNESDAY)
        self.assertEqual(decision.codes, "HOUSE.LIM_GRACE")
        self.assertEqual(decision.next_allowed.date(), date(2026, 3, 11))
        with self._at(WEDNESDAY):
            self.assertIn("HOUSE.LIM_GRACE", self.debtor.call_permission)

    def test_before_the_due_date_nobody_waits(self):
        """Nor on the day itself, and the invoice itself may go at any time."""
        self._wait_before_first(7)
        self.assertTrue(self._ask_about_a_call(MONDAY).allowed)
        decision = self._ask_about_a_call(WEDNESDAY, channel="email", purpose="invoice")
        self.assertTrue(decision.allowed)

    def test_the_days_count_from_a_late_delivery_of_the_invoice(self):
        self._wait_before_first(3)
        self._items(self.invoice).sudo().grace_from = date(2026, 3, 10)
        decision = self._ask_about_a_call(date(2026, 3, 11))
        self.assertEqual(decision.next_allowed.date(), date(2026, 3, 13))

    def test_the_days_count_from_a_delivery_by_hand_too(self):
        """Handed over on Tuesday 10 March, three business days: Friday the 13th."""
        self._wait_before_first(3)
        with self._at(date(2026, 3, 10)):
            self.invoice.is_move_sent = True
            self._settle_transaction()
        decision = self._ask_about_a_call(date(2026, 3, 11))
        self.assertEqual(decision.next_allowed.date(), date(2026, 3, 13))

    def test_not_at_work_holds_in_every_country(self):
        """No line of the Colombian set speaks of the place of work."""
        self.debtor_partner.write(
            {"country_id": self.env.ref("base.co").id, "state_id": False}
        )
        ask = self._ask_about_a_call
        noon = time(17)  # 12:00 in Bogotá
        self.assertTrue(ask(WEDNESDAY, noon, place="work").allowed)
        self.debtor.work_prohibited = True
        self.assertEqual(ask(WEDNESDAY, noon, place="work").codes, "BLK_WORKPLACE")
        self.assertTrue(ask(WEDNESDAY, noon, place="home").allowed)


@tagged("post_install", "-at_install")
class TestContactDuringPause(PermissionsCommon):
    """A person may contact a customer during a pause, but knows of it and says why."""

    def setUp(self):
        super().setUp()
        with self._at(WEDNESDAY):
            self.hold = (
                self.env["collection.hold"]
                .with_user(self.collector)
                .create(
                    {
                        "debtor_id": self.debtor.id,
                        "reason": "promise",
                        "note": "on the 6th",
                        "date_to": WEDNESDAY + timedelta(days=2),
                    }
                )
            )

    def test_the_pause_is_shown_and_a_reason_is_asked_for_and_kept(self):
        with self._at(WEDNESDAY):
            form = self._open(channel="phone")
            self.assertEqual(
                form.pauses,
                "Customer promised to pay: on the 6th, until 03/06/2026 (collector)",
            )
            with self.assertRaisesRegex(AssertionError, "pause_reason is a required"):
                form.save()
            with self.assertRaisesRegex(UserError, "Paused: Customer promised to pay"):
                self._send_by_rpc(channel="phone", pause_reason=" ")
            self.assertFalse(self._contacts())
            form.pause_reason = "They asked for the bank account"
            form.save().action_confirm()
        self.assertEqual(
            self._contacts().pause_reason, "They asked for the bank account"
        )

    def test_a_manager_gives_a_reason_before_an_exception_too(self):
        self.debtor.cease_on = MONDAY
        with self._at(WEDNESDAY):
            form = self._open(
                self.manager, channel="phone", pause_reason="Court notice"
            )
            wizard = form.save()
            wizard.pause_reason = False
            with self.assertRaisesRegex(UserError, "Paused"):
                wizard.action_waive()

    def test_after_an_answer_or_outside_the_pause_nothing_is_asked(self):
        with self._at(WEDNESDAY):
            self.hold.sudo().reason = "answered"
            self.assertFalse(self._open().pauses)
            self.hold.sudo().reason = "hardship"
            self.assertTrue(self._open().pauses)
        with self._at(WEDNESDAY + timedelta(days=3)):
            self._open(channel="phone").save().action_confirm()
        self.assertFalse(self._contacts().pause_reason)

    def test_a_pause_of_one_invoice_concerns_only_that_invoice(self):
        other = self._create_overdue_invoice(MONDAY)
        with self._at(WEDNESDAY):
            self.hold.sudo().item_ids = self._items(other)
            form = self._open()
            self.assertTrue(form.pauses)
            form.item_ids.remove(id=self._items(other).id)
            self.assertFalse(form.pauses)
