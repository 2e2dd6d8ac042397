"""The links in our messages: what the message states, and the answers of one tap."""

import csv
import io
import secrets

from odoo import http
from odoo.exceptions import UserError
from odoo.http import content_disposition, request
from odoo.tools import format_date

from ..models.incoming.ir_http import PRIVATE

ROOT = "/statement/<int:contact_id>/<string:token>"
#: Bytes of a whole form; what a file may weigh says the answer, in words.
LARGEST_FORM = 20 * 1024 * 1024
#: Messages that a session remembers as proved.
REMEMBERED = 50
PROVED = "statement_proved"
#: What a cell begins with that a table takes for a formula.
FORMULA = tuple("=+-@\t\r")


def page(path, *methods, **options):
    """A public page, in no site map."""
    return http.route(
        ROOT + path,
        type="http",
        auth="public",
        methods=list(methods),
        website=True,
        sitemap=False,
        **options,
    )


class CollectionStatement(http.Controller):
    """No login, no account: whoever has the token stands before the page of that message.
    A consumer proves who they are before it shows anything.

    Every failure (no such message, wrong token, expired, other line, unknown answer) gets
    the same page, so the links tell nothing to a guesser. All work is done as the system,
    in the company of the message, whoever is logged in."""

    @page("", "GET")
    def statement(self, contact_id, token, **kwargs):
        contact = self._enter(contact_id, token)
        if not contact:
            return self._refuse()
        return self._show(contact)

    @page("/list.csv", "GET")
    def statement_list(self, contact_id, token, **kwargs):
        """What the page lists, as a file for a table."""
        contact = self._enter(contact_id, token)
        if not contact:
            return self._refuse()
        if not self._is_proved(contact):
            return self._show(contact)
        return self._guard(
            request.make_response(
                self._write_list(contact),
                [
                    ("Content-Type", "text/csv; charset=utf-8"),
                    ("Content-Disposition", content_disposition("invoices.csv")),
                ],
            )
        )

    def _write_list(self, contact):
        """Numbers with a decimal point; what a table could take for a formula is text."""
        table = io.StringIO()
        writer = csv.writer(table)
        _ = contact.env._
        writer.writerow(
            [
                _("Invoice"),
                _("Due date"),
                _("Currency"),
                _("Amount"),
                _("Still open"),
            ]
        )
        for row in self._get_rows(contact):
            name = row["name"] or ""
            if name[:1] in FORMULA:
                name = f"'{name}"
            theirs = row["theirs"]
            writer.writerow(
                [
                    name,
                    row["date_due"] or "",
                    row["currency"].name or "",
                    f"{row['original']:.2f}" if theirs else "",
                    f"{0 if row['settled'] else row['open']:.2f}" if theirs else "",
                ]
            )
        return table.getvalue()

    @page("/<int:line_id>", "GET")
    def statement_line(self, contact_id, token, line_id, **kwargs):
        contact = self._enter(contact_id, token)
        line = contact._get_lines().filtered(lambda x: x.id == line_id)
        if not line:
            return self._refuse()
        if not self._is_proved(contact):
            return self._show(contact, then=str(line_id))
        if url := self._hand_out(contact, line):
            return self._guard(request.redirect(url))
        # Not an invoice (an opening balance, a payment): there is only the overview.
        return self._guard(request.redirect(contact._get_path()))

    @page("/confirm", "POST")
    def statement_confirm(self, contact_id, token, digits="", then="", **kwargs):
        """The last digits, then on to where the reader wanted to go."""
        contact = self._enter(contact_id, token)
        if not contact:
            return self._refuse()
        if not self._is_proved(contact):
            if not contact._prove(digits if isinstance(digits, str) else ""):
                return self._show(contact, then=then, wrong=True)
            self._remember(contact)
        return self._guard(request.redirect(self._get_target(contact, then), code=303))

    @page("/answer/<string:code>", "GET")
    def answer_form(self, contact_id, token, code, **kwargs):
        contact = self._enter(contact_id, token)
        answer = contact.env["collection.answer"]._get(code)
        if not contact or answer is None:
            return self._refuse()
        return self._show_form(contact, answer)

    @page("/answer/<string:code>", "POST", max_content_length=LARGEST_FORM)
    def answer(self, contact_id, token, code, **form):
        # whoever was told "not me" sees nothing any more, but may say it twice
        contact = self._enter(contact_id, token, dead_too=code == "not_me")
        answer = contact.env["collection.answer"]._get(code)
        if not contact or answer is None:
            return self._refuse()
        proved = self._is_proved(contact)
        if not proved and not answer._shows_nothing:
            return self._show(contact, then=code)
        try:
            with contact.env.cr.savepoint():
                answer._answer(contact, form, proved)
        except UserError as error:
            return self._show_form(contact, answer, form, str(error))
        path = f"{contact._get_path()}/thanks/{code}"
        return self._guard(request.redirect(path, code=303))

    @page("/thanks/<string:code>", "GET")
    def answer_thanks(self, contact_id, token, code, **kwargs):
        contact = self._enter(contact_id, token, dead_too=True)
        answer = contact.env["collection.answer"]._get(code)
        if not contact or answer is None:
            return self._refuse()
        return self._render(
            "portal_answer_thanks",
            contact,
            texts=answer._get_texts(),
            ended=contact._is_link_dead(),
        )

    # -- who is there --------------------------------------------------------------------

    def _enter(self, contact_id, token, dead_too=False):
        """The message as the system, in the reader's language; empty unless the token
        fits, is fresh, and its reader did not say that they are somebody else."""
        Contact = request.env["collection.contact"]
        contact = Contact._find_by_link(contact_id, token)
        if not contact or (contact._is_link_dead() and not dead_too):
            return contact.browse()
        lang = contact.lang
        if lang and request.env["res.lang"]._get_data(code=lang):
            request.update_context(lang=lang)
            contact = contact.with_context(lang=lang)
        return contact

    def _is_proved(self, contact):
        """May the page show anything?"""
        proved = request.session.get(PROVED) or []
        return not contact._needs_proof() or contact.id in proved

    def _remember(self, contact):
        """For this visitor and this message only."""
        proved = request.session.get(PROVED) or []
        request.session[PROVED] = [*proved, contact.id][-REMEMBERED:]

    def _get_target(self, contact, then):
        """Path within the page of the message; never elsewhere."""
        path = contact._get_path()
        if contact.env["collection.answer"]._get(then) is not None:
            return f"{path}/answer/{then}"
        if then in map(str, contact._get_lines().ids):
            return f"{path}/{then}"
        return path

    # -- pages ---------------------------------------------------------------------------

    def _show(self, contact, then="", wrong=False):
        """What the message states, or the question for the last digits before it."""
        proved = self._is_proved(contact)
        proof = None if proved else contact._get_proof()
        closed = not proved and contact._is_link_closed()
        response = self._render(
            "portal_statement",
            contact,
            proved=proved,
            proof=proof and {"kind": proof.kind, "length": proof.length},
            then=then if isinstance(then, str) else "",
            wrong=wrong,
            closed=closed,
            rows=self._get_rows(contact) if proved else [],
            pay_codes=contact._get_page_pay_codes() if proved else [],
            answers=self._get_answers(contact, proved),
        )
        if wrong:
            response.status_code = 429 if closed else 403
        return response

    def _show_form(self, contact, answer, form=None, error=""):
        proved = self._is_proved(contact)
        if not proved and not answer._shows_nothing:
            return self._show(contact, then=answer._code)
        if not answer._is_offered(contact):
            return self._guard(request.redirect(contact._get_path()))
        typed = {k: v for k, v in (form or {}).items() if isinstance(v, str)}
        return self._render(
            "portal_answer",
            contact,
            form=answer._form,
            texts=answer._get_texts(),
            action=f"{contact._get_path()}/answer/{answer._code}",
            once=secrets.token_urlsafe(16),
            typed=typed,
            error=error,
            **answer._get_form_values(contact, proved),
        )

    def _get_answers(self, contact, proved):
        """The buttons: who has proved nothing sees those whose form shows nothing."""
        return [
            {
                "label": answer._get_label(),
                "url": f"{contact._get_path()}/answer/{answer._code}",
            }
            for answer in contact.env["collection.answer"]._get_models()
            if (proved or answer._shows_nothing) and answer._is_offered(contact)
        ]

    def _get_invoice_url(self, line):
        """Portal address of the line's invoice; None when it has no page of its own. The
        invoice gets its own token here, so that sending never writes on invoices."""
        move = line._get_ledger_line().move_id
        if not line._is_theirs():
            return None
        if move.state != "posted" or not move.is_sale_document(include_receipts=True):
            return None
        return move.get_portal_url()

    def _hand_out(self, contact, line):
        """Where the reader sees the invoice of ``line``; None when it has no page."""
        url = self._get_invoice_url(line)
        if url:
            contact._note_handed_out(line)
        return url

    def _get_rows(self, contact):
        """The invoices as they stand now, which may be better than when we wrote."""
        rows = []
        for row in contact.get_statement():
            theirs = row["line"]._is_theirs()
            still_open = row["line"]._get_now_open() if theirs else 0.0
            if row["is_credit"]:  # the part of it that was taken off here
                rows.append(
                    {
                        **row,
                        "day": format_date(contact.env, row["date_due"]),
                        # money on its way is no document that could be used up
                        "settled": bool(row["line"].credit_line_id)
                        and theirs
                        and not still_open,
                        "theirs": theirs,
                        "url": None,
                    }
                )
                continue
            rows.append(
                {
                    **row,
                    "day": format_date(contact.env, row["date_due"]),
                    "open": still_open,
                    "settled": theirs and not still_open,
                    "theirs": theirs,
                    "url": row["url"] if self._get_invoice_url(row["line"]) else None,
                }
            )
        return rows

    def _render(self, template, contact, **values):
        creditor = contact.get_creditor()
        company = contact.company_id
        response = request.render(
            f"collection_escalation.{template}",
            {
                "path": contact._get_path(),
                "creditor": creditor,
                "creditor_address": contact.get_creditor_address(),
                "reply_to": company.collection_reply_to
                or company.email
                or creditor.email,
                "res_company": company,
                "title": creditor.name,
                "html_data": {"lang": (contact.env.lang or "en_US").replace("_", "-")},
                "no_header": True,
                "no_footer": True,
                **values,
            },
        )
        return self._guard(response)

    def _refuse(self):
        response = request.render(
            "collection_escalation.portal_statement_gone",
            {"title": request.env._("Message"), "no_header": True, "no_footer": True},
        )
        response.status_code = 404
        return self._guard(response)

    def _guard(self, response):
        response.headers.update(PRIVATE)
        return response
