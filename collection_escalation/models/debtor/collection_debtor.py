from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.base.models.res_partner import _tz_get


class CollectionDebtor(models.Model):
    """What we know and decide about a customer, per company. Born on first need."""

    _name = "collection.debtor"
    _description = "Customer (collections)"
    _inherit = ["collection.internal.thread"]
    _order = "id desc"
    _rec_names_search = ["partner_id.name", "partner_id.vat", "partner_id.ref"]
    _check_company_auto = True

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        ondelete="restrict",
        readonly=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, readonly=True
    )
    root_company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        help="One creditor, however many branches: limits are counted here.",
    )
    policy_id = fields.Many2one(
        "collection.policy",
        string="Own plan",
        tracking=True,
        check_company=True,
        help="Empty: the company's plan for this kind of customer.",
    )
    effective_policy_id = fields.Many2one(
        "collection.policy", string="Plan", compute="_compute_effective_policy_id"
    )
    user_id = fields.Many2one(
        "res.users",
        string="Own collector",
        tracking=True,
        domain="[('company_ids', 'in', company_id), ('share', '=', False)]",
        help="Empty: the company's collector.",
    )
    collector_id = fields.Many2one(
        "res.users", string="Collector", compute="_compute_collector_id"
    )
    party = fields.Selection(
        [("consumer", "Consumer"), ("business", "Company")],
        tracking=True,
        help="Unknown customers are treated as consumers.",
    )
    tz = fields.Selection(
        _tz_get,
        string="Own time zone",
        tracking=True,
        help="Empty: found from the address and the phone number.",
    )
    slot_seq = fields.Integer(
        readonly=True,
        required=True,
        default=0,
        help="Rises with every reservation: the row that puts reservations in a queue.",
    )
    address_changed_at = fields.Datetime(
        readonly=True, help="Since then an address that did not work may work."
    )
    item_ids = fields.One2many("collection.item", "debtor_id", readonly=True)
    case_ids = fields.One2many("collection.case", "debtor_id", readonly=True)
    contact_ids = fields.One2many("collection.contact", "debtor_id", readonly=True)
    hold_ids = fields.One2many("collection.hold", "debtor_id")
    case_id = fields.Many2one(
        "collection.case", string="Open file", compute="_compute_case_id"
    )
    stage_id = fields.Many2one(
        "collection.stage", compute="_compute_case_id", string="Stage"
    )
    on_hold_until = fields.Date(compute="_compute_on_hold_until", string="Paused until")

    _partner_company_uniq = models.Constraint(
        "UNIQUE(partner_id, company_id)",
        "A customer stands once in the collections of a company.",
    )
    _root_idx = models.Index("(root_company_id, partner_id)")

    @api.depends("partner_id.display_name")
    def _compute_display_name(self):
        for debtor in self:
            debtor.display_name = debtor.partner_id.display_name

    @api.depends("policy_id", "party", "company_id")
    def _compute_effective_policy_id(self):
        own = self.filtered("policy_id")
        for policy, debtors in own.grouped("policy_id").items():
            debtors.effective_policy_id = policy
        alike = (self - own).grouped(lambda d: (d.company_id, d.party or "consumer"))
        for (company, party), debtors in alike.items():
            debtors.effective_policy_id = self.env["collection.policy"]._get_default(
                company, party
            )

    def _check_has_policy(self):
        """:raise UserError: no plan with stages applies to the debtor"""
        if not self.effective_policy_id.stage_ids:
            raise UserError(
                self.env._(
                    "No collection plan applies to %(customer)s in %(company)s. Choose "
                    "one in Settings, Collections, or on the customer.",
                    customer=self.partner_id.display_name,
                    company=self.company_id.name,
                )
            )

    @api.depends("user_id", "company_id.collection_user_id")
    def _compute_collector_id(self):
        alike = self.grouped(lambda d: d.user_id or d.company_id.collection_user_id)
        for user, debtors in alike.items():
            debtors.collector_id = user

    @api.depends("case_ids.state", "case_ids.stage_id")
    def _compute_case_id(self):
        cases = self.env["collection.case"].search(
            [("debtor_id", "in", self.ids), ("state", "=", "open")]
        )
        by_debtor = {case.debtor_id.id: case for case in cases}
        for debtor in self:
            case = by_debtor.get(debtor.id, self.env["collection.case"])
            debtor.case_id = case
            debtor.stage_id = case.stage_id

    @api.depends("hold_ids.state", "hold_ids.date_to")
    def _compute_on_hold_until(self):
        for debtor in self:
            debtor.on_hold_until = max(
                debtor.hold_ids.filtered(
                    lambda h: h.state == "active" and not h.item_ids
                ).mapped("date_to"),
                default=False,
            )

    def write(self, vals):
        """A new plan, party or zone is looked at in the next evaluation."""
        result = super().write(vals)
        if {"policy_id", "party", "tz"} & set(vals):
            self.item_ids._wake()
        return result

    @api.model
    def _get_for(self, partners, company):
        """The debtors of ``partners`` (commercial entities) in ``company``, made where
        they are missing. Runs as superuser: an invoicing clerk may cause one to be born
        but may not see it."""
        commercial = partners.commercial_partner_id
        Debtor_sudo = self.sudo()
        known_sudo = Debtor_sudo.search(
            [("partner_id", "in", commercial.ids), ("company_id", "=", company.id)]
        )
        missing = commercial - known_sudo.partner_id
        return known_sudo + Debtor_sudo.create(
            [
                {
                    "partner_id": partner.id,
                    "company_id": company.id,
                    "root_company_id": company.root_id.id,
                }
                for partner in missing
            ]
        )

    def action_view_items(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "collection_escalation.collection_item_action"
        )
        return {**action, "domain": [("debtor_id", "in", self.ids)], "context": {}}

    def action_view_contacts(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "collection_escalation.collection_contact_log_action"
        )
        return {**action, "domain": [("debtor_id", "in", self.ids)], "context": {}}

    def action_view_cases(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "collection_escalation.collection_case_action"
        )
        return {**action, "domain": [("debtor_id", "in", self.ids)], "context": {}}

    def _get_owner(self):
        """Who sees to this debtor: the collector of the file, the debtor's, the manager;
        there is always somebody."""
        self.ensure_one()
        return (
            self.case_id.user_id
            or self.collector_id
            or self.company_id.collection_manager_id
            or self.env.user
        )
