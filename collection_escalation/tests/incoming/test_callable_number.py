from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ...models.incoming.callable_number import is_costly
from ..common import CollectionCommon

#: Brazil 0300 and 0900, premium numbers of Portugal and the UK, shared cost of Germany,
#: a satellite, international premium.
COSTLY = (
    "+553003131234",
    "+55900123456",
    "+351607123456",
    "+449098790000",
    "+491805123456",
    "+870773111632",
    "+979123456789",
)
ORDINARY = ("+5521999990000", "+552133334444", "+351912345678", "+442079460000")


@tagged("post_install", "-at_install")
class TestCallableNumber(CollectionCommon):
    """“Call me” is asked by who did not prove who they are: the call costs what a call
    costs."""

    def test_costly_numbers_are_known(self):
        for number in COSTLY:
            with self.subTest(number):
                self.assertTrue(is_costly(number))
        for number in ORDINARY:
            with self.subTest(number):
                self.assertFalse(is_costly(number))

    def test_the_page_takes_no_costly_number(self):
        contact = self.env["collection.contact"].new(
            {"debtor_id": self._debtor().id, "partner_id": self.debtor_partner.id}
        )
        answer = self.env["collection.answer.call_me"]
        for proved in (False, True):
            with self.assertRaisesRegex(ValidationError, "ordinary one"):
                answer._read_number(contact, "+449098790000", proved)
        number = answer._read_number(contact, "+55 21 99999-0000", False)
        self.assertEqual(number, "+5521999990000")
