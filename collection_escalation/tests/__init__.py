# The rules have tests of their own in plain Python (rules_*_test.py, run by `./dev test
# rules`): they need no database and are not imported here.
from . import (
    test_account_move_fields,
    test_bad_input,
    test_channels,
    test_companies,
    test_contact_presets,
    test_contact_rulesets,
    test_debtor_callback,
    test_invariants,
    test_management,
    test_partner_merge,
    test_ready_plans,
    test_security,
    test_stopped_address,
    test_story_contacts,
    test_story_first_start,
    test_story_ladder,
    test_story_ledger,
    test_tours,
    test_wording,
)
