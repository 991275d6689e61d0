"""The till's own HTTP/1.1 client: one request a connection (RFC 9112), and server-sent events."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

MAX_ANSWER_BYTES = 1 << 22


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said."""

    status: int
    body: bytes

    def json(self) -> Any:
        """Read the body as JSON; an empty one is None."""
        return json.loads(self.body) if self.body else None


class BadAnswerError(Exception):
    """The server did not speak HTTP."""


@asynccontextmanager
async def _connection(
    url: str,
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    parts = urlsplit(url)
    port = parts.port or 80
    reader, writer = await asyncio.open_connection(parts.hostname, port, limit=MAX_ANSWER_BYTES)
    try:
        yield reader, writer
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


def request_bytes(method: str, url: str, headers: dict[str, str], body: bytes) -> bytes:
    """Write a request; the Host header is the URL's unless given."""
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    fields = {"Host": parts.netloc, "Connection": "close", "Content-Length": str(len(body))}
    lines = [f"{method} {target} HTTP/1.1", *(f"{k}: {v}" for k, v in (fields | headers).items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


async def call(
    method: str, url: str, headers: dict[str, str], body: bytes = b"", timeout_s: float = 10.0
) -> Answer:
    """Send one request and read its answer.

    Raises:
        OSError: nobody answered, or too late (TimeoutError).
        BadAnswerError: what came is not HTTP.
    """
    async with asyncio.timeout(timeout_s), _connection(url) as (reader, writer):
        writer.write(request_bytes(method, url, headers, body))
        await writer.drain()
        status, fields = await _head(reader)
        return Answer(status, await _body(reader, fields))


async def _head(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        status = int(head[0].split(" ")[1])
    except (asyncio.IncompleteReadError, ValueError, IndexError) as error:
        raise BadAnswerError("no HTTP answer") from error
    pairs = (line.partition(":") for line in head[1:] if line)
    return status, {name.strip().lower(): value.strip() for name, _, value in pairs}


async def _body(reader: asyncio.StreamReader, fields: dict[str, str]) -> bytes:
    try:
        if fields.get("transfer-encoding") == "chunked":
            return await _chunks(reader)
        if "content-length" in fields:
            return await reader.readexactly(int(fields["content-length"]))
        return await reader.read()
    except (asyncio.IncompleteReadError, ValueError) as error:
        raise BadAnswerError("the answer was cut off") from error


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int((await reader.readline()).split(b";")[0], 16):
        body += await reader.readexactly(size)
        await reader.readline()
    return body


async def events(url: str, headers: dict[str, str]) -> AsyncIterator[tuple[str, str]]:
    """Listen to server-sent events: (event name, data) until the server hangs up."""
    async with _connection(url) as (reader, writer):
        writer.write(request_bytes("GET", url, {"Accept": "text/event-stream"} | headers, b""))
        await writer.drain()
        await _head(reader)
        name, data = "message", []
        async for raw in reader:  # chunk sizes stand on lines of their own and match no field
            field, _, value = raw.decode("utf-8", errors="replace").rstrip("\r\n").partition(": ")
            if field == "event":
                name = value
            elif field == "data":
                data.append(value)
            elif not field and data:
                yield name, "\n".join(data)
                name, data = "message", []
