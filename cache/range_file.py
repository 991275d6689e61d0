"""The range of a generation file, product by product: for an index that is built in a thread.

The file is opened anew: the generation in force may be replaced and closed meanwhile.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from itertools import islice
from pathlib import Path

import msgspec

from offers.model import Product

_product = msgspec.json.Decoder(Product).decode


def products_in(path: Path, most: int) -> Iterator[Product]:
    """Give a generation's products by GTIN, so many at most; those that cannot be read are left out.

    Raises:
        sqlite3.Error: the file is gone or cannot be read.
    """
    address = path.resolve().as_uri() + "?mode=ro&immutable=1"
    with closing(sqlite3.connect(address, uri=True, isolation_level=None)) as db:
        rows = db.execute("SELECT body FROM product ORDER BY gtin")
        for (body,) in islice(rows, most):
            with suppress(msgspec.MsgspecError, ValueError):
                yield _product(body)
