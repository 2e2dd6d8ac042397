from datetime import timedelta

from odoo import Command
from odoo.tests import tagged

from ..common import MONDAY, CollectionCommon

FRIENDLY_DAY = MONDAY + timedelta(days=7)
#: The columns of the invoice list.
COLUMNS = [
    "name",
    "collection_stage_id",
    "collection_next_date",
    "collection_next_step",
    "collection_why",
    "collection_on_hold",
    "collection_contact_count",
    "collection_overdue",
]


@tagged("post_install", "-at_install")
class TestAccountMoveFields(CollectionCommon):
    """What an invoice shows of its collection, and how the invoice list is filtered,
    grouped and paid for in queries."""

    @classmethod
    def setUpClass(cls):
        """Made once: each test takes back only what it does itself."""
        super().setUpClass()
        helper = cls()  # the helpers belong to a test; nothing here is a test's own
        partner = cls._create_debtor_partner
        overdue = helper._create_overdue_invoice
        cls.friendly = overdue(MONDAY, partner=partner("Amigo"))
        cls.firm = overdue(MONDAY - timedelta(days=60), partner=partner("Firme"))
        cls.held = overdue(MONDAY, partner=partner("Pausa"))
        cls.young = overdue(MONDAY + timedelta(days=60), partner=partner("Novo"))
        cls.paid = overdue(MONDAY, partner=partner("Pago"))
        cls.instalments = helper._create_instalment_invoice(
            [MONDAY - timedelta(days=1), MONDAY + timedelta(days=90)],
            partner=partner("Parcelas"),
        )
        cls.draft = cls.friendly.copy()
        cls.stages = {stage.level: stage for stage in cls.policy.stage_ids}
        helper._items(cls.firm).write(
            {
                "stage_id": cls.stages["firm"].id,
                "level": "firm",
                "stage_since": MONDAY - timedelta(days=30),
            }
        )
        helper._live(FRIENDLY_DAY)
        with helper._at(FRIENDLY_DAY):
            helper._pay(cls.paid)
            helper._pause(cls.held)
            helper._evaluate()
        cls.all = (
            cls.friendly
            | cls.firm
            | cls.held
            | cls.young
            | cls.paid
            | cls.instalments
            | cls.draft
        )

    def setUp(self):
        super().setUp()
        self.env.invalidate_all()

    def _pause(self, invoice):
        self.env["collection.hold"].with_user(self.collector).create(
            {
                "debtor_id": self._debtor(invoice.partner_id).id,
                "reason": "checking",
                "date_from": FRIENDLY_DAY,
                "date_to": FRIENDLY_DAY + timedelta(days=5),
            }
        )
        self._settle_transaction()

    def _search(self, *domain):
        return (
            self.env["account.move"]
            .with_user(self.collector)
            .search([("id", "in", self.all.ids), *domain])
            .with_user(self.env.user)
        )

    # -- what is shown -------------------------------------------------------------------

    def test_an_invoice_shows_where_it_stands_and_why(self):
        with self._at(FRIENDLY_DAY):
            move = self.friendly.with_user(self.collector)
            self.assertEqual(move.collection_stage_id, self.stages["friendly"])
            self.assertIn("not before 03/23/2026", move.collection_why)
            self.assertEqual(move.collection_contact_count, 1)
            self.assertFalse(move.collection_on_hold)
            self.assertTrue(move.collection_overdue)
            self.assertEqual(
                move.collection_case_id, self._debtor(move.partner_id).case_id
            )
            self.assertTrue(move.collection_next_date)

    def test_the_next_step_is_the_planned_contact_else_the_next_look(self):
        """A planned call on Thursday the 12th; for the young invoice the day on which its
        plan begins: three business days before Friday 1 May, a holiday moved to 4 May."""
        self._live(MONDAY + timedelta(days=10), payments_entered=True)
        self.env.invalidate_all()
        with self._at(MONDAY + timedelta(days=10)):
            self.assertEqual(
                self.friendly.collection_next_date, MONDAY + timedelta(days=10)
            )
            self.assertIn("Phone call", self.friendly.collection_next_step)
            self.assertEqual(
                self.young.collection_next_date, self._items(self.young).next_date
            )
            self.assertFalse(self.young.collection_next_step)

    def test_the_highest_stage_among_the_instalments_is_shown(self):
        first, second = self._items(self.instalments)
        self.assertEqual((first.level, second.level), ("friendly", False))
        self.assertEqual(self.instalments.collection_stage_id, self.stages["friendly"])

    def test_paid_draft_and_foreign_documents_show_nothing(self):
        bill = self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": self.debtor_partner.id,
                "invoice_date": MONDAY,
                "invoice_line_ids": [
                    Command.create({"name": "x", "price_unit": 1, "tax_ids": []})
                ],
            }
        )
        bill.action_post()
        for move in (self.paid, self.draft, bill):
            with self.subTest(move.partner_id.name):
                self.assertFalse(move.collection_stage_id)
                self.assertFalse(move.collection_next_date)
                self.assertFalse(move.collection_why)
                self.assertFalse(move.collection_on_hold)
                self.assertFalse(move.collection_overdue)

    def test_the_contacts_of_a_paid_invoice_are_still_counted(self):
        """They were made, and the log shows them."""
        self.assertEqual(self.paid.collection_contact_count, 1)
        action = self.paid.with_user(self.collector).action_view_collection_contacts()
        found = self.env["collection.contact"].search(action["domain"])
        self.assertEqual(found, self._contacts(self.paid.partner_id))

    def test_an_unsaved_invoice_shows_nothing_and_breaks_nothing(self):
        new = self.env["account.move"].new({"move_type": "out_invoice"})
        self.assertFalse(new.collection_stage_id)
        self.assertFalse(new.collection_overdue)
        self.assertEqual(new.collection_contact_count, 0)

    def test_the_fields_follow_within_the_transaction(self):
        """Shown, then paid, then shown again: no stale stage."""
        self.assertTrue(self.friendly.collection_stage_id)
        with self._at(FRIENDLY_DAY):
            self._pay(self.friendly)
        self.assertFalse(self.friendly.collection_stage_id)
        self._pause(self.instalments)
        with self._at(FRIENDLY_DAY):
            self.instalments.invalidate_recordset(["collection_on_hold"])
            self.assertTrue(self.instalments.collection_on_hold)

    # -- filters -------------------------------------------------------------------------

    def test_filter_by_stage(self):
        friendly = self.stages["friendly"]
        firm = self.stages["firm"]
        on_friendly = self.friendly | self.held | self.instalments
        without = self.young | self.paid | self.draft
        field = "collection_stage_id"
        for domain, expected in (
            ((field, "=", friendly.id), on_friendly),
            ((field, "!=", friendly.id), self.all - on_friendly),
            ((field, "in", (friendly | firm).ids), on_friendly | self.firm),
            ((field, "not in", (friendly | firm).ids), without),
            ((field, "=", False), without),
            ((field, "!=", False), self.all - without),
            ((field, "in", [friendly.id, False]), on_friendly | without),
            ((field, "ilike", "firm"), self.firm),
            ((field + ".level", "=", "firm"), self.firm),
        ):
            with self.subTest(domain):
                self.assertEqual(self._search(domain), self._as_listed(expected))

    def test_the_filter_finds_what_the_column_shows(self):
        """For every invoice and every stage."""
        for stage in self.policy.stage_ids | self.env["collection.stage"]:
            shown = self.all.filtered(lambda m, s=stage: m.collection_stage_id == s)
            self.assertEqual(
                self._search(("collection_stage_id", "=", stage.id)),
                self._as_listed(shown),
            )

    def test_an_invoice_with_instalments_on_two_stages_is_found_where_it_is_shown(self):
        """One instalment on firm, one on friendly: the invoice stands on firm."""
        first, second = self._items(self.instalments)
        first.write({"stage_id": self.stages["firm"].id, "level": "firm"})
        second.write({"stage_id": self.stages["friendly"].id, "level": "friendly"})
        self.env.flush_all()
        self.env.invalidate_all()
        field = "collection_stage_id"
        self.assertEqual(self.instalments[field], self.stages["firm"])
        self.assertIn(
            self.instalments, self._search((field, "=", self.stages["firm"].id))
        )
        self.assertNotIn(
            self.instalments, self._search((field, "=", self.stages["friendly"].id))
        )

    def test_filter_paused(self):
        with self._at(FRIENDLY_DAY):
            for domain, expected in (
                (("collection_on_hold", "=", True), self.held),
                (("collection_on_hold", "!=", False), self.held),
                (("collection_on_hold", "=", False), self.all - self.held),
                (("collection_on_hold", "!=", True), self.all - self.held),
            ):
                with self.subTest(domain):
                    self.assertEqual(self._search(domain), self._as_listed(expected))
        with self._at(FRIENDLY_DAY + timedelta(days=6)):
            self.assertFalse(self._search(("collection_on_hold", "=", True)), "over")

    def test_filter_instalment_overdue(self):
        """The invoice with instalments is not due as a whole until June, but its first
        part is."""
        self.assertGreater(self.instalments.invoice_date_due, FRIENDLY_DAY)
        late = self.friendly | self.firm | self.held | self.instalments
        with self._at(FRIENDLY_DAY):
            for domain, expected in (
                (("collection_overdue", "=", True), late),
                (("collection_overdue", "!=", False), late),
                (("collection_overdue", "=", False), self.all - late),
                (("collection_overdue", "!=", True), self.all - late),
            ):
                with self.subTest(domain):
                    self.assertEqual(self._search(domain), self._as_listed(expected))
            self.assertEqual(self.all.filtered("collection_overdue"), late)

    def test_filter_next_step_in_a_period(self):
        """What the list shows as next step is what the filter finds."""
        week_end = FRIENDLY_DAY + timedelta(days=6)
        shown = self.all.filtered(
            lambda m: m.collection_next_date
            and FRIENDLY_DAY <= m.collection_next_date <= week_end
        )
        found = self._search(
            ("collection_next_date", ">=", FRIENDLY_DAY),
            ("collection_next_date", "<=", week_end),
        )
        self.assertTrue(shown)
        self.assertEqual(found, self._as_listed(shown))
        with self._at(week_end):
            self.assertEqual(
                self._search(
                    ("collection_next_date", ">=", "today -6d"),
                    ("collection_next_date", "<=", "today"),
                ),
                found,
                "as the filter of the list writes it",
            )
        unset = self.all.filtered(lambda m: not m.collection_next_date)
        self.assertEqual(
            self._search(("collection_next_date", "=", False)), self._as_listed(unset)
        )
        self.assertEqual(
            self._search(("collection_next_date", "!=", False)),
            self._as_listed(self.all - unset),
        )

    def _as_listed(self, moves):
        return self.env["account.move"].search([("id", "in", moves.ids)])

    # -- groups --------------------------------------------------------------------------

    def test_group_by_stage(self):
        """Every invoice in one group, the same as its column says, for the clerk too."""
        for user in (self.collector, self.env.user):
            groups = (
                self.env["account.move"]
                .with_user(user)
                .formatted_read_group(
                    [("id", "in", self.all.ids)],
                    ["collection_stage_id"],
                    ["__count", "amount_total:sum"],
                )
            )
            counts = {
                (group["collection_stage_id"] or [False])[0]: group["__count"]
                for group in groups
            }
            self.assertEqual(
                counts,
                {
                    self.stages["friendly"].id: 3,
                    self.stages["firm"].id: 1,
                    False: 3,
                },
            )

    def test_a_group_opens_with_its_invoices(self):
        """The domain that a group carries finds the records it counted."""
        Move = self.env["account.move"].with_user(self.collector)
        for group in Move.formatted_read_group(
            [("id", "in", self.all.ids)], ["collection_stage_id"], ["__count"]
        ):
            domain = [("id", "in", self.all.ids), *group["__extra_domain"]]
            self.assertEqual(Move.search_count(domain), group["__count"], group)

    def test_group_by_week_of_the_next_step(self):
        groups = (
            self.env["account.move"]
            .with_user(self.collector)
            ._read_group(
                [("id", "in", self.all.ids)],
                ["collection_next_date:week"],
                ["id:recordset"],
            )
        )
        for week, moves in groups:
            for move in moves:
                day = move.collection_next_date
                self.assertEqual(bool(day), bool(week))
                self.assertTrue(not day or 0 <= (day - week).days < 7)

    def test_a_paid_invoice_has_no_next_step_though_the_call_stays_for_others(self):
        """One call for two invoices; one of them is paid."""
        partner = self.friendly.partner_id
        second = self._create_overdue_invoice(MONDAY, partner=partner)
        self._items(second).write(
            {"stage_id": self.stages["friendly"].id, "level": "friendly"}
        )
        self._live(MONDAY + timedelta(days=8))
        self._live(MONDAY + timedelta(days=11), payments_entered=True)
        self.env.invalidate_all()
        (call,) = self._contacts(partner, state="planned")
        self.assertIn(self.friendly, call.line_ids.item_id.move_id)
        with self._at(MONDAY + timedelta(days=11)):
            self._pay(self.friendly)
        self.assertFalse(self.friendly.collection_next_date)
        self.assertFalse(self.friendly.collection_next_step)

    def test_grouping_sees_what_is_not_flushed_yet(self):
        """A stage that changed in this transaction counts in the groups."""
        self._items(self.friendly).write({"stage_id": self.stages["firm"].id})
        counts = dict(
            self.env["account.move"]._read_group(
                [("id", "in", self.all.ids)], ["collection_stage_id"], ["__count"]
            )
        )
        self.assertEqual(counts[self.stages["firm"]], 2)

    # -- queries -------------------------------------------------------------------------

    def _count_queries(self, function):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        function()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def _create_many(self, number, tag):
        partners = self.env["res.partner"].create(
            [
                {
                    "name": f"{tag} {n}",
                    "email": f"{tag}{n}@example.com",
                    "country_id": self.brazil.id,
                    "state_id": self.env.ref("base.state_br_rj").id,
                }
                for n in range(number)
            ]
        )
        moves = self.env["account.move"].create(
            [
                {
                    "move_type": "out_invoice",
                    "partner_id": partner.id,
                    "invoice_date": MONDAY - timedelta(days=30),
                    "invoice_date_due": MONDAY,
                    "invoice_line_ids": [
                        Command.create({"name": "x", "price_unit": 100, "tax_ids": []})
                    ],
                }
                for partner in partners
            ]
        )
        with self._at(MONDAY):
            moves.action_post()
            self._settle_transaction()
        return moves

    def test_a_longer_list_costs_no_more_queries(self):
        """10 and 60 invoices with all columns, after a warm-up."""
        moves = self._create_many(60, "lista").with_user(self.collector)
        self._live(FRIENDLY_DAY)
        with self._at(FRIENDLY_DAY):
            moves[:5].read(COLUMNS)
            few = self._count_queries(lambda: moves[:10].read(COLUMNS))
            many = self._count_queries(lambda: moves.read(COLUMNS))
        self.assertLessEqual(many, few + 2, f"{few} for 10, {many} for 60")

    def test_evaluating_a_batch_costs_a_fixed_number_of_queries(self):
        """5 and 40 debtors who climb to friendly: items, moves, cases, contacts and lines
        are made in bulk."""
        self._live(FRIENDLY_DAY)
        counts = {}
        evaluation = self.env["collection.evaluation"].sudo()
        for number in (2, 5, 40):  # the first warms up
            moves = self._create_many(number, f"lote{number}")
            ids = self._items(moves).debtor_id.ids
            debtors = self.env["collection.debtor"].sudo().browse(ids)
            with self._at(FRIENDLY_DAY):
                counts[number] = self._count_queries(
                    lambda debtors=debtors: evaluation._evaluate(debtors)
                )
            self.assertEqual(set(self._items(moves).mapped("level")), {"friendly"})
            self.assertEqual(len(debtors.contact_ids), number)
        self.assertLessEqual(counts[40], counts[5] + 5, counts)

    def test_posting_in_bulk_gives_birth_in_one_statement(self):
        """What the module adds to posting does not grow with the number of invoices."""
        Item = self.env["collection.item"].sudo()
        counts = {}
        for number in (5, 40):
            moves = self._create_many(number, f"parto{number}")
            self._items(moves).unlink()
            counts[number] = self._count_queries(lambda moves=moves: Item._birth(moves))
            self.assertEqual(len(self._items(moves)), number)
        self.assertEqual(counts[5], counts[40])
