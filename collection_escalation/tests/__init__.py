# The rules have tests of their own in plain Python (test_rules_*.py, run by `./dev test
# rules`): they need no database and are not imported here.
from . import (
    test_story_contacts,
    test_story_first_start,
    test_story_ladder,
    test_story_ledger,
)
