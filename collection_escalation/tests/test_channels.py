"""Each way to reach a customer: what it says, how it leaves, and what is known of it
afterwards."""

from datetime import time, timedelta
from unittest.mock import patch

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from odoo.addons.sms.tests.common import SMSCommon

from .common import MONDAY, CollectionCommon

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
        self._settle_transaction()
        self._make_webhook_jsonrpc_request([{"sms_status": status, "uuids": [uuid]}])
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
        self.assertEqual(contact.sent_text, text["body"])
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
        self.env["res.lang"]._activate_lang("pt_BR")
        self.sms_template.with_context(
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
        self.sms_template.body = (
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
        contact._set_state("sending")
        self.env["collection.dispatcher"].sudo()._find_interrupted()
        self.assertEqual(
            (contact.state, contact.sms_id.state), ("uncertain", "canceled")
        )
        contact.sms_id.action_set_outgoing()
        self.assertFalse(self._run_sms_queue(FRIENDLY_DAY))
        self.assertEqual(
            (contact.state, contact.sms_id.state), ("uncertain", "canceled")
        )

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
        told = self.env["mail.message"].search(
            [
                ("partner_ids", "in", self.manager.partner_id.ids),
                ("subject", "=", "Messages to customers wait for the provider"),
            ]
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

    def test_a_text_for_other_records_is_refused(self):
        other = self._create_sms_template("res.partner")
        with self.assertRaisesRegex(ValidationError, "Collection contact"):
            self.step.sms_template_id = other
