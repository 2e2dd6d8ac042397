"""What a contact states of its invoices and credits: the one place that says it. Texts,
letters, the page behind the link, evidence and *is it outdated?* read it here."""

from operator import attrgetter

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...rules.statement import Statement

#: In the context while contacts are written: {id: the statement that was kept}. Reading
#: it from the contact each time would cost more than all the rest of it.
KEPT = "collection_kept_statements"


class CollectionContact(models.Model):
    _inherit = "collection.contact"

    stated = fields.Json(
        readonly=True,
        copy=False,
        help="What was written or printed: names, due dates, amounts.",
    )
    amount_text = fields.Char(compute="_compute_amount_text", string="Amounts")
    item_count = fields.Integer(compute="_compute_amount_text", string="Invoices")

    @api.depends("line_ids.state")
    def _compute_amount_text(self):
        for contact in self:
            lines = contact._get_lines()
            contact.item_count = len(
                lines.filtered(lambda x: x.item_id and x.part == "step")
            )
            currencies = {c.name: c for c in lines.currency_id}
            contact.amount_text = " + ".join(
                currencies[total.currency].format(float(total.asked))
                for total in contact._get_statement_now().totals
            )

    def _get_lines(self):
        """The lines that count: all but those taken out."""
        lines = self.line_ids
        counting = lines.filtered(lambda line: line.state != "cancelled")
        # what is read of one is read for the lines of the whole batch
        return counting.with_prefetch(lines._prefetch_ids)

    def _get_statement(self):
        """What the contact states of its invoices and credits: while it is written or
        printed what was kept by `_keep_statement`, so that text and evidence cannot
        differ; else, line by line, as frozen or as the ledger says now.

        :return: `rules.statement.Statement`; the keys of its lines are the ids of the
            lines of the contact as text"""
        self.ensure_one()
        kept = self.env.context.get(KEPT, {})
        return kept[self.id] if self.id in kept else self._get_statement_now()

    def _get_statement_now(self):
        """`_get_statement`, whatever was kept of it."""
        self.ensure_one()
        lines = self._get_lines()
        frozen = all(line.frozen for line in lines)
        today = None if frozen else self._get_today_if_known()
        stated = [line._get_stated(today) for line in lines]
        return Statement(tuple(sorted(stated, key=attrgetter("turn"))))

    def _get_kept_lines(self):
        """{id of the line as text: `rules.statement.StatementLine`} of what was written or
        printed."""
        return {line.key: line for line in Statement.from_json(self.stated).lines}

    def _get_today_if_known(self):
        """The debtor's date; None where nobody can tell it."""
        try:
            return self.debtor_id._get_today()
        except UserError:
            return None

    def _keep_statement(self):
        """Keep what is owed now as what is about to be written or printed.

        :return: these contacts, in whose texts it stands so"""
        kept = {contact.id: contact._get_statement_now() for contact in self}
        for contact in self:
            contact.write({"stated": kept[contact.id].to_json()})
        return self.with_context(**{KEPT: kept})

    def _is_outdated(self):
        """Is something else to be stated now than what was written or printed? That it is
        late one day more is no change."""
        kept = Statement.from_json(self.stated)
        return not kept.says_the_same_as(self._get_statement_now())
