"""Contacts that a person makes beside the plan: by hand now, or as a call-back that the
customer asked for."""

from markupsafe import Markup, escape

from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import html2plaintext

from ...rules.outside_text import clean_header


class CollectionContact(models.Model):
    _inherit = "collection.contact"

    handling = fields.Selection(
        [
            ("automatic", "The system sends it"),
            ("by_hand", "A person sends it"),
            ("live", "A person talks"),
        ],
        compute="_compute_handling",
        search="_search_handling",
        help="Which buttons fit the channel.",
    )
    call_from = fields.Datetime(
        related="debtor_id.call_from", string="May be called from"
    )
    lang_name = fields.Char(compute="_compute_lang_name", string="Written in")

    @api.depends("channel")
    def _compute_handling(self):
        for contact in self:
            contact.handling = self.env["collection.channel"]._get_handling(
                contact.channel
            )

    def _search_handling(self, operator, value):
        if operator != "in":
            return NotImplemented
        Channel = self.env["collection.channel"]
        codes = [code for code, _label in Channel._get_selection()]
        return [
            ("channel", "in", [c for c in codes if Channel._get_handling(c) in value])
        ]

    @api.depends("lang")
    def _compute_lang_name(self):
        languages = self.env["res.lang"].with_context(active_test=False)
        names = {lang.code: lang.name for lang in languages.search([])}
        for contact in self:
            contact.lang_name = names.get(contact.lang, contact.lang)

    @api.constrains("callback_from", "callback_to", "purpose")
    def _check_callback(self):
        for contact in self.filtered(lambda c: c.callback_from or c.callback_to):
            if not (
                contact.callback_from and contact.callback_to and contact.consented
            ):
                raise ValidationError(
                    self.env._(
                        "%s: a call-back has a beginning and an end, and the customer "
                        "asked for it.",
                        contact.partner_id.display_name,
                    )
                )
            if contact.callback_to <= contact.callback_from:
                raise ValidationError(
                    self.env._(
                        "%s: the time to call back ends before it begins.",
                        contact.partner_id.display_name,
                    )
                )

    @api.model
    def _prepare_by_hand_vals(self, debtor, user, **vals):
        """Values of a contact with ``debtor`` that ``user`` wants to make.

        :param vals: channel, purpose, recipient …"""
        return {
            "purpose": "by_hand",
            "debtor_id": debtor.id,
            "company_id": debtor.company_id.id,
            "case_id": debtor.case_id.id,
            "user_id": user.id,
            "made_by_id": user.id,
            "reviewed": True,
            **vals,
        }

    @api.model
    def _prepare_by_hand_lines(self, items):
        """Beside what is overdue, what is not due yet stands for information."""
        overdue = items.filtered(lambda i: i.date_due < i.debtor_id._get_today())
        return [
            Command.create(
                {
                    "item_id": item.id,
                    # the courtesy of a stage before the due date is the system's
                    "stage_id": item.level != "pre_due" and item.stage_id.id,
                    "cycle": item.cycle,
                    "currency_id": item.currency_id.id,
                    "date_due": item.date_due,
                    "part": "info" if overdue and item not in overdue else "step",
                }
            )
            for item in items
        ]

    @api.model
    def _create_by_hand(self, vals, items):
        """:param vals: of `_prepare_by_hand_vals`
        :param items: the open items it is about; empty: nothing in particular"""
        highest = items.sorted(lambda i: i.stage_id.sequence)[-1:].stage_id
        return self.create(
            {
                **vals,
                "stage_id": highest.id,
                "line_ids": self._prepare_by_hand_lines(items),
            }
        )

    def _append_link(self):
        """The link to the invoices goes after the person's own few words."""
        for contact in self:
            own_words = html2plaintext(contact.own_text).strip()
            contact.own_text = self._as_html(
                contact._mask_link(f"{own_words}\n{contact.get_url()}")
            )

    @api.model
    def _as_html(self, text):
        """A plain text as it stands: without links, which a text message has not."""
        return Markup("<br/>").join(map(escape, text.splitlines()))

    @api.model
    def _as_header(self, text):
        """What a person writes as the subject, in one line."""
        return clean_header(text)

    @api.model
    def _get_length_of_link(self):
        """Characters of the link to come: the number of the contact is not known yet."""
        token = self._fields["access_token"].default(self)
        return len(f"{self.get_base_url()}/statement/1234567/{token}")

    def _start_by_hand(self, decision):
        """Plan this new contact of a person for its first permitted moment: a message
        leaves then, a call opens with its buttons.

        :param decision: about the contact now
        :return: the action that tells the person
        :raise UserError: the person addressed has no address for the channel"""
        self.ensure_one()
        if reason := self._resolve_recipients().get(self.id):
            raise UserError(
                self.env._(
                    "%(person)s cannot be reached by this channel. %(why)s",
                    person=(self.recipient_id or self.partner_id).display_name,
                    why=self.env["collection.reason"]._explain(
                        self.env["collection.reason"]._store(reason)
                    ),
                )
            )
        self.env["collection.planner"]._plan_at_once(self)
        if self.handling != "automatic":
            return self._get_form_action()
        self.env.ref("collection_escalation.ir_cron_dispatch").sudo()._trigger(
            at=self.planned_at
        )
        return self._tell_when_it_leaves(decision)

    def _get_form_action(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def _tell_when_it_leaves(self, decision):
        """A notification: now, or when and why not earlier."""
        Reason = self.env["collection.reason"]
        company = self.company_id
        if not company.collection_started_on:
            message = Reason._explain({"code": "NOT_STARTED"})
        elif company.collection_paused:
            message = Reason._explain({"code": "SENDING_PAUSED"})
        elif decision.allowed:
            message = self.env._(
                "It leaves now, to %(person)s (%(address)s).",
                person=self.recipient_id.display_name,
                address=self.destination,
            )
        else:
            message = self.env._(
                "It leaves on %(moment)s in %(place)s. %(why)s",
                moment=self.debtor_id._format_moment(self.planned_at),
                place=self.debtor_id._get_zone_label(),
                why=self.why,
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if decision.allowed else "warning",
                "sticky": not decision.allowed,
                "message": message,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def action_compose(self):
        """Contact the customer of this contact by hand."""
        self.ensure_one()
        return self.debtor_id.action_compose()

    def action_callback(self):
        """The customer of this contact asked to be called."""
        self.ensure_one()
        return self.debtor_id.action_callback()


class CollectionDebtor(models.Model):
    _inherit = "collection.debtor"

    def action_compose(self):
        self.ensure_one()
        return self._get_wizard_action(
            "collection.contact.compose", self.env._("Contact")
        )

    def action_callback(self):
        self.ensure_one()
        return self._get_wizard_action(
            "collection.callback", self.env._("They asked to be called")
        )

    def _get_wizard_action(self, model, name):
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_debtor_id": self.id},
        }

    def _get_open_items(self):
        return self.item_ids.filtered(lambda i: i._is_owed())
