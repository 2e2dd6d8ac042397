"""The house rules of a company, and whether they hold beside the law."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

#: Company field and shipped set by the debtor's party.
_HOUSE = {
    "consumer": ("collection_ruleset_id", "ruleset_house"),
    "business": ("collection_business_ruleset_id", "ruleset_house_b"),
}
_HOUSE_FIELDS = {
    "collection_house_rules",
    "collection_ruleset_id",
    "collection_business_ruleset_id",
    "parent_id",
}


class ResCompany(models.Model):
    _inherit = "res.company"

    collection_house_rules = fields.Selection(
        [
            ("always", "Always"),
            ("alone", "Where no other rule applies"),
        ],
        string="House rules hold",
        required=True,
        default="always",
        help="Beside the rules of the country where the customer lives, or only where "
        "there are none.",
    )
    collection_business_ruleset_id = fields.Many2one(
        "collection.contact.ruleset",
        string="Contact hours and limits for companies",
        check_company=True,
        help="House rules towards companies; empty: the ones that come with the module.",
    )

    @api.constrains("collection_ruleset_id", "collection_business_ruleset_id")
    def _check_house_rules_are_in_use(self):
        for company in self:
            chosen = (
                company.collection_ruleset_id | company.collection_business_ruleset_id
            )
            for preset in chosen.filtered("is_preset"):
                raise ValidationError(
                    self.env._(
                        "%(company)s: “%(name)s” are rules as they came with the module. "
                        "Choose the copy of them that is in use.",
                        company=company.name,
                        name=preset.name,
                    )
                )

    def write(self, vals):
        result = super().write(vals)
        if _HOUSE_FIELDS & set(vals):
            self.env["collection.debtor"]._on_rules_changed()
        return result

    def _get_collection_house_rules(self, party):
        """The house rules towards consumers or companies; none if they are archived."""
        self.ensure_one()
        field, shipped = _HOUSE[party]
        rules = self[field] or self.env.ref(
            f"collection_escalation.{shipped}", raise_if_not_found=False
        )
        if rules and not rules.company_id:
            rules = rules._get_own_set(self)
        return rules.filtered("active") if rules else self[field]


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    collection_house_rules = fields.Selection(
        related="company_id.collection_house_rules", readonly=False
    )
    collection_business_ruleset_id = fields.Many2one(
        related="company_id.collection_business_ruleset_id", readonly=False
    )
