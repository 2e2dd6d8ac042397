from . import (
    test_story_contacts,
    test_story_first_start,
    test_story_ladder,
    test_story_ledger,
)
