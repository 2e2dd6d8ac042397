from . import (
    test_busy_lines,
    test_log,
)
