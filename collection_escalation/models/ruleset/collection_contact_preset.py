"""Rules as shipped, and the copies of them that are in use.

A preset is renewed by the updates of the module and nobody else changes it. When it
comes for the first time it is copied once: the copy is in use and belongs to the
administrator. A later version is offered there, never written over it."""

import logging

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from .collection_contact_ruleset import SET_FIELDS

_logger = logging.getLogger(__name__)

#: What a set takes over from its preset; name, order and company stay its own.
_TAKEN_OVER = (*sorted(SET_FIELDS - {"state_ids"}), "source", "source_url")


class CollectionContactRuleset(models.Model):
    _inherit = "collection.contact.ruleset"

    adopted = fields.Boolean(
        readonly=True, copy=False, help="This preset was copied into use once."
    )
    preset_id = fields.Many2one(
        "collection.contact.ruleset", string="Made from", readonly=True, copy=False
    )
    preset_version = fields.Integer(
        string="Version looked at",
        readonly=True,
        copy=False,
        help="The last shipped version that was taken over or declined.",
    )
    preset_summary = fields.Text(related="preset_id.summary", string="As shipped now")
    has_offer = fields.Boolean(
        string="A newer version came",
        compute="_compute_has_offer",
        search="_search_has_offer",
    )

    @api.depends("preset_id.version", "preset_version")
    def _compute_has_offer(self):
        for ruleset in self:
            ruleset.has_offer = ruleset.preset_id.version > ruleset.preset_version

    def _search_has_offer(self, operator, value):
        if operator != "in":
            return NotImplemented
        copies = self.sudo().search([("preset_id", "!=", False)])
        return [("id", "in", copies.filtered("has_offer").ids)]

    # -- coming with an update -----------------------------------------------------------

    @api.model
    def _adopt_presets(self):
        """Called at the end of the module's data. A set that was deleted or archived
        does not come back; a code that somebody used already is only offered.

        :raise ValidationError: a shipped preset makes no sense"""
        presets = self.search([("is_preset", "=", True)])
        presets._drop_lines_of_the_version_before()
        presets._check_rules_are_sound()
        for preset in presets.filtered(lambda preset: not preset.adopted):
            own = self.with_context(active_test=False).search(
                [
                    ("code", "=", preset.code),
                    ("is_preset", "=", False),
                    ("preset_id", "=", False),
                ]
            )
            if own:
                own.preset_id = preset
                _logger.info("Contact rules %s: the preset is offered", preset.code)
            if all(rules.company_id for rules in own):
                preset._adopt()
            preset.adopted = True

    def _drop_lines_of_the_version_before(self):
        """While the module's data are loading: the lines of these presets that the files
        do not name any more. Odoo deletes them too, but only at the end of the update:
        until then they would stand, and be checked, beside those that replace them."""
        loaded = self.env.registry.loaded_xmlids
        names = self.get_external_id()
        lines = self.filtered(lambda preset: names[preset.id] in loaded).line_ids
        names = lines.get_external_id()
        lines.filtered(
            lambda line: names[line.id] and names[line.id] not in loaded
        ).unlink()

    def _adopt(self, company=None):
        """Copy a preset into use: of one company, or of all. The one of all has an
        external id so that its name is translated with the module."""
        self.ensure_one()
        copy = self.copy(
            {
                "code": self.code,
                "company_id": company and company.id,
                "preset_id": self.id,
                "preset_version": self.version,
                "line_ids": self.line_ids._copy_as_shipped(),
            }
        )
        if company:
            return copy
        name = f"ruleset_{self.code}".lower().replace("-", "_")
        self.env["ir.model.data"]._update_xmlids(
            [
                {
                    "xml_id": f"collection_escalation.{name}",
                    "record": copy,
                    "noupdate": True,
                }
            ]
        )
        return copy

    # -- the offer -----------------------------------------------------------------------

    def action_compare_with_preset(self):
        self.ensure_one()
        view = self.env.ref(
            "collection_escalation.collection_contact_ruleset_view_compare"
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("%s: yours and the newer version", self.name),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(view.id, "form")],
            "target": "new",
        }

    def action_take_over_preset(self):
        """The rules as shipped now, in place of one's own."""
        self._check_has_preset()
        for ruleset in self._as_who_may_renew():
            preset = ruleset.preset_id
            ruleset.write(
                {
                    **{
                        name: self._fields[name].convert_to_write(preset[name], preset)
                        for name in _TAKEN_OVER
                    },
                    "state_ids": [Command.set(preset.state_ids.ids)],
                    "line_ids": [
                        Command.clear(),
                        *preset.line_ids._copy_as_shipped(),
                    ],
                    "preset_version": preset.version,
                }
            )
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_keep_own_rules(self):
        self._check_has_preset()
        for ruleset in self._as_who_may_renew():
            ruleset.preset_version = ruleset.preset_id.version
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_use_preset(self):
        """Copy a preset into use for the company one works in, where no copy is.

        :raise UserError: there is a copy, perhaps archived"""
        self.ensure_one()
        self.browse().check_access("create")
        if not self.is_preset:
            raise UserError(
                self.env._(
                    "%s is in use: it is not one of the rules as shipped.", self.name
                )
            )
        known = (
            self.with_context(active_test=False)
            .sudo()
            .search(
                [
                    ("code", "=", self.code),
                    ("is_preset", "=", False),
                    "|",
                    ("company_id", "=", False),
                    ("company_id", "parent_of", self.env.company.ids),
                ],
                limit=1,
            )
        )
        if known:
            raise UserError(
                self.env._(
                    "There are rules with the code %(code)s already: %(name)s. If they are "
                    "archived, unarchive them.",
                    code=self.code,
                    name=known.name,
                )
            )
        copy = self.sudo()._adopt(self.env.company)
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": copy.id,
            "view_mode": "form",
        }

    def action_view_preset(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("As shipped"),
            "res_model": self._name,
            "res_id": self.preset_id.id,
            "view_mode": "form",
        }

    def _as_who_may_renew(self):
        """What every company uses nobody writes by hand; an administrator may bring it to
        what was shipped, or decline that."""
        if self.env.is_system() and not self.company_id:
            return self.sudo()
        return self

    def _check_has_preset(self):
        for ruleset in self:
            if not ruleset.preset_id:
                raise UserError(
                    self.env._(
                        "%s was not made from rules that came with the module: there is "
                        "nothing to take over.",
                        ruleset.name,
                    )
                )
