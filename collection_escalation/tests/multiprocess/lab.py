"""What the multi-process checks share: a real Odoo in several processes, a mail server that
keeps every message as a file, a company that collects, and a clock to be set.

The parent loads Odoo's registry once and forks; a child is born without a database
connection and makes its own, so each process has its own registry, connections and commits.
Nothing is rolled back. ./dev runs the checks on a copy of the database (CE_DB) with the
options in CE_ODOO_ARGS; the last line that a check prints is `N passed, M failed`.
"""

import asyncio
import json
import logging
import multiprocessing
import os
import random
import re
import signal
import smtplib
import subprocess
import sys
import tempfile
import time
import traceback
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from email import message_from_bytes
from email.policy import default as email_policy
from pathlib import Path

from freezegun import freeze_time

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "tools"))

#: 09:00 in São Paulo: within the house's hours.
NINE = timedelta(hours=12)
FIRST_DAY = date(2026, 3, 2)
TEAM_DOMAIN = "team.example.com"
DEBTOR_DOMAIN = "debtor.example.com"
SENDING_LOCK = 0x636F6C6C
MODELS = "odoo.addons.collection_escalation.models"
ACTIONS = {
    "evaluate": ("collection.evaluation", "_cron_evaluate"),
    "plan": ("collection.planner", "_cron_plan"),
    "dispatch": ("collection.dispatcher", "_cron_dispatch"),
    "send": ("collection.dispatcher", "_cron_send"),
}
#: Where a database does not answer for so long, something waits for ever.
PATIENCE = 120
#: Where the mail server reads how to fail, and how long Odoo waits for its answer.
FAULTS = "faults.json"
SMTP_PATIENCE = 2.0
_fork = multiprocessing.get_context("fork")


def seed():
    """The seed of the random choices: CE_SEED repeats a run that failed."""
    number = int(os.environ.get("CE_SEED") or random.SystemRandom().randrange(10**6))
    print(f"CE_SEED={number}", flush=True)
    return random.Random(number)


# -- the verdict ------------------------------------------------------------------------------


class Verdict:
    """Sentences that must hold every time they are looked at."""

    def __init__(self):
        self.times, self.failures = {}, {}

    def that(self, sentence, holds, detail=""):
        self.times[sentence] = self.times.get(sentence, 0) + 1
        self.failures.setdefault(sentence, [])
        if not holds:
            self.failures[sentence].append(str(detail))

    def close(self):
        """Print every sentence and the counts, and leave with the status they ask for."""
        failed = 0
        for sentence, times in self.times.items():
            details = self.failures[sentence]
            failed += bool(details)
            print(f"{'FAILED' if details else 'ok':6} {sentence} ({times} times)")
            if details:
                print(f"       {len(details)} times not:")
            for detail in details[:5]:
                print("       " + detail.replace("\n", "\n       "))
        passed = len(self.times) - failed
        sys.stderr.flush()
        print(f"{passed} passed, {failed} failed", flush=True)
        sys.exit(1 if failed or not passed else 0)


# -- the mail server --------------------------------------------------------------------------


class Mails:
    """The messages that reached a debtor's mail server."""

    def __init__(self, folder, port, delay):
        self.folder, self._port, self._delay = folder, port, delay
        self._seen, self._found = set(), []

    def fail(self, faults):
        """From now on the server fails on some messages.

        :param faults: {address: "421", "450", "550" to the recipient, "451", "554" to the
            message, "hang-up before" or "after" it was given the message, "silence"}"""
        draft = self.folder / f".{FAULTS}"
        draft.write_text(json.dumps(faults))
        draft.rename(self.folder / FAULTS)

    def settle(self):
        """Wait until the server has done with what it had received so far."""
        for _time in range(2):
            with smtplib.SMTP("127.0.0.1", self._port, timeout=PATIENCE) as client:
                client.noop()
            time.sleep(self._delay)

    def by_contact(self):
        """{contact id: number of messages}; 0 stands for a message without a statement."""
        for path in sorted(self.folder.glob("[0-9]*.eml")):
            if path.name not in self._seen:
                self._seen.add(path.name)
                self._found += self._contact_of(path)
        counts = {}
        for contact_id in self._found:
            counts[contact_id] = counts.get(contact_id, 0) + 1
        return counts

    def _contact_of(self, path):
        message = message_from_bytes(path.read_bytes(), policy=email_policy)
        if f"@{DEBTOR_DOMAIN}" not in message["X-Envelope-To"]:
            return []
        body = message.get_body(("html",)).get_content()
        ids = {int(number) for number in re.findall(r"/statement/(\d+)/", body)}
        return [ids.pop() if len(ids) == 1 else 0]


