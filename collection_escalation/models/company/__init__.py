# isort: off
# What others in the room extend comes first.
from . import (
    res_company,
    res_company_feedback,
    res_company_plan_change,
    res_company_rules,
    res_company_plans,
    res_company_start,
    res_company_pay_codes,
    res_config_settings,
)
