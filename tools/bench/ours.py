"""The module at work: its own scheduled actions, with real commits and a real mail server."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from odoo_env import odoo_env
from replay.books import COMPANY_ZONE
from replay.days import Clock

from .ledger import DAY, HOUR
from .measure import metered, run_action, watch_calls
from .second_worker import second_worker, work

MODULE = "collection_escalation"
EVALUATE = f"{MODULE}.ir_cron_evaluate"
PLAN = f"{MODULE}.ir_cron_plan"
CALL_TIMES = f"{MODULE}.ir_cron_call_times"
DISPATCH = f"{MODULE}.ir_cron_dispatch"
SEND = f"{MODULE}.ir_cron_send"


@contextmanager
def working_day() -> Iterator:
    """An environment at half past nine of a working day, where contacts are permitted."""
    with odoo_env() as env, Clock(DAY) as clock:
        clock.move_to(DAY, HOUR)
        yield env(context={**env.context, "tz": COMPANY_ZONE, "lang": "en_US"})


def start() -> dict:
    """The company collects, as if it always had: the invoices climb by the plan, none is
    placed silently, and nobody reviews messages."""
    with working_day() as env:
        _set_up(env).collection_started_on = DAY - timedelta(365)
        # the database's clock is not frozen: Odoo would count the months up to it
        env.cr.execute("UPDATE ir_cron SET nextcall = now() + interval '1 day'")
        env.cr.commit()
    return {}


def start_silently() -> dict:
    """The first start of a company with old invoices (not a part of the issue)."""
    figures: dict = {}
    with working_day() as env:
        company = _set_up(env)
        with metered(figures, "first_start") as mine:
            placed = company._start_collections(review_days=0, per_day=1_000_000)
            env.cr.commit()
        mine["placed"] = placed["items"]
    return figures


def _set_up(env):
    company, admin = env.company, env.ref("base.user_admin")
    company.write(
        {
            "collection_tz": COMPANY_ZONE,
            "collection_user_id": admin.id,
            "collection_manager_id": admin.id,
            "collection_reply_to": "billing@creditor.example.com",
            "collection_payments_until": DAY,
        }
    )
    return company


def evaluate_and_plan() -> dict:
    figures: dict = {}
    with working_day() as env:
        batches = watch_calls(env, "collection.evaluation", "_evaluate_safely")
        plans = watch_calls(env, "collection.planner", "_plan_debtors")
        with metered(figures, "evaluate") as mine:
            run_action(env, EVALUATE)
        mine |= {"batches": len(batches), "most_queries_in_a_batch": max(batches)}
        with metered(figures, "plan") as mine:
            run_action(env, PLAN)
        mine |= {"batches": len(plans), "most_queries_in_a_batch": max(plans)}
        # for the work lists; no message waits for it
        with metered(figures, "call_times"):
            run_action(env, CALL_TIMES)
        figures["results"] = _count(
            env,
            """SELECT (SELECT count(*) FROM collection_item WHERE level = 'friendly')
                          AS items_on_the_first_stage,
                      (SELECT count(*) FROM collection_case) AS files,
                      count(*) AS contacts,
                      count(*) FILTER (WHERE planned_at IS NOT NULL) AS planned
                 FROM collection_contact""",
        )
        demand(
            figures["results"],
            items_on_the_first_stage=len(find_overdue(env)),
            contacts=_count_customers(env),
            planned=_count_customers(env),
        )
    return figures


def dispatch() -> dict:
    figures: dict = {}
    with working_day() as env, second_worker() as beside:
        with metered(figures, "dispatch") as mine:
            run_action(env, DISPATCH)
            _wait_until_sent(env)
        mine["emails"] = len(list(Path(os.environ["CE_MAIL_DIR"]).glob("[0-9]*.eml")))
        figures["results"] = _count(
            env,
            """SELECT count(*) FILTER (WHERE state = 'made') AS made,
                      count(*) FILTER (WHERE state <> 'made') AS not_made
                 FROM collection_contact WHERE channel = 'email'""",
        )
        demand(figures["results"], made=mine["emails"], not_made=0)
        demand(mine, emails=_count_customers(env))
    for name, value in beside.items():
        mine[f"{name}_of_the_second_worker"] = value
        mine[name] = round(mine[name] + value, 4)
    return figures


def work_beside() -> dict:
    with working_day() as env:
        work(env, SEND)
    return {}


def _wait_until_sent(env) -> None:
    """What the other process has in hand."""
    while True:
        env.cr.execute(
            "SELECT 1 FROM collection_contact WHERE state IN ('queued', 'sending')"
        )
        left = env.cr.fetchone()
        env.cr.commit()
        if not left:
            return
        time.sleep(0.005)


def settle() -> dict:
    """What sending left to do: its items are looked at once more."""
    figures: dict = {}
    with working_day() as env:
        with metered(figures, "evaluate_after_sending"):
            run_action(env, EVALUATE)
            run_action(env, PLAN)
    return figures


def evaluate_nothing() -> dict:
    figures: dict = {}
    with working_day() as env:
        due = env["collection.evaluation"]._get_due_debtors()
        demand({"debtors_due": len(due)}, debtors_due=0)
        env.invalidate_all()
        with metered(figures, "evaluate"):
            run_action(env, EVALUATE)
    return figures


def _count(env, query: str) -> dict:
    env.cr.execute(query)
    return env.cr.dictfetchone()


def find_overdue(env) -> set[int]:
    """Overdue receivable lines: all of them at least ten days, so past the days of grace."""
    env.cr.execute(
        """SELECT l.id FROM account_move_line l JOIN account_account a ON a.id = l.account_id
            WHERE a.account_type = 'asset_receivable' AND l.parent_state = 'posted'
              AND l.balance > 0 AND l.reconciled IS NOT TRUE AND l.date_maturity <= %s""",
        [DAY - timedelta(10)],
    )
    return {id_ for (id_,) in env.cr.fetchall()}


def _count_customers(env) -> int:
    env.cr.execute("SELECT count(*) FROM collection_debtor")
    return env.cr.fetchone()[0]


def demand(found: dict, **expected: int) -> None:
    """A figure of work that was not done is no figure."""
    for name, number in expected.items():
        if found[name] != number:
            raise RuntimeError(f"{name}: {found[name]}, expected {number}")
