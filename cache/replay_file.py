"""A year of baskets as a file: `baskets.msgpack.zst`, written by headquarters, played by a lane.

One zstd stream of records, each preceded by its length as four bytes, big endian. The first record
is the `ReplayHeader`, every further one a `ReplayBasket`, by time. All are MessagePack; baskets and
lines are arrays, to keep a year small. `docs/hq.md` says how the public data becomes this.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import IO, TypeVar

import msgspec
import zstandard
from msgspec import Struct

from ground.complaints import Complaint
from offers.model import CouponNumber, Gtin, OfferId, ShopperKey

T = TypeVar("T")
FORMAT = 1
RECORD_BYTES = (
    16 * 1024 * 1024
)  # the header lists every redemption; a basket has a few hundred bytes
WINDOW_BYTES = 8 * 1024 * 1024  # what a frame may make the reader reserve
LENGTH_BYTES = 4


class ReplayRedemption(Struct, frozen=True):
    """A redemption that really happened: to be presented with that shopper's baskets of that day."""

    shopper: ShopperKey
    coupon_number: CouponNumber
    offer_id: OfferId
    on: date


class ReplayHeader(Struct, frozen=True):
    """What the file holds. `generation` is the name of the generation file beside it."""

    format: int
    source: str
    currency: str
    generation: str
    baskets: int
    lines: int
    redemptions: tuple[ReplayRedemption, ...]


class ReplayLine(Struct, frozen=True, array_like=True):
    """One line as the till had it; a weighed one counts as one unit."""

    gtin: Gtin
    quantity: int
    amount_minor: int
    weight_g: int | None = None


class ReplayBasket(Struct, frozen=True, array_like=True):
    """One sale. `presented` are places in the header's redemptions."""

    basket: str
    shopper: ShopperKey
    store: str
    at: datetime
    lines: tuple[ReplayLine, ...]
    presented: tuple[int, ...] = ()


def write_replay(path: Path, header: ReplayHeader, baskets: Iterable[ReplayBasket]) -> None:
    """Write a whole file; a failure leaves none under its name."""
    encoder = msgspec.msgpack.Encoder()
    part = path.with_name(path.name + ".part")
    compressor = zstandard.ZstdCompressor(level=3)
    with part.open("wb") as file, compressor.stream_writer(file) as stream:
        _put(stream, encoder.encode(header))
        for basket in baskets:
            _put(stream, encoder.encode(basket))
    part.replace(path)


def read_header(path: Path) -> ReplayHeader:
    """Read only what the file says of itself.

    Raises:
        Complaint: this is no such file, or one of another format.
    """
    return _header(_records(path), path)


def read_baskets(path: Path) -> Iterator[ReplayBasket]:
    """Go through the baskets, one in memory at a time.

    Raises:
        Complaint: this is no such file, or it is cut short.
    """
    records = _records(path)
    promised = _header(records, path).baskets
    decoder = msgspec.msgpack.Decoder(ReplayBasket)
    found = 0
    for record in records:
        found += 1
        yield _decoded(decoder, record, path)
    if found != promised:
        raise _broken(path, f"it has {found} baskets of {promised}")


def _header(records: Iterator[bytes], path: Path) -> ReplayHeader:
    first = next(records, None)
    if first is None:
        raise _broken(path, "it is empty")
    header = _decoded(msgspec.msgpack.Decoder(ReplayHeader), first, path)
    if header.format != FORMAT:
        raise _broken(path, f"it has format {header.format}; this version reads {FORMAT}")
    return header


def _records(path: Path) -> Iterator[bytes]:
    reader = zstandard.ZstdDecompressor(max_window_size=WINDOW_BYTES)
    try:
        with path.open("rb") as file, reader.stream_reader(file) as stream:
            while head := _read(stream, LENGTH_BYTES):
                length = int.from_bytes(head, "big")
                body = _read(stream, length) if length <= RECORD_BYTES else b""
                if len(head) < LENGTH_BYTES or len(body) < length:
                    raise _broken(path, "a record is cut short or too long")
                yield body
    except zstandard.ZstdError as error:
        raise _broken(path, str(error)) from None


def _read(stream: IO[bytes] | zstandard.ZstdDecompressionReader, length: int) -> bytes:
    """Read exactly so many bytes, fewer only at the end: one call may give a part."""
    data = bytearray()
    while len(data) < length and (piece := stream.read(length - len(data))):
        data += piece
    return bytes(data)


def _put(stream: zstandard.ZstdCompressionWriter, record: bytes) -> None:
    stream.write(len(record).to_bytes(LENGTH_BYTES, "big") + record)


def _decoded(decoder: msgspec.msgpack.Decoder[T], record: bytes, path: Path) -> T:
    try:
        return decoder.decode(record)
    except msgspec.MsgspecError as error:
        raise _broken(path, str(error)) from None


def _broken(path: Path, why: str) -> Complaint:
    return Complaint(f"{path} is no file of baskets: {why}", "make it again: tillside-hq import")
