"""Numbers that strangers may give us to call."""

import phonenumbers

#: Kinds of numbers whose calls cost the caller more than a call.
COSTLY = frozenset(
    {
        phonenumbers.PhoneNumberType.PREMIUM_RATE,
        phonenumbers.PhoneNumberType.SHARED_COST,
        phonenumbers.PhoneNumberType.PERSONAL_NUMBER,
        phonenumbers.PhoneNumberType.PAGER,
        phonenumbers.PhoneNumberType.VOICEMAIL,
        phonenumbers.PhoneNumberType.UAN,
    }
)
#: Satellites and international networks belong to no country.
NO_COUNTRY = frozenset({870, 878, 881, 882, 883, 888, 979})


def is_costly(number):
    """Would a call to this number (E.164) cost the caller more than an ordinary one?"""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return True
    return (
        parsed.country_code in NO_COUNTRY or phonenumbers.number_type(parsed) in COSTLY
    )
