"""The page behind a link, after the invoices of its message changed: it asks for nothing
that is not owed, and shows nothing that is somebody else's."""

from odoo.tests import tagged

from .test_answer_page import AnswerCommon


@tagged("post_install", "-at_install")
class TestPageOfWhatChanged(AnswerCommon):
    """Two invoices of 1,000.00 stand in the message."""

    def setUp(self):
        super().setUp()
        self._prove()
        self.invoice, self.kept = self.invoices
        self.line = self.message.line_ids.filtered(
            lambda line: line.item_id.move_id == self.invoice
        )

    def _read_rows(self):
        """[(name, amount, still open)] as the page shows them."""
        body = self._body(self._get())
        rows = []
        for row in body.partition("<tbody>")[2].partition("</tbody>")[0].split("</tr>"):
            cells = [self._strip(cell) for cell in row.split("</td>")[:3]]
            if len(cells) == 3:
                rows.append((cells[0].split(" ")[0], *cells[1:]))
        return {name: amounts for name, *amounts in rows}

    def _strip(self, html):
        text, inside = [], False
        for char in html:
            if char in "<>":
                inside = char == "<"
                text.append(" ")
            elif not inside:
                text.append(char)
        return " ".join("".join(text).split())

    def assertNothingToPay(self):
        rows = self._read_rows()
        self.assertEqual(rows[self.invoice.name][1], "Nothing to pay")
        self.assertIn("1,000.00", rows[self.kept.name][1])

    def test_an_invoice_that_was_cancelled(self):
        self.invoice.button_draft()
        self.invoice.button_cancel()
        self._settle_transaction()
        self.assertNothingToPay()

    def test_an_invoice_that_is_a_draft_again(self):
        self.invoice.button_draft()
        self._settle_transaction()
        self.assertNothingToPay()

    def test_an_invoice_that_was_paid(self):
        self._pay(self.invoice)
        self.assertNothingToPay()

    def test_an_invoice_of_which_nothing_is_left(self):
        """Whatever the ledger calls it."""
        self._pay(self.invoice)
        self.env.cr.execute(
            "UPDATE collection_item SET ledger_state = 'open' WHERE id = %s",
            (self.line.item_id.id,),
        )
        self.env.invalidate_all()
        self.assertNothingToPay()
        self._pay(self.kept)
        self.assertFalse(self.message._get_open_items())

    def _give_to_another(self):
        other = self._create_debtor_partner("Loja Verde")
        self.invoice.button_draft()
        self.invoice.partner_id = other
        self.invoice.invoice_line_ids.price_unit = 777.0
        self.invoice.action_post()
        self._settle_transaction()

    def assertShowsNothingOfTheOther(self):
        rows = self._read_rows()
        self.assertEqual(rows[self.line.invoice_name], ["", ""])
        self.assertNotIn("777", self._get().text)
        answer = self._get(f"/{self.line.id}")
        self.assertEqual(answer.status_code, 303)
        self.assertTrue(answer.headers["Location"].endswith(self._path()))

    def test_an_invoice_that_is_another_customers_now(self):
        """The line stands as it was told, without link or amount; the link of the invoice
        that was handed out works no more."""
        handed_out = self._get(f"/{self.line.id}").headers["Location"]
        self.assertIn("access_token=", handed_out)
        self._give_to_another()
        self.assertShowsNothingOfTheOther()
        again = self.url_open(handed_out, allow_redirects=False)
        self.assertNotIn("777", again.text)

    def test_an_item_that_was_carried_over_before(self):
        """Older versions gave the item itself to the other customer."""
        item = self.line.item_id
        other = self._create_debtor_partner("Loja Verde")
        debtor = self.env["collection.debtor"]._get_for(other, self.company)
        item.debtor_id = debtor
        self.env.flush_all()
        self.assertShowsNothingOfTheOther()
        self.assertNotIn(item, self.message._get_open_items())