@contextmanager
def _mail_server(delay):
    """A sink that takes about ``delay`` seconds for a message, as its own process."""
    with tempfile.TemporaryDirectory(prefix="ce_mails_") as folder:
        port_file = Path(folder) / "port"
        process = subprocess.Popen(
            [sys.executable, __file__, folder, str(port_file), str(delay)]
        )
        try:
            until = time.monotonic() + 30
            while not port_file.exists() or not port_file.read_text().endswith("\n"):
                if process.poll() is not None or time.monotonic() > until:
                    sys.exit("the mail server for the check does not start")
                time.sleep(0.05)
            port = port_file.read_text().strip()
            os.environ["CE_SMTP_PORT"] = port
            yield Mails(Path(folder), int(port), delay)
        finally:
            process.terminate()
            process.wait(30)


def _serve_mail(folder, port_file, delay):
    """Body of the sink's process: half of the delay before the message is kept, half
    between that and the answer."""
    import smtp_sink

    faults = Path(folder) / FAULTS

    def fault_of(address):
        """What to do with a message to ``address``: see `Mails.fail`."""
        try:
            return json.loads(faults.read_text()).get(address)
        except FileNotFoundError:
            return None

    def hang_up(server):
        server.transport.abort()
        return "421 gone"

    class SlowSink(smtp_sink.Sink):
        async def handle_RCPT(self, server, session, envelope, address, options):
            fault = fault_of(address)
            if fault == "hang-up before":
                return hang_up(server)
            if fault in ("421", "450", "550"):
                return f"{fault} the check wants it so"
            envelope.rcpt_tos.append(address)
            return "250 ok"

        async def handle_DATA(self, server, session, envelope):
            fault = fault_of(envelope.rcpt_tos[0])
            if fault in ("451", "554"):
                return f"{fault} the check wants it so"
            await asyncio.sleep(float(delay) / 2)
            answer = await super().handle_DATA(server, session, envelope)
            if fault == "hang-up after":
                return hang_up(server)
            if fault == "silence":
                await asyncio.sleep(2 * SMTP_PATIENCE)
            await asyncio.sleep(float(delay) / 2)
            return answer

    smtp_sink.Sink = SlowSink
    smtp_sink.main(folder, port_file)


def _be_born(work, *args):
    """Body of a process: its connections have its own name, by which the database tells
    whose they are. The registry would give them that of its parent."""
    from odoo import sql_db
    from odoo.modules.registry import Registry

    Registry(os.environ["CE_DB"])._db = sql_db.db_connect(os.environ["CE_DB"])
    work(*args)


# -- Odoo -------------------------------------------------------------------------------------


