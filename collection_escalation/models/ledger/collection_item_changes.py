"""What follows from the ledger: what changed within a transaction is remembered, and told
once, just before the commit, to who listens (`collection.ledger.listener`)."""

from collections import defaultdict
from dataclasses import dataclass, field

from odoo import api, models
from odoo.tools import SQL

from ...rules.ledger_state import ledger_changes
from ..bulk_rows import int_array
from .collection_ledger_listener import LedgerEvent

_PENDING = "collection_escalation.ledger_changes"


@dataclass(slots=True)
class Changes:
    """Of a transaction. ``before``: {item id: result of `_read_standing` when it was first
    touched}; ``made`` and ``taken_back``: {id of a partial reconciliation: (debit line id,
    amount in the currency of that line, means)}."""

    before: dict[int, tuple] = field(default_factory=dict)
    made: dict[int, tuple] = field(default_factory=dict)
    taken_back: dict[int, tuple] = field(default_factory=dict)


class CollectionItem(models.Model):
    _inherit = "collection.item"

    # -- within the transaction ----------------------------------------------------------

    @api.model
    def _get_changes(self):
        """The `Changes` so far, which are applied before the commit."""
        precommit = self.env.cr.precommit
        if _PENDING not in precommit.data:
            precommit.data[_PENDING] = Changes()
            precommit.add(self.env["collection.item"].sudo()._apply_ledger_changes)
        return precommit.data[_PENDING]

    def _note_ledger_change(self):
        """Remember how these items stood before the transaction touched them."""
        known = self._get_changes().before
        known.update(self._read_standing([i.id for i in self if i.id not in known]))

    @api.model
    def _note_allocated(self, partials):
        """``partials`` were made."""
        if partials:
            self._get_changes().made.update(partials._get_moved_money())

    @api.model
    def _note_taken_back(self, partials):
        """Before ``partials`` are deleted, and perhaps the payment after them. What was
        made within the transaction never was."""
        if not partials:
            return
        changes = self._get_changes()
        changes.taken_back.update(
            (id_, money)
            for id_, money in partials._get_moved_money().items()
            if not changes.made.pop(id_, None)
        )

    @api.model
    def _read_standing(self, ids):
        """{item id: (state, debtor id, currency id)} as stored, with one query."""
        ids = [id_ for id_ in ids if id_]
        if not ids:
            return {}
        rows = self.env.execute_query(
            SQL(
                """SELECT i.id, i.ledger_state, i.debtor_id, m.currency_id
                     FROM collection_item i
                     JOIN account_move m ON m.id = i.move_id
                    WHERE i.id IN %s""",
                tuple(ids),
            )
        )
        return {id_: standing for id_, *standing in rows}

    # -- before the commit ---------------------------------------------------------------

    @api.model
    def _apply_ledger_changes(self):
        """Once per transaction, just before the commit: what follows from the changes of
        the ledger."""
        self.env.flush_all()
        changes = self.env.cr.precommit.data.pop(_PENDING, Changes())
        moved = self._read_moved_money(changes)
        before = changes.before
        before |= self._read_standing(moved.keys() - before.keys())
        items = self.browse(before).exists()
        if not items:
            return
        items.filtered(lambda i: i._is_of_another())._leave_to_another()
        events = items._get_ledger_events(before, moved)
        self.env["collection.ledger.listener"]._deliver(events)
        for item in items:
            item._follow_due_date()
        self.env.flush_all()

    @api.model
    def _read_moved_money(self, changes):
        """{item id: {means: amount allocated, less what was taken back, in the currency of
        the item}}, with one query. What a savepoint rolled back does not count."""
        noted = [
            (id_, debit, means, amount, True)
            for id_, (debit, amount, means) in changes.made.items()
        ] + [
            (id_, debit, means, -amount, False)
            for id_, (debit, amount, means) in changes.taken_back.items()
        ]
        if not noted:
            return {}
        ids, debits, means, amounts, made = zip(*noted, strict=True)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT i.id, noted.means, sum(noted.amount)::float
                  FROM unnest(%s::int[], %s::int[], %s::text[], %s::numeric[], %s::bool[])
                       AS noted(id, debit, means, amount, made)
                  JOIN collection_item i ON i.move_line_id = noted.debit
                 WHERE noted.made = EXISTS (SELECT FROM account_partial_reconcile p
                                             WHERE p.id = noted.id)
                 GROUP BY i.id, noted.means
                """,
                int_array(ids),
                int_array(debits),
                list(means),
                list(amounts),
                list(made),
            )
        )
        moved = defaultdict(dict)
        for item_id, means, amount in rows:
            moved[item_id][means] = amount
        return moved

    def _get_ledger_events(self, before, moved):
        """The `LedgerEvent` of these items, those alike together.

        :param before: {item id: result of `_read_standing`}
        :param moved: result of `_read_moved_money`"""
        alike = defaultdict(list)
        for item in self:
            was, debtor_id, currency_id = before[item.id]
            currency = self.env["res.currency"].browse(currency_id)
            money = {
                means: amount
                for means, amount in moved.get(item.id, {}).items()
                if not currency.is_zero(amount)
            }
            for kind, amount, means in item._get_ledger_changes(was, money):
                alike[kind, debtor_id, currency, means].append((item.id, amount))
        return tuple(
            LedgerEvent(
                kind,
                debtor_id,
                tuple(id_ for id_, _amount in found),
                currency.round(sum(amount for _id, amount in found)),
                currency.id,
                means,
            )
            for (kind, debtor_id, currency, means), found in alike.items()
        )

    def _get_ledger_changes(self, was, money):
        """[(kind, amount, means)] of this item.

        :param money: {means: amount}, see `_read_moved_money`"""
        credited = money.get("credit", 0.0)
        paid = sum(amount for means, amount in money.items() if means != "credit")
        found = []
        for kind, amount in ledger_changes(was, self.ledger_state, paid, credited):
            part = {means: value for means, value in money.items() if means != "credit"}
            means = {"paid_in_part": part, "credited_in_part": {"credit": credited}}
            means = means.get(kind, money)
            if kind == "settled" and not money:
                # a payment without a journal entry: the line itself stays open
                amount, means = self.move_line_id.amount_residual_currency, ["payment"]
            moved = kind not in ("taken_out", "put_back") and len(means) == 1
            found.append((kind, float(amount), next(iter(means)) if moved else ""))
        return found

    # -- what follows for an item --------------------------------------------------------

    def _get_ledger_due(self):
        line = self.move_line_id
        return line.date_maturity or line.invoice_date or line.date

    def _follow_due_date(self):
        """A due date moved by the accountant. Where the plan would not begin yet by the
        new one, the item starts anew."""
        due = self._get_ledger_due()
        if not self.move_line_id or due == self.date_due:
            return
        vals = {"date_due": due}
        if self.stage_id and self._is_too_early(due):
            vals.update(self._prepare_new_cycle_vals())
            self._withdraw_contacts("DUE_DATE_MOVED")
        if self.ledger_state == "draft":
            vals["posted_on"] = False
        self.write(vals)
        self._wake()

    def _is_too_early(self, due):
        """Would an item that is due on ``due`` not yet have reached the first stage after
        the due date?"""
        debtor, today = self.debtor_id, self.debtor_id._get_today()
        if due >= today:
            return True
        first = debtor.effective_policy_id.stage_ids.sorted().filtered(
            lambda s: s.level != "pre_due"
        )[:1]
        place = debtor._get_country_state()
        return bool(first) and today < self._get_entry_date(first, place, due, {})

    def _is_of_another(self):
        """Did the line go to another customer (of the invoice, or its commercial
        entity)?"""
        customer = self.move_line_id.partner_id
        return bool(customer) and customer != self.partner_id

    def _leave_to_another(self):
        """What was said and decided belongs to this debt of this debtor: the item goes with
        them, as a line that is gone, and the new customer's is born. The page of the
        invoice is not theirs any more: neither its address nor what is written there."""
        if not self:
            return
        self._withdraw_contacts("OTHER_DEBTOR")
        for item in self:
            item.move_id._forget_customer(item.partner_id)
        moves = self.move_id
        self.write({"move_line_id": False})
        self.env.flush_all()
        self._birth(moves.filtered(lambda m: m.state == "posted"))

    def _on_closed(self):
        """Paid, credited, cancelled, blocked or taken out of the follow-up."""
        if not self:
            return
        self._withdraw_contacts("NOT_OWED")
        self.write({"next_date": False, "waits_for": False, "approved_stage_id": False})
        self.case_id._refresh()

    def _on_opened(self):
        """Owed (again): posted after a correction, released, or a payment reversed."""
        if self:
            self._wake()
            self.case_id._refresh()

    def _start_new_cycle(self):
        """A reversed payment or credit: the debtor believed the matter settled, so the
        plan begins anew, with the friendly tone."""
        for item in self.filtered("stage_id"):
            item.write(item._prepare_new_cycle_vals())

    def _prepare_new_cycle_vals(self):
        return {
            "cycle": self.cycle + 1,
            "stage_id": False,
            "level": False,
            "stage_since": False,
            "approved_stage_id": False,
            "waits_for": False,
            "reason": {"code": "NEW_CYCLE", "args": {}},
        }
