"""Each way to reach a customer: what it says, how it leaves, and what is known of it
afterwards."""

import base64
from datetime import time, timedelta
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

from odoo import Command, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, HttpCase, tagged
from odoo.tools import html2plaintext
from odoo.tools.translate import LazyTranslate

from odoo.addons.sms.tests.common import SMSCommon

from ...models.engine.collection_contact_handover import Handover
from ..common import MONDAY, CollectionCommon
from ..scratch_models import ScratchModels

#: The friendly stage of the standard plan is reached on Monday 9 March 2026.
FRIENDLY_DAY = MONDAY + timedelta(days=7)


class ChannelCommon(CollectionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.step = cls.policy.stage_ids.step_ids.filtered(
            lambda s: s.stage_id.level == "friendly" and s.channel == "email"
        )
        cls.sms_template = cls.env.ref("collection_escalation.sms_template_friendly")

    @classmethod
    def _use_channel(cls, channel, **vals):
        """The first friendly contact goes by ``channel``."""
        cls.step.write({"channel": channel, **vals})


@tagged("post_install", "-at_install")
class TestSms(ChannelCommon, SMSCommon):
    """A text message leaves like an e-mail: through the last guard, with its proof."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._use_channel("sms", sms_template_id=cls.sms_template.id)

    def _text(self, day=FRIENDLY_DAY, moment=time(12, 0), **gateway):
        """Run the scheduled actions; returns the text messages that left."""
        with self.mockSMSGateway(**gateway):
            self._live(day, moment)
            return list(self._sms)

    def _queue_text(self, day=FRIENDLY_DAY, moment=time(12, 0)):
        """Written and queued, but not sent."""
        with (
            self._at(day, moment),
            patch.object(self.env.registry["collection.dispatcher"], "_send_queued"),
        ):
            self._run_actions()
        contact = self._contacts()
        self.assertEqual((contact.channel, contact.state), ("sms", "queued"))
        return contact

    def _run_sms_queue(self, day, moment=time(12, 0), **gateway):
        """Odoo's own queue, which may run at any hour; returns what left."""
        with self._at(day, moment), self.mockSMSGateway(**gateway):
            for sms in self.env["sms.sms"].sudo().search([("state", "=", "outgoing")]):
                sms._send()
            return list(self._sms)

    def _report(self, contact, status):
        """The provider's delivery report, as it arrives by HTTP."""
        tracker = self.env["sms.tracker"].sudo()
        uuid = tracker.search([("collection_contact_id", "=", contact.id)]).sms_uuid
        with self._at(FRIENDLY_DAY, time(13, 0)):
            self._settle_transaction()
            self._make_webhook_jsonrpc_request(
                [{"sms_status": status, "uuids": [uuid]}]
            )
            self.env.invalidate_all()

    # -- leaving -------------------------------------------------------------------------

    def test_a_text_message_leaves_and_its_proof_is_kept(self):
        self._create_overdue_invoice(MONDAY)
        (text,) = self._text()
        contact = self._contacts()
        self.assertEqual(text["number"], "+5521999990000")
        self.assertEqual(
            text["body"],
            f"Hello from {self.company.name}. Is everything in order with what you "
            f"received from us? Please have a look here: {contact.get_url()}",
        )
        self.assertEqual((contact.state, contact.outcome), ("made", "sent"))
        self.assertEqual(contact.delivery_status, "sent")
        self.assertEqual(contact.sent_text, contact._mask_link(text["body"]))
        self.assertEqual(contact.made_on, FRIENDLY_DAY)
        self.assertEqual(contact.line_ids.amount_open, 1000.0)

    def test_nobody_else_hears_of_a_text_message(self):
        """It stands in the debtor's history, which only collectors see; followers are
        not notified and the customer's own history does not show it."""
        self._create_overdue_invoice(MONDAY)
        debtor = self.env["collection.debtor"]._get_for(
            self.debtor_partner, self.company
        )
        debtor.sudo().message_subscribe(self.manager.partner_id.ids)
        chatter = self.debtor_partner.message_ids
        self._text()
        message = self._contacts().message_id
        self.assertEqual((message.model, message.res_id), (debtor._name, debtor.id))
        self.assertEqual(message.message_type, "sms")
        self.assertFalse(message.notification_ids)
        self.assertFalse(message.partner_ids)
        self.assertEqual(self.debtor_partner.message_ids, chatter)

    def test_a_text_message_speaks_the_customers_language(self):
        self._activate_language("pt_BR")
        self.sms_template.sudo().with_context(
            lang="pt_BR"
        ).body = "Olá: {{ object.get_url() }}"
        self.debtor_partner.lang = "pt_BR"
        self._create_overdue_invoice(MONDAY)
        (text,) = self._text()
        self.assertEqual(text["body"], f"Olá: {self._contacts().get_url()}")

    def test_ready_texts_are_short_and_say_nothing_of_the_matter(self):
        """At most 160 characters beside the link, for a name of twenty."""
        self.company.partner_id.name = "Companhia de 20 let."
        self._create_overdue_invoice(MONDAY)
        contact = self._queue_text()
        for name in ("courtesy", "friendly", "firm"):
            self.step.sms_template_id = self.env.ref(
                f"collection_escalation.sms_template_{name}"
            )
            text = self.env["collection.channel.sms"]._render(contact)[contact.id]
            rest = text.replace(contact.get_url(), "")
            self.assertNotEqual(rest, text)
            self.assertLessEqual(len(rest), 160, name)
            self.assertNotRegex(rest.lower(), r"debt|owe|due|invoice|pay|collect|\d{3}")

    def test_a_text_message_that_tells_too_much_does_not_leave(self):
        """The template is neutral, what its expression says is not."""
        self.sms_template.sudo().body = (
            "{{ object.partner_id.comment }}: {{ object.get_url() }}"
        )
        self.debtor_partner.comment = "your debt"
        self._create_overdue_invoice(MONDAY)
        self.assertFalse(self._text())
        failed = self._contacts(channel="sms")
        self.assertEqual(
            (failed.state, failed.reasons[0]["code"]), ("failed", "WORDING")
        )

    # -- the last guard ------------------------------------------------------------------

    def test_odoos_own_queue_does_not_send_outside_the_window(self):
        """Written on Friday 17:58 in São Paulo; the queue of Odoo runs on Saturday."""
        self._create_overdue_invoice(MONDAY)
        friday = MONDAY + timedelta(days=11)
        contact = self._queue_text(friday, time(20, 58))
        sms = contact.sms_id
        self.assertFalse(self._run_sms_queue(friday + timedelta(days=1)))
        self.assertEqual((contact.state, sms.state), ("planned", "canceled"))
        self.assertEqual(len(self._text(friday + timedelta(days=3))), 1)
        self.assertFalse(sms.exists(), "nobody can send the old one any more")

    def test_odoos_own_queue_does_not_send_what_was_paid(self):
        invoice = self._create_overdue_invoice(MONDAY)
        contact = self._queue_text()
        with self._at(FRIENDLY_DAY):
            self._pay(invoice)
        self.assertFalse(self._run_sms_queue(FRIENDLY_DAY))
        self.assertEqual((contact.state, contact.sms_id.state), ("skipped", "canceled"))

    def test_text_messages_of_others_leave_as_ever(self):
        """One batch of Odoo's queue: a message of somebody else, and one of ours that
        may not leave."""
        self._create_overdue_invoice(MONDAY)
        ours = self._queue_text().sms_id
        other = (
            self.env["sms.sms"]
            .sudo()
            .create({"number": "+5511888880000", "body": "Your parcel is here"})
        )
        sunday = FRIENDLY_DAY + timedelta(days=6)
        with self._at(sunday), self.mockSMSGateway():
            (ours + other)._send()
            self.assertEqual([text["number"] for text in self._sms], [other.number])
        self.assertEqual((ours.state, other.state), ("canceled", "pending"))

    def test_a_text_message_that_somebody_cancelled_does_not_leave(self):
        self._create_overdue_invoice(MONDAY)
        contact = self._queue_text()
        contact.sms_id.action_set_canceled()
        self.assertFalse(self._run_sms_queue(FRIENDLY_DAY))
        self.env["collection.dispatcher"].sudo()._drop_cancelled()
        self.assertEqual(contact.state, "skipped")
        self.assertEqual(contact.reasons[0]["code"], "MAIL_CANCELLED")

    def test_a_text_message_that_was_leaving_in_a_crash_is_not_sent_again(self):
        self._create_overdue_invoice(MONDAY)
        contact = self._queue_text()
        contact._start_leaving(*contact._get_leaving())
        self.env["collection.dispatcher"].sudo()._find_interrupted()
        self.assertEqual(
            (contact.state, contact.sms_id.state), ("uncertain", "canceled")
        )
        contact.sms_id.action_set_outgoing()
        self.assertFalse(self._run_sms_queue(FRIENDLY_DAY))
        self.assertEqual(
            (contact.state, contact.sms_id.state), ("uncertain", "canceled")
        )

    def test_a_text_message_that_left_before_a_crash_is_made_and_not_sent_again(self):
        self._create_overdue_invoice(MONDAY)
        contact = self._queue_text()
        contact._start_leaving(*contact._get_leaving())
        contact._keep_handover(Handover("made"))
        self.env["collection.dispatcher"].sudo()._find_interrupted()
        self.assertEqual((contact.state, contact.sms_id.state), ("made", "pending"))
        self.assertFalse(self._run_sms_queue(FRIENDLY_DAY))

    def test_a_failure_reported_while_it_is_leaving_is_no_delivery(self):
        """The provider took it and says so, then that it did not arrive, before the first
        is carried to the contact."""
        self._create_overdue_invoice(MONDAY)
        contact = self._queue_text()
        tracker = self.env["sms.tracker"].sudo()
        tracker = tracker.search([("collection_contact_id", "=", contact.id)])
        contact._start_leaving(*contact._get_leaving())
        contact._keep_handover(Handover("made"))
        with self._at(FRIENDLY_DAY):
            tracker._action_update_from_sms_state("error", failure_type="sms_rejected")
        self.assertEqual((contact.state, contact.delivery_status), ("made", "bounced"))
        self.assertEqual(contact.line_ids.state, "failed")

    # -- the provider's answer -----------------------------------------------------------

    def test_a_wrong_number_fails_and_the_step_goes_to_its_other_channel(self):
        self.step.fallback_channel = "email"
        self._create_overdue_invoice(MONDAY)
        self.assertFalse(self._text(sim_error="wrong_number_format"))
        self.assertContacts(
            [("sms", "friendly", "failed"), ("email", "friendly", "planned")]
        )
        failed = self._contacts(channel="sms")
        self.assertEqual(failed.reasons[0]["code"], "WRONG_NUMBER")
        self.assertEqual(failed.line_ids.state, "failed")
        self.assertIn(
            self.env.ref("collection_escalation.mail_activity_mend_address"),
            failed.case_id.activity_ids.activity_type_id,
        )

    def test_without_credit_the_message_waits_for_tomorrow_and_the_manager_is_told_once(
        self,
    ):
        other = self._create_debtor_partner("Loja Verde", phone="+55 21 98888-0000")
        self._create_overdue_invoice(MONDAY)
        self._create_overdue_invoice(MONDAY, partner=other)
        self.assertFalse(self._text(sim_error="credit"))
        contacts = self._contacts() | self._contacts(other)
        self.assertEqual(contacts.mapped("state"), ["planned", "planned"])
        self.assertEqual(contacts[0].reasons[0]["code"], "PROVIDER_DOWN")
        # written by the scheduled action's user, read by the manager only
        told = (
            self.env["mail.message"]
            .with_user(self.manager)
            .search(
                [
                    ("partner_ids", "in", self.manager.partner_id.ids),
                    ("subject", "=", "Messages to customers wait for the provider"),
                ]
            )
        )
        self.assertEqual(len(told), 1)
        self.assertIn("Insufficient Credit", told.body)
        self.assertFalse(self._text(moment=time(14, 0)), "not again on the same day")
        self.assertEqual(len(self._text(FRIENDLY_DAY + timedelta(days=1))), 2)
        self.assertEqual(contacts.mapped("state"), ["made", "made"])
        self.assertFalse(contacts[0].error)
        texts = self._debtor().message_ids.filtered(lambda m: m.message_type == "sms")
        self.assertEqual(texts, contacts[0].message_id, "only what left is kept")

    def test_a_provider_that_does_not_answer_leaves_it_uncertain(self):
        self._create_overdue_invoice(MONDAY)
        self.assertFalse(self._text(sim_error="jsonrpc_exception"))
        contact = self._contacts()
        self.assertEqual(contact.state, "uncertain")
        self.assertEqual(contact.reasons[0]["code"], "PROVIDER_SILENT")
        self.assertEqual(contact.sms_id.state, "canceled")
        self.assertFalse(self._text(FRIENDLY_DAY + timedelta(days=1)))

    def test_a_refusal_of_another_kind_fails_with_the_providers_word(self):
        self._create_overdue_invoice(MONDAY)
        self.assertFalse(self._text(sim_error="incompatible_content"))
        contact = self._contacts(channel="sms")
        self.assertEqual(contact.state, "failed")
        self.assertIn("incompatible_content", contact.why)

    # -- delivery reports ----------------------------------------------------------------

    def test_a_delivery_report_is_kept(self):
        self._create_overdue_invoice(MONDAY)
        self._text()
        contact = self._contacts()
        self._report(contact, "delivered")
        self.assertEqual(contact.delivery_status, "delivered")
        self.assertEqual(contact.state, "made")

    def test_a_report_of_failure_does_not_count_as_received(self):
        self.step.fallback_channel = "email"
        self._create_overdue_invoice(MONDAY)
        self._text()
        contact = self._contacts()
        for _twice in range(2):
            self._report(contact, "invalid_destination")
        self.assertEqual(contact.delivery_status, "bounced")
        self.assertIn("invalid_destination", contact.annotation_ids[0].remark)
        self.assertEqual(contact.line_ids.state, "failed")
        self.assertContacts(
            [("sms", "friendly", "made"), ("email", "friendly", "planned")]
        )
        self.assertIn(
            self.env.ref("collection_escalation.mail_activity_mend_address"),
            contact.case_id.activity_ids.activity_type_id,
        )

    def test_a_telephone_that_was_switched_off_is_no_wrong_number(self):
        self.step.fallback_channel = "email"
        self._create_overdue_invoice(MONDAY)
        self._text()
        contact = self._contacts()
        self._report(contact, "not_delivered")
        self.assertEqual(contact.delivery_status, "bounced")
        self.assertEqual(self._contacts(channel="email").state, "planned")
        self.assertFalse(contact.case_id.activity_ids)

    def test_a_report_settles_what_was_uncertain(self):
        self._create_overdue_invoice(MONDAY)
        self._text(sim_error="jsonrpc_exception")
        contact = self._contacts()
        self._report(contact, "delivered")
        self.assertEqual(
            (contact.state, contact.delivery_status), ("made", "delivered")
        )

    # -- the plan ------------------------------------------------------------------------

    def test_a_step_by_text_message_needs_its_text(self):
        with self.assertRaisesRegex(ValidationError, "Friendly reminder.*SMS"):
            self.step.sms_template_id = False

    def test_the_other_channel_of_a_step_needs_its_text_too(self):
        with self.assertRaisesRegex(ValidationError, "Friendly reminder.*E-mail"):
            self.step.write({"template_id": False, "fallback_channel": "email"})

    def test_the_form_of_a_step_asks_for_the_text_of_its_channel(self):
        """And for the text of the channel that is used instead."""
        with Form(self.step) as form:
            form.channel = "email"
            form.fallback_channel = "phone"
            with self.assertRaisesRegex(
                AssertionError, "invisible field .sms_template_id"
            ):
                form.sms_template_id = self.sms_template
            form.fallback_channel = "whatsapp"
            form.sms_template_id = self.sms_template
        self.assertEqual(self.step.sms_template_id, self.sms_template)

    def test_the_blacklist_of_numbers_warns(self):
        self.env["phone.blacklist"].sudo().create({"number": "+5521999990000"})
        self._create_overdue_invoice(MONDAY)
        with self._at(FRIENDLY_DAY):
            self._evaluate()
        contact = self._contacts()
        contact._resolve_recipients()
        self.assertIn("+5521999990000", contact.warning)

    def test_the_providers_id_is_the_evidence(self):
        self._create_overdue_invoice(MONDAY)
        contact = self._queue_text()
        self.assertEqual(contact.evidence, contact.sms_id.uuid)

    def test_a_text_for_other_records_is_refused(self):
        other = self._create_sms_template("res.partner")
        with self.assertRaisesRegex(ValidationError, "Collection contact"):
            self.step.sms_template_id = other


class LetterCommon(ChannelCommon):
    """A creditor and a customer with postal addresses; the first friendly contact is a
    letter."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.write(
            {"zip": "01000-000", "vat": "11222333000181", "phone": "+55 11 3333-0000"}
        )
        cls.debtor_partner.write(
            {"street": "Rua Dois, 22", "zip": "20000-000", "city": "Rio de Janeiro"}
        )
        cls.letter_template = cls.env.ref("collection_escalation.mail_template_letter")
        cls._use_letter("letter")

    @classmethod
    def _use_letter(cls, channel):
        cls._use_channel(channel, template_id=cls.letter_template.id)

    def _plan_letter(self, day=FRIENDLY_DAY):
        self._live(day)
        contact = self._contacts(state="planned")
        self.assertTrue(contact.on_paper)
        return contact

    def _note(self, contact, fact, day=FRIENDLY_DAY, **vals):
        """A collector notes what the post did."""
        with self._at(vals.pop("noted_on", day)):
            action = getattr(contact.with_user(self.collector), f"action_note_{fact}")()
            note = (
                self.env["collection.post.note"]
                .with_user(self.collector)
                .with_context(**action["context"])
                .create({"day": day, **vals})
            )
            return note.action_note()


@tagged("post_install", "-at_install")
class TestLetter(LetterCommon):
    def _print(self, contact, day=FRIENDLY_DAY):
        """A collector begins the letter; returns what was printed (in tests: HTML)."""
        with self._at(day):
            action = contact.with_user(self.collector).action_begin()
        self.assertEqual(action["url"], f"/web/content/{contact.letter_id.id}")
        return html2plaintext(contact.letter_id.sudo().raw.decode())

    def test_a_letter_states_everything_in_the_customers_language(self):
        self.env["res.lang"]._activate_lang("pt_BR")
        self.env.ref("base.module_collection_escalation")._update_translations(
            ["pt_BR"]
        )
        self.debtor_partner.lang = "pt_BR"
        self._create_overdue_invoice(MONDAY)
        self._create_overdue_invoice(MONDAY - timedelta(days=4), amount=250.5)
        letter = self._print(self._plan_letter())
        for stated in (
            "Olá, Loja Azul!",
            "INV/2026/00001",
            "vencimento em 02/03/2026",
            "1.000,00",
            # 1000.00 + 250.50
            "1.250,50",
            self.company.name,
            "Rua Um, 1",
            "11222333000181",
        ):
            self.assertIn(stated, letter)

    def test_the_window_of_the_envelope_shows_names_and_address_only(self):
        self.debtor_partner.is_company = True
        self.env["res.partner"].create(
            {
                "name": "Accounts payable",
                "parent_id": self.debtor_partner.id,
                "type": "invoice",
                "street": "Avenida Central, 5",
                "zip": "20010-000",
                "city": "Rio de Janeiro",
                "state_id": self.env.ref("base.state_br_rj").id,
                "country_id": self.brazil.id,
            }
        )
        self._create_overdue_invoice(MONDAY)
        contact = self._plan_letter()
        self.assertEqual(
            contact._get_envelope_lines(),
            [
                "Loja Azul",
                "Accounts payable",
                "Avenida Central, 5",
                "Rio de Janeiro RJ",
                "20010-000",
            ],
        )
        self.assertEqual(
            contact._get_return_address(),
            f"{self.company.name} · Rua Um, 1 · 01000-000 São Paulo",
        )

    def test_the_country_is_written_only_abroad(self):
        self.debtor_partner.country_id = self.env.ref("base.uy")
        self._create_overdue_invoice(MONDAY)
        self.assertEqual(self._plan_letter()._get_envelope_lines()[-1], "Uruguay")

    def test_what_was_printed_is_kept_when_it_is_posted(self):
        """Printed on Monday about 1000; 400 are paid on Tuesday; posted on Monday and
        noted on Wednesday."""
        invoice = self._create_overdue_invoice(MONDAY)
        contact = self._plan_letter()
        self._print(contact)
        printed = contact.letter_id
        with self._at(FRIENDLY_DAY + timedelta(days=1)):
            self._pay(invoice, 400)
            note = self.env["collection.post.note"].create(
                {"contact_id": contact.id, "fact": "posted"}
            )
            self.assertTrue(note.outdated)
        wednesday = FRIENDLY_DAY + timedelta(days=2)
        self.assertIs(self._note(contact, "posted", noted_on=wednesday), True)
        self.assertEqual((contact.state, contact.outcome), ("made", "sent"))
        self.assertEqual(contact.posted_on, FRIENDLY_DAY)
        self.assertEqual(contact.made_by_id, self.collector)
        self.assertEqual(contact.delivery_status, "sent")
        self.assertEqual(contact.line_ids.amount_open, 1000)
        self.assertEqual(contact.letter_id, printed)
        with self.assertRaises(UserError):
            contact._print_letter()

    def test_a_new_print_takes_the_place_of_the_old_one(self):
        invoice = self._create_overdue_invoice(MONDAY)
        contact = self._plan_letter()
        self._print(contact)
        old = contact.letter_id
        with self._at(FRIENDLY_DAY):
            self._pay(invoice, 400)
        self.assertIn("600.00", self._print(contact))
        self.assertFalse(old.exists())
        self._note(contact, "posted")
        self.assertEqual(contact.line_ids.amount_open, 600)

    def test_a_letter_is_printed_at_any_hour(self):
        """Printing on Sunday reaches nobody."""
        self._create_overdue_invoice(MONDAY)
        contact = self._plan_letter()
        with self._at(FRIENDLY_DAY + timedelta(days=6), time(3, 0)):
            contact.with_user(self.collector).action_begin()
        self.assertTrue(contact.letter_id)

    def test_a_letter_that_was_not_printed_here_is_kept_too(self):
        self._create_overdue_invoice(MONDAY)
        contact = self._plan_letter()
        self._note(contact, "posted")
        self.assertTrue(contact.letter_id)
        self.assertEqual(contact.letter_id.res_model, "collection.contact")

    def test_a_letter_that_came_back_was_not_received(self):
        self.step.fallback_channel = "phone"
        self._create_overdue_invoice(MONDAY)
        contact = self._plan_letter()
        self._note(contact, "posted")
        later = FRIENDLY_DAY + timedelta(days=8)
        self._note(contact, "returned", day=later)
        self.assertEqual(contact.delivery_status, "returned")
        self.assertEqual(
            (contact.returned_on, contact.returned_by_id), (later, self.collector)
        )
        self.assertEqual(contact.line_ids.state, "failed")
        self.assertEqual(contact._get_event().outcome, "bounced")
        self.assertEqual(self._contacts(channel="phone").state, "planned")
        self.assertIn(
            self.env.ref("collection_escalation.mail_activity_mend_address"),
            contact.case_id.activity_ids.activity_type_id,
        )
        with self.assertRaisesRegex(UserError, "known already"):
            self._note(contact, "returned", day=later)

    def test_days_that_cannot_be_are_refused(self):
        self._create_overdue_invoice(MONDAY)
        contact = self._plan_letter()
        tomorrow = FRIENDLY_DAY + timedelta(days=1)
        with self.assertRaisesRegex(ValidationError, "future"):
            self._note(contact, "posted", day=tomorrow, noted_on=FRIENDLY_DAY)
        with self.assertRaisesRegex(UserError, "not posted"):
            self._note(contact, "returned")
        self._note(contact, "posted")
        with self.assertRaisesRegex(ValidationError, "Correct the day"):
            self._note(contact, "returned", day=MONDAY, noted_on=tomorrow)

    def test_a_letter_that_is_not_permitted_is_not_noted_as_posted(self):
        self._create_overdue_invoice(MONDAY)
        contact = self._plan_letter()
        self.env.cr.execute(
            "UPDATE collection_debtor SET deceased = TRUE WHERE id = %s",
            [contact.debtor_id.id],
        )
        contact.debtor_id.invalidate_recordset()
        answer = self._note(contact, "posted")
        self.assertEqual(answer["params"]["type"], "danger")
        self.assertEqual(contact.state, "planned")
        self.assertFalse(contact.posted_on)
        self.assertEqual(self._contacts(state="blocked").made_by_id, self.collector)

    def test_facts_of_the_post_are_written_by_their_buttons_only(self):
        self._create_overdue_invoice(MONDAY)
        contact = self._plan_letter()
        with self._at(FRIENDLY_DAY), self.assertRaisesRegex(UserError, "Talked"):
            contact.with_user(self.collector).action_log_conversation()
        self._note(contact, "posted")
        for vals in (
            {"posted_on": MONDAY},
            {"letter_id": False},
            {"received_on": MONDAY},
        ):
            with self.assertRaises(UserError):
                contact.sudo().write(vals)
        outsider = self.env["res.users"].create(
            {
                "name": "clerk",
                "login": "clerk_of_the_post",
                "group_ids": [Command.set(self.env.ref("base.group_user").ids)],
            }
        )
        with self.assertRaises(AccessError):
            contact.with_user(outsider).action_note_returned()
        with self.assertRaises(AccessError):
            self.env["collection.post.note"].with_user(outsider).create(
                {"contact_id": contact.id, "fact": "returned"}
            )

    def test_a_letter_without_address_is_not_printed(self):
        self._create_overdue_invoice(MONDAY)
        contact = self._plan_letter()
        self.debtor_partner.write(
            {"street": False, "zip": False, "city": False, "state_id": False}
        )
        self.debtor_partner.country_id = False
        with self.assertRaisesRegex(UserError, "no usable address"):
            self._print(contact)


@tagged("post_install", "-at_install")
class TestLetterPrint(LetterCommon, HttpCase):
    def test_a_letter_is_a_pdf(self):
        """wkhtmltopdf itself; elsewhere tests get the HTML."""
        self._create_overdue_invoice(MONDAY)
        contact = self._plan_letter()
        with self._at(FRIENDLY_DAY):
            letter = contact.with_context(force_report_rendering=True)._print_letter()
        self.assertTrue(letter.raw.startswith(b"%PDF"))
        self.assertEqual(letter.name, f"From {self.company.name} ({contact.id}).pdf")


@tagged("post_install", "-at_install")
class TestCertifiedLetter(LetterCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._use_letter("certified")

    def test_the_post_proves_that_it_was_received(self):
        self._create_overdue_invoice(MONDAY)
        contact = self._plan_letter()
        self._note(contact, "posted", tracking_code=" BR123456785BR ")
        self.assertEqual(contact.tracking_code, "BR123456785BR")
        friday = FRIENDLY_DAY + timedelta(days=4)
        scan = base64.b64encode(b"signed by Ana")
        self._note(contact, "received", day=friday, receipt=scan, receipt_name="ar.pdf")
        self.assertEqual(contact.delivery_status, "delivered")
        self.assertEqual(contact.received_on, friday)
        self.assertEqual(contact.received_by_id, self.collector)
        self.assertEqual(contact.received_noted_at.date(), friday)
        self.assertEqual(contact.receipt, scan)
        for proof in ("BR123456785BR", contact.letter_id.name, "ar.pdf"):
            self.assertIn(proof, contact.evidence, "the log names it")
        with self.assertRaisesRegex(UserError, "known already"):
            self._note(contact, "returned", day=friday)

    def test_a_certified_letter_needs_its_code_and_its_receipt(self):
        self._create_overdue_invoice(MONDAY)
        contact = self._plan_letter()
        with self.assertRaisesRegex(ValidationError, "tracking code"):
            self._note(contact, "posted")
        self._note(contact, "posted", tracking_code="BR123456785BR")
        with self.assertRaisesRegex(ValidationError, "signed receipt"):
            self._note(contact, "received")

    def test_nobody_knows_when_a_plain_letter_was_received(self):
        self._use_letter("letter")
        self._create_overdue_invoice(MONDAY)
        contact = self._plan_letter()
        self._note(contact, "posted")
        with self.assertRaisesRegex(UserError, "certified"):
            self._note(contact, "received", receipt=base64.b64encode(b"x"))

    def test_to_the_contact_rules_it_is_a_letter(self):
        channel = self.env["collection.channel"]._get("certified")
        self.assertEqual(channel._rule_channel, "letter")
        self.assertEqual(channel._get_label(), "Certified letter")


@tagged("post_install", "-at_install")
class TestWhatsapp(ChannelCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._use_channel("whatsapp", sms_template_id=cls.sms_template.id)

    def _plan_chat(self):
        self._create_overdue_invoice(MONDAY)
        self._live(FRIENDLY_DAY)
        contact = self._contacts()
        self.assertEqual((contact.channel, contact.state), ("whatsapp", "planned"))
        return contact

    def test_the_chat_opens_with_the_text_filled_in(self):
        contact = self._plan_chat()
        with self._at(FRIENDLY_DAY):
            action = contact.with_user(self.collector).action_begin()
            contact.with_user(self.collector).action_log_sent()
        url = urlsplit(action["url"])
        self.assertEqual(url.netloc + url.path, "wa.me/5521999990000")
        (text,) = parse_qs(url.query)["text"]
        self.assertIn(contact.get_url(), text)
        preview = html2plaintext(contact.preview)
        self.assertIn(text.partition("http")[0].strip(), preview)
        self.assertNotIn(contact.get_url(), preview, "only the customer has the link")
        self.assertEqual(contact.sent_text, text)
        self.assertEqual((contact.state, contact.outcome), ("made", "sent"))
        self.assertEqual(contact.made_by_id, self.collector)

    def test_the_chat_does_not_open_at_night(self):
        contact = self._plan_chat()
        with self._at(FRIENDLY_DAY, time(22, 30)):
            answer = contact.with_user(self.collector).action_begin()
        self.assertEqual(answer["params"]["type"], "danger")
        self.assertFalse(contact.sent_text)
        self.assertEqual(len(self._contacts(state="blocked")), 1)

    def test_what_was_said_is_kept_although_the_chat_was_opened_elsewhere(self):
        contact = self._plan_chat()
        with self._at(FRIENDLY_DAY):
            contact.with_user(self.collector).action_log_sent()
        self.assertIn(contact.get_url(), contact.sent_text)

    def _connect(self, hand_over, has_api=True):
        """As a module that connects a provider would: three methods of the channel."""
        Channel = self.env.registry["collection.channel.whatsapp"]
        for name, method in (
            ("_is_automatic", lambda channel: True),
            ("_has_api", lambda channel, company: has_api),
            ("_send_by_api", lambda channel, contact: hand_over(contact)),
        ):
            self.startPatcher(patch.object(Channel, name, method))

    def test_a_module_that_connects_a_provider_makes_it_automatic(self):
        sent = []

        def hand_over(contact):
            sent.append((contact.destination, contact.sent_text, contact.state))
            return Handover("made")

        self._connect(hand_over)
        self._create_overdue_invoice(MONDAY)
        self._live(FRIENDLY_DAY)
        contact = self._contacts()
        self.assertEqual(sent, [("+5521999990000", contact.sent_text, "sending")])
        self.assertEqual((contact.state, contact.outcome), ("made", "sent"))

    def test_the_last_guard_holds_for_a_provider_too(self):
        """Written on Friday 17:58 in São Paulo, and the provider is reached on
        Saturday."""
        sent = []
        self._connect(sent.append)
        self._create_overdue_invoice(MONDAY)
        friday = MONDAY + timedelta(days=11)
        with (
            self._at(friday, time(20, 58)),
            patch.object(self.env.registry["collection.dispatcher"], "_send_queued"),
        ):
            self._run_actions()
        contact = self._contacts()
        self.assertEqual(contact.state, "queued")
        with self._at(friday + timedelta(days=1)):
            self.env["collection.dispatcher"].sudo()._send_queued()
        self.assertFalse(sent)
        self.assertEqual(contact.state, "planned")

    def test_a_text_changed_after_it_was_looked_at_does_not_leave(self):
        sent = []
        self._connect(sent.append)
        self._create_overdue_invoice(MONDAY)
        with patch.object(self.env.registry["collection.dispatcher"], "_send_queued"):
            self._live(FRIENDLY_DAY)
        contact = self._contacts()
        self.assertEqual(contact.state, "queued")
        contact._write_state({"sent_text": "Pay or else"})
        with self._at(FRIENDLY_DAY):
            self.env["collection.dispatcher"].sudo()._send_queued()
        self.assertFalse(sent)
        self.assertEqual(contact.state, "planned")
        self.assertEqual(contact.reasons[0]["code"], "MESSAGE_CHANGED")

    def test_a_company_without_provider_uses_the_other_channel(self):
        self._connect(lambda contact: Handover("made"), has_api=False)
        self.step.fallback_channel = "phone"
        self._create_overdue_invoice(MONDAY)
        self._live(FRIENDLY_DAY)
        self.assertContacts(
            [("whatsapp", "friendly", "failed"), ("phone", "friendly", "planned")]
        )
        failed = self._contacts(channel="whatsapp")
        self.assertEqual(failed.reasons[0]["code"], "NO_PROVIDER")


@tagged("post_install", "-at_install")
class TestNewChannel(ScratchModels, ChannelCommon):
    """A new channel is one new file with one model."""

    def setUp(self):
        super().setUp()

        class Pigeon(models.AbstractModel):
            _module = None
            _name = "collection.channel.pigeon"
            _inherit = ["collection.channel"]
            _description = "Message by pigeon"

            _code = "pigeon"
            _label = LazyTranslate("collection_escalation")("Pigeon")
            _sequence = 35
            _rule_channel = "letter"

            def _get_address(self, person):
                return self._get_postal_address(person)

            def _get_action(self, contact):
                return {"type": "ir.actions.act_url", "url": "https://example.com/dove"}

        self._add_model(Pigeon)

    def test_it_is_planned_made_and_logged_like_any_other(self):
        selection = dict(self.step._fields["channel"]._description_selection(self.env))
        self.assertEqual(selection["pigeon"], "Pigeon")
        self._use_channel("pigeon")
        self._create_overdue_invoice(MONDAY)
        self._live(FRIENDLY_DAY)
        contact = self._contacts()
        self.assertEqual((contact.channel, contact.state), ("pigeon", "planned"))
        self.assertIn("Brazil", contact.destination)
        with self._at(FRIENDLY_DAY):
            action = contact.with_user(self.collector).action_begin()
            self.assertEqual(action["url"], "https://example.com/dove")
            contact.with_user(self.collector).action_log_sent()
        self.assertEqual((contact.state, contact.outcome), ("made", "sent"))
        self.assertTrue(contact.display_name.endswith(": Pigeon"))
