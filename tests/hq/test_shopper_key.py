"""The pseudonym that headquarters and lane both make."""

import hashlib

from offers.shopper_key import identity_key


def by_hand(secret: bytes, text: bytes) -> str:
    """HMAC-SHA256 as RFC 2104 writes it, without the hmac module."""
    key = secret.ljust(64, b"\0")
    inner = hashlib.sha256(bytes(b ^ 0x36 for b in key) + text).digest()
    return hashlib.sha256(bytes(b ^ 0x5C for b in key) + inner).hexdigest()


def test_it_is_the_first_half_of_an_hmac() -> None:
    """The value agrees with RFC 2104 worked out by hand."""
    key = identity_key("card", "2912345678903", b"s" * 32)
    assert key == by_hand(b"s" * 32, b"card:2912345678903")[:32]


def test_kind_and_secret_make_another_shopper() -> None:
    """The same digits as a phone number, or under another secret, are someone else."""
    card = identity_key("card", "123", b"a" * 32)
    assert identity_key("phone", "123", b"a" * 32) != card
    assert identity_key("card", "123", b"b" * 32) != card
    assert identity_key("card", " 123\n", b"a" * 32) == card
