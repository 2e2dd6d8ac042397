# isort: off
# What others in the room extend comes first.
from . import (
    collection_step_action,
    step_action_contact,
    collection_policy,
    collection_stage,
    collection_stage_step,
    collection_stage_move,
    reason_texts,
)
