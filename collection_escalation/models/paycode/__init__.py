# isort: off
# What others in the room extend comes first.
from . import (
    collection_paycode,
    res_company,
    account_move,
    collection_bank_slip,
    paycode_pix,
    paycode_bank_slip,
    paycode_sepa,
    paycode_transfer,
    paycode_link,
    collection_contact_paycode,
)
