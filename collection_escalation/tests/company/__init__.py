from . import test_company_plans
