from . import (
    test_busy_lines,
    test_log,
    test_statement,
)
