# What others extend comes first.
from . import (
    collection_channel,
    collection_debtor_fact,
    collection_internal_thread,
)

# isort: split
from . import (
    collection_contact,
    collection_contact_ruleset,
    collection_debtor,
    collection_evaluation_facts,
)

# isort: split
from . import (
    account_move,
    channel_email,
    channel_letter,
    channel_phone,
    channel_visit,
    collection_calendar,
    collection_case,
    collection_contact_actions,
    collection_contact_line,
    collection_contact_message,
    collection_contact_rules,
    collection_contact_ruleset_rules,
    collection_contact_waiver,
    collection_debtor_call,
    collection_debtor_merge,
    collection_debtor_permissions,
    collection_debtor_person,
    collection_debtor_place,
    collection_debtor_rulesets,
    collection_demo,
    collection_dispatcher,
    collection_evaluation,
    collection_hold,
    collection_item,
    collection_item_ledger,
    collection_planner,
    collection_policy,
    collection_reason,
    collection_stage,
    collection_stage_move,
    collection_stage_step,
    mail_mail,
    mail_thread,
    res_company,
    res_company_start,
    res_config_settings,
    res_partner,
)
