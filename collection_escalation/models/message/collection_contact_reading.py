"""What the reader of a message is told: the statement as they write amounts and dates,
what the plan foresees, and who writes."""

from odoo import api, models
from odoo.tools import format_amount, format_list

from ...rules.statement import add_up

#: Invoices that a message lists: the oldest. More would make it longer than mail programs
#: show, and nobody reads them.
LISTED_AT_MOST = 50


class CollectionContact(models.Model):
    _inherit = "collection.contact"

    @api.private
    def get_statement(self):
        """What the message states, in the order in which it is stated, one dict per
        invoice or credit: {"line", "name", "date_due", "original", "open",
        "days_overdue", "currency", "url", "is_credit", "overdue"}, as the reader writes
        them "original_text", "open_text", and "stated" (`rules.statement.StatementLine`);
        see `_get_statement`."""
        self.ensure_one()
        lines = {str(line.id): line for line in self._get_lines()}
        # on paper nothing can be clicked
        linked = not self.on_paper
        rows, texts = [], {}
        for stated in self._get_statement().lines:
            line = lines[stated.key]
            currency = line.currency_id
            original, still_open = float(stated.original), float(stated.open)
            for amount in (original, still_open):  # mostly the same
                if (amount, currency) not in texts:
                    texts[amount, currency] = (
                        format_amount(self.env, amount, currency, lang_code=self.lang)
                        if currency
                        else str(amount)
                    )
            rows.append(
                {
                    "stated": stated,
                    "part": stated.part,
                    "line": line,
                    "name": stated.name,
                    "date_due": stated.due,
                    "original": original,
                    "open": still_open,
                    "days_overdue": stated.days_late,
                    "original_text": texts[original, currency],
                    "open_text": texts[still_open, currency],
                    "currency": currency,
                    "url": self.get_line_url(line) if linked else None,
                    "is_credit": stated.part == "credit",
                    "overdue": stated.days_late > 0,
                }
            )
        return rows

    @api.private
    def get_shown(self, rows):
        """Those of ``rows`` (of `get_statement`) that a message lists: the oldest invoices,
        and all credits. On paper, and on the page behind the link, all stand."""
        invoices = [row for row in rows if not row["is_credit"]]
        if self.on_paper or len(invoices) <= LISTED_AT_MOST:
            return rows
        invoices.sort(key=lambda row: str(row["date_due"]))
        shown = {row["line"] for row in invoices[:LISTED_AT_MOST]}
        return [row for row in rows if row["is_credit"] or row["line"] in shown]

    @api.private
    def get_more_text(self, rows):
        """The others in one sentence, with what is open of them; "" if all are listed."""
        shown = self.get_shown(rows)
        rest = [row for row in rows if row not in shown]
        if not rest:
            return ""
        amounts = [
            format_amount(
                self.env, total["open"], total["currency"], lang_code=self.lang
            )
            for total in self.get_statement_totals(rest)
        ]
        return self.env._(
            "And %(count)s more, together %(amounts)s. All of them stand on the page "
            "behind the link, where you can also download the list.",
            count=len(rest),
            amounts=format_list(self.env, amounts),
        )

    def get_statement_totals(self, rows):
        """Totals of ``rows`` (of `get_statement`) by currency, each the sum of what is
        shown: [{"currency", "original", "open"}]."""
        currencies = {row["stated"].currency: row["currency"] for row in rows}
        return [
            {
                "currency": currencies[total.currency],
                "original": float(total.original),
                "open": float(total.open),
            }
            for total in add_up(row["stated"] for row in rows)
        ]

    @api.private
    def format_day(self, day):
        """A date as the reader of the message writes it; "" for no date."""
        return self._format_day(day, self.lang) if day else ""

    def get_consequences(self, only=None):
        """What the plan foresees after the stage of this contact, as far as Settings say
        with whom: list of {"code", "name"}. Nothing else may be announced (regulation
        sheet 5, pitfall 17): no suspension, record, protest or claim that no later stage
        plans. A legal stage writes before it acts, so what it plans itself counts too.

        :param only: codes that this message may announce; None: all of them that its
            purpose may"""
        self.ensure_one()
        own, announces = self.stage_id, self._get_purpose()._announces
        later = own.policy_id.stage_ids.filtered(
            lambda s: s.sequence > own.sequence or s == own and s.level == "legal"
        )
        company = self.sudo().company_id
        wanted = (
            ("suspension", "plans_suspension", company.name),
            ("bureau", "plans_bureau", company.collection_bureau),
            ("protest", "plans_protest", company.collection_notary),
            ("court", "plans_court", company.collection_court),
        )
        return [
            {"code": code, "name": name}
            for code, planned, name in wanted
            if name
            and any(later.mapped(planned))
            and (not only or code in only)
            and (announces is None or code in announces)
        ]

    def get_consequence_names(self):
        """The invoices that stand on the stage of this contact, if others stand beside
        them: of these the consequences are said, of no other.

        :return: "INV/7 and INV/9" in the reader's language; empty if it is all of them"""
        lines = self._get_lines().filtered("item_id")
        return self._join_names(
            lines.filtered(lambda x: x.part == "step" and x.stage_id == self.stage_id),
            lines,
        )

    def get_first_asked(self):
        """The invoices of which this is the first message after the due date although it
        is not a friendly one: {"any": whether there are some, "names": which ones, empty
        if it is all of them}."""
        lines = self._get_lines().filtered("item_id")
        friendly = lines.filtered(
            lambda x: x.part == "step" and x.stage_id.level == "friendly"
        )
        told = friendly.item_id._get_told_after_due(besides=self)
        first = friendly.filtered(lambda x: x.item_id not in told)
        return {"any": bool(first), "names": self._join_names(first, lines)}

    def _join_names(self, some, lines):
        """The numbers of ``some`` of the lines as a text; "" if it is all of them."""
        if not some or some == lines:
            return ""
        names = dict.fromkeys(filter(None, (x.get_invoice_name() for x in some)))
        return format_list(self.env, list(names))

    def is_to_decider(self):
        """Is it addressed to somebody of whom we know that they decide on payments?"""
        self.ensure_one()
        deciders = self.debtor_id.sudo().person_ids.filtered(
            lambda p: p.kind == "decider"
        )
        return self.recipient_id in deciders.partner_id

    def get_creditor_address(self):
        """The creditor's address in one line, the country in the reader's language: the
        partner's own field is worked out once, in the language of the first reader."""
        creditor = self.get_creditor()
        address = creditor._display_address(without_company=True) or ""
        return ", ".join(filter(None, (part.strip() for part in address.split("\n"))))

    def get_creditor(self):
        """Who writes: the partner of the root company. Superuser: a collector of a branch
        may not read the head office."""
        return self.sudo().company_id.root_id.partner_id
