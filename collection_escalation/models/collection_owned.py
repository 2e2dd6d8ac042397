"""What companies write for themselves beside what came with the module."""

from odoo import api, models


class CollectionOwned(models.AbstractModel):
    """A record of one company, or of none: then all read it and nobody changes it (record
    rules, `security/collection_owner_rules.xml`). Whoever writes or copies one writes it
    for the company they work in; only data files and the module itself, as superuser,
    make records of no company."""

    _name = "collection.owned"
    _description = "Belongs to a company, or came with the module"

    @api.model
    def _get_default_owner(self):
        return self.env["res.company"] if self.env.su else self.env.company

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        given = default and "company_id" in default
        if not given and not self.env.su:
            for vals in vals_list:
                vals["company_id"] = self.env.company.id
        return vals_list
