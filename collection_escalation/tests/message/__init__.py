from . import (
    test_free_text,
    test_golden_texts,
    test_wording,
)
