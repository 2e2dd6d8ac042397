from . import (
    test_batch_queries,
    test_facts,
    test_leaving,
    test_picture,
    test_odd_dates,
    test_who_got_the_invoice,
)
