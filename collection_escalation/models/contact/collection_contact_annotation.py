from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import clean_context, format_datetime

from ..collection_evidence import Paper

#: What a person says; the rest of an annotation is set by the system.
SAID = {"contact_id", "text", "reference", "document", "document_name"}


class CollectionContactAnnotation(models.Model):
    """A remark on a contact. The contact itself is evidence and stays as it was; what is
    learnt later stands here, with its author and moment. Never changed, never deleted."""

    _name = "collection.contact.annotation"
    _description = "Remark on a contact"
    _order = "id desc"

    contact_id = fields.Many2one(
        "collection.contact",
        required=True,
        ondelete="restrict",
        index=True,
    )
    debtor_id = fields.Many2one(related="contact_id.debtor_id", store=True, index=True)
    case_id = fields.Many2one(
        related="contact_id.case_id", string="File", store=True, index="btree_not_null"
    )
    company_id = fields.Many2one(
        related="contact_id.company_id", store=True, index=True
    )
    user_id = fields.Many2one(
        "res.users",
        string="Author",
        required=True,
        readonly=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
    )
    made_at = fields.Datetime(
        string="When", required=True, readonly=True, default=fields.Datetime.now
    )
    text = fields.Text()
    reasons = fields.Json(
        readonly=True, help="Said by the system: codes, put in words for the reader."
    )
    remark = fields.Text(compute="_compute_remark")
    reference = fields.Char(
        help="Number of the recording, of the letter, of the protocol."
    )
    document = Paper()
    document_name = fields.Char()

    @api.depends("contact_id.display_name", "made_at")
    @api.depends_context("lang", "tz")
    def _compute_display_name(self):
        for annotation in self:
            moment = format_datetime(self.env, annotation.made_at)
            annotation.display_name = f"{annotation.contact_id.display_name} ({moment})"

    @api.depends("text", "reasons")
    @api.depends_context("lang")
    def _compute_remark(self):
        for annotation in self:
            annotation.remark = annotation.text or self.env[
                "collection.reason"
            ]._explain(annotation.reasons)

    @api.constrains("contact_id", "text", "reasons", "reference", "document")
    def _check_something_is_said(self):
        for annotation in self:
            if not (
                (annotation.text or "").strip()
                or annotation.reasons
                or (annotation.reference or "").strip()
                or annotation.document
            ):
                raise ValidationError(
                    self.env._(
                        "“%s”: write the remark, or give a reference or a document.",
                        annotation.contact_id.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        """Author and moment are those of the deed, whoever says otherwise."""
        if self.env.su:
            return super().create(vals_list)
        asked = {"contact_id": self.env.context.get("default_contact_id")}
        vals_list = [
            {name: value for name, value in (asked | vals).items() if name in SAID}
            for vals in vals_list
        ]
        contacts = self.env["collection.contact"].browse(
            vals["contact_id"] for vals in vals_list if vals["contact_id"]
        )
        contacts.check_access("read")
        contacts.debtor_id.check_access("write")
        clean = self.with_env(self.env(context=clean_context(self.env.context)))
        return super(CollectionContactAnnotation, clean).create(vals_list)

    def write(self, vals):
        self.check_access("write")
        self._refuse_changes()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        self._refuse_changes()

    def _refuse_changes(self):
        if self:
            raise UserError(
                self.env._(
                    "%s: a remark in the log cannot be changed or deleted. Write another "
                    "one.",
                    self[0].display_name,
                )
            )


class CollectionContact(models.Model):
    _inherit = "collection.contact"

    annotation_ids = fields.One2many(
        "collection.contact.annotation", "contact_id", string="Remarks", readonly=True
    )

    def _annotate(self, code, **args):
        """The system remarks something on these contacts (see `collection.reason`)."""
        self.env["collection.contact.annotation"].sudo().create(
            [
                {
                    "contact_id": contact.id,
                    "reasons": [{"code": code, "args": args}],
                }
                for contact in self
            ]
        )

    def action_annotate(self):
        """Write a remark: all that may be done to a contact that was made."""
        self.ensure_one()
        self.check_access("read")
        self.debtor_id.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Remark"),
            "res_model": "collection.contact.annotation",
            "view_mode": "form",
            "target": "new",
            "context": {"default_contact_id": self.id},
        }


class CollectionCase(models.Model):
    _inherit = "collection.case"

    annotation_ids = fields.One2many(
        "collection.contact.annotation", "case_id", string="Remarks", readonly=True
    )
