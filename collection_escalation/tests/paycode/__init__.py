from . import test_bank_slip, test_pay_code_page, test_pay_codes
