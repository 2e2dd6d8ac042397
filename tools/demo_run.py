"""Lets the escalation work once on the demo ledger and says what it did: part of ./dev demo.

When no contact is permitted right now (it is night, or Sunday), the clock is moved to the first
moment that was planned, and the output says so.
"""

import os
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

from freezegun import freeze_time
from odoo_env import odoo_env

MODULE = os.environ.get("CE_MODULE", "collection_escalation")


def run_action(env, name: str) -> None:
    action = env.ref(f"{MODULE}.ir_cron_{name}", raise_if_not_found=False)
    if not action:
        sys.exit(f"the module has no scheduled action {MODULE}.ir_cron_{name}")
    before = action.failure_count
    action.method_direct_trigger()
    env.cr.commit()
    env.invalidate_all()
    if action.failure_count > before:
        sys.exit(f"the scheduled action {name} failed: see above")


def due_moments(env) -> list:
    """When the planned messages of the first day are due, quarter by quarter of an hour."""
    contacts = env["collection.contact"].search(
        [
            ("state", "=", "planned"),
            ("channel", "in", ("email", "sms")),
            ("planned_at", "!=", False),
        ],
        order="planned_at",
    )
    moments = sorted(set(contacts.mapped("planned_at")))
    return [moment for moment in moments if moment < moments[0] + timedelta(hours=12)][
        :60
    ]


def dispatch(env) -> str:
    from odoo import fields

    run_action(env, "dispatch")
    if env["collection.contact"].search_count(
        [("state", "=", "made"), ("channel", "=", "email")]
    ):
        return ""
    moments = [moment for moment in due_moments(env) if moment > fields.Datetime.now()]
    for moment in moments:
        with freeze_time(moment + timedelta(minutes=1)):
            run_action(env, "dispatch")
    return f"{moments[0]:%Y-%m-%d %H:%M}" if moments else ""


def count(env, model: str, *names: str) -> Counter:
    records = env[model].search([])
    keys = [tuple(label(record, name) for name in names) for record in records]
    return Counter(keys)


def label(record, name: str) -> str:
    field, value = record._fields[name], record[name]
    if field.relational:
        return value.display_name or "–"
    return str(value or "–")


def report(env, evaluated: int, moved_clock: str) -> None:
    print(f"items evaluated                          {evaluated:5d}")
    for (stage,), number in sorted(
        count(env, "collection.stage.move", "to_stage_id").items()
    ):
        print(f"moved to {stage:<31.31} {number:5d}")
    for (channel, state), number in sorted(
        count(env, "collection.contact", "channel", "state").items()
    ):
        print(f"contacts by {channel + ', ' + state:<28.28} {number:5d}")
    mails = sorted(Path(os.environ["CE_MAIL_DIR"]).glob("[0-9]*.eml"))
    print(f"e-mails in out/mail                      {len(mails):5d}")
    if moved_clock:
        print(f"(nothing may be sent now; sent as of {moved_clock} UTC)")


def main() -> None:
    with odoo_env() as env:
        address = os.environ["CE_URL"]
        parameters = env["ir.config_parameter"]
        for key in ("web.base.url", "report.url"):
            parameters.set_param(key, address)
        parameters.set_param("web.base.url.freeze", "True")
        env.cr.commit()
        if "collection.item" not in env:
            sys.exit(f"{MODULE} has no model collection.item")
        evaluated = env["collection.item"].search_count([])
        run_action(env, "evaluate")
        evaluated = max(evaluated, env["collection.item"].search_count([]))
        run_action(env, "plan")
        report(env, evaluated, dispatch(env))


if __name__ == "__main__":
    main()
