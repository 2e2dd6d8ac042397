from . import (
    test_batch_queries,
    test_facts,
    test_leaving,
    test_mail_server,
    test_seal,
)
