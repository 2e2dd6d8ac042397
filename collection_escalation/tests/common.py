"""Helpers and assertions in the words of the trade."""

from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command, fields
from odoo.tools import mute_logger

from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.addons.mail.tests.common import MailCommon

from ..models.engine import collection_dispatcher

#: A Monday; the story tests begin on it.
MONDAY = date(2026, 3, 2)
SAO_PAULO_9AM_UTC = time(12, 0)


class CollectionCommon(MailCommon, AccountTestInvoicingCommon):
    """A Brazilian company that collects, with the standard plan, and its debtors.

    Every test lives on fixed days: `_live(day)` runs the scheduled actions at 09:00 of
    São Paulo on that day, as a night's work would. The company's payments are entered up
    to the day, unless a test says otherwise."""

    #: The certified letter has tests of its own; elsewhere it would wait for somebody.
    keeps_certified_letter = False

    @classmethod
    def default_env_context(cls):
        return {}

    @classmethod
    def get_default_groups(cls):
        return super().get_default_groups() | cls.quick_ref(
            "collection_escalation.group_collection_manager"
        )

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.brazil = cls.env.ref("base.br")
        cls.brl = cls.env.ref("base.BRL")
        cls.company.partner_id.write(
            {
                "country_id": cls.brazil.id,
                "state_id": cls.env.ref("base.state_br_sp").id,
                "street": "Rua Um, 1",
                "city": "São Paulo",
                "vat": False,
                "email": "credor@example.com",
            }
        )
        cls.policy = cls.env.ref("collection_escalation.policy_consumer").sudo()
        if not cls.keeps_certified_letter:
            letter = cls.env.ref("collection_escalation.step_consumer_firm_letter")
            letter.sudo().unlink()
        cls.collector = cls._new_user("collector", "group_collection_user")
        cls.manager = cls._new_user("collection_manager", "group_collection_manager")
        cls._open_company(cls.company)
        cls.debtor_partner = cls._create_debtor_partner("Loja Azul")

    @classmethod
    def _open_company(cls, company):
        """The company collects, without review of messages."""
        company.sudo().write(
            {
                "collection_tz": "America/Sao_Paulo",
                "collection_user_id": cls.collector.id,
                "collection_manager_id": cls.manager.id,
                "collection_consumer_policy_id": cls.policy.id,
                "collection_business_policy_id": cls.policy.id,
                "collection_require_sent": False,
                "collection_payments_until": MONDAY,
            }
        )
        company.sudo().collection_started_on = MONDAY

    @classmethod
    def _new_user(cls, login, group):
        return cls.env["res.users"].create(
            {
                "name": login,
                "login": login,
                "email": f"{login}@example.com",
                "company_ids": [Command.set(cls.company.ids)],
                "company_id": cls.company.id,
                "group_ids": [
                    Command.set(cls.env.ref(f"collection_escalation.{group}").ids)
                ],
            }
        )

    @classmethod
    def _create_debtor_partner(cls, name, **vals):
        return cls.env["res.partner"].create(
            {
                "name": name,
                "email": f"{name.lower().replace(' ', '.')}@example.com",
                "country_id": cls.brazil.id,
                "state_id": cls.env.ref("base.state_br_rj").id,
                "phone": "+55 21 99999-0000",
                "lang": "en_US",
                **vals,
            }
        )

    @classmethod
    def _activate_language(cls, code):
        """With the texts of the module, as an administrator activates it."""
        cls.env["res.lang"].sudo()._activate_lang(code)
        module = cls.env.ref("base.module_collection_escalation").sudo()
        module._update_translations([code])

    # -- doing ---------------------------------------------------------------------------

    def _create_overdue_invoice(self, due, amount=1000.0, partner=None, **vals):
        """A posted customer invoice with one line and one due date."""
        vals = {
            "move_type": "out_invoice",
            "partner_id": (partner or self.debtor_partner).id,
            "invoice_date": due - timedelta(days=30),
            "invoice_date_due": due,
            "invoice_line_ids": [
                Command.create({"name": "Goods", "price_unit": amount, "tax_ids": []})
            ],
            **vals,
        }
        with freeze_time(vals["invoice_date"]):
            invoice = self.env["account.move"].create(vals)
            invoice.action_post()
            self._settle_transaction()
        return invoice

    def _create_instalment_invoice(self, dues, amount=1000.0, partner=None, **vals):
        """A posted invoice in equal instalments, due on ``dues``."""
        first = dues[0]
        term = self.env["account.payment.term"].create(
            {
                "name": "Instalments",
                "line_ids": [
                    Command.create(
                        {
                            "value": "percent",
                            "value_amount": 100 / len(dues),
                            "nb_days": (due - first).days,
                        }
                    )
                    for due in dues
                ],
            }
        )
        return self._create_overdue_invoice(
            first,
            amount,
            partner,
            invoice_date=first,
            invoice_date_due=False,
            invoice_payment_term_id=term.id,
            **vals,
        )

    def _pay(self, invoice, amount=None, day=None):
        vals = {"amount": amount} if amount else {}
        vals["payment_date"] = day or fields.Date.today()
        payment = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"installments_mode": "full", **vals})
            ._create_payments()
        )
        self._settle_transaction()
        return payment

    def _open_next_stage(self, case, approved=True, reason="They do not answer"):
        """The manager decides about the stage that the file waits for, by the buttons."""
        action = case.with_user(self.manager).action_open_next_stage()
        wizard = (
            self.env[action["res_model"]]
            .with_user(self.manager)
            .with_context(**action["context"])
            .create({"reason": reason})
        )
        return wizard.action_approve() if approved else wizard.action_refuse()

    def _start_payment(self, invoice, amount, day):
        """A transaction that stays *pending*."""
        every = self.env["payment.method"].sudo().with_context(active_test=False)
        provider = self.env["payment.provider"].sudo().search([], limit=1)
        method = every.search([], limit=1)
        with self._at(day):
            return (
                self.env["payment.transaction"]
                .sudo()
                .create(
                    {
                        "provider_id": provider.id,
                        "payment_method_id": method.id,
                        "amount": amount,
                        "currency_id": invoice.currency_id.id,
                        "partner_id": invoice.partner_id.id,
                        "reference": f"TX-{amount}",
                        "invoice_ids": [Command.set(invoice.ids)],
                        "state": "pending",
                        "last_state_change": f"{day} 12:00:00",
                    }
                )
            )

    def _settle_transaction(self):
        """What a commit does before it writes: flush, and follow the ledger."""
        self.env.flush_all()
        self.env.cr.flush()

    @contextmanager
    def _at(self, day, moment=SAO_PAULO_9AM_UTC, payments_entered=True):
        """Live in the given moment (UTC)."""
        with freeze_time(datetime.combine(day, moment)):
            if payments_entered:
                self.company.sudo().collection_payments_until = day
                self.env.flush_all()
            yield

    def _live(self, day, moment=SAO_PAULO_9AM_UTC, payments_entered=True):
        """Run the scheduled actions once at the given moment; returns the e-mails that
        left."""
        with self._at(day, moment, payments_entered), self.mock_mail_gateway():
            self._run_actions()
            team = self.collector.email
            return [mail for mail in self._mails if team not in mail["email_to"][0]]

    def _live_until(self, first, last):
        """Run the scheduled actions every day; returns {day: mails that left}."""
        sent, day = {}, first
        while day <= last:
            if mails := self._live(day):
                sent[day] = mails
            day += timedelta(days=1)
        return sent

    def _run_actions(self):
        """One round of the scheduled actions: each starts the next, and the dispatch a
        second sender if there is much to do."""
        for name in ("evaluate", "plan", "dispatch"):
            self._run_action(name)
        for name in ("send", "call_times"):
            if self._is_started(name):
                self._run_action(name)

    def _is_started(self, name):
        """Did another scheduled action ask for ``ir_cron_<name>``?"""
        asked = [
            ("cron_id", "=", self.env.ref(f"collection_escalation.ir_cron_{name}").id),
            ("call_at", "<=", fields.Datetime.now()),
        ]
        return bool(self.env["ir.cron.trigger"].sudo().search_count(asked, limit=1))

    def _evaluate(self):
        self._run_action("evaluate")

    def _run_action(self, name):
        """Run the scheduled action ``ir_cron_<name>`` as Odoo's worker does: as its user,
        on a cursor of its own, again until it says that nothing remains. What it commits
        is a savepoint of the test. An error that escapes from it is raised here."""
        self._settle_transaction()
        cron = self.env.ref(f"collection_escalation.ir_cron_{name}").sudo()
        errors, callback = [], type(cron)._callback

        def keep_error(this, *args):
            try:
                return callback(this, *args)
            except Exception as error:
                errors.append(error)
                raise

        with (
            self._in_registry_test_mode(),
            patch.object(type(cron), "_callback", keep_error),
            # nobody else writes in a test: there is nothing to wait for
            patch.multiple(collection_dispatcher, NAP=0, NAPS=1),
            # what fails is raised below
            mute_logger("odoo.addons.base.models.ir_cron"),
        ):
            cron.method_direct_trigger()
        if errors:
            raise errors[0]

    @contextmanager
    def _in_registry_test_mode(self):
        """New cursors are savepoints of the test's; in tests with a browser they are
        anyhow."""
        if self._registry_patched:
            self.env.flush_all()
            yield
            self.env.invalidate_all()
        else:
            with self.enter_registry_test_mode():
                yield

    # -- looking -------------------------------------------------------------------------

    def _items(self, invoice):
        return (
            self.env["collection.item"]
            .sudo()
            .search([("move_id", "in", invoice.ids)], order="date_due, id")
        )

    def _debtor(self, partner=None):
        return (
            self.env["collection.debtor"]
            .sudo()
            .search([("partner_id", "=", (partner or self.debtor_partner).id)])
        )

    def _call_business(self, debtor):
        """A company, and known to be one since ever."""
        debtor.sudo().party = "business"
        debtor.sudo().business_since = False

    def _contacts(self, partner=None, **criteria):
        contacts = self._debtor(partner).contact_ids.sorted("id")
        return contacts.filtered(
            lambda c: all(c[name] == value for name, value in criteria.items())
        )

    def _log_call(self, contact, outcome="no_answer"):
        return contact.with_user(self.collector)._log_attempt(outcome)

    # -- asserting -----------------------------------------------------------------------

    def assertStage(self, invoice, *levels):
        """The instalments of ``invoice``, by due date, stand on ``levels``."""
        self.assertEqual(
            [item.level or None for item in self._items(invoice)], list(levels)
        )

    def assertContacts(self, expected, partner=None):
        """[(channel, level of the stage, state)] of the debtor's outbound contacts."""
        self.assertEqual(
            [
                (c.channel, c.stage_id.level, c.state)
                for c in self._contacts(partner, direction="out")
            ],
            expected,
        )

    def assertWithheldBecause(self, code, invoice):
        self.assertEqual(
            [item.reason["code"] for item in self._items(invoice)],
            [code] * len(self._items(invoice)),
        )
