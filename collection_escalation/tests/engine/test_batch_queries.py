"""Design, section 5: a batch costs a fixed number of queries whatever its size, never a
query per invoice or per customer."""

from datetime import timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.tests import tagged

from ...models.engine.collection_guard import CHUNK
from ..common import MONDAY, CollectionCommon

SMALL, LARGE = 10, 60
#: Of each size; what is loaded once per process is loaded by the first batch.
SIZES = {"warm-up": SMALL, "small": SMALL, "large": LARGE}
#: Days after Monday on which the plan asks for something: an e-mail, a call after silence,
#: a firmer e-mail, a call, and a manager's decision.
FRIENDLY, FRIENDLY_CALL, FIRM, FIRM_CALL, FORMAL = 0, 3, 14, 17, 35


@tagged("post_install", "-at_install")
class TestBatchQueries(CollectionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.batches = {}
        for name, size in SIZES.items():
            partners = cls.env["res.partner"].concat(
                *(cls._create_debtor_partner(f"{name} {n}") for n in range(size))
            )
            with freeze_time(MONDAY - timedelta(10)):
                cls._owe(partners)
            cls.batches[name] = cls.env["collection.debtor"].search(
                [("partner_id", "in", partners.ids)]
            )

    @classmethod
    def _owe(cls, partners):
        """One or two invoices each, past their days of grace on Monday. No more than 100
        in all: Odoo writes 100 rows with one statement."""
        invoices = cls.env["account.move"].create(
            [
                {
                    "move_type": "out_invoice",
                    "partner_id": partner.id,
                    "invoice_date": MONDAY - timedelta(40),
                    "invoice_date_due": MONDAY - timedelta(days),
                    "invoice_line_ids": [
                        Command.create(
                            {"name": "Goods", "price_unit": 700.0, "tax_ids": []}
                        )
                    ],
                }
                for number, partner in enumerate(partners)
                for days in (7, 8)[: 1 + number % 2]
            ]
        )
        invoices.action_post()
        cls.env.flush_all()
        cls.env.cr.flush()

    def _count(self, work, debtors):
        """Queries of ``work``, which finds nothing in the cache, as after a commit, and
        writes all it has to write."""
        self._settle_transaction()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        work(debtors)
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def _assert_constant(self, model, method, at_most=60):
        """The method costs as many queries for the large batch as for the small one."""
        work = getattr(self.env[model].sudo(), method)
        counts = {
            name: self._count(work, debtors) for name, debtors in self.batches.items()
        }
        self.assertEqual(counts["large"], counts["small"], f"{method}: {counts}")
        self.assertLessEqual(counts["large"], at_most, f"{method}: {counts}")

    def _get_customers(self):
        return self.env["collection.debtor"].concat(*self.batches.values())

    def _assert_day_is_constant(self, days, planned, at_most=60):
        """On the day so many days after Monday both batches are evaluated and planned with
        the same number of queries; every customer has a contact then."""
        with self._at(MONDAY + timedelta(days)), self.mock_mail_gateway():
            self._assert_constant("collection.evaluation", "_evaluate")
            self._assert_constant("collection.planner", "_plan_debtors", at_most)
            waiting = self._read_waiting()
            self.assertEqual(len(waiting), planned)
            self.assertTrue(all(waiting.mapped("planned_at")))

    def _read_waiting(self):
        return self._get_customers().contact_ids.filtered(
            lambda c: c.state == "planned"
        )

    def _make_contacts(self, days):
        """All that is planned is made, so that it is history from then on. Not by the
        scheduled actions: PostgreSQL takes a second for a row that many savepoints of one
        transaction have changed."""
        dispatcher = self.env["collection.dispatcher"].sudo()
        with self._at(MONDAY + timedelta(days)), self.mock_mail_gateway():
            calls = self._read_waiting().filtered(lambda c: c.channel == "phone")
            for call in calls:
                self._log_call(call)
            self._settle_transaction()
            dispatcher._queue(dispatcher._get_due())
            dispatcher._send_queued()
            self._settle_transaction()

    def test_a_batch_costs_as_many_queries_for_60_customers_as_for_10(self):
        everybody = sum(SIZES.values())
        for days in (FRIENDLY, FRIENDLY_CALL, FIRM, FIRM_CALL):
            with self.subTest(days=days):
                self._assert_day_is_constant(days, everybody)
            self._make_contacts(days)
        with self.subTest(days=FORMAL):
            self._assert_day_is_constant(FORMAL, 0)

    def test_who_has_no_e_mail_costs_no_queries_of_their_own(self):
        """All fall back to the telephone, and the collector is asked for the addresses."""
        with self._at(MONDAY):
            self._get_customers().partner_id.email = False
        self._assert_day_is_constant(FRIENDLY, sum(SIZES.values()))

    def test_a_message_costs_no_query_to_write_and_six_to_send(self):
        """Two journal entries with their time-out, Odoo's two looks at notifications and
        its entry of the queue (written for a chunk at once where the journal has a
        connection of its own); all the rest is a fixed number for up to 50."""
        debtors = {
            "warm-up": self.batches["warm-up"],
            "small": self.batches["small"],
            "large": self.batches["large"][:CHUNK],
        }
        dispatcher = self.env["collection.dispatcher"].sudo()
        with self._at(MONDAY), self.mock_mail_gateway():
            for batch in self.batches.values():
                self._count(self.env["collection.evaluation"].sudo()._evaluate, batch)
                planner = self.env["collection.planner"].sudo()
                self._count(planner._plan_debtors, batch)
            written, sent = {}, {}
            for name, batch in debtors.items():
                contacts = batch.contact_ids.filtered(lambda c: c.state == "planned")
                written[name] = self._count(dispatcher._queue, contacts.sudo())
                self.assertEqual(set(contacts.mapped("state")), {"queued"})
                sent[name] = self._count(lambda _: dispatcher._send_queued(), None)
                self.assertEqual(set(contacts.mapped("state")), {"made"})
        self.assertEqual(written["large"], written["small"], written)
        more = len(debtors["large"]) - len(debtors["small"])
        self.assertLessEqual(sent["large"] - sent["small"], 6 * more, sent)

    def _refuse(self, *channels):
        self.env["collection.debtor.channel"].sudo().create(
            [
                {"debtor_id": debtor.id, "channel": channel, "status": "refused"}
                for debtor in self._get_customers()
                for channel in channels
            ]
        )

    def test_who_refused_e_mail_costs_no_queries_of_their_own(self):
        with self._at(MONDAY):
            self._refuse("email")
        self._assert_day_is_constant(FRIENDLY, sum(SIZES.values()))

    def test_who_may_not_be_contacted_at_all_costs_no_queries_of_their_own(self):
        """Each goes to a person, who is told once."""
        with self._at(MONDAY):
            self._assert_constant("collection.evaluation", "_evaluate")
            self._refuse("email", "phone")
            self._assert_constant("collection.planner", "_plan_debtors")
        self.assertFalse(self._read_waiting())
