"""More invoices than a message can show (issue 11, "One picture of the debt", point 8)."""

import csv
import io
from datetime import date

from odoo.tests import HttpCase, tagged

from ...models.message.collection_contact_reading import LISTED_AT_MOST
from ..common import MONDAY, CollectionCommon

FRIENDLY_DAY = date(2026, 3, 9)


@tagged("post_install", "-at_install")
class TestManyInvoices(CollectionCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor_partner.is_company = True  # nobody has to prove who they are

    def _send(self, number):
        invoices = self._create_overdue_invoice(MONDAY, 10.0)
        for _turn in range(number - 1):
            invoices |= self._create_overdue_invoice(MONDAY, 10.0)
        with self._at(MONDAY):
            self._debtor().party = "business"
        (mail,) = self._live(FRIENDLY_DAY)
        return invoices, mail["body"]

    def test_the_oldest_stand_in_the_mail_and_the_rest_in_one_sentence(self):
        """53 invoices of 10.00: 50 are listed, 3 more make 30.00, the total is 530.00."""
        invoices, body = self._send(LISTED_AT_MOST + 3)
        self.assertEqual(sum(i.name in body for i in invoices), LISTED_AT_MOST)
        self.assertIn("And 3 more, together $\xa030.00.", body)
        self.assertIn("530.00", body)
        contact = self._contacts(channel="email")
        self.assertEqual(len(contact.line_ids.filtered("frozen")), LISTED_AT_MOST + 3)
        with self._at(FRIENDLY_DAY):  # links expire
            answer = self.url_open(f"{contact.sudo()._get_path()}/list.csv")
        rows = list(csv.reader(io.StringIO(answer.text)))
        self.assertEqual(len(rows), 1 + LISTED_AT_MOST + 3)
        self.assertEqual(rows[1][2:], ["USD", "10.00", "10.00"])
        self.assertEqual(answer.headers["Cache-Control"], "no-store")

    def test_few_invoices_all_stand_in_the_mail(self):
        invoices, body = self._send(2)
        self.assertTrue(all(i.name in body for i in invoices))
        self.assertNotIn("more, together", body)
