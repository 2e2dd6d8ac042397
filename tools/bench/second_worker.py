"""Odoo has two workers for scheduled actions by default (with --workers each is a process).
This is the second one: while the first one dispatches, it runs the action that sends, each time
the dispatch starts that."""

import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .measure import count_queries, run_action

STEP = "second-worker"
BENCH_PY = Path(__file__).parent.parent / "bench.py"
#: Seconds between two looks.
PAUSE = 0.02


def work(env, action: str) -> None:
    """Body of the process: until its input ends it runs ``action`` when it is triggered, then
    it writes its figures to its output."""
    cron = env.ref(action)
    print("ready", flush=True)
    queries, cpu = count_queries(), time.process_time()
    while not select.select([sys.stdin], [], [], PAUSE)[0]:
        env.cr.execute("DELETE FROM ir_cron_trigger WHERE cron_id = %s", [cron.id])
        triggered = bool(env.cr.rowcount)
        env.cr.commit()
        if triggered:
            run_action(env, action)
    print(
        json.dumps(
            {
                "cpu_seconds": round(time.process_time() - cpu, 4),
                "queries": count_queries() - queries,
            }
        ),
        flush=True,
    )


@contextmanager
def second_worker() -> Iterator[dict]:
    """The process beside this one.

    :return: its figures, filled in at the end"""
    figures: dict = {}
    command = [sys.executable, str(BENCH_PY), "--step", STEP]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "CE_BENCH_FIGURES": os.devnull},
    ) as process:
        assert process.stdin and process.stdout
        if process.stdout.readline().strip() != "ready":
            raise RuntimeError("the second worker did not start: see the log")
        yield figures
        process.stdin.close()
        figures |= json.loads(process.stdout.readline())
