"""Nobody writes past the contact rules from an invoice or a customer's form: whatever makes
the message (log note with @customer, full composer, scheduled message, RPC), its recipients
are worked out in one place, and there those outside whom the rules refuse now are left
out. That place never raises: the message itself stays on the record, for the team."""

from odoo import fields, models
from odoo.fields import Domain

from ..ledger.account_move import READERS
from .collection_free_text import WRITTEN_FROM

#: Why a message is not checked, or not its words: objects that no request can name.
INVOICE, THEIRS, REASONED = object(), object(), object()
#: The context key that carries one of them.
PASS = "collection_pass"
#: Besides invoices and customers: `message_notify` on no record at all.
GUARDED = (*WRITTEN_FROM, "mail.thread")


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _message_route_process(self, message, message_dict, routes):
        """What arrives is passed on to followers as it came."""
        incoming = self.with_context(**{PASS: THEIRS})
        return super(MailThread, incoming)._message_route_process(
            message, message_dict, routes
        )

    def message_mail_with_source(self, source_ref, **kwargs):
        """E-mails without a thread. What other modules send by code as superuser is
        theirs.

        :raise UserError: one of the customers may not be written to now"""
        if self._name in WRITTEN_FROM and not self.env.su:
            Debtor = self.env["collection.debtor"]
            Debtor._find_behind_sudo(self)._check_permitted_now("email")
        return super().message_mail_with_source(source_ref, **kwargs)

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        recipients = super()._notify_get_recipients(message, msg_vals, **kwargs)
        if self._name not in GUARDED or not any(r["share"] for r in recipients):
            return recipients
        msg_vals = msg_vals or {}
        is_sms = msg_vals.get("message_type", message.message_type) == "sms"
        texts = [
            (msg_vals.get("subject", message.subject), True),
            (msg_vals.get("body", message.body), False),
        ]
        return self._leave_out_refused(recipients, "sms" if is_sms else "email", texts)

    def _notify_thread_by_sms(
        self,
        message,
        recipients_data,
        msg_vals=False,
        sms_content=None,
        sms_numbers=None,
        sms_pid_to_number=None,
        put_in_queue=False,
        **kwargs,
    ):
        """Numbers that are given beside the recipients."""
        if sms_numbers and self._name in GUARDED:
            text = sms_content or (msg_vals or {}).get("body", "")
            people = [
                {"id": False, "share": True, "name": number, "number": number}
                for number in sms_numbers
            ]
            partners = self.env["res.partner"].browse(
                person["id"] for person in recipients_data if person["share"]
            )
            # whose partner is written to was asked about already, with this message
            asked = self.env["collection.debtor"]._find_behind_sudo(partners)
            people = self._leave_out_refused(people, "sms", [(text, True)], asked)
            sms_numbers = [person["number"] for person in people]
        return super()._notify_thread_by_sms(
            message,
            recipients_data,
            msg_vals,
            sms_content=sms_content,
            sms_numbers=sms_numbers,
            sms_pid_to_number=sms_pid_to_number,
            put_in_queue=put_in_queue,
            **kwargs,
        )

    def _leave_out_refused(self, recipients, channel, texts, asked_sudo=()):
        """The recipients without those outside whom the rules refuse now. What is left out,
        and what leaves, is logged with the customer.

        :param recipients: dicts as `_notify_get_recipients` gives them
        :param texts: list of (text, may others read it)
        :param asked_sudo: debtors who may be written to: it is one message"""
        Debtor = self.env["collection.debtor"]
        record_debtors_sudo = Debtor._find_behind_sudo(self)
        kept, told, verdicts = [], {}, dict.fromkeys(asked_sudo, "")
        sellers = self._get_sellers()
        for person in recipients:
            asked = person["share"] and person["id"] not in sellers
            debtors_sudo = asked and (
                Debtor._find_behind_person_sudo(person) or record_debtors_sudo
            )
            for debtor_sudo in debtors_sudo or ():
                if debtor_sudo not in verdicts:
                    verdicts[debtor_sudo] = debtor_sudo._judge_free_text(
                        self, channel, texts
                    )
            refusals = [v for d in debtors_sudo or () if (v := verdicts[d])]
            if refusals:
                told[person["name"]] = refusals[0]
            else:
                kept.append(person)
        for debtor_sudo, refusal in verdicts.items():
            if debtor_sudo not in asked_sudo:
                debtor_sudo._log_free_text(self, channel, refusal)
        if told:
            self._tell_who_was_left_out(told)
        return kept

    def _get_sellers(self):
        """Ids of those whom a paper that is no invoice to a customer is about: a bill is
        discussed with who sent it, whatever they owe us."""
        if self._name != "account.move":
            return []
        papers = self.sudo().filtered(
            lambda move: not move.is_sale_document(include_receipts=True)
        )
        if not papers:
            return []
        Partner_sudo = papers.env["res.partner"].with_context(active_test=False)
        entities = papers.commercial_partner_id.ids
        return Partner_sudo.search([("id", "child_of", entities)]).ids

    def _tell_who_was_left_out(self, told):
        """:param told: {name of the person: why}"""
        for name, why in told.items():
            if not self.env.user.has_groups(READERS):
                why = self.env._("It is not permitted now.")
            self.env.user._bus_send(
                "simple_notification",
                {
                    "type": "warning",
                    "sticky": True,
                    "title": self.env._("Not sent to %s", name),
                    "message": why,
                },
            )


