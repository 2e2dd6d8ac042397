"""What happens in the ledger is told once per transaction to who listens."""

from datetime import timedelta

from odoo import Command, fields, models
from odoo.tests import tagged

from ..common import MONDAY, CollectionCommon
from ..scratch_models import ScratchModels


class ListenerParrot(models.AbstractModel):
    _module = None
    _name = "collection.ledger.listener.parrot"
    _inherit = ["collection.ledger.listener"]
    _description = "Repeats what it hears"

    _code = "parrot"
    _sequence = 90

    heard = []

    def _on_ledger_events(self, events):
        self.heard.append(events)


@tagged("post_install", "-at_install")
class TestLedgerEvents(ScratchModels, CollectionCommon):
    def setUp(self):
        super().setUp()
        self._add_model(ListenerParrot)
        self.addCleanup(ListenerParrot.heard.clear)
        self.invoice = self._create_overdue_invoice(MONDAY)
        self.item = self._items(self.invoice)
        self.enterContext(self._at(MONDAY + timedelta(days=3)))
        self._settle_transaction()
        ListenerParrot.heard.clear()

    def _allocate(self, amount=None, invoice=None):
        """A payment, not committed yet."""
        invoice = invoice or self.invoice
        vals = {"amount": amount, "payment_difference_handling": "open"}
        return (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create(
                {
                    "installments_mode": "full",
                    "payment_date": fields.Date.today(),
                    **(vals if amount else {}),
                }
            )
            ._create_payments()
        )

    def _take_back(self, payment):
        payment.action_draft()
        payment.action_cancel()

    def _refund(self, amount):
        """A credit note, allocated to the invoice, not committed yet."""
        refund = self.env["account.move"].create(
            {
                "move_type": "out_refund",
                "partner_id": self.debtor_partner.id,
                "invoice_date": MONDAY,
                "invoice_line_ids": [
                    Command.create(
                        {"name": "Back", "price_unit": amount, "tax_ids": []}
                    )
                ],
            }
        )
        refund.action_post()
        receivable = (refund | self.invoice).line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        receivable.reconcile()
        return refund

    def _hear(self):
        """What was told with the commit: one list a delivery."""
        self._settle_transaction()
        heard = [list(events) for events in ListenerParrot.heard]
        ListenerParrot.heard.clear()
        return heard

    def assertHeard(self, *expected, items=None):
        """In one delivery the (kind, amount, means) about ``items``."""
        (events,) = self._hear()
        self.assertEqual([(e.kind, e.amount, e.means) for e in events], list(expected))
        for event in events:
            self.assertEqual(event.item_ids, tuple((items or self.item).ids))
            self.assertEqual(event.debtor_id, self.item.debtor_id.id)
            self.assertEqual(event.currency_id, self.invoice.currency_id.id)
        self.assertEqual(self._hear(), [], "told once")

    def test_two_partial_payments_are_told_once(self):
        self._allocate(100.0)
        self._allocate(150.0)
        self.assertHeard(("paid_in_part", 250.0, "payment"))

    def test_a_payment_settles(self):
        self._allocate()
        self.assertHeard(("settled", 1000.0, "payment"))

    def test_in_part_and_the_rest_in_the_next_transaction(self):
        self._allocate(400.0)
        self.assertHeard(("paid_in_part", 400.0, "payment"))
        self._allocate()
        self.assertHeard(("settled", 600.0, "payment"))

    def test_a_credit_note_in_part_and_in_full(self):
        self._refund(300.0)
        self.assertHeard(("credited_in_part", 300.0, "credit"))
        self._refund(700.0)
        self.assertHeard(("credited", 700.0, "credit"))

    def test_paid_and_credited_in_part_at_once(self):
        self._allocate(100.0)
        self._refund(200.0)
        self.assertHeard(
            ("paid_in_part", 100.0, "payment"), ("credited_in_part", 200.0, "credit")
        )

    def test_closed_by_both_has_no_single_means(self):
        self._allocate(400.0)
        self._refund(600.0)
        self.assertHeard(("settled", 1000.0, ""))

    def test_a_payment_taken_back(self):
        payment = self._allocate()
        self._hear()
        self._take_back(payment)
        self.assertHeard(("reversed", 1000.0, "payment"))

    def test_a_partial_payment_taken_back(self):
        payment = self._allocate(400.0)
        self._hear()
        self._take_back(payment)
        self.assertHeard(("reversed_in_part", 400.0, "payment"))

    def test_what_is_undone_within_the_transaction_is_not_told(self):
        self._take_back(self._allocate(400.0))
        self.assertEqual([e for events in self._hear() for e in events], [])

    def test_what_a_savepoint_rolled_back_is_not_told(self):
        payment = self._allocate(400.0)
        self._hear()
        with self.env.cr.savepoint() as savepoint:
            self._take_back(payment)
            self.env.flush_all()
            savepoint.rollback()
        self.env.invalidate_all()
        self.assertEqual([e for events in self._hear() for e in events], [])

    def test_taken_out_and_put_back(self):
        self.invoice.no_followup = True
        self.assertHeard(("taken_out", 0.0, ""))
        self.invoice.no_followup = False
        self.assertHeard(("put_back", 0.0, ""))

    def test_paid_while_it_is_blocked(self):
        self.invoice.no_followup = True
        self._hear()
        self._allocate()
        self.assertHeard(("settled", 1000.0, "payment"))

    def test_a_payment_of_two_invoices_is_one_event(self):
        other = self._create_overdue_invoice(MONDAY, 500.0)
        items = self._items(self.invoice | other)
        self._hear()
        self._allocate(invoice=self.invoice | other)
        self.assertHeard(("settled", 1500.0, "payment"), items=items)

    def test_customers_are_told_apart(self):
        partner = self._create_debtor_partner("Loja Verde")
        other = self._create_overdue_invoice(MONDAY, 500.0, partner)
        self._hear()
        self._allocate()
        self._allocate(invoice=other)
        (events,) = self._hear()
        self.assertEqual(
            {(e.debtor_id, e.amount) for e in events},
            {(self.item.debtor_id.id, 1000.0), (self._debtor(partner).id, 500.0)},
        )

    def test_a_supplier_is_none_of_our_business(self):
        bill = self._create_overdue_invoice(MONDAY, move_type="in_invoice")
        self._hear()
        self._allocate(invoice=bill)
        self.assertEqual(self._hear(), [])

    def test_partial_payments_cost_a_fixed_number_of_queries(self):
        """To find what happened: as many for six invoices as for two."""
        Item, counts = self.env["collection.item"].sudo(), {}
        for number in (2, 6):
            invoices = [
                self._create_overdue_invoice(MONDAY, 500.0) for _n in range(number)
            ]
            for invoice in invoices:
                self._allocate(10.0, invoice)
            self.env.flush_all()
            changes = Item._get_changes()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            moved = Item._read_moved_money(changes)
            items = Item.browse(moved)
            items._get_ledger_events(changes.before, moved)
            counts[number] = self.env.cr.sql_log_count - before
            self.assertEqual(len(moved), number)
            self._settle_transaction()
        self.assertEqual(counts[2], counts[6])
