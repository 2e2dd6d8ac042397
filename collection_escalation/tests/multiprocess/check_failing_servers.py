#!/usr/bin/env python3
"""100 rounds with failing servers: the mail server refuses for now or for good, hangs up
before or after it was given the message, or falls silent; the database ends the connections
of the dispatcher. What became of each message is what the contact says, and nothing leaves
twice."""

import logging
import time

from lab import (
    DEBTOR_DOMAIN,
    FIRST_DAY,
    SMTP_PATIENCE,
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
#: In every so many-th round the database fails instead of the mail server.
DATABASE_FAILS = 4
#: A server that is silent costs its patience: not in every round.
SILENT = 20
LATER = ("421", "450", "451", "hang-up before")
FINAL = ("550", "554")
UNKNOWN = ("hang-up after", "silence")
#: What the contact is after the fault.
ENDS = {
    None: "made",
    **dict.fromkeys(LATER, "planned"),
    **dict.fromkeys(FINAL, "failed"),
    **dict.fromkeys(UNKNOWN, "uncertain"),
}
RUNS_TO_RECOVER = 5


def live(work, pipe):
    """Body of the dispatcher's process: dispatches whenever it is told to."""
    for name in (
        "odoo.addons.mail",
        "odoo.addons.base",
        "odoo.addons.collection_escalation",
    ):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    from odoo.addons.base.models import ir_mail_server

    ir_mail_server.SMTP_TIMEOUT = SMTP_PATIENCE
    while True:
        day = pipe.recv()
        work.set_clock(day)
        try:
            work.run("dispatch")
            pipe.send("")
        except Exception as error:  # whatever escapes is the finding
            pipe.send(repr(error))


def read_contacts(work, first):
    """{address: (id, state, times put off, states of its lines)} of the e-mails."""
    rows = work.read(
        """SELECT c.destination, c.id, c.state, COALESCE(c.put_off, 0),
                  array_agg(DISTINCT line.state::text)
             FROM collection_contact c
             JOIN collection_contact_line line ON line.contact_id = c.id
            WHERE c.id > %s AND c.channel = 'email' GROUP BY c.id""",
        first,
    )
    return {address: tuple(rest) for address, *rest in rows}


def fill_outbox(work, day, ids):
    """What was put off is taken out; a contact is planned for each debtor, for now."""
    work.set_clock(day)
    ((first,),) = work.read("SELECT COALESCE(max(id), 0) FROM collection_contact")
    with work.env() as env:
        debtors = env["collection.debtor"].browse(ids)
        debtors.contact_ids.filtered(lambda c: c.state == "planned").action_remove()
        start_anew(env, debtors)
    work.run("evaluate")
    work.run("plan")
    return first


def look(work, verdict, where, first, faults):
    """After a round in which the mail server had ``faults``."""
    for address, (id_, state, put_off, lines) in read_contacts(work, first).items():
        fault = faults.get(address)
        verdict.that(
            f"After {fault or 'no fault'} a contact is {ENDS[fault]}",
            state == ENDS[fault],
            f"{where}contact {id_} is {state}",
        )
        if fault in LATER:
            verdict.that(
                "What is put off burns no step",
                put_off == 1 and lines == ["planned"],
                f"{where}contact {id_}: {put_off}, {lines}",
            )


def look_at_mails(work, verdict):
    work.mails.settle()
    left = work.mails.by_contact()
    states = dict(
        work.read("SELECT id, state FROM collection_contact WHERE channel = 'email'")
    )
    twice = {id_: number for id_, number in left.items() if number > 1}
    verdict.that("No mail leaves twice", not twice, f"contact: mails {twice}")
    missing = [i for i, state in states.items() if state == "made" and i not in left]
    verdict.that("Every contact that is made has its mail", not missing, str(missing))
    wrong = {
        i: states.get(i) for i in left if states.get(i) not in ("made", "uncertain")
    }
    verdict.that("What is not made did not leave", not wrong, str(wrong))
    stuck = [i for i, state in states.items() if state in ("queued", "sending")]
    verdict.that("Nothing is left on its way", not stuck, str(stuck))


def main():
    verdict, chance = Verdict(), seed()
    with lab() as work:
        with work.env() as env:
            prepare_company(env)
            ids = [create_debtor(env, f"Debtor {n}").id for n in range(DEBTORS)]
            days = business_days(env, FIRST_DAY, ROUNDS)
        addresses = [f"debtor.{n}@{DEBTOR_DOMAIN}" for n in range(DEBTORS)]
        import multiprocessing

        ours, theirs = multiprocessing.get_context("fork").Pipe()
        process = work.start(live, work, theirs)

        def dispatch(day, moment=None):
            """What escaped; the database hangs up after ``moment`` seconds."""
            ours.send(day)
            if moment is not None:
                time.sleep(moment)
                work.hang_up_on(process.pid)
            if not ours.poll(120):
                raise TimeoutError("the dispatcher does not come back")
            return ours.recv()

        whole = 0.3
        for number, day in enumerate(days, 1):
            where = f"round {number}: "
            first = fill_outbox(work, day, ids)
            if number % DATABASE_FAILS == 0:
                work.mails.fail({})
                dispatch(day, chance.uniform(0, whole))
                for _run in range(RUNS_TO_RECOVER):
                    trouble = dispatch(day)
                    contacts = read_contacts(work, first)
                    if {c[1] for c in contacts.values()} <= {"made", "uncertain"}:
                        break
                states = [c[1] for c in contacts.values()]
                verdict.that(
                    "After the database hung up every contact is made, one uncertain",
                    not trouble
                    and set(states) <= {"made", "uncertain"}
                    and states.count("uncertain") <= 1
                    and len(states) == DEBTORS,
                    f"{where}{contacts} {trouble}",
                )
                continue
            choices = [f for f in ENDS if f != "silence" or number % SILENT == 1]
            faults = {address: chance.choice(choices) for address in addresses}
            work.mails.fail({a: f for a, f in faults.items() if f})
            begun = time.monotonic()
            trouble = dispatch(day)
            if "silence" not in faults.values():
                whole = time.monotonic() - begun
            verdict.that(
                "A failing mail server never fails the dispatch",
                not trouble,
                where + trouble,
            )
            look(work, verdict, where, first, faults)
            if "silence" in faults.values():
                time.sleep(SMTP_PATIENCE)
        verdict.that(
            "The database knows whose connections are whose",
            work.count_connections(process.pid) > 0,
        )
        process.kill()
        process.join()
        work.wait_gone(process.pid)
        look_at_mails(work, verdict)
    verdict.close()


if __name__ == "__main__":
    main()
