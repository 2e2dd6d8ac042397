"""What leaves, to whom, and what stops it at the last moment."""

from datetime import time, timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.engine import collection_dispatcher
from ...models.engine.collection_contact_handover import Handover
from ..common import MONDAY, CollectionCommon
from ..incoming.test_feedback import FeedbackCommon

#: The first reminder of what fell due on MONDAY, after five business days.
FRIENDLY_DAY = MONDAY + timedelta(days=7)


class LeavingCommon(CollectionCommon):
    def _plan(self):
        """Evaluate and plan, as of now."""
        self._evaluate()
        planner = self.env["collection.planner"].sudo()
        return planner._plan_debtors(planner._get_waiting_debtors())

    def _queue(self):
        """… and write what is due."""
        self._plan()
        dispatcher = self.env["collection.dispatcher"].sudo()
        dispatcher._queue(dispatcher._get_due())

    def _plan_call(self, day=FRIENDLY_DAY):
        """A reminder that left on ``day``, and the call planned three days later."""
        self._live(day)
        for later in range(1, 4):
            self._live(day + timedelta(days=later))
        return self._contacts(channel="phone", state="planned")

    def _contacts_of(self, partners):
        Contact_sudo = self.env["collection.contact"].sudo()
        return Contact_sudo.union(*map(self._contacts, partners))


