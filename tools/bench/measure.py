"""Wall, CPU, queries and peak memory of a piece of work."""

import cProfile
import gc
import os
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def count_queries() -> int:
    """Queries of this process since it began, on all connections."""
    from odoo import sql_db

    return sql_db.sql_counter


def peak_memory_mb() -> float:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


def database_cpu_seconds() -> float:
    """CPU of PostgreSQL's processes that serve the database of the step; of a server on
    another machine nothing is seen, so 0."""
    ours = os.environ["CE_DB"].encode()
    ticks = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            title = (folder / "cmdline").read_bytes().split()
            if title[:1] == [b"postgres:"] and ours in title:
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
                ticks += int(fields[11]) + int(fields[12])
        except OSError:  # it ended meanwhile
            continue
    return ticks / os.sysconf("SC_CLK_TCK")


@contextmanager
def metered(figures: dict, name: str) -> Iterator[dict]:
    """Adds ``figures[name]``: seconds of wall, of CPU of this process and of PostgreSQL,
    queries, and the most memory the process ever had. With --profile what took the time
    goes to a file, and seconds are longer."""
    gc.collect()
    mine = figures[name] = {}
    queries, database = count_queries(), database_cpu_seconds()
    cpu, wall = time.process_time(), time.monotonic()
    with _profiled(name):
        yield mine
    mine["wall_seconds"] = round(time.monotonic() - wall, 4)
    mine["cpu_seconds"] = round(time.process_time() - cpu, 4)
    mine["database_cpu_seconds"] = round(database_cpu_seconds() - database, 2)
    mine["queries"] = count_queries() - queries
    mine["peak_memory_mb"] = peak_memory_mb()


@contextmanager
def _profiled(name: str) -> Iterator[None]:
    folder = os.environ.get("CE_BENCH_PROFILE")
    if not folder:
        yield
        return
    profile = cProfile.Profile()
    with profile:
        yield
    profile.dump_stats(f"{folder}/{name}.prof")


def watch_calls(env, model: str, method: str) -> list[int]:
    """The queries of each call of a model's method from now on, in a list that grows:
    those too that write what the call left to be written."""
    counts: list[int] = []
    cls = env.registry[model]
    original = getattr(cls, method)

    def counted(self, *args, **kwargs):
        before = count_queries()
        answer = original(self, *args, **kwargs)
        self.env.flush_all()
        counts.append(count_queries() - before)
        return answer

    setattr(cls, method, counted)
    return counts


def run_action(env, name: str) -> None:
    """Run a scheduled action by its own record until it says that nothing is left.

    :raise RuntimeError: it failed, or never came to an end"""
    cron = env.ref(name)
    for _ in range(200):
        answer = cron.method_direct_trigger()
        env.cr.commit()
        env.invalidate_all()
        if answer is not True or cron.failure_count:
            raise RuntimeError(f"{name} failed: see the log")
        env.cr.execute(
            """SELECT remaining FROM ir_cron_progress WHERE cron_id = %s
                ORDER BY id DESC LIMIT 1""",
            [cron.id],
        )
        if not any(env.cr.fetchone() or ()):
            return
    raise RuntimeError(f"{name} was run 200 times and still has work left")
