# What others extend comes first.
from . import collection_internal_thread

# isort: split
from . import collection_contact_ruleset, collection_debtor, collection_evaluation_facts

# isort: split
from . import (
    account_move,
    collection_calendar,
    collection_case,
    collection_contact,
    collection_contact_actions,
    collection_contact_line,
    collection_contact_message,
    collection_contact_rules,
    collection_contact_ruleset_rules,
    collection_debtor_merge,
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
