from odoo import api, fields, models

COLLECTOR = "collection_escalation.group_collection_user"
#: Fields of the partner that are kept on the debtor of the current company.
PROXIES = {
    "collection_policy_id": "policy_id",
    "collection_party": "party",
    "collection_user_id": "user_id",
}

#: Fields that say where and how a person is reached.
ADDRESSES = {
    "email",
    "phone",
    "street",
    "street2",
    "city",
    "zip",
    "country_id",
    "state_id",
    "type",
    "parent_id",
}


class ResPartner(models.Model):
    """Proxies of the current company's debtor, for those who collect. They may change
    them without being allowed to change partners."""

    _inherit = "res.partner"

    collection_debtor_id = fields.Many2one(
        "collection.debtor",
        compute="_compute_collection_debtor_id",
        search="_search_collection_debtor_id",
        groups=COLLECTOR,
        string="Collections of the customer",
    )
    collection_stage_id = fields.Many2one(
        "collection.stage",
        related="collection_debtor_id.stage_id",
        groups=COLLECTOR,
        string="Collection stage",
    )
    collection_case_id = fields.Many2one(
        "collection.case", related="collection_debtor_id.case_id", groups=COLLECTOR
    )
    collection_policy_id = fields.Many2one(
        "collection.policy",
        compute="_compute_collection_settings",
        inverse="_inverse_collection_settings",
        groups=COLLECTOR,
        string="Own collection plan",
    )
    collection_party = fields.Selection(
        [("consumer", "Consumer"), ("business", "Company")],
        compute="_compute_collection_settings",
        inverse="_inverse_collection_settings",
        groups=COLLECTOR,
        string="Treated as",
    )
    collection_user_id = fields.Many2one(
        "res.users",
        compute="_compute_collection_settings",
        inverse="_inverse_collection_settings",
        groups=COLLECTOR,
        string="Own collector",
    )
    collection_contact_ids = fields.Many2many(
        "collection.contact",
        compute="_compute_collection_records",
        groups=COLLECTOR,
        string="Contact log",
    )
    collection_item_ids = fields.Many2many(
        "collection.item",
        compute="_compute_collection_records",
        groups=COLLECTOR,
        string="Open items",
    )
    collection_on_hold_until = fields.Date(
        related="collection_debtor_id.on_hold_until", groups=COLLECTOR
    )
    collection_call_permission = fields.Char(
        related="collection_debtor_id.call_permission", groups=COLLECTOR
    )
    collection_call_permitted = fields.Boolean(
        related="collection_debtor_id.call_permitted", groups=COLLECTOR
    )
    collection_stop_text = fields.Char(
        related="collection_debtor_id.stop_text", groups=COLLECTOR
    )
    collection_attorney_id = fields.Many2one(
        related="collection_debtor_id.attorney_id", groups=COLLECTOR
    )
    collection_preferred_channel = fields.Selection(
        related="collection_debtor_id.preferred_channel",
        string="Preferred channel",
        groups=COLLECTOR,
        # it would be taken over: the customer's own log says nothing of collections, and
        # every write on a customer would read the debtor
        tracking=False,
    )

    type = fields.Selection(
        selection_add=[("collection", "Collections")],
        ondelete={"collection": "set default"},
    )

    @api.constrains("country_id")
    def _check_collecting_company_has_country(self):
        """The country of a company stands on its contact."""
        Company_sudo = self.env["res.company"].sudo()
        own_sudo = Company_sudo.search([("partner_id", "in", self.ids)])
        if own_sudo:
            Company_sudo.search(
                [("id", "child_of", own_sudo.ids)]
            )._check_started_company_has_place()

    @api.depends("commercial_partner_id")
    @api.depends_context("company")
    def _compute_collection_debtor_id(self):
        debtors = self.env["collection.debtor"].search(
            [
                ("partner_id", "in", self.commercial_partner_id.ids),
                ("company_id", "=", self.env.company.id),
            ]
        )
        by_partner = {debtor.partner_id: debtor for debtor in debtors}
        for partner in self:
            partner.collection_debtor_id = by_partner.get(
                partner.commercial_partner_id, False
            )

    def _search_collection_debtor_id(self, operator, value):
        if operator != "in":
            return NotImplemented
        debtors = self.env["collection.debtor"].search(
            [("id", operator, value), ("company_id", "=", self.env.company.id)]
        )
        return [("commercial_partner_id", "in", debtors.partner_id.ids)]

    @api.depends(
        "collection_debtor_id.policy_id",
        "collection_debtor_id.party",
        "collection_debtor_id.user_id",
    )
    @api.depends_context("company")
    def _compute_collection_settings(self):
        for partner in self:
            debtor = partner.collection_debtor_id
            partner.collection_policy_id = debtor.policy_id
            partner.collection_party = debtor.party
            partner.collection_user_id = debtor.user_id

    @api.depends("collection_debtor_id")
    @api.depends_context("company")
    def _compute_collection_records(self):
        for partner in self:
            debtor = partner.collection_debtor_id
            partner.collection_contact_ids = debtor.contact_ids
            partner.collection_item_ids = debtor.item_ids.filtered(
                lambda i: i.ledger_state == "open"
            )

    def _inverse_collection_settings(self):
        for partner in self:
            partner._set_on_debtor({name: partner[name] for name in PROXIES})

    def write(self, vals):
        """Collectors change the collection settings of customers though they may not
        change customers: these settings stand on the debtor."""
        settings = {name: vals[name] for name in PROXIES if name in vals}
        rest = {name: vals[name] for name in vals if name not in PROXIES}
        if settings:
            self.check_access("read")
            self._set_on_debtor(settings)
            if not rest:
                return True
        before, belonged = self._get_addresses(rest), self._get_belonging(rest)
        result = super().write(rest)
        after = self._get_addresses(rest)
        self._tell_debtors_of_new_people(belonged)
        self.filtered(lambda p: before[p] != after[p])._tell_debtors_of_new_address()
        return result

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        partners.filtered("parent_id")._tell_debtors_of_new_address()
        return partners

    def _get_addresses(self, names):
        """{partner: values} of those of the fields ``names`` that say how a person is
        reached: a nightly import that writes them all changes nothing."""
        watched = sorted(ADDRESSES.intersection(names))
        return {partner: [partner[name] for name in watched] for partner in self}

    def _get_belonging(self, names):
        """{partner: (the customer they belong to, whether they are there)}, if one of
        ``names`` may change it."""
        if not {"parent_id", "is_company", "active"}.intersection(names):
            return {}
        return {partner: partner._get_belongs_to() for partner in self}

    def _get_belongs_to(self):
        return self.commercial_partner_id, self.active

    def _tell_debtors_of_new_people(self, belonged):
        """Who left a customer or was archived may not be told anything any more, who came
        to one perhaps: what is planned is looked at again. Superuser: as for the addresses.

        :param belonged: of `_get_belonging`, before the change"""
        moved = self.filtered(
            lambda p: p in belonged and p._get_belongs_to() != belonged[p]
        )
        if moved:
            customers = moved.commercial_partner_id.union(
                *(belonged[partner][0] for partner in moved)
            )
            self.env["collection.debtor"].sudo().search(
                [
                    "|",
                    ("partner_id", "in", customers.ids),
                    ("person_ids.partner_id", "in", moved.ids),
                ]
            )._on_permissions_changed()

    def _tell_debtors_of_new_address(self):
        """What could not be delivered may be tried again. Superuser: who keeps the
        addresses may not see the debtors."""
        if not self:
            return
        self.env["collection.debtor"].sudo().search(
            [("partner_id", "in", self.commercial_partner_id.ids)]
        )._on_address_changed()

    def _set_on_debtor(self, settings):
        """Write ``settings`` on the debtors, made where missing, with the user's rights."""
        Debtor = self.env["collection.debtor"]
        Debtor.check_access("write")
        Debtor._get_for(self, self.env.company).sudo(False).write(
            {PROXIES[name]: value for name, value in settings.items()}
        )
        self.invalidate_recordset(["collection_debtor_id", *PROXIES], flush=False)

    def action_view_collection_debtor(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": "collection.debtor",
            "res_id": self._get_or_create_debtor().id,
            "view_mode": "form",
        }

    def action_collection_compose(self):
        """Contact the customer beside the plan."""
        return self._get_or_create_debtor().action_compose()

    def action_collection_callback(self):
        """The customer asked to be called."""
        return self._get_or_create_debtor().action_callback()

    def _get_or_create_debtor(self):
        """The debtor of the current company, with the rights of the user."""
        self.ensure_one()
        Debtor = self.env["collection.debtor"]
        Debtor.check_access("write")
        return Debtor._get_for(self, self.env.company).sudo(False)
