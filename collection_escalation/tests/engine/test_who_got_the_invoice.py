from datetime import timedelta

from odoo.tests import tagged

from ..common import MONDAY, CollectionCommon

FRIENDLY_DAY = MONDAY + timedelta(days=7)


@tagged("post_install", "-at_install")
class TestWhoGotTheInvoice(CollectionCommon):
    """Whether the invoice came back is asked of the customer's own copies, the latest one
    of each recipient."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.sudo().collection_require_sent = True
        cls.follower = cls._create_debtor_partner("Contador Silva")
        cls.colleague = cls._create_debtor_partner(
            "Ana", parent_id=cls.debtor_partner.id, type="contact"
        )

    def setUp(self):
        super().setUp()
        self.invoice = self._create_overdue_invoice(MONDAY)
        with self._at(MONDAY):
            self.invoice.is_move_sent = True
            self.env.flush_all()

    def _deliver(self, **statuses):
        """A message of the invoice: {partner: status of the delivery}."""
        message = (
            self.env["mail.message"]
            .sudo()
            .create(
                {
                    "model": "account.move",
                    "res_id": self.invoice.id,
                    "body": "x",
                    "date": MONDAY,
                }
            )
        )
        for name, status in statuses.items():
            partner = {
                "customer": self.debtor_partner,
                "colleague": self.colleague,
                "follower": self.follower,
            }[name]
            self.env["mail.notification"].sudo().create(
                {
                    "mail_message_id": message.id,
                    "res_partner_id": partner.id,
                    "notification_type": "email",
                    "notification_status": status,
                }
            )

    def assertBounced(self, bounced):
        self.env.flush_all()
        found = self.env["collection.fact.delivery"]._find_bounced((self.invoice.id,))
        self.assertEqual(bool(found), bounced)

    def test_a_follower_s_copy_that_came_back_says_nothing(self):
        self._deliver(customer="sent", follower="bounce")
        self.assertBounced(False)
        (mail,) = self._live(FRIENDLY_DAY)
        self.assertIn(self.invoice.name, mail["body"])
        self.assertStage(self.invoice, "friendly")

    def test_the_customer_s_copy_came_back_though_the_follower_s_arrived(self):
        self._deliver(customer="bounce", follower="sent")
        self.assertBounced(True)

    def test_one_of_the_customer_s_people_got_it(self):
        self._deliver(customer="bounce", colleague="sent")
        self.assertBounced(False)

    def test_the_latest_one_counts(self):
        self._deliver(customer="bounce")
        self.assertBounced(True)
        self._deliver(customer="sent")
        self.assertBounced(False)
        self._deliver(customer="bounce")
        self.assertBounced(True)

    def test_sent_to_nobody_else_the_outside_copy_counts(self):
        self._deliver(follower="bounce")
        self.assertBounced(True)
