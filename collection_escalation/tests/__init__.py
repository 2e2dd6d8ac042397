# isort: skip_file
# The rules have tests of their own in plain Python (rules_*_test.py, run by `./dev test
# rules`): they need no database and are not imported here.
from . import (
    test_approval,
    test_bad_input,
    test_companies,
    test_duty,
    test_evidence,
    test_invariants,
    test_rooms,
    test_rights_matrix,
    test_security,
    test_tours,
)
from .channel import *
from .purpose import *
from .plan import *
from .ruleset import *
from .debtor import *
from .ledger import *
from .contact import *
from .paycode import *
from .message import *
from .engine import *
from .incoming import *
from .management import *
from .company import *
from .story import *
