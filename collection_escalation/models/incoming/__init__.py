# isort: off
# What others in the room extend comes first.
from . import (
    collection_contact_link,
    collection_answer,
    answer_call_me,
    answer_not_me,
    answer_not_received,
    answer_paid,
    duty_find_payment,
    collection_contact_answer,
    collection_debtor_callback,
    collection_stopped_address,
    collection_contact_feedback,
    sms_tracker,
    mail_thread,
    reason_texts,
    ir_http,
)
