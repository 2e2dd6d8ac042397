# isort: off
# What others in the room extend comes first.
from . import (
    collection_forecast,
    collection_measure,
    reason_texts,
)
