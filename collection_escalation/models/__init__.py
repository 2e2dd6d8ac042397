# isort: off
# The rooms (design.md, section 2): each imports and extends only what stands above it.
from . import (
    collection_evidence,
    collection_internal_thread,
    collection_owned,
    collection_reason,
    collection_registry,
    collection_duty,
    collection_approval,
    collection_wizard,
)
from . import channel
from . import purpose
from . import plan
from . import ruleset
from . import debtor
from . import ledger
from . import contact
from . import paycode
from . import message
from . import engine
from . import incoming
from . import management
from . import company
