from . import (
    test_busy_lines,
    test_gate,
    test_log,
    test_statement,
)
