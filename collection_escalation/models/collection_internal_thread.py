from odoo import api, models, tools
from odoo.exceptions import AccessError


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
        return super().unlink()

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
