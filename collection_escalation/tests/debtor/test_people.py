import base64
from datetime import datetime, time, timedelta
from urllib.parse import quote

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from odoo.addons.sms.tests.common import SMSCommon

from ..common import MONDAY, CollectionCommon

#: Two business days after the due date: the plan contacts nobody yet.
WEDNESDAY = MONDAY + timedelta(days=2)
NIGHT_UTC = time(23, 0)  # 20:00 in Rio
DOCUMENT = base64.b64encode(b"signed")


class PeopleCommon(CollectionCommon):
    def setUp(self):
        super().setUp()
        self.invoice = self._create_overdue_invoice(MONDAY)
        self.debtor = self._debtor()

    def _open(self, user=None, **vals):
        """The form *Contact* as ``user`` sees it, with ``vals`` filled in."""
        Compose = self.env["collection.contact.compose"].with_user(
            user or self.collector
        )
        form = Form(Compose.with_context(default_debtor_id=self.debtor.id))
        for name, value in vals.items():
            form[name] = value
        return form

    def _send_by_rpc(self, **vals):
        """What a client can send that does not obey the form."""
        return (
            self.env["collection.contact.compose"]
            .with_user(self.collector)
            .create({"debtor_id": self.debtor.id, **vals})
            .action_confirm()
        )

    def _add_person(self, name, kind, **vals):
        partner = self._create_debtor_partner(name)
        self.debtor.person_ids = [
            Command.create({"partner_id": partner.id, "kind": kind, **vals})
        ]
        return partner


