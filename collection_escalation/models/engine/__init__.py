# isort: off
# What others in the room extend comes first.
from . import (
    collection_evaluation_facts,
    step_action_contact,
    purpose_invoice,
    collection_evaluation,
    collection_planner,
    collection_guard,
    collection_dispatcher,
    mail_mail,
    sms_sms,
)
