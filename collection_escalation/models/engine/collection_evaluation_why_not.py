"""Why must this item not be chased now, why not as soon as the plan says, and how much is
asked for? The facts (`collection.fact`) answer, in their order."""

from datetime import timedelta

from odoo import api, models

from ...rules.decision import Reason


def _is_more(amount, limit, currency):
    """Is it, as rounded in the currency? What is more by a whole cent is, however both are
    rounded, which takes longer."""
    if amount - limit > currency.rounding:
        return True
    return currency.compare_amounts(amount, limit) > 0


class CollectionEvaluation(models.AbstractModel):
    _inherit = "collection.evaluation"

    @api.model
    def _get_withheld(self, facts, debtor, row, post_due=True):
        """Why ``row`` must not be chased now, or None: the first reason that a fact gives.

        :param post_due: for a contact after the due date, or for one before it"""
        hooks = facts.hooks.after_due if post_due else facts.hooks.before_due
        for withhold in hooks:
            if reason := withhold(facts, debtor, row, post_due):
                return reason
        return None

    @api.model
    def _get_put_off(self, facts, debtor, row):
        """(days by which the stages after the due date open later, or 0; the reason): of
        several the longest, for they run at the same time."""
        longest = 0, None
        for put_off in facts.hooks.put_off:
            found = put_off(facts, debtor, row)
            if found and found[0] > longest[0]:
                longest = found
        return longest

    @api.model
    def _get_taken_off(self, facts, debtor, currency_id):
        """[(`rules.statement.Credit`, Reason)] that lower what the customer is asked for,
        by whichever branch of the creditor."""
        return [
            each
            for take_off in facts.hooks.take_off
            for each in take_off(facts, debtor, currency_id)
        ]

    def _is_above_minimum(self, facts, debtor, row):
        """Is what is asked for in the item's currency worth a costly step?"""
        return self._judge_amount(facts, debtor, row)[1]

    def _judge_amount(self, facts, debtor, row):
        """(reason why what is asked for is too little to chase, or None; is it above the
        minimum of costly steps?). The same for all items of a debtor and currency that are
        asked for."""
        asked_for = facts.asked.get(row.debtor_id)
        if asked_for is None:
            asked_for = self._get_asked_items(facts, debtor)
        judged = facts.judged[row.debtor_id]
        key = row.currency_id if row.id in asked_for else (row.currency_id, row.id)
        if key not in judged:
            currency = self.env["res.currency"].browse(row.currency_id)
            tolerance, minimum = self._get_limits(facts, debtor, currency)
            asked = self._get_amount_asked(facts, debtor, row)
            reason = None
            if not _is_more(asked, tolerance, currency):
                reason = Reason.of(
                    "WITHIN_TOLERANCE", amount=tolerance, currency=currency.id
                ).because(
                    *(why for _, why in self._get_taken_off(facts, debtor, currency.id))
                )
            worth_it = not minimum or _is_more(asked, minimum, currency)
            judged[key] = reason, worth_it
        return judged[key]

    def _get_limits(self, facts, debtor, currency):
        """(tolerance, minimum of costly steps) of the debtor's plan."""
        policy, company = facts.get_policy(debtor), debtor.company_id
        key = policy.id, company.id, currency.id
        if key not in facts.limits:
            facts.limits[key] = (
                policy._get_tolerance(currency),
                policy._get_minimum(currency, company, facts.today[debtor.id]),
            )
        return facts.limits[key]

    def _get_amount_asked(self, facts, debtor, row):
        """What the debtor is asked for in the item's currency, less what is taken off:
        the item counts as if it were asked for. Those still in their days of grace, and
        those that something withholds, do not count."""
        asked_for = self._get_asked_items(facts, debtor)
        amount = sum(
            other.amount
            for other in asked_for.values()
            if other.currency_id == row.currency_id
        )
        taken_off = self._get_taken_off(facts, debtor, row.currency_id)
        if not taken_off:
            return amount if row.id in asked_for else amount + row.amount
        shares = self._get_shares(facts, debtor, row.currency_id)
        own = sum(share.amount for share in shares if int(share.claim) in asked_for)
        amount -= float(own)
        if row.id not in asked_for:
            left = sum(credit.amount for credit, _why in taken_off)
            left -= sum(share.amount for share in shares)
            amount += max(row.amount - float(left), 0.0)
        return amount

    def _get_asked_items(self, facts, debtor):
        """{id: ItemRow} of what the debtor is asked for: ripe, more than 0 open, and
        nothing withholds it."""
        if debtor.id not in facts.asked:
            ripe = self._get_ripe_items(facts, debtor)
            hooks = facts.hooks.listed
            facts.asked[debtor.id] = {
                row.id: row
                for row in facts.items.get(debtor.id, ())
                if row.id in ripe
                and row.amount > 0
                and not any(hook(facts, debtor, row, True) for hook in hooks)
            }
        return facts.asked[debtor.id]

    def _get_ripe_items(self, facts, debtor):
        """Ids of the debtor's items that have reached the first stage after the due date,
        by stage or by age."""
        if debtor.id not in facts.ripe:
            today = facts.today[debtor.id]
            ladder = self._get_ladder(facts, debtor)
            first = next((r for r in ladder.rungs if r.level != "pre_due"), None)
            facts.ripe[debtor.id] = {
                row.id
                for row in facts.items.get(debtor.id, ())
                if row.level not in (None, "pre_due")
                or (first and today >= self._get_first_day(facts, debtor, first, row))
            }
        return facts.ripe[debtor.id]

    def _get_first_day(self, facts, debtor, rung, row):
        """The day on which ``row`` may reach ``rung``, a stage after the due date."""
        day = self._get_trigger_date(facts, debtor, rung, row)
        if facts.hooks.put_off:
            day += timedelta(self._get_put_off(facts, debtor, row)[0])
        return day
