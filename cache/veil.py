"""A sale's kept text names its shopper by reference, as its rows do: one erasure reaches all of it.

The agent writes keys and reads keys; what is on the disk has references in their places. They have
the same form, so that a text whose shopper was erased still reads as it should: it names a stranger.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from offers.model import ShopperKey, ShopperRef

_NAMED = re.compile(rb'"shopper":"([0-9a-f]{32})"')
Pair = tuple[ShopperRef, ShopperKey]


def veiled(
    body: bytes, ref_of: Callable[[ShopperKey], ShopperRef]
) -> tuple[bytes, dict[ShopperRef, ShopperKey]]:
    """Put references in the places of keys; tell which stands for whom."""
    pairs: dict[ShopperRef, ShopperKey] = {}

    def veil(found: re.Match[bytes]) -> bytes:
        key = ShopperKey(found[1].decode())
        ref = ref_of(key)
        pairs[ref] = key
        return b'"shopper":"%b"' % ref.encode()

    return _NAMED.sub(veil, body), pairs


def unveiled(body: bytes, key_of: Callable[[ShopperRef], ShopperKey | None]) -> bytes:
    """Put the keys back; a reference whose shopper was erased stays."""

    def unveil(found: re.Match[bytes]) -> bytes:
        key = key_of(ShopperRef(found[1].decode()))
        return found[0] if key is None else b'"shopper":"%b"' % key.encode()

    return _NAMED.sub(unveil, body)
