"""What a contact states of its invoices and credits."""

from odoo import api, fields, models


class CollectionContact(models.Model):
    _inherit = "collection.contact"

    stated = fields.Json(
        readonly=True,
        copy=False,
        help="What was written or printed, by id of the line: name of the invoice, "
        "original amount, open amount, days late.",
    )
    amount_text = fields.Char(compute="_compute_amount_text", string="Amounts")
    item_count = fields.Integer(compute="_compute_amount_text", string="Invoices")

    @api.depends("line_ids.state")
    def _compute_amount_text(self):
        for contact in self:
            lines = contact._get_lines()
            contact.item_count = len(lines.filtered("item_id"))
            totals = self._add_up(
                (x.currency_id, x.get_amount("original"), x.get_amount("open"))
                for x in lines
            )
            contact.amount_text = " + ".join(
                total["currency"].format(total["open"]) for total in totals
            )

    def _get_lines(self):
        """The lines that count: all but those taken out."""
        lines = self.line_ids
        counting = lines.filtered(lambda line: line.state != "cancelled")
        # what is read of one is read for the lines of the whole batch
        return counting.with_prefetch(lines._prefetch_ids)

    def _get_stated(self):
        """What the contact states of its invoices and credits, as of now: {id of the line
        as text: [name, original, open, days late]}."""
        self.ensure_one()
        today = self.debtor_id._get_today()
        return {
            str(line.id): [
                line.get_invoice_name(),
                line.get_amount("original"),
                line.get_amount("open"),
                line.get_days_overdue(today),
            ]
            for line in self._get_lines()
        }

    def _keep_statement(self):
        """Keep what is owed now as what is about to be written or printed.

        :return: these contacts, in whose texts it stands so"""
        for contact in self:
            contact.write({"stated": contact._get_stated()})
        return self.with_context(collection_as_stated=True)

    def _is_outdated(self):
        """Is something else owed now than what was written or printed? That it is late
        one day more is no change."""
        self.ensure_one()
        now = {
            str(line.id): [line.get_amount("original"), line.get_amount("open")]
            for line in self._get_lines()
        }
        return now != {id_: row[1:3] for id_, row in (self.stated or {}).items()}

    @api.model
    def _add_up(self, amounts):
        """Totals by currency, each the sum of what is shown; never across currencies.

        :param amounts: iterable of (currency, original, open)
        :return: [{"currency", "original", "open"}]"""
        totals = {}
        for currency, original, still_open in amounts:
            total = totals.setdefault(currency, [0.0, 0.0])
            total[0] += original
            total[1] += still_open
        return [
            {
                "currency": currency,
                "original": currency.round(original),
                "open": currency.round(still_open),
            }
            for currency, (original, still_open) in totals.items()
        ]

    def _take_credits(self):
        """Show unallocated credits of the debtor beside the invoices, in currencies of
        the contact: they lower what is asked for. Credits that were used meanwhile are
        taken out."""
        Line = self.env["collection.contact.line"]
        Line.search(
            [
                ("contact_id", "in", self.ids),
                ("credit_line_id.reconciled", "=", True),
                ("state", "=", "planned"),
            ]
        ).write({"state": "cancelled"})
        by_owner = self._read_credits()
        vals_list = []
        for contact in self if by_owner else ():
            credits = by_owner.get((contact.partner_id, contact.company_id))
            if not credits:
                continue
            currencies = contact.line_ids.currency_id
            vals_list += [
                {
                    "contact_id": contact.id,
                    "credit_line_id": credit.id,
                    "currency_id": credit.currency_id.id,
                    "date_due": credit.date,
                }
                for credit in credits - contact._get_lines().credit_line_id
                if credit.currency_id in currencies
            ]
        Line.create(vals_list)

    def _read_credits(self):
        """{(customer, company): receivable lines of theirs with money not allocated yet},
        one query for all these contacts."""
        found = self.env["account.move.line"].search(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
                ("amount_residual_currency", "<", 0),
            ]
        )
        return found.grouped(lambda line: (line.partner_id, line.company_id))
