"""Living the ledger: the clock, the scheduled actions, one day after the other.

What the frozen clock does not freeze: the database's now() (create_date, and the next call of
the scheduled actions, which are run by hand here) and elapsed time (time.monotonic,
perf_counter), by which the scheduled actions measure how long they may go on.
"""

import logging
import resource
import sys
import time
from collections import Counter, defaultdict
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import freezegun.api

from .books import COMPANY_ZONE, Books

MODULE = "collection_escalation"
DAILY = (
    f"{MODULE}.ir_cron_evaluate",
    f"{MODULE}.ir_cron_plan",
    f"{MODULE}.ir_cron_dispatch",
    "mail.ir_cron_mail_scheduler_action",
)
ON_MONDAYS = (f"{MODULE}.ir_cron_check_ledger",)
#: A scheduled action that says it has work left is run again, as the scheduler would.
TRIES = 20
#: Of ten calls: what comes of them.
CALLS = ("no_answer", "no_answer", "voicemail", "busy", "no_answer", "conversation")


class LogWatch(logging.Handler):
    """Counts what Odoo complains of."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.counts: Counter = Counter()
        self.examples: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.counts["errors" if record.levelno >= logging.ERROR else "warnings"] += 1
        if len(self.examples) < 20:
            text = record.getMessage().splitlines() or [""]
            self.examples.append(f"{record.levelname} {record.name}: {text[0][:300]}")


class CheckWatch(logging.Handler):
    """What the weekly check had to mend: the reactions should have left it nothing."""

    NAME = f"odoo.addons.{MODULE}.models.collection_item_ledger"

    def __init__(self):
        super().__init__(logging.INFO)
        self.mended = 0

    def emit(self, record: logging.LogRecord) -> None:
        if "%d receivable lines" in record.msg:
            born, drifted, _ids = record.args
            self.mended += born + drifted


class Figures:
    """Seconds and queries by part of the work and by day."""

    def __init__(self):
        self.cpu = time.process_time()
        self.seconds: Counter = Counter()
        self.queries: Counter = Counter()
        self.days: dict[date, tuple[float, int]] = {}
        self.failures: list[str] = []
        self.unfinished: list[str] = []
        self.moves: dict[str, int] = {}
        self.log = LogWatch()
        self.check = CheckWatch()

    @contextmanager
    def part(self, name: str):
        start, queries = time.monotonic(), count_queries()
        try:
            yield
        finally:
            self.seconds[name] += time.monotonic() - start
            self.queries[name] += count_queries() - queries


def count_queries() -> int:
    from odoo import sql_db

    return sql_db.sql_counter


class Clock:
    """The frozen clock of the whole process; elapsed time stays real."""

    def __init__(self, first: date):
        for name in ("monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns"):
            real = getattr(freezegun.api, f"real_{name}")
            setattr(freezegun.api, f"fake_{name}", real)
        self._freezer = freezegun.api.freeze_time(
            datetime.combine(first, datetime.min.time()), real_asyncio=True
        )

    def __enter__(self):
        from odoo import sql_db

        # A day passes between two uses of a connection: none is idle for that.
        sql_db.MAX_IDLE_TIMEOUT = timedelta(days=365_000).total_seconds()
        self._frozen = self._freezer.start()
        return self

    def __exit__(self, *_exc):
        self._freezer.stop()

    def move_to(self, day: date, hour) -> None:
        local = datetime.combine(day, hour, tzinfo=ZoneInfo(COMPANY_ZONE))
        self._frozen.move_to(local.astimezone(UTC).replace(tzinfo=None))


class Actions:
    """The scheduled actions, by their own records."""

    def __init__(self, env, figures: Figures):
        self.env = env
        self.figures = figures
        self.crons = {name: env.ref(name) for name in DAILY + ON_MONDAYS}

    def run_all(self, day: date) -> None:
        names = DAILY if day.weekday() else ON_MONDAYS + DAILY
        for name in names:
            with self.figures.part(name.rpartition("ir_cron_")[2]):
                self._run(name, day)

    def _run(self, name: str, day: date) -> None:
        cron = self.crons[name]
        for _ in range(TRIES):
            # What went wrong inside is only logged, and given back for the browser.
            answer = cron.method_direct_trigger()
            self.env.cr.commit()
            self.env.invalidate_all()
            if answer is not True or cron.failure_count or not cron.active:
                self.figures.failures.append(f"{day} {name}")
                return
            self.env.cr.execute(
                """SELECT remaining FROM ir_cron_progress WHERE cron_id = %s
                    ORDER BY id DESC LIMIT 1""",
                [cron.id],
            )
            if not any(self.env.cr.fetchone() or ()):
                return
        self.figures.unfinished.append(f"{day} {name}")


def live(env, rows: list, options) -> Figures:
    """Every day from ``options.first`` to ``options.last``; each is committed."""
    figures = Figures()
    logging.getLogger().addHandler(figures.log)
    logging.getLogger(CheckWatch.NAME).addHandler(figures.check)
    begun = defaultdict(list)
    paid = defaultdict(list)
    for row in rows:
        begun[max(row.invoiced, options.first)].append(row)
        if row.settled:
            paid[row.settled].append(row)
    with Clock(options.first) as clock:
        clock.move_to(options.first, options.hour)
        env = env(context={**env.context, "tz": COMPANY_ZONE, "lang": "en_US"})
        with figures.part("setting up"):
            books = Books(env, {row.customer: row.country for row in rows})
            env.cr.commit()
        figures.moves = books.moves
        actions = Actions(env, figures)
        day = options.first
        while day <= options.last:
            start, queries = time.monotonic(), count_queries()
            clock.move_to(day, options.hour)
            _enter(books, figures, begun[day], paid[day], day)
            if day == options.first:
                books.start_collections()
            env.cr.commit()
            env.invalidate_all()
            actions.run_all(day)
            if options.caller:
                with figures.part("calls"):
                    _call(env, books.collector)
            figures.days[day] = time.monotonic() - start, count_queries() - queries
            following = day + timedelta(days=1)
            if following.month != day.month or day == options.last:
                _say(figures, day)
            day = following
    figures.cpu = time.process_time() - figures.cpu
    logging.getLogger().removeHandler(figures.log)
    logging.getLogger(CheckWatch.NAME).removeHandler(figures.check)
    return figures


def _enter(books: Books, figures: Figures, begun: list, paid: list, day: date) -> None:
    """The accountant's morning: everything up to today is entered before anybody is chased."""
    if begun:
        with figures.part("posting invoices"):
            books.post(begun)
    if paid:
        with figures.part("paying invoices"):
            books.pay(paid, day)
    books.say_payments_entered(day)
    with figures.part("commits of the books"):
        books.env.cr.commit()
        books.env.invalidate_all()


def _call(env, collector) -> None:
    """The collector makes the calls that are permitted now."""
    from odoo import fields

    now = fields.Datetime.now()
    calls = env["collection.contact"].search(
        [
            ("state", "=", "planned"),
            ("channel", "=", "phone"),
            ("planned_at", "<=", now),
        ],
        order="planned_at, id",
    )
    for call in calls:
        call.with_user(collector)._log_attempt(CALLS[call.id % len(CALLS)])
    env.cr.commit()
    env.invalidate_all()


def _say(figures: Figures, day: date) -> None:
    elapsed = sum(seconds for seconds, _queries in figures.days.values())
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"· {day:%Y-%m}: {len(figures.moves)} invoices posted, {elapsed:.0f} s, {memory} MB, "
        f"{len(figures.failures)} failures",
        file=sys.stderr,
        flush=True,
    )
