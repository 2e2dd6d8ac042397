from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .collection_contact_ruleset_line import MARKS, TOGETHER, WEEKDAYS

#: From the best to the worst: a set is as good as its worst line.
MARK_ORDER = [mark for mark, _label in MARKS]
#: What a set says besides its lines. A change of one of these changes what its lines
#: mean, which nobody compared with a source.
SET_FIELDS = {
    "country_id",
    "state_ids",
    "party_scope",
    "binds",
    "nature",
    "respects_holidays",
    "optional_holidays",
    "week_start",
    "debtor_may_widen",
}


class CollectionContactRuleset(models.Model):
    """When, how often and by which channel a debtor may be contacted."""

    _name = "collection.contact.ruleset"
    _description = "Contact hours and limits"
    _inherit = "collection.owned"
    _order = "sequence, id"
    _check_company_domain = models.check_company_domain_parent_of

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True,
        copy=False,
        help="Stands before each rule id: HOUSE.WIN_HOURS.",
    )
    is_preset = fields.Boolean(
        string="As shipped",
        readonly=True,
        copy=False,
        help="Came with the module and is renewed by its updates; decisions follow the "
        "copies of it that are in use.",
    )
    version = fields.Integer(default=1, required=True, readonly=True, copy=False)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        default=lambda self: self._get_default_owner(),
        help="Empty: for every company, and none changes them. A company's own set holds "
        "in the place of the one with the same code.",
    )
    country_id = fields.Many2one(
        "res.country",
        index=True,
        help="Holds for customers who live there. Empty: only where a company chooses "
        "it as its house rules.",
    )
    state_ids = fields.Many2many(
        "res.country.state",
        string="Only in",
        domain="[('country_id', '=', country_id)]",
        help="Empty: in the whole country.",
    )
    party_scope = fields.Selection(
        [
            ("any", "Consumers and companies"),
            ("consumer", "Consumers"),
            ("business", "Companies"),
        ],
        string="Protects",
        required=True,
        default="any",
    )
    binds = fields.Selection(
        [
            ("creditor", "Creditors and their agents"),
            ("agents", "Only agencies and regulated lenders"),
        ],
        required=True,
        default="creditor",
        help="Rules that bind only others are kept as a prudent custom: a manager may "
        "set them aside with a reason.",
    )
    nature = fields.Selection(
        [
            ("statute", "Law"),
            ("guidance", "Guidance of an authority"),
            ("prudent", "Prudent custom"),
            ("house", "Own house rules"),
        ],
        default="house",
        required=True,
    )
    source = fields.Text(help="Where the rules are written.")
    source_url = fields.Char(string="Link to the source")
    verified_on = fields.Date(
        string="Checked on",
        compute="_compute_mark",
        store=True,
        help="The oldest check of a value in these rules.",
    )
    mark = fields.Selection(
        MARKS,
        string="Checked",
        compute="_compute_mark",
        store=True,
        help="“Reviewed” only if every value was compared with the text of its source.",
    )
    respects_holidays = fields.Boolean(
        default=True, help="No contacts on public holidays where the debtor lives."
    )
    optional_holidays = fields.Boolean(
        help="Optional days too, where the country has them: carnival in Brazil."
    )
    week_start = fields.Selection(
        WEEKDAYS, string="The week begins on", required=True, default="0"
    )
    debtor_may_widen = fields.Boolean(
        string="The customer may agree to more hours",
        default=True,
        help="Hours that the customer agreed to in writing count as open.",
    )
    line_ids = fields.One2many(
        "collection.contact.ruleset.line", "ruleset_id", copy=True
    )

    _code_uniq = models.UniqueIndex(
        "(code, COALESCE(company_id, 0)) WHERE is_preset IS NOT TRUE",
        "The code of a set of contact rules is unique, archived ones included: its "
        "decisions are looked up by it.",
    )

    @api.depends("line_ids.mark", "line_ids.verified_on")
    def _compute_mark(self):
        for ruleset in self:
            lines = ruleset.line_ids
            marks = [MARK_ORDER.index(line.mark) for line in lines]
            ruleset.mark = MARK_ORDER[max(marks)] if marks else "house"
            ruleset.verified_on = min(
                filter(None, lines.mapped("verified_on")), default=False
            )

    @api.depends("name", "code")
    def _compute_display_name(self):
        for ruleset in self:
            ruleset.display_name = f"{ruleset.name} ({ruleset.code})"

    # -- what cannot be meant ------------------------------------------------------------

    @api.constrains("line_ids", "code", "nature", "binds", "week_start")
    def _check_rules_are_sound(self):
        for ruleset in self:
            try:
                ruleset._get_ruleset()
            except ValueError as error:
                raise ValidationError(
                    self.env._(
                        "Contact rules “%(name)s”: %(error)s",
                        name=ruleset.name,
                        error=error,
                    )
                ) from error

    @api.constrains("code")
    def _check_code_is_a_word(self):
        for ruleset in self:
            if not ruleset.code.replace("-", "").replace("_", "").isalnum():
                raise ValidationError(
                    self.env._(
                        "Contact rules “%(name)s”: the code “%(code)s” has other signs "
                        "than letters, digits and hyphens. Write it like BR-SP.",
                        name=ruleset.name,
                        code=ruleset.code,
                    )
                )

    @api.constrains("country_id", "state_ids")
    def _check_states_lie_in_the_country(self):
        for ruleset in self:
            foreign = ruleset.state_ids.filtered(
                lambda state, rules=ruleset: state.country_id != rules.country_id
            )
            if foreign:
                raise ValidationError(
                    self.env._(
                        "Contact rules “%(name)s”: %(states)s does not lie in %(country)s. "
                        "Choose the country first, then its states.",
                        name=ruleset.name,
                        states=", ".join(foreign.mapped("name")),
                        country=ruleset.country_id.name or self.env._("no country"),
                    )
                )

    @api.constrains("country_id", "respects_holidays")
    def _check_holidays_are_known(self):
        calendars = self.env["collection.calendar"]
        for ruleset in self.filtered("respects_holidays"):
            country = ruleset.country_id
            if country and not calendars._is_known(country.code):
                raise ValidationError(
                    self.env._(
                        "Contact rules “%(name)s”: the public holidays of %(country)s are "
                        "not known here. Untick “Not on holidays”.",
                        name=ruleset.name,
                        country=country.name,
                    )
                )

    # -- create, write, copy -------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        to_preset = any(vals.get("is_preset") for vals in vals_list)
        self.browse()._check_may_touch_presets(to_preset)
        together = self.with_context(collection_rules_together=TOGETHER)
        rulesets = super(CollectionContactRuleset, together).create(vals_list)
        rulesets = rulesets.with_env(self.env)
        rulesets._keep_versions()
        self.env["collection.debtor"]._on_rules_changed()
        return rulesets

    def write(self, vals):
        self._check_may_touch_presets("is_preset" in vals)
        self.filtered(lambda rules: rules._is_changed_by(vals))._forget_review()
        together = self.with_context(collection_rules_together=TOGETHER)
        result = super(CollectionContactRuleset, together).write(vals)
        self._keep_versions()
        self.env["collection.debtor"]._on_rules_changed()
        return result

    def _is_changed_by(self, vals):
        """Do these values change what the set says besides its lines?"""
        fields_written = [self._fields[name] for name in SET_FIELDS & set(vals)]
        return any(
            field.type == "many2many"
            or field.convert_to_cache(vals[field.name], self)
            != field.convert_to_cache(self[field.name], self)
            for field in fields_written
        )

    def _forget_review(self):
        """The administrator changed the set: it is not any more what was compared with
        the sources. What comes with the module carries its own marks."""
        self.filtered(lambda rules: not rules.is_preset).line_ids._forget_review()

    def _write_version(self, version):
        """The number alone, which is no change of the rules."""
        return super().write({"version": version})

    @api.ondelete(at_uninstall=False)
    def _unlink_except_presets(self):
        self._check_may_touch_presets()

    def unlink(self):
        self._check_may_touch_presets()
        self.env["collection.debtor"]._on_rules_changed()
        return super().unlink()

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        for ruleset, vals in zip(self, vals_list, strict=True):
            vals.setdefault("code", ruleset._get_free_code())
        return vals_list

    def _get_free_code(self):
        """BR-2 for a copy of BR, or the next number that nobody has."""
        number = 2
        Rulesets = self.with_context(active_test=False).sudo()
        while Rulesets.search_count([("code", "=", f"{self.code}-{number}")], limit=1):
            number += 1
        return f"{self.code}-{number}"

    def _check_may_touch_presets(self, to_preset=False):
        """What comes with the module is changed by its updates only."""
        if self.env.su:
            return
        presets = self.filtered("is_preset")
        if presets or to_preset:
            raise UserError(
                self.env._(
                    "%(name)s: rules as they came with the module stay as they are. "
                    "Change the copy that is in use.",
                    name=presets[:1].name or self.env._("Contact hours and limits"),
                )
            )
