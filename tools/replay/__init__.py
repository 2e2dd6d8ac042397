"""The parts of `./dev replay`: the ledger file, where its customers live, the books, the days
and the people in them, the measures, and the law by which an audit judges them."""
