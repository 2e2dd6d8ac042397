from . import (
    test_company_texts,
    test_free_text,
    test_golden_texts,
    test_many_invoices,
    test_thread_guard,
    test_threats_of_court,
    test_wording,
)
