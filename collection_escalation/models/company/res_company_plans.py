"""A company's own plans: copies of what came with the module, which nobody else changes."""

from odoo import api, models

#: The settings that name a plan, by the party they are for.
PLANS = {
    "consumer": "collection_consumer_policy_id",
    "business": "collection_business_policy_id",
}
_CHOSEN = (*PLANS.values(), "collection_ruleset_id", "collection_business_ruleset_id")


class ResCompany(models.Model):
    _inherit = "res.company"

    @api.constrains(*_CHOSEN)
    def _check_chosen_are_ours(self):
        """No plan and no house rules of another company."""
        self._check_company(_CHOSEN)

    def _own_collection_plans(self):
        """Give the company copies of the shared plans that it uses, with stages, steps and
        texts, and let its settings and customers point to them. A plan of its own, or of
        the company it is a branch of, stays. To be called as superuser."""
        self.ensure_one()
        Policy = self.env["collection.policy"]
        copies = {}
        for party, name in PLANS.items():
            policy = self[name] or Policy._get_default(self, party)
            if policy and not policy.company_id:
                copies[policy] = copies.get(policy) or policy._copy_for(self)
            if policy:
                self[name] = copies.get(policy, policy)
        customers = self.env["collection.debtor"].search(
            [("company_id", "=", self.id), ("policy_id", "!=", False)]
        )
        for policy, debtors in customers.grouped("policy_id").items():
            if not policy.company_id:
                copies[policy] = copies.get(policy) or policy._copy_for(self)
                debtors.policy_id = copies[policy]
        return copies


class CollectionPolicy(models.Model):
    _inherit = "collection.policy"

    def _copy_for(self, company):
        """The company's copy, with the texts its steps send; the name stays as it is, in
        every language."""
        self.ensure_one()
        copy = self.copy({"company_id": company.id})
        for lang, _name in self.env["res.lang"].get_installed():
            copy.with_context(lang=lang).name = self.with_context(lang=lang).name
        for name in ("template_id", "sms_template_id"):
            steps = copy.stage_ids.step_ids.filtered(name)
            texts = steps[name]._copy_text_for(company)
            for text, alike in steps.grouped(name).items():
                alike[name] = texts[text]
        return copy
