from base64 import b64encode
from datetime import timedelta

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common import MONDAY, CollectionCommon

FRIENDLY_DAY = MONDAY + timedelta(days=7)
DOCUMENT = b64encode(b"signed")


@tagged("post_install", "-at_install")
class TestPartnerMerge(CollectionCommon):
    """One customer was entered twice, and somebody merges the two."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.twin = cls._create_debtor_partner("Loja Azul Ltda")

    def _merge(self, *sources, into):
        partners = into.union(*sources)
        self.env["base.partner.merge.automatic.wizard"].sudo()._merge(
            partners.ids, into
        )
        self._settle_transaction()
        self.env.invalidate_all()

    def _owe_both(self):
        """Both owe; the friendly message has left to both."""
        invoices = (
            self._create_overdue_invoice(MONDAY),
            self._create_overdue_invoice(MONDAY, 300.0, self.twin),
        )
        self.assertEqual(len(self._live(FRIENDLY_DAY)), 2)
        return invoices

    def test_two_open_files_become_one_and_nothing_is_lost(self):
        first, second = self._owe_both()
        kept_case = self._debtor().case_id
        other_case = self._debtor(self.twin).case_id
        moves = (self._items(first) | self._items(second)).stage_move_ids
        contacts = self._contacts() | self._contacts(self.twin)
        holds = (
            self.env["collection.hold"]
            .sudo()
            .create(
                [
                    {
                        "debtor_id": debtor.id,
                        "reason": "checking",
                        "user_id": self.collector.id,
                        "date_from": FRIENDLY_DAY,
                        "date_to": FRIENDLY_DAY + timedelta(days=days),
                    }
                    for days, debtor in enumerate(
                        self._debtor() | self._debtor(self.twin)
                    )
                ]
            )
        )
        with self._at(FRIENDLY_DAY):
            self._merge(self.twin, into=self.debtor_partner)
        debtor = self._debtor()
        self.assertEqual(len(debtor), 1)
        self.assertEqual(debtor.item_ids, self._items(first) | self._items(second))
        self.assertEqual(debtor.contact_ids, contacts)
        self.assertEqual(debtor.hold_ids, holds)
        self.assertEqual(moves.debtor_id, debtor)
        self.assertEqual(debtor.case_id, kept_case)
        self.assertEqual(kept_case.open_item_ids, debtor.item_ids)
        self.assertEqual((other_case.state, other_case.outcome), ("closed", "merged"))
        self.assertEqual(contacts.case_id, kept_case)
        self.assertEqual(contacts.partner_id, self.debtor_partner)
        self.assertEqual(contacts.line_ids.item_id, debtor.item_ids)

    def test_the_two_stories_go_on_as_one_without_a_step_twice(self):
        """Both were told on Monday 9 March: after the merge one call on the 12th speaks
        of both invoices, and no second friendly message leaves."""
        self._owe_both()
        with self._at(FRIENDLY_DAY):
            self._merge(self.twin, into=self.debtor_partner)
        sent = self._live_until(
            FRIENDLY_DAY + timedelta(days=1), FRIENDLY_DAY + timedelta(days=3)
        )
        self.assertFalse(sent)
        (call,) = self._contacts(state="planned")
        self.assertEqual((call.channel, call.item_count), ("phone", 2))
        self.assertEqual(self._debtor().case_id.amount_text, "$\xa01,300.00")

    def test_what_is_planned_for_both_leaves_once(self):
        """Evaluated on Friday evening, merged at the weekend: on Monday one message
        leaves, with both invoices."""
        first = self._create_overdue_invoice(MONDAY)
        second = self._create_overdue_invoice(MONDAY, 300.0, self.twin)
        friday = MONDAY + timedelta(days=11)
        with self._at(friday):
            self._evaluate()
        with self._at(friday + timedelta(days=1)):
            self._merge(self.twin, into=self.debtor_partner)
        sent = self._live_until(friday + timedelta(days=1), friday + timedelta(days=5))
        mails = [mail for each in sent.values() for mail in each]
        self.assertTrue(
            all(
                sum(invoice.name in mail["body"] for mail in mails) == 1
                for invoice in (first, second)
            ),
            "each invoice is told of once",
        )
        self.assertLessEqual(max(map(len, sent.values())), 1, "one a day")

    def _plan_both(self):
        """Both owe, and what falls due on the day is planned and has not left."""
        invoices = (
            self._create_overdue_invoice(MONDAY),
            self._create_overdue_invoice(MONDAY, 300.0, self.twin),
        )
        with self._at(FRIENDLY_DAY):
            self._evaluate()
            self._run_action("plan")
        return invoices

    def test_what_each_was_about_to_be_written_becomes_one_message(self):
        """Two friendly e-mails are planned for Monday 9 March: after the merge one leaves
        that day, about 1,000.00 and 300.00, and none on the 10th."""
        first, second = self._plan_both()
        with self._at(FRIENDLY_DAY):
            self._merge(self.twin, into=self.debtor_partner)
        sent = self._live_until(FRIENDLY_DAY, FRIENDLY_DAY + timedelta(days=2))
        self.assertEqual(list(sent), [FRIENDLY_DAY])
        (mail,) = sent[FRIENDLY_DAY]
        for text in (first.name, second.name, "1,000.00", "300.00"):
            self.assertIn(text, mail["body"])
        self.assertIn(self.debtor_partner.email, mail["email_to"][0])
        made, other = self._contacts().sorted(lambda c: c.state != "made")
        self.assertEqual((made.state, other.state), ("made", "skipped"))
        self.assertEqual(other.reasons[0]["code"], "MERGED")
        self.assertEqual(
            made.line_ids.item_id, self._items(first) | self._items(second)
        )

    def test_messages_that_wait_in_the_queue_become_one(self):
        first, second = self._plan_both()
        with self._at(FRIENDLY_DAY), self.mock_mail_gateway():
            dispatcher = self.env["collection.dispatcher"].sudo()
            dispatcher._queue(dispatcher._get_due())
            queued = self._contacts() | self._contacts(self.twin)
            self.assertEqual(queued.mapped("state"), ["queued", "queued"])
            self._merge(self.twin, into=self.debtor_partner)
        sent = self._live_until(FRIENDLY_DAY, FRIENDLY_DAY + timedelta(days=2))
        self.assertEqual([len(mails) for mails in sent.values()], [1])
        (mail,) = sent[FRIENDLY_DAY]
        self.assertIn(first.name, mail["body"])
        self.assertIn(second.name, mail["body"])

    def test_two_calls_become_one_in_the_tone_of_the_higher_stage(self):
        """Loja Azul is called after the firm e-mail of 23 March, the twin after the
        friendly one of the same day: one call on the 26th, about both."""
        self._create_overdue_invoice(MONDAY)
        second = self._create_overdue_invoice(
            MONDAY + timedelta(days=14), 300.0, self.twin
        )
        for number in (7, 10, 21, 24):
            self._live(MONDAY + timedelta(days=number))
            for call in self._contacts(channel="phone", state="planned"):
                if number == 10:
                    with self._at(MONDAY + timedelta(days=number)):
                        self._log_call(call)
        calls = [
            contact
            for partner in (self.debtor_partner, self.twin)
            for contact in self._contacts(partner, channel="phone", state="planned")
        ]
        self.assertEqual([c.level for c in calls], ["firm", "friendly"])
        with self._at(MONDAY + timedelta(days=24)):
            self._merge(self.twin, into=self.debtor_partner)
        (call,) = self._contacts(channel="phone", state="planned")
        self.assertEqual(call.level, "firm")
        self.assertIn(self._items(second), call.line_ids.item_id)

    def test_what_the_plan_of_the_merged_customer_does_not_want_is_withdrawn(self):
        """The twin had a plan of its own that writes on 9 March; Loja Azul's waits ten
        business days, until the 16th."""
        later = self.policy.sudo().copy()
        later.stage_ids.filtered(lambda s: s.level == "friendly").trigger_days = 10
        self._create_overdue_invoice(MONDAY)
        self._debtor().policy_id = later
        self._create_overdue_invoice(MONDAY, 300.0, self.twin)
        with self._at(FRIENDLY_DAY):
            self._evaluate()
            self._run_action("plan")
            self.assertEqual(self._contacts(self.twin).state, "planned")
            self._merge(self.twin, into=self.debtor_partner)
        sent = self._live_until(FRIENDLY_DAY, MONDAY + timedelta(days=14))
        self.assertEqual(
            {day: len(mails) for day, mails in sent.items()},
            {MONDAY + timedelta(days=14): 1},
        )

    def test_the_targets_own_settings_stay_and_its_gaps_are_filled(self):
        own = self.policy.sudo().copy()
        other = self.policy.sudo().copy()
        self._owe_both()
        self._debtor().write({"policy_id": own.id})
        self._debtor(self.twin).write(
            {
                "policy_id": other.id,
                "party": "business",
                "user_id": self.collector.id,
                "tz": "America/Manaus",
            }
        )
        with self._at(FRIENDLY_DAY):
            self._merge(self.twin, into=self.debtor_partner)
        debtor = self._debtor()
        self.assertEqual(debtor.policy_id, own)
        self.assertEqual(debtor.party, "business")
        self.assertEqual(debtor.user_id, self.collector)
        self.assertEqual(debtor.tz, "America/Manaus")

    def test_the_stricter_protection_wins(self):
        """A consumer is protected better than a company: where one of the two is known
        to be a consumer, the merged customer is."""
        self._owe_both()
        self._debtor().party = "business"
        self._debtor(self.twin).party = "consumer"
        with self._at(FRIENDLY_DAY):
            self._merge(self.twin, into=self.debtor_partner)
        self.assertEqual(self._debtor().party, "consumer")

    def test_a_pause_of_one_holds_for_the_merged_customer(self):
        """Everything of the twin was paused, so everything of the merged customer is:
        the stricter of two decisions wins."""
        first, second = self._owe_both()
        with self._at(FRIENDLY_DAY):
            self.env["collection.hold"].with_user(self.collector).create(
                {
                    "debtor_id": self._debtor(self.twin).id,
                    "reason": "complaint",
                    "date_from": FRIENDLY_DAY,
                    "date_to": FRIENDLY_DAY + timedelta(days=30),
                }
            )
            self._merge(self.twin, into=self.debtor_partner)
        self._live(FRIENDLY_DAY + timedelta(days=3))
        self.assertWithheldBecause("HELD", first | second)

    def test_followers_and_the_log_of_both_files_are_kept(self):
        self._owe_both()
        twin = self._debtor(self.twin)
        twin.message_subscribe(self.manager.partner_id.ids)
        twin.message_post(body="Ask for Dona Maria")
        twin.case_id.message_post(body="Second file")
        other_case = twin.case_id
        with self._at(FRIENDLY_DAY):
            self._merge(self.twin, into=self.debtor_partner)
        debtor = self._debtor()
        self.assertIn(self.manager.partner_id, debtor.message_partner_ids)
        bodies = " ".join(map(str, debtor.message_ids.mapped("body")))
        self.assertIn("Dona Maria", bodies, "what was written is not lost")
        self.assertIn("Merged with Loja Azul Ltda", bodies)
        self.assertIn("Second file", str(other_case.message_ids.mapped("body")))

    def test_duties_of_the_other_file_are_not_lost(self):
        """The twin's file waits for the manager; after the merge somebody still owes
        that decision."""
        self._create_overdue_invoice(MONDAY + timedelta(days=35))
        self._create_overdue_invoice(MONDAY, partner=self.twin)
        for number in (7, 10, 11, 21, 24, 25, 42, 47):
            self._live(MONDAY + timedelta(days=number))
        twin = self._debtor(self.twin)
        self.assertEqual(twin.item_ids.waits_for, "manager")
        self.assertTrue(self._debtor().case_id, "both have a file")
        day = MONDAY + timedelta(days=48)
        with self._at(day):
            self._merge(self.twin, into=self.debtor_partner)
        self._live(day)
        case = self._debtor().case_id
        self.assertEqual(case.waits_for, "manager")
        self.assertEqual(case.activity_ids.user_id, self.manager)
        self.assertEqual(
            self.env["mail.activity"].search_count(
                [
                    ("res_model", "=", "collection.case"),
                    ("user_id", "=", self.manager.id),
                ]
            ),
            1,
            "one duty",
        )

    def test_a_debtor_that_only_the_source_had_goes_to_the_target(self):
        invoice = self._create_overdue_invoice(MONDAY, partner=self.twin)
        self._live(FRIENDLY_DAY)
        debtor = self._debtor(self.twin)
        with self._at(FRIENDLY_DAY):
            self._merge(self.twin, into=self.debtor_partner)
        self.assertEqual(self._debtor(), debtor, "the same record, with its history")
        self.assertEqual(self._items(invoice).debtor_id, debtor)
        self.assertEqual(debtor.case_id.partner_id, self.debtor_partner)
        self.assertEqual(debtor.contact_ids.partner_id, self.debtor_partner)

    def test_a_debtor_that_only_the_target_had_stays_as_it_is(self):
        self._create_overdue_invoice(MONDAY)
        self._live(FRIENDLY_DAY)
        debtor = self._debtor()
        before = debtor.case_id, debtor.contact_ids, debtor.item_ids
        with self._at(FRIENDLY_DAY):
            self._merge(self.twin, into=self.debtor_partner)
        self.assertEqual(self._debtor(), debtor)
        self.assertEqual((debtor.case_id, debtor.contact_ids, debtor.item_ids), before)

    def test_merging_two_people_of_one_customer_changes_nothing(self):
        """Contacts of a company are no debtors: the file stays with the company, and the
        proof of who was addressed follows the surviving person."""
        self.debtor_partner.is_company = True
        ana, anna = self.env["res.partner"].create(
            [
                {
                    "name": name,
                    "parent_id": self.debtor_partner.id,
                    "type": "invoice",
                    "email": f"{name}@example.com",
                }
                for name in ("ana", "anna")
            ]
        )
        self._create_overdue_invoice(MONDAY)
        self._live(FRIENDLY_DAY)
        contact, debtor = self._contacts(), self._debtor()
        addressed = contact.recipient_id
        self.assertIn(addressed, ana | anna)
        survivor = (ana | anna) - addressed
        destination = contact.destination
        with self._at(FRIENDLY_DAY):
            self._merge(addressed, into=survivor)
        self.assertEqual(self._debtor(), debtor)
        self.assertEqual(debtor.case_id.state, "open")
        self.assertEqual(contact.recipient_id, survivor)
        self.assertEqual(contact.destination, destination, "the address as it was used")

    def test_a_person_merged_into_another_customer_brings_its_invoices_along(self):
        """A lone customer becomes a contact of Loja Azul: its debt is Loja Azul's."""
        person = self.env["res.partner"].create(
            {
                "name": "Buyer",
                "parent_id": self.debtor_partner.id,
                "email": "buyer@example.com",
            }
        )
        first = self._create_overdue_invoice(MONDAY)
        second = self._create_overdue_invoice(MONDAY, 300.0, self.twin)
        self._live(FRIENDLY_DAY)
        with self._at(FRIENDLY_DAY):
            self._merge(self.twin, into=person)
        self.assertEqual(
            self._debtor().item_ids, self._items(first) | self._items(second)
        )
        self.assertFalse(
            self.env["collection.debtor"]
            .sudo()
            .search([("partner_id", "=", person.id)])
        )
        found = self.env["collection.item"].sudo()
        with self._at(FRIENDLY_DAY):
            found._cron_check_ledger()
            self._settle_transaction()
        self.assertEqual(
            self._items(second).debtor_id, self._debtor(), "the weekly check agrees"
        )

    def test_merging_across_companies_merges_company_by_company(self):
        """Each company keeps one debtor of the merged customer."""
        elsewhere = self.env["res.company"].sudo().create({"name": "Elsewhere"})
        Debtor = self.env["collection.debtor"].sudo()
        for partner in (self.debtor_partner, self.twin):
            Debtor._get_for(partner, self.company)
            Debtor._get_for(partner, elsewhere)
        self._merge(self.twin, into=self.debtor_partner)
        self.assertEqual(
            sorted(self._debtor().company_id.ids),
            sorted((self.company | elsewhere).ids),
        )
        self.assertEqual(len(self._debtor()), 2)

    # -- the people beside a customer, and what was said ---------------------------------

    def _get_debtor(self, partner, company=None):
        return (
            self.env["collection.debtor"]
            .sudo()
            ._get_for(partner, company or self.company)
        )

    def _add_person(self, debtor, partner, kind, **vals):
        if kind in ("guarantor", "authorised", "attorney"):
            vals.setdefault("document", DOCUMENT)
        return (
            self.env["collection.debtor.person"]
            .sudo()
            .create(
                {
                    "debtor_id": debtor.id,
                    "partner_id": partner.id,
                    "kind": kind,
                    **vals,
                }
            )
        )

    def _get_kinds(self, debtor):
        return {p.partner_id: p.kind for p in debtor.person_ids}

    def test_merging_two_people_loses_no_attorney_of_any_customer(self):
        """Dr. Souza stands twice beside Loja Azul and once beside another customer of
        another company: the core would delete all lines of the one that goes."""
        souza, sousa = (
            self._create_debtor_partner(name) for name in ("Dr. Souza", "Dr. Sousa")
        )
        elsewhere = self.env["res.company"].sudo().create({"name": "Elsewhere"})
        here = self._get_debtor(self.debtor_partner)
        there = self._get_debtor(self.twin, elsewhere)
        self._add_person(here, souza, "authorised")
        self._add_person(here, sousa, "attorney")
        self._add_person(there, sousa, "attorney")
        self._merge(sousa, into=souza)
        self.assertEqual(self._get_kinds(here), {souza: "attorney"})
        self.assertEqual(self._get_kinds(there), {souza: "attorney"})
        self.assertEqual(here._get_attorney(), souza)

    def test_of_two_lines_about_one_person_the_stricter_stays(self):
        """And what the other said is kept in the log, with its document."""
        debtor = self._get_debtor(self.debtor_partner)
        for kind, other, stays in (
            ("authorised", "family", "family"),
            ("guarantor", "coworker", "coworker"),
            ("decider", "authorised", "authorised"),
            ("authorised", "attorney", "attorney"),
        ):
            self.debtor_partner.is_company = True
            one, two = (
                self._create_debtor_partner(
                    name, parent_id=kind == "decider" and self.debtor_partner.id
                )
                for name in ("Ana", "Anna")
            )
            self._add_person(debtor, one, kind)
            self._add_person(debtor, two, other, refused_on=MONDAY)
            with self.subTest(kind=kind, other=other):
                self._merge(two, into=one)
                self.assertEqual(self._get_kinds(debtor)[one], stays)
                line = debtor.person_ids.filtered(lambda p, p1=one: p.partner_id == p1)
                self.assertEqual(line.refused_on, MONDAY, "and so does what they asked")
        log = debtor.message_ids.filtered(lambda m: "Removed: Ana" in (m.body or ""))
        self.assertEqual(
            len(log.attachment_ids), 3, "the documents of the lines that went are kept"
        )

    def test_an_attorney_is_not_merged_with_the_customer_they_speak_for(self):
        souza = self._create_debtor_partner("Dr. Souza")
        self._add_person(self._get_debtor(self.debtor_partner), souza, "attorney")
        with self.assertRaisesRegex(
            UserError, "Dr. Souza is the attorney of Loja Azul"
        ):
            self._merge(souza, into=self.debtor_partner)

    def test_a_person_who_is_the_customer_after_all_stands_beside_nobody(self):
        debtor = self._get_debtor(self.debtor_partner)
        self._add_person(debtor, self.twin, "family")
        self._merge(self.twin, into=self.debtor_partner)
        self.assertFalse(debtor.person_ids)
        self.assertEqual(debtor._get_party(self.debtor_partner), "debtor")

    def test_a_person_known_of_both_customers_keeps_the_stricter_kind(self):
        """Of the target they are authorised, of the source the attorney, a relative …"""
        for kind in ("attorney", "family"):
            person = self._create_debtor_partner(f"Person {kind}")
            twin = self._create_debtor_partner(f"Twin {kind}")
            keep, source = map(self._get_debtor, (self.debtor_partner, twin))
            self._add_person(keep, person, "authorised")
            self._add_person(source, person, kind)
            with self.subTest(kind):
                self._merge(twin, into=self.debtor_partner)
                self.assertEqual(self._get_kinds(keep)[person], kind)

    def test_who_decides_for_the_source_comes_along(self):
        """Their company becomes the target only after its debtors are merged."""
        (self.twin | self.debtor_partner).is_company = True
        boss = self._create_debtor_partner("Dona Maria", parent_id=self.twin.id)
        keep, source = map(self._get_debtor, (self.debtor_partner, self.twin))
        self._add_person(source, boss, "decider")
        self._merge(self.twin, into=self.debtor_partner)
        self.assertEqual(boss.parent_id, self.debtor_partner)
        self.assertEqual(self._get_kinds(keep), {boss: "decider"})
        self.assertEqual(keep._get_people("decider")[0], boss)

    def test_wishes_that_exclude_each_other_do_not_stop_the_merge(self):
        """Each refuses the channel that the other prefers: both refusals hold, and
        nobody prefers what was refused."""
        keep, source = map(self._get_debtor, (self.debtor_partner, self.twin))
        keep.preferred_channel = "phone"
        keep.channel_ids = [Command.create({"channel": "email", "status": "refused"})]
        source.preferred_channel = "email"
        source.channel_ids = [Command.create({"channel": "phone", "status": "refused"})]
        self._merge(self.twin, into=self.debtor_partner)
        self.assertFalse(keep.preferred_channel)
        self.assertEqual(keep._get_wishes()["opt_out"], {"phone", "email"})

    def test_a_company_merged_with_somebody_deceased_is_a_consumer(self):
        keep, source = map(self._get_debtor, (self.debtor_partner, self.twin))
        keep.party = "business"
        source.deceased = True
        self._merge(self.twin, into=self.debtor_partner)
        self.assertEqual((keep.party, keep.deceased), ("consumer", True))
