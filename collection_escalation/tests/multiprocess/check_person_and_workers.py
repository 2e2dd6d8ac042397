#!/usr/bin/env python3
"""A person and two workers want the last contact of a debtor's day, under the house rule *once
a day*: exactly one gets it, the others a later day, or the person a message that says why not.

The person presses the button of a call, or plans a visit by hand, in a web request, which
Odoo tries again when it collides. The workers plan messages, as a job or by the scheduled
action, or send one that should have left on Friday. CE_ROUNDS asks for
fewer rounds, or more."""

import os
import time
from collections import Counter
from datetime import datetime, timedelta
from unittest.mock import patch

import psycopg2
from lab import FIRST_DAY, NINE, Verdict, lab, prepare_company, seed

ROUNDS = int(os.environ.get("CE_ROUNDS") or 200)
TRIES = 10
#: Seconds by which the three may miss each other: enough for each to be first sometimes.
STAGGER = 0.02
#: The same for a person while a message is being written and sent, which takes longer.
WRITING = 0.2
#: How long Odoo waits before it tries a request again: a second or so is not checked here.
RETRY_AFTER = 0.01
FRIDAY = FIRST_DAY - timedelta(days=3)
#: What the person does, and what the two workers do meanwhile.
PERSON = ("calls", "plans")
WORKERS = ("job", "plan", "dispatch")


def create_debtor(env, company, name):
    partner = env["res.partner"].create(
        {
            "name": name,
            "email": f"{name.lower().replace(' ', '.')}@debtor.example.com",
            "phone": "+55 11 3333-1111",
            "street": "Rua Dois, 2",
            "city": "São Paulo",
            "country_id": env.ref("base.br").id,
            "state_id": env.ref("base.state_br_sp").id,
        }
    )
    return env["collection.debtor"]._get_for(partner, company).id


def create_contact(env, debtor_id, channel, **vals):
    debtor = env["collection.debtor"].browse(debtor_id)
    if channel == "email":
        step = env.ref("collection_escalation.step_consumer_friendly_email")
        vals |= {"step_id": step.id, "stage_id": step.stage_id.id}
    return env["collection.contact"].create(
        {
            "debtor_id": debtor.id,
            "company_id": debtor.company_id.id,
            "channel": channel,
            "reviewed": True,
            **vals,
        }
    )


def create_call_of_tomorrow(env, debtor_id):
    """A call that the collector has on the list for the next day."""
    tomorrow = FIRST_DAY + timedelta(days=1)
    call = create_contact(env, debtor_id, "phone", not_before=tomorrow)
    env["collection.planner"]._plan_debtors(call.debtor_id)
    return call


def create_messages(env, debtor_id, by):
    """What the scheduled actions of the workers find: two messages without a day, or one
    whose day is over because nothing ran on Friday."""
    if by == "plan":
        for _worker in range(2):
            create_contact(env, debtor_id, "email")
    elif by == "dispatch":
        create_contact(
            env,
            debtor_id,
            "email",
            planned_at=datetime.combine(FRIDAY, datetime.min.time()) + NINE,
            planned_on=FRIDAY,
        )


class Race:
    """The three and what they do; all wait for each other inside their transactions."""

    def __init__(self, work):
        self._work, self._together = work, work.barrier(3)

    def _wait(self, delay):
        self._together.wait()
        time.sleep(delay)

    def job(self, debtor_id, delay):
        """A worker's job: a message of its own for the debtor, and a day for it."""
        for attempt in range(1, TRIES + 1):
            try:
                with self._work.env() as env:
                    create_contact(env, debtor_id, "email")
                    if attempt == 1:
                        self._wait(delay)
                    env["collection.planner"]._plan_debtors(
                        env["collection.debtor"].browse(debtor_id)
                    )
                return attempt
            except psycopg2.errors.SerializationFailure:
                continue
        raise TimeoutError(f"no reservation in {TRIES} tries")

    def plan(self, debtor_id, delay):
        """A worker's scheduled action; what collides it leaves for its next run."""
        self._wait(delay)
        self._work.run("plan")
        return 1

    def dispatch(self, debtor_id, delay):
        self._wait(delay)
        self._work.run("dispatch")
        return 1

    def calls(self, debtor_id, delay):
        """The person calls today although the call was for tomorrow."""

        def press(env, call):
            call.action_log_no_answer()

        return self._request(debtor_id, delay, press)

    def plans(self, debtor_id, delay):
        """The person contacts the customer beside the plan: by a visit."""

        def press(env, call):
            wizard = env["collection.contact.compose"].create(
                {"debtor_id": debtor_id, "channel": "visit"}
            )
            wizard.action_confirm()

        return self._request(debtor_id, delay, press)

    def _request(self, debtor_id, delay, press):
        """As a web request does it: with the person's rights, tried again on a collision."""
        from odoo.service.model import retrying

        tries = 0
        with self._work.env() as env:
            collector = env.ref("base.user_root").search(
                [("login", "=", "lab_collector")]
            )
            call = env["collection.contact"].search(
                [("debtor_id", "=", debtor_id), ("channel", "=", "phone")]
            )
            person = env(user=collector.id)

            def request():
                nonlocal tries
                tries += 1
                if tries == 1:
                    self._wait(delay)
                press(person, call.with_env(person))
                person.flush_all()

            with patch("odoo.service.model.random.uniform", return_value=RETRY_AFTER):
                retrying(request, person)
        return tries


