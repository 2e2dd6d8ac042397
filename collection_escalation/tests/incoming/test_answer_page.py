"""The page behind the link of a message, as debtors and others open it."""

import re
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from freezegun import freeze_time

from odoo import Command, fields
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ...models.debtor.collection_debtor_call import format_day
from ...rules.business_days import add_business_days
from ..common import MONDAY, CollectionCommon

#: A valid Brazilian tax id of a person; the last digits are 4725.
TAX_ID = "529.982.247-25"
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)
SCRIPT = "<script>alert(1)</script>"


def get_today():
    """Where the customer lives: after 21 hours there it is tomorrow in UTC."""
    return datetime.now(ZoneInfo("America/Sao_Paulo")).date()


class AnswerCommon(CollectionCommon, HttpCase):
    """Loja Azul, a consumer with a tax id, was sent a reminder of two invoices today.

    The server lives on the real clock: contact hours are the test's own, so that nothing
    depends on day or hour."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = get_today()
        cls.debtor_partner.write({"vat": TAX_ID, "zip": "20040-002"})
        cls.accountant = cls._new_user("accountant", "group_collection_user")
        cls.accountant.group_ids = cls.env.ref("account.group_account_invoice")
        cls.company.sudo().collection_accounting_user_id = cls.accountant

    @classmethod
    def _open_company(cls, company):
        result = super()._open_company(company)
        # the server lives today, whenever that is: only the hours made here hold
        Ruleset = cls.env["collection.contact.ruleset"].sudo()
        Ruleset.search([("country_id", "!=", False)]).active = False
        window = {"kind": "window", "weekday_from": "0", "weekday_to": "6"}
        always = Ruleset.create(
            {
                "name": "Always",
                "code": "ALWAYS",
                "respects_holidays": False,
                "line_ids": [Command.create({**window, "hour_from": 0, "hour_to": 24})],
            }
        )
        today = get_today()
        company.sudo().write(
            {
                "collection_started_on": today - timedelta(days=90),
                "collection_payments_until": today,
                "collection_ruleset_id": always.id,
            }
        )
        return result

    def setUp(self):
        super().setUp()
        self.invoices = self._create_overdue_invoice(self.today - timedelta(days=14))
        self.invoices |= self._create_overdue_invoice(self.today - timedelta(days=15))
        self.message = self._send()
        self.debtor = self._debtor()

    def _send(self, partner=None):
        """What the scheduled actions do; returns the message that left."""
        with self.mock_mail_gateway():
            self._run_actions()
        message = self._contacts(partner, state="made", direction="out")
        self.assertEqual(len(message), 1, "the reminder was sent")
        return message

    def _items_of_message(self):
        return self.message.line_ids.item_id

    # -- the browser ---------------------------------------------------------------------

    def _path(self, rest="", message=None):
        message = message or self.message
        return f"/statement/{message.id}/{message.access_token}{rest}"

    def _get(self, rest="", message=None):
        return self.url_open(self._path(rest, message), allow_redirects=False)

    def _post(self, rest, data=None, files=None, message=None, csrf=True):
        self.env.flush_all()
        data = dict(data or {})
        if csrf:
            page = self._get(message=message).text
            data["csrf_token"] = re.search(r'csrf_token: "(\w+)"', page)[1]
        answer = self.url_open(
            self._path(rest, message), data=data, files=files, allow_redirects=False
        )
        self.env.invalidate_all()
        return answer

    def _prove(self, digits="4725", message=None, **data):
        return self._post("/confirm", {"digits": digits, **data}, message=message)

    def _answer(self, code, once="a-form-of-its-own", files=None, **data):
        data = {"once": once, **data}
        return self._post(f"/answer/{code}", data, files)

    def _say_paid(self, **data):
        return self._answer("paid", date=self.today.isoformat(), **data)

    def _body(self, answer):
        """The page without what differs for every request."""
        _head, _, body = answer.text.partition("<main")
        body = body.partition("</main>")[0]
        body = re.sub(r'name="(csrf_token|once)" value="[^"]*"', "", body)
        return body.replace(self.message.access_token, "TOKEN")

    def _inbound(self):
        return self._contacts(direction="in")

    # -- assertions ----------------------------------------------------------------------

    def assertShowsNothing(self, answer):
        for secret in (
            self.debtor_partner.name,
            self.debtor_partner.email,
            self.debtor_partner.phone,
            TAX_ID,
            *self.invoices.mapped("name"),
            "1,000",
        ):
            self.assertNotIn(secret, answer.text)

    def assertThanks(self, answer, code):
        self.assertEqual(answer.status_code, 303, answer.text[:2000])
        self.assertEqual(
            answer.headers["Location"].partition("/statement")[2],
            self._path(f"/thanks/{code}").partition("/statement")[2],
        )

    def assertRefused(self, answer):
        self.assertEqual(answer.status_code, 404)
        self.assertIn("does not work any more", answer.text)
        self.assertShowsNothing(answer)

    def assertError(self, answer, text):
        self.assertEqual(answer.status_code, 200)
        self.assertRegex(answer.text, rf'role="alert"[^>]*>[^<]*{text}')
        self.assertFalse(self._inbound(), "nothing was taken")


@tagged("post_install", "-at_install")
class TestAnswerPage(AnswerCommon):
    """Who may come in, and what they see."""

    def test_a_consumer_sees_nothing_before_the_last_digits(self):
        for rest in ("", f"/{self.message.line_ids[0].id}", "/answer/paid"):
            with self.subTest(rest):
                page = self._get(rest)
                self.assertEqual(page.status_code, 200)
                self.assertShowsNothing(page)
                self.assertIn("tax ID", page.text)
                self.assertIn("noindex", page.headers["X-Robots-Tag"])
                self.assertEqual(page.headers["Cache-Control"], "no-store")
        self.assertIn("I am not this person", page.text)
        self.assertNotIn("I have paid", page.text)

    def test_with_the_last_digits_they_see_their_invoices_and_all_answers(self):
        answer = self._prove()
        self.assertEqual(answer.status_code, 303)
        page = self._get()
        for text in (
            *self.invoices.mapped("name"),
            "I have paid",
            "I did not receive the invoice",
            "Call me",
            "I am not this person",
        ):
            self.assertIn(text, page.text)
        line = self._get(f"/{self.message.line_ids[0].id}")
        self.assertIn("/my/invoices/", line.headers["Location"])

    def test_the_page_says_no_word_of_the_trade(self):
        self._prove()
        pages = [
            self._get(rest).text
            for rest in (
                "",
                "/answer/paid",
                "/answer/not_received",
                "/answer/call_me",
                "/answer/not_me",
                "/thanks/paid",
            )
        ]
        for page in pages:
            head, _, body = page.partition("<body")
            body = body.partition("</main>")[0]
            title = re.search(r"<title>(.*)</title>", head)[1]
            self.assertEqual(title.strip(), self.company.partner_id.name)
            seen = re.sub(r"<[^>]+>", " ", body)
            for word in (
                "debt",
                "stage",
                "case",
                "escalation",
                "collection",
                "overdue",
            ):
                self.assertNotRegex(seen.lower(), rf"\b{word}")

    def test_after_the_digits_it_goes_on_to_what_was_tapped(self):
        line = self.message.line_ids[0]
        wanted = {
            "paid": "/answer/paid",
            str(line.id): f"/{line.id}",
            "": "",
            "https://evil.example.com": "",
            "//evil.example.com": "",
            "../../web/login": "",
            "999999": "",
        }
        for then, rest in wanted.items():
            with self.subTest(then):
                answer = self._prove(then=then)
                self.assertEqual(
                    answer.headers["Location"].partition("/statement")[2],
                    self._path(rest).partition("/statement")[2],
                )

    def test_the_proof_holds_for_one_message_and_one_visitor(self):
        self._prove()
        other = self._send_to("Padaria Verde", vat="111.444.777-35")
        self.assertIn("tax ID", self._get(message=other).text)
        self.opener.cookies.clear()
        self.assertShowsNothing(self._get())

    def _send_to(self, name, **vals):
        partner = self._create_debtor_partner(name, **vals)
        self._create_overdue_invoice(self.today - timedelta(days=14), partner=partner)
        return self._send(partner)

    def test_the_postcode_is_asked_for_where_no_tax_id_is_known(self):
        self.debtor_partner.vat = False
        page = self._get()
        self.assertIn("postcode", page.text)
        self.assertEqual(self._prove("4725").status_code, 403)
        self.assertEqual(self._prove("0 002").status_code, 303)

    def test_of_whom_nothing_is_known_nothing_is_shown(self):
        self.debtor_partner.write({"vat": False, "zip": False})
        page = self._get()
        self.assertShowsNothing(page)
        self.assertNotIn('name="digits"', page.text)
        self.assertIn("Call me", page.text)
        self.assertIn("I am not this person", page.text)
        self.assertNotIn("I have paid", page.text)
        self.assertIn("mailto:", page.text)
        for digits in ("", "0002", "4725"):
            self.assertEqual(self._prove(digits).status_code, 403)
        self.assertIn("do not know enough", self._say_paid().text)
        self.assertFalse(self._inbound())

    def test_a_company_sees_its_invoices_at_once(self):
        self._call_business(self.debtor)
        self.env.flush_all()
        page = self._get()
        self.assertIn(self.invoices[0].name, page.text)
        self.assertIn("I have paid", page.text)

    def test_it_speaks_the_language_of_the_message(self):
        self.env["res.lang"]._activate_lang("pt_BR")
        self.env.cr.execute(
            "UPDATE collection_contact SET lang = 'pt_BR' WHERE id = %s",
            (self.message.id,),
        )
        self.env.invalidate_all()
        self.assertIn('lang="pt-BR"', self._get().text)

    def test_who_is_logged_in_is_treated_like_anybody(self):
        """Neither a collector of another company nor one of this sees more, or is
        refused."""
        other = self.setup_other_company(name="Other")["company"]
        stranger = self._new_user("stranger", "group_collection_manager")
        stranger.sudo().write(
            {"company_ids": [Command.set(other.ids)], "company_id": other}
        )
        for user in (stranger, self.collector):
            with self.subTest(user.login):
                user.password = user.login
                self.authenticate(user.login, user.login)
                self.assertShowsNothing(self._get())
                self.assertEqual(self._prove().status_code, 303)
                self.assertIn(self.invoices[0].name, self._get().text)

    # -- tokens and tries ----------------------------------------------------------------

    def test_every_wrong_link_is_refused_the_same_way(self):
        other = self._send_to("Padaria Verde", vat="111.444.777-35")
        token = self.message.access_token
        ids = (self.message.id, 0, -1, 99999999, 2**31, 2**63, 10**30)
        links = [f"/statement/{id_}/{'x' * len(token)}" for id_ in ids]
        links += [f"/statement/{id_}/{token}" for id_ in ids[1:] if id_ >= 0]
        links += [
            f"/statement/{self.message.id}/{other.access_token}",
            f"/statement/{self.message.id}/%C3%A9%20'",
            f"/statement/{self.message.id}/x%00",
        ]
        wrong = [self.url_open(link) for link in links if "/-1/" not in link]
        for page in wrong:
            self.assertRefused(page)
            self.assertEqual(self._body(page), self._body(wrong[0]), "the same page")
        for rest in (
            f"/{other.line_ids[0].id}",
            "/answer/nothing",
            "/answer/__class__",
            "/thanks/nothing",
        ):
            with self.subTest(rest):
                self.assertRefused(self._get(rest))
        self.assertRefused(self._post("/answer/nothing", {"once": "x"}))

    def test_an_old_link_does_nothing_any_more(self):
        self._prove()
        self.env.cr.execute(
            "UPDATE collection_contact SET made_at = %s WHERE id = %s",
            (fields.Datetime.now() - timedelta(days=91), self.message.id),
        )
        self.env.invalidate_all()
        for answer in (
            self._get(),
            self._get("/answer/paid"),
            self._get("/thanks/paid"),
            self._prove(),
            self._say_paid(),
            self._answer("not_me"),
        ):
            self.assertRefused(answer)
        self.assertFalse(self._inbound())

    def test_answers_from_the_customer_have_no_link(self):
        self._prove()
        self._say_paid()
        self.assertRefused(self._get(message=self._inbound()))

    def test_after_five_wrong_tries_even_the_right_digits_open_nothing(self):
        wrong = [self._prove(f"000{number}") for number in range(5)]
        self.assertEqual([page.status_code for page in wrong], [403] * 4 + [429])
        for page in wrong[1:4]:
            self.assertEqual(self._body(page), self._body(wrong[0]), "the same page")
        right, wrong_again = self._prove("4725"), self._prove("0000")
        self.assertEqual(right.status_code, 429)
        self.assertEqual(self._body(right), self._body(wrong_again), "no difference")
        self.assertShowsNothing(self._get())
        self.opener.cookies.clear()
        self.assertNotIn('name="digits"', self._get().text, "nor for anybody else")
        self.assertIn("I am not this person", self._get().text)
        self._let_pass(minutes=61)
        self.assertEqual(self._prove("4725").status_code, 303)

    def test_the_next_five_wrong_tries_cost_more(self):
        for _time in range(5):
            self._prove("0000")
        self._let_pass(minutes=61)
        for _time in range(5):
            self._prove("0000")
        self._let_pass(minutes=61)
        self.assertEqual(self._prove("4725").status_code, 429, "two hours now")
        self._let_pass(minutes=60)
        self.assertEqual(self._prove("4725").status_code, 303)

    def _let_pass(self, minutes):
        self.env.cr.execute(
            """
            UPDATE collection_debtor
               SET link_closed_until = link_closed_until - %s * interval '1 minute'
             WHERE id = %s
            """,
            (minutes, self.message.debtor_id.id),
        )
        self.env.invalidate_all()

    def test_hostile_digits_are_only_wrong(self):
        for digits in ("'; DROP TABLE x", "\x00", "4" * 5000, "%s", "4725\u0661"[:3]):
            self.env.cr.execute("UPDATE collection_debtor SET link_wrong_tries = 0")
            with self.subTest(digits[:10]):
                self.assertEqual(self._prove(digits).status_code, 403)

    def test_without_the_token_of_the_form_nothing_is_taken(self):
        self._prove()
        with mute_logger("odoo.http"):
            for rest in ("/confirm", "/answer/paid", "/answer/not_me"):
                answer = self._post(rest, {"once": "x", "digits": "4725"}, csrf=False)
                self.assertEqual(answer.status_code, 400, rest)
        self.assertFalse(self._inbound())

    def test_a_visit_alone_changes_nothing(self):
        """Mail programs open links before people do."""
        self._prove()
        for code in ("paid", "not_received", "call_me", "not_me"):
            self.assertEqual(self._get(f"/answer/{code}").status_code, 200)
            self.assertEqual(self._get(f"/thanks/{code}").status_code, 200)
        self.env.invalidate_all()
        self.assertFalse(self._inbound())
        self.assertFalse(self.debtor.hold_ids)

    def test_the_message_has_a_button_for_each_answer(self):
        body = self.message.mail_id.sudo().body_html
        for code in ("paid", "not_received", "call_me", "not_me"):
            self.assertIn(self._path(f"/answer/{code}"), body)


@tagged("post_install", "-at_install")
class TestAnswerPaid(AnswerCommon):
    """“I have paid”."""

    def setUp(self):
        super().setUp()
        self._prove()

    def test_nobody_is_chased_for_three_business_days(self):
        self.assertThanks(self._say_paid(), "paid")
        hold = self.debtor.hold_ids
        self.assertEqual(hold.reason, "says_paid")
        self.assertEqual(hold.item_ids, self._items_of_message())
        self.assertEqual(hold.user_id, self.collector)
        today = self.debtor._get_today()
        calendar = self.debtor._get_calendar(today)
        self.assertEqual(hold.date_from, today)
        self.assertEqual(hold.date_to, add_business_days(today, 3, calendar))
        self._evaluate()
        self.assertWithheldBecause("HELD", self.invoices)

    def test_accounting_gets_a_task_on_the_oldest_invoice(self):
        self._say_paid(amount="1.234,50")
        oldest = self.invoices.sorted("invoice_date_due")[0]
        task = oldest.activity_ids
        self.assertEqual(task.user_id, self.accountant)
        self.assertEqual(
            task.activity_type_id,
            self.env.ref("collection_escalation.mail_activity_find_payment"),
        )
        for text in (
            self.debtor_partner.name,
            "1234.50",
            *self.invoices.mapped("name"),
        ):
            self.assertIn(text, task.note)

    def test_the_collector_gets_it_where_the_accountant_may_not_see_the_invoice(self):
        self.accountant.group_ids = self.env.ref("base.group_user")
        self._say_paid()
        self.assertEqual(self.invoices.activity_ids.user_id, self.collector)

    def test_it_is_logged_as_a_contact_from_the_customer(self):
        self._say_paid(amount="12")
        answer = self._inbound()
        self.assertEqual(
            (
                answer.purpose,
                answer.state,
                answer.outcome,
                answer.channel,
                answer.answer,
            ),
            ("inbound", "made", "reply", "email", "paid"),
        )
        self.assertEqual(answer.answered_id, self.message)
        self.assertIn("12.00", answer.why)
        self.assertEqual(answer.company_id, self.company)

    def test_two_taps_are_one_answer(self):
        for _tap in range(2):
            self.assertThanks(self._say_paid(once="same"), "paid")
        self.assertEqual(len(self._inbound()), 1)
        self.assertEqual(len(self.debtor.hold_ids), 1)
        self.assertEqual(len(self.invoices.activity_ids), 1)

    def test_who_says_it_again_is_heard_but_the_pause_does_not_grow(self):
        self._say_paid(once="first")
        self._say_paid(once="second", amount="77")
        self.assertEqual(len(self._inbound()), 2)
        self.assertEqual(len(self.debtor.hold_ids), 1)
        self.assertEqual(len(self.invoices.activity_ids), 1)
        self.assertIn("77.00", self.invoices.activity_ids.note)

    def test_the_proof_lies_with_the_customer(self):
        for name, content, mimetype in (
            ("proof.pdf", PDF, "application/pdf"),
            ("photo.PNG", PNG, "image/png"),
            ("../../etc/passwd", PNG, "image/png"),
            (f"{SCRIPT}.html", PDF, "application/pdf"),
        ):
            with self.subTest(name):
                files = {"document": (name, content, "text/html")}
                self.assertThanks(self._say_paid(once=name, files=files), "paid")
                kept = self.env["ir.attachment"].search(
                    [
                        ("res_model", "=", "collection.debtor"),
                        ("res_id", "=", self.debtor.id),
                    ],
                    order="id desc",
                    limit=1,
                )
                self.assertEqual((kept.raw, kept.mimetype), (content, mimetype))
                self.assertRegex(kept.name, r"^Proof of payment \S+\.(pdf|png)$")
                self.assertFalse(kept.public)
        self.assertIn(kept, self.debtor.message_ids.attachment_ids)

    def test_other_files_are_refused(self):
        for name, content, error in (
            ("virus.exe", b"MZ" + b"\0" * 100, "PDF, or a picture"),
            (
                "page.pdf",
                b"<html><script>alert(1)</script></html>",
                "PDF, or a picture",
            ),
            (
                "drawing.png",
                b"<svg xmlns='http://www.w3.org/2000/svg'/>",
                "PDF, or a pic",
            ),
            ("large.pdf", PDF + b"\0" * 5 * 1024 * 1024, "at most 5 MB"),
        ):
            with self.subTest(name):
                files = {"document": (name, content, "application/pdf")}
                self.assertError(self._say_paid(once=name, files=files), error)
        self.assertFalse(self.debtor.hold_ids)

    def test_a_file_that_is_none_is_no_file(self):
        for number, extra in enumerate(
            ({"document": "text"}, {"files": {"document": ("", b"", "")}})
        ):
            self.assertThanks(self._say_paid(once=str(number), **extra), "paid")
        self.assertFalse(self.debtor.message_ids.attachment_ids)

    def test_hostile_dates_and_amounts_are_refused_in_words(self):
        tomorrow = (self.debtor._get_today() + timedelta(days=1)).isoformat()
        for date, error in (
            (tomorrow, "future"),
            ("1999-01-01", "far back"),
            ("", "Choose the day"),
            ("31/12/2025", "Choose the day"),
            ("'; DROP", "Choose the day"),
            ("0000-00-00", "Choose the day"),
            ("\x00", "Choose the day"),
        ):
            with self.subTest(date):
                self.assertError(self._answer("paid", date=date), error)
        for amount in ("-5", "1e9", "NaN", "9" * 50, SCRIPT):
            with self.subTest(amount):
                page = self._say_paid(amount=amount)
                self.assertError(page, "numbers only")
                self.assertNotIn(SCRIPT, page.text)
        self.assertError(self._answer("paid", once="", date="2026-01-01"), "try again")

    def test_without_the_digits_nobody_says_it(self):
        self.opener.cookies.clear()
        page = self._say_paid()
        self.assertIn('name="digits"', page.text)
        self.assertFalse(self._inbound())

    def test_what_is_settled_meanwhile_is_not_asked_about(self):
        for invoice in self.invoices:
            self._pay(invoice)
        self.assertEqual(self._get("/answer/paid").status_code, 303)
        self.assertNotIn("I have paid", self._get().text)
        self._say_paid()
        self.assertFalse(self.debtor.hold_ids)
        self.assertFalse(self.invoices.activity_ids)

    def test_more_than_ten_answers_a_day_is_no_person(self):
        for number in range(10):
            self.assertThanks(self._say_paid(once=f"tap {number}"), "paid")
        page = self._say_paid(once="tap 11")
        self.assertIn("call or write to us", page.text)
        self.assertEqual(len(self._inbound()), 10)


@tagged("post_install", "-at_install")
class TestAnswerOthers(AnswerCommon):
    """“I did not receive it”, “call me”, “I am not this person”."""

    # -- I did not receive it ------------------------------------------------------------

    def test_the_invoice_goes_once_more_and_the_days_count_from_then(self):
        self._plan_next_step()
        self._prove()
        self.assertThanks(
            self._answer("not_received", text="To my new flat"), "not_received"
        )
        items = self._items_of_message()
        self.assertEqual(
            set(items.mapped("not_received_on")), {self.debtor._get_today()}
        )
        self.assertFalse(self._contacts(purpose="step", state="planned"))
        answer = self._inbound()
        self.assertEqual((answer.outcome, answer.note), ("reply", "To my new flat"))
        with self.mock_mail_gateway():
            self._run_actions()
        again = self._contacts(purpose="invoice")
        self.assertEqual((again.state, again.line_ids.item_id), ("made", items))
        self.assertEqual(set(items.mapped("grace_from")), {again.made_on})
        self._evaluate()
        self.assertFalse(self._contacts(purpose="step", state="planned"))
        self.assertEqual(len(self._contacts(purpose="invoice")), 1, "once")
        grace_ends = add_business_days(
            again.made_on, 5, self.debtor._get_calendar(again.made_on)
        )
        self.assertGreaterEqual(min(items.mapped("next_date")), grace_ends)

    def _plan_next_step(self):
        """A call about these invoices stands in the outbox."""
        item = self._items_of_message()[0]
        step = self.message.stage_id.step_ids.filtered(lambda s: s.channel == "phone")[
            :1
        ]
        call = self.debtor.contact_ids.create(
            {
                "debtor_id": self.debtor.id,
                "company_id": self.company.id,
                "channel": "phone",
                "step_id": step.id,
                "stage_id": step.stage_id.id,
                "line_ids": [
                    Command.create(
                        {"item_id": item.id, "step_id": step.id, "cycle": item.cycle}
                    )
                ],
            }
        )
        self.env.flush_all()
        return call

    def test_the_message_that_brings_the_invoice_does_not_offer_it(self):
        self._prove()
        self._answer("not_received")
        with self.mock_mail_gateway():
            self._run_actions()
        again = self._contacts(purpose="invoice")
        self._prove(message=again)
        self.assertNotIn("did not receive", self._get(message=again).text)
        self.assertEqual(self._get("/answer/not_received", again).status_code, 303)

    def test_who_says_it_again_is_heard_but_the_days_go_on(self):
        """Once for each invoice: “I never got it” must not be an excuse (S15)."""
        self._prove()
        self._answer("not_received", once="first")
        with self.mock_mail_gateway():
            self._run_actions()
        items = self._items_of_message()
        before = items.mapped(lambda i: (i.not_received_on, i.grace_from))
        self.assertTrue(all(grace for _on, grace in before))
        planned = self._plan_next_step()
        self.assertIn("to you again already", self._get("/answer/not_received").text)
        self.assertThanks(self._answer("not_received", once="second"), "not_received")
        self.assertEqual(
            items.mapped(lambda i: (i.not_received_on, i.grace_from)), before
        )
        self.assertEqual(planned.state, "planned", "not taken back")
        self.assertEqual(
            len(self._contacts(purpose="invoice")), 1, "not sent once more"
        )
        again = self._inbound().filtered(
            lambda c: c.reasons[0]["code"] == "SAYS_NOT_RECEIVED_AGAIN"
        )
        self.assertEqual(len(again), 1)
        self.assertIn(items[0].move_id.name, again.why)

    # -- call me -------------------------------------------------------------------------

    def test_the_wish_pauses_once_a_message(self):
        """Two business days for the first one; the second is heard, and pauses nothing
        more: there is no delay without end."""
        for number, once in enumerate(("first", "second"), 1):
            slot = self._slots()[0]
            self._answer("call_me", once=once, when=slot, number="21 98888-7777")
            self.assertEqual(len(self._inbound()), number)
            hold = self.debtor.hold_ids
            self.assertEqual(hold.reason, "answered")
            if number == 1:
                # as if the first one had been given some days ago
                until = hold.date_to
                hold.sudo().date_to = until - timedelta(days=1)
                self.env.flush_all()
        self.assertEqual(hold.date_to, until - timedelta(days=1))

    def test_who_did_not_prove_anything_does_not_change_what_the_customer_asked_for(
        self,
    ):
        self._prove()
        first, second = self._slots()[:2]
        self._answer("call_me", once="first", when=second)
        call = self._contacts(purpose="callback")
        self.assertTrue(call.callback_proved)
        wish = call.callback_from, call.callback_number, call.note
        self.opener.cookies.clear()
        page = self._answer(
            "call_me", once="second", when=first, number="21 98888-7777"
        )
        self.assertThanks(page, "call_me")
        call = self._contacts(purpose="callback")
        self.assertEqual((call.callback_from, call.callback_number, call.note), wish)
        told = self._inbound().filtered(lambda c: "did not prove" in c.why)
        self.assertIn("CALLBACK_STANDS", [reason["code"] for reason in told.reasons])
        self._prove()
        self._answer("call_me", once="third", when=first)
        call = self._contacts(purpose="callback")
        self.assertNotEqual(call.callback_from, wish[0], "the customer changes it")

    def test_days_are_written_as_the_language_writes_them(self):
        """Monday 9 March 2026."""
        day = MONDAY + timedelta(days=7)
        for lang, words in (
            ("en_US", "Monday, March 9"),
            ("pt_BR", "segunda-feira, 9 de março"),
            ("es_419", "lunes, 9 de marzo"),
        ):
            self.env["res.lang"]._activate_lang(lang)
            debtor = self.debtor.with_context(lang=lang)
            self.assertEqual(format_day(debtor.env, day), words)
            moment = datetime.combine(day, time(11))
            self.assertEqual(debtor._format_moment(moment), f"{words}, 08:00")
            slot = {"day": day, "part": "morning", "start": moment, "end": moment}
            label = self.env["collection.answer.call_me"].with_context(lang=lang)
            with freeze_time(MONDAY):
                said = label._describe_slot(self.message, slot)
            self.assertEqual(said.partition(words[1:])[0], words[0].upper())

    def _slots(self):
        page = self._get("/answer/call_me").text
        return re.findall(r'name="when"[^>]*value="([^"]+)"', page)

    def test_they_are_called_when_they_wish(self):
        self._prove()
        slot = self._slots()[1]
        self.assertThanks(
            self._answer("call_me", when=slot, text="About May"), "call_me"
        )
        call = self._contacts(purpose="callback")
        self.assertEqual((call.state, call.user_id), ("planned", self.collector))
        self.assertTrue(call.consented)
        self.assertTrue(call.planned_at and call.callback_from <= call.planned_at)
        self.assertLess(call.planned_at, call.callback_to)
        self.assertEqual(call.destination, "+5521999990000")
        self.assertIn("About May", call.note)
        told = (
            self.env["mail.message"]
            .sudo()
            .search(
                [
                    ("partner_ids", "in", self.collector.partner_id.ids),
                    ("body", "like", "“Call me”"),
                ]
            )
        )
        self.assertIn("About May", told.body)

    def test_who_did_not_prove_anything_gives_a_number(self):
        slot = self._slots()[0]
        self.assertError(self._answer("call_me", when=slot), "area code")
        self.assertShowsNothing(self._get("/answer/call_me"))
        self.assertThanks(
            self._answer("call_me", when=slot, number="21 98888-7777"), "call_me"
        )
        call = self._contacts(purpose="callback")
        self.assertEqual(call.destination, "+5521988887777")
        self.assertIn("did not prove", call.note)

    def test_only_the_offered_times_and_real_numbers_are_taken(self):
        self._prove()
        slot = self._slots()[0]
        for when in ("", "2020-01-01-morning", "always", "\x00", SCRIPT):
            with self.subTest(when):
                self.assertError(self._answer("call_me", when=when), "Choose when")
        for number in ("1", "abc", SCRIPT, "+" * 40):
            with self.subTest(number):
                page = self._answer("call_me", when=slot, number=number)
                self.assertError(page, "area code")
                self.assertNotIn(SCRIPT, page.text)

    def test_their_words_are_shown_as_words(self):
        self._prove()
        self._answer("call_me", when=self._slots()[0], text=f"{SCRIPT}\x00{'x' * 900}")
        note = self._inbound().note
        self.assertTrue(note.startswith(SCRIPT), "kept as it was written")
        self.assertEqual(len(note), 500)
        told = self.env["mail.message"].sudo().search([("body", "like", "alert(1)")])
        self.assertTrue(told, "the collector reads it")
        self.assertFalse([body for body in told.mapped("body") if SCRIPT in body])

    def test_where_no_call_is_permitted_the_collector_reads_of_the_wish(self):
        self.debtor.sudo().cease_on = self.today
        self.env.flush_all()
        self._prove()
        self.assertFalse(self._slots())
        self.assertThanks(self._answer("call_me", text="Please"), "call_me")
        self.assertFalse(self._contacts(purpose="callback"))
        self.assertEqual(self._inbound().reasons[0]["code"], "WISHES_CALL_SOMETIME")

    # -- I am not this person ------------------------------------------------------------

    def test_the_address_is_stopped_without_any_proof(self):
        page = self._answer("not_me")
        self.assertThanks(page, "not_me")
        stop = self.env["collection.stopped.address"].sudo().search([])
        self.assertEqual(
            (stop.kind, stop.address), ("email", self.debtor_partner.email_normalized)
        )
        self.assertEqual(stop.contact_id, self.message)
        answer = self._inbound()
        self.assertEqual((answer.answer, answer.outcome), ("not_me", "wrong_party"))
        self.assertFalse(
            answer._get_event().is_conversation, "the customer said nothing"
        )
        self.assertEqual(self.message.delivery_status, "returned")
        mend = self.env.ref("collection_escalation.mail_activity_mend_address")
        record = self.debtor.case_id or self.debtor
        self.assertIn(mend, record.activity_ids.activity_type_id)

    def test_the_page_ends_there_and_thanks(self):
        self._prove()
        self._answer("not_me", once="same")
        thanks = self._get("/thanks/not_me")
        self.assertEqual(thanks.status_code, 200)
        self.assertShowsNothing(thanks)
        for rest in (
            "",
            "/answer/paid",
            "/answer/not_me",
            f"/{self.message.line_ids[0].id}",
        ):
            self.assertRefused(self._get(rest))
        self.assertRefused(self._say_paid())
        self.assertThanks(self._answer("not_me", once="same"), "not_me")
        self.assertEqual(len(self._inbound()), 1)

    def test_the_links_to_invoices_work_no_more(self):
        """A company sees its invoices at once: who says then that they are somebody else
        was led to a page whose own link never expires."""
        self._call_business(self.debtor)
        self.env.flush_all()
        line, other = self.message.line_ids
        links = [self._get(f"/{line.id}").headers["Location"]]
        self.env.invalidate_all()
        untouched = other.item_id.move_id._portal_ensure_token()
        self.env.flush_all()
        self.assertEqual(self._open(links[0]), 200)
        self._answer("not_me")
        self.assertNotEqual(self._open(links[0]), 200)
        self.assertRefused(self._get(f"/{line.id}"))
        self.assertEqual(
            other.item_id.move_id.sudo().access_token,
            untouched,
            "nobody was led there by this message",
        )

    def _open(self, link):
        return self.url_open(link, allow_redirects=False).status_code

    def test_the_link_on_a_letter_ends_too_although_its_place_is_not_stopped(self):
        self.env.cr.execute(
            "UPDATE collection_contact SET channel = 'letter', destination = 'Rua Um' "
            "WHERE id = %s",
            (self.message.id,),
        )
        self.env.invalidate_all()
        self.assertThanks(self._answer("not_me"), "not_me")
        self.assertRefused(self._get())

    def test_nothing_is_sent_there_any_more(self):
        self._answer("not_me")
        self._create_overdue_invoice(self.today - timedelta(days=30))
        with self.mock_mail_gateway():
            self._run_actions()
            to = [mail["email_to"] for mail in self._mails]
        self.assertNotIn(self.debtor_partner.email_normalized, str(to))


@tagged("post_install", "-at_install")
class TestAnswerTours(AnswerCommon):
    """Each answer on a phone, as a thumb gives it."""

    browser_size = "390x844"
    touch_enabled = True

    def test_i_have_paid(self):
        self.start_tour(self._path(), "collection_answer_paid")
        self.assertEqual(self.debtor.hold_ids.reason, "says_paid")
        self.assertIn("2000.00", self._inbound().why)
        proof = self.env["ir.attachment"].search(
            [
                ("res_model", "=", "collection.debtor"),
                ("res_id", "=", self.debtor.id),
            ]
        )
        self.assertEqual((proof.raw, proof.mimetype), (PDF, "application/pdf"))

    def test_i_did_not_receive_it(self):
        self.start_tour(
            self._path("/answer/not_received"), "collection_answer_not_received"
        )
        self.assertEqual(self._inbound().note, "To my new address, please")
        self.assertTrue(all(self._items_of_message().mapped("not_received_on")))

    def test_call_me(self):
        self.start_tour(self._path(), "collection_answer_call_me")
        call = self._contacts(purpose="callback")
        self.assertEqual(call.destination, "+5521988887777")
        self.assertIn("About the delivery", call.note)

    def test_i_am_not_this_person(self):
        self.start_tour(self._path(), "collection_answer_not_me")
        self.assertTrue(self.env["collection.stopped.address"].sudo().search([]))
        self.assertEqual(self._inbound().outcome, "wrong_party")
