"""Setting a rule aside for one contact: a prudent rule by a manager with a reason, a legal
one only by a documented exception."""

from datetime import time, timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ...rules.contact_ruleset import WAIVABLE
from ...rules.decision import Decision
from ..collection_evidence import Paper

#: What `_take_effect` takes down of an exception, and nobody else.
TAKEN_DOWN = {"codes", "decision_version", "until"}


class CollectionContactWaiver(models.Model):
    """A manager let one contact pass although rules refuse it. Holds to the end of the
    debtor's day; never changed or deleted: it is evidence."""

    _name = "collection.contact.waiver"
    _description = "Exception from contact rules"
    _order = "id desc"

    contact_id = fields.Many2one(
        "collection.contact", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="contact_id.company_id")
    codes = fields.Json(readonly=True, string="Rules")
    decision_version = fields.Char(
        readonly=True,
        string="Rules as they stood",
        help="Version of the contact rules of which some were set aside.",
    )
    why = fields.Char(compute="_compute_why", string="Rules set aside")
    needs_document = fields.Boolean(compute="_compute_why")
    reason = fields.Text(required=True, help="Why this contact is right all the same.")
    document = Paper(
        help="The document that permits it: needed where it is the law.",
    )
    document_name = fields.Char()
    user_id = fields.Many2one(
        "res.users",
        string="Allowed by",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
    )
    until = fields.Datetime(readonly=True, help="End of that day for the customer.")

    @api.depends("codes", "contact_id")
    def _compute_why(self):
        Reason = self.env["collection.reason"]
        for waiver in self:
            if waiver.codes is not None and waiver.codes is not False:
                stored = [{"code": code, "args": {}} for code in waiver.codes]
                waiver.needs_document = bool(waiver.document)
            else:
                reasons = waiver._decide().reasons
                stored = Reason._store_all(reasons)
                waiver.needs_document = any(map(self._is_legal, reasons))
            waiver.why = Reason._explain(stored)

    def _decide(self):
        """May the contact be made now, and if not, for which reasons?"""
        contact_sudo = self.contact_id.sudo()
        if not contact_sudo:
            return Decision.yes()
        return contact_sudo._decide(fields.Datetime.now())

    @api.model
    def _is_legal(self, reason):
        """Whatever stops all contact (BLK_…) and whatever is law needs a document."""
        blocked = reason.code.rpartition(".")[2].startswith("BLK_")
        return blocked or reason.arg("nature") not in WAIVABLE

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.user.has_group(
            "collection_escalation.group_collection_manager"
        ):
            raise AccessError(
                self.env._("Only a collection manager may set a contact rule aside.")
            )
        for vals in vals_list:
            vals.update(dict.fromkeys(TAKEN_DOWN), user_id=self.env.uid)
        waivers = super().create(vals_list)
        for waiver in waivers:
            waiver._take_effect()
        return waivers

    def _take_effect(self):
        """Note which rules are set aside and until when.

        :raise UserError: nothing to set aside, or what nobody can set aside
        :raise ValidationError: no reason, or no document where it is needed"""
        contact = self.contact_id
        contact.check_access("read")
        contact.debtor_id.check_access("write")
        if contact.state != "planned":
            raise UserError(
                self.env._("“%s” is not planned any more.", contact.display_name)
            )
        if not (self.reason or "").strip():
            raise ValidationError(self.env._("Write the reason of the exception."))
        decision = self._decide()
        reasons = decision.reasons
        if not reasons:
            raise UserError(
                self.env._(
                    "“%s” is permitted now: no exception is needed.",
                    contact.display_name,
                )
            )
        undecidable = [r for r in reasons if "." not in r.code]
        if undecidable:
            raise UserError(
                self.env["collection.reason"]._explain(
                    self.env["collection.reason"]._store_all(undecidable)
                )
            )
        legal = [r for r in reasons if self._is_legal(r)]
        if legal and not self.document:
            raise ValidationError(
                self.env._(
                    "%s This is the law or the customer's own word: attach the document "
                    "that permits the contact.",
                    self.env["collection.reason"]._explain(
                        self.env["collection.reason"]._store_all(legal)
                    ),
                )
            )
        debtor = contact.debtor_id
        tomorrow = debtor._get_today() + timedelta(days=1)
        self.sudo().write(
            {
                "codes": [reason.code for reason in reasons],
                "decision_version": decision.version,
                "until": debtor._get_utc(tomorrow, time.min),
            }
        )
        contact_sudo = contact.sudo()
        contact_sudo._back_to_plan()
        self.env["collection.planner"].sudo()._plan_at_once(contact_sudo)

    def write(self, vals):
        """Nobody changes an exception; only `_take_effect` notes what it sets aside."""
        if self.env.su and set(vals) <= TAKEN_DOWN:
            return super().write(vals)
        self.check_access("write")
        raise UserError(
            self.env._(
                "An exception that was given cannot be changed. Give another one."
            )
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        raise UserError(self.env._("An exception that was given cannot be deleted."))


class CollectionContact(models.Model):
    _inherit = "collection.contact"

    waiver_ids = fields.One2many(
        "collection.contact.waiver", "contact_id", string="Exceptions"
    )

    def _get_waived_codes(self):
        """Codes set aside for this contact today."""
        now = fields.Datetime.now()
        return frozenset(
            code
            for waiver in self.waiver_ids
            if waiver.until and waiver.until > now
            for code in waiver.codes or ()
        )

    def action_waive(self):
        """Let a manager set aside what refuses this contact."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Make an exception"),
            "res_model": "collection.contact.waiver",
            "view_mode": "form",
            "target": "new",
            "context": {"default_contact_id": self.id},
        }
