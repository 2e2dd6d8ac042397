from . import (
    base_partner_merge,
    collection_dry_run,
    collection_ready,
    mail_compose_message,
    sms_composer,
)
