from odoo import api, models, tools
from odoo.exceptions import AccessError

from ..rules.outside_text import clean_header
from .collection_evidence import unlocked


class CollectionInternal(models.AbstractModel):
    """Records that customers are reached about by contacts only: neither the composers
    nor templates write to them from here. What inherits it is internal."""

    _name = "collection.internal"
    _description = "Known to the team only"

    @api.model
    @tools.ormcache()
    def _get_internal_names(self):
        """Names of the models that are internal."""
        names = self.env.registry.descendants(["collection.internal"], "_inherit")
        return frozenset(name for name in names if not self.env[name]._abstract)


#: Context in which notices to the team wait in the queue of e-mails: a mail server that
#: fails on one of them must not end the work that gave rise to it.
QUEUED = {"collection_notices_queued": True}


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _notify_thread_by_email(self, message, recipients_data, **kwargs):
        """Core sends notices while the transaction commits, and what the mail server says
        then escapes from the commit."""
        if not self.env.context.get("collection_notices_queued"):
            return super()._notify_thread_by_email(message, recipients_data, **kwargs)
        kwargs["force_send"] = False
        thread = self.with_context(mail_notify_force_send=False)
        result = super(MailThread, thread)._notify_thread_by_email(
            message, recipients_data, **kwargs
        )
        started = self.env.cr.precommit.data
        if recipients_data and not started.get("collection_notices"):
            started["collection_notices"] = True
            # the queue is looked at once an hour only
            self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()
        return result


class CollectionInternalThread(models.AbstractModel):
    """Chatter and activities for the team only. Nobody outside learns of a debt by
    following a record: debtors are reached by contacts, never by the chatter."""

    _name = "collection.internal.thread"
    _description = "Internal discussion"
    _inherit = ["collection.internal", "mail.thread", "mail.activity.mixin"]

    def write(self, vals):
        """What the screens show read-only is decided by the engine: nobody writes it by
        another way either."""
        if not self.env.su:
            decided = [
                self._fields[name].string
                for name in vals
                if name in self._fields and self._fields[name].readonly
            ]
            if decided:
                raise AccessError(
                    self.env._(
                        "%(fields)s: not changed by hand. Use the buttons.",
                        fields=", ".join(decided),
                    )
                )
        return super().write(vals)

    def unlink(self):
        """Ask first: `mail.thread` would delete the messages before it finds that the
        user may not delete the record."""
        self.check_access("unlink")
        return super(CollectionInternalThread, unlocked(self)).unlink()

    def _notify_thread_by_email(self, message, recipients_data, **kwargs):
        """Core fills in the subject of a message that has none."""
        thread = unlocked(self.with_context(**QUEUED))
        return super(CollectionInternalThread, thread)._notify_thread_by_email(
            message, recipients_data, **kwargs
        )

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """Followers, copies and portal users outside get nothing (design, dispatch)."""
        return [
            data
            for data in super()._notify_get_recipients(message, msg_vals, **kwargs)
            if not data.get("share")
        ]

    def _notify_get_reply_to(self, *args, **kwargs):
        """A header is one line, also where the company's name is not."""
        found = super()._notify_get_reply_to(*args, **kwargs)
        return {id_: clean_header(reply_to) for id_, reply_to in found.items()}

    def _message_get_suggested_recipients(self, *args, **kwargs):
        """No address is proposed: “Send message” must not go round the contact rules."""
        return []
