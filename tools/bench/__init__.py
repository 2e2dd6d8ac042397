"""The parts of `./dev bench`: the ledger, what is measured, the report."""
