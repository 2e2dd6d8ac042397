#!/usr/bin/env python3
"""Two evaluators, two planners and two dispatchers at once, 100 rounds: no step twice,
nothing lost, one mail for each contact."""

import psycopg2
from lab import (
    FIRST_DAY,
    SENDING_LOCK,
    Verdict,
    business_days,
    create_debtor,
    lab,
    prepare_company,
    seed,
    start_anew,
)

ROUNDS = 100
DEBTORS = 3
INVOICES = 2
#: Two of each action begin together; a third worker does something else meanwhile.
PAIRS = ("evaluate", "plan", "dispatch")
OTHERS = (*PAIRS, "office")
OFFICE_TRIES = 10


def orders(chance):
    """What each of the three workers does in a round: [(action, options)]."""
    plans = [[], [], []]
    for pair in PAIRS:
        # two that dispatch, or one that dispatches and one that sends
        second = chance.choice((pair, "send")) if pair == "dispatch" else pair
        names = [pair, second, chance.choice(OTHERS)]
        chance.shuffle(names)
        for plan, name in zip(plans, names, strict=True):
            # small batches, so that the workers meet in the middle of each other's
            size = {"batch_size": chance.choice((1, 2, 50))}
            plan.append((name, {} if name == "send" else size))
    return plans


def work_in_office(work, ids, batch_size):
    """People work on the debtors at the same time: everything is to be looked at again,
    and what is planned gets a remark. Like a web request, tried again when it collides."""
    for id_ in ids * batch_size:
        for _try in range(OFFICE_TRIES):
            try:
                with work.env() as env:
                    debtor = env["collection.debtor"].browse(id_)
                    debtor.item_ids._wake()
                    debtor.contact_ids.filtered(lambda c: c.state == "planned").write(
                        {"note": str(env.cr.now())}
                    )
                break
            except psycopg2.errors.SerializationFailure:
                continue


def look(work, verdict, number, items, first_contact):
    """What must be true after a round; ``first_contact`` is the last id before it."""
    where = f"round {number}: "
    twice = work.read(
        """SELECT item_id, step_id, cycle, count(*) FROM collection_contact_line
            WHERE state NOT IN ('cancelled', 'failed') AND item_id IS NOT NULL
            GROUP BY 1, 2, 3 HAVING count(*) > 1"""
    )
    verdict.that(
        "No step reaches an item twice in a cycle", not twice, where + str(twice)
    )
    climbed = work.read(
        """SELECT item_id, to_stage_id, cycle, count(*) FROM collection_stage_move
            GROUP BY 1, 2, 3 HAVING count(*) > 1"""
    )
    verdict.that(
        "No item moves twice to a stage in a cycle", not climbed, where + str(climbed)
    )
    contacts = work.read(
        """SELECT c.id, c.debtor_id, c.channel, c.state, c.reasons::text,
                  array_agg(line.item_id ORDER BY line.item_id)
             FROM collection_contact c
             LEFT JOIN collection_contact_line line ON line.contact_id = c.id
            WHERE c.id > %s GROUP BY c.id""",
        first_contact,
    )
    reached = sorted(item for *_, lines in contacts for item in lines if item)
    verdict.that(
        "Nothing is lost: every due item is in exactly one contact",
        reached == sorted(items),
        f"{where}due {sorted(items)}, reached {reached}",
    )
    verdict.that(
        "One contact covers all that a debtor owes",
        len({debtor for _id, debtor, *_ in contacts}) == len(contacts),
        where + str(contacts),
    )
    verdict.that(
        "Every contact is made: none is left on its way, in doubt or failed",
        all(state == "made" for _id, _debtor, _channel, state, *_ in contacts),
        where + str([c for c in contacts if c[3] != "made"]),
    )
    left = work.mails.by_contact()
    wrong = {id_: left.get(id_, 0) for id_, *_ in contacts if left.get(id_) != 1}
    verdict.that(
        "Exactly one mail for each contact", not wrong, f"{where}contact: mails {wrong}"
    )
    cases = work.read(
        """SELECT debtor_id, count(*) FROM collection_case WHERE state = 'open'
            GROUP BY 1 HAVING count(*) > 1"""
    )
    verdict.that("One open file for a debtor", not cases, where + str(cases))


def main():
    verdict, chance = Verdict(), seed()
    with lab() as work:
        with work.env() as env:
            prepare_company(env)
            ids = [
                create_debtor(env, f"Debtor {n}", invoices=INVOICES).id
                for n in range(DEBTORS)
            ]
            days = business_days(env, FIRST_DAY, ROUNDS)

        def office(batch_size):
            work_in_office(work, ids, batch_size)

        workers = work.workers(3, office=office)
        for number, day in enumerate(days, 1):
            work.set_clock(day)
            with work.env() as env:
                items = start_anew(env, env["collection.debtor"].browse(ids)).ids
            ((first,),) = work.read(
                "SELECT COALESCE(max(id), 0) FROM collection_contact"
            )
            _answers, trouble = workers.live(day, *orders(chance))
            verdict.that(
                "A collision of workers never fails a scheduled action",
                not trouble,
                f"round {number}: " + "\n".join(trouble),
            )
            # what collided was left for the next run
            for name in PAIRS:
                work.run(name)
            look(work, verdict, number, items, first)
        print(f"{workers.collisions} batches collided and were left for the next run")
        verdict.that("The workers do collide", workers.collisions > 0)
        locks = work.read(
            """SELECT l.pid, l.objid FROM pg_locks l JOIN pg_database d ON d.oid = l.database
                WHERE d.datname = current_database() AND l.locktype = 'advisory'
                  AND l.classid = %s""",
            SENDING_LOCK,
        )
        verdict.that("No worker keeps a contact locked", not locks, str(locks))
        strangers = set(work.mails.by_contact()) - {
            id_ for (id_,) in work.read("SELECT id FROM collection_contact")
        }
        verdict.that("No mail without its contact", not strangers, str(strangers))
    verdict.close()


if __name__ == "__main__":
    main()