@tagged("post_install", "-at_install")
class TestRecipient(LeavingCommon):
    def test_only_the_address_that_was_shown_is_written_to(self):
        """A customer's e-mail field may hold two addresses: the second reader may be
        anybody."""
        self.debtor_partner.email = "ana@example.com, mother@example.com"
        self._create_overdue_invoice(MONDAY)
        (mail,) = self._live(FRIENDLY_DAY)
        self.assertEqual(self._contacts().destination, "ana@example.com")
        self.assertEqual(mail["email_to"], ['"Loja Azul" <ana@example.com>'])

    def test_a_template_of_ones_own_decides_nothing_about_recipients(self):
        """Odoo's default recipients are the customer, not who was found; copies learn of
        a debt."""
        invoice_address = self.env["res.partner"].create(
            {
                "name": "Payables",
                "type": "invoice",
                "parent_id": self.debtor_partner.id,
                "email": "payable@example.com",
            }
        )
        self.debtor_partner.is_company = True
        step = self.env.ref("collection_escalation.step_consumer_friendly_email").sudo()
        step.template_id = step.template_id.copy(
            {
                "use_default_to": True,
                "email_to": "boss@example.com",
                "email_cc": "friend@example.com",
                "partner_to": str(self.collector.partner_id.id),
            }
        )
        self._create_overdue_invoice(MONDAY)
        (mail,) = self._live(FRIENDLY_DAY)
        self.assertEqual(self._contacts().recipient_id, invoice_address)
        (to,) = mail["email_to"]
        self.assertIn("payable@example.com", to)
        self.assertFalse(mail["email_cc"])

    def test_a_message_written_to_an_old_address_is_written_anew(self):
        self._create_overdue_invoice(MONDAY)
        with self._at(FRIENDLY_DAY), self.mock_mail_gateway():
            self._queue()
            contact = self._contacts()
            old_mail = contact.mail_id
            self.assertEqual(contact.state, "queued")
            self.debtor_partner.email = "new@example.com"
            old_mail.sudo().send()
            self.assertFalse(self._mails)
            self.assertEqual(contact.reasons[0]["code"], "ADDRESS_CHANGED")
        (mail,) = self._live(FRIENDLY_DAY)
        self.assertIn("new@example.com", mail["email_to"][0])
        self.assertEqual(contact.destination, "new@example.com")
        self.assertFalse(old_mail.exists())

    def _add_payables(self, name, **vals):
        """An invoice address of Loja Azul, a company."""
        self.debtor_partner.is_company = True
        return self.env["res.partner"].create(
            {
                "name": name,
                "type": "invoice",
                "parent_id": self.debtor_partner.id,
                "email": f"{name.lower()}@example.com",
                **vals,
            }
        )

    def _change_while_queued(self, change, recipient):
        """The message to ``recipient`` is queued, then ``change()`` happens; returns whom
        the message goes to then, and the contact."""
        self._create_overdue_invoice(MONDAY)
        with self._at(FRIENDLY_DAY), self.mock_mail_gateway():
            self._queue()
            contact = self._contacts()
            self.assertEqual(
                (contact.state, contact.recipient_id), ("queued", recipient)
            )
            old_mail = contact.mail_id
            change()
            self._settle_transaction()
            old_mail.sudo().send()
            self.assertFalse(self._mails, "it does not go to who left")
            self.assertEqual(contact.state, "planned")
        (mail,) = self._live(FRIENDLY_DAY)
        self.assertFalse(old_mail.exists())
        return mail["email_to"][0], contact

    def test_who_was_archived_is_not_written_to(self):
        """Ana reads the invoices and leaves; Bia reads them now."""
        ana = self._add_payables("Ana")
        bia = self._add_payables("Bia", type="contact")

        def leave():
            ana.active = False
            bia.type = "invoice"

        to, contact = self._change_while_queued(leave, ana)
        self.assertIn("bia@example.com", to)
        self.assertEqual(contact.recipient_id, bia)

    def test_who_was_archived_without_a_successor(self):
        """Archived by SQL, as an import does: it is seen when the message leaves. The
        company itself is written to."""
        ana = self._add_payables("Ana")

        def leave():
            self.env.flush_all()
            self.env.cr.execute(
                "UPDATE res_partner SET active = FALSE WHERE id = %s", ana.ids
            )
            self.env.invalidate_all()

        to, _contact = self._change_while_queued(leave, ana)
        self.assertIn(self.debtor_partner.email, to)

    def test_who_went_to_another_company_is_not_written_to(self):
        ana = self._add_payables("Ana")
        other = self._create_debtor_partner("Verde", is_company=True)

        def leave():
            ana.parent_id = other

        to, _contact = self._change_while_queued(leave, ana)
        self.assertIn(self.debtor_partner.email, to)

    def test_who_does_not_read_the_invoices_any_more_is_not_written_to(self):
        ana = self._add_payables("Ana")

        def change():
            ana.type = "contact"

        to, _contact = self._change_while_queued(change, ana)
        self.assertIn(self.debtor_partner.email, to)

    def test_an_archived_person_who_was_chosen_gives_way(self):
        ana = self._add_payables("Ana")
        self._create_overdue_invoice(MONDAY)
        with self._at(FRIENDLY_DAY):
            self._plan()
        contact = self._contacts().sudo()
        contact.write({"recipient_chosen": True})
        self.assertEqual(contact.recipient_id, ana)
        ana.active = False
        (mail,) = self._live(FRIENDLY_DAY)
        self.assertIn(self.debtor_partner.email, mail["email_to"][0])

    def test_a_customer_who_is_archived_still_owes(self):
        self._create_overdue_invoice(MONDAY)
        with self._at(FRIENDLY_DAY):
            self._plan()
        self.debtor_partner.active = False
        (mail,) = self._live(FRIENDLY_DAY)
        self.assertIn(self.debtor_partner.email, mail["email_to"][0])

    def test_behind_an_attorney_who_is_archived_nobody_is_written_to(self):
        """Nothing goes past the attorney to the customer: the collector finds out."""
        attorney = self._create_debtor_partner("Dr. Souza")
        self._create_overdue_invoice(MONDAY)
        self.env["collection.debtor.person"].sudo().create(
            {
                "debtor_id": self._debtor().id,
                "partner_id": attorney.id,
                "kind": "attorney",
                "document": "cG93ZXI=",
            }
        )
        with self._at(FRIENDLY_DAY):
            self._plan()
            attorney.active = False
        self.assertFalse(self._live(FRIENDLY_DAY))
        self.assertIn("mend_address", self._debtor().duty_ids.mapped("kind"))

    def test_a_pause_is_discussed_by_the_team_only(self):
        self._create_overdue_invoice(MONDAY)
        hold = self.env["collection.hold"].create(
            {
                "debtor_id": self._debtor().id,
                "date_from": MONDAY,
                "date_to": FRIENDLY_DAY,
            }
        )
        hold.message_subscribe(self.debtor_partner.ids)
        with self.mock_mail_gateway():
            hold.message_post(
                body="internal",
                partner_ids=self.debtor_partner.ids,
                subtype_xmlid="mail.mt_comment",
            )
        self.assertFalse(self._mails)
        self.assertFalse(hold._message_get_suggested_recipients())
        hold.with_user(self.collector).action_end()
        self.assertEqual(hold.state, "ended")

    def test_no_template_writes_to_a_debtor_beside_the_rules(self):
        self._create_overdue_invoice(MONDAY)
        debtor = self._debtor().with_user(self.collector)
        template = (
            self.env["mail.template"]
            .with_user(self.collector)
            .sudo()
            .create(
                {
                    "name": "Mine",
                    "model_id": self.env["ir.model"]._get_id("collection.debtor"),
                    "subject": "Hello",
                    "body_html": "<p>Pay</p>",
                }
            )
            .sudo(False)
        )
        with self.assertRaisesRegex(UserError, "leave as contacts"):
            template.send_mail(debtor.id, email_values={"email_to": "x@example.com"})


