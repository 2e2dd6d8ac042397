from . import (
    test_contact_presets,
    test_contact_rules_in_force,
    test_contact_ruleset_bad_input,
    test_contact_ruleset_versions,
    test_contact_ruleset_words,
)
