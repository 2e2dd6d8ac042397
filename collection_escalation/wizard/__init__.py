from . import (
    account_move_send_wizard,
    base_partner_merge,
    collection_approval_decide,
    collection_callback,
    collection_contact_compose,
    collection_debtor_lift,
    collection_dry_run,
    collection_post_note,
    collection_ready,
    mail_compose_message,
    sms_composer,
)
