# isort: off
# What others in the room extend comes first.
from . import (
    collection_evaluation_facts,
    collection_contact_planned,
    collection_evaluation,
    collection_planner,
    collection_guard,
    collection_dispatcher,
    mail_mail,
    sms_sms,
)
