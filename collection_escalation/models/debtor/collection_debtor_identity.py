"""Two records of one person: the limits count over both, and the file suggests to merge
them. They are told by the tax id; of consumers also by an e-mail address or a number that
few have."""

from odoo import api, fields, models
from odoo.tools import SQL

from ...rules.identity import get_identity_key

try:
    from stdnum import get_cc_module
    from stdnum.exceptions import ValidationError as NotANumber
except ImportError:  # without it signs are only stripped
    get_cc_module = None

#: An address that more customers have is that of an accountant or an agency.
FEW = 5
#: Columns by whose equality an address is shared.
ADDRESS_KEYS = ("email_key", "phone_key")


def _compact(tax_id, country):
    """The number without what may be left out of it in its country."""
    module = get_cc_module and country and get_cc_module(country.lower(), "vat")
    if not module:
        return tax_id
    try:
        return module.compact(tax_id)
    except (NotANumber, ValueError):
        return tax_id


class CollectionDebtor(models.Model):
    _inherit = "collection.debtor"

    identity_key = fields.Char(
        compute="_compute_identity_key",
        store=True,
        index="btree_not_null",
        compute_sudo=True,
        groups=fields.NO_ACCESS,
        help="The tax id, by which two records of one person are told.",
    )
    email_key = fields.Char(
        compute="_compute_address_keys",
        store=True,
        index="btree_not_null",
        compute_sudo=True,
        groups=fields.NO_ACCESS,
    )
    phone_key = fields.Char(
        compute="_compute_address_keys",
        store=True,
        index="btree_not_null",
        compute_sudo=True,
        groups=fields.NO_ACCESS,
    )
    twin_ids = fields.Many2many(
        "collection.debtor",
        compute="_compute_twin_ids",
        string="With the same tax id",
        help="Probably the same customer, entered twice.",
    )

    def _on_born(self):
        """By SQL, which works out no keys."""
        for name in ("identity_key", *ADDRESS_KEYS):
            self.env.add_to_compute(self._fields[name], self)

    @api.depends("partner_id.vat", "partner_id.country_id")
    def _compute_identity_key(self):
        for debtor in self:
            tax_id = debtor.partner_id.vat or ""
            country = debtor._get_country_state()[0] if tax_id else ""
            compact = _compact(tax_id, country) if tax_id else ""
            debtor.identity_key = get_identity_key(compact, country) or False

    @api.depends(
        "party",
        "partner_id.is_company",
        "partner_id.email_normalized",
        "partner_id.phone_sanitized",
    )
    def _compute_address_keys(self):
        """Of people only: firms share the address of who keeps their books."""
        for debtor in self:
            partner = debtor.partner_id
            person = debtor.party == "consumer" or not (
                debtor.party or partner.is_company
            )
            debtor.email_key = person and partner.email_normalized
            debtor.phone_key = person and partner.phone_sanitized

    def _compute_twin_ids(self):
        keys = {debtor: debtor.sudo().identity_key for debtor in self}
        found = self.search(
            [
                ("id", "in", self.sudo()._search_twins(keys.values())),
                ("root_company_id", "in", self.root_company_id.ids),
            ]
        )
        alike = found.sudo().grouped(lambda d: (d.identity_key, d.root_company_id.id))
        for debtor in self:
            same = alike.get((keys[debtor], debtor.root_company_id.id), self.browse())
            same = same.sudo(False).with_env(self.env)
            debtor.twin_ids = same.filtered(
                lambda d, debtor=debtor: d.partner_id != debtor.partner_id
            )

    def _search_twins(self, keys):
        """Ids of the debtors with one of these tax ids, of whatever company."""
        return self.search([("identity_key", "in", [*filter(None, keys)])]).ids

    def action_merge_twins(self):
        """Odoo's own dialog, with the customers of the same tax id."""
        self.ensure_one()
        partners = self.partner_id | self.twin_ids.partner_id
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "base.action_partner_merge"
        )
        context = {"active_model": "res.partner", "active_ids": partners.ids}
        return {**action, "context": context}

    def _get_person_key(self):
        """Limits are counted over all debtors of one person and creditor."""
        debtor_sudo = self.sudo()
        person = debtor_sudo.identity_key or debtor_sudo.partner_id.id
        return person, debtor_sudo.root_company_id.id

    def _get_alike_sql(self):
        """Rows (id of one of these debtors, id of another or the same, same person?):
        those of the same person at all branches of the creditor, and those who share an
        address with a few. To be flushed before."""
        same = [
            SQL(
                """
                SELECT d.id AS id, other.id AS other_id, TRUE AS same
                  FROM collection_debtor d
                  JOIN collection_debtor other
                    ON other.root_company_id = d.root_company_id
                   AND %(other)s = %(own)s
                 WHERE d.id = ANY(%(ids)s)
                """,
                other=SQL.identifier("other", name),
                own=SQL.identifier("d", name),
                ids=self.ids,
            )
            for name in ("partner_id", "identity_key")
        ]
        shared = [
            SQL(
                """
                SELECT d.id, other.id, FALSE
                  FROM collection_debtor d
                  JOIN collection_debtor other
                    ON other.root_company_id = d.root_company_id
                   AND %(other)s = %(own)s
                 WHERE d.id = ANY(%(ids)s) AND other.id <> d.id
                   AND (SELECT count(*)
                          FROM (SELECT FROM collection_debtor one
                                 WHERE %(one)s = %(own)s
                                   AND one.root_company_id = d.root_company_id
                                 LIMIT %(limit)s) AS sharing) <= %(few)s
                """,
                other=SQL.identifier("other", name),
                own=SQL.identifier("d", name),
                one=SQL.identifier("one", name),
                ids=self.ids,
                limit=FEW + 1,
                few=FEW,
            )
            for name in ADDRESS_KEYS
        ]
        return SQL(" UNION ").join(same + shared)

    def _find_alike(self):
        """With one query: (the debtors over whom the limits of these count, {debtor id:
        ids of others with whom they share an address})."""
        self.env["collection.debtor"].flush_model(
            ["partner_id", "root_company_id", "identity_key", *ADDRESS_KEYS]
        )
        rows = self.env.execute_query(self._get_alike_sql()) if self.ids else []
        same = {(id_, other) for id_, other, is_same in rows if is_same}
        neighbours = {}
        for id_, other, is_same in rows:
            if not is_same and (id_, other) not in same:
                neighbours.setdefault(id_, set()).add(other)
        return self.browse({other for _id, other, _same in rows}), neighbours
