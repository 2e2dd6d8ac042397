"""Demo ledger: invoices, payments and pauses of the customers in `demo/`, all dates
counted from today. Loaded once, with the demo data.

All texts of the demo that have translations are here: terms are exported from a database
without demo records."""

import logging
from datetime import time, timedelta

from odoo import Command, api, models

from ..rules.business_days import add_business_days, shift_to_business_day

_logger = logging.getLogger(__name__)

#: (customer, days since the due date, amount, what is special). A negative number of
#: days: not due yet.
INVOICES = [
    ("bluebird", 12, 1250.00, {}),
    ("cedar", 13, 4800.00, {"instalments": True}),
    ("dawson", 20, 960.00, {"paid": 400.00}),
    ("elm", 26, 2310.00, {}),
    ("fjord", 16, 3400.00, {}),
    ("fjord", 18, 2750.00, {"currency": "base.EUR"}),
    ("girassol", 14, 5120.50, {"currency": "base.BRL"}),
    ("lucia", 14, 640.00, {"currency": "base.BRL"}),
    ("horizonte", 17, 1890.00, {"currency": "base.EUR"}),
    ("teresa", 17, 310.00, {"currency": "base.EUR"}),
    ("ivy", 15, 7350.00, {}),
    ("juniper", 19, 430.00, {}),
    ("kite", 11, 615.00, {"sent": False}),
    ("lark", 40, 4.20, {}),
    ("maple", 21, 1480.00, {}),
    ("opal", 400, 9200.00, {}),
    ("pine", 50, 2200.00, {"paid": 2200.00, "paid_after": 20}),
    ("quartz", 44, 1975.00, {}),
    ("quartz", 9, 880.00, {}),
    ("quartz", -20, 1030.00, {}),
    ("rowan", 70, 6400.00, {}),
]
#: (customer, days ago, amount): credit notes that nobody matched with an invoice.
CREDITS = [("elm", 10, 300.00)]
#: (customer, stage until now, days ago): the customer stands there since then, and the
#: contacts of that stage and of those below were made. What comes next is up to the plan.
PASTS = [("quartz", "friendly", 18), ("rowan", "firm", 24)]
#: (customer, channel, subject, text): what a person plans by hand, by channels that the ready plans do
#: not begin with. A visit needs no text; the link to the invoices is put after the others.
BY_HAND = [
    ("girassol", "whatsapp", "", "Bom dia! Como combinado, seguem as faturas."),
    (
        "horizonte",
        "letter",
        "Sus facturas",
        "Le enviamos la lista de sus facturas, como nos pidió.",
    ),
    ("opal", "visit", "", ""),
]


