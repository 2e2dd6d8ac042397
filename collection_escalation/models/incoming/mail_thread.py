"""What arrives by e-mail: reports of mail servers about our messages, and answers."""

from odoo import api, fields, models
from odoo.tools import email_split, format_date

from ...rules.automatic_mail import is_automatic
from ...rules.business_days import add_business_days
from ...rules.delivery_report import FAILED, read_report
from ...rules.outside_text import clean_header, storable
from ..collection_evidence import arriving

#: Business days, after that of the answer, in which the system writes nothing.
ANSWER_PAUSE = 2


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def message_parse(self, message, save_original=False):
        """What no database takes is left out where the e-mail is read: one sign must not
        keep the gateway from taking it."""
        parsed = super().message_parse(message, save_original=save_original)
        for name, value in parsed.items():
            if isinstance(value, str) and (kept := storable(value)) != value:
                parsed[name] = type(value)(kept)  # a Markup stays one
        return parsed

    @api.model
    def _routing_handle_bounce(self, email_message, message_dict):
        """Odoo takes every report of a mail server for a bounce, and finds the message
        only by the copy of its id. Reports about our messages, and about the invoices
        that must arrive before a reminder, are read more closely: what is merely late,
        delivered or read is no bounce."""
        report = read_report(email_message)
        messages = (
            self.env["mail.message"]
            .sudo()
            .search([("message_id", "in", report.message_ids)])
        )
        contacts = (
            self.env["collection.contact"].sudo()._find_reported(report, messages)
        )
        invoices = messages.filtered(lambda m: m.model == "account.move")
        if report.kind != FAILED and (contacts or invoices):
            contacts._on_report(report)
            return None
        if invoices and not message_dict["bounced_message"]:
            message_dict.update(self._get_bounce_values(report, invoices[0]))
        result = super()._routing_handle_bounce(email_message, message_dict)
        contacts._on_report(report)
        return result

    @api.model
    def _get_bounce_values(self, report, message):
        """What Odoo did not find in the report, under its own names."""
        partners = self.env["res.partner"].sudo()
        address = next(iter(sorted(report.addresses)), False)
        return {
            "bounced_message": message,
            "bounced_email": address,
            "bounced_partner": address
            and partners.search([("email_normalized", "=", address)])
            or partners,
        }

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        """Say to `_message_post_after_hook` that nobody wrote the message: only here its
        headers are at hand. The answer is in the log before core has written down all its
        readers: these may still come in."""
        threads = arriving(self)
        if self._is_automatic_mail(message):
            threads = threads.with_context(collection_automatic_reply=True)
        return super(MailThread, threads)._message_route_process(
            message, message_dict, routes
        )

    @api.model
    def _is_automatic_mail(self, message):
        """Out-of-office notes and the like (`rules.automatic_mail`).

        :param message: `email.message.Message`"""
        sender = (email_split(message["From"] or "") or [""])[0]
        headers = {name: str(text) for name, text in reversed(message.items())}
        return is_automatic(headers, sender)

    def _is_answer(self, message):
        """Did somebody outside write ``message``, which came in by e-mail? Not a machine,
        and none of us: a collector who answers the notice of an answer writes here too."""
        if message.message_type != "email":
            return False
        if self.env.context.get("collection_automatic_reply"):
            return False
        users = message.sudo().author_id.with_context(active_test=False).user_ids
        return all(user.share for user in users)


class AccountMove(models.Model):
    _inherit = "account.move"

    def _message_post_after_hook(self, message, msg_values):
        """Who answers the invoice itself answers us too. The message stays with the
        invoice: the log must never keep an invoice from being deleted."""
        result = super()._message_post_after_hook(message, msg_values)
        if self._is_answer(message):
            addresses = email_split(clean_header(message.email_from))
            for debtor_sudo in self.sudo().collection_item_ids.debtor_id:
                if debtor_sudo.company_id.collection_started_on:
                    debtor_sudo._note_answer(
                        message.subject,
                        channel="email",
                        destination=addresses[0] if addresses else False,
                        note=f"{self.display_name}: {clean_header(message.subject)}",
                    )
        return result


class CollectionDebtor(models.Model):
    _inherit = "collection.debtor"

    def _message_post_after_hook(self, message, msg_values):
        """An e-mail came in on the debtor: an answer."""
        result = super()._message_post_after_hook(message, msg_values)
        if self._is_answer(message):
            addresses = email_split(clean_header(message.email_from))
            self.sudo()._note_answer(
                message.subject,
                channel="email",
                destination=addresses[0] if addresses else False,
                message_id=message.id,
            )
        return result

    def _note_answer(self, subject, **vals):
        """The debtor answered: it is logged as a contact from the customer, the automatic
        contacts pause and the collector is told. Runs as superuser.

        :param subject: what the collector reads of it
        :param vals: of the logged contact, at least its ``channel``"""
        self._log_inbound(**vals)
        pause = self._pause_for_answer()
        self._tell_of_answer(subject, pause)

    def _log_inbound(self, **vals):
        """A contact from the customer, in the log. Runs as superuser.

        :param vals: of the logged contact, at least its ``channel``"""
        self.ensure_one()
        self.item_ids._wake()
        return self.env["collection.contact"]._create_over(
            "made",
            [
                {
                    "debtor_id": self.id,
                    "company_id": self.company_id.id,
                    "case_id": self.case_id.id,
                    "purpose": "inbound",
                    "direction": "in",
                    "outcome": "reply",
                    "made_at": fields.Datetime.now(),
                    "made_on": self._get_today(),
                    "tz": self._get_zone_names()[0],
                    "user_id": self.collector_id.id,
                    "reviewed": True,
                    **vals,
                }
            ],
        )

    def _pause_for_answer(self):
        """No automatic contact for two business days of the debtor's place, the day of
        the answer not counted. A second answer prolongs the pause that runs. Calls by
        hand stay permitted.

        :return: the pause; none where nothing is owed"""
        self.ensure_one()
        if not self.item_ids.filtered(lambda i: i.ledger_state == "open"):
            return self.env["collection.hold"]
        today = self._get_today()
        until = add_business_days(today, ANSWER_PAUSE, self._get_calendar(today))
        running = self.hold_ids.filtered(
            lambda h: h.state == "active"
            and h.reason == "answered"
            and not h.item_ids
            and h.date_to >= today
        )[:1]
        if running:
            running.write({"date_to": max(running.date_to, until)})
            return running
        # the notice of the answer tells the owner, who needs no second one
        Hold = self.env["collection.hold"].with_context(
            mail_auto_subscribe_no_notify=True
        )
        return Hold.create(
            {
                "debtor_id": self.id,
                "reason": "answered",
                "user_id": self._get_owner().id,
                "date_from": today,
                "date_to": until,
            }
        )

    def _tell_of_answer(self, subject, pause):
        owner = self._get_owner()
        env = self.with_context(lang=owner.lang).env
        body = subject or ""
        if pause:
            body = env._(
                "%(subject)s (automatic contacts wait until %(until)s)",
                subject=body,
                until=format_date(env, pause.date_to),
            )
        self.message_notify(
            partner_ids=owner.partner_id.ids,
            subject=env._("%s answered", self.partner_id.display_name),
            body=body,
        )