@tagged("post_install", "-at_install")
class TestOthersGoOn(LeavingCommon):
    """What is wrong with one message stops no other."""

    def test_an_emptied_address_stops_no_other_customer(self):
        """The message was planned, then its address vanished: the step goes to its other
        channel, a call, which nobody sends."""
        other = self._create_debtor_partner("Verde")
        self._create_overdue_invoice(MONDAY)
        self._create_overdue_invoice(MONDAY, partner=other)
        with self._at(FRIENDLY_DAY), self.mock_mail_gateway():
            self._plan()
            self.debtor_partner.email = False
            self._settle_transaction()
            dispatcher = self.env["collection.dispatcher"].sudo()
            dispatcher._queue(dispatcher._get_due())
            dispatcher._send_queued()
            (mail,) = self._mails
        self.assertIn(other.email, mail["email_to"][0])
        self.assertContacts(
            [("email", "friendly", "failed"), ("phone", "friendly", "planned")]
        )

    def test_a_contact_that_cannot_be_worked_on_fails_alone(self):
        other = self._create_debtor_partner("Verde")
        self._create_overdue_invoice(MONDAY)
        self._create_overdue_invoice(MONDAY, partner=other)
        Contact = self.env.registry["collection.contact"]
        check = Contact._check_before_leaving

        def fail_for_one(contacts):
            if self.debtor_partner in contacts.partner_id:
                raise KeyError("what nobody foresaw")
            return check(contacts)

        with self._at(FRIENDLY_DAY):
            self._plan()
            dispatcher = self.env["collection.dispatcher"].sudo()
            with (
                patch.object(Contact, "_check_before_leaving", fail_for_one),
                patch.object(self.env.cr, "rollback"),
                patch.object(self.env.registry["ir.cron"], "_commit_progress"),
                mute_logger("odoo.addons.collection_escalation.models"),
            ):
                dispatcher._queue_safely(dispatcher._get_due())
        self.assertEqual(self._contacts(other).state, "queued")
        failed = self._contacts(channel="email")
        self.assertEqual(failed.state, "failed")
        self.assertIn("what nobody foresaw", failed.error)

    def test_what_was_withdrawn_meanwhile_stops_no_other(self):
        """While the first message leaves, the second customer pays."""
        partners = [self._create_debtor_partner(name) for name in ("A", "B", "C")]
        for partner in partners:
            self._create_overdue_invoice(MONDAY, partner=partner)
        handed_over = []

        def hand_over(contact):
            handed_over.append(contact)
            self._contacts(partners[1]).line_ids._cancel("NOT_OWED")
            return Handover("made")

        with self._at(FRIENDLY_DAY):
            self._queue()
            contacts = self._contacts_of(partners)
            self.env["collection.guard"].sudo()._let_leave(contacts, hand_over)
        self.assertEqual(contacts.mapped("state"), ["made", "skipped", "made"])
        self.assertEqual(handed_over, [contacts[0], contacts[2]])

    def test_what_was_checked_long_ago_is_checked_again(self):
        """The server takes the first message at 17:59 and a minute for it: 18:00 (21:00
        UTC) is not permitted to the second."""
        partners = [self._create_debtor_partner(name) for name in ("A", "B")]
        for partner in partners:
            self._create_overdue_invoice(MONDAY, partner=partner)
        with self._at(FRIENDLY_DAY, time(20, 59)):
            self._queue()
        contacts = self._contacts_of(partners)
        at_last = self._at(FRIENDLY_DAY, time(21, 0))

        def hand_over(contact):
            at_last.__enter__()
            return Handover("made")

        with self._at(FRIENDLY_DAY, time(20, 59)):
            self.env["collection.guard"].sudo()._let_leave(contacts, hand_over)
            at_last.__exit__(None, None, None)
        self.assertEqual(contacts.mapped("state"), ["made", "planned"])
        self.assertIn("HOUSE.WIN_HOURS", contacts[1].rule_codes)

    def test_a_second_action_sends_what_the_dispatch_writes(self):
        """It waits while the dispatch writes, and ends a moment after."""
        self._create_overdue_invoice(MONDAY)
        Dispatcher = self.env.registry["collection.dispatcher"]
        naps, at_work = [], iter([True, True])

        def nap(_seconds):
            naps.append(self._contacts().state)
            if len(naps) == 2:
                self._queue()

        with (
            self._at(FRIENDLY_DAY),
            self.mock_mail_gateway(),
            patch.object(
                Dispatcher, "_is_at_work", lambda *_task: next(at_work, False)
            ),
            patch.object(self.env.registry["ir.cron"], "_commit_progress"),
            patch.object(collection_dispatcher.time, "sleep", nap),
        ):
            self._plan()
            self.env["collection.dispatcher"].sudo()._cron_send()
            (mail,) = self._mails
        self.assertIn(self.debtor_partner.email, mail["email_to"][0])
        self.assertEqual(naps[:2], ["planned", "planned"])
        self.assertEqual(set(naps[2:]), {"made"})

    def test_nobody_is_written_to_about_whom_nobody_can_decide(self):
        """No plan applies any more: the message goes to a person, who is told."""
        self._create_overdue_invoice(MONDAY)
        with self._at(FRIENDLY_DAY), self.mock_mail_gateway():
            self._plan()
            self.company.sudo().collection_consumer_policy_id = False
            self.env["collection.policy"].sudo().search([]).write({"active": False})
            dispatcher = self.env["collection.dispatcher"].sudo()
            dispatcher._queue(dispatcher._get_due())
            dispatcher._send_queued()
            self.assertFalse(
                [m for m in self._mails if self.debtor_partner.email in m["email_to"]]
            )
        contact = self._contacts()
        self.assertEqual(contact.state, "blocked")
        self.assertIn("No collection plan applies", contact.why)
        self.assertEqual(contact.line_ids.state, "cancelled", "the step is not burnt")

    def test_what_goes_by_another_channel_is_looked_at_too(self):
        """During the first weeks every message waits for somebody to look at it."""
        step = self.env.ref("collection_escalation.step_consumer_friendly_email").sudo()
        step.write(
            {
                "fallback_channel": "sms",
                "sms_template_id": self.env.ref(
                    "collection_escalation.sms_template_friendly"
                ).id,
            }
        )
        self.company.sudo().collection_review_until = FRIENDLY_DAY + timedelta(days=9)
        self.debtor_partner.email = False
        self._create_overdue_invoice(MONDAY)
        self._live(FRIENDLY_DAY)
        (text,) = self._contacts(channel="sms")
        self.assertFalse(text.reviewed)
        self.assertEqual(text.not_before, FRIENDLY_DAY + timedelta(days=1))