class CollectionDebtor(models.Model):
    _inherit = "collection.debtor"

    def _find_behind_person_sudo(self, person):
        """The debtors behind of a recipient: a partner, an address or a number."""
        Partner_sudo = self.env["res.partner"].sudo()
        if person["id"]:
            return self._find_behind_sudo(Partner_sudo.browse(person["id"]))
        number = person.get("number")
        if number:
            known = Partner_sudo._phone_format(number=number) or number
            domain = Domain("phone_sanitized", "in", [number, known])
        else:
            domain = Domain("email_normalized", "=", person["email_normalized"])
        return self._find_behind_sudo(Partner_sudo.search(domain))

    def _judge_free_text(self, record, channel, texts):
        """Why a text that is written beside the plan may not leave now; empty if it may."""
        self.ensure_one()
        passed = self.env.context.get(PASS)
        if passed in (INVOICE, THEIRS) or self.env.user.share:
            return ""
        if refusal := self._explain_refusal_now(channel):
            return refusal
        words = passed is not REASONED and self._describe_doubtful_words(texts, channel)
        if not words or self.env["mail.scheduled.message"]._has_reason(record, texts):
            return ""
        return self.env._("Doubtful words: %s", words)

    def _log_free_text(self, record, channel, refusal):
        """Keep what was left out, as a remark for the team, and what leaves, as a contact:
        it uses up the limits of the day like any other. The invoice itself uses up none;
        what the customer wrote is no contact of ours."""
        self.ensure_one()
        if refusal:
            self._note_free_text(channel, "", "", refusal)
            return
        passed, name = self.env.context.get(PASS), record.display_name or "-"
        if passed is THEIRS or self.env.user.share:
            self._message_log(body=self.env._("They wrote on %s.", name))
            return
        if passed is INVOICE:
            self._message_log(
                body=self.env._("The invoice itself was sent from Invoicing: %s", name),
                author_id=self.env.user.partner_id.id,
            )
            return
        Contact_sudo = self.env["collection.contact"].sudo()
        person, address, _reason = self._get_person_and_address(channel)
        vals = Contact_sudo._prepare_by_hand_vals(self, self.env.user, channel=channel)
        Contact_sudo._create_over(
            "made",
            [
                {
                    **vals,
                    "recipient_id": person.id,
                    "destination": address,
                    "made_at": fields.Datetime.now(),
                    "made_on": self._get_today(),
                    "note": self.env._("Written beside the plan, from %s", name),
                }
            ],
        )


class AccountMoveSend(models.AbstractModel):
    _inherit = "account.move.send"

    def _send_mail(self, move, mail_template, **kwargs):
        """*Send* brings the invoice: that is no contact about a debt. Its words were looked
        at in the wizard."""
        move = move.with_context(**{PASS: INVOICE})
        return super()._send_mail(move, mail_template, **kwargs)
