from datetime import timedelta
from importlib.util import module_from_spec, spec_from_file_location

from odoo.tests import tagged
from odoo.tools.misc import file_path

from ..common import MONDAY, CollectionCommon

FRIENDLY_DAY = MONDAY + timedelta(days=7)
SCRIPT = "collection_escalation/migrations/19.0.2.0.0/post-company-plans.py"


@tagged("post_install", "-at_install")
class TestCompanyPlans(CollectionCommon):
    """A company that collects has plans of its own."""

    def _load_migration(self):
        spec = spec_from_file_location("post_company_plans", file_path(SCRIPT))
        module = module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    def assertOwnPlans(self):
        consumer, business = (
            self.company.collection_consumer_policy_id,
            self.company.collection_business_policy_id,
        )
        for plan in (consumer, business):
            self.assertEqual(plan.company_id, self.company)
        self.assertEqual(consumer.name, "Consumers")
        return consumer

    def test_starting_gives_the_company_its_own_plans_and_texts(self):
        """As shipped: the same stages, steps, days and names in every language."""
        self._activate_language("pt_BR")
        company_sudo = self.company.sudo()
        company_sudo.write(
            {
                "collection_started_on": False,
                "collection_consumer_policy_id": False,
                "collection_business_policy_id": False,
            }
        )
        with self._at(MONDAY):
            company_sudo._start_collections()
        plan = self.assertOwnPlans()
        self.assertEqual(company_sudo.collection_business_policy_id.name, "Companies")
        self.assertEqual(
            plan.stage_ids.mapped("level"), self.policy.stage_ids.mapped("level")
        )
        own, shared = plan.stage_ids.step_ids, self.policy.stage_ids.step_ids
        self.assertEqual(own.mapped("channel"), shared.mapped("channel"))
        texts = own.template_id
        self.assertEqual(texts.collection_company_id, self.company)
        self.assertEqual(texts.collection_origin_id, shared.template_id)
        self.assertEqual(texts.mapped("name"), shared.template_id.mapped("name"))
        in_portuguese = [p.with_context(lang="pt_BR").name for p in (plan, self.policy)]
        self.assertEqual(*in_portuguese)

    def test_a_branch_keeps_the_plans_of_its_company(self):
        self.company.sudo().collection_business_policy_id = False
        self.company.sudo()._own_collection_plans()
        plan = self.assertOwnPlans()
        branch = (
            self.env["res.company"]
            .sudo()
            .create({"name": "Recife", "parent_id": self.company.id})
        )
        self.assertFalse(branch._own_collection_plans())
        self.assertEqual(branch.collection_consumer_policy_id, plan)

    def test_the_migration_moves_what_stands_on_the_shared_plan_and_repeats_nothing(
        self,
    ):
        """One friendly e-mail left on the 9th; after the migration the item stands on the
        same stage of the copy, and no second one leaves."""
        invoice = self._create_overdue_invoice(MONDAY)
        self.assertEqual(len(self._live(FRIENDLY_DAY)), 1)
        moves = len(self._items(invoice).stage_move_ids)
        self._load_migration().migrate(self.env.cr, "19.0.1.0.0")
        plan = self.assertOwnPlans()
        item, contact = self._items(invoice), self._contacts()
        self.assertEqual(item.stage_id.policy_id, plan)
        self.assertEqual(contact.step_id.stage_id.policy_id, plan)
        self.assertEqual(contact.line_ids.step_id, contact.step_id)
        self.assertEqual(item.level, "friendly")
        self.assertFalse(self._live(FRIENDLY_DAY + timedelta(days=1)))
        self.assertEqual(len(item.stage_move_ids), moves)

    def test_the_migration_leaves_words_of_people_to_who_collects(self):
        Wording = self.env["collection.wording"].sudo()
        Wording.create({"lang": "en", "expression": "moonlight", "kind": "threat"})
        chance = self.env.ref("collection_escalation.wording_en_last_chance").sudo()
        chance.active = False
        self._load_migration().migrate(self.env.cr, "19.0.1.0.0")
        found = Wording.search([("expression", "=", "moonlight")])
        self.assertEqual(found.company_id, self.company)
        self.assertTrue(chance.active)
        self.assertEqual(chance.except_company_ids, self.company)
