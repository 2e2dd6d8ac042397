import inspect
from datetime import time, timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import HttpCase, tagged

from .common import MONDAY, CollectionCommon

FRIENDLY_DAY = MONDAY + timedelta(days=7)
#: What an invoicing clerk sees on an invoice.
SHOWN = (
    "collection_stage_id",
    "collection_next_date",
    "collection_next_step",
    "collection_why",
    "collection_on_hold",
    "collection_contact_count",
    "collection_overdue",
)
#: Public methods beside the buttons: they only read, with the rights of the caller.
READING_METHODS = {
    "collection.contact": {
        "get_consequence_names",
        "get_consequences",
        "get_creditor",
        "get_creditor_address",
        "get_first_asked",
        "get_statement_totals",
        "is_to_decider",
    },
    "collection.contact.line": {"get_invoice_name"},
}


class SecurityCommon(CollectionCommon):
    """A debtor on *friendly*: one message made, one call planned."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk = cls._new_account_user("clerk", "account.group_account_invoice")
        cls.reader = cls._new_account_user("reader", "account.group_account_readonly")

    @classmethod
    def _new_account_user(cls, login, *groups):
        user = cls._new_user(login, "group_collection_user")
        user.group_ids = [Command.set([cls.env.ref(group).id for group in groups])]
        return user


@tagged("post_install", "-at_install")
class TestSecurity(SecurityCommon):
    """Who sees what, who may do what, and what nobody may do, by whatever way."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = (
            cls.env["res.users"]
            .sudo()
            .create(
                {
                    "login": "portal_debtor",
                    "partner_id": cls.debtor_partner.id,
                    "group_ids": [Command.set(cls.env.ref("base.group_portal").ids)],
                }
            )
        )

    def setUp(self):
        super().setUp()
        self.invoice = self._create_overdue_invoice(MONDAY)
        self._live(FRIENDLY_DAY)
        self._live(MONDAY + timedelta(days=10))
        self.message = self._contacts(channel="email")
        self.call = self._contacts(channel="phone")
        self.debtor = self._debtor()
        self.env.invalidate_all()

    def _rpc(self, user, record, method, *args, **kwargs):
        """The call as the web client makes it."""
        model = self.env[record._name].with_user(user)
        return call_kw(model, method, [record.ids, *args], kwargs)

    def _stored_models(self):
        return sorted(
            name
            for name, Model in self.env.registry.items()
            if name.startswith("collection.")
            and not Model._abstract
            and not Model._transient
        )

    # -- who sees what -------------------------------------------------------------------

    def test_the_invoicing_clerk_sees_stage_and_why_on_the_invoice(self):
        for user in (self.clerk, self.reader):
            with self.subTest(user.login):
                (values,) = self.invoice.with_user(user).read(SHOWN)
                self.assertEqual(values["collection_stage_id"][1], "Friendly reminder")
                self.assertTrue(values["collection_why"])
                self.assertTrue(values["collection_next_step"])
                self.assertEqual(values["collection_contact_count"], 1)
                self.env.invalidate_all()
                view = (
                    self.env["account.move"].with_user(user).get_view(view_type="form")
                )
                self.assertTrue(view["arch"], "the form opens")

    def test_the_invoicing_clerk_sees_no_file_contact_debtor_pause_or_move(self):
        private = (
            "collection.debtor",
            "collection.case",
            "collection.contact",
            "collection.contact.line",
            "collection.contact.annotation",
            "collection.hold",
            "collection.stage.move",
            "collection.contact.ruleset",
            "collection.contact.ruleset.version",
        )
        for user in (self.clerk, self.reader):
            for model in private:
                with self.subTest(user=user.login, model=model):
                    with self.assertRaises(AccessError):
                        self.env[model].with_user(user).search_read([])
        with self.assertRaises(AccessError):
            self.invoice.with_user(self.clerk).read(["collection_case_id"])
        with self.assertRaises(AccessError):
            self.debtor_partner.with_user(self.clerk).read(["collection_stage_id"])

    def test_posting_and_paying_need_no_right_on_collections(self):
        """The clerk posts for a new customer and registers a payment: a debtor is born
        and an item settled, which the clerk never sees."""
        partner = self._create_debtor_partner("Loja Nova")
        self.env.flush_all()
        with self._at(FRIENDLY_DAY):
            invoice = (
                self.env["account.move"]
                .with_user(self.clerk)
                .create(
                    {
                        "move_type": "out_invoice",
                        "partner_id": partner.id,
                        "invoice_date": FRIENDLY_DAY,
                        "invoice_line_ids": [
                            Command.create(
                                {"name": "x", "price_unit": 9, "tax_ids": []}
                            )
                        ],
                    }
                )
            )
            invoice.action_post()
            self._settle_transaction()
            self.assertEqual(self._items(invoice).ledger_state, "open")
            self.env["account.payment.register"].with_user(self.clerk).with_context(
                active_model="account.move", active_ids=invoice.ids
            ).create({})._create_payments()
            self._settle_transaction()
        self.assertEqual(self._items(invoice).ledger_state, "settled")

    def test_the_log_of_customers_and_invoices_tells_nothing_of_collections(self):
        for model in ("res.partner", "account.move"):
            tracked = self.env[model].sudo()._track_get_fields()
            ours = {name for name in tracked if name.startswith("collection_")}
            self.assertFalse(ours, f"{model}: what is tracked stands in its log")

    def test_a_portal_user_reads_nothing(self):
        """Not even the debtor, on their own invoice."""
        for model in self._stored_models():
            with self.subTest(model), self.assertRaises(AccessError):
                self.env[model].with_user(self.portal).search_read([])
        invoice = self.invoice.with_user(self.portal)
        self.assertEqual(invoice.read(["name"])[0]["name"], self.invoice.name)
        for name in (*SHOWN, "collection_item_ids", "collection_case_id"):
            with self.subTest(name), self.assertRaises(AccessError):
                invoice.read([name])
        described = self.env["account.move"].with_user(self.portal).fields_get()
        self.assertFalse([name for name in described if name.startswith("collection_")])
        described = self.env["res.partner"].with_user(self.portal).fields_get()
        self.assertFalse([name for name in described if name.startswith("collection_")])

    # -- what a collector may not do -----------------------------------------------------

    def test_a_collector_reads_and_pauses_and_calls(self):
        """What a collector may, so that the refusals below mean something."""
        self.assertTrue(self.debtor.with_user(self.collector).read(["display_name"]))
        with self._at(MONDAY + timedelta(days=10)):
            self._rpc(self.collector, self.call, "action_log_conversation")
        self.assertEqual(self.call.made_by_id, self.collector)
        case = self.debtor.case_id.with_user(self.collector)
        case.user_id = self.collector
        case.message_post(body="Said Friday")

    def test_a_collector_cannot_change_the_plan_or_the_contact_rules(self):
        ruleset = self.env.ref("collection_escalation.ruleset_house")
        stage = self.policy.stage_ids[0]
        for record, vals in (
            (self.policy, {"name": "x"}),
            (self.policy.tolerance_ids[0], {"amount": 0}),
            (stage, {"trigger_days": -1}),
            (stage.step_ids[0], {"offset_days": 1}),
            (ruleset, {"name": "x"}),
            (ruleset.line_ids[0], {"hour_to": 24.0}),
        ):
            for method, args in (("write", [vals]), ("unlink", []), ("copy", [])):
                with (
                    self.subTest(model=record._name, method=method),
                    self.assertRaises(AccessError),
                ):
                    self._rpc(self.collector, record, method, *args)

    def test_no_user_forges_contacts_lines_items_or_stage_moves(self):
        """Neither collector nor manager nor administrator, whatever the call."""
        item = self._items(self.invoice)
        vals = {
            "collection.contact": {
                "debtor_id": self.debtor.id,
                "company_id": self.company.id,
                "channel": "phone",
                "state": "made",
            },
            "collection.contact.line": {"contact_id": self.message.id},
            "collection.item": {
                "move_id": self.invoice.id,
                "debtor_id": self.debtor.id,
                "company_id": self.company.id,
            },
            "collection.stage.move": {
                "item_id": item.id,
                "debtor_id": self.debtor.id,
                "date": MONDAY,
            },
        }
        records = (
            self.message | self.call,
            self.message.line_ids,
            item,
            item.stage_move_ids,
        )
        admin = self.env.ref("base.user_admin")
        admin.sudo().company_ids = [Command.link(self.company.id)]
        for user in (self.collector, self.manager, admin):
            for record in records:
                model = (
                    self.env[record._name].with_user(user).with_company(self.company)
                )
                with self.subTest(user=user.login, model=record._name):
                    with self.assertRaises(AccessError):
                        call_kw(model, "create", [[vals[record._name]]], {})
                    with self.assertRaises(UserError):  # no right, or evidence
                        call_kw(model, "write", [record.ids, {"company_id": False}], {})
                    with self.assertRaises(UserError):
                        call_kw(model, "unlink", [record.ids], {})
                    with self.assertRaises(AccessError):
                        call_kw(model, "copy", [record.ids], {})

    def test_no_back_door_through_the_lists_of_a_debtor_or_a_file(self):
        """One2many commands are checked like direct calls."""
        case = self.debtor.case_id
        for record, vals in (
            (
                self.debtor,
                {"contact_ids": [Command.update(self.message.id, {"note": "x"})]},
            ),
            (self.debtor, {"contact_ids": [Command.delete(self.call.id)]}),
            (
                self.debtor,
                {
                    "item_ids": [
                        Command.update(
                            self._items(self.invoice).id, {"next_date": False}
                        )
                    ]
                },
            ),
            (case, {"contact_ids": [Command.unlink(self.message.id)]}),
            (case, {"item_ids": [Command.clear()]}),
        ):
            with self.subTest(str(vals)), self.assertRaises(UserError):
                self._rpc(self.collector, record, "write", vals)
                self.env.flush_all()

    def test_files_close_and_debtors_change_hands_through_the_engine_only(self):
        """A collector may write on files and debtors (collector, plan, remarks), but not
        what the engine decides there."""
        case, debtor = self.debtor.case_id, self.debtor
        for record, vals in (
            (case, {"state": "closed"}),
            (case, {"outcome": "paid"}),
            (case, {"stage_id": self.policy.stage_ids[-1].id}),
            (case, {"date_closed": "2026-03-03"}),
            (case, {"debtor_id": debtor.id}),
            (debtor, {"partner_id": self.env.user.partner_id.id}),
            (debtor, {"root_company_id": self.env.ref("base.main_company").id}),
            (debtor, {"slot_seq": 0}),
        ):
            for user in (self.collector, self.manager):
                with (
                    self.subTest(vals=vals, user=user.login),
                    self.assertRaises(AccessError),
                ):
                    self._rpc(user, record, "write", vals)

    def test_context_keys_forge_nothing(self):
        """Defaults from the context do not colour what is logged."""
        forged = {
            "default_outcome": "conversation",
            "default_delivery_status": "opened",
            "default_made_on": "2020-01-01",
            "default_note": "forged",
            "default_direction": "in",
            "default_destination": "forged@example.com",
            "default_recipient_id": self.env.user.partner_id.id,
        }
        with self._at(MONDAY + timedelta(days=10), time(23, 30)):
            self._rpc(self.collector, self.call, "action_log_no_answer", context=forged)
        (blocked,) = self._contacts(state="blocked")
        self.assertEqual(blocked.direction, "out")
        for name in ("outcome", "delivery_status", "made_on", "note"):
            self.assertFalse(blocked[name], name)
        self.assertEqual(blocked.destination, self.call.destination)
        self.assertEqual(blocked.recipient_id, self.call.recipient_id)
        self.assertEqual(self.call.state, "planned")

    def test_a_collector_approves_nothing_and_starts_nothing(self):
        with self.assertRaisesRegex(UserError, "collection manager"):
            self._rpc(self.collector, self.debtor.case_id, "action_open_next_stage")
        with self.assertRaises(AccessError):
            self.env["collection.ready"].with_user(self.collector).create({})
        with self.assertRaises(AccessError):
            self._rpc(
                self.collector, self.company, "write", {"collection_paused": False}
            )
        with self.assertRaises(AccessError):
            self._rpc(
                self.manager,
                self._items(self.invoice),
                "write",
                {"approved_stage_id": self.policy.stage_ids[-1].id},
            )

    def test_the_ready_list_cannot_be_ticked_off_by_hand(self):
        """A manager who writes *done* on every point still does not start."""
        self.company.sudo().write(
            {"collection_started_on": False, "collection_user_id": False}
        )
        ready = self.env["collection.ready"].with_user(self.manager).create({})
        ready.line_ids.write({"done": True, "required": False})
        with self.assertRaisesRegex(UserError, "Who collects"):
            self._rpc(self.manager, ready, "action_start")
        self.assertFalse(self.company.collection_started_on)

    def test_who_may_not_collect_uses_no_button(self):
        """Buttons of collections refuse clerks, readers and portal users."""
        calls = (
            (self.call, "action_log_no_answer"),
            (self.call, "action_remove"),
            (self.call, "action_review"),
            (self.message, "action_resolve_sent"),
            (self.debtor.case_id, "action_open_next_stage"),
            (self.debtor_partner, "action_view_collection_debtor"),
        )
        for user in (self.clerk, self.reader, self.portal):
            for record, method in calls:
                with (
                    self.subTest(user=user.login, method=method),
                    self.assertRaises(AccessError),
                ):
                    self._rpc(user, record, method)
        self.assertEqual(self.call.state, "planned")

    # -- what nobody calls from outside --------------------------------------------------

    def test_the_engine_cannot_be_called_from_outside(self):
        """Every public method of ours is a button or only reads; the rest begins with an
        underscore or is marked private, which RPC refuses."""
        core = set(dir(self.env.registry["base"]))
        core |= set(dir(self.env.registry["mail.thread"]))
        core |= set(dir(self.env.registry["mail.activity.mixin"]))
        for name, Model in self.env.registry.items():
            if not name.startswith("collection."):
                continue
            public = {
                method
                for method, function in inspect.getmembers(Model, inspect.isfunction)
                if not method.startswith(("_", "action_"))
                and method not in core
                and not getattr(function, "_api_private", False)
            }
            self.assertEqual(public, READING_METHODS.get(name, set()), name)
        with self.assertRaises(AccessError):
            self._rpc(self.manager, self.call, "_set_made")

    def test_the_link_of_a_message_is_given_to_nobody_by_rpc(self):
        """Whoever has it reads the invoices without a login."""
        for user in (self.clerk, self.portal):
            for method in ("get_url", "get_statement"):
                with self.subTest(user=user.login, method=method):
                    with self.assertRaises(AccessError):
                        self._rpc(user, self.message, method)
        with self.assertRaises(AccessError):
            self.message.with_user(self.manager).read(["access_token"])


