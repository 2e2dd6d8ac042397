# isort: off
# What others in the room extend comes first.
from . import (
    collection_calendar,
    collection_contact_ruleset,
    collection_contact_ruleset_line,
    collection_contact_ruleset_rules,
    collection_contact_ruleset_own,
    collection_contact_ruleset_version,
    collection_contact_ruleset_words,
    collection_contact_preset,
    reason_texts,
)
