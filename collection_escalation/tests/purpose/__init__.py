from . import test_purposes
