from . import test_ready_plans