@tagged("post_install", "-at_install")
class TestNothingToAskFor(LeavingCommon):
    """What stops a message stops a call, a chat and a letter too."""

    def test_nobody_is_called_while_a_payment_is_in_process(self):
        invoice = self._create_overdue_invoice(MONDAY)
        call = self._plan_call().with_user(self.collector)
        self._start_payment(invoice, 1000.0, call.planned_on)
        with self._at(call.planned_on):
            self.assertFalse(call.permitted_now)
            self.assertIn("A payment of it is on its way", call.permission)
            answer = call.action_begin()
        self.assertEqual(answer["tag"], "display_notification")
        self.assertIn("A payment of it is on its way", answer["params"]["message"])
        self.assertEqual(call.state, "skipped")

    def test_the_same_call_is_permitted_when_no_payment_is_in_process(self):
        self._create_overdue_invoice(MONDAY)
        call = self._plan_call().with_user(self.collector)
        with self._at(call.planned_on):
            self.assertTrue(call.permitted_now)
            self.assertEqual(call.action_begin()["url"], "tel:+5521999990000")

    def test_a_letter_is_not_posted_about_what_a_credit_covers(self):
        invoice = self._create_overdue_invoice(MONDAY)
        self._live(FRIENDLY_DAY)
        letter_sudo = self.env["collection.contact"].sudo()
        letter = letter_sudo.create(
            {
                "debtor_id": self._debtor().id,
                "company_id": self.company.id,
                "channel": "letter",
                "planned_at": fields.Datetime.now(),
                "planned_on": FRIENDLY_DAY,
                "line_ids": [
                    Command.create(
                        {
                            "item_id": self._items(invoice).id,
                            "stage_id": self._items(invoice).stage_id.id,
                            "currency_id": invoice.currency_id.id,
                            "date_due": MONDAY,
                        }
                    )
                ],
            }
        )
        self.env["account.move"].create(
            {
                "move_type": "out_refund",
                "partner_id": self.debtor_partner.id,
                "invoice_date": MONDAY,
                "invoice_line_ids": [
                    Command.create({"name": "Back", "price_unit": 1000, "tax_ids": []})
                ],
            }
        ).action_post()
        self._settle_transaction()
        with self._at(FRIENDLY_DAY + timedelta(days=1)):
            answer = letter.with_user(self.collector)._note_posted(FRIENDLY_DAY, "")
        self.assertIn("not above the tolerance", answer["params"]["message"])
        self.assertEqual(letter.state, "skipped")

    def test_a_call_that_is_over_cannot_be_begun(self):
        invoice = self._create_overdue_invoice(MONDAY)
        call = self._plan_call().with_user(self.collector)
        self._pay(invoice, day=call.planned_on)
        self.assertEqual(call.state, "skipped")
        with self._at(call.planned_on):
            with self.assertRaisesRegex(UserError, "not planned any more"):
                call.action_begin()


