from . import (
    test_account_move_fields,
    test_delivery,
    test_ledger_events,
    test_ledger_state,
    test_other_customer,
    test_what_is_read,
)
