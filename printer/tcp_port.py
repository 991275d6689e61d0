"""A network printer: raw bytes on TCP port 9100."""

from __future__ import annotations

import asyncio
import contextlib
import socket

READ_BYTES = 4096


async def open_tcp(host: str, port: int) -> TcpPort:
    """Connect.

    Raises:
        OSError: nobody there.
    """
    reader, writer = await asyncio.open_connection(host, port)
    return TcpPort(reader, writer)


class TcpPort:
    """One connection. A printer serves one at a time, so it is kept."""

    answers = True

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        writer.transport.set_write_buffer_limits(0)  # drain then waits for the last byte
        line = writer.get_extra_info("socket")
        line.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)

    async def write(self, data: bytes) -> None:
        """Hand all the bytes to the network stack; waits while the printer takes nothing."""
        self._writer.write(data)
        await self._writer.drain()

    async def read(self) -> bytes:
        """Give what came; b"" once the connection is gone."""
        try:
            return await self._reader.read(READ_BYTES)
        except OSError:
            return b""

    async def close(self) -> None:
        """Close; at once where bytes are still waiting for a printer that takes none."""
        if self._writer.transport.get_write_buffer_size():
            self._writer.transport.abort()
        self._writer.close()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()
