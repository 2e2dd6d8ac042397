"""The law and the arithmetic of debt collection, as pure functions.

No ``odoo``, no database, no clock: what day it is, what happened and what the
law of the country says are arguments. Every file opens with its rule in plain
language, the source and a worked example that runs as a doctest.
"""
