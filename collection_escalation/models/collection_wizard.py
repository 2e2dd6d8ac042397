"""A wizard is given records by their numbers, and shows and does things with them."""

from odoo import api, models
from odoo.exceptions import AccessError


class CollectionWizard(models.AbstractModel):
    """Base of our transient models: whoever gives it a record must be allowed to read it,
    however it is given (form, RPC, defaults of the context). What is computed is computed
    with the user's rights: `compute_sudo=False`, `related_sudo=False`."""

    _name = "collection.wizard"
    _description = "Wizard of collections"

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_given_values(vals)
        wizards = super().create(vals_list)
        wizards._check_given()
        return wizards

    def write(self, vals):
        result = super().write(vals)
        self._check_given()
        return result

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        self._check_given_values(values)
        return values

    def onchange(self, values, field_names, fields_spec):
        self._check_given_values(values)
        return super().onchange(values, field_names, fields_spec)

    @api.model
    def _check_given_values(self, values):
        """The same of values that a form holds, or that stand in its context."""
        names = set(self._get_given_fields()) & set(values)
        self.new({name: values[name] for name in names})._check_given(names)

    def _get_given_fields(self):
        """Names of the fields that hold records other than parts of the wizard."""
        return [
            name
            for name, field in self._fields.items()
            if field.relational
            and field.store
            and field.type in ("many2one", "many2many")
            and name not in models.MAGIC_COLUMNS
        ]

    def _check_given(self, names=None):
        """:raise AccessError: a record that the user may not read; of a company, one that
        they do not work in now"""
        if self.env.su:
            return
        for name in self._get_given_fields():
            if names is None or name in names:
                records = self.mapped(name)._origin
                if records._name == "res.company":
                    self._check_works_in(records)
                else:
                    records.check_access("read")

    def _check_works_in(self, companies):
        if foreign := companies - self.env.companies:
            raise AccessError(
                self.env._("You do not work for %s now.", foreign[0].sudo().name)
            )
