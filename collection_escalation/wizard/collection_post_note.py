from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CollectionPostNote(models.TransientModel):
    """A person notes what the post did with a letter: took it, delivered it, or brought
    it back."""

    _name = "collection.post.note"
    _description = "What the post did with a letter"
    _inherit = "collection.wizard"

    contact_id = fields.Many2one(
        "collection.contact", string="Letter", required=True, readonly=True
    )
    fact = fields.Selection(
        [("posted", "Posted"), ("received", "Received"), ("returned", "Came back")],
        required=True,
        default="posted",
        readonly=True,
    )
    day = fields.Date(
        required=True, default=lambda self: fields.Date.context_today(self)
    )
    is_tracked = fields.Boolean(related="contact_id.is_tracked", related_sudo=False)
    tracking_code = fields.Char(
        string="Tracking code", help="The number on the post's receipt."
    )
    receipt = fields.Binary(string="Signed receipt", attachment=False)
    receipt_name = fields.Char()
    outdated = fields.Boolean(compute="_compute_outdated")

    @api.depends("contact_id", "fact")
    def _compute_outdated(self):
        for note in self:
            note.outdated = (
                note.fact == "posted" and note.contact_id.sudo()._is_print_outdated()
            )

    def action_note(self):
        self.ensure_one()
        contact = self.contact_id
        contact.check_access("read")
        contact.debtor_id.check_access("write")
        if self.day > contact.sudo().debtor_id._get_today():
            raise ValidationError(
                self.env._(
                    "%s: the day lies in the future. Note it when it has come.",
                    contact.display_name,
                )
            )
        if self.fact == "posted":
            return contact._note_posted(self.day, (self.tracking_code or "").strip())
        if self.fact == "received":
            contact._note_received(self.day, self.receipt, self.receipt_name)
        else:
            contact._note_returned(self.day)
        return {"type": "ir.actions.act_window_close"}
