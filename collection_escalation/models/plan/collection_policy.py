from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ...rules import stages


class CollectionPolicy(models.Model):
    """The written ladder: which stage follows which, when, and who decides."""

    _name = "collection.policy"
    _description = "Collection plan"
    _inherit = "collection.owned"
    _order = "sequence, id"
    _check_company_domain = models.check_company_domain_parent_of

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        index=True,
        default=lambda self: self._get_default_owner(),
        help="Empty: it came with the module, every company may use it and none "
        "changes it.",
    )
    party = fields.Selection(
        [("any", "Everybody"), ("consumer", "Consumers"), ("business", "Companies")],
        default="any",
        required=True,
        help="Whom the plan is written for.",
    )
    catch_up = fields.Selection(
        [
            ("one_at_a_time", "One stage at a time"),
            ("jump", "Jump to the stage of age"),
        ],
        default="one_at_a_time",
        required=True,
        help="What happens to an invoice that is older than its stage, for instance "
        "after the scheduled actions stood still.",
    )
    courtesy_unless_punctual = fields.Boolean(
        string="No courtesy note for who always pays on time",
        help="Customers whose last invoices (three at least) were all paid by their due "
        "date get no note before it.",
    )
    quiet_days = fields.Integer(
        default=4,
        help="Business days between two automatic messages of one channel to the same "
        "person after the due date. What falls due meanwhile joins the next one. 0: none.",
    )
    note = fields.Text(translate=True, help="Remarks for the team.")
    stage_ids = fields.One2many("collection.stage", "policy_id", copy=True)
    tolerance_ids = fields.One2many(
        "collection.policy.tolerance", "policy_id", copy=True
    )
    debtor_count = fields.Integer(compute="_compute_debtor_count")

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_debtor_count(self):
        for policy in self:
            policy.debtor_count = self.env["collection.debtor"].search_count(
                policy._get_debtor_domain()
            )

    def _get_debtor_domain(self):
        """The customers who are judged by the plan: their own, or the one of their company
        for who they are."""
        self.ensure_one()
        found = Domain("policy_id", "in", self.ids)
        for company in self.env.companies:
            for party, known in (
                ("consumer", Domain("party", "!=", "business")),
                ("business", Domain("party", "=", "business")),
            ):
                if self._get_default(company, party) == self:
                    found |= (
                        Domain("policy_id", "=", False)
                        & Domain("company_id", "=", company.id)
                        & known
                    )
        return found

    _quiet_days_not_negative = models.Constraint(
        "CHECK(quiet_days >= 0)", "Quiet days cannot be negative: use 0 for none."
    )

    @api.constrains("stage_ids", "catch_up")
    def _check_ladder_is_sound(self):
        for policy in self.filtered("stage_ids"):
            policy._get_ladder()

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        return [
            {**vals, "name": self.env._("%s (copy)", policy.name)}
            for policy, vals in zip(self, vals_list, strict=True)
        ]

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        """With the plan its stages would go, and what was made by them would be made
        again by another plan."""
        stages_sudo = self.sudo().with_context(active_test=False).stage_ids
        for policy in stages_sudo._find_used().policy_id:
            raise UserError(
                self.env._(
                    "Customers were contacted by the collection plan “%s”. Archive it "
                    "instead of deleting it.",
                    policy.name,
                )
            )

    def _get_ladder(self):
        """The plan as `rules.stages.Ladder`.

        :raise ValidationError: stages out of order, naming the plan and what to do"""
        self.ensure_one()
        try:
            stages_now = self.stage_ids.filtered("active").sorted()
            rungs = [stage._get_rung() for stage in stages_now]
            return stages.Ladder(tuple(rungs), self.catch_up)
        except ValueError as error:
            raise ValidationError(
                self.env._(
                    "Collection plan “%(plan)s”: the stages are out of order or a level "
                    "stands there twice. Put them in the order courtesy note, friendly, "
                    "firm, formal, legal, giving up, each once. (%(detail)s)",
                    plan=self.name,
                    detail=error,
                )
            ) from error

    def _get_tolerance(self, currency):
        """Open amount, in ``currency``, up to which nobody is chased (0 when the plan
        has none for that currency)."""
        self.ensure_one()
        return self.tolerance_ids.filtered(lambda t: t.currency_id == currency).amount

    def _get_minimum(self, currency, company, day):
        """Amount in ``currency`` up to which no costly step is made. Where the plan has
        none for that currency, the one of the company's currency at the rate of ``day``,
        else of the first other currency that has a rate: a letter costs the same, whatever
        currency is owed. 0 when the plan has no minimum at all, or there is no rate."""
        self.ensure_one()
        rows = self.tolerance_ids
        if row := rows.filtered(lambda t: t.currency_id == currency):
            return row.minimum
        own = company.currency_id
        if currency != own and not self._has_rate(currency, company):
            return 0.0
        row = rows.filtered(lambda t: t.currency_id == own) or rows.filtered(
            lambda t: self._has_rate(t.currency_id, company)
        )
        row = row[:1]
        return row.currency_id._convert(row.minimum, currency, company, day)

    def _has_rate(self, currency, company):
        """Without a rate Odoo would take one unit for one of the company's currency."""
        return bool(
            currency.rate_ids.filtered(
                lambda r: not r.company_id or r.company_id == company.root_id
            )
        )

    @api.model
    def _get_default(self, company, party):
        """The plan for a debtor without one of their own."""
        chosen = (
            company.collection_business_policy_id
            if party == "business"
            else company.collection_consumer_policy_id
        )
        return (
            chosen
            or self.search(
                [
                    ("company_id", "parent_of", company.ids),
                    ("party", "in", ("any", party)),
                ],
                limit=1,
            )
            or self.search(
                [("company_id", "=", False), ("party", "in", ("any", party))], limit=1
            )
        )

    def _get_printed_company(self):
        """Whose contact rules and settings the printed plan shows."""
        self.ensure_one()
        return self.company_id or self.env.company

    def _get_printed_rules(self):
        """The contact rules of the company's own place for whom the plan is written, and
        its house rules: records of `collection.contact.ruleset`."""
        self.ensure_one()
        company = self._get_printed_company()
        place = company.root_id.partner_id
        return self.env["collection.contact.ruleset"]._find_in_force(
            company,
            place.country_id.code or "",
            place.state_id.code or "",
            self.party if self.party != "any" else "consumer",
        )

    def action_view_debtors(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "collection_escalation.collection_debtor_action"
        )
        return {**action, "domain": list(self._get_debtor_domain())}


class CollectionPolicyTolerance(models.Model):
    _name = "collection.policy.tolerance"
    _description = "Amounts of a collection plan"
    _order = "policy_id, currency_id"

    policy_id = fields.Many2one(
        "collection.policy", required=True, ondelete="cascade", index=True
    )
    currency_id = fields.Many2one("res.currency", required=True)
    amount = fields.Monetary(
        required=True,
        help="Nobody is chased while what is overdue, less unallocated credits, is not "
        "above this amount.",
    )

    minimum = fields.Monetary(
        string="Minimum for costly steps",
        help="Certified letters and the like are made only when more than this is asked "
        "for.",
    )

    _currency_uniq = models.Constraint(
        "UNIQUE(policy_id, currency_id)", "A currency has one tolerance in a plan."
    )
    _amount_not_negative = models.Constraint(
        "CHECK(amount >= 0)", "A tolerance cannot be negative."
    )
    _minimum_not_negative = models.Constraint(
        "CHECK(minimum >= 0)", "A minimum cannot be negative."
    )
