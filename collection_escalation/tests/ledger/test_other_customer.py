"""The customer of an invoice is changed: what was said and decided belongs to the debt of
who was asked for it, and who has their message sees nothing of the other's."""

from datetime import timedelta

from odoo.tests import tagged

from ..common import MONDAY, CollectionCommon

#: The friendly stage of the standard plan is reached on Monday 9 March 2026, the firm one
#: on Monday 23 March.
FRIENDLY_DAY = MONDAY + timedelta(days=7)


@tagged("post_install", "-at_install")
class TestOtherCustomer(CollectionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls._create_debtor_partner("Loja Verde")

    def _change_customer(self, invoice, partner, at_once=False):
        """As the accountant does: reset to draft, other customer, posted."""
        invoice.button_draft()
        if not at_once:
            self._settle_transaction()
        invoice.partner_id = partner
        if not at_once:
            self._settle_transaction()
        invoice.action_post()
        self._settle_transaction()

    def _owned(self, invoice):
        """{customer: (state, cycle, level) of their items of the invoice}"""
        return {
            item.partner_id: (item.ledger_state, item.cycle, item.level or None)
            for item in self._items(invoice)
        }

    def test_the_other_customer_begins_at_the_bottom(self):
        """Loja Azul got the friendly e-mail on 9 March; on the 10th it is Loja Verde's:
        their first word is the friendly one too, never the firm one."""
        for at_once in (False, True):
            with self.subTest(at_once=at_once):
                invoice = self._create_overdue_invoice(MONDAY, 1000.0)
                self._live(FRIENDLY_DAY)
                with self._at(FRIENDLY_DAY + timedelta(1)):
                    self._change_customer(invoice, self.other, at_once)
                self.assertEqual(
                    self._owned(invoice),
                    {
                        self.debtor_partner: ("gone", 1, "friendly"),
                        self.other: ("open", 1, None),
                    },
                )
                self._live(FRIENDLY_DAY + timedelta(1))
                contact = self._contacts(self.other)[-1:]
                self.assertEqual(contact.stage_id.level, "friendly")
                self.assertEqual(contact.line_ids.item_id.partner_id, self.other)
                with self._at(FRIENDLY_DAY + timedelta(2)):
                    self._pay(invoice)

    def test_their_file_closes_and_what_was_planned_is_withdrawn(self):
        invoice = self._create_overdue_invoice(MONDAY, 1000.0)
        self._live(FRIENDLY_DAY)
        case = self._debtor().case_id
        self.assertEqual(case.state, "open")
        with self._at(FRIENDLY_DAY + timedelta(1)):
            self._change_customer(invoice, self.other)
        self.assertEqual(case.state, "closed")
        self._live_until(FRIENDLY_DAY + timedelta(1), FRIENDLY_DAY + timedelta(20))
        self.assertEqual(len(self._contacts(state="made")), 1)

    def test_who_gets_it_back_goes_on_where_they_stood(self):
        invoice = self._create_overdue_invoice(MONDAY, 1000.0)
        self._live(FRIENDLY_DAY)
        with self._at(FRIENDLY_DAY + timedelta(1)):
            self._change_customer(invoice, self.other)
            self._change_customer(invoice, self.debtor_partner)
        self.assertEqual(
            self._owned(invoice),
            {
                self.debtor_partner: ("open", 1, "friendly"),
                self.other: ("gone", 1, None),
            },
        )

    def test_the_same_where_the_commercial_entity_changes(self):
        """The person becomes a contact of a company: another debtor."""
        invoice = self._create_overdue_invoice(MONDAY, 1000.0)
        paid = self._create_overdue_invoice(MONDAY, 50.0)
        self._pay(paid, day=MONDAY)
        self._live(FRIENDLY_DAY)
        company = self._create_debtor_partner("Holding", is_company=True)
        with self._at(FRIENDLY_DAY + timedelta(1)):
            self.debtor_partner.parent_id = company
            self._settle_transaction()
        self.assertEqual(
            self._owned(invoice),
            {
                self.debtor_partner: ("gone", 1, "friendly"),
                company: ("open", 1, None),
            },
        )
        self.assertEqual(self._owned(paid)[company][0], "settled")

    def test_the_address_of_the_invoice_that_was_handed_out_works_no_more(self):
        invoice = self._create_overdue_invoice(MONDAY, 1000.0)
        invoice.get_portal_url()
        token = invoice.access_token
        self.assertTrue(token)
        invoice.message_subscribe(self.debtor_partner.ids)
        with self._at(FRIENDLY_DAY):
            self._change_customer(invoice, self.other)
        self.assertNotEqual(invoice.access_token, token)
        self.assertNotIn(self.debtor_partner, invoice.message_partner_ids)
        self.assertIn(self.env.user.partner_id, invoice.message_partner_ids)

    def test_the_same_customer_keeps_the_address(self):
        invoice = self._create_overdue_invoice(MONDAY, 1000.0)
        invoice.get_portal_url()
        token = invoice.access_token
        with self._at(FRIENDLY_DAY):
            self._change_customer(invoice, self.debtor_partner)
        self.assertEqual(invoice.access_token, token)

    def test_an_item_that_left_is_no_instalment(self):
        invoice = self._create_overdue_invoice(MONDAY, 1000.0)
        with self._at(FRIENDLY_DAY):
            self._change_customer(invoice, self.other)
        self._live(FRIENDLY_DAY)
        (line,) = self._contacts(self.other, state="made").line_ids
        self.assertEqual(line.get_invoice_name(), invoice.name)
