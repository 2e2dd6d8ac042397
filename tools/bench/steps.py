"""The steps of the bench by name; each runs in a process and on a database of its own."""

from . import ledger, ours, posting, reference, second_worker
from .installing import install

STEPS = {
    "ledger": lambda options: ledger.build(options.invoices, options.debtors),
    "install-empty": lambda _options: install(ours.MODULE),
    "install": lambda _options: install(ours.MODULE),
    "first-start": lambda _options: ours.start_silently(),
    "start": lambda _options: ours.start(),
    "evaluate-plan": lambda _options: ours.evaluate_and_plan(),
    "dispatch": lambda _options: ours.dispatch(),
    second_worker.STEP: lambda _options: ours.work_beside(),
    "settle": lambda _options: ours.settle(),
    "nothing-due": lambda _options: ours.evaluate_nothing(),
    "sql": lambda _options: reference.run_statement(),
    "posting": lambda _options: posting.compare(),
    "reference-install": lambda _options: install(reference.MODULE),
    "reference-decide": lambda _options: reference.decide(),
    "reference-send": lambda _options: reference.send(),
}