@tagged("post_install", "-at_install")
class TestContactByHand(PeopleCommon):
    """A person contacts a customer beside the plan."""

    def test_an_e_mail_by_hand_leaves_now_with_the_invoices(self):
        with self._at(WEDNESDAY):
            form = self._open(channel="email")
            self.assertEqual(form.recipient_id, self.debtor_partner)
            self.assertEqual(form.destination, "loja.azul@example.com")
            self.assertTrue(form.permitted_now)
            self.assertEqual(form.item_ids[:].move_id, self.invoice)
            form.own_html = "<p>As we said <b>this morning</b>.</p>"
            answer = form.save().action_confirm()
        self.assertIn("It leaves now", answer["params"]["message"])
        contact = self._contacts()
        self.assertEqual((contact.purpose, contact.state), ("by_hand", "planned"))
        self.assertEqual(contact.reasons[0]["code"], "BY_HAND")
        (mail,) = self._live(WEDNESDAY)
        self.assertIn("this morning", mail["body"])
        self.assertIn(self.invoice.name, mail["body"])
        self.assertIn("1,000.00", mail["body"])
        self.assertEqual(mail["subject"], f"A message from {self.company.name}")
        self.assertEqual((contact.state, contact.made_by_id), ("made", self.collector))
        self.assertEqual(contact.line_ids.amount_open, 1000.0)

    def test_at_night_an_e_mail_waits_and_nothing_is_logged_as_refused(self):
        """Wednesday 20:00 in Rio: Thursday 5 March, 08:00."""
        with self._at(WEDNESDAY, NIGHT_UTC):
            form = self._open(channel="email", own_html="<p>As we said.</p>")
            self.assertFalse(form.permitted_now)
            self.assertIn("Not before Thursday, March 5, 08:00", form.permission)
            answer = form.save().action_confirm()
        self.assertIn("Thursday, March 5, 08:00", answer["params"]["message"])
        self.assertIn("WIN_HOURS", answer["params"]["message"])
        contact = self._contacts()
        self.assertEqual(contact.state, "planned")
        self.assertEqual(contact.planned_at, datetime(2026, 3, 5, 11, 0))

    def test_a_call_by_hand_opens_with_its_buttons_and_decides_at_the_click(self):
        with self._at(WEDNESDAY, NIGHT_UTC):
            action = self._open(channel="phone").save().action_confirm()
            call = self.env["collection.contact"].browse(action["res_id"])
            self.assertEqual((call.purpose, call.state), ("by_hand", "planned"))
            self.assertFalse(call.permitted_now)
            self.assertFalse(self._contacts(state="blocked"), "looking is no attempt")
            call.with_user(self.collector).action_begin()
        self.assertEqual(len(self._contacts(state="blocked")), 1, "trying is one")
        call.invalidate_recordset(["permitted_now", "permission"])
        with self._at(WEDNESDAY + timedelta(days=1)):
            self.assertTrue(call.permitted_now)
            action = call.with_user(self.collector).action_begin()
            self.assertEqual(action["url"], "tel:+5521999990000")
            self._log_call(call, "voicemail")
        self.assertEqual((call.state, call.outcome), ("made", "voicemail"))

    def test_a_call_in_the_work_list_is_offered_before_a_second_one(self):
        with self._at(WEDNESDAY):
            self._open(channel="phone").save().action_confirm()
            again = self._open(channel="phone")
            self.assertEqual(again.planned_contact_id, self._contacts())

    def test_only_the_customer_and_those_with_a_document_are_offered(self):
        self.debtor_partner.is_company = True
        accounts = self._create_debtor_partner(
            "Accounts", parent_id=self.debtor_partner.id, type="invoice"
        )
        self._create_debtor_partner("Porter", parent_id=self.debtor_partner.id)
        guarantor = self._add_person("Fiador", "guarantor", document=DOCUMENT)
        self._add_person("Irmã", "family")
        with self._at(WEDNESDAY):
            offered = self._open().person_ids[:]
        self.assertEqual(offered, self.debtor_partner | accounts | guarantor)

    def test_with_an_attorney_only_the_attorney_is_offered(self):
        attorney = self._add_person("Dr. Souza", "attorney", document=DOCUMENT)
        with self._at(WEDNESDAY):
            form = self._open()
            self.assertEqual(form.person_ids[:], attorney)
            self.assertEqual(form.recipient_id, attorney)

    def test_a_third_party_by_rpc_is_refused_and_logged(self):
        stranger = self._create_debtor_partner("Vizinho")
        with self._at(WEDNESDAY):
            answer = self._send_by_rpc(
                channel="email", recipient_id=stranger.id, own_html="<p>Hello</p>"
            )
        self.assertEqual(answer["params"]["type"], "danger")
        contact = self._contacts()
        self.assertEqual(
            (contact.state, contact.made_by_id), ("blocked", self.collector)
        )
        self.assertTrue(contact.reasons[0]["code"].endswith("BLK_THIRD_PARTY"))
        self.assertFalse(self._live(WEDNESDAY))

    def test_a_third_party_stays_one_where_no_set_of_rules_says_so(self):
        """Nor does an exception with a document let them pass."""
        sister = self._add_person("Irmã", "family")
        windows = self.env["collection.contact.ruleset.line"].search(
            [("kind", "!=", "window")]
        )
        windows.sudo().unlink()
        with self._at(WEDNESDAY):
            self._send_by_rpc(channel="phone", recipient_id=sister.id)
            self.assertEqual(
                self._contacts().reasons, [{"code": "BLK_THIRD_PARTY", "args": {}}]
            )
            with self.assertRaisesRegex(UserError, "may not learn of it"):
                call = self._send_planned(recipient_id=sister.id)
                self._waive(self.manager, call, document=DOCUMENT)

    def test_that_stop_stands_in_the_fixed_order_of_the_reasons(self):
        """After the words of the customer, before the place and the channel."""
        sister = self._add_person("Irmã", "family")
        lines = self.env["collection.contact.ruleset.line"].search(
            [("block", "=", "third_party"), ("kind", "=", "block")]
        )
        lines.sudo().unlink()
        self.debtor.sudo().cease_on = MONDAY
        self.debtor.channel_ids = [
            Command.create({"channel": "phone", "status": "refused"})
        ]
        with self._at(WEDNESDAY, NIGHT_UTC):
            self._send_by_rpc(channel="phone", recipient_id=sister.id)
        codes = [
            reason["code"].rpartition(".")[2] for reason in self._contacts().reasons
        ]
        self.assertEqual(
            list(dict.fromkeys(codes)),
            ["BLK_CEASE", "BLK_THIRD_PARTY", "BLK_OPT_OUT", "WIN_HOURS"],
        )

    def _send_planned(self, **vals):
        """A call that stands in the work list, as an older version may have left it."""
        vals = {"channel": "phone", "recipient_chosen": True, **vals}
        Contact = self.env["collection.contact"].sudo()
        return Contact._create_by_hand(
            Contact._prepare_by_hand_vals(self.debtor, self.collector, **vals),
            self._items(self.invoice),
        )

    def _waive(self, user, contact, **vals):
        Waiver = self.env["collection.contact.waiver"].with_user(user)
        return Waiver.create(
            {"contact_id": contact.id, "reason": "They want an answer today", **vals}
        )

    def test_a_refused_channel_is_marked_and_the_attempt_is_logged(self):
        self.debtor.channel_ids = [
            Command.create({"channel": "phone", "status": "refused"})
        ]
        with self._at(WEDNESDAY):
            form = self._open(channel="phone")
            self.assertEqual(form.wishes, "Phone call: Refused")
            self.assertTrue(form.never_permitted)
            form.save().action_confirm()
        contact = self._contacts()
        self.assertEqual(contact.state, "blocked")
        self.assertIn("They refused this channel", contact.why)

    def test_a_manager_makes_a_documented_exception_from_a_refused_channel(self):
        self.debtor.channel_ids = [
            Command.create({"channel": "phone", "status": "refused"})
        ]
        with self._at(WEDNESDAY):
            wizard = self._open(self.manager, channel="phone").save()
            context = wizard.action_waive()["context"]
            Waiver = self.env["collection.contact.waiver"].with_user(self.manager)
            form = Form(Waiver.with_context(**context))
            self.assertTrue(form.needs_document)
            form.reason = "Notice of the court of 2 March"
            with self.assertRaisesRegex(AssertionError, "document is a required field"):
                form.save()
            form.document = DOCUMENT
            form.save()
            call = self._contacts()
            self.assertTrue(call.permitted_now)
            self._log_call(call, "conversation")
        self.assertEqual(call.state, "made")

    def test_a_prudent_rule_needs_a_reason_and_the_law_a_document_too(self):
        """At 20:00 calls are refused in Rio by prudence, in São Paulo also by the law of
        the state (BR-SP: calls until 20:00)."""
        for state, phone, codes in (
            ("rj", "+55 21 98888-0001", ["BR.WIN_HOURS", "HOUSE.WIN_HOURS"]),
            (
                "sp",
                "+55 11 98888-0002",
                ["BR.WIN_HOURS", "BR-SP.WIN_HOURS", "HOUSE.WIN_HOURS"],
            ),
        ):
            partner = self._create_debtor_partner(
                f"Loja {state}",
                state_id=self.env.ref(f"base.state_br_{state}").id,
                phone=phone,
            )
            self.invoice = self._create_overdue_invoice(MONDAY, partner=partner)
            self.debtor = self._debtor(partner)
            with self.subTest(state), self._at(WEDNESDAY, NIGHT_UTC):
                call = self._send_planned()
                with self.assertRaisesRegex(ValidationError, "reason"):
                    self._waive(self.manager, call, reason=" ")
                if state == "sp":
                    with self.assertRaisesRegex(ValidationError, "BR-SP.WIN_HOURS"):
                        self._waive(self.manager, call)
                document = DOCUMENT if state == "sp" else False
                waiver = self._waive(self.manager, call, document=document)
                self.assertEqual(sorted(waiver.codes), sorted(codes))
                sets = [code.partition(".")[0] for code in codes]
                self.assertRegex(
                    waiver.decision_version, r"\+".join(rf"{code}@\d+" for code in sets)
                )
                self.assertTrue(call.permitted_now)
                self.assertEqual(call.planned_at, datetime(2026, 3, 4, 23, 0))

    def test_a_collector_makes_no_exception(self):
        with self._at(WEDNESDAY, NIGHT_UTC):
            self._open(channel="phone").save().action_confirm()
            call = self._contacts()
            with self.assertRaises(AccessError):
                self._waive(self.collector, call)
            with self.assertRaises(AccessError):
                self._waive(self.collector, call, document=DOCUMENT)
            self.assertFalse(call.permitted_now)

    def test_what_is_not_theirs_is_refused(self):
        other = self._create_debtor_partner("Loja Verde")
        foreign = self._items(self._create_overdue_invoice(MONDAY, partner=other))
        with self._at(WEDNESDAY), self.assertRaisesRegex(ValidationError, "Loja Azul"):
            self._send_by_rpc(channel="phone", item_ids=[Command.set(foreign.ids)])

    def test_without_address_it_is_said_and_nothing_is_kept(self):
        self.debtor_partner.phone = False
        with self._at(WEDNESDAY):
            form = self._open(channel="phone")
            self.assertIn("no usable address", form.destination)
            wizard = form.save()
            with self.assertRaisesRegex(UserError, "cannot be reached"):
                wizard.action_confirm()

    def test_an_empty_e_mail_is_refused(self):
        with self._at(WEDNESDAY), self.assertRaisesRegex(UserError, "what the message"):
            self._send_by_rpc(channel="email", own_html="<p><br/></p>")

    def test_doubtful_words_need_a_reason(self):
        """A text that shames; a subject that speaks of a debt, which others may read."""
        with self._at(WEDNESDAY):
            form = self._open(channel="email", own_html="<p>Shame on you!</p>")
            self.assertIn("Shame on you", form.findings)
            with self.assertRaisesRegex(AssertionError, "own_reason is a required"):
                form.save()
            with self.assertRaisesRegex(UserError, "Doubtful words"):
                self._send_by_rpc(channel="email", own_html="<p>Shame on you!</p>")
            form.own_reason = "They said it themselves, it is a quotation"
            form.save().action_confirm()
        contact = self._contacts()
        self.assertEqual(contact.own_reason, form.own_reason)
        self.assertEqual(len(self._live(WEDNESDAY)), 1, "the last look lets it pass")
        with self._at(WEDNESDAY):
            form = self._open(channel="email", own_html="<p>Hello</p>")
            form.own_subject = "Your debt"
            self.assertIn("debt", form.findings)

    def test_the_work_list_shows_who_may_be_called_now(self):
        with self._at(WEDNESDAY):
            self._open(channel="phone").save().action_confirm()
            self._settle_transaction()
            search = self.env.ref(
                "collection_escalation.collection_contact_view_search"
            )
            self.assertIn("debtor_id.may_call_now", search.arch)
            callable_now = [("debtor_id.may_call_now", "=", True)]
            to_make = [("handling", "!=", "automatic"), *callable_now]
            Contact = self.env["collection.contact"].with_user(self.collector)
            self.debtor._refresh_call_times()
            self.assertEqual(Contact.search(to_make), self._contacts())
        with self._at(WEDNESDAY, NIGHT_UTC):
            self.assertFalse(Contact.search(to_make))
            self.assertEqual(
                Contact.search([("handling", "=", "live")]), self._contacts()
            )

    def test_a_person_sees_the_limits_of_all_branches(self):
        """The reason on the button is the one of the click, whoever looks."""
        with self._at(WEDNESDAY):
            first = self._send_planned()
            self.env["collection.planner"].sudo()._plan_at_once(first)
            self._log_call(first, "no_answer")
            second = self._send_planned().with_user(self.collector)
            self.assertIn("LIM_DAY", second.permission)
            self.assertIn(
                "LIM_DAY", self.debtor.with_user(self.collector).call_permission
            )
            self.assertFalse(self.debtor.call_permitted)


