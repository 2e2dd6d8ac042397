from . import (
    test_batch_queries,
    test_leaving,
)