@tagged("post_install", "-at_install")
class TestWhatIsStated(LeavingCommon):
    """The evidence says what the text said, to the cent."""

    def setUp(self):
        super().setUp()
        self.invoice = self._create_overdue_invoice(MONDAY, 1000.0)

    def _send_queued(self):
        with self.mock_mail_gateway():
            self.env["collection.dispatcher"].sudo()._send_queued()
            return [
                m for m in self._mails if self.debtor_partner.email in m["email_to"][0]
            ]

    def test_a_partial_payment_after_the_writing_is_in_the_text(self):
        with self._at(FRIENDLY_DAY):
            self._queue()
            contact = self._contacts()
            old_mail = contact.mail_id
            self._pay(self.invoice, 400.0)
            self.assertFalse(self._send_queued())
            self.assertEqual(contact.state, "planned")
            self.assertEqual(contact.reasons[0]["code"], "AMOUNTS_CHANGED")
            self.assertFalse(contact.stated)
        (mail,) = self._live(FRIENDLY_DAY)
        self.assertFalse(old_mail.exists())
        self.assertIn("600.00", mail["body"])  # 1000 - 400
        self.assertEqual(contact.line_ids.amount_open, 600.0)

    def test_a_credit_that_arrives_after_the_writing_is_in_the_text(self):
        with self._at(FRIENDLY_DAY):
            self._queue()
            contact = self._contacts()
            self.env["account.payment"].create(
                {
                    "payment_type": "inbound",
                    "partner_type": "customer",
                    "partner_id": self.debtor_partner.id,
                    "amount": 250.0,
                }
            ).action_post()
            self._settle_transaction()
            self.assertFalse(self._send_queued())
            self.assertEqual(contact.reasons[0]["code"], "AMOUNTS_CHANGED")
        (mail,) = self._live(FRIENDLY_DAY)
        self.assertIn("750.00", mail["body"])  # 1000 - 250, not allocated yet
        self.assertEqual(sum(contact.line_ids.mapped("amount_open")), 750.0)

    def test_what_is_paid_while_it_leaves_does_not_change_what_was_said(self):
        def hand_over(contact):
            self._pay(self.invoice, 400.0)
            return Handover("made")

        with self._at(FRIENDLY_DAY):
            self._queue()
            contact = self._contacts()
            self.assertIn("1,000.00", contact.message_id.body)
            self.env["collection.guard"].sudo()._let_leave(contact.sudo(), hand_over)
        self.assertEqual(contact.state, "made")
        self.assertEqual(self.invoice.amount_residual, 600.0)
        self.assertEqual(contact.line_ids.amount_open, 1000.0)

    def test_a_day_later_it_is_one_day_more_and_not_written_anew(self):
        with self._at(FRIENDLY_DAY, time(20, 0)):
            self._queue()
            contact = self._contacts()
        with self._at(FRIENDLY_DAY + timedelta(days=1)):
            self.assertFalse(contact._is_outdated())


