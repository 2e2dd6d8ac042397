from . import (
    test_debtor_permissions,
    test_debtor_zone,
    test_merged_models,
    test_partner_merge,
    test_people,
    test_smaller_things,
    test_twins,
)
