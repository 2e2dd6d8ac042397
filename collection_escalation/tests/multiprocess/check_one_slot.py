#!/usr/bin/env python3
"""Two processes reserve for one debtor on the same day, under the house rule *once a day*:
one gets the day, the other a later one. So too for a debtor of two branches: one creditor."""

import psycopg2
from lab import (
    FIRST_DAY,
    Verdict,
    lab,
    open_company,
    prepare_company,
    seed,
)

ROUNDS = 50
TRIES = 10


def create_debtors(env, companies, name):
    """A customer of every one of ``companies``: ids of the `collection.debtor`."""
    partner = env["res.partner"].create(
        {
            "name": name,
            "email": f"{name.lower().replace(' ', '.')}@debtor.example.com",
            "country_id": env.ref("base.br").id,
            "state_id": env.ref("base.state_br_sp").id,
        }
    )
    return [env["collection.debtor"]._get_for(partner, each).id for each in companies]


def create_contact(env, debtor_id):
    debtor = env["collection.debtor"].browse(debtor_id)
    return env["collection.contact"].create(
        {
            "debtor_id": debtor.id,
            "company_id": debtor.company_id.id,
            "channel": "email",
            "reviewed": True,
        }
    )


def reserve(work, together, debtor_id):
    """A worker's job: a contact of its own for the debtor, and a day for it; tried again
    when somebody else reserves meanwhile. Both workers are inside their transactions
    before either reserves. Returns the number of tries."""
    for attempt in range(1, TRIES + 1):
        try:
            with work.env() as env:
                create_contact(env, debtor_id)
                if attempt == 1:
                    together.wait()
                env["collection.planner"]._plan_debtors(
                    env["collection.debtor"].browse(debtor_id)
                )
            return attempt
        except psycopg2.errors.SerializationFailure:
            continue
    raise TimeoutError(f"no reservation in {TRIES} tries")


def look(work, verdict, sentence, debtor_ids, trouble):
    rows = work.read(
        """SELECT planned_on, state FROM collection_contact WHERE debtor_id IN %s
            ORDER BY planned_on""",
        tuple(debtor_ids),
    )
    days = [day for day, state in rows if state == "planned" and day]
    verdict.that(
        sentence,
        len(rows) == 2 and len(set(days)) == 2 and days[0] == FIRST_DAY,
        f"debtors {debtor_ids}: {[(str(day), state) for day, state in rows]}",
    )
    verdict.that("Nothing fails but for another try", not trouble, "\n".join(trouble))


def main():
    verdict, chance = Verdict(), seed()
    with lab() as work:
        with work.env() as env:
            company = prepare_company(env)
            branch = env["res.company"].create(
                {"name": "Branch", "parent_id": company.id}
            )
            open_company(branch, company.collection_user_id)
            env.flush_all()
            alone = [create_debtors(env, company, f"One {n}") for n in range(ROUNDS)]
            shared = [
                create_debtors(env, company + branch, f"Two {n}")
                for n in range(2 * ROUNDS)
            ]
        together = work.barrier(2)

        def job(debtor_id):
            return reserve(work, together, debtor_id)

        workers, tries = work.workers(2, reserve=job), []
        rounds = [
            (ids * 2, "One debtor: one of two reservations gets the day")
            for ids in alone
        ]
        rounds += [
            (ids, "Two branches of one creditor: one of two reservations gets the day")
            for ids in shared[:ROUNDS]
        ]
        chance.shuffle(rounds)
        for ids, sentence in rounds:
            answers, trouble = workers.live(
                FIRST_DAY, *([("reserve", {"debtor_id": id_})] for id_ in ids)
            )
            tries.append(max((n for answer in answers for n in answer), default=0))
            look(work, verdict, sentence, ids, trouble)
        # the same by the scheduled action
        for ids in shared[ROUNDS:]:
            with work.env() as env:
                for id_ in ids:
                    create_contact(env, id_)
            orders = [
                [("plan", {"batch_size": chance.choice((1, 2))})]
                for _worker in range(2)
            ]
            _answers, trouble = workers.live(FIRST_DAY, *orders)
            work.run("plan")  # what collided was left for the next run
            look(
                work,
                verdict,
                "Two planners at once: one of two branches gets the day",
                ids,
                trouble,
            )
        print(
            f"{sum(n > 1 for n in tries)} of {len(rounds)} reservations were tried again, "
            f"{workers.collisions} batches of the planners left for the next run"
        )
        verdict.that("Reservations do meet", max(tries) > 1 and workers.collisions > 0)
    verdict.close()


if __name__ == "__main__":
    main()
