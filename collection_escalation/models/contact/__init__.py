# isort: off
# What others in the room extend comes first.
from . import (
    collection_contact,
    collection_contact_gate,
    collection_contact_line,
    collection_contact_statement,
    collection_contact_withdrawal,
    collection_contact_fallback,
    collection_contact_actions,
    collection_contact_annotation,
    collection_contact_by_hand,
    collection_contact_log,
    collection_contact_decision,
    collection_contact_waiver,
    collection_stage_used,
    reason_texts,
)
