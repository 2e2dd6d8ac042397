"""Grace counts from the day on which the invoice reached the customer, whoever sent it and
however."""

from datetime import date, datetime, time, timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.tests import tagged

from ..common import CollectionCommon

#: Due on Saturday 7 February 2026, which counts as Monday the 9th; posted on 8 January.
DUE = date(2026, 2, 7)
#: First e-mailed on Monday 9 March: the friendly stage is reached five business days
#: later, on Monday the 16th.
DELIVERED = date(2026, 3, 9)
FRIENDLY_DAY = date(2026, 3, 16)


@tagged("post_install", "-at_install")
class TestDelivery(CollectionCommon):
    def _send(self, invoice, day, status="sent", partner=None, pdf=True, marks=True):
        """The invoice is e-mailed as Odoo's *Send* does: a message with its PDF, and a
        notification to the customer."""
        partner = partner or invoice.partner_id
        with freeze_time(datetime.combine(day, time(12, 0))):
            message = self.env["mail.message"].create(
                {
                    "model": "account.move",
                    "res_id": invoice.id,
                    "message_type": "comment",
                    "attachment_ids": [
                        Command.create(
                            {
                                "name": "invoice.pdf" if pdf else "note.txt",
                                "raw": b"%PDF-1.4\n%%EOF" if pdf else b"note",
                                "mimetype": "application/pdf" if pdf else "text/plain",
                            }
                        )
                    ],
                }
            )
            self.env["mail.notification"].create(
                {
                    "mail_message_id": message.id,
                    "res_partner_id": partner.id,
                    "notification_type": "email",
                    "notification_status": status,
                }
            )
            if marks:
                invoice.is_move_sent = True
            self._settle_transaction()
        return message

    def _get_row(self, invoice, day):
        """`ItemRow` of the invoice as the facts say on ``day``."""
        item = self._items(invoice)
        with self._at(day):
            facts = self.env["collection.evaluation"].sudo()._get_facts(item.debtor_id)
        return next(r for r in facts.rows if r.id == item.id)

    def test_an_invoice_sent_late_is_not_chased_at_once(self):
        """Due 7 February, first e-mailed on 9 March: nothing on the 10th, the friendly
        e-mail on the 16th."""
        invoice = self._create_overdue_invoice(DUE)
        self._send(invoice, DELIVERED)
        sent = self._live_until(DELIVERED, FRIENDLY_DAY)
        self.assertEqual(list(sent), [FRIENDLY_DAY])
        self.assertStage(invoice, "friendly")

    def test_what_was_sent_by_hand_late_neither(self):
        """Marked as sent on 9 March, no e-mail (a network, or by hand)."""
        invoice = self._create_overdue_invoice(DUE)
        with self._at(DELIVERED):
            invoice.is_move_sent = True
            self._settle_transaction()
        self.assertEqual(self._items(invoice).sent_on, DELIVERED)
        sent = self._live_until(DELIVERED, FRIENDLY_DAY)
        self.assertEqual(list(sent), [FRIENDLY_DAY])

    def test_the_date_is_the_customers(self):
        """10 March, 1:00 in UTC, is the 9th in Rio; and it stays, whenever the invoice is
        sent again."""
        invoice = self._create_overdue_invoice(DUE)
        for day in (DELIVERED, DELIVERED + timedelta(7)):
            with self._at(day + timedelta(1), time(1, 0)):
                invoice.is_move_sent = True
                self._settle_transaction()
            self.assertEqual(self._items(invoice).sent_on, DELIVERED)

    def test_sending_it_again_does_not_start_the_days_anew(self):
        """E-mailed in time, on 8 January, and again on 9 March."""
        invoice = self._create_overdue_invoice(DUE)
        self._send(invoice, date(2026, 1, 9))
        self._send(invoice, DELIVERED)
        self.assertIsNone(self._get_row(invoice, DELIVERED).grace_from)
        self.assertEqual(len(self._live(DELIVERED)), 1)

    def test_what_did_not_arrive_was_not_delivered(self):
        """Bounced in January, arrived on 9 March; the e-mail is why it is marked as sent."""
        for status in ("bounce", "exception", "canceled"):
            with self.subTest(status):
                invoice = self._create_overdue_invoice(DUE)
                self._send(invoice, date(2026, 1, 9), status)
                self._send(invoice, DELIVERED)
                row = self._get_row(invoice, FRIENDLY_DAY)
                self.assertEqual(row.grace_from, DELIVERED)

    def test_only_the_invoice_to_the_customer_counts(self):
        """Neither a message without it nor one to somebody else delivers it."""
        invoice = self._create_overdue_invoice(DUE)
        stranger = self._create_debtor_partner("Stranger")
        self._send(invoice, date(2026, 1, 9), pdf=False, marks=False)
        self._send(invoice, date(2026, 1, 10), partner=stranger, marks=False)
        self._send(invoice, DELIVERED)
        self.assertEqual(self._get_row(invoice, FRIENDLY_DAY).grace_from, DELIVERED)

    def test_our_own_sending_does_not_start_them_anew_either(self):
        """The invoice itself went on 9 March because it was never sent; a person sends it
        once more on the 12th: the days count from the 9th."""
        self.company.sudo().collection_require_sent = True
        invoice = self._create_overdue_invoice(DUE)
        self._live(DELIVERED)
        contact = self._contacts(purpose="invoice")
        self.assertEqual(contact.state, "made")
        with self._at(DELIVERED + timedelta(3)):
            again = contact.copy({"made_on": DELIVERED + timedelta(3)})
            again.line_ids = [
                Command.create({"item_id": self._items(invoice).id, "cycle": 1})
            ]
            self.env["collection.purpose.invoice"]._after_made(again)
        self.assertEqual(self._items(invoice).grace_from, DELIVERED)

    def test_who_says_it_never_arrived_is_believed(self):
        invoice = self._create_overdue_invoice(DUE)
        self._send(invoice, date(2026, 1, 9))
        item = self._items(invoice)
        item.write({"not_received_on": DELIVERED, "grace_from": DELIVERED})
        self.assertEqual(self._get_row(invoice, FRIENDLY_DAY).grace_from, DELIVERED)

    def _correct(self, invoice, **vals):
        """Reset to draft, changed, posted."""
        invoice.button_draft()
        self._settle_transaction()
        invoice.write(vals)
        self._settle_transaction()
        invoice.action_post()
        self._settle_transaction()

    def test_after_a_correction_the_invoice_goes_first(self):
        """Sent in January; on 9 March its amount is corrected and nobody sends it."""
        self.company.sudo().collection_require_sent = True
        for change in ("amount", "date"):
            with self.subTest(change):
                partner = self._create_debtor_partner(f"By {change}")
                invoice = self._create_overdue_invoice(DUE, partner=partner)
                self._send(invoice, date(2026, 1, 9))
                with self._at(DELIVERED):
                    if change == "amount":
                        line = Command.update(
                            invoice.invoice_line_ids.id, {"price_unit": 900.0}
                        )
                        self._correct(invoice, invoice_line_ids=[line])
                    else:
                        self._correct(invoice, invoice_date_due=DUE + timedelta(1))
                item = self._items(invoice)
                self.assertEqual(item.posted_on, DELIVERED)
                self.assertFalse(item.sent_on)
                self._live(DELIVERED)
                (contact,) = self._contacts(partner)
                self.assertEqual(contact.purpose, "invoice")
                self.assertEqual(item.grace_from, DELIVERED)

    def test_after_a_correction_and_a_new_sending_the_days_count_from_there(self):
        self.company.sudo().collection_require_sent = True
        invoice = self._create_overdue_invoice(DUE)
        self._send(invoice, date(2026, 1, 9))
        with self._at(DELIVERED):
            line = Command.update(invoice.invoice_line_ids.id, {"price_unit": 900.0})
            self._correct(invoice, invoice_line_ids=[line])
        self._send(invoice, DELIVERED)
        row = self._get_row(invoice, DELIVERED)
        self.assertTrue(row.was_sent)
        self.assertEqual(row.grace_from, DELIVERED)

    def test_posted_again_unchanged_is_the_same_invoice(self):
        self.company.sudo().collection_require_sent = True
        invoice = self._create_overdue_invoice(DUE)
        self._send(invoice, date(2026, 1, 9))
        with self._at(DELIVERED):
            self._correct(invoice, ref="Only a note")
        self.assertEqual(self._items(invoice).posted_on, date(2026, 1, 8))
        row = self._get_row(invoice, DELIVERED)
        self.assertTrue(row.was_sent)
        self.assertIsNone(row.grace_from)

    def test_what_the_other_customer_never_got_goes_first(self):
        self.company.sudo().collection_require_sent = True
        invoice = self._create_overdue_invoice(DUE)
        self._send(invoice, date(2026, 1, 9))
        other = self._create_debtor_partner("Loja Verde")
        with self._at(DELIVERED):
            self._correct(invoice, partner_id=other.id)
        self._live(DELIVERED)
        (contact,) = self._contacts(other)
        self.assertEqual(contact.purpose, "invoice")

    def test_what_was_sent_before_we_knew_of_it_was_sent_in_its_time(self):
        """An import, or the first day of the module: no sending of today."""
        invoice = self._create_overdue_invoice(DUE, is_move_sent=True)
        self.assertEqual(self._items(invoice).sent_on, date(2026, 1, 8))
        self._items(invoice).unlink()
        with self._at(DELIVERED):
            self.env["collection.item"].sudo()._birth()
        item = self._items(invoice)
        self.assertEqual((item.posted_on, item.sent_on), (date(2026, 1, 8),) * 2)
        self.assertIsNone(self._get_row(invoice, DELIVERED).grace_from)
