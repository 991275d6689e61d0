"""Runs the HTTP face on this machine's loopback, in the lane's own loop, with bounds on callers.

uvicorn bounds neither connections that say nothing, nor half-sent headers, nor readers that take
nothing: `BoundedProtocol` does. The lane keeps its signals: uvicorn takes none.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from typing import Any

import msgspec
from starlette.types import ASGIApp
from uvicorn import Config, Server
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from agent.http_limits import Limits
from agent.till_types import Problem

BACKLOG = 64
TICK_S = 1.0  # uvicorn's own loop wakes ten times as often, for nothing
STOP_S = 2  # calls in hand may end; a page's stream ends at once, since its hub was closed

FULL = msgspec.json.encode(
    Problem("too_many_callers", "As many callers are connected as may.", "Go on without the lane.")
)
FULL_ANSWER = (
    b"HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/json\r\n"
    b"connection: close\r\ncontent-length: %d\r\n\r\n%s" % (len(FULL), FULL)
)


class BoundedProtocol(H11Protocol):
    """One caller's connection: closed when it is one too many, sends no header, or takes nothing."""

    def __init__(self, *args: Any, limits: Limits, **named: Any) -> None:
        super().__init__(*args, **named)
        self._limits = limits
        self._header_timer: asyncio.TimerHandle | None = None
        self._send_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a caller, or send one too many away."""
        full = len(self.connections) >= self._limits.connections
        super().connection_made(transport)
        if full:
            transport.write(FULL_ANSWER)
            transport.close()
        else:
            self._await_header()

    def data_received(self, data: bytes) -> None:
        """Read on; the header's time runs from its first byte to its end."""
        if self.transport.is_closing():
            return
        if not self._in_call() and self._header_timer is None:
            self._await_header()
        super().data_received(data)
        if self._in_call():
            self._header_came()

    def pause_writing(self) -> None:
        """Begin to wait for a reader that takes nothing."""
        super().pause_writing()
        if self._send_timer is None:
            self._send_timer = self.loop.call_later(self._limits.send_s, self.transport.abort)

    def resume_writing(self) -> None:
        """Go on: the reader takes again."""
        self._reader_takes()
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the caller."""
        self._header_came()
        self._reader_takes()
        super().connection_lost(exc)

    def _await_header(self) -> None:
        wait = self._limits.header_s
        self._header_timer = self.loop.call_later(wait, self.transport.abort)

    def _in_call(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is not None and not cycle.response_complete

    def _header_came(self) -> None:
        if self._header_timer is not None:
            self._header_timer.cancel()
            self._header_timer = None

    def _reader_takes(self) -> None:
        if self._send_timer is not None:
            self._send_timer.cancel()
            self._send_timer = None


class LaneServer(Server):
    """uvicorn's server, in the lane's loop: no signals, and it tells when it listens."""

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()
        self._stop = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen."""
        await super().startup(sockets)
        self.listening.set()

    async def main_loop(self) -> None:
        """Wait for the end; once a second the answers' date is set anew."""
        while not await self.on_tick(0):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), TICK_S)

    def stop(self) -> None:
        """Begin to stop: calls in hand may end."""
        self.should_exit = True
        self._stop.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to the lane."""
        yield


@contextlib.asynccontextmanager
async def serve(
    app: ASGIApp,
    host: str,
    port: int,
    limits: Limits | None = None,
    closing: Callable[[], None] = lambda: None,
) -> AsyncIterator[tuple[str, int]]:
    """Serve until the block ends; give the address, with the real port where `port` was 0.

    Args:
        app: what `make_app` gave.
        host: an address of this machine's loopback.
        port: where to listen, 0 for any free port.
        limits: the same that the app was given.
        closing: called first at the end: closes the hub, so that streams end.

    Raises:
        ValueError: the host is not loopback.
        OSError: the port is taken.
    """
    listener = bind(host, port)
    server = LaneServer(make_config(app, limits or Limits()))
    task = asyncio.ensure_future(server.serve(sockets=[listener]))
    started = asyncio.ensure_future(server.listening.wait())
    try:
        await asyncio.wait({task, started}, return_when=asyncio.FIRST_COMPLETED)
        yield listener.getsockname()[:2]
    finally:
        started.cancel()
        closing()
        server.stop()
        await task


def make_config(app: ASGIApp, limits: Limits) -> Config:
    """Configure uvicorn: nothing is logged, forwarded headers are not read, no websockets."""
    return Config(
        app,
        http=partial(BoundedProtocol, limits=limits),  # type: ignore[arg-type]
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=limits.keep_alive_s,
        timeout_graceful_shutdown=STOP_S,
        backlog=BACKLOG,
    )


def bind(host: str, port: int) -> socket.socket:
    """Open a socket on a loopback address."""
    address = ipaddress.ip_address("127.0.0.1" if host == "localhost" else host)
    if not address.is_loopback:
        raise ValueError(f"{host} is not a loopback address")
    family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((str(address), port))
    except OSError:
        listener.close()
        raise
    listener.setblocking(False)
    return listener
