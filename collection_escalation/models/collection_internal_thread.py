from odoo import models


class CollectionInternalThread(models.AbstractModel):
    """Chatter and activities for the team only. Nobody outside learns of a debt by
    following a record: debtors are reached by contacts, never by the chatter."""

    _name = "collection.internal.thread"
    _description = "Internal discussion"
    _inherit = ["mail.thread", "mail.activity.mixin"]

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """Followers, copies and portal users outside get nothing (design, dispatch)."""
        return [
            data
            for data in super()._notify_get_recipients(message, msg_vals, **kwargs)
            if not data.get("share")
        ]

    def _message_get_suggested_recipients(self, *args, **kwargs):
        """No address is proposed: “Send message” must not go round the contact rules."""
        return []
