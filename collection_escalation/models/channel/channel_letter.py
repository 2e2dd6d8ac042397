from odoo import api, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class CollectionChannelLetter(models.AbstractModel):
    """Printed and posted by a person. What was printed is kept, see
    `collection_contact_post.py`."""

    _name = "collection.channel.letter"
    _inherit = "collection.channel"
    _description = "Letter to a customer"

    _code = "letter"
    _label = _lt("Letter")
    _sequence = 40
    _rule_channel = "letter"
    _template_field = "template_id"
    _on_paper = True

    @api.model
    def _get_address(self, person):
        return self._get_postal_address(person)

    @api.model
    def _get_text(self, contact):
        return self.env["collection.channel.email"]._get_text(contact)

    @api.model
    def _get_action(self, contact):
        return contact._get_letter_action(contact._print_letter())

    @api.model
    def _keep_evidence(self, contact):
        if not contact.letter_id:
            contact._print_letter()

    @api.model
    def _get_evidence(self, contact):
        """The code by which the post follows it, the print that is kept, the signed
        receipt."""
        found = (
            contact.tracking_code,
            contact.letter_id.sudo().name,
            contact.receipt_name,
        )
        return [*filter(None, found)]
