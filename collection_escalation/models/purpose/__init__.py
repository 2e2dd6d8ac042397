# isort: off
# What others in the room extend comes first.
from . import (
    collection_purpose,
    purpose_step,
    purpose_invoice,
    purpose_by_hand,
    purpose_callback,
    purpose_inbound,
)
