"""GET /v1/events: the lane's state as server-sent events, whole each time.

First a snapshot, then each change, the state again each minute (it tells ages), and a beat between: a comment for proxies and a "beat" for the
page, which so learns that the lane is gone even where the connection seems to stand.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import msgspec
from starlette.responses import StreamingResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from agent.desk import Desk
from agent.events import Event, HubFullError, Listener
from agent.http_guard import cookie
from agent.http_limits import Limits
from agent.page_keys import PageKeys, set_cookie
from agent.refusals import Refused

BEAT = b": beat\nevent: beat\ndata: {}\n\n"
SNAPSHOT_TRIES = 5  # a lane that changes faster than it can be read is told by its next change


def stream_route(desk: Desk, page: PageKeys, limits: Limits) -> Route:
    """Make the route of the event stream."""
    return Route("/v1/events", EventStream(desk, page, limits), methods=["GET"])


class EventStream:
    """The ASGI application of one stream; it renews the cookie of a page that has one.

    Starlette's own StreamingResponse cancels the stream when its reader leaves, but a stream that
    always has a next event is never found waiting: here the reader's leaving ends its listener.
    """

    def __init__(self, desk: Desk, page: PageKeys, limits: Limits) -> None:
        self._desk = desk
        self._page = page
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one reader.

        Raises:
            Refused: as many listen as may.
        """
        try:
            with self._desk.events.listen() as listener:
                leaving = asyncio.ensure_future(until_left(receive, listener))
                try:
                    await self._response(scope, listener).stream_response(send)
                finally:
                    leaving.cancel()
        except HubFullError:
            raise full() from None

    def _response(self, scope: Scope, listener: Listener) -> StreamingResponse:
        parts = stream(self._desk, listener, self._limits)
        response = StreamingResponse(parts, media_type="text/event-stream")
        if cookie(scope):
            response.headers["set-cookie"] = set_cookie(self._page.new_cookie())
        return response


def full() -> Refused:
    """Say that nobody more may listen."""
    return Refused(
        "too_many_listeners",
        "As many pages listen as may, or the lane is stopping.",
        "Close one of the open pages.",
        503,
    )


async def until_left(receive: Receive, listener: Listener) -> None:
    """Wait until the reader has left, then end its listener."""
    try:
        with contextlib.suppress(Refused):  # a body that nobody asked for, too slow or too large
            while (await receive())["type"] != "http.disconnect":
                pass
    finally:
        listener.end()


async def stream(desk: Desk, listener: Listener, limits: Limits) -> AsyncIterator[bytes]:
    """Give the stream's parts until the listener is let go or the stream's time is over."""
    loop = asyncio.get_running_loop()
    told = loop.time()
    until = told + limits.stream_s
    yield b"retry: 2000\n\n" + as_text(await snapshot(desk, listener))
    while (left := until - loop.time()) > 0:
        part = await next_part(listener, min(left, limits.beat_s))
        if part is None:
            return
        if part is not BEAT:
            told = loop.time()
        elif loop.time() - told >= limits.refresh_s:
            told, part = loop.time(), as_text(await snapshot(desk, listener))
        yield part


async def snapshot(desk: Desk, listener: Listener) -> Event:
    """Give the state as of now, with nothing older left in the listener's queue."""
    state = await desk.page_state()
    for _ in range(SNAPSHOT_TRIES):
        if not listener.forget():
            break
        state = await desk.page_state()
    return Event("state", msgspec.json.encode(state))


async def next_part(listener: Listener, seconds: float) -> bytes | None:
    """Wait for the next event, or give a beat; None at the end."""
    try:
        async with asyncio.timeout(seconds):
            event = await listener.next()
    except TimeoutError:
        return BEAT
    return None if event is None else as_text(event)


def as_text(event: Event) -> bytes:
    """Write an event as the HTML standard has it (section 9.2.6); JSON holds no line break."""
    return b"event: %s\ndata: %s\n\n" % (event.name.encode(), event.data)