@tagged("post_install", "-at_install")
class TestJournal(FeedbackCommon, LeavingCommon):
    """What became of a message is known before it is carried to the contact."""

    def setUp(self):
        super().setUp()
        self._create_overdue_invoice(MONDAY)
        with self._at(FRIENDLY_DAY):
            self._queue()
        self.contact = self._contacts()

    def _start_leaving(self, message=None):
        message = message or self.contact.message_id
        return self.contact._start_leaving(
            FRIENDLY_DAY, "America/Sao_Paulo", message.id
        )

    def test_after_a_crash_what_left_is_made(self):
        self.assertTrue(self._start_leaving())
        self.contact._keep_handover(Handover("made"))
        self.env["collection.dispatcher"].sudo()._find_interrupted()
        self.assertEqual(self.contact.state, "made")
        self.assertEqual(self.contact.mail_id.state, "sent", "no queue sends it again")

    def test_after_a_crash_what_was_refused_goes_to_the_other_channel(self):
        self._start_leaving()
        self.contact._keep_handover(Handover("failed", "SENDING_FAILED", "550 no"))
        self.env["collection.dispatcher"].sudo()._find_interrupted()
        self.assertContacts(
            [("email", "friendly", "failed"), ("phone", "friendly", "planned")]
        )
        self.assertEqual(self.contact.error, "550 no")

    def test_after_a_crash_what_nobody_knows_is_uncertain(self):
        self._start_leaving()
        self.env["collection.dispatcher"].sudo()._find_interrupted()
        self.assertEqual(self.contact.state, "uncertain")
        self.assertEqual(self.contact.mail_id.state, "cancel")

    def test_what_was_withdrawn_or_written_anew_does_not_start(self):
        other = self.env["mail.message"].create({"body": "another text"})
        self.assertFalse(self._start_leaving(other))
        self.contact.line_ids._cancel("NOT_OWED")
        self.assertFalse(self._start_leaving())
        self.assertEqual(self.contact.state, "skipped")

    def test_a_message_that_comes_back_at_once_does_not_count_as_received(self):
        """Before what became of it is carried to the contact."""
        self._start_leaving()
        self.contact._keep_handover(Handover("made"))
        with self._at(FRIENDLY_DAY):
            self._receive_sample("postfix_failed", self.contact)
        self.assertEqual(self.contact.state, "made")
        self.assertEqual(self.contact.delivery_status, "bounced")
        self.assertEqual(self.contact.line_ids.state, "failed")


