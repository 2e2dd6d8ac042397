from datetime import datetime, timedelta

from odoo.tests import tagged

from ..common import MONDAY, CollectionCommon

FRIENDLY_DAY = MONDAY + timedelta(days=7)


@tagged("post_install", "-at_install")
class TestMendTheAddress(CollectionCommon):
    """The duty is done when the address that was missing is there."""

    def setUp(self):
        super().setUp()
        self.debtor_partner.email = False
        self._create_overdue_invoice(MONDAY)
        self._live(FRIENDLY_DAY)

    def assertAsked(self, asked):
        self._settle_transaction()
        duties = (
            self._debtor()
            .sudo()
            .duty_ids.filtered(
                lambda duty: duty.kind == "mend_address" and duty.state == "open"
            )
        )
        self.assertEqual(bool(duties), asked)

    def test_another_telephone_number_is_no_e_mail(self):
        self.assertAsked(True)
        with self._at(FRIENDLY_DAY + timedelta(days=1)):
            self.debtor_partner.phone = "+55 21 98888-0000"
            self.assertAsked(True)
            self.debtor_partner.street = "Rua Três, 3"
            self.assertAsked(True)
            self.debtor_partner.email = "azul@example.com"
            self.assertAsked(False)

    def test_the_address_that_did_not_work_is_none_though_something_else_changed(self):
        debtor_sudo = self._debtor().sudo()
        debtor_sudo.unreached = {"email": "old@example.com"}
        with self._at(FRIENDLY_DAY + timedelta(days=1)):
            self.debtor_partner.email = "old@example.com"
            self.assertAsked(True)
            self.debtor_partner.email = "new@example.com"
            self.assertAsked(False)
        self.assertFalse(debtor_sudo.unreached)


@tagged("post_install", "-at_install")
class TestWhoWasAConsumer(CollectionCommon):
    """A message to a consumer stays closed to who cannot prove who they are."""

    def test_called_a_company_later_opens_no_earlier_message(self):
        self._create_overdue_invoice(MONDAY)
        self._live(FRIENDLY_DAY)
        contact = self._contacts(channel="email")
        self.assertTrue(contact._needs_proof())
        with self._at(FRIENDLY_DAY + timedelta(days=1)):
            self._debtor().with_user(self.collector).party = "business"
        self.assertTrue(contact._needs_proof())

    def test_a_message_to_a_company_shows_its_invoices_at_once(self):
        self._create_overdue_invoice(MONDAY)
        with self._at(MONDAY):
            self._debtor().with_user(self.collector).party = "business"
        self._live(FRIENDLY_DAY)
        contact = self._contacts(channel="email")
        self.assertFalse(contact._needs_proof())
        with self._at(FRIENDLY_DAY + timedelta(days=1)):
            debtor = self._debtor().with_user(self.collector)
            debtor.party = "consumer"
            self.assertTrue(contact._needs_proof())


@tagged("post_install", "-at_install")
class TestTitles(CollectionCommon):
    """People read dates as they write them."""

    def test_titles_have_the_dates_of_who_reads_them(self):
        invoice = self._create_overdue_invoice(MONDAY)
        self._live(FRIENDLY_DAY)
        item, case = self._items(invoice), self._debtor().case_id
        annotation = (
            self.env["collection.contact.annotation"]
            .sudo()
            .create({"contact_id": self._contacts().id, "text": "x"})
        )
        annotation_title = annotation.with_context(lang="en_US", tz="UTC").display_name
        self.assertEqual(item.display_name, f"{invoice.name} (03/02/2026)")
        self.assertEqual(case.display_name, "Loja Azul (03/09/2026)")
        self.assertNotIn(datetime.today().strftime("%Y-%m"), annotation_title)
        self._activate_language("pt_BR")
        in_portuguese = case.with_context(lang="pt_BR").display_name
        self.assertEqual(in_portuguese, "Loja Azul (09/03/2026)")

    def test_the_history_of_stages_is_in_the_order_of_its_days(self):
        """A move that was written later for an earlier day stands below."""
        invoice = self._create_overdue_invoice(MONDAY)
        self._live(FRIENDLY_DAY)
        item = self._items(invoice)
        (first,) = item.stage_move_ids
        later = first.sudo().copy({"date": MONDAY})
        self.env.invalidate_all()
        self.assertEqual(item.stage_move_ids.ids, [first.id, later.id])

    def test_a_plan_counts_all_customers_who_are_judged_by_it(self):
        """Two of the company's plan, one of their own."""
        other = self._create_debtor_partner("Loja Verde")
        own = self._create_debtor_partner("Loja Rosa")
        for partner in (self.debtor_partner, other, own):
            self._create_overdue_invoice(MONDAY, partner=partner)
        plan = self.policy._copy_for(self.company)
        self._debtor(own).policy_id = plan
        shared = self.policy.with_user(self.manager)
        self.assertEqual(shared.debtor_count, 2)
        self.assertEqual(plan.with_user(self.manager).debtor_count, 1)
        domain = shared.action_view_debtors()["domain"]
        found = self.env["collection.debtor"].search(domain)
        self.assertEqual(found.partner_id, self.debtor_partner | other)
