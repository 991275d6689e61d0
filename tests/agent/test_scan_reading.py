"""What a scan is: identity, coupon, or nothing for us."""

import pytest

from agent.element_strings import element_strings
from agent.scan_decoder import Scan
from agent.scan_reading import CardRules, CouponScan, Identity, NotOurs, read_scan

# GS1 7.9.1: weights 1, 3 over 981234567890 give 9+24+1+6+3+12+5+18+7+24+9+0 = 118, so 2.
GCN = "9812345678902"
SERIAL = "123450011234"
RULES = CardRules(luhn_prefixes=("6331",), app_prefix="tillside:")


def read(text, aim=""):
    return read_scan(Scan(text, aim), RULES, element_strings)


@pytest.mark.parametrize(
    ("text", "aim", "reading"),
    [
        ("2900000000018", "", Identity("card", "2900000000018")),  # 2+27+3 = 32, so 8
        ("2900000000001", "]E0", Identity("card", "2900000000001")),  # 2+27 = 29, so 1
        ("2900000000007", "", NotOurs("check_digit")),
        ("4006381333931", "]E0", NotOurs("product")),
        ("4006381333930", "", NotOurs("check_digit")),
        (GCN, "]E0", CouponScan(GCN, None)),
        ("255" + GCN + SERIAL, "]Q1", CouponScan(GCN, SERIAL)),
        ("255" + GCN + SERIAL, "]C1", CouponScan(GCN, SERIAL)),
        ("255" + GCN, "]d2", CouponScan(GCN, None)),
        ("2559812345678903" + SERIAL, "]C1", NotOurs("check_digit")),
        ("2559812345678903" + SERIAL, "", NotOurs("unknown")),
        ("8018123456789012345676", "]C1", NotOurs("check_digit")),
        ("tillside:abc", "]Q1", Identity("app", "tillside:abc")),
        ("https://example.com", "]Q1", NotOurs("unknown")),
        ("81120112345679999990666666", "]C1", NotOurs("paperless_coupon")),
        ("010400638133393121ABC", "]d2", NotOurs("product")),
    ],
)
def test_each_kind_of_scan(text, aim, reading):
    """A scan is what its digits, prefix and symbology say, and a wrong check digit is refused."""
    assert read(text, aim) == reading


@pytest.mark.parametrize(
    "pan",
    [
        "4111111111111111",
        "5555555555554444",
        "378282246310005",
        "6011111111111117",
        "2223003122003222",
    ],
)
def test_a_payment_card_is_refused_and_its_number_kept_nowhere(pan):
    """The test numbers of five card brands are told from loyalty cards."""
    reading = read(pan)
    assert reading == NotOurs("payment_card")
    assert pan not in repr(reading)


def test_the_shops_own_luhn_cards_are_cards():
    """Under the prefix Luhn decides: 2 + 3 + 6 + 6 = 17, so the last digit is 3."""
    assert read("6331000000000000003") == Identity("card", "6331000000000000003")
    assert read("6331000000000000005") == NotOurs("check_digit")
