"""One picture of the debt (`rules.picture`): which items a message lists beside those whose
step is due, and which credits fall on them. From facts that are read once a batch."""

from odoo import models

from ...rules.picture import Standing, divide
from ...rules.statement import Claim, hand_out, take_off
from ..contact.collection_contact_line import to_decimal


class CollectionEvaluation(models.AbstractModel):
    _inherit = "collection.evaluation"

    def _get_shares(self, facts, debtor, currency_id):
        """The parts of the customer's unallocated money in the currency, and of what is on
        its way, that fall on what is asked for: over all branches of the creditor, as if
        it were allocated.

        :return: tuple of `rules.statement.Share`; the claims are ids of items as text"""
        key = debtor.partner_id.id, debtor.root_company_id.id, currency_id
        if key not in facts.shares:
            taken_off = self._get_taken_off(facts, debtor, currency_id)
            claims = self._get_claims(facts, debtor, currency_id) if taken_off else ()
            credits = [credit for credit, _why in taken_off]
            facts.shares[key] = hand_out(credits, claims) if claims else ()
        return facts.shares[key]

    def _get_claims(self, facts, debtor, currency_id):
        currency = self.env["res.currency"].browse(currency_id)
        return [
            Claim(
                str(row.id),
                str(currency_id),
                to_decimal(row.amount, currency),
                row.due,
                str(row.company_id),
            )
            for each in facts.siblings.get(debtor.id, debtor)
            if each.id not in facts.errors
            for row in self._get_asked_items(facts, each).values()
            if row.currency_id == currency_id
        ]

    def _get_picture(self, facts, debtor, steps, addressee_id):
        """What a contact lists: {item id: part}, in the order of the due dates.

        :param steps: ids of the items whose step it is
        :param addressee_id: see `ItemRow`; None: it is about all, whoever they were made
            out to (it goes to who decides)"""
        asked_for = self._get_asked_items(facts, debtor)
        rows = facts.items.get(debtor.id, ())
        if len(asked_for) == len(rows) and all(
            row.id in steps or addressee_id in (None, row.addressee_id) for row in rows
        ):
            # the rule, where there is nothing to divide
            found = {row.id: "step" if row.id in steps else "also" for row in rows}
        else:
            found = divide(
                (
                    self._get_listed(facts, debtor, row, asked_for, addressee_id)
                    for row in rows
                ),
                steps,
                addressee_id or 0,
            )
        by_id = {row.id: row for row in rows}
        return {
            id_: part
            for id_, part in found.items()
            if part == "info" or not self._judge_amount(facts, debtor, by_id[id_])[0]
        }

    def _get_listed(self, facts, debtor, row, asked_for, addressee_id):
        ripe = row.id in self._get_ripe_items(facts, debtor)
        hooks = facts.hooks.listed if ripe else facts.hooks.told
        withheld = row.id not in asked_for and any(
            hook(facts, debtor, row, ripe) for hook in hooks
        )
        return Standing(
            row.id,
            row.amount,
            row.currency_id,
            (addressee_id or 0) if addressee_id is None else row.addressee_id,
            ripe,
            withheld,
        )

    def _get_taken_from(self, facts, debtor, item_ids):
        """The credits of a contact that asks for these items: [(currency id,
        `rules.statement.StatementLine`)], each document once a currency."""
        rows = [r for r in facts.items.get(debtor.id, ()) if r.id in item_ids]
        claims = {str(id_) for id_ in item_ids}
        return [
            (currency_id, line)
            for currency_id in dict.fromkeys(row.currency_id for row in rows)
            for line in take_off(self._get_shares(facts, debtor, currency_id), claims)
        ]
