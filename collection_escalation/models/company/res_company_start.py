"""Switching collections on: the check-list, and old invoices placed silently."""

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, config

from ...rules.business_days import shift


class ResCompany(models.Model):
    _inherit = "res.company"

    def _get_collection_checks(self):
        """Points of the *Ready?* screen: list of {code, name, hint, required, done}."""
        self.ensure_one()
        root = self.root_id
        _ = self.env._
        has_server = (
            bool(self.env["ir.mail_server"].sudo().search_count([], limit=1))
            or self._has_collection_mail_relay()
        )
        checks = [
            (
                "address",
                _("Company name, address and tax id"),
                bool(root.street and root.country_id and root.vat),
                _("Every message states who writes: the law asks for it."),
                True,
            ),
            (
                "tz",
                _("Time zone of the company"),
                bool(self.collection_tz),
                _(
                    "Contacts are made in business hours, so somebody must know the time."
                ),
                True,
            ),
            (
                "mail_server",
                _("Outgoing mail server"),
                has_server,
                _("Without it no e-mail leaves."),
                True,
            ),
            (
                "reply",
                _("Address for answers"),
                bool(self.collection_reply_to or self.email),
                _("Customers answer: somebody must read it."),
                True,
            ),
            (
                "bank",
                _("Payments are entered"),
                bool(self.collection_payments_until or self._get_last_bank_line_date()),
                _(
                    "Import bank statements, or say up to which day payments are entered."
                ),
                True,
            ),
            (
                "collector",
                _("Who collects"),
                bool(self.collection_user_id),
                _("Calls and answers need a person."),
                True,
            ),
            (
                "other_module",
                _("No other dunning software is installed"),
                not self._get_collection_rivals(),
                self._get_collection_rival_hint(),
                False,
            ),
            (
                "party",
                _("Companies have the plan for companies"),
                not self._count_debtors(self._get_unknown_party_domain()),
                self._get_unknown_party_hint(),
                False,
            ),
            (
                "language",
                _("There are texts in the languages of the customers"),
                not self._count_debtors(self._get_missing_language_domain()),
                self._get_missing_language_hint(),
                False,
            ),
        ]
        return [
            {"code": code, "name": name, "done": done, "hint": hint, "required": must}
            for code, name, done, hint, must in checks
        ]

    def _has_collection_mail_relay(self):
        """Is a relay named in the server's configuration (not only the default)?"""
        return config["smtp_server"] not in (False, "", "localhost")

    def _get_collection_rivals(self):
        """Technical names of other dunning modules that are installed."""
        return (
            self.env["ir.module.module"]
            .sudo()
            .search(
                [
                    ("name", "in", ("account_followup", "account_credit_control")),
                    ("state", "=", "installed"),
                ]
            )
            .mapped("name")
        )

    def _get_collection_rival_hint(self):
        rivals = ", ".join(self._get_collection_rivals())
        if not rivals:
            return self.env._("Two programs would remind your customers twice.")
        return self.env._(
            "%s also writes to your customers: they would be reminded twice.", rivals
        )

    def _count_debtors(self, domain):
        return self.env["collection.debtor"].search_count(domain)

    def _get_unknown_party_domain(self):
        """Customers that are companies in the address book, of whom nobody said here what
        they are: then they are treated as consumers."""
        return [
            ("company_id", "=", self.id),
            ("partner_id.is_company", "=", True),
            ("party", "=", False),
        ]

    def _get_unknown_party_hint(self):
        count = self._count_debtors(self._get_unknown_party_domain())
        if not count:
            return self.env._("Who is unknown is treated as a consumer.")
        return self.env._(
            "Companies in the address book that are treated as consumers: %s. Select them "
            "in the list and say what they are.",
            count,
        )

    def _get_missing_language_domain(self):
        written = self.env["collection.contact"]._get_written_languages()
        return [
            ("company_id", "=", self.id),
            ("partner_id.lang", "not in", [False, *written]),
        ]

    def _get_missing_language_hint(self):
        domain = self._get_missing_language_domain()
        count = self._count_debtors(domain)
        if not count:
            return self.env._("Everybody reads their own language.")
        return self.env._(
            "Customers who read a language without texts, and get those of the company's "
            "language: %s. Translate the message templates and their views.",
            count,
        )

    def _get_collection_check_action(self, code):
        """Where a point of the check-list is put right."""
        self.ensure_one()
        if code in ("party", "language"):
            action = self.env["ir.actions.act_window"]._for_xml_id(
                "collection_escalation.collection_debtor_action"
            )
            domain = {
                "party": self._get_unknown_party_domain,
                "language": self._get_missing_language_domain,
            }[code]()
            return {**action, "domain": domain}
        if code == "address":
            return {
                "type": "ir.actions.act_window",
                "res_model": "res.company",
                "res_id": self.root_id.id,
                "view_mode": "form",
            }
        if code == "mail_server":
            return self.env["ir.actions.act_window"]._for_xml_id(
                "base.action_ir_mail_server_list"
            )
        if code == "other_module":
            return self.env["ir.actions.act_window"]._for_xml_id(
                "base.open_module_tree"
            )
        return self.env["ir.actions.act_window"]._for_xml_id(
            "account.action_account_config"
        )

    def _get_last_bank_line_date(self):
        """Date of the newest imported bank statement line of the company, or False."""
        self.ensure_one()
        line = (
            self.env["account.bank.statement.line"]
            .sudo()
            .search([("company_id", "=", self.id)], order="date desc", limit=1)
        )
        return line.date

    # -- start ---------------------------------------------------------------------------

    def _get_collection_opening_counts(self):
        """How many overdue open items, of how many debtors, would be placed now, and how
        many of them were never sent."""
        self.ensure_one()
        self.env.flush_all()
        ((items, debtors, never_sent),) = self.env.execute_query(
            SQL(
                """SELECT count(*), count(DISTINCT i.debtor_id),
                          count(*) FILTER (WHERE m.is_move_sent IS NOT TRUE)
                     FROM collection_item i JOIN account_move m ON m.id = i.move_id
                    WHERE i.company_id = %s AND i.ledger_state = 'open'
                      AND i.date_due < %s""",
                self.id,
                fields.Date.today(),
            )
        )
        return {"items": items, "debtors": debtors, "never_sent": never_sent}

    def _start_collections(self, review_days=14, per_day=None):
        """Switch collections on for the company, with plans of its own.

        Items that are overdue already are placed silently on the friendly stage of their
        plan, whatever their age; their first contacts are spread, ``per_day`` customers a
        day (default: the setting). Nothing is sent here.

        :return: {"items", "debtors"} placed
        :raise UserError: started before, or no plan"""
        self.ensure_one()
        if self.collection_started_on:
            raise UserError(self.env._("Collections of %s are on already.", self.name))
        today = fields.Date.today()
        self.sudo()._own_collection_plans()
        self.write(
            {
                "collection_started_on": today,
                "collection_review_until": shift(today, review_days)
                if review_days
                else False,
            }
        )
        Item_sudo = self.env["collection.item"].sudo()
        Item_sudo._birth()
        old_sudo = Item_sudo.search(
            [
                ("company_id", "=", self.id),
                ("ledger_state", "=", "open"),
                ("date_due", "<", today),
                ("stage_id", "=", False),
            ],
            order="debtor_id, date_due",
        )
        placed_sudo = old_sudo._place_silently(
            today, per_day or self.collection_first_per_day
        )
        return {"items": len(placed_sudo), "debtors": len(placed_sudo.debtor_id)}
