import logging
import smtplib

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools.translate import LazyTranslate

from ...rules.decision import Reason

_lt = LazyTranslate(__name__)
_logger = logging.getLogger(__name__)


class CollectionChannelEmail(models.AbstractModel):
    _name = "collection.channel.email"
    _inherit = "collection.channel"
    _description = "E-mail to a customer"

    _code = "email"
    _label = _lt("E-mail")
    _sequence = 10
    _rule_channel = "email"
    _template_field = "template_id"
    _queue_field = "mail_id"

    @api.model
    def _is_automatic(self):
        return True

    @api.model
    def _get_address(self, person):
        if person.email_normalized:
            return person.email_normalized, None
        if person.email:
            return "", Reason.of("BAD_ADDRESS", value=person.email)
        return "", Reason.of("NO_ADDRESS")

    @api.model
    def _is_on_marketing_blacklist(self, person):
        return bool(person.is_blacklisted)

    @api.model
    def _write_messages(self, contacts):
        for template, group in contacts._group_by_template():
            group._write_safely(
                lambda contacts, template=template: self._write_batch(
                    contacts, template
                )
            )

    @api.model
    def _write_batch(self, contacts, template):
        contacts._forget_unsent()
        kept = contacts._keep_statement()
        mails_sudo = (
            template.with_env(kept.env)
            .sudo()
            .send_mail_batch(
                # is_notification: the mail may be tidied away one day, its message stays
                contacts.ids,
                email_values={"auto_delete": False, "is_notification": True},
            )
        )
        refusals = kept._refuse_forbidden_mails(mails_sudo)
        mail_of = dict(zip(contacts, mails_sudo, strict=True))
        (contacts - refusals)._mask_kept_messages(mail_of)
        for contact, mail_sudo in zip(contacts, mails_sudo, strict=True):
            if contact in refusals:
                continue
            contact._set_queued(
                mail_id=mail_sudo.id,
                message_id=mail_sudo.mail_message_id.id,
                error=False,
                **contact._get_seal_vals(mail_sudo.mail_message_id, mail_sudo),
            )

    @api.model
    def _send_queued(self):
        queued = self.env["collection.contact"].search(
            [
                ("state", "=", "queued"),
                ("mail_id.state", "in", ("outgoing", "exception")),
                ("company_id.collection_paused", "=", False),
            ]
        )
        mails_sudo = queued.mail_id.sudo()
        # "exception" with the contact still queued: no mail server could be reached
        mails_sudo.filtered(lambda m: m.state == "exception").state = "outgoing"
        try:
            mails_sudo.send(auto_commit=not self.env["collection.guard"]._in_test())
        except smtplib.SMTPException:
            self.env.cr.rollback()
            _logger.warning("Collections: the mail server hung up", exc_info=True)

    @api.model
    def _withdraw(self, contacts):
        contacts.mail_id.sudo().filtered(lambda m: m.state == "outgoing").write(
            {"state": "cancel"}
        )

    @api.model
    def _settle(self, contacts):
        contacts.mail_id.sudo().filtered(lambda m: m.state == "outgoing").write(
            {"state": "sent"}
        )

    @api.model
    def _get_cancelled_domain(self):
        return Domain("mail_id", "=", False) | Domain("mail_id.state", "=", "cancel")

    @api.model
    def _get_text(self, contact):
        try:
            with self.env.cr.savepoint():
                return (
                    contact._get_template()
                    .sudo()
                    ._generate_template(contact.ids, ("subject", "body_html"))[
                        contact.id
                    ]
                )
        except (UserError, ValueError) as error:
            return {"subject": "", "body_html": str(error)}
