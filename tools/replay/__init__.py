"""The parts of `./dev replay`: the ledger file, the books, the days, the measures."""
