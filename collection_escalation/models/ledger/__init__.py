# isort: off
# What others in the room extend comes first.
from . import (
    account_move,
    account_move_log,
    account_move_line,
    account_payment_method_line,
    collection_item,
    collection_item_ledger,
    approval_next_stage,
)
