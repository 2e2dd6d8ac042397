from . import test_management
