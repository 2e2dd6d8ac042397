"""Fewer defaults, measured (S60): of what fell due in a month, how much was still unpaid
some days later?"""

from datetime import date

from odoo import api, fields, models
from odoo.tools import SQL, format_date

from ...rules.business_days import add_business_days

#: Calendar days after the due date; beside them five business days (S3).
AGES = (30, 60, 90)
BUSINESS_DAYS = 5
#: Names of the ages, as they end the names of fields.
NAMES = ("5", *map(str, AGES))
#: How many months are shown.
MONTHS = 24


class CollectionMeasure(models.Model):
    """One month of receivables of a company: what fell due in it, and which share of it
    was still unpaid after 5 business days, 30, 60 and 90 days. In the company's currency.

    A share is of what has reached that age (``due_…``, of it ``unpaid_…``): a month that is
    younger has none yet. What was credited or written off no longer counts as unpaid from
    the day of that entry."""

    _name = "collection.measure"
    _description = "Receivables still unpaid, by month"
    _order = "month desc, company_id"
    _rec_name = "month"

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id", store=True)
    month = fields.Date(string="Due in", required=True, readonly=True)
    amount = fields.Monetary(string="Fell due", readonly=True)
    share_5 = fields.Float(
        string="Unpaid after 5 business days", readonly=True, aggregator="avg"
    )
    share_30 = fields.Float(
        string="Unpaid after 30 days", readonly=True, aggregator="avg"
    )
    share_60 = fields.Float(
        string="Unpaid after 60 days", readonly=True, aggregator="avg"
    )
    share_90 = fields.Float(
        string="Unpaid after 90 days", readonly=True, aggregator="avg"
    )
    due_5 = fields.Monetary(string="Due for 5 business days", readonly=True)
    due_30 = fields.Monetary(string="Due for 30 days", readonly=True)
    due_60 = fields.Monetary(string="Due for 60 days", readonly=True)
    due_90 = fields.Monetary(string="Due for 90 days", readonly=True)
    unpaid_5 = fields.Monetary(string="Of it unpaid, 5 business days", readonly=True)
    unpaid_30 = fields.Monetary(string="Of it unpaid, 30 days", readonly=True)
    unpaid_60 = fields.Monetary(string="Of it unpaid, 60 days", readonly=True)
    unpaid_90 = fields.Monetary(string="Of it unpaid, 90 days", readonly=True)

    _month_uniq = models.Constraint(
        "UNIQUE(company_id, month)", "A month stands once for a company."
    )

    @api.depends("month")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for measure in self:
            measure.display_name = format_date(
                self.env, measure.month, date_format="MMMM y"
            )

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        """The share of several months or companies is that of their amounts together, in
        one currency; it is no average of shares."""
        field, _sep, function = aggregate_spec.partition(":")
        if not field.startswith("share_") or function != "avg":
            return super()._read_group_select(aggregate_spec, query)
        age = field.removeprefix("share_")
        unpaid, due = (
            super(CollectionMeasure, self)._read_group_select(
                f"{name}_{age}:sum_currency", query
            )
            for name in ("unpaid", "due")
        )
        return SQL("%s / NULLIF(%s, 0)", unpaid, due)

    @api.model
    def _read_group_empty_value(self, spec):
        """A share that nobody knows yet is none: 0 would be drawn as "all is paid"."""
        if spec.startswith("share_"):
            return None
        return super()._read_group_empty_value(spec)

    @api.model
    def action_open(self):
        """The first screen of collections, up to date."""
        self.check_access("read")
        self.env.companies.sudo()._measure_receivables()
        return self.env["ir.actions.act_window"]._for_xml_id(
            "collection_escalation.collection_measure_action"
        )


class ResCompany(models.Model):
    _inherit = "res.company"

    def _measure_receivables(self):
        """Write the months of these companies anew, from the ledger as it is now."""
        Measure_sudo = self.env["collection.measure"].sudo()
        for company in self:
            rows = company._read_unpaid_shares()
            known = {
                m.month: m
                for m in Measure_sudo.search([("company_id", "=", company.id)])
            }
            new = []
            for row in rows:
                vals = company._prepare_measure(row)
                if measure := known.pop(vals["month"], None):
                    measure.write(vals)
                else:
                    new.append(vals)
            Measure_sudo.create(new)
            Measure_sudo.union(*known.values()).unlink()

    def _prepare_measure(self, row):
        """Of a row (month, amount, base and unpaid of each age) the shares."""
        month, amount, *ages = row
        vals = {"company_id": self.id, "month": month, "amount": amount}
        for name, due, unpaid in zip(NAMES, ages[0::2], ages[1::2], strict=True):
            vals[f"due_{name}"] = due or 0.0
            vals[f"unpaid_{name}"] = unpaid
            vals[f"share_{name}"] = unpaid / due if due else 0.0
        return vals

    def _read_unpaid_shares(self):
        """[(first of the month, amount due, then for 5 business days, 30, 60 and 90 days:
        the amount that has reached that age, and what of it was unpaid then)], oldest
        first; amounts in the company's currency.

        Receivable lines of posted customer invoices, by their own due date; payments by
        the day of their reconciliation's later entry."""
        self.ensure_one()
        self.env.flush_all()
        today = self._get_collection_today()
        first = fields.Date.subtract(today.replace(day=1), months=MONTHS - 1)
        ages = SQL(", ").join(
            SQL(
                """sum(balance) FILTER (WHERE %(day)s <= %(today)s)::float,
                   COALESCE(sum(balance - COALESCE((
                       SELECT sum(p.amount) FROM account_partial_reconcile p
                        WHERE p.debit_move_id = due.id AND p.max_date <= %(day)s
                   ), 0)) FILTER (WHERE %(day)s <= %(today)s), 0)::float""",
                day=day,
                today=today,
            )
            for day in (
                SQL("ages.fifth"),
                *(SQL("due.date_maturity + %s", days) for days in AGES),
            )
        )
        return self.env.execute_query(
            SQL(
                """
                WITH due AS (
                    SELECT l.id, l.date_maturity, l.balance
                      FROM account_move_line l
                      JOIN account_move m ON m.id = l.move_id
                      JOIN account_account a ON a.id = l.account_id
                     WHERE l.company_id = %(company)s
                       AND a.account_type = 'asset_receivable'
                       AND m.move_type = 'out_invoice' AND l.parent_state = 'posted'
                       AND l.balance > 0
                       AND l.date_maturity BETWEEN %(first)s AND %(today)s
                ), ages AS (
                    SELECT * FROM unnest(%(days)s::date[], %(fifths)s::date[])
                                  AS days(day, fifth)
                )
                SELECT date_trunc('month', due.date_maturity)::date,
                       sum(due.balance)::float, %(ages)s
                  FROM due JOIN ages ON ages.day = due.date_maturity
                 GROUP BY 1 ORDER BY 1
                """,
                company=self.id,
                first=first,
                today=today,
                ages=ages,
                **self._get_fifth_business_days(first, today),
            )
        )

    def _get_fifth_business_days(self, first, last):
        """{"days": all days from ``first`` to ``last``, "fifths": for each the day on
        which five business days have passed}, by the calendar of the company's seat."""
        seat = self.root_id.partner_id
        days = [
            date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1)
        ]
        fifths = []
        for day in days:
            calendar = self.env["collection.calendar"]._get(
                seat.country_id.code, seat.state_id.code, day
            )
            fifths.append(add_business_days(day, BUSINESS_DAYS, calendar))
        return {"days": days, "fifths": fifths}
