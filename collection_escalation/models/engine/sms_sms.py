from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from odoo import models
from odoo.exceptions import AccessError, UserError

from odoo.addons.iap.tools.iap_tools import InsufficientCreditError

from ...rules.outside_text import clean_text
from .collection_contact_handover import Handover

#: Failures that say the number is to blame.
NUMBER_FAILURES = ("sms_number_missing", "sms_number_format", "sms_invalid_destination")
#: Failures that say our account or the service is: nothing left, and the customer can be
#: reached when that is mended. The last ones are of Odoo's `sms_twilio`.
SERVICE_FAILURES = (
    "sms_credit",
    "sms_server",
    "sms_acc",
    "sms_registration_needed",
    "twilio_authentication",
    "twilio_callback",
    "twilio_from_missing",
    "twilio_from_to",
)


class SmsSms(models.Model):
    _inherit = "sms.sms"

    def _send(self, unlink_failed=False, unlink_sent=True, raise_exception=False):
        """Text messages of contacts pass the last guard one by one, the others leave as
        ever. Core must not be called with none."""
        contacts_sudo = self._get_collection_contacts()
        ours = self.filtered(lambda sms: sms.uuid in contacts_sudo)
        result = None
        if others := self - ours:
            result = super(SmsSms, others)._send(
                unlink_failed, unlink_sent, raise_exception
            )
        contacts = self.env["collection.contact"].sudo().concat(*contacts_sudo.values())
        # written for a moment that passed: another one took its place
        (ours - contacts.sms_id).action_set_canceled()

        def hand_over(contact):
            sms = contact.sms_id.with_env(self.env)
            try:
                super(SmsSms, sms)._send(unlink_failed, unlink_sent, True)
            except (UserError, OSError, ValueError, InsufficientCreditError) as error:
                return _get_handover_after(error)
            return contact.sms_id._get_handover(contact.error)

        self.env["collection.guard"]._let_leave(contacts, hand_over)
        return result

    def _get_collection_contacts(self):
        """{uuid: contact, as superuser} of those that belong to contacts."""
        trackers_sudo = (
            self.env["sms.tracker"]
            .sudo()
            .search(
                [
                    ("sms_uuid", "in", self.mapped("uuid")),
                    ("collection_contact_id", "!=", False),
                ]
            )
        )
        return {t.sms_uuid: t.collection_contact_id for t in trackers_sudo}

    def _handle_call_result_hook(self, results):
        """Keep what the provider said of a message that it did not take: its own word,
        which core replaces by *unknown*."""
        result = super()._handle_call_result_hook(results)
        contacts_sudo = self._get_collection_contacts()
        for answer in results:
            contact_sudo = contacts_sudo.get(answer["uuid"])
            if contact_sudo and answer["state"] not in self.IAP_TO_SMS_STATE_SUCCESS:
                said = answer.get("failure_reason") or answer["state"]
                contact_sudo.error = clean_text(said)
        return result

    def _get_handover(self, answer):
        """What became of one message that the provider answered.

        :param answer: its word, if it did not take the message"""
        self.ensure_one()
        if self.state != "error":
            return Handover("made")
        failure = self.failure_type
        if failure == "unknown" and answer:
            failure = f"sms_{answer}"
        labels = dict(self._fields["failure_type"]._description_selection(self.env))
        error = labels.get(failure) or answer or failure
        if failure in NUMBER_FAILURES:
            return Handover("failed", "WRONG_NUMBER", error)
        if failure in SERVICE_FAILURES:
            return Handover("planned", "PROVIDER_DOWN", error)
        return Handover("failed", "PROVIDER_REFUSED", error)


def _get_handover_after(error):
    """What became of a message when calling the provider ended in ``error``: only if the
    request surely did not arrive may it be sent again."""
    if _is_surely_not_sent(error):
        return Handover("planned", "PROVIDER_DOWN", str(error))
    return Handover("uncertain", "PROVIDER_SILENT", str(error))


def _is_surely_not_sent(error):
    """There was no connection, or the provider refused the request as a whole. A time-out
    after connecting tells nothing."""
    while error:
        if isinstance(
            error, NewConnectionError | ConnectTimeoutError | InsufficientCreditError
        ):
            return True
        # Odoo hides the error of the network behind an AccessError; any other UserError
        # is a provider that is not set up
        if isinstance(error, UserError) and not isinstance(error, AccessError):
            return True
        response = getattr(error, "response", None)
        if response is not None and (
            response.status_code < 500 or response.status_code == 503
        ):
            return True
        error = error.__cause__ or error.__context__
    return False
