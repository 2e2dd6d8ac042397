#!/usr/bin/env python3
"""`kill -9` of the dispatcher at 30 random moments while it sends: no mail leaves twice, and
the one that was leaving is uncertain, for a person to look at."""

import os
import signal
import time

from lab import (
    FIRST_DAY,
    Verdict,
    business_days,
    create_debtor,
    lab,
    prepare_company,
    seed,
    start_anew,
)

KILLS = 30
#: A dispatcher that was through before its moment came was not killed: another round.
MOST_ROUNDS = 60
MAILS = 10
#: Seconds that the mail server takes for a message.
DELAY = 0.03
RUNS_TO_RECOVER = 5


def states(work, first_contact):
    return dict(
        work.read(
            "SELECT id, state FROM collection_contact WHERE id > %s", first_contact
        )
    )


def interrupted(work, first_contact):
    """Ids of the contacts of which nobody knows whether they left."""
    return {
        id_
        for (id_,) in work.read(
            """SELECT id FROM collection_contact
                WHERE id > %s AND state = 'sending' AND handover IS NULL""",
            first_contact,
        )
    }


def dispatch(work, barrier, day, batch_size):
    """Body of a dispatcher's process."""
    work.set_clock(day)
    barrier.wait()
    work.run("dispatch", batch_size=batch_size)


def start_dispatcher(work, day, batch_size=50):
    barrier = work.barrier(2)
    process = work.start(dispatch, work, barrier, day, batch_size)
    barrier.wait()
    return process


def finish(work, process):
    process.join()
    work.wait_gone(process.pid)
    return process.exitcode


def fill_outbox(work, day, ids):
    """A contact is planned for each debtor, for now; the last contact before them."""
    work.set_clock(day)
    ((first,),) = work.read("SELECT COALESCE(max(id), 0) FROM collection_contact")
    with work.env() as env:
        start_anew(env, env["collection.debtor"].browse(ids))
    work.run("evaluate")
    work.run("plan")
    return first


def measure(work, day, ids):
    """Seconds that a dispatcher needs when nobody kills it."""
    fill_outbox(work, day, ids)
    process = start_dispatcher(work, day)
    begun = time.monotonic()
    finish(work, process)
    return time.monotonic() - begun


def recover(work, day, first):
    """Run the dispatcher in new processes until it is quiet; their exit codes."""
    codes = []
    for _run in range(RUNS_TO_RECOVER):
        codes.append(finish(work, start_dispatcher(work, day)))
        if not {"planned", "queued", "sending"} & set(states(work, first).values()):
            break
    return codes


def look(work, verdict, where, at_kill, first, codes):
    after = states(work, first)
    uncertain = {id_ for id_, state in after.items() if state == "uncertain"}
    verdict.that(
        "What was leaving when its process died becomes uncertain, and nothing else",
        at_kill == uncertain,
        f"{where}leaving {at_kill}, uncertain {uncertain}",
    )
    verdict.that("It is one message at most", len(at_kill) <= 1, f"{where}{at_kill}")
    others = {id_: state for id_, state in after.items() if id_ not in uncertain}
    verdict.that(
        "Every other contact is made by the next dispatcher",
        set(others.values()) == {"made"} and len(after) == MAILS,
        f"{where}{others}",
    )
    verdict.that(
        "The next dispatcher is not disturbed", not any(codes), f"{where}exit {codes}"
    )


def look_at_mails(work, verdict, kept):
    """At the end: every message that ever left, beside what the contacts say."""
    work.mails.settle()
    left = work.mails.by_contact()
    all_states = states(work, 0)
    twice = {id_: number for id_, number in left.items() if number > 1}
    verdict.that("No mail leaves twice", not twice, f"contact: mails {twice}")
    missing = [
        id_ for id_, state in all_states.items() if state == "made" and id_ not in left
    ]
    verdict.that("Every contact that is made has its mail", not missing, str(missing))
    later = {
        id_: left.get(id_, 0)
        for id_, state in all_states.items()
        if state == "uncertain" and left.get(id_, 0) != kept[id_]
    }
    verdict.that("An uncertain contact is never sent again", not later, str(later))
    strangers = set(left) - set(all_states)
    verdict.that("No mail without its contact", not strangers, str(strangers))
    uncertain = [id_ for id_, state in all_states.items() if state == "uncertain"]
    arrived = sum(left.get(id_, 0) for id_ in uncertain)
    print(f"{len(uncertain)} uncertain, of which {arrived} had reached the mail server")
    verdict.that("Some kills hit a message on its way", bool(uncertain))


def main():
    verdict, chance, kills, kept = Verdict(), seed(), 0, {}
    with lab(DELAY) as work:
        with work.env() as env:
            prepare_company(env)
            ids = [create_debtor(env, f"Debtor {n}").id for n in range(MAILS)]
            days = iter(business_days(env, FIRST_DAY, MOST_ROUNDS + 2))
        measure(work, next(days), ids)  # the first run of all is slow
        whole = measure(work, next(days), ids)
        for day in days:
            first = fill_outbox(work, day, ids)
            process = start_dispatcher(work, day, batch_size=chance.choice((3, 50)))
            moment = chance.uniform(0, whole)
            time.sleep(moment)
            os.kill(process.pid, signal.SIGKILL)
            killed = finish(work, process) == -signal.SIGKILL
            work.mails.settle()
            at_kill, left = interrupted(work, first), work.mails.by_contact()
            for id_ in states(work, first):
                kept[id_] = left.get(id_, 0)
            codes = recover(work, day, first)
            kills += killed
            where = f"killed after {moment:.3f} s of {whole:.3f} s: "
            look(work, verdict, where, at_kill, first, codes)
            if kills == KILLS:
                break
        verdict.that(f"{KILLS} dispatchers were killed", kills == KILLS, str(kills))
        look_at_mails(work, verdict, kept)
    verdict.close()


if __name__ == "__main__":
    main()