@tagged("post_install", "-at_install")
class TestTextByHand(PeopleCommon, SMSCommon):
    """A few words to a telephone, in a person's own words."""

    def test_the_link_goes_after_the_own_words(self):
        with self._at(WEDNESDAY):
            form = self._open(channel="sms", own_plain="Hello,\nplease have a look:")
            self.assertTrue(form.permitted_now)
            shown = int(form.length_text.split()[0])
            answer = form.save().action_confirm()
        self.assertIn("It leaves now", answer["params"]["message"])
        contact = self._contacts()
        with self.mockSMSGateway():
            self._live(WEDNESDAY)
            (text,) = self._sms
        self.assertEqual(
            text["body"], f"Hello,\nplease have a look:\n{contact.get_url()}"
        )
        self.assertLessEqual(len(text["body"]), shown)
        self.assertEqual((contact.state, contact.purpose), ("made", "by_hand"))

    def test_a_chat_opens_with_the_own_words_and_the_link(self):
        with self._at(WEDNESDAY):
            form = self._open(channel="whatsapp", own_plain="Please have a look:")
            action = form.save().action_confirm()
            chat = self.env["collection.contact"].browse(action["res_id"])
            url = chat.with_user(self.collector).action_begin()["url"]
            text = f"Please have a look:\n{chat.get_url()}"
            self.assertEqual(url, f"https://wa.me/5521999990000?text={quote(text, '')}")
            chat.with_user(self.collector).action_log_sent()
        self.assertEqual((chat.state, chat.sent_text), ("made", text))

    def test_a_letter_has_the_own_words_between_greeting_and_invoices(self):
        self.debtor_partner.write({"street": "Rua Dois, 2", "city": "Rio de Janeiro"})
        with self._at(WEDNESDAY):
            form = self._open(channel="letter", own_html="<p>As we said.</p>")
            form.own_subject = "Our talk of today"
            action = form.save().action_confirm()
            letter = self.env["collection.contact"].browse(action["res_id"])
            self.assertEqual(letter.preview_subject, "Our talk of today")
            for words in ("Hello Loja Azul", "As we said.", self.invoice.name):
                self.assertIn(words, letter.preview)

    def test_what_others_may_read_says_nothing_of_money(self):
        with self._at(WEDNESDAY):
            form = self._open(channel="sms", own_plain="You owe us R$ 1.000,00")
            self.assertIn("1.000,00", form.findings)
            with self.assertRaisesRegex(UserError, "Doubtful words"):
                self._send_by_rpc(channel="sms", own_plain="You owe us R$ 1.000,00")


