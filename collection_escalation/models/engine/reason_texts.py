from odoo import models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class CollectionReason(models.AbstractModel):
    _inherit = "collection.reason"

    def _get_texts(self):
        return super()._get_texts() | {
            "WITHIN_TOLERANCE": _lt(
                "What is overdue, less credits, is not above the tolerance (%(amount)s)."
            ),
            "BANK_STALE": _lt(
                "The newest bank line or entered payment is of %(date)s: it may be paid already."
            ),
            "NO_BANK_DATE": _lt(
                "Nobody said up to which day payments are entered: it may be paid already."
            ),
            "COURTESY_RECENT": _lt(
                "The invoice was sent only on %(date)s: no note before the due date is needed."
            ),
            "COURTESY_AUTOMATIC": _lt("It is paid by a mandate or a stored card."),
            "COURTESY_PUNCTUAL": _lt(
                "They always pay on time: no note before the due date."
            ),
            "COURTESY_TOLD": _lt(
                "It was named in the message of %(date)s: no note of its own."
            ),
            "PAYMENT_IN_PROCESS": _lt(
                "A payment of it is on its way: we wait until %(until)s."
            ),
            "PAYMENT_LATE": _lt(
                "The payment %(name)s was waited for until %(date)s. It counts as not paid "
                "until somebody knows better."
            ),
            "ON_THE_WAY": _lt("%(amount)s are on their way."),
            "COVERED": _lt("Credits cover all that it asked for."),
            "NOT_RIPE": _lt(
                "It is too early for it: the due date was moved, or the invoice arrived "
                "later."
            ),
            "INVOICE_NOT_SENT": _lt(
                "The invoice itself was never sent: it goes first."
            ),
            "INVOICE_NOT_RECEIVED": _lt(
                "The customer says that the invoice never arrived: it goes once more."
            ),
            "INVOICE_BOUNCED": _lt(
                "The invoice did not reach the customer: mend the address."
            ),
            "NOT_REVIEWED": _lt("Nobody reviewed it in time: planned again."),
            "NOT_USED": _lt("Nobody made the contact on the planned day."),
            "COURTESY_OVER": _lt(
                "The due date has come: it is too late for a courtesy note."
            ),
            "PLAN_CHANGED": _lt(
                "The customer's plan was changed: it has no such step."
            ),
            "NOT_WANTED_YET": _lt(
                "The plan was changed: it wants this not before %(on)s."
            ),
            "MAIL_CANCELLED": _lt("Somebody cancelled the message before it left."),
            "ADDRESS_CHANGED": _lt(
                "The address was changed after the message was written: it is written anew."
            ),
            "RECIPIENT_CHANGED": _lt(
                "Another person is to be addressed now: it is written anew."
            ),
            "AMOUNTS_CHANGED": _lt(
                "Something was paid or changed after the message was written: it is written anew."
            ),
            "CHANNEL_REFUSED": _lt(
                "They refused this channel, or did not authorise it."
            ),
            "NO_PERMITTED_MOMENT": _lt("No permitted moment in the next 90 days."),
            "SERVER_BUSY": _lt("The mail server asks to try again later: %(error)s"),
            "SERVER_HUNG_UP": _lt(
                "The mail server hung up while it was given the message, nobody knows "
                "whether it left: %(error)s. It is not repeated by itself."
            ),
            "MESSAGE_CHANGED": _lt(
                "The message was changed after it was checked: it did not leave and is "
                "written anew."
            ),
            "OTHER_RECIPIENTS": _lt(
                "The finished message would have reached somebody else too (%(error)s): "
                "it did not leave."
            ),
            "SENDING_FAILED": _lt("The mail server refused the message: %(error)s"),
            "PROVIDER_REFUSED": _lt("The provider did not take the message: %(error)s"),
            "PROVIDER_DOWN": _lt(
                "The provider could not send it, tried again tomorrow: %(error)s. See to the "
                "provider's account, or choose another channel in the plan."
            ),
            "PROVIDER_SILENT": _lt(
                "The provider did not answer, nobody knows whether the message left: %(error)s. "
                "It is not repeated by itself."
            ),
            "BOUNCED": _lt("The message came back: the address does not work."),
            "INTERRUPTED": _lt(
                "Sending was interrupted: nobody knows whether it left. It is not repeated by "
                "itself."
            ),
            "CREDITS": _lt("Taken off, because it is not allocated yet: %(amount)s."),
        }