class Lab:
    """Odoo on the check's database, and the processes it is forked into."""

    def __init__(self, mails, clock):
        self.mails, self._clock = mails, clock
        self._children, self._reader = [], None

    @contextmanager
    def env(self):
        """A transaction of its own, as a scheduled action has; committed at the end."""
        from odoo import SUPERUSER_ID, api
        from odoo.modules.registry import Registry

        with Registry(os.environ["CE_DB"]).cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {})

    def set_clock(self, day):
        self._clock.move_to(datetime.combine(day, datetime.min.time()) + NINE)

    def run(self, action, **options):
        """One run of a scheduled action."""
        model, method = ACTIONS[action]
        with self.env() as env:
            getattr(env[model], method)(**options)

    def read(self, query, *parameters):
        """Rows as committed now; by a connection of the parent that no child uses."""
        import psycopg2

        from odoo.sql_db import connection_info_for

        if self._reader is None:
            _name, info = connection_info_for(os.environ["CE_DB"])
            self._reader = psycopg2.connect(**info)
            self._reader.autocommit = True
        with self._reader.cursor() as cr:
            cr.execute(query, parameters)
            return cr.fetchall()

    def start(self, work, *args):
        """Fork a process that does ``work(*args)`` and ends. It is born without a
        connection, and ends without the parent's farewells."""
        from odoo import sql_db

        sql_db.close_all()
        sys.stdout.flush()
        process = _fork.Process(target=_be_born, args=(work, *args), daemon=True)
        process.start()
        self._children.append(process)
        return process

    def count_connections(self, pid):
        """How many connections the database keeps of the process."""
        return len(
            self.read(
                "SELECT 1 FROM pg_stat_activity WHERE application_name = %s",
                f"odoo-{pid}",
            )
        )

    def hang_up_on(self, pid):
        """The database ends the connections of the process; how many."""
        return len(
            self.read(
                """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                    WHERE application_name = %s""",
                f"odoo-{pid}",
            )
        )

    def workers(self, number, **jobs):
        """``number`` processes that run scheduled actions, or the ``jobs`` by name."""
        return Workers(self, number, jobs)

    def barrier(self, number):
        """Where ``number`` processes wait for each other."""
        return _fork.Barrier(number)

    def wait_gone(self, pid):
        """Wait until the database has noticed that the process is dead: a commit that it
        had asked for may still be under way."""
        until = time.monotonic() + PATIENCE
        while self.count_connections(pid):
            if time.monotonic() > until:
                raise TimeoutError(
                    f"the database keeps the connection of process {pid}"
                )
            time.sleep(0.005)

    def close(self):
        for process in self._children:
            if process.is_alive():
                process.kill()
            process.join()


@contextmanager
def lab(delay=0.0, day=FIRST_DAY):
    """Mail server, frozen clock and Odoo for a check."""
    with _mail_server(delay) as mails:
        from odoo_env import odoo_arguments

        import odoo.init  # noqa: F401 - Odoo's own set-up must come first
        from odoo.modules.registry import Registry
        from odoo.service.server import load_server_wide_modules
        from odoo.tools import config

        config.parse_config(
            [
                *odoo_arguments(),
                f"--database={os.environ['CE_DB']}",
                "--log-level=warn",
            ],
            setup_logging=True,
        )
        # collisions are what is looked for here: they are not worth a line each
        logging.getLogger("odoo.sql_db").setLevel(logging.CRITICAL)
        load_server_wide_modules()
        Registry(os.environ["CE_DB"])
        # The pool drops connections by their age, and the checks wait: real time for them.
        with freeze_time(
            datetime.combine(day, datetime.min.time()) + NINE,
            ignore=["odoo.sql_db", __name__, "__main__"],
        ) as clock:
            work = Lab(mails, clock)
            try:
                yield work
            finally:
                work.close()


class _Collisions(logging.Filter):
    """Counts what the engine leaves for its next run because of another worker; of its
    log only warnings and errors are shown."""

    def __init__(self):
        super().__init__()
        self.number = 0
        for name in ("evaluation", "planner", "dispatcher"):
            engine = logging.getLogger(f"{MODELS}.engine.collection_{name}")
            engine.setLevel(logging.INFO)
            engine.addFilter(self)

    def filter(self, record):
        self.number += "left for later" in record.getMessage()
        return record.levelno > logging.INFO

    def take(self):
        number, self.number = self.number, 0
        return number


class Workers:
    """Processes that live for the whole check and begin each phase at the same moment."""

    def __init__(self, lab_, number, jobs):
        self._lab, self._jobs = lab_, jobs
        self._barrier = _fork.Barrier(number)
        self._pipes, self.collisions = [], 0
        for _index in range(number):
            ours, theirs = _fork.Pipe()
            lab_.start(self._live, theirs)
            self._pipes.append(ours)

    def _live(self, pipe):
        collisions = _Collisions()
        while True:
            day, phases = pipe.recv()
            self._lab.set_clock(day)
            trouble, answers = [], []
            for name, options in phases:
                self._barrier.wait(PATIENCE)
                try:
                    work = self._jobs.get(name)
                    answers.append(
                        work(**options) if work else self._lab.run(name, **options)
                    )
                except Exception:  # whatever escapes is the finding
                    trouble.append(f"{name}: {traceback.format_exc(limit=-6)}")
            pipe.send((answers, trouble, collisions.take()))

    def live(self, day, *orders):
        """Let worker n do ``orders[n]``, a list of (action or job, options), the n-th of
        all at the same moment; as many for each.

        :return: (answers of each worker, errors that escaped)"""
        for pipe, phases in zip(self._pipes, orders, strict=True):
            pipe.send((day, phases))
        answers, trouble = [], []
        for pipe in self._pipes:
            if not pipe.poll(PATIENCE):
                raise TimeoutError("a worker does not come back")
            answer, errors, collisions = pipe.recv()
            self.collisions += collisions
            answers.append(answer)
            trouble += errors
        return answers, trouble