@tagged("post_install", "-at_install")
class TestCallback(PeopleCommon):
    """They asked to be called."""

    def _plan(self, **vals):
        Callback = self.env["collection.callback"].with_user(self.collector)
        return Callback.create(
            {
                "debtor_id": self.debtor.id,
                "day": WEDNESDAY,
                "hour_from": 19.5,
                "hour_to": 20.5,
                "note": "I am home at half past seven",
                **vals,
            }
        )

    def test_a_call_back_is_permitted_after_hours_and_uses_up_no_limit(self):
        """Wednesday 19:30 in Rio is 22:30 UTC."""
        with self._at(WEDNESDAY):
            wizard = self._plan()
            self.assertTrue(wizard.permitted)
            answer = wizard.action_confirm()
            self.assertIn("Wednesday, March 4, 19:30", answer["params"]["message"])
            call = self._contacts()
            self.assertEqual(call.planned_at, datetime(2026, 3, 4, 22, 30))
            self.assertEqual((call.purpose, call.consented), ("callback", True))
            self.assertEqual(call.note, "I am home at half past seven")
        with self._at(WEDNESDAY, time(22, 45)):
            self.assertTrue(call.permitted_now)
            self._log_call(call, "no_answer")
        self.assertEqual(call.state, "made")
        with self._at(WEDNESDAY + timedelta(days=1)):
            self.assertTrue(self.debtor.call_permitted)

    def test_the_form_proposes_tomorrow_and_shows_their_clock(self):
        with self._at(WEDNESDAY):
            Callback = self.env["collection.callback"].with_user(self.collector)
            form = Form(Callback.with_context(default_debtor_id=self.debtor.id))
            self.assertEqual(form.day, WEDNESDAY + timedelta(days=1))
            self.assertEqual(
                form.zone_text, "São Paulo, where it is 09:00 now. By the address."
            )
            self.assertTrue(form.permitted)
            form.hour_to = 8.0
            self.assertFalse(form.permitted)
            self.assertIn("ends before it begins", form.permission)

    def test_a_call_back_that_cannot_be_is_refused(self):
        with self._at(WEDNESDAY):
            for message, vals in (
                ("is over", {"day": MONDAY}),
                ("longer than a day", {"hour_to": 25.0}),
                ("ends before it begins", {"hour_from": 21.0}),
                ("what they said", {"note": "  "}),
            ):
                with self.subTest(message), self.assertRaisesRegex(UserError, message):
                    self._plan(**vals).action_confirm()
            self.debtor.cease_on = MONDAY
            with self.assertRaisesRegex(UserError, "No contact, in writing"):
                self._plan().action_confirm()
        self.assertFalse(self._contacts())

    def test_a_third_party_gets_no_call_back(self):
        stranger = self._create_debtor_partner("Vizinho")
        with self._at(WEDNESDAY), self.assertRaisesRegex(UserError, "not the customer"):
            self._plan(recipient_id=stranger.id).action_confirm()


