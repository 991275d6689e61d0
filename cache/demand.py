"""How many shoppers hold each offer: what a lane prepares for, counted at leisure.

Reads every wallet of a generation (3 us each) over a connection of its own, so that it can run in a
thread while the lane rests.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from pathlib import Path

import msgspec

from offers.model import OfferId, Wallet

_wallet = msgspec.msgpack.Decoder(Wallet).decode


def holders(path: Path) -> Counter[OfferId]:
    """Count the wallets that hold each offer.

    Args:
        path: a generation's file, which never changes.

    Raises:
        sqlite3.DatabaseError: it cannot be read.
    """
    counted: Counter[OfferId] = Counter()
    db = sqlite3.connect(path.resolve().as_uri() + "?mode=ro&immutable=1", uri=True)
    try:
        for (body,) in db.execute("SELECT body FROM wallet"):
            try:
                counted.update(held.offer_id for held in _wallet(body).assignments)
            except msgspec.MsgspecError:
                continue  # no wallet: the lane gives its shopper nothing either
    finally:
        db.close()
    return counted