def look(work, verdict, way, by, debtor_id, trouble):
    """Who won, after checking that exactly one did."""
    rows = work.read(
        """SELECT channel, state, COALESCE(made_on, planned_on), reasons::text
             FROM collection_contact WHERE debtor_id = %s ORDER BY id""",
        debtor_id,
    )
    detail = f"debtor {debtor_id}, the person {way}, the workers {by}: {rows}"
    today = [row for row in rows if row[2] == FIRST_DAY and row[1] != "blocked"]
    verdict.that(
        "Exactly one gets the last contact of the day", len(today) == 1, detail
    )
    taken = [row for row in rows if row[1] in ("planned", "made")]
    days = [day for _channel, _state, day, _why in taken]
    expected = 1 + (way == "plans") + (1 if by == "dispatch" else 2)
    verdict.that(
        "The others get days of their own, later",
        None not in days and len(set(days)) == len(taken) == expected,
        detail,
    )
    refused = [row for row in rows if row[1] == "blocked"]
    if way == "calls" and today and today[0][0] != "phone":
        verdict.that(
            "A person who comes too late is told the rule, and the attempt is kept",
            len(refused) == 1 and "LIM_DAY" in refused[0][3],
            detail,
        )
    else:
        verdict.that("Nobody is refused without need", not refused, detail)
    verdict.that("Nothing fails but for another try", not trouble, "\n".join(trouble))
    return "nobody" if not today else "a worker" if today[0][0] == "email" else "person"


def main():
    verdict, chance = Verdict(), seed()
    with lab() as work:
        race = Race(work)
        with work.env() as env:
            company = prepare_company(env)
            ids = [create_debtor(env, company, f"One {n}") for n in range(ROUNDS)]
            for id_ in ids:
                create_call_of_tomorrow(env, id_)
        jobs = {name: getattr(race, name) for name in PERSON + WORKERS}
        workers = work.workers(3, **jobs)
        winners, again, begun = Counter(), 0, time.monotonic()
        for number, debtor_id in enumerate(ids):
            way, by = PERSON[number % 2], WORKERS[number % 3]
            with work.env() as env:
                create_messages(env, debtor_id, by)
            most = WRITING if by == "dispatch" else STAGGER
            orders = [
                [(name, {"debtor_id": debtor_id, "delay": chance.uniform(0, limit)})]
                for name, limit in ((way, most), (by, STAGGER), (by, STAGGER))
            ]
            chance.shuffle(orders)
            answers, trouble = workers.live(FIRST_DAY, *orders)
            again += sum(tries > 1 for answer in answers for tries in answer)
            # what collided was left for the next run
            for name in ("dispatch", "plan") if by == "dispatch" else ("plan",):
                work.run(name)
            winner = look(work, verdict, way, by, debtor_id, trouble)
            winners[f"{way}/{by}: {winner}"] += 1
        print(
            f"{ROUNDS} rounds in {time.monotonic() - begun:.1f} s, {again} tried again, "
            f"{workers.collisions} batches of the workers left for their next run\n"
            + "\n".join(f"{who}: {times}" for who, times in sorted(winners.items()))
        )
        verdict.that("They do meet", again > 0 and workers.collisions > 0)
        first = {who.rpartition(": ")[2] for who in winners}
        verdict.that("Each is first sometimes", {"person", "a worker"} <= first)
    verdict.close()


if __name__ == "__main__":
    main()
