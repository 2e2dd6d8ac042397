"""Every state that a set of contact rules ever had: a decision under "BR@3" can be
looked up, and worked out again, years later."""

from odoo import api, fields, models
from odoo.exceptions import UserError


class CollectionContactRulesetVersion(models.Model):
    """Append-only. It outlives its set, and a set of the same code goes on counting."""

    _name = "collection.contact.ruleset.version"
    _description = "Version of contact rules"
    _order = "code, version desc, id desc"

    ruleset_id = fields.Many2one(
        "collection.contact.ruleset", ondelete="set null", index=True, readonly=True
    )
    company_id = fields.Many2one("res.company", ondelete="cascade", readonly=True)
    code = fields.Char(required=True, readonly=True)
    version = fields.Integer(required=True, readonly=True)
    date = fields.Datetime(
        string="From", required=True, readonly=True, default=fields.Datetime.now
    )
    user_id = fields.Many2one("res.users", string="Changed by", readonly=True)
    summary = fields.Text(string="In words", readonly=True)
    content = fields.Json(
        required=True,
        readonly=True,
        help="As `rules.contact_content.ruleset_from` reads it.",
    )

    _version_uniq = models.UniqueIndex(
        "(code, version, COALESCE(company_id, 0))",
        "A version of contact rules is kept once.",
    )

    @api.depends("code", "version")
    def _compute_display_name(self):
        for version in self:
            version.display_name = f"{version.code}@{version.version}"

    def write(self, vals):
        self._refuse_changes()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        self._refuse_changes()

    def _refuse_changes(self):
        if self:
            raise UserError(
                self.env._(
                    "%s is a version of contact rules that decisions refer to. It is kept "
                    "as it was; change the rules themselves, that makes a new version.",
                    self[0].display_name,
                )
            )


class CollectionContactRuleset(models.Model):
    _inherit = "collection.contact.ruleset"

    version_ids = fields.One2many(
        "collection.contact.ruleset.version",
        "ruleset_id",
        string="Kept versions",
        readonly=True,
    )

    def _keep_versions(self):
        """Raise the version of the sets whose rules are no longer those of their last
        version, and keep the new one. A new name or source makes no version."""
        for ruleset in self.filtered(lambda r: not r.is_preset):
            content = ruleset._get_content()
            last = ruleset._get_last_version()
            if last.ruleset_id == ruleset and _rules_of(last.content) == _rules_of(
                content
            ):
                continue
            ruleset._keep_version(content, last.version + 1)

    def _get_last_version(self):
        """The last one kept under this code, of a deleted set too; a company's own set
        counts on where the shared one stood: their labels are told apart."""
        self.ensure_one()
        return (
            self.env["collection.contact.ruleset.version"]
            .sudo()
            .search(
                [
                    ("code", "=", self.code),
                    ("company_id", "in", [self.company_id.id, False]),
                ],
                order="version desc",
                limit=1,
            )
        )

    def _keep_version(self, content, number):
        self.ensure_one()
        self._write_version(number)
        self.env["collection.contact.ruleset.version"].sudo().create(
            {
                "ruleset_id": self.id,
                "company_id": self.company_id.id,
                "code": self.code,
                "version": number,
                "user_id": self.env.uid,
                "summary": self._get_summary(),
                "content": {**content, "version": number},
            }
        )

    def action_view_versions(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Versions of %s", self.name),
            "res_model": "collection.contact.ruleset.version",
            "view_mode": "list,form",
            "domain": [
                ("code", "=", self.code),
                ("company_id", "=", self.company_id.id),
            ],
        }


def _rules_of(content):
    """What a version is about: everything but its number."""
    return {key: value for key, value in (content or {}).items() if key != "version"}
