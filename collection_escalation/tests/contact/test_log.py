"""The log: who, whom, by which way, when on whose clock, what came of it, what proves it;
and that nobody changes it."""

from base64 import b64encode
from datetime import datetime, time, timedelta

from lxml import etree

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.service.model import call_kw
from odoo.tests import HttpCase, tagged
from odoo.tools.safe_eval import safe_eval

from ...models.contact.collection_contact_gate import LATER
from ..common import MONDAY, CollectionCommon

FRIENDLY_DAY = MONDAY + timedelta(days=7)
CALL_DAY = MONDAY + timedelta(days=10)
#: What an extract for a court needs, as people choose it in the export dialog.
EXPORTED = [
    "logged_at",
    "made_local",
    "made_utc",
    "who",
    "partner_id/name",
    "whom",
    "channel",
    "destination",
    "state",
    "outcome",
    "delivery_status",
    "result",
    "why",
    "rule_codes",
    "decision_version",
    "evidence",
    "amount_text",
    "remarks",
]


class LogCommon(CollectionCommon):
    def setUp(self):
        """A friendly message on Monday 9 March 2026 at 09:00 in Rio, a call planned for
        Thursday 12."""
        super().setUp()
        self.invoice = self._create_overdue_invoice(MONDAY)
        self._live(FRIENDLY_DAY)
        self._live(CALL_DAY)
        self.message = self._contacts(channel="email")
        self.call = self._contacts(channel="phone")

    def _call_at_night(self):
        """21:30 in Rio on the day of the call: refused."""
        with self._at(CALL_DAY, time(0, 30)):
            self._log_call(self.call)
        return self._contacts(state="blocked")


