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

from .audit import Planned
from .books import Books
from .life import Deeds, Life, call_what_is_due
from .places import COMPANY_ZONE

MODULE = "collection_escalation"
DAILY = (
    f"{MODULE}.ir_cron_evaluate",
    f"{MODULE}.ir_cron_plan",
    f"{MODULE}.ir_cron_call_times",
    f"{MODULE}.ir_cron_dispatch",
    "mail.ir_cron_mail_scheduler_action",
)
ON_MONDAYS = (f"{MODULE}.ir_cron_check_ledger",)
#: A scheduled action that says it has work left is run again, as the scheduler would.
TRIES = 20


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

    NAME = f"odoo.addons.{MODULE}.models.ledger.collection_item_ledger"

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
        self.planned = Planned()
        self.deeds = Deeds()
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
        """:param hour: a `datetime.time` in the company's zone"""
        local = datetime.combine(day, hour, tzinfo=ZoneInfo(COMPANY_ZONE))
        self.now = local.astimezone(UTC).replace(tzinfo=None)
        self._frozen.move_to(self.now)


class Actions:
    """The scheduled actions, by their own records."""

    def __init__(self, env, figures: Figures):
        self.env = env
        self.figures = figures
        self.crons = {name: env.ref(name) for name in DAILY + ON_MONDAYS}

    def run(self, day: date, is_first: bool) -> None:
        """What the scheduler runs at this hour; the weekly check on Monday mornings."""
        names = ON_MONDAYS + DAILY if is_first and not day.weekday() else DAILY
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
    with Clock(options.first) as clock:
        clock.move_to(options.first, options.hours[0])
        env = env(context={**env.context, "tz": COMPANY_ZONE, "lang": "en_US"})
        days = Days(env, rows, options, figures, clock)
        day = options.first
        while day <= options.last:
            start, queries = time.monotonic(), count_queries()
            days.live(day)
            figures.days[day] = time.monotonic() - start, count_queries() - queries
            following = day + timedelta(days=1)
            if following.month != day.month or day == options.last:
                _say(figures, day)
            day = following
    figures.cpu = time.process_time() - figures.cpu
    logging.getLogger().removeHandler(figures.log)
    logging.getLogger(CheckWatch.NAME).removeHandler(figures.check)
    return figures


class Days:
    """One day after the other: the books in the morning, then the hours of the day."""

    def __init__(self, env, rows: list, options, figures: Figures, clock: Clock):
        self.env, self.options, self.figures, self.clock = env, options, figures, clock
        self._begun, self._paid = defaultdict(list), defaultdict(list)
        for row in rows:
            self._begun[max(row.invoiced, options.first)].append(row)
            if row.settled:
                self._paid[row.settled].append(row)
        with figures.part("setting up"):
            self.books = Books(env, options.homes)
            number = (options.last - options.first).days + 1
            self.life = options.places and Life(env, self.books, options.seed, number)
            env.cr.commit()
        figures.moves = self.books.moves
        if self.life:
            figures.deeds = self.life.deeds
        self._actions = Actions(env, figures)

    def live(self, day: date) -> None:
        for hour in self.options.hours:
            self.clock.move_to(day, hour)
            is_first = hour == self.options.hours[0]
            if is_first:
                self._begin(day)
            if self.life:
                with self._part("mail of the customers"):
                    self.life.let_mail_arrive()
            self._actions.run(day, is_first)
            self._look_at_the_plan()
            if self.life:
                with self._part("mail of the customers"):
                    self.life.read_new_mail()
                with self._part("calls"):
                    self.life.work_through_calls()
                    self.life.contact_beside_the_plan()
                self._look_at_the_plan()
            elif self.options.caller:
                with self._part("calls"):
                    call_what_is_due(self.env, self.books.collector)

    def _look_at_the_plan(self) -> None:
        with self._part("looking at the plan"):
            self.figures.planned.look(self.env.cr, self.clock.now)

    def _begin(self, day: date) -> None:
        """The accountant's morning: everything up to today is entered before anybody is
        chased."""
        if begun := self._begun[day]:
            with self._part("posting invoices"):
                self.books.post(begun)
        if paid := self._paid[day]:
            with self._part("paying invoices"):
                self.books.pay(paid, day)
        self.books.say_payments_entered(day)
        if day == self.options.first:
            self.books.start_collections(self.options.quiet_days)
        if self.life:
            self.life.begin_day((day - self.options.first).days)
        with self._part("commits of the books"):
            pass

    @contextmanager
    def _part(self, name: str):
        """A part of the work, committed."""
        with self.figures.part(name):
            yield
            self.env.cr.commit()
            self.env.invalidate_all()


def _say(figures: Figures, day: date) -> None:
    elapsed = sum(seconds for seconds, _queries in figures.days.values())
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"· {day:%Y-%m}: {len(figures.moves)} invoices posted, {elapsed:.0f} s, {memory} MB, "
        f"{len(figures.failures)} failures",
        file=sys.stderr,
        flush=True,
    )
