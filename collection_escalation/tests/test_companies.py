from base64 import b64encode
from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import MONDAY, CollectionCommon

FRIENDLY_DAY = MONDAY + timedelta(days=7)
#: Collection models that belong to no company.
COMPANYLESS = {"collection.stopped.address"}


class CompaniesCommon(CollectionCommon):
    """Company A (with a branch in Recife) and company B share a customer, and nothing
    else. The collector and the manager work in A only."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.a = cls.company
        cls.b = cls.setup_other_company(name="Other", currency_id=cls.brl.id)["company"]
        cls.branch = (
            cls.env["res.company"]
            .sudo()
            .create(
                {
                    "name": "Recife",
                    "parent_id": cls.a.id,
                    "currency_id": cls.a.currency_id.id,
                }
            )
        )
        cls.env.user.company_ids = [Command.link(cls.branch.id)]
        cls.collector_b = cls._new_user("collector_b", "group_collection_user")
        cls.collector_b.sudo().write(
            {"company_ids": [Command.set(cls.b.ids)], "company_id": cls.b.id}
        )
        cls.b.partner_id.write({"country_id": cls.brazil.id, "email": "b@example.com"})
        cls._open_company(cls.b)
        cls.b.sudo().collection_user_id = cls.collector_b

    def _create_in(self, company, due=MONDAY, amount=1000.0):
        return self._create_overdue_invoice(due, amount, company_id=company.id)

    def _debtor_in(self, company):
        return self._debtor().filtered(lambda d: d.company_id == company)

    def _live(self, day, *args, **kwargs):
        (self.b | self.branch).sudo().collection_payments_until = day
        return super()._live(day, *args, **kwargs)

    def _create_all_of_b(self):
        """{model: record of company B} for every collection model that is stored."""
        invoice = self._create_in(self.b)
        policy = self.policy.sudo().copy({"company_id": self.b.id})
        ruleset = (
            self.env.ref("collection_escalation.ruleset_house")
            .sudo()
            .copy({"company_id": self.b.id, "code": "B"})
        )
        self._live(FRIENDLY_DAY)
        debtor = self._debtor_in(self.b)
        contact = debtor.contact_ids
        hold = (
            self.env["collection.hold"]
            .sudo()
            .create(
                {
                    "debtor_id": debtor.id,
                    "reason": "checking",
                    "user_id": self.collector_b.id,
                    "date_from": MONDAY,
                    "date_to": FRIENDLY_DAY,
                }
            )
        )
        facts = self._create_facts(debtor.sudo())
        waiver = self._create_waiver(debtor)
        self.b.sudo()._measure_receivables()
        annotation = (
            self.env["collection.contact.annotation"]
            .sudo()
            .create({"contact_id": contact.id, "text": "Asked for the invoice again"})
        )
        measure = self.env["collection.measure"].search(
            [("company_id", "=", self.b.id)], limit=1
        )
        duty = self.env["collection.duty"]._ask("other", [(debtor, {"note": "x"})])
        approval = self.env["collection.approval"]._ask(
            "next_stage", [(debtor.case_id, self._prepare_question(debtor))]
        )
        records = (
            duty,
            approval,
            annotation,
            measure,
            *facts,
            self._create_bank_slip(debtor.sudo().item_ids),
            waiver,
            debtor,
            debtor.item_ids,
            debtor.case_id,
            contact,
            contact.line_ids,
            hold,
            self._items(invoice).stage_move_ids,
            policy,
            policy.tolerance_ids[0],
            policy.stage_ids[0],
            policy.stage_ids.step_ids[0],
            ruleset,
            ruleset.line_ids[0],
            ruleset.version_ids[0],
            self.env["collection.wording"]
            .sudo()
            .create(
                {
                    "lang": "en",
                    "expression": "our own word",
                    "kind": "threat",
                    "company_id": self.b.id,
                }
            ),
        )
        return {record._name: record for record in records}

    def _create_bank_slip(self, items_sudo):
        line = "00190.50095 40144.816069 06809.350314 3 37370000000100"
        Slip_sudo = self.env["collection.bank.slip"].sudo()
        return Slip_sudo.create({"item_id": items_sudo[:1].id, "line": line})

    def _prepare_question(self, debtor):
        return {
            "debtor_id": debtor.id,
            "case_id": debtor.case_id.id,
            "company_id": debtor.company_id.id,
            "text": "Open the next stage?",
            "figures": {"stage_id": 0, "stage": "-", "items": []},
        }

    def _create_facts(self, debtor_sudo):
        """A person, a channel and agreed hours of the debtor."""
        document = b64encode(b"signed")
        neighbour = self._create_debtor_partner("Neighbour")
        debtor_sudo.write(
            {
                "person_ids": [
                    Command.create({"partner_id": neighbour.id, "kind": "neighbour"})
                ],
                "channel_ids": [Command.create({"channel": "visit"})],
                "hours_ids": [Command.create({"document": document})],
            }
        )
        return debtor_sudo.person_ids, debtor_sudo.channel_ids, debtor_sudo.hours_ids

    def _create_waiver(self, debtor):
        """A manager lets a call pass on a Sunday."""
        call_sudo = (
            self.env["collection.contact"]
            .sudo()
            .create(
                {
                    "debtor_id": debtor.id,
                    "company_id": debtor.company_id.id,
                    "channel": "phone",
                }
            )
        )
        with self._at(FRIENDLY_DAY - timedelta(days=1)):
            return self.env["collection.contact.waiver"].create(
                {"contact_id": call_sudo.id, "reason": "They wait for an answer"}
            )


@tagged("post_install", "-at_install")
class TestCompanies(CompaniesCommon):
    def test_every_collection_model_has_a_rule_for_companies(self):
        stored = {
            name
            for name, Model in self.env.registry.items()
            if name.startswith("collection.")
            and not Model._abstract
            and not Model._transient
        }
        ruled = (
            self.env["ir.rule"].sudo().search([("groups", "=", False)]).model_id
        ).mapped("model")
        self.assertEqual(stored - set(ruled), COMPANYLESS)

    def test_a_user_of_one_company_sees_and_changes_nothing_of_the_other(self):
        records = self._create_all_of_b()
        self.assertEqual(
            set(records),
            {
                name
                for name, Model in self.env.registry.items()
                if name.startswith("collection.")
                and not Model._abstract
                and not Model._transient
                and name not in COMPANYLESS
            },
            "a new model belongs into this test",
        )
        for model, record_sudo in records.items():
            for user in (self.collector, self.manager):
                record = record_sudo.with_user(user)
                record.invalidate_recordset()
                with self.subTest(model=model, user=user.login):
                    self.assertNotIn(
                        record, record.with_context(active_test=False).search([])
                    )
                    with self.assertRaises(AccessError):
                        record.read(["display_name"])
                    with self.assertRaises(AccessError):
                        record.write({"write_date": False})
                    with self.assertRaises(AccessError):
                        record.unlink()
            mine = record_sudo.with_user(self.collector_b)
            mine.invalidate_recordset()
            self.assertTrue(mine.read(["display_name"]), "its own user reads it")

    def test_a_user_of_one_company_triggers_nothing_in_the_other(self):
        """Buttons called by RPC on records whose numbers somebody guessed."""
        records = self._create_all_of_b()
        invoice = records["collection.item"].move_id
        contact = records["collection.contact"]
        case, hold = records["collection.case"], records["collection.hold"]
        calls = [
            (contact, "action_remove"),
            (contact, "action_review"),
            (contact, "action_resolve_sent"),
            (contact, "action_resolve_not_sent"),
            (contact, "action_log_no_answer"),
            (contact, "action_log_conversation"),
            (contact, "action_log_wrong_number"),
            (contact, "action_annotate"),
            (case, "action_open_next_stage"),
            (case, "action_ask_next_stage"),
            (case, "message_post"),
            (records["collection.duty"], "action_done"),
            (records["collection.approval"], "action_decide"),
            (records["collection.approval"], "action_withdraw"),
            (hold, "action_end"),
            (records["collection.debtor"], "message_post"),
        ]
        for record, method in calls:
            record = record.with_user(self.manager)
            record.invalidate_recordset()
            with self.subTest(method), self.assertRaises(AccessError):
                getattr(record, method)()
        with self.assertRaises(AccessError):
            self.env["collection.hold"].with_user(self.manager).create(
                {
                    "debtor_id": records["collection.debtor"].id,
                    "reason": "other",
                    "date_from": FRIENDLY_DAY,
                    "date_to": FRIENDLY_DAY,
                }
            )
        partner = self.debtor_partner.with_user(self.collector)
        with self.assertRaises(AccessError):
            partner.with_company(self.b).collection_party = "business"
        self.assertFalse(records["collection.debtor"].party)
        with self.assertRaises(AccessError):
            invoice.with_user(self.manager).read(["collection_why"])

    def test_a_manager_cannot_switch_on_another_company(self):
        self.b.sudo().collection_started_on = False
        self.env.flush_all()
        Ready = self.env["collection.ready"].with_user(self.manager)
        with self.assertRaises(AccessError):
            Ready.create(
                {"company_id": self.b.id, "line_ids": [Command.clear()]}
            ).action_start()
        self.assertFalse(self.b.collection_started_on)

    def test_a_manager_of_the_company_can_switch_it_on(self):
        self.a.sudo().write({"collection_started_on": False, "vat": "BE0477472701"})
        self.a.partner_id.street = "Rua Um, 1"
        self.env["ir.mail_server"].sudo().create(
            {"name": "x", "smtp_host": "localhost"}
        )
        self._create_in(self.a)
        with self._at(FRIENDLY_DAY):
            Ready = self.env["collection.ready"].with_user(self.manager)
            self.assertEqual(Ready.create({}).old_item_count, 1)
            Ready.create({"first_per_day": 7}).action_start()
            self.assertEqual(self.a.collection_first_per_day, 7)
            self.assertEqual(self.a.collection_started_on, FRIENDLY_DAY)

    def test_a_shared_customer_is_a_debtor_of_each_company(self):
        for company in (self.a, self.b, self.branch):
            self._create_in(company)
        found = {debtor.company_id: debtor.root_company_id for debtor in self._debtor()}
        self.assertEqual(found, {self.a: self.a, self.branch: self.a, self.b: self.b})

    def test_what_is_decided_in_one_company_holds_for_that_company(self):
        self._create_in(self.a)
        self._create_in(self.b)
        self.debtor_partner.with_user(self.collector).collection_party = "business"
        self.assertEqual(self._debtor_in(self.a).party, "business")
        self.assertFalse(self._debtor_in(self.b).party)
        partner_b = self.debtor_partner.with_user(self.collector_b)
        self.assertFalse(partner_b.collection_party)
        self.assertEqual(partner_b.collection_debtor_id, self._debtor_in(self.b))

    def test_payments_and_credits_in_one_company_move_nothing_in_the_other(self):
        """The customer pays A and has a credit in A; B goes on as if nothing were."""
        mine, theirs = self._create_in(self.a), self._create_in(self.b)
        self._live(FRIENDLY_DAY)
        before = self._items(theirs).read(
            ["next_date", "stage_id", "ledger_state", "cycle", "case_id"]
        )
        with self._at(FRIENDLY_DAY + timedelta(days=1)):
            self._pay(mine)
            self.env["account.payment"].create(
                {"partner_id": self.debtor_partner.id, "amount": 5000.0}
            ).action_post()
            self._settle_transaction()
        self.assertEqual(self._debtor_in(self.a).case_ids.state, "closed")
        self.assertEqual(self._debtor_in(self.b).case_ids.state, "open")
        self.assertEqual(
            self._items(theirs).read(
                ["next_date", "stage_id", "ledger_state", "cycle", "case_id"]
            ),
            before,
        )

    def test_evaluating_one_company_leaves_the_other_alone(self):
        """B paused its sending: its items and contacts stay untouched, A goes on."""
        mine, theirs = self._create_in(self.a), self._create_in(self.b)
        self.b.sudo().collection_paused = True
        (mail,) = self._live(FRIENDLY_DAY)
        self.assertIn(mine.name, mail["body"])
        self.assertStage(mine, "friendly")
        self.assertStage(theirs, None)
        self.assertFalse(self._debtor_in(self.b).contact_ids)

    def test_messages_of_two_companies_name_their_own_creditor_and_invoices(self):
        """Each creditor may write once a day: two messages on the same day."""
        mine = self._create_in(self.a)
        theirs = self._create_in(self.b, amount=77.0)
        mails = self._live(FRIENDLY_DAY)
        self.assertEqual(len(mails), 2)
        by_a, by_b = sorted(
            mails, key=lambda mail: "b@example.com" in mail["email_from"]
        )
        self.assertIn(mine.name, by_a["body"])
        self.assertIn(theirs.name, by_b["body"])
        self.assertIn("1,000.00", by_a["body"])
        self.assertIn("77.00", by_b["body"])
        self.assertNotIn("1,000.00", by_b["body"])
        self.assertIn("b@example.com", by_b["email_from"])
        self.assertIn("credor@example.com", by_a["email_from"])

    def test_root_and_branch_are_one_creditor_with_one_contact_a_day(self):
        """Monday the 9th for one of them, Tuesday the 10th for the other."""
        self._open_company(self.branch)
        self._create_in(self.a)
        self._create_in(self.branch)
        days = [
            len(self._live(FRIENDLY_DAY + timedelta(days=number)))
            for number in range(3)
        ]
        self.assertEqual(days, [1, 1, 0])
        self.assertEqual(
            self._debtor_in(self.a).slot_seq,
            self._debtor_in(self.branch).slot_seq,
            "they queue for the same slots",
        )

    def test_the_branch_is_collected_when_it_is_switched_on(self):
        """A collects already; the branch only when somebody starts it there."""
        invoice = self._create_in(self.branch)
        self.assertFalse(self._live(FRIENDLY_DAY))
        self.assertStage(invoice, None)
        with self._at(FRIENDLY_DAY):
            self._open_company(self.branch)
        (mail,) = self._live(FRIENDLY_DAY + timedelta(days=1))
        self.assertIn(self.a.name, mail["body"], "the root company is the creditor")