@tagged("post_install", "-at_install")
class TestLog(LogCommon):
    def test_a_message_says_when_who_whom_where_and_by_which_rules(self):
        message = self.message
        self.assertEqual(message.logged_at, datetime.combine(FRIENDLY_DAY, time(12)))
        self.assertEqual(message.made_utc, "Mon 9 Mar 2026, 12:00 (UTC)")
        self.assertEqual(message.made_local, "Mon 9 Mar 2026, 09:00 (São Paulo)")
        self.assertEqual(message.who, "The system")
        self.assertEqual(message.whom, "Loja Azul")
        self.assertEqual(message.destination, "loja.azul@example.com")
        self.assertEqual(message.evidence, message.message_id.message_id)
        self.assertRegex(message.decision_version, r"HOUSE@\d+")
        self.assertFalse(self.call.logged_at, "what is planned is not in the log")

    def test_the_zone_is_the_customers_and_the_words_are_the_readers(self):
        self.env["res.lang"].sudo()._activate_lang("pt_BR")
        north = self._create_debtor_partner(
            "Norte", state_id=self.env.ref("base.state_br_am").id
        )
        self._create_overdue_invoice(MONDAY, partner=north)
        self._live(FRIENDLY_DAY, time(13))
        message = self._contacts(north, state="made")
        self.assertEqual(message.made_local, "Mon 9 Mar 2026, 09:00 (Manaus)")
        words = self.message.with_context(lang="pt_BR").made_local
        self.assertEqual(words, "seg. 9 mar. 2026, 09:00 (São Paulo)")

    def test_the_name_stays_as_it_was(self):
        self.debtor_partner.name = "Loja Verde"
        self._settle_transaction()
        self.assertEqual(self.message.whom, "Loja Azul")

    def test_the_version_is_that_of_the_rules_under_which_it_left(self):
        """Planned before the rules changed, sent after."""
        other = self._create_debtor_partner("Loja Verde")
        self._create_overdue_invoice(MONDAY, partner=other)
        self._live(FRIENDLY_DAY, time(9))  # 06:00 in Rio: planned for 08:00
        contact = self._contacts(other)
        planned_by = contact.decision_version
        house = self.env.ref("collection_escalation.ruleset_house").sudo()
        window = house.line_ids.filtered(lambda line: line.kind == "window")[0]
        window.hour_to -= 0.5
        self._live(FRIENDLY_DAY)
        self.assertEqual(contact.state, "made")
        self.assertNotEqual(contact.decision_version, planned_by)
        self.assertIn(f"HOUSE@{house.version}", contact.decision_version)

    def test_a_call_names_its_caller_and_its_outcome(self):
        with self._at(CALL_DAY):
            self._log_call(self.call, "conversation")
        self.assertEqual(self.call.who, "collector")
        self.assertEqual(self.call.result, "Talked with the customer")
        self.assertEqual(self.call.made_local, "Thu 12 Mar 2026, 09:00 (São Paulo)")
        self.assertFalse(self.call.evidence)
        remark = self._remark(self.call, reference="REC-2026-77")
        self.assertEqual(self.call.evidence, "REC-2026-77", "the recording")
        self.assertEqual(remark.case_id, self.call.case_id)

    def test_a_busy_line_is_in_the_log_of_the_invoice(self):
        with self._at(CALL_DAY):
            self._log_call(self.call, "busy")
        busy = self._contacts(outcome="busy")
        self.assertEqual(self.call.state, "planned")
        self.assertIn(busy, self.invoice.collection_contact_ids)
        self.assertEqual(busy.line_ids.amount_open, 1000.0)
        self.assertEqual(self.invoice.collection_contact_count, 1, "the message")

    # -- refused attempts ----------------------------------------------------------------

    def test_an_attempt_is_not_about_an_invoice_that_was_paid_before_it(self):
        """Two invoices on the list of the call, one of them paid before it: neither the
        busy line nor the refused call in the night after is about that one."""
        partner = self._create_debtor_partner("Loja Verde")
        other = self._create_overdue_invoice(MONDAY, partner=partner)
        paid = self._create_overdue_invoice(MONDAY, partner=partner)
        self._live(FRIENDLY_DAY)
        self._live(CALL_DAY)
        call = self._contacts(partner, channel="phone")
        self.assertEqual(call.line_ids.item_id.move_id, other + paid)
        with self._at(CALL_DAY):
            self._pay(paid)
            self._log_call(call, "busy")
        with self._at(CALL_DAY + timedelta(days=1), time(0, 30)):
            self._log_call(call)
        busy, blocked = self._contacts(partner, channel="phone") - call
        self.assertEqual(busy.line_ids.item_id.move_id, other)
        self.assertEqual(blocked.line_ids.item_id.move_id, other)

    def test_a_refused_attempt_names_its_rules_and_invoices(self):
        blocked = self._call_at_night()
        self.assertEqual(blocked.who, "collector")
        self.assertEqual(blocked.whom, "Loja Azul")
        self.assertEqual(blocked.destination, self.call.destination)
        self.assertEqual(blocked.rule_codes, "BR.WIN_HOURS, HOUSE.WIN_HOURS")
        self.assertEqual(blocked.decision_version, self.message.decision_version)
        self.assertEqual(
            blocked.next_permitted_at, datetime.combine(CALL_DAY, time(11))
        )
        self.assertEqual(blocked.made_local, "Wed 11 Mar 2026, 21:30 (São Paulo)")
        self.assertIn(blocked, self.invoice.collection_contact_ids)
        self.assertEqual(blocked.line_ids.amount_open, 1000.0)
        self.assertTrue(blocked.line_ids.frozen)
        self.assertFalse(blocked.line_ids.step_id, "no step is burnt")
        with self._at(CALL_DAY):
            self.assertIs(self._log_call(self.call), True, "no limit is used up")

    def test_an_attempt_that_was_never_planned_is_kept_in_the_same_way(self):
        """For whoever asks the rules on behalf of a person without a planned contact."""
        debtor = self._debtor()
        vals = {
            "channel": "phone",
            "purpose": "by_hand",
            "recipient_id": self.debtor_partner.id,
            "destination": "+5521999990000",
        }
        Contact_sudo = self.env["collection.contact"].sudo()
        with self._at(CALL_DAY, time(0, 30)):
            question = Contact_sudo.new(
                {**vals, "debtor_id": debtor.id, "company_id": self.company.id}
            )
            decision = question._decide(fields.Datetime.now())
            answer = debtor.with_user(self.collector)._log_blocked_attempt(
                vals, decision
            )
        self.assertIn("08:00 in São Paulo", answer["params"]["message"])
        blocked = self._contacts(state="blocked")
        self.assertEqual((blocked.purpose, blocked.who), ("by_hand", "collector"))
        self.assertEqual(blocked.case_id, debtor.case_id)
        self.assertEqual(blocked.line_ids.item_id, debtor.item_ids)
        self.assertIn("BR.WIN_HOURS", blocked.rule_codes)

    def test_attempts_are_found_by_the_id_of_the_rule(self):
        blocked = self._call_at_night()
        Contact = self.env["collection.contact"].with_user(self.collector)
        mine = [("debtor_id", "=", blocked.debtor_id.id)]
        for domain, found in (
            ([("rule_codes", "ilike", "win_hours")], blocked),
            ([("rule_codes", "=", "HOUSE.WIN_HOURS")], blocked),
            ([("rule_codes", "ilike", "LIM_DAY")], Contact),
            ([("rule_codes", "=", "HOUSE.WIN_HOUR_")], Contact),
            ([("rule_codes", "ilike", "%")], Contact),
            ([("decision_version", "ilike", "HOUSE@")], blocked | self.message),
        ):
            with self.subTest(domain):
                self.assertEqual(
                    Contact.search(mine + domain).filtered("logged_at"),
                    found.with_user(self.collector),
                )

    # -- views and export ----------------------------------------------------------------

    def test_every_filter_and_group_of_the_log_works(self):
        """As the web client reads them out of the search view."""
        self._call_at_night()
        Contact = self.env["collection.contact"].with_user(self.collector)
        arch = etree.fromstring(
            self.env.ref(
                "collection_escalation.collection_contact_view_search_log"
            ).arch
        )
        mine = [("debtor_id", "=", self._debtor().id)]
        found = {}
        with self._at(CALL_DAY, time(0, 40)):
            for node in arch.iter("filter"):
                name = node.get("name")
                if domain := node.get("domain"):
                    domain = mine + safe_eval(domain, {"uid": self.collector.id})
                    found[name] = Contact.search(domain).mapped("state")
                elif context := node.get("context"):
                    group = safe_eval(context)["group_by"]
                    groups = Contact.formatted_read_group(mine, [group], ["__count"])
                    self.assertEqual(sum(g["__count"] for g in groups), 3, name)
        self.assertEqual(found["made"], ["made"])
        self.assertEqual(found["blocked"], ["blocked"])
        self.assertEqual(found["by_me"], ["blocked"])
        self.assertEqual(found["today"], ["blocked"])
        self.assertEqual(sorted(found["this_month"]), ["blocked", "made"])
        self.assertEqual(sorted(found["tried"]), ["blocked", "made"])
        for name in ("failed", "missed", "uncertain", "inbound", "remarked"):
            self.assertEqual(found[name], [], name)

    def test_a_message_that_came_back_is_found_under_failed_and_not_under_made(self):
        with self._at(FRIENDLY_DAY, time(13)):
            self.message._on_bounce()
        arch = etree.fromstring(
            self.env.ref(
                "collection_escalation.collection_contact_view_search_log"
            ).arch
        )
        domains = {f.get("name"): f.get("domain") for f in arch.iter("filter")}
        for name, expected in (("made", False), ("failed", True)):
            found = self.env["collection.contact"].search(safe_eval(domains[name]))
            self.assertEqual(self.message in found, expected, name)
        self.assertEqual(self.message.result, "Came back")

    def test_list_calendar_and_form_open_for_a_collector(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "collection_escalation.collection_contact_log_action"
        )
        self.assertEqual(
            [kind for _id, kind in action["views"]][:2], ["list", "calendar"]
        )
        Contact = self.env["collection.contact"].with_user(self.collector)
        self.env.flush_all()
        views = Contact.get_views([*action["views"], (False, "search")])["views"]
        self.assertIn('date_start="logged_at"', views["calendar"]["arch"])
        names = etree.fromstring(views["list"]["arch"]).xpath("//field/@name")
        values = self.message.with_user(self.collector).read(names)
        self.assertEqual(values[0]["made_local"], "Mon 9 Mar 2026, 09:00 (São Paulo)")

    def test_managers_export_the_list_with_what_is_computed(self):
        self._remark(self.message, text="She wrote back")
        blocked = self._call_at_night()
        records = (self.message | blocked).with_user(self.collector)
        with self.assertRaisesRegex(UserError, "rights to export"):
            records.export_data(EXPORTED)
        records = records.with_user(self.manager)
        rows = records.export_data(EXPORTED)["datas"]
        first, second = (dict(zip(EXPORTED, row, strict=True)) for row in rows)
        self.assertEqual(first["made_local"], "Mon 9 Mar 2026, 09:00 (São Paulo)")
        self.assertEqual(first["channel"], "E-mail")
        self.assertEqual(first["outcome"], "Sent")
        self.assertEqual(first["evidence"], self.message.message_id.message_id)
        self.assertIn("collector: She wrote back", first["remarks"])
        self.assertEqual(second["rule_codes"], "BR.WIN_HOURS, HOUSE.WIN_HOURS")
        self.assertEqual(second["state"], "Not permitted")
        self.assertEqual(second["who"], "collector")
        offered = records.fields_get(attributes=["exportable"])
        for name in EXPORTED:
            name = name.partition("/")[0]
            self.assertNotEqual(offered[name].get("exportable"), False, name)

    def test_the_log_is_reached_from_file_invoice_and_customer(self):
        blocked = self._call_at_night()
        Contact = self.env["collection.contact"].with_user(self.collector)
        case = self._debtor().case_id
        for record, method in (
            (self.invoice, "action_view_collection_contacts"),
            (case, "action_view_contacts"),
            (self._debtor(), "action_view_contacts"),
        ):
            action = getattr(record.with_user(self.collector), method)()
            found = Contact.search(action["domain"])
            self.assertLessEqual({blocked.id, self.message.id}, set(found.ids), method)
        shown = self.invoice.with_user(self.collector).collection_contact_ids
        self.assertEqual(set(shown.ids), {self.message.id, self.call.id, blocked.id})
        shown = self.debtor_partner.with_user(self.collector).collection_contact_ids
        self.assertLessEqual({blocked.id, self.message.id}, set(shown.ids))

    # -- remarks -------------------------------------------------------------------------

    def _remark(self, contact, user=None, **vals):
        return (
            self.env["collection.contact.annotation"]
            .with_user(user or self.collector)
            .create({"contact_id": contact.id, **vals})
        )

    def test_a_remark_has_the_author_and_moment_of_the_deed(self):
        """Whatever values and context say."""
        forged = {
            "user_id": self.manager.id,
            "made_at": "2020-01-01",
            "reasons": [{"code": "REPORT_FAILED", "args": {"said": "x"}}],
            "company_id": False,
            "debtor_id": False,
            "case_id": False,
        }
        context = {f"default_{name}": value for name, value in forged.items()}
        with self._at(CALL_DAY):
            remark = (
                self.env["collection.contact.annotation"]
                .with_user(self.collector)
                .with_context(**context, default_contact_id=self.message.id)
                .create({"text": "They called back", **forged})
            )
            self.env.flush_all()
        self.assertEqual(remark.contact_id, self.message)
        self.assertEqual(remark.user_id, self.collector)
        self.assertEqual(remark.made_at, datetime.combine(CALL_DAY, time(12)))
        self.assertFalse(remark.reasons)
        self.assertEqual(remark.company_id, self.company)
        self.assertEqual(remark.debtor_id, self._debtor())
        self.assertEqual(self._debtor().case_id.annotation_ids, remark)
        self.assertIn("They called back", self.message.remarks)

    def test_the_log_and_its_remarks_follow_a_merged_customer(self):
        other = self._create_debtor_partner("Loja Verde")
        remark = self._remark(self.message, text="Called back")
        source, target = self.debtor_partner, other
        debtor = self.env["collection.debtor"].sudo()._get_for(target, self.company)
        debtor._merge_partners(source, target)
        self.assertEqual(self.message.debtor_id, debtor)
        self.assertEqual(remark.sudo().debtor_id, debtor)
        self.assertEqual(remark.sudo().text, "Called back")
        self.assertEqual(self.message.whom, "Loja Azul", "as it was then")

    def test_the_list_costs_the_same_number_of_queries_for_few_and_for_many(self):
        """Every column of the log, as the web client reads it."""
        partners = [self._create_debtor_partner(f"Loja {n}") for n in range(12)]
        for partner in partners:
            self._create_overdue_invoice(MONDAY, partner=partner)
        self._live(FRIENDLY_DAY)
        arch = self.env.ref(
            "collection_escalation.collection_contact_view_list_log"
        ).arch
        names = sorted(set(etree.fromstring(arch).xpath("//field/@name")))
        made = self.env["collection.contact"].search([("state", "=", "made")])
        self.assertGreater(len(made), 12)
        counts = []
        for some in (made[:3], made[:12]):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            some.with_user(self.collector).browse(some.ids).read(names)
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])

    def test_an_empty_remark_is_refused(self):
        for vals in ({}, {"text": "  "}, {"reference": " "}):
            with self.subTest(vals), self.assertRaisesRegex(ValidationError, "remark"):
                self._remark(self.message, **vals)

    def test_what_the_system_remarks_is_read_in_the_readers_language(self):
        self.message._annotate("REPORT_DELAYED", said="timeout")
        remark = self.message.annotation_ids
        self.assertIn("still on its way", remark.remark)
        self.assertIn("timeout", remark.remark)
        self.assertFalse(remark.text, "stored as a code")


