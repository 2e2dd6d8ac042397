from odoo import SUPERUSER_ID, fields, models

from ...rules.outside_text import clean_text
from ..engine.sms_sms import NUMBER_FAILURES


class SmsTracker(models.Model):
    """Carries the provider's delivery reports to the contact."""

    _inherit = "sms.tracker"

    collection_contact_id = fields.Many2one(
        "collection.contact", ondelete="cascade", index="btree_not_null"
    )

    def _action_update_from_provider_error(self, provider_error):
        result = super()._action_update_from_provider_error(provider_error)
        self._get_reported_contacts()._on_text_not_delivered(
            f"sms_{provider_error}", provider_error
        )
        return result

    def _action_update_from_sms_state(
        self, sms_state, failure_type=False, failure_reason=False
    ):
        result = super()._action_update_from_sms_state(
            sms_state, failure_type=failure_type, failure_reason=failure_reason
        )
        contacts = self._get_reported_contacts()
        if sms_state in ("pending", "sent"):
            contacts._on_text_delivered(sms_state == "sent")
        elif sms_state == "error":
            contacts._on_text_not_delivered(failure_type, failure_reason)
        return result

    def _get_reported_contacts(self):
        """Reports come through a public page: what follows from them is the system's."""
        return self.collection_contact_id.with_user(SUPERUSER_ID)


class CollectionContact(models.Model):
    _inherit = "collection.contact"

    def _on_text_delivered(self, arrived):
        """The provider has it, or (``arrived``) the telephone. An uncertain message did
        leave then."""
        status = "delivered" if arrived else "sent"
        uncertain = self.filtered(lambda c: c.state == "uncertain")
        uncertain._set_made(outcome="sent", delivery_status=status)._after_made()
        if arrived:
            self.filtered(
                lambda c: c.state in ("sending", "made")
                and c.delivery_status in (False, "sent")
            ).write({"delivery_status": "delivered"})

    def _on_text_not_delivered(self, failure, error):
        """The provider took it, but it never arrived. While it is leaving the last guard
        hears the same and decides.

        :param failure: as in `sms.sms`' failure types"""
        self._note_kept_handovers()
        contacts = self.filtered(lambda c: c.state in ("made", "uncertain"))
        error = clean_text(error) or failure or ""
        contacts._annotate("NOT_DELIVERED", error=error)
        wrong = failure in NUMBER_FAILURES
        contacts._on_not_received(
            "bounced", "WRONG_NUMBER" if wrong else "NOT_DELIVERED", error=error
        )
