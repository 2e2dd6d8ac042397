"""References and keys of pay codes."""

import string
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ..rules.pay_code import is_clabe, is_pix_key, pix_reference, read_emv, says_pix

#: From the Pix manual of Brazil's central bank (static code with a key of UUID form).
MANUAL = (
    "00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-426655440000"
    "5204000053039865802BR5913Fulano de Tal6008BRASILIA62070503***63041D3D"
)


def test_the_example_of_the_central_bank_is_read():
    fields = read_emv(MANUAL)
    assert (fields["53"], fields["59"]) == ("986", "Fulano de Tal")
    assert not says_pix(MANUAL, Decimal("1.00"), "***"), "it asks for no amount"


@pytest.mark.parametrize(
    "text", ["", "6304", MANUAL[:-1] + "E", MANUAL[1:], "é" + MANUAL]
)
def test_what_is_no_code(text):
    with pytest.raises(ValueError):
        read_emv(text)


@given(st.text(max_size=40), st.integers(1, 2**31 - 1))
def test_a_reference_is_always_one(name, number):
    reference = pix_reference(name, number)
    assert 0 < len(reference) <= 25
    assert set(reference) <= set(string.ascii_letters + string.digits)


@given(
    st.text("ABN0123456789/", max_size=20),
    st.text("ABN0123456789/", max_size=20),
    st.integers(1, 2**31 - 1),
    st.integers(1, 2**31 - 1),
)
def test_no_two_instalments_share_a_reference(one, other, first, second):
    if first != second:
        assert pix_reference(one, first) != pix_reference(other, second)


@pytest.mark.parametrize(
    ("kind", "key", "is_one"),
    [
        ("email", "pix@example.com", True),
        ("email", "pix@example", False),
        ("email", f"{'a' * 70}@example.com", False),
        ("mobile", "+5511987654321", True),
        ("mobile", "+5501987654321", False),
        ("mobile", "11987654321", False),
        ("br_cpf_cnpj", "52998224725", True),
        ("br_cpf_cnpj", "529.982.247-25", False),
        ("br_cpf_cnpj", "12ABC34501DE35", True),
        ("br_random", "123e4567-e12b-12d1-a456-426655440000", True),
        ("br_random", "123e4567", False),
        ("", "", False),
    ],
)
def test_what_is_a_pix_key(kind, key, is_one):
    assert is_pix_key(kind, key) is is_one


@given(st.integers(0, 16), st.sampled_from("123456789"))
def test_one_wrong_digit_of_a_clabe_is_seen(at, more):
    clabe = "032180000118359719"
    digit = str((int(clabe[at]) + int(more)) % 10)
    assert is_clabe(clabe)
    assert not is_clabe(clabe[:at] + digit + clabe[at + 1 :])
