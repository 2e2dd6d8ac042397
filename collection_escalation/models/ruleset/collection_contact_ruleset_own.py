"""Contact rules of one company in the place of those that all use."""

from odoo import models
from odoo.exceptions import UserError


class CollectionContactRuleset(models.Model):
    _inherit = "collection.contact.ruleset"

    def _get_own_set(self, company):
        """The set of the same code that the company, or what it is a branch of, has
        itself, archived or not; else the shared set."""
        self.ensure_one()
        own = self.with_context(active_test=False).search(
            [
                ("code", "=", self.code),
                ("is_preset", "=", False),
                ("company_id", "parent_of", company.ids),
            ],
            limit=1,
        )
        return own or self

    def action_make_own(self):
        """Copy a shared set for the company one works in; from now on the copy holds
        there, and may be changed or archived."""
        self.ensure_one()
        self.browse().check_access("create")
        if self.is_preset or self.company_id:
            raise UserError(
                self.env._(
                    "%s: only rules that every company uses are copied.", self.name
                )
            )
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self._make_own(self.env.company).id,
            "view_mode": "form",
        }

    def _make_own(self, company):
        """The company's own set in the place of this shared one."""
        own = self._get_own_set(company)
        if own != self:
            return own
        copy_sudo = self.sudo().copy(
            {
                "code": self.code,
                "company_id": company.id,
                "preset_id": self.preset_id.id,
                "preset_version": self.preset_version,
                "line_ids": self.line_ids._copy_as_shipped(),
            }
        )
        for lang, _name in self.env["res.lang"].get_installed():
            copy_sudo.with_context(lang=lang).name = self.with_context(lang=lang).name
        return copy_sudo.sudo(self.env.su)
