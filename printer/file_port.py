"""A file instead of a printer: the very bytes, one job after another. Nothing answers."""

from __future__ import annotations

import asyncio
from pathlib import Path


async def open_file(path: str) -> FilePort:
    """Open a file that bytes can be appended to.

    Raises:
        OSError: its folder is not there, or it may not be written.
    """
    port = FilePort(path)
    await port.write(b"")
    return port


class FilePort:
    """Appends to one file."""

    answers = False

    def __init__(self, path: str) -> None:
        self._path = Path(path)
        self._closed = asyncio.Event()

    async def write(self, data: bytes) -> None:
        """Append, in a thread: a disk may take its time."""
        await asyncio.to_thread(self._append, data)

    async def read(self) -> bytes:
        """Wait until the port is closed: a file says nothing."""
        await self._closed.wait()
        return b""

    async def close(self) -> None:
        """End the reading."""
        self._closed.set()

    def _append(self, data: bytes) -> None:
        with self._path.open("ab") as file:
            file.write(data)
