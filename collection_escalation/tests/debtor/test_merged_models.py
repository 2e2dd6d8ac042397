from odoo import fields, models
from odoo.tests import tagged

from ..common import MONDAY, CollectionCommon
from ..scratch_models import ScratchModels


@tagged("post_install", "-at_install")
class TestMergedModels(ScratchModels, CollectionCommon):
    """What belongs to a customer, and what is internal, is derived and never listed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.twin = cls._create_debtor_partner("Loja Azul Ltda")
        Debtor = cls.env["collection.debtor"].sudo()
        cls.keep = Debtor._get_for(cls.debtor_partner, cls.company)
        cls.gone = Debtor._get_for(cls.twin, cls.company)

    def _merge(self):
        self.env["base.partner.merge.automatic.wizard"].sudo()._merge(
            (self.debtor_partner | self.twin).ids, self.debtor_partner
        )
        self._settle_transaction()
        self.env.invalidate_all()

    def test_a_model_that_nobody_listed_goes_along(self):
        class Nest(models.Model):
            _module = None
            _name = "collection.nest"
            _description = "Nest"

            name = fields.Char()
            debtor_id = fields.Many2one("collection.debtor", ondelete="cascade")

        Nest_sudo = self._add_model(Nest, has_table=True).sudo()
        nests = Nest_sudo.create(
            [{"name": d.display_name, "debtor_id": d.id} for d in self.keep | self.gone]
        )
        self._merge()
        self.assertEqual(nests.exists(), nests)
        self.assertEqual(nests.debtor_id, self.keep)

    def test_a_model_says_itself_what_becomes_of_its_records(self):
        class Egg(models.Model):
            _module = None
            _name = "collection.egg"
            _description = "Egg"

            debtor_id = fields.Many2one("collection.debtor", ondelete="cascade")

            def _merge_debtors(self, keep):
                self[:1].debtor_id = keep

        Egg_sudo = self._add_model(Egg, has_table=True).sudo()
        eggs = Egg_sudo.create([{"debtor_id": self.gone.id} for _n in range(2)])
        self._merge()
        self.assertEqual(eggs.exists(), eggs[0])
        self.assertEqual(eggs[0].debtor_id, self.keep)

    def test_duties_of_both_stay_and_of_two_alike_one(self):
        ask = self.env["collection.duty"]._ask
        kept, twice = (
            ask("mend_address", [(debtor, {})]) for debtor in (self.keep, self.gone)
        )
        other = ask("stopped", [(self.gone, {"key": "deceased"})])
        done = ask("mend_address", [(self.gone, {"key": "old"})])
        done._done(self.collector)
        self._merge()
        self.assertEqual((kept | twice | other | done).debtor_id, self.keep)
        self.assertEqual(
            (kept | twice | other | done).mapped("state"),
            ["open", "cancelled", "open", "done"],
        )
        self.assertEqual(
            self.keep.activity_ids.collection_duty_id, kept | other, "in step"
        )

    def test_holds_are_not_lost(self):
        hold = (
            self.env["collection.hold"]
            .sudo()
            .create(
                {
                    "debtor_id": self.gone.id,
                    "reason": "checking",
                    "user_id": self.collector.id,
                    "date_from": MONDAY,
                    "date_to": MONDAY,
                }
            )
        )
        self._merge()
        self.assertEqual(hold.exists().debtor_id, self.keep)

    def test_every_model_with_a_customer_is_found(self):
        names = self.env["collection.debtor"]._get_belonging_names()
        self.assertLessEqual(
            {
                "collection.item",
                "collection.case",
                "collection.contact",
                "collection.hold",
                "collection.duty",
                "collection.approval",
                "collection.debtor.person",
                "collection.debtor.channel",
                "collection.debtor.hours",
            },
            set(names),
        )

    def test_what_inherits_the_internal_thread_is_internal(self):
        internal = self.env["collection.internal"]
        self.assertLessEqual(
            {
                "collection.case",
                "collection.debtor",
                "collection.contact",
                "collection.hold",
                "collection.duty",
                "collection.approval",
            },
            internal._get_internal_names(),
        )

        class Nest(models.Model):
            _module = None
            _name = "collection.nest"
            _inherit = ["collection.internal.thread"]
            _description = "Nest"

        self._add_model(Nest)
        self.assertIn("collection.nest", internal._get_internal_names())
