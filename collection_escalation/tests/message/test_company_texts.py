from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common import MONDAY, CollectionCommon

TEXTS = {
    "mail.template": "collection_escalation.mail_template_friendly",
    "sms.template": "collection_escalation.sms_template_friendly",
}


@tagged("post_install", "-at_install")
class TestCompanyTexts(CollectionCommon):
    """Texts, plans and forbidden words: shared ones nobody changes, a company's own only
    its managers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.b = cls.setup_other_company(name="Other")["company"]
        cls.manager_b = cls._new_user("manager_b", "group_collection_manager")
        cls.manager_b.sudo().write(
            {"company_ids": [Command.set(cls.b.ids)], "company_id": cls.b.id}
        )
        cls.admin = cls.env.ref("base.user_admin")
        cls.own = cls.policy._copy_for(cls.company)

    def assertRefuses(self, user, record, vals):
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            record.with_user(user).write(vals)

    def test_nobody_changes_a_shared_text_and_no_collector_any(self):
        """Odoo lets every employee write on templates (`mail.group_mail_template_editor`)."""
        for model, name in TEXTS.items():
            shared = self.env.ref(name)
            own = shared.sudo()._copy_text_for(self.company)[shared.sudo()]
            for user in (self.collector, self.manager, self.manager_b, self.admin):
                self.assertRefuses(user, shared, {"name": "x"})
            for user in (self.collector, self.manager_b):
                self.assertRefuses(user, own, {"name": "x"})
            own.with_user(self.manager).name = "Our words"
            with self.assertRaises(AccessError):
                shared.with_user(self.collector).copy()
            copy = shared.with_user(self.manager_b).copy()
            self.assertEqual(copy.collection_company_id, self.b, model)

    def test_other_templates_are_nobody_s_business(self):
        template = self.env["mail.template"].with_user(self.collector)
        model = self.env["ir.model"]._get_id("res.partner")
        template = template.create({"name": "Sale", "model_id": model})
        template.name = "Better"
        self.assertFalse(template.collection_company_id)

    def test_a_company_changes_its_own_plan_and_no_other(self):
        step = self.own.stage_ids.step_ids[0]
        parts = (self.own, self.own.stage_ids[0], step, self.own.tolerance_ids[0])
        for record in parts:
            self.assertRefuses(self.manager_b, record, {"write_date": False})
            record.with_user(self.manager).write({"write_date": False})
        for record in (
            self.policy,
            self.policy.stage_ids[0],
            self.policy.tolerance_ids,
        ):
            for user in (self.manager, self.admin):
                self.assertRefuses(user, record, {"write_date": False})
        with self.assertRaises(AccessError):
            self.policy.stage_ids.step_ids[-1].with_user(self.manager).unlink()
        copy = self.policy.with_user(self.manager_b).copy()
        self.assertEqual(copy.company_id, self.b)

    def test_a_plan_of_another_company_is_not_chosen(self):
        self._create_overdue_invoice(MONDAY)
        theirs = self.policy._copy_for(self.b)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self._debtor().policy_id = theirs
        with self.assertRaises(UserError):
            self.company.sudo().collection_consumer_policy_id = theirs

    def test_what_one_company_forbids_or_allows_changes_nothing_for_the_other(self):
        Wording = self.env["collection.wording"].with_user(self.manager)
        word = Wording.create(
            {"lang": "en", "expression": "moonlight", "kind": "threat"}
        )
        self.assertEqual(word.company_id, self.company)
        self.assertRefuses(self.manager_b, word, {"active": False})

        def says(text, company):
            return bool(Wording._find(text, "en_US", company=company))

        self.assertTrue(says("by moonlight", self.company))
        self.assertFalse(says("by moonlight", self.b))
        chance = self.env.ref("collection_escalation.wording_en_last_chance")
        for user in (self.manager, self.admin):
            self.assertRefuses(user, chance, {"active": False})
        chance.with_user(self.manager).action_allow_here()
        self.assertFalse(says("last chance", self.company))
        self.assertTrue(says("last chance", self.b))
        chance.with_user(self.manager).action_forbid_here()
        self.assertTrue(says("last chance", self.company))
        with self.assertRaises(AccessError):
            chance.with_user(self.collector).action_allow_here()

    def test_the_invoice_itself_is_written_with_the_company_s_own_text(self):
        shared = self.env.ref("collection_escalation.mail_template_invoice").sudo()
        own = shared._copy_text_for(self.company)[shared]
        self.assertEqual(shared._get_text_for(self.company), own)
        self.assertEqual(shared._get_text_for(self.b), shared)
        self.assertEqual(shared._copy_text_for(self.company)[shared], own, "once")
