"""Serves an application on loopback in the running loop, and to this machine's own pages only.

The Host header must name this machine and our port, so that no name that was rebound to 127.0.0.1
reaches it; what changes something must come as JSON, and no other site's page may send it.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable, Iterator

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn import Config, Server

HOST = "127.0.0.1"
STOP_S = 2  # for requests in hand


class LoopbackOnly:
    """Refuses requests that another name or another site's page made."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] == "http" and (why := refusal(scope)):
            await JSONResponse({"error": why}, 403)(scope, receive, send)
            return
        await self._app(scope, receive, send)


def refusal(scope: Scope) -> str:
    """Say why a request is refused; "" where it is not."""
    headers = scope["headers"]
    hosts = [value.decode("latin-1") for name, value in headers if name == b"host"]
    origins = [value.decode("latin-1") for name, value in headers if name == b"origin"]
    port = scope["server"][1]
    own = {f"{name}:{port}" for name in ("127.0.0.1", "localhost", "[::1]")}
    if len(hosts) != 1 or hosts[0].lower() not in own:
        return "the request names another host"
    if any(origin != f"http://{hosts[0]}" for origin in origins):
        return "the request comes from another site's page"
    kinds = [value for name, value in headers if name == b"content-type"]
    if scope["method"] == "POST" and kinds != [b"application/json"]:
        return "a POST must be application/json"
    return ""


class _QuietServer(Server):
    """uvicorn's server without its signal handlers, for the program has its own."""

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextlib.asynccontextmanager
async def serve(app: ASGIApp, port: int, closing: Callable[[], None]) -> AsyncIterator[str]:
    """Serve until the block ends; give the address.

    Args:
        app: what to serve.
        port: where; 0 takes a free one.
        closing: called first at the end, so that streams end.

    Raises:
        OSError: the port is taken.
    """
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.setblocking(False)
        config = Config(
            app,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=STOP_S,
        )
        server = _QuietServer(config)
        serving = asyncio.ensure_future(server.serve(sockets=[listener]))
        try:
            await server.listening.wait()
            yield f"http://{HOST}:{listener.getsockname()[1]}"
        finally:
            closing()
            server.should_exit = True
            await serving