@tagged("post_install", "-at_install")
class TestStatementLink(SecurityCommon, HttpCase):
    """The link in a message, as the debtor opens it, without a login."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_partner = cls._create_debtor_partner("Loja Verde")

    def setUp(self):
        super().setUp()
        self.invoice = self._create_overdue_invoice(MONDAY)
        self._create_overdue_invoice(MONDAY, partner=self.other_partner)
        self._live(FRIENDLY_DAY)
        self.contact = self._contacts()
        self.other = self._contacts(self.other_partner)
        # a company: a consumer would be asked for the last digits (test_answer_page)
        self._call_business(self.contact.debtor_id)
        self._send_days_ago(1)

    def _send_days_ago(self, days):
        """The server lives today: the message left so many days before."""
        self.env.cr.execute(
            "UPDATE collection_contact SET made_at = %s",
            (fields.Datetime.now() - timedelta(days=days),),
        )
        self.env.invalidate_all()

    def _open(self, contact_id, token, line_id=None):
        path = f"/statement/{contact_id}/{token}"
        path += f"/{line_id}" if line_id else ""
        return self.url_open(path, allow_redirects=False)

    def test_the_right_link_leads_to_the_invoice(self):
        line = self.contact.line_ids
        overview = self._open(self.contact.id, self.contact.access_token)
        self.assertEqual(overview.status_code, 200)
        self.assertIn(self.invoice.name, overview.text)
        answer = self._open(self.contact.id, self.contact.access_token, line.id)
        self.assertEqual(answer.status_code, 303)
        self.assertIn(f"/my/invoices/{self.invoice.id}", answer.headers["Location"])
        self.assertIn("access_token=", answer.headers["Location"])
        for each in (overview, answer):
            self.assertEqual(each.headers["Referrer-Policy"], "no-referrer")
        page = self.url_open(answer.headers["Location"])
        self.assertEqual(page.status_code, 200)
        self.assertIn(self.invoice.name, page.text)
        for word in ("Friendly reminder", "escalation", "Collection file"):
            self.assertNotIn(word, page.text)

    def test_every_wrong_link_is_refused_the_same_way(self):
        """Wrong token, token of another message, no such message, foreign invoice,
        expired: nobody can tell them apart."""
        token = self.contact.access_token
        wrong = {
            "wrong token": self._open(self.contact.id, "x" * len(token)),
            "token of another": self._open(self.contact.id, self.other.access_token),
            "no such message": self._open(99999999, token),
            "foreign invoice": self._open(
                self.contact.id, token, self.other.line_ids.id
            ),
            "no such invoice": self._open(self.contact.id, token, 99999999),
            "odd characters": self._open(self.contact.id, "%C3%A9%20'"),
        }
        self._send_days_ago(91)
        wrong["expired"] = self._open(self.contact.id, token)
        expected = wrong["wrong token"]
        for case, answer in wrong.items():
            with self.subTest(case):
                self.assertEqual(answer.status_code, 404)
                self.assertNotIn(self.invoice.name, answer.text)
                self.assertNotIn(self.debtor_partner.name, answer.text)
                self.assertEqual(
                    self._body(answer), self._body(expected), "the same page"
                )

    def _body(self, answer):
        """The page without what differs for every request."""
        _head, _, body = answer.text.partition("<main")
        return body.partition("</main>")[0]
