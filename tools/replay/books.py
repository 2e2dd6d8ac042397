"""The books of the replay: company, customers, invoices and payments, by Odoo's own machinery."""

from datetime import date

import phonenumbers

from .places import BUSINESS, COMPANY_ZONE, CONSUMER, Home

#: Nobody follows these invoices, and no history of changes is wanted of them.
QUIET = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
}


class Books:
    def __init__(self, env, homes: dict[str, Home]):
        """:param homes: where each customer lives"""
        self.env = env
        self.company = env.company
        self._set_up_company()
        self.journal = self._create_journal()
        self.bank = self._get_bank()
        self.collector = self._create_collector()
        self.homes = homes
        self.partners = self._create_customers()
        self.moves: dict[str, int] = {}

    # -- setting up ----------------------------------------------------------------------

    def _set_up_company(self) -> None:
        env, company = self.env, self.company
        brazil, brl = env.ref("base.br"), env.ref("base.BRL")
        brl.active = True
        if not company.chart_template:
            has_br = env["ir.module.module"].search_count(
                [("name", "=", "l10n_br"), ("state", "=", "installed")]
            )
            chart = env["account.chart.template"]
            chart.try_loading("br" if has_br else "generic_coa", company)
        company.partner_id.write(
            {
                "name": "Creditor of the ledger",
                "street": "Rua Um, 1",
                "city": "São Paulo",
                "country_id": brazil.id,
                "state_id": env.ref("base.state_br_sp").id,
                "email": "billing@creditor.example.com",
                "phone": "+55 11 3333-0000",
                "tz": COMPANY_ZONE,
            }
        )
        company.write({"currency_id": brl.id, "account_sale_tax_id": False})

    def _create_journal(self):
        """One without fiscal documents and taxes: the ledger has only totals."""
        income = self.env["account.account"].search(
            [("account_type", "=", "income"), ("company_ids", "in", self.company.ids)],
            limit=1,
        )
        journal = self.env["account.journal"].create(
            {
                "name": "Replayed invoices",
                "code": "RPL",
                "type": "sale",
                "company_id": self.company.id,
                "default_account_id": income.id,
            }
        )
        if "l10n_latam_use_documents" in journal and journal.l10n_latam_use_documents:
            journal.l10n_latam_use_documents = False
        return journal

    def _get_bank(self):
        """Payments make entries, which are reconciled with the invoices."""
        bank = self.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", self.company.id)], limit=1
        )
        lines = bank.inbound_payment_method_line_ids
        if not lines.payment_account_id:
            lines.payment_account_id = self.env["account.account"].create(
                {
                    "name": "Outstanding receipts of the replay",
                    "code": "RPL001",
                    "account_type": "asset_current",
                    "reconcile": True,
                }
            )
        return bank

    def _create_collector(self):
        group = self.env.ref("collection_escalation.group_collection_user")
        users = self.env["res.users"].with_context(no_reset_password=True)
        return users.create(
            {
                "name": "Collector of the replay",
                "login": "replay.collector",
                "email": "collector@creditor.example.com",
                "company_ids": [(6, 0, self.company.ids)],
                "company_id": self.company.id,
                "group_ids": [(6, 0, group.ids)],
                "tz": COMPANY_ZONE,
            }
        )

    def _create_customers(self):
        """Each with e-mail, phone and the address of its home. No zone is written: the
        module has to find it."""
        codes = {home.country for home in self.homes.values()}
        countries = {
            country.code: country
            for country in self.env["res.country"].search([("code", "in", [*codes])])
        }
        partners = (
            self.env["res.partner"]
            .with_context(**QUIET)
            .create(
                [
                    self._prepare_customer(name, number, home, countries[home.country])
                    for number, (name, home) in enumerate(sorted(self.homes.items()))
                ]
            )
        )
        self._say_who_is_a_company(partners)
        return {partner.ref: partner for partner in partners}

    def _prepare_customer(self, name: str, number: int, home: Home, country) -> dict:
        states = {
            state.code.removeprefix(f"{country.code}-"): state
            for state in country.state_ids
        }
        return {
            "name": f"Customer {name}",
            "ref": name,
            "is_company": home.party != CONSUMER,
            "email": f"{name.lower()}@customers.example.com",
            "phone": _phone_of(home, number),
            "street": "High Street 1",
            # elsewhere none: a city could tell which zone of its state it lies in
            "city": "São Paulo" if home.place == "BR-SP" else False,
            "country_id": country.id,
            "state_id": states[home.state].id if home.state else False,
            "lang": self._get_language(home.country),
        }

    def _get_language(self, country: str) -> str:
        """Theirs, if the database has it."""
        wanted = {"BR": "pt", "CO": "es", "CL": "es", "MX": "es"}.get(country, "en")
        known = [code for code, _name in self.env["res.lang"].get_installed()]
        return next((code for code in known if code.startswith(wanted)), "en_US")

    def _say_who_is_a_company(self, partners) -> None:
        for party in (CONSUMER, BUSINESS):
            told = partners.filtered(lambda p, x=party: self.homes[p.ref].party == x)
            if told:
                debtors = self.env["collection.debtor"]._get_for(told, self.company)
                debtors.write({"party": party})

    def start_collections(self, quiet_days: int | None = None) -> None:
        """No review: every message leaves by itself."""
        self.company.write(
            {
                "collection_tz": COMPANY_ZONE,
                "collection_user_id": self.collector.id,
                "collection_reply_to": "billing@creditor.example.com",
            }
        )
        # by the database's clock a customer's answers of two years arrive within minutes:
        # Odoo would take them for a loop and send them back
        self.env["ir.config_parameter"].sudo().set_param(
            "mail.gateway.loop.threshold", "1000000"
        )
        self.company._start_collections(review_days=0)
        if quiet_days is not None:
            plans = self.company.collection_consumer_policy_id
            plans |= self.company.collection_business_policy_id
            plans.write({"quiet_days": quiet_days})

    # -- a day ---------------------------------------------------------------------------

    def post(self, rows: list) -> None:
        """Post the invoices of the rows, sent to the customer by another way."""
        moves = (
            self.env["account.move"]
            .with_context(**QUIET)
            .create([self._prepare_invoice(row) for row in rows])
        )
        moves.action_post()
        self.moves.update(zip((row.number for row in rows), moves.ids, strict=True))

    def _prepare_invoice(self, row) -> dict:
        return {
            "move_type": "out_invoice",
            "partner_id": self.partners[row.customer].id,
            "journal_id": self.journal.id,
            "ref": row.number,
            "invoice_date": row.invoiced,
            "invoice_payment_term_id": False,
            "invoice_date_due": row.due,
            "is_move_sent": True,
            "invoice_line_ids": [
                (
                    0,
                    0,
                    {
                        "name": "As agreed",
                        "price_unit": float(row.amount),
                        "tax_ids": [],
                    },
                )
            ],
        }

    def pay(self, rows: list, day: date) -> None:
        """Register payments in full, as the accountant does from the list of invoices."""
        moves = self.env["account.move"].browse(self.moves[row.number] for row in rows)
        wizard = (
            self.env["account.payment.register"]
            .with_context(**QUIET, active_model="account.move", active_ids=moves.ids)
            .create(
                {
                    "payment_date": day,
                    "journal_id": self.bank.id,
                    "installments_mode": "full",
                    "group_payment": False,
                }
            )
        )
        wizard._create_payments()
        if unpaid := moves.filtered(lambda m: m.amount_residual):
            raise RuntimeError(f"not paid in full: {unpaid.mapped('ref')}")

    def say_payments_entered(self, day: date) -> None:
        self.company.collection_payments_until = day


def _phone_of(home: Home, customer: int) -> str | bool:
    """A number of the customer's own: of its place; where the country has several zones
    and no state is told, one that is free of charge and so belongs to no place."""
    if home.phone:
        number = phonenumbers.parse(home.phone)
    else:
        kinds = phonenumbers.PhoneNumberType
        kind = kinds.FIXED_LINE if len(home.zones) == 1 else kinds.TOLL_FREE
        number = phonenumbers.example_number_for_type(home.country, kind)
    if not number:
        return False
    number.national_number += customer - number.national_number % 1000
    if not phonenumbers.is_valid_number(number):
        raise RuntimeError(f"{home.place}: {number} is no valid number")
    international = phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, international)
