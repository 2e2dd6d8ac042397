from . import (
    test_answer_page,
    test_callable_number,
    test_debtor_callback,
    test_feedback,
    test_page_of_what_changed,
    test_private_link,
    test_stopped_address,
)
