"""Two records of one person: they are written to as one, and the file suggests to merge."""

from datetime import timedelta

from odoo.tests import tagged

from ...models.debtor.collection_debtor_identity import FEW
from ..common import MONDAY, CollectionCommon

FRIENDLY_DAY = MONDAY + timedelta(days=7)
NEXT_DAY = FRIENDLY_DAY + timedelta(days=1)
#: A Brazilian tax id, as two people type it.
TAX_ID, SAME = "529.982.247-25", "52998224725"


@tagged("post_install", "-at_install")
class TestTwins(CollectionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor_partner.phone = "+55 21 99999-1111"
        cls.twin = cls._create_debtor_partner("Azul Loja", phone="+55 21 99999-2222")

    def _get_days(self, *partners):
        """Both owe since Monday 2 March 2026: {day: number of e-mails} of two days."""
        for partner in partners:
            self._create_overdue_invoice(MONDAY, partner=partner)
        sent = self._live_until(FRIENDLY_DAY, NEXT_DAY)
        return {day: len(mails) for day, mails in sent.items()}

    def _write_tax_ids(self, first, second):
        # not checked: whether a number is right is not the question here
        self.debtor_partner.with_context(no_vat_validation=True).vat = first
        self.twin.with_context(no_vat_validation=True).vat = second

    def test_two_records_with_one_tax_id_get_one_message_a_day(self):
        self._write_tax_ids(TAX_ID, SAME)
        days = self._get_days(self.debtor_partner, self.twin)
        self.assertEqual(days, {FRIENDLY_DAY: 1, NEXT_DAY: 1})

    def test_what_was_made_for_one_counts_for_the_other(self):
        self._write_tax_ids(TAX_ID, SAME)
        self._create_overdue_invoice(MONDAY)
        self.assertEqual(len(self._live(FRIENDLY_DAY)), 1)
        self._create_overdue_invoice(MONDAY, partner=self.twin)
        self.assertFalse(self._live(FRIENDLY_DAY))
        self.assertEqual(len(self._live(NEXT_DAY)), 1)

    def test_a_number_that_stands_for_many_is_nobodys(self):
        self._write_tax_ids("000.000.000-00", "00000000000")
        days = self._get_days(self.debtor_partner, self.twin)
        self.assertEqual(days, {FRIENDLY_DAY: 2})

    def test_two_people_with_one_address_get_one_message_a_day(self):
        self.twin.email = self.debtor_partner.email.upper()
        days = self._get_days(self.debtor_partner, self.twin)
        self.assertEqual(days, {FRIENDLY_DAY: 1, NEXT_DAY: 1})

    def test_companies_with_one_address_have_one_accountant(self):
        (self.twin | self.debtor_partner).is_company = True
        self.twin.email = self.debtor_partner.email
        days = self._get_days(self.debtor_partner, self.twin)
        self.assertEqual(days, {FRIENDLY_DAY: 2})

    def test_an_address_of_many_is_not_that_of_one_person(self):
        partners = [
            self._create_debtor_partner(
                f"P{n}", email="agency@example.com", phone=False
            )
            for n in range(FEW + 1)
        ]
        self.assertEqual(self._get_days(*partners), {FRIENDLY_DAY: FEW + 1})

    def test_reserving_takes_all_records_of_the_person(self):
        self._write_tax_ids(TAX_ID, SAME)
        for partner in (self.debtor_partner, self.twin):
            self._create_overdue_invoice(MONDAY, partner=partner)
        before = self._debtor(self.twin).slot_seq
        self.env["collection.planner"].sudo()._reserve(self._debtor())
        self.env.invalidate_all()
        self.assertEqual(self._debtor(self.twin).slot_seq, before + 1)

    def test_the_file_suggests_the_merge(self):
        self._write_tax_ids(TAX_ID, SAME)
        for partner in (self.debtor_partner, self.twin):
            self._create_overdue_invoice(MONDAY, partner=partner)
        debtor = self._debtor().with_user(self.collector)
        self.assertEqual(debtor.twin_ids, self._debtor(self.twin))
        action = self._debtor().action_merge_twins()
        self.assertEqual(action["res_model"], "base.partner.merge.automatic.wizard")
        partners = self.debtor_partner | self.twin
        self.assertEqual(set(action["context"]["active_ids"]), set(partners.ids))
        self.twin.vat = False
        self.env.invalidate_all()
        self.assertFalse(debtor.twin_ids)
