# isort: off
# What others in the room extend comes first.
from . import (
    collection_channel,
    channel_text,
    channel_letter,
    channel_certified,
    channel_email,
    channel_phone,
    channel_sms,
    channel_visit,
    channel_whatsapp,
    reason_texts,
)