@tagged("post_install", "-at_install")
class TestInvoiceFirst(LeavingCommon):
    """The invoice itself, which has no step that would keep it from going twice."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.sudo().collection_require_sent = True

    def _interrupt(self):
        """The invoice was leaving when the process died."""
        with self._at(FRIENDLY_DAY), self.mock_mail_gateway():
            self._queue()
            contact = self._contacts(purpose="invoice")
            contact._start_leaving(*contact._get_leaving())
            contact._set_uncertain(reasons=[{"code": "INTERRUPTED", "args": {}}])
            contact._withdraw_mail()
        return contact

    def test_what_perhaps_left_is_not_sent_again_by_itself(self):
        invoice = self._create_overdue_invoice(MONDAY)
        contact = self._interrupt()
        first, last = FRIENDLY_DAY + timedelta(days=1), FRIENDLY_DAY + timedelta(days=9)
        self.assertFalse(self._live_until(first, last))
        self.assertEqual(self._contacts(), contact)
        self.assertFalse(self._items(invoice).grace_from)

    def test_grace_begins_when_a_person_says_that_it_left(self):
        invoice = self._create_overdue_invoice(MONDAY)
        contact = self._interrupt()
        contact.with_user(self.collector).action_resolve_sent()
        self.assertEqual(self._items(invoice).grace_from, FRIENDLY_DAY)

    def test_it_goes_again_when_a_person_says_that_it_did_not_leave(self):
        self._create_overdue_invoice(MONDAY)
        contact = self._interrupt()
        contact.with_user(self.collector).action_resolve_not_sent()
        self.assertEqual(len(self._live(FRIENDLY_DAY + timedelta(days=1))), 1)
        self.assertEqual(
            self._contacts(purpose="invoice").mapped("state"), ["failed", "made"]
        )

    def test_what_cannot_be_written_is_tried_on_three_days(self):
        """The collector is asked once; a mended address is another reason to try."""
        self._create_overdue_invoice(MONDAY)
        refuse = patch.object(
            self.env.registry["mail.template"],
            "send_mail_batch",
            side_effect=ValueError("the template is broken"),
        )
        with refuse, mute_logger("odoo.addons.collection_escalation.models"):
            for days in range(9):
                self._live(FRIENDLY_DAY + timedelta(days=days))
                self._live(FRIENDLY_DAY + timedelta(days=days), time(15, 0))
        self.assertEqual(
            self._contacts(purpose="invoice").mapped("state"), ["failed"] * 3
        )
        duty = self.env.ref("collection_escalation.mail_activity_mend_address")
        duties = self._debtor().activity_ids.filtered(
            lambda activity: activity.activity_type_id == duty
        )
        self.assertIn("the template is broken", duties.summary)

    def test_what_was_taken_out_comes_back_another_day(self):
        self._create_overdue_invoice(MONDAY)
        with self._at(FRIENDLY_DAY):
            self._plan()
            self._contacts(purpose="invoice").with_user(self.collector).action_remove()
            self._plan()
            self.assertEqual(self._contacts().mapped("state"), ["skipped"])
        self.assertEqual(len(self._live(FRIENDLY_DAY + timedelta(days=1))), 1)


@tagged("post_install", "-at_install")
class TestCallTimes(LeavingCommon):
    def _get_callable(self):
        return self.env["collection.debtor"].search([("may_call_now", "=", True)])

    def _work_out(self):
        with patch.object(
            self.env.registry["ir.cron"], "_commit_progress", return_value=60
        ):
            self.env["collection.debtor"].sudo()._cron_call_times()

    def test_who_was_written_to_an_hour_ago_is_not_listed(self):
        """Once a day: the message at 09:00 was today's contact."""
        self._create_overdue_invoice(MONDAY)
        with self._at(FRIENDLY_DAY):
            self._evaluate()
            self._work_out()
            self.assertEqual(self._get_callable(), self._debtor())
        self._live(FRIENDLY_DAY)
        with self._at(FRIENDLY_DAY, time(13, 0)):
            self.assertFalse(self._get_callable(), "not known any more")
            self._work_out()
            self.assertFalse(self._get_callable())
        with self._at(FRIENDLY_DAY + timedelta(days=1)):
            self.assertEqual(self._get_callable(), self._debtor())

    def test_other_hours_are_worked_out_anew(self):
        """House hours that end at noon: the afternoon is not offered any more."""
        self._create_overdue_invoice(MONDAY)
        with self._at(FRIENDLY_DAY, time(16, 0)):
            self._evaluate()
            self._work_out()
            self.assertEqual(self._get_callable(), self._debtor())
            house = self.env.ref("collection_escalation.ruleset_house").sudo()
            house.line_ids.filtered(lambda x: x.kind == "window").hour_to = 12.0
            self._settle_transaction()
            self._work_out()
            self.assertFalse(self._get_callable())

    def test_without_a_number_nobody_is_listed(self):
        self._create_overdue_invoice(MONDAY)
        with self._at(FRIENDLY_DAY):
            self._evaluate()
            self._work_out()
            self.debtor_partner.phone = False
            self._settle_transaction()
            self._work_out()
            self.assertFalse(self._get_callable())
            self.debtor_partner.phone = "+55 21 99999-0000"
            self._settle_transaction()
            self._work_out()
            self.assertEqual(self._get_callable(), self._debtor())

    def test_the_slot_of_the_day_is_kept_for_a_call(self):
        """A message and a call want the same Monday: once a day, so the message waits."""
        self._create_overdue_invoice(MONDAY)
        with self._at(FRIENDLY_DAY):
            self._evaluate()
            message = self._contacts(channel="email")
            call = message.copy({"channel": "phone"})
            planner = self.env["collection.planner"].sudo()
            planner._plan_debtors(self._debtor())
        self.assertEqual(call.planned_on, FRIENDLY_DAY)
        self.assertEqual(message.planned_on, FRIENDLY_DAY + timedelta(days=1))


@tagged("post_install", "-at_install")
class TestVoicemail(LeavingCommon):
    def test_a_machine_hears_who_called_and_nothing_of_invoices(self):
        """In the customer's language, with the company's number."""
        self.company.root_id.partner_id.phone = "+55 11 4000-0000"
        self._create_overdue_invoice(MONDAY)
        call = self._plan_call().with_user(self.collector)
        text = self.env["collection.channel"]._get("phone")._get_voicemail(call)
        self.assertEqual(
            text,
            "Good day, this is collector of company_1_data with a message for Loja Azul. "
            "Please call us back at +55 11 4000-0000. Thank you.",
        )
        self.assertIn(text, call.preview)
        self.assertFalse(
            self.env["collection.wording"]._find(text, "en_US", neutral=True)
        )
