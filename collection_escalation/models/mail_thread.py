from odoo import api, fields, models
from odoo.tools import email_split

AUTOMATIC_SUBJECTS = (
    "automatic reply",
    "auto:",
    "out of office",
    "resposta automática",
    "respuesta automática",
)


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def _routing_handle_bounce(self, email_message, message_dict):
        """A collection message that came back was not received."""
        result = super()._routing_handle_bounce(email_message, message_dict)
        bounced = message_dict.get("bounced_message")
        if bounced:
            self.env["collection.contact"].sudo().search(
                [("message_id", "in", bounced.ids), ("state", "=", "made")]
            )._on_bounce()
        return result

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        """Say to `message_update` that nobody wrote the message: only here its headers
        are at hand."""
        if self._is_automatic_mail(message):
            self = self.with_context(collection_automatic_reply=True)  # noqa: PLW0642
        return super()._message_route_process(message, message_dict, routes)

    @api.model
    def _is_automatic_mail(self, message):
        """Out-of-office notes and the like: RFC 3834, and the usual signs before it.

        :param message: `email.message.Message`"""
        subject = (message["Subject"] or "").lower()
        return bool(
            (message["Auto-Submitted"] or "no").lower() != "no"
            or message["X-Autoreply"]
            or message["X-Autorespond"]
            or (message["Precedence"] or "").lower() in ("bulk", "auto_reply", "junk")
            or subject.startswith(AUTOMATIC_SUBJECTS)
        )


class CollectionDebtor(models.Model):
    _inherit = "collection.debtor"

    def message_update(self, msg_dict, update_vals=None):
        """The debtor answered a message: it is logged as a contact from the customer
        and the collector is told. Automatic replies are not answers."""
        result = super().message_update(msg_dict, update_vals)
        if not self.env.context.get("collection_automatic_reply"):
            for debtor in self:
                debtor._on_reply(msg_dict)
        return result

    def _on_reply(self, msg_dict):
        self.ensure_one()
        addresses = email_split(msg_dict.get("email_from") or "")
        self.env["collection.contact"].sudo().create(
            {
                "debtor_id": self.id,
                "company_id": self.company_id.id,
                "case_id": self.case_id.id,
                "kind": "inbound",
                "channel": "email",
                "direction": "in",
                "state": "made",
                "outcome": "reply",
                "made_at": fields.Datetime.now(),
                "made_on": self._get_today(),
                "tz": self._get_zone_names()[0],
                "destination": addresses[0] if addresses else False,
                "user_id": self.collector_id.id,
                "reviewed": True,
            }
        )
        self.item_ids._wake()
        self._tell_of_reply(msg_dict)

    def _tell_of_reply(self, msg_dict):
        collector = self.case_id.user_id or self.collector_id
        if collector:
            self.message_notify(
                partner_ids=collector.partner_id.ids,
                subject=self.env._("%s answered", self.partner_id.display_name),
                body=msg_dict.get("subject") or "",
            )