class CollectionDemo(models.AbstractModel):
    _name = "collection.demo"
    _description = "Demo ledger for collections"

    @api.model
    def _load(self):
        """Fill the demo company's ledger and switch its collections on."""
        company = self.env.ref("base.main_company")
        if not company.chart_template or company.collection_started_on:
            _logger.info(
                "No collections demo: %s has no chart of accounts", company.name
            )
            return
        self = self.with_company(company).with_context(
            tracking_disable=True, mail_create_nosubscribe=True
        )
        today = company._get_collection_today()
        self._create_invoices(today)
        self._create_credits(today)
        self._tell_companies_from_people()
        company._start_collections(review_days=0)
        self._pause("maple", today)
        for name, level, days in PASTS:
            self._remember(name, level, today - timedelta(days))
        for name, channel, subject, text in BY_HAND:
            self._plan_by_hand(name, channel, subject, text)

    def _partner(self, name):
        return self.env.ref(f"collection_escalation.demo_{name}")

    def _debtor(self, name):
        return self.env["collection.debtor"]._get_for(
            self._partner(name), self.env.company
        )

    # -- ledger --------------------------------------------------------------------------

    def _create_accounts(self):
        """Where the demo company is paid other currencies than its own: {xml id of the
        currency: res.partner.bank}; in reais by Pix, where the modules for it are there."""
        Bank, company = self.env["res.partner.bank"], self.env.company
        bank = self.env["res.bank"].create({"name": "Commerzbank", "bic": "COBADEFF"})
        iban = {"acc_number": "DE89370400440532013000", "bank_id": bank.id}
        accounts = {
            "base.EUR": Bank.create(
                {**iban, "partner_id": company.partner_id.id, "sequence": 20}
            )
        }
        proxy = Bank._fields.get("proxy_type")
        if proxy and "br_random" in proxy.get_values(self.env):
            accounts["base.BRL"] = self._create_pix_account()
        return accounts

    def _create_pix_account(self):
        branch = self.env["res.partner"].create(
            {
                "name": f"{self.env.company.name} Brasil Ltda",
                "vat": "11222333000181",
                "city": "São Paulo",
                "country_id": self.env.ref("base.br").id,
            }
        )
        return self.env["res.partner.bank"].create(
            {
                "acc_number": "12345-6",
                "partner_id": branch.id,
                "proxy_type": "br_random",
                "proxy_value": "71d6c6e1-64ea-4a11-9560-a10870c40ca2",
            }
        )

    def _create_invoices(self, today):
        accounts = self._create_accounts()
        moves = self.env["account.move"].create(
            [
                self._prepare_invoice(
                    name, today - timedelta(days), amount, special, accounts
                )
                for name, days, amount, special in INVOICES
            ]
            + [self._prepare_courtesy(today)]
        )
        moves.is_move_sent = True  # in their time, not today
        for move, (_name, _days, _amount, special) in zip(
            moves, INVOICES, strict=False
        ):
            move.is_move_sent = special.get("sent", True)
        moves.action_post()
        for move, (_name, days, _amount, special) in zip(moves, INVOICES, strict=False):
            if paid := special.get("paid"):
                late = special.get("paid_after", days - 2)
                self._pay(move, paid, today - timedelta(days - late))

    def _prepare_invoice(self, name, due, amount, special, accounts=None):
        customer = self._partner(name)
        in_their_words = self.with_context(lang=customer.lang).env
        vals = {
            "move_type": "out_invoice",
            "partner_id": customer.id,
            "invoice_date": due - timedelta(days=30),
            "invoice_date_due": due,
            "invoice_payment_term_id": False,
            "invoice_line_ids": [
                Command.create(
                    {
                        "name": in_their_words._("Goods and services"),
                        "quantity": 1,
                        "price_unit": amount,
                        "tax_ids": [Command.clear()],
                    }
                )
            ],
        }
        if "currency" in special:
            vals["currency_id"] = self.env.ref(special["currency"]).id
            if account := (accounts or {}).get(special["currency"]):
                vals["partner_bank_id"] = account.id
        if special.get("instalments"):
            term = self._create_term()
            first = min(term.line_ids.mapped("nb_days"))
            vals["invoice_payment_term_id"] = term.id
            vals["invoice_date"] = due - timedelta(first)
            del vals["invoice_date_due"]
        return vals

    def _create_term(self):
        """30% after 15 days and 70% after 60, named in every installed language."""
        term = self.env["account.payment.term"].create(
            {
                "name": "Two instalments, after 15 and after 60 days",
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": part, "nb_days": days}
                    )
                    for part, days in ((30.0, 15), (70.0, 60))
                ],
            }
        )
        for lang, _name in self.env["res.lang"].get_installed():
            in_lang = self.with_context(lang=lang).env
            term.with_env(in_lang).name = in_lang._(
                "Two instalments, after 15 and after 60 days"
            )
        return term

    def _prepare_courtesy(self, today):
        """Due in three business days: time for the courtesy note."""
        place = self.env.company.partner_id
        calendar = self.env["collection.calendar"]._get(
            place.country_id.code, place.state_id.code, today
        )
        due = add_business_days(today, 3, calendar)
        return self._prepare_invoice("north", due, 1360.00, {})

    def _pay(self, move, amount, day):
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        ).create(
            {"amount": amount, "payment_date": day, "installments_mode": "full"}
        )._create_payments()

    def _create_credits(self, today):
        credits = self.env["account.move"].create(
            [
                {
                    **self._prepare_invoice(name, today - timedelta(days), amount, {}),
                    "move_type": "out_refund",
                    "invoice_date": today - timedelta(days),
                }
                for name, days, amount in CREDITS
            ]
        )
        credits.action_post()

    # -- collections ---------------------------------------------------------------------

    def _tell_companies_from_people(self):
        customers = self._partner("north").union(
            *(self._partner(name) for name, *_ in INVOICES)
        )
        debtors = self.env["collection.debtor"]._get_for(customers, self.env.company)
        companies = debtors.filtered("partner_id.is_company")
        companies.party = "business"
        (debtors - companies).party = "consumer"

    def _plan_by_hand(self, name, channel, subject, text):
        """The scheduled action finds the moment, on whatever day it runs first."""
        admin = self.env.ref("base.user_admin")
        compose = self.env["collection.contact.compose"].with_user(admin)
        compose.create(
            {
                "debtor_id": self._debtor(name).id,
                "channel": channel,
                **({"own_subject": subject} if subject else {}),
                "own_plain": text,
                "own_html": text,
            }
        )._create_contact()

    def _pause(self, name, today):
        self.env["collection.hold"].create(
            {
                "debtor_id": self._debtor(name).id,
                "reason": "complaint",
                "note": self.env._(
                    "One crate arrived damaged, the replacement is on its way."
                ),
                "user_id": self.env.ref("base.user_admin").id,
                "date_from": today,
                "date_to": today + timedelta(days=14),
            }
        )

    def _remember(self, name, level, since):
        """Give the overdue items of a customer a past, as if collections had been on."""
        debtor = self._debtor(name)
        stages = debtor.effective_policy_id.stage_ids.filtered(
            lambda stage: stage.level != "pre_due"
        ).sorted()
        stage = stages.filtered(lambda s: s.level == level)
        items = debtor.item_ids.filtered(
            lambda i: i.ledger_state == "open" and i.date_due < since
        )
        case = self._open_case(debtor, since)
        for below in stages.filtered(lambda s: s.sequence <= stage.sequence):
            begun = since - timedelta(12) * (stage.sequence - below.sequence)
            for number, step in enumerate(below.step_ids.sorted()):
                self._remember_contact(items, step, begun + timedelta(5) * number)
        self.env["collection.stage.move"].create(
            [
                {
                    "item_id": item.id,
                    "debtor_id": debtor.id,
                    "from_stage_id": item.stage_id.id,
                    "from_level": item.level,
                    "to_stage_id": stage.id,
                    "to_level": stage.level,
                    "cycle": item.cycle,
                    "date": since,
                    "reason": {"code": "STAYS", "args": {"level": stage.level}},
                }
                for item in items
                if item.stage_id != stage
            ]
        )
        items.write(
            {
                "stage_id": stage.id,
                "level": level,
                "stage_since": since,
                "case_id": case.id,
            }
        )
        debtor.contact_ids.case_id = case

    def _open_case(self, debtor, day):
        return (
            self.env["collection.case"]
            .with_context(mail_create_nolog=True)
            .create(
                {
                    "debtor_id": debtor.id,
                    "company_id": debtor.company_id.id,
                    "user_id": debtor.collector_id.id,
                    "date_open": day,
                }
            )
        )

    def _remember_contact(self, items, step, day):
        debtor = items.debtor_id
        # nobody was contacted on a Sunday
        day = shift_to_business_day(day, debtor._get_calendar(day))
        contact = self.env["collection.contact"].create(
            {
                "debtor_id": debtor.id,
                "company_id": debtor.company_id.id,
                "channel": step.channel,
                "step_id": step.id,
                "stage_id": step.stage_id.id,
                "user_id": debtor.collector_id.id,
                "reviewed": True,
                "line_ids": [
                    Command.create(
                        {
                            "item_id": item.id,
                            "step_id": step.id,
                            "stage_id": step.stage_id.id,
                            "cycle": item.cycle,
                            "currency_id": item.currency_id.id,
                            "date_due": item.date_due,
                            "invoice_name": item.move_id.name,
                            "amount_original": item.move_line_id.amount_currency,
                            "amount_open": item.amount_open,
                            "days_overdue": (day - item.date_due).days,
                            "frozen": True,
                        }
                    )
                    for item in items
                ],
            }
        )
        contact._resolve_recipients()
        contact._set_made(
            outcome=self.env["collection.channel"]._get(step.channel)._usual_outcome,
            made_at=debtor._get_utc(day, time(10)),
            made_on=day,
            tz=debtor._get_zone_names()[0],
            made_by_id=contact.user_id.id,
        )
        if contact.on_paper:
            contact._note_later(
                posted_on=day, tracking_code="LX473124829US", delivery_status="sent"
            )
