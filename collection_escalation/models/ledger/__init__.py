# isort: off
# What others in the room extend comes first.
from . import (
    account_move,
    account_move_line,
    account_payment_method_line,
    account_partial_reconcile,
    collection_item,
    collection_item_ledger,
    collection_ledger_listener,
    collection_item_changes,
    listener_item,
    reason_texts,
    approval_next_stage,
)
