"""Serials and coupon numbers: what is made is read back, and nothing else passes."""

from __future__ import annotations

import hashlib
import hmac

import pytest
from hypothesis import given, settings, strategies as st

from offers.coupon_code import (
    check_digit,
    ean13,
    element_string,
    gcn,
    has_check_digit,
    normal_gtin,
    read_coupon_code,
)
from offers.serials import Lease, SerialParts, make_serial, read_serial, serial_is_genuine

KEY = b"a key of the store"
LEASE = Lease(42, "S1", "L1", "00" * 8, "k1")
NUMBER = gcn("981234567890")
twelve = st.text("0123456789", min_size=12, max_size=12)


def test_the_check_digit_is_that_of_published_numbers():
    """4006381333931 and 5901234123457 are the usual examples of EAN-13, 96385074 of EAN-8."""
    for number in ("4006381333931", "5901234123457", "96385074", "036000291452"):
        assert check_digit(number[:-1]) == number[-1]


@given(digits=twelve, at=st.integers(0, 12), other=st.integers(1, 9))
def test_one_wrong_digit_is_always_seen(digits, at, other):
    """The mod-10 check sees every single wrong digit."""
    number = gcn(digits)
    wrong = str((int(number[at]) + other) % 10)
    assert has_check_digit(number)
    assert not has_check_digit(number[:at] + wrong + number[at + 1 :])


def test_gtins_become_fourteen_digits():
    """Shorter GTINs are padded on the left; rubbish and wrong check digits are none."""
    assert normal_gtin("96385074") == "00000096385074"
    assert normal_gtin("4006381333931") == "04006381333931"
    assert normal_gtin("4006381333932") is None
    assert normal_gtin("4006381333932", in_store=True) == "04006381333932"
    for rubbish in ("", "1234567", "123456789012345", "40063813339x1", "٤٠٠٦٣٨١٣٣٣٩٣١"):
        assert normal_gtin(rubbish, in_store=True) is None


def test_the_mac_is_a_truncated_hmac():
    """Twelve digits: lease, counter, then HMAC-SHA256 modulo 10,000, worked out here again."""
    digest = hmac.new(KEY, f"{NUMBER}|00042|007".encode(), hashlib.sha256).hexdigest()
    expected = f"{int(digest[:16], 16) % 10000:04d}"
    assert make_serial(LEASE, 7, NUMBER, KEY) == f"00042007{expected}"


@given(counter=st.integers(0, 999), digits=twelve)
@settings(max_examples=50)
def test_a_serial_is_read_back_and_genuine(counter, digits):
    """What a lane made, it knows again; the parts are those that went in."""
    number = gcn(digits)
    serial = make_serial(LEASE, counter, number, KEY)
    assert read_serial(serial) == SerialParts(42, counter, serial[8:])
    assert serial_is_genuine(serial, number, KEY)
    assert read_coupon_code(element_string(number, serial)) == (number, serial)


def test_few_guesses_are_genuine():
    """Of the 10,000 possible MACs one passes; another key or coupon number has another one."""
    serial = make_serial(LEASE, 7, NUMBER, KEY)
    guesses = [f"{serial[:8]}{mac:04d}" for mac in range(10_000)]
    assert [it for it in guesses if serial_is_genuine(it, NUMBER, KEY)] == [serial]
    others = [f"{n:012d}" for n in range(100)]
    passed = sum(serial_is_genuine(serial, gcn(other), KEY) for other in others)
    assert passed <= 2
    assert not serial_is_genuine("12", NUMBER, KEY)


def test_a_counter_outside_the_block_is_refused():
    """A lease has a thousand serials."""
    for counter in (-1, 1000):
        with pytest.raises(ValueError, match="0 to 999"):
            make_serial(LEASE, counter, NUMBER, KEY)


def test_what_is_no_serial_is_not_read():
    """Twelve plain digits, nothing else."""
    for text in ("", "12345678901", "1234567890123", "12345678901x", "١٢٣٤٥٦٧٨٩٠١٢"):
        assert read_serial(text) is None


def test_coupon_codes_are_read():
    """With and without brackets, FNC1 and serial; an EAN-13 only where GS1 keeps it for coupons."""
    assert read_coupon_code(f"255{NUMBER}") == (NUMBER, None)
    assert read_coupon_code(f"(255){NUMBER}000420071234") == (NUMBER, "000420071234")
    assert read_coupon_code(f"\x1d255{NUMBER}17") == (NUMBER, "17")
    assert read_coupon_code(NUMBER) == (NUMBER, None)
    assert ean13(NUMBER) == NUMBER


@pytest.mark.parametrize(
    "text",
    [
        "",
        "255",
        "4006381333931",
        "25598123456789",
        f"255{NUMBER}0004200712345",
        f"255{NUMBER}0004x",
        f"255{NUMBER[:-1]}{(int(NUMBER[-1]) + 1) % 10}",
        f"{NUMBER[:-1]}{(int(NUMBER[-1]) + 1) % 10}",
        "https://example.com/255",
    ],
)
def test_what_is_no_coupon_is_not_read(text):
    """A wrong check digit, too long a serial, letters, another number: no coupon."""
    assert read_coupon_code(text) is None


def test_numbers_that_cannot_be_are_refused():
    """A coupon number needs 12 digits to start from, an EAN-13 a right check digit."""
    for text in ("", "12345678901", "12345678901x"):
        with pytest.raises(ValueError, match="12 digits"):
            gcn(text)
    for text in ("1", "4006381333932"):
        with pytest.raises(ValueError, match="no coupon number"):
            ean13(text)
