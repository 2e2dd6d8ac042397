from . import test_account_move_fields
