from . import (
    test_batch_queries,
    test_facts,
    test_leaving,
    test_mail_server,
    test_odd_dates,
    test_picture,
    test_plan_change,
    test_seal,
    test_who_got_the_invoice,
)
