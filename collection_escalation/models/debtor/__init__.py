# isort: off
# What others in the room extend comes first.
from . import (
    collection_debtor_entry,
    collection_debtor,
    collection_debtor_person,
    collection_debtor_permissions,
    collection_debtor_wishes,
    collection_debtor_stops,
    collection_debtor_party,
    collection_debtor_place,
    collection_debtor_mend,
    collection_debtor_call,
    collection_debtor_rulesets,
    collection_debtor_identity,
    collection_debtor_merge,
    collection_hold,
    collection_case,
    collection_debtor_duty,
    duty_mend_address,
    duty_stopped,
    res_partner,
    reason_texts,
)
