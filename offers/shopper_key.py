"""A shopper's pseudonym: headquarters and lane make the same one, and keep nothing else."""

from __future__ import annotations

import hashlib
import hmac

from offers.model import ShopperKey


def identity_key(kind: str, value: str, secret: bytes) -> ShopperKey:
    """Give the pseudonym of one identity: the first 16 bytes of HMAC-SHA256("kind:value"), in hex.

    Args:
        kind: "card", "phone" or "app".
        value: the number as it stands on the card or in the app; blanks around it do not count.
        secret: the chain's shopper secret. Card numbers can be enumerated: without it they stay hidden.
    """
    text = f"{kind}:{value.strip()}".encode()
    return ShopperKey(hmac.new(secret, text, hashlib.sha256).hexdigest()[:32])


def tombstone(shopper: ShopperKey) -> str:
    """Give what is kept of an erased shopper: it tells the key again when it comes, and nothing else."""
    return hashlib.sha256(b"tillside erased " + shopper.encode()).hexdigest()[:32]
