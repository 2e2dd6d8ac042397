"""Lets the escalation work once on the demo ledger and says what it did: part of ./dev demo.

When no contact is permitted right now (it is night, or Sunday), the clock is moved to the next
working hour, and the output says so.
"""

import os
import sys
from collections import Counter
from contextlib import nullcontext
from datetime import date, datetime, time, timedelta
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


def working_moment(env) -> datetime:
    """Now, if it is a business day and an hour at which messages may leave; else 17:30 UTC
    on the next one (a working hour from Los Angeles to São Paulo and Lisbon)."""
    from odoo import fields

    company = env.ref("base.main_company")
    place, now = company.partner_id, fields.Datetime.now()
    day, calendars = now.date(), env["collection.calendar"]

    def works(day: date) -> bool:
        calendar = calendars._get(place.country_id.code, place.state_id.code, day)
        return day.weekday() not in calendar.weekend and day not in calendar.holidays

    if works(day) and time(13) <= now.time() < time(17):
        return now
    if now.time() >= time(13):
        day += timedelta(days=1)
    while not works(day):
        day += timedelta(days=1)
    return datetime.combine(day, time(17, 30))


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
    from odoo import fields

    with odoo_env() as env:
        address = os.environ["CE_URL"]
        parameters = env["ir.config_parameter"]
        for key in ("web.base.url", "report.url"):
            parameters.set_param(key, address)
        parameters.set_param("web.base.url.freeze", "True")
        env.cr.commit()
        if "collection.item" not in env:
            sys.exit(f"{MODULE} has no model collection.item")
        started, moment = fields.Datetime.now(), working_moment(env)
        moved_clock = f"{moment:%Y-%m-%d %H:%M}" if moment > started else ""
        with freeze_time(moment, tick=True) if moved_clock else nullcontext():
            for action in ("evaluate", "plan", "dispatch"):
                run_action(env, action)
        run_action(env, "call_times")  # who may be called is asked now
        report(env, env["collection.item"].search_count([]), moved_clock)


if __name__ == "__main__":
    main()