@tagged("post_install", "-at_install")
class TestStops(PeopleCommon):
    """Who stops the contacts, and who lets them go on."""

    def _lift(self, user, **vals):
        Lift = self.env["collection.debtor.lift"].with_user(user)
        vals = {"debtor_id": self.debtor.id, "flag": "deceased", "reason": "x", **vals}
        return Lift.create(vals).action_confirm()

    def test_a_collector_stops_and_only_a_manager_with_a_reason_lifts(self):
        debtor = self.debtor.with_user(self.collector)
        with self._at(WEDNESDAY):
            debtor.deceased = True
            self.assertEqual(debtor.stop_text, "Deceased")
            for user in (self.collector, self.manager):
                with self.assertRaisesRegex(AccessError, "Contacts may go on"):
                    debtor.with_user(user).deceased = False
            with self.assertRaises(AccessError):
                self._lift(self.collector)
            with self.assertRaisesRegex(UserError, "why"):
                self._lift(self.manager, reason=" ")
            self._lift(self.manager, reason="It was the father, of the same name")
        self.assertFalse(debtor.deceased)
        self.assertIn("of the same name", debtor.message_ids[0].body)
        self.assertEqual(debtor.message_ids[0].author_id, self.manager.partner_id)

    def test_an_attorney_is_taken_away_by_a_manager_only(self):
        self._add_person("Dr. Souza", "attorney", document=DOCUMENT)
        attorney = self.debtor.person_ids
        self.assertEqual(self.debtor.attorney_id.name, "Dr. Souza")
        with self.assertRaises(AccessError):
            attorney.with_user(self.collector).kind = "authorised"
        with self.assertRaises(AccessError):
            attorney.with_user(self.collector).unlink()
        attorney.with_user(self.manager).kind = "authorised"
        self.assertFalse(self.debtor.attorney_id)

    def test_the_customer_form_opens_both_forms_with_the_rights_of_the_user(self):
        partner = self.debtor_partner
        for method in ("action_collection_compose", "action_collection_callback"):
            action = getattr(partner.with_user(self.collector), method)()
            self.assertEqual(action["context"]["default_debtor_id"], self.debtor.id)
            clerk = self._new_user("clerk_" + method, "group_collection_user")
            clerk.group_ids = self.env.ref("account.group_account_invoice")
            with self.assertRaises(AccessError):
                getattr(partner.with_user(clerk), method)()

    def test_a_customer_of_another_company_is_out_of_reach(self):
        other = self.env["res.company"].sudo().create({"name": "Outra"})
        debtor = (
            self.env["collection.debtor"]
            .sudo()
            ._get_for(self._create_debtor_partner("Loja Roxa"), other)
        )
        for model in ("collection.contact.compose", "collection.callback"):
            with self.subTest(model), self.assertRaises(AccessError):
                self.env[model].with_user(self.collector).create(
                    {"debtor_id": debtor.id, "note": "x"}
                    if model == "collection.callback"
                    else {"debtor_id": debtor.id, "channel": "phone"}
                ).action_confirm()
