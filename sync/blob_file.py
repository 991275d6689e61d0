"""A pulled blob on disk: NAME.part grows, is verified, and becomes a versioned SQLite file.

Every function blocks; the shell calls them through `asyncio.to_thread`, one at a time per blob.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

import zstandard

from sync.messages import CHUNK_BYTES, Manifest
from sync.payload import WINDOW_BYTES

READ_BYTES = 1024 * 1024  # hashing and unpacking release the interpreter for each of these
_GENERATION = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,63}")


class BadBlob(Exception):  # noqa: N818 - named by what is bad
    """The pulled bytes are not what the manifest names; the part is gone already."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class BlobFile:
    """Where one manifest's blob is gathered, and what it becomes."""

    def __init__(self, directory: Path, manifest: Manifest) -> None:
        if not _GENERATION.fullmatch(manifest.generation):
            raise BadBlob(f"generation {manifest.generation[:64]!r} cannot be a file name")
        self.manifest = manifest
        self.target = directory / f"offers-{manifest.generation}.db"
        self.part = directory / f"{self.target.name}.{manifest.sha256[:16]}.part"
        self._fresh = directory / f"{self.target.name}.new"

    def have_bytes(self) -> int:
        """Tell how many whole chunks' bytes wait in the part, cutting off a torn one."""
        if not self.part.exists():
            return 0
        size = self.part.stat().st_size
        if size == self.manifest.size:
            return size
        whole = size - size % CHUNK_BYTES
        os.truncate(self.part, whole)
        return whole

    def keep(self, offset: int, data: bytes) -> None:
        """Write a chunk where it belongs."""
        with self.part.open("r+b" if self.part.exists() else "w+b") as file:
            file.seek(offset)
            file.write(data)

    def finish(self) -> Path:
        """Verify the part, unpack it, verify that, and give it its final name.

        Raises:
            BadBlob: a hash or a size is wrong; the part is deleted, so that the next pull is whole.
        """
        try:
            self._verify_part()
            self._unpack()
        except BadBlob:
            self.discard()
            raise
        self._fresh.replace(self.target)
        _sync_directory(self.target.parent)
        self.part.unlink()
        return self.target

    def discard(self) -> None:
        """Forget what was gathered."""
        for path in (self.part, self._fresh):
            path.unlink(missing_ok=True)

    def _verify_part(self) -> None:
        digest = hashlib.sha256()
        try:
            with self.part.open("r+b") as file:  # Windows syncs only what may be written
                for piece in _pieces(file):
                    digest.update(piece)
                os.fsync(file.fileno())
        except FileNotFoundError:
            raise BadBlob("nothing was gathered") from None
        if digest.hexdigest() != self.manifest.sha256:
            raise BadBlob("the pulled bytes have another hash than the manifest says")

    def _unpack(self) -> None:
        digest, left = hashlib.sha256(), self.manifest.raw_size
        decompressor = zstandard.ZstdDecompressor(max_window_size=WINDOW_BYTES)
        with self.part.open("rb") as packed, self._fresh.open("wb") as fresh:
            try:
                with decompressor.stream_reader(packed, closefd=False) as reader:
                    while piece := reader.read(min(READ_BYTES, left + 1)):
                        left -= len(piece)
                        if left < 0:
                            raise BadBlob(f"unpacks to more than {self.manifest.raw_size} bytes")
                        digest.update(piece)
                        fresh.write(piece)
            except zstandard.ZstdError as error:
                raise BadBlob(f"zstd: {error}") from None
            fresh.flush()
            os.fsync(fresh.fileno())
        if left or digest.hexdigest() != self.manifest.raw_sha256:
            raise BadBlob("the unpacked file has another hash or size than the manifest says")


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    while piece := file.read(READ_BYTES):
        yield piece


def _sync_directory(directory: Path) -> None:
    """Make the new name durable; Windows cannot open a directory, and keeps names without it."""
    with suppress(PermissionError):
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
