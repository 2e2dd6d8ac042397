"""Is the multiplied ledger one that Odoo itself would have written?"""

import random
from datetime import date

#: What must be 0: a statement that counts violations for each.
VIOLATIONS = {
    "entries_out_of_balance": """
        SELECT count(*) FROM (SELECT move_id FROM account_move_line GROUP BY move_id
                              HAVING sum(balance) <> 0 OR sum(debit) <> sum(credit)) found""",
    "residual_unlike_the_matching": """
        SELECT count(*) FROM account_move_line l JOIN account_account a ON a.id = l.account_id
         WHERE a.account_type = 'asset_receivable' AND (
               l.amount_residual <> l.balance
               - (SELECT coalesce(sum(amount), 0) FROM account_partial_reconcile
                   WHERE debit_move_id = l.id)
               + (SELECT coalesce(sum(amount), 0) FROM account_partial_reconcile
                   WHERE credit_move_id = l.id)
            OR l.reconciled <> (l.amount_residual = 0))""",
    "invoice_residual_unlike_its_lines": """
        SELECT count(*) FROM account_move m
         WHERE m.move_type = 'out_invoice' AND m.amount_residual <> (
               SELECT sum(l.amount_residual_currency) FROM account_move_line l
                 JOIN account_account a ON a.id = l.account_id
                WHERE l.move_id = m.id AND a.account_type = 'asset_receivable')""",
    "lines_unlike_their_entry": """
        SELECT count(*) FROM account_move_line l JOIN account_move m ON m.id = l.move_id
         WHERE l.move_name <> m.name OR l.parent_state <> m.state OR l.date <> m.date
            OR l.partner_id IS DISTINCT FROM m.commercial_partner_id
            OR l.company_id <> m.company_id OR l.currency_id <> m.currency_id""",
    "names_given_twice": """
        SELECT count(*) FROM (SELECT FROM account_move WHERE state = 'posted'
                              GROUP BY journal_id, name HAVING count(*) > 1) found""",
    "matched_across_customers": """
        SELECT count(*) FROM account_partial_reconcile r
          JOIN account_move_line d ON d.id = r.debit_move_id
          JOIN account_move_line c ON c.id = r.credit_move_id
         WHERE d.partner_id <> c.partner_id""",
    "payments_without_their_entry": """
        SELECT count(*) FROM account_payment p JOIN account_move m ON m.id = p.move_id
         WHERE m.origin_payment_id IS DISTINCT FROM p.id OR m.partner_id <> p.partner_id""",
}
#: Stored fields that Odoo computes anew for a sample, to be compared with the copies.
COMPUTED = {
    "account.move": (
        "amount_total",
        "amount_residual",
        "amount_total_signed",
        "amount_residual_signed",
        "amount_untaxed_signed",
        "payment_state",
        "commercial_partner_id",
        "invoice_partner_display_name",
    ),
    "account.move.line": (
        "amount_residual",
        "amount_residual_currency",
        "reconciled",
        "parent_state",
        "move_name",
        "partner_id",
    ),
    "account.payment": ("is_reconciled", "is_matched"),
}
SAMPLE = 200


def prove(env, day: date) -> dict:
    """What the ledger holds on ``day``, after everything was found to be consistent.

    :raise RuntimeError: names what is not"""
    for name, query in VIOLATIONS.items():
        env.cr.execute(query)
        if found := env.cr.fetchone()[0]:
            raise RuntimeError(f"the ledger is not consistent: {name}: {found}")
    for model, names in COMPUTED.items():
        _compare_with_odoo(env, model, names)
    return _describe(env, day)


def _compare_with_odoo(env, model: str, names: tuple[str, ...]) -> None:
    ids = env[model].search([], order="id").ids
    sample = env[model].browse(random.Random(1).sample(ids, min(SAMPLE, len(ids))))
    before = sample.read(names, load=None)
    for name in names:
        env.add_to_compute(sample._fields[name], sample)
    sample._recompute_recordset(names)
    after = sample.read(names, load=None)
    for was, now in zip(before, after, strict=True):
        if was != now:
            raise RuntimeError(
                f"{model} {was['id']}: stored {was}, Odoo computes {now}"
            )


def _describe(env, day: date) -> dict:
    env.cr.execute(
        """SELECT count(DISTINCT m.id) AS invoices,
                  count(DISTINCT l.partner_id) AS customers,
                  count(*) AS receivable_lines,
                  count(*) FILTER (WHERE l.date_maturity < %s) AS overdue_lines,
                  count(DISTINCT m.id) FILTER (WHERE m.payment_state = 'partial')
                      AS paid_in_part,
                  count(DISTINCT m.currency_id) AS currencies
             FROM account_move m JOIN account_move_line l ON l.move_id = m.id
             JOIN account_account a ON a.id = l.account_id
            WHERE m.state = 'posted' AND m.move_type = 'out_invoice'
              AND a.account_type = 'asset_receivable'""",
        [day],
    )
    return env.cr.dictfetchone()
