from odoo import api, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools.translate import LazyTranslate

from ..rules.decision import Reason

_lt = LazyTranslate(__name__)


class CollectionChannelEmail(models.AbstractModel):
    _name = "collection.channel.email"
    _inherit = "collection.channel"
    _description = "E-mail to a customer"

    _code = "email"
    _label = _lt("E-mail")
    _place = 10
    _rule_channel = "email"

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
    def _check_step(self, step):
        if not step.template_id:
            raise ValidationError(
                self.env._(
                    "Stage “%s”: the e-mail step has no template. Choose what the "
                    "e-mail says, or make it a call.",
                    step.stage_id.name,
                )
            )

    @api.model
    def _write_messages(self, contacts):
        for template, group in contacts._group_by_template():
            group._write_mails(template)

    @api.model
    def _send_queued(self):
        self.env["collection.dispatcher"]._send_queued_mails()

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
