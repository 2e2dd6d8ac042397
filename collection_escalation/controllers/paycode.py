"""What belongs to the pay codes on the page behind a link."""

from odoo.http import content_disposition, request

from .main import CollectionStatement, page


class CollectionPayCode(CollectionStatement):
    @page("/slip/<int:slip_id>", "GET")
    def statement_slip(self, contact_id, token, slip_id, **kwargs):
        """The PDF of a bank slip, while it is shown on the page."""
        contact = self._enter(contact_id, token)
        if not contact:
            return self._refuse()
        if not self._is_proved(contact):
            return self._show(contact)
        document = contact._get_slip_document(slip_id)
        if not document:
            return self._refuse()
        headers = [
            ("Content-Type", "application/pdf"),
            ("Content-Disposition", content_disposition("boleto.pdf")),
            ("X-Content-Type-Options", "nosniff"),
        ]
        return self._guard(request.make_response(document, headers))
