# isort: off
# What others in the room extend comes first.
from . import (
    collection_owned_text,
    collection_wording,
    collection_contact_recipient,
    collection_contact_reading,
    duty_find_decider,
    collection_contact_message,
    collection_contact_wording,
    collection_contact_blacklist,
    collection_contact_letter,
    collection_contact_mask,
    collection_contact_seal,
    collection_contact_writing,
    collection_contact_post,
    mail_template,
    sms_template,
    ir_ui_view,
    collection_free_text,
    collection_thread_guard,
    mail_scheduled_message,
    reason_texts,
)
