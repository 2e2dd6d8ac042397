"""The links in our messages: to all invoices of a message, or to one of them."""

import secrets
from datetime import timedelta

from odoo import fields, http
from odoo.http import request
from odoo.tools import format_date

#: Days after which the links of a message stop working.
LINK_DAYS = 90


class CollectionStatement(http.Controller):
    """No login, no account: whoever has the token sees the invoices of that message.

    Every failure (no such message, wrong token, expired, other line) gets the same page,
    and the token is compared in constant time, so the links tell nothing to a guesser."""

    @http.route(
        "/statement/<int:contact_id>/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        sitemap=False,
    )
    def statement(self, contact_id, token, **kwargs):
        contact_sudo = self._find(contact_id, token)
        if not contact_sudo:
            return self._refuse()
        lines_sudo = contact_sudo._get_lines()
        if len(lines_sudo) == 1 and (url := self._get_invoice_url(lines_sudo)):
            return self._guard(request.redirect(url))
        contact_sudo = self._in_the_readers_language(contact_sudo)
        return self._guard(
            request.render(
                "collection_escalation.portal_statement",
                {
                    "page_name": "statement",
                    "no_breadcrumbs": True,
                    "contact": contact_sudo,
                    "creditor": contact_sudo.get_creditor(),
                    "rows": self._get_rows(contact_sudo),
                },
            )
        )

    @http.route(
        "/statement/<int:contact_id>/<string:token>/<int:line_id>",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        sitemap=False,
    )
    def statement_line(self, contact_id, token, line_id, **kwargs):
        contact_sudo = self._find(contact_id, token)
        line_sudo = contact_sudo._get_lines().filtered(lambda x: x.id == line_id)
        if not line_sudo:
            return self._refuse()
        if url := self._get_invoice_url(line_sudo):
            return self._guard(request.redirect(url))
        # Not an invoice (an opening balance, a payment): there is only the overview.
        if len(contact_sudo._get_lines()) > 1:
            return self._guard(request.redirect(contact_sudo.get_url()))
        return self.statement(contact_id, token)

    def _find(self, contact_id, token):
        """The contact as superuser, empty unless the token fits and is fresh."""
        contact_sudo = request.env["collection.contact"].sudo().browse(contact_id)
        contact_sudo = contact_sudo.exists()
        expected = contact_sudo.access_token or secrets.token_urlsafe(24)
        fits = secrets.compare_digest(expected.encode(), token.encode())
        if not fits or not contact_sudo.access_token:
            return contact_sudo.browse()
        begun = contact_sudo.made_at or contact_sudo.create_date
        if fields.Datetime.now() - begun > timedelta(days=LINK_DAYS):
            return contact_sudo.browse()
        return contact_sudo

    def _get_invoice_url(self, line_sudo):
        """Portal address of the line's invoice; None when it has no page of its own. The
        invoice gets its own token here, so that sending never writes on invoices."""
        move_sudo = line_sudo._get_ledger_line().move_id
        if move_sudo.state != "posted" or not move_sudo.is_sale_document(
            include_receipts=True
        ):
            return None
        return move_sudo.get_portal_url()

    def _get_rows(self, contact_sudo):
        """The invoices as they stand now, which may be better than when we wrote."""
        rows = []
        for row in contact_sudo.get_statement():
            ledger_sudo = row["line"]._get_ledger_line()
            rows.append(
                {
                    **row,
                    "day": format_date(contact_sudo.env, row["date_due"]),
                    "open": ledger_sudo.amount_residual_currency,
                    "settled": ledger_sudo.reconciled or not ledger_sudo,
                    "url": row["url"] if self._get_invoice_url(row["line"]) else None,
                }
            )
        return rows

    def _in_the_readers_language(self, contact_sudo):
        lang = contact_sudo.lang
        if not lang or not request.env["res.lang"]._get_data(code=lang):
            return contact_sudo
        request.update_context(lang=lang)
        return contact_sudo.with_context(lang=lang)

    def _refuse(self):
        response = request.render(
            "collection_escalation.portal_statement_gone", {"no_breadcrumbs": True}
        )
        response.status_code = 404
        return self._guard(response)

    def _guard(self, response):
        """The address holds the token: keep it out of caches, indexes and referrers."""
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response
