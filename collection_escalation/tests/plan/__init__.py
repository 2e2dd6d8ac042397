from . import test_ready_plans, test_step_actions