# -- the company ------------------------------------------------------------------------------


def prepare_company(env):
    """The database's company collects, in Brazil, with the consumers' plan, without review.
    Only its house rules hold: once a day, so that each round finds a free slot; the limits a
    week of a country's law, and the quiet days, have tests of their own."""
    env["collection.policy"].search([]).quiet_days = 0
    env["collection.contact.ruleset"].search(
        [("country_id", "!=", False), ("is_preset", "=", False)]
    ).active = False
    company = env["res.company"].search([], order="id", limit=1)
    sao_paulo = env.ref("base.state_br_sp")
    company.partner_id.write(
        {
            "street": "Rua Um, 1",
            "city": "São Paulo",
            "country_id": sao_paulo.country_id.id,
            "state_id": sao_paulo.id,
            "email": f"creditor@{TEAM_DOMAIN}",
        }
    )
    collector = env["res.users"].create(
        {
            "name": "Collector",
            "login": "lab_collector",
            "email": f"collector@{TEAM_DOMAIN}",
            "company_ids": [(6, 0, company.ids)],
            "company_id": company.id,
            "group_ids": [
                (6, 0, env.ref("collection_escalation.group_collection_user").ids)
            ],
        }
    )
    open_company(company, collector)
    return company


def open_company(company, collector):
    plan = company.env.ref("collection_escalation.policy_consumer")
    company.write(
        {
            "collection_tz": "America/Sao_Paulo",
            "collection_user_id": collector.id,
            "collection_consumer_policy_id": plan.id,
            "collection_business_policy_id": plan.id,
            "collection_require_sent": False,
            # the bank date is not what is checked here
            "collection_payments_until": FIRST_DAY,
            "collection_bank_max_age": 100_000,
            "collection_review_until": False,
        }
    )
    company.collection_started_on = FIRST_DAY


def create_debtor(env, name, company=None, invoices=1):
    """A customer with invoices long overdue; the `collection.debtor`."""
    partner = env["res.partner"].create(
        {
            "name": name,
            "email": f"{name.lower().replace(' ', '.')}@{DEBTOR_DOMAIN}",
            "phone": "+55 11 99999-0000",
            "country_id": env.ref("base.br").id,
            "state_id": env.ref("base.state_br_sp").id,
        }
    )
    return create_overdue(env, partner, company or env.company, invoices)


def create_overdue(env, partner, company, invoices=1):
    Move = env["account.move"].with_company(company)
    moves = Move.create(
        [
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "invoice_date": FIRST_DAY - timedelta(days=90),
                "invoice_date_due": FIRST_DAY - timedelta(days=60 + number),
                "invoice_line_ids": [
                    (0, 0, {"name": "Goods", "price_unit": 1000.0, "tax_ids": []})
                ],
            }
            for number in range(invoices)
        ]
    )
    moves.action_post()
    env.flush_all()
    env.cr.flush()
    return env["collection.debtor"].search(
        [("partner_id", "=", partner.id), ("company_id", "=", company.id)]
    )


def start_anew(env, debtors):
    """Begin a new cycle for the items of ``debtors``, as a payment that was reversed does:
    all of them are due to be looked at."""
    items = debtors.item_ids.filtered(lambda item: item.ledger_state == "open")
    for item in items:
        item.write(item._prepare_new_cycle_vals())
    items._wake()
    return items


def business_days(env, first, number):
    """``number`` business days of the debtors, from ``first`` on."""
    days, day = [], first
    while len(days) < number:
        calendar = env["collection.calendar"]._get("BR", "SP", day)
        if day.weekday() not in calendar.weekend and day not in calendar.holidays:
            days.append(day)
        day += timedelta(days=1)
    return days


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    _serve_mail(*sys.argv[1:])
