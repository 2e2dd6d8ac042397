"""Posting with and without the module: two databases in one process, turn by turn, so that
whatever else the machine does falls on both."""

import os

from odoo_env import odoo_env

from .measure import metered

PAIRS = 5
INVOICES = 200


def compare() -> dict:
    """Per way of posting and per database the figures of every round."""
    from odoo import SUPERUSER_ID, api
    from odoo.modules.registry import Registry

    figures: dict = {}
    other = os.environ["CE_BENCH_OTHER_DB"]
    with odoo_env() as with_module, Registry(other).cursor() as cr:
        without = api.Environment(cr, SUPERUSER_ID, with_module.context)
        sides = {"with": with_module, "without": without}
        for side, env in sides.items():
            _check(env, side == "with")
            _post_in_batch(env, _draft(env, 5))  # what is loaded once, is loaded
        for number in range(PAIRS):
            # who comes second finds a warmer processor: turn by turn
            for side in sorted(sides, reverse=number % 2):
                for way, post in WAYS.items():
                    drafts = _draft(sides[side], INVOICES)
                    os.environ["CE_DB"] = sides[side].cr.dbname
                    with metered(figures, f"{way} {side} {number}"):
                        post(sides[side], drafts)
    return figures


def _check(env, expected: bool) -> None:
    if ("collection.item" in env) is not expected:
        raise RuntimeError(f"{env.cr.dbname} is the wrong database")


def _draft(env, number: int):
    """Drafts in a transaction of their own; posting finds an empty cache, as in a request."""
    journal = env["account.journal"].search([("code", "=", "RPL")])
    partners = env["res.partner"].search([("customer_rank", ">", 0)], limit=number)
    drafts = env["account.move"].create(
        [
            {
                "move_type": "out_invoice",
                "partner_id": partners[n % len(partners)].id,
                "journal_id": journal.id,
                "invoice_line_ids": [
                    (0, 0, {"name": "As agreed", "price_unit": 100.0, "tax_ids": []})
                ],
            }
            for n in range(number)
        ]
    )
    env.cr.commit()
    env.invalidate_all()
    return drafts


def _post_one_by_one(env, drafts) -> None:
    for draft in drafts:
        draft = draft.browse(draft.id)
        draft.action_post()
        env.cr.commit()
        env.invalidate_all()


def _post_in_batch(env, drafts) -> None:
    drafts.action_post()
    env.cr.commit()
    env.invalidate_all()


WAYS = {"one_by_one": _post_one_by_one, "in_batch": _post_in_batch}
