"""“I have paid”: nobody is chased while accounting looks for the payment."""

from datetime import date, timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date
from odoo.tools.mimetypes import guess_mimetype
from odoo.tools.translate import LazyTranslate

from ...rules.business_days import add_business_days
from ...rules.typed_amount import read_amount

_lt = LazyTranslate(__name__)

#: Business days of the customer's place in which accounting looks for the payment.
PAUSE = 3
#: A payment further back is a slip of the finger.
OLDEST = timedelta(days=5 * 366)
#: What may be sent along: the type that the content itself shows, and the ending it gets.
TYPES = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}
LARGEST_FILE = 5 * 1024 * 1024


class CollectionAnswerPaid(models.AbstractModel):
    _name = "collection.answer.paid"
    _inherit = "collection.answer"
    _description = "Answer: I have paid"

    _code = "paid"
    _label = _lt("I have paid")
    _sequence = 10
    _form = "collection_escalation.answer_paid_form"
    _submit = _lt("Tell us that it is paid")
    _thanks = _lt(
        "We look for your payment now. You will hear from us only if we do not find it."
    )

    @api.model
    def _is_offered(self, contact):
        return bool(contact._get_open_items())

    @api.model
    def _get_form_values(self, contact, proved):
        today = contact.debtor_id._get_today()
        return {
            "today": today.isoformat(),
            "oldest": (today - OLDEST).isoformat(),
            "accepts": ",".join(TYPES),
        }

    # -- reading -------------------------------------------------------------------------

    @api.model
    def _read_form(self, contact, form, proved):
        return {
            "date": self._read_date(contact, form.get("date")),
            "amount": self._read_amount(form.get("amount")),
            "document": self._read_document(form.get("document")),
        }

    def _read_date(self, contact, value):
        today = contact.debtor_id._get_today()
        try:
            paid_on = date.fromisoformat(self._clean_text(value, 10))
        except ValueError as error:
            raise ValidationError(
                self.env._(
                    "Choose the day on which you paid, for instance %s.",
                    format_date(self.env, today),
                )
            ) from error
        if paid_on > today:
            raise ValidationError(
                self.env._("The day of the payment cannot lie in the future.")
            )
        if paid_on < today - OLDEST:
            raise ValidationError(
                self.env._(
                    "The day of the payment lies very far back. Please check it."
                )
            )
        return paid_on

    def _read_amount(self, value):
        text = self._clean_text(value, 60)
        amount = read_amount(text)
        if text and amount is None:
            raise ValidationError(
                self.env._("Write the amount in numbers only, or leave it out.")
            )
        return amount

    def _read_document(self, upload):
        """The bytes and the ending they are stored with, (b"", "") without a file. What
        it is shows its content, whatever its name says."""
        if not hasattr(upload, "read"):
            return b"", ""
        content = upload.read(LARGEST_FILE + 1)
        if not content:
            return b"", ""
        if len(content) > LARGEST_FILE:
            raise ValidationError(
                self.env._("The file is too large: at most 5 MB. A photo will do.")
            )
        ending = TYPES.get(guess_mimetype(content))
        if not ending:
            raise ValidationError(
                self.env._("Please send a PDF, or a picture (PNG or JPG).")
            )
        return content, ending

    # -- effect --------------------------------------------------------------------------

    @api.model
    def _take_effect(self, contact, values):
        said = self._describe(values)
        note = self.env["collection.reason"]._explain(said)
        items = contact._get_open_items()
        self._pause(contact, items, note)
        self._keep_document(contact, values, note)
        self._ask_accounting(contact, items, note)
        return said

    def _describe(self, values):
        """What they said, as stored reasons."""
        args = {"date": values["date"].isoformat()}
        said = [{"code": "SAYS_PAID", "args": args}]
        if values["amount"]:
            args["sum"] = f"{values['amount']:.2f}"
            said = [{"code": "SAYS_PAID_AMOUNT", "args": args}]
        if values["document"][0]:
            said.append({"code": "SENT_DOCUMENT", "args": {}})
        return said

    def _pause(self, contact, items, note):
        """Once a message: who says it again by the same link is heard, but the pause does
        not grow for ever."""
        if not items or contact._was_answered_by(self._code):
            return
        debtor = contact.debtor_id
        today = debtor._get_today()
        until = add_business_days(today, PAUSE, debtor._get_calendar(today))
        self.env["collection.hold"].create(
            {
                "debtor_id": debtor.id,
                "item_ids": [Command.set(items.ids)],
                "reason": "says_paid",
                "note": note,
                "user_id": debtor._get_owner().id,
                "date_from": today,
                "date_to": until,
            }
        )

    def _keep_document(self, contact, values, note):
        """With the customer, for the team only; as it was sent, not made smaller."""
        content, ending = values["document"]
        if not content:
            return
        debtor = contact.debtor_id
        attachment = (
            self.env["ir.attachment"]
            .with_context(image_no_postprocess=True)
            .create(
                {
                    "name": f"{self.env._('Proof of payment')} {values['date']}.{ending}",
                    "raw": content,
                    "mimetype": {v: k for k, v in TYPES.items()}[ending],
                    "res_model": debtor._name,
                    "res_id": debtor.id,
                    "company_id": debtor.company_id.id,
                }
            )
        )
        debtor.message_post(body=note, attachment_ids=attachment.ids)

    def _ask_accounting(self, contact, items, note):
        """A task on the oldest invoice, where who enters payments works. Who says it
        twice adds to the task."""
        move = items.sorted("date_due")[:1].move_id
        if not move:
            return
        names = ", ".join(sorted(filter(None, items.move_id.mapped("name"))))
        self.env["collection.duty"]._ask(
            "find_payment",
            [
                (
                    contact.debtor_id,
                    {
                        "key": str(move.id),
                        "res_model": move._name,
                        "res_id": move.id,
                        "user_id": self._get_accountant(contact, move).id,
                        "note": f"{contact.partner_id.display_name}, {names}: {note}",
                    },
                )
            ],
        )

    def _get_accountant(self, contact, move):
        """Who looks for payments, as Settings say; else, or if they may not see the
        invoice, the collector."""
        wanted = contact.company_id.collection_accounting_user_id
        if wanted.active and move.with_user(wanted).has_access("read"):
            return wanted
        return contact.debtor_id._get_owner()


class ResCompany(models.Model):
    _inherit = "res.company"

    collection_accounting_user_id = fields.Many2one(
        "res.users",
        string="Who looks for payments",
        domain="[('share', '=', False), ('company_ids', 'in', id)]",
        help="Gets the task when a customer says it is paid. Empty: the collector.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    collection_accounting_user_id = fields.Many2one(
        related="company_id.collection_accounting_user_id", readonly=False
    )