@tagged("post_install", "-at_install")
class TestLogSecurity(LogCommon):
    """Nobody changes or deletes the log, by whatever way."""

    def setUp(self):
        super().setUp()
        self.blocked = self._call_at_night()
        self.remark = (
            self.env["collection.contact.annotation"]
            .with_user(self.collector)
            .create(
                {
                    "contact_id": self.message.id,
                    "text": "Said on the phone that it arrived",
                    "document": b64encode(b"recording"),
                    "document_name": "call.ogg",
                }
            )
        )
        self.clerk = self._new_user("clerk", "group_collection_user")
        self.clerk.group_ids = [
            Command.set(self.env.ref("account.group_account_invoice").ids)
        ]
        self.env.invalidate_all()

    def _rpc(self, user, record, method, *args):
        model = self.env[record._name].with_user(user).with_company(self.company)
        return call_kw(model, method, [record.ids, *args], {})

    def test_collector_manager_and_administrator_change_nothing(self):
        admin = self.env.ref("base.user_admin")
        admin.sudo().company_ids = [Command.link(self.company.id)]
        for user in (self.collector, self.manager, admin):
            for record, vals in (
                (self.message, {"destination": "x@example.com"}),
                (self.message, {"logged_at": "2020-01-01"}),
                (self.message, {"delivery_status": "delivered"}),
                (self.blocked, {"reasons": []}),
                (self.blocked, {"made_by_id": False}),
                (self.blocked.line_ids, {"amount_open": 0}),
                (self.remark, {"text": "x"}),
                (self.remark, {"document": False}),
                (self.remark, {"contact_id": self.blocked.id}),
            ):
                with self.subTest(user=user.login, vals=vals):
                    with self.assertRaises(UserError):
                        self._rpc(user, record, "write", vals)
                    with self.assertRaises(UserError):
                        self._rpc(user, record, "unlink")

    def test_the_superuser_changes_nothing_either(self):
        for record in (self.message, self.blocked):
            for name, field in record._fields.items():
                if not field.store or name == "id" or name in LATER:
                    continue
                with self.subTest(name), self.assertRaises(UserError):
                    record.sudo().write({name: record[name]})
        for record in (self.message, self.blocked, self.remark):
            with self.assertRaises(UserError):
                record.sudo().unlink()

    def test_no_back_door_through_lists_and_attachments(self):
        for record, vals in (
            (self._debtor(), {"contact_ids": [Command.delete(self.blocked.id)]}),
            (
                self._debtor().case_id,
                {"annotation_ids": [Command.update(self.remark.id, {"text": "x"})]},
            ),
            (
                self._debtor().case_id,
                {"annotation_ids": [Command.delete(self.remark.id)]},
            ),
            (
                self.invoice,
                {
                    "collection_contact_ids": [
                        Command.update(self.message.id, {"note": "x"})
                    ]
                },
            ),
        ):
            with self.subTest(str(vals)), self.assertRaises(UserError):
                self._rpc(self.collector, record, "write", vals)
                self.env.flush_all()
        document = (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", "collection.contact.annotation"),
                    ("res_id", "=", self.remark.id),
                    ("res_field", "=", "document"),
                ]
            )
        )
        self.assertEqual(len(document), 1)
        for method, args in (("write", [{"raw": b"x"}]), ("unlink", [])):
            for user in (self.collector, self.manager):
                with self.subTest(method=method, user=user.login):
                    # evidence is refused before rights are asked, also to the superuser
                    with self.assertRaises(UserError):
                        self._rpc(user, document, method, *args)

    def test_an_invoicing_clerk_sees_nothing_of_the_log(self):
        for record in (self.message, self.remark):
            with self.assertRaises(AccessError):
                self._rpc(self.clerk, record, "read", ["display_name"])
        with self.assertRaises(AccessError):
            self._rpc(self.clerk, self.invoice, "read", ["collection_contact_ids"])
        with self.assertRaises(AccessError):
            self._rpc(self.clerk, self.message, "action_annotate")
        with self.assertRaises(AccessError):
            self.env["collection.contact.annotation"].with_user(self.clerk).create(
                {"contact_id": self.message.id, "text": "x"}
            )
        view = self.env["account.move"].with_user(self.clerk).get_view(view_type="form")
        self.assertNotIn("collection_contact_ids", view["arch"])
        action = self.invoice.with_user(self.clerk).action_view_collection_contacts()
        with self.assertRaises(AccessError):
            self.env["collection.contact"].with_user(self.clerk).search(
                action["domain"]
            )

    def test_nobody_remarks_on_contacts_of_another_company(self):
        elsewhere = self.env["res.company"].sudo().create({"name": "Elsewhere"})
        stranger = self._new_user("stranger", "group_collection_manager")
        stranger.sudo().write(
            {"company_ids": [Command.set(elsewhere.ids)], "company_id": elsewhere.id}
        )
        Annotation = self.env["collection.contact.annotation"].with_user(stranger)
        self.assertFalse(Annotation.search([]))
        with self.assertRaises(AccessError):
            Annotation.create(
                {
                    "contact_id": self.message.id,
                    "company_id": elsewhere.id,
                    "text": "x",
                }
            )


@tagged("post_install", "-at_install")
class TestLogTour(LogCommon, HttpCase):
    def test_a_collector_reads_the_log_and_adds_a_remark(self):
        self._call_at_night()
        self.start_tour("/odoo/collection-log", "collection_log", login="collector")
        remark = self.message.annotation_ids
        self.assertEqual(
            (remark.text, remark.reference, remark.user_id),
            ("She called: it arrived", "REC-77", self.collector),
        )
