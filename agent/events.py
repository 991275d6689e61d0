"""Telling changes to every open page: a bounded queue each; who falls behind is let go.

A listener that was let go comes back and gets the state of that moment: nothing is owed to it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
from msgspec import Struct

QUEUE_EVENTS = 32  # a page that is this far behind is not being looked at
MAX_LISTENERS = 8  # the cashier's screen, a customer's, and some left open in tabs


class Event(Struct, frozen=True):
    """One thing told: a name of one word, and JSON on one line."""

    name: str
    data: bytes


class HubFullError(Exception):
    """As many listen as may."""


class Listener:
    """One listener's queue. Iterates with `next`; `lost` once it fell behind or the hub closed."""

    def __init__(self, bound: int) -> None:
        self._queue: asyncio.Queue[Event | None] = asyncio.Queue(bound + 1)  # one for the end
        self._bound = bound
        self.lost = False

    def tell(self, event: Event) -> None:
        """Queue an event, or let the listener go where its queue is full."""
        if not self.lost and self._queue.qsize() >= self._bound:
            self.end()
        if not self.lost:
            self._queue.put_nowait(event)

    def end(self) -> None:
        """Let the listener go: what is queued is dropped, the waiting end is woken."""
        if not self.lost:
            self.lost = True
            self.forget()
            self._queue.put_nowait(None)

    def forget(self) -> bool:
        """Drop what is queued; tell whether there was anything."""
        queued = not self._queue.empty()
        while not self._queue.empty():
            self._queue.get_nowait()
        return queued

    async def next(self) -> Event | None:
        """Wait for the next event; None at the end."""
        if self.lost:
            return None
        return await self._queue.get()


class Hub:
    """Tells each event to every listener; never waits for one."""

    def __init__(
        self, queue_events: int = QUEUE_EVENTS, max_listeners: int = MAX_LISTENERS
    ) -> None:
        self._queue_events = queue_events
        self._max_listeners = max_listeners
        self._listeners: set[Listener] = set()
        self._closed = False

    @property
    def listening(self) -> int:
        """Count the listeners."""
        return len(self._listeners)

    def publish(self, name: str, value: Struct) -> None:
        """Tell a value to everyone who listens now."""
        if not self._listeners:
            return
        event = Event(name, msgspec.json.encode(value))
        for listener in tuple(self._listeners):
            listener.tell(event)

    @contextmanager
    def listen(self) -> Iterator[Listener]:
        """Listen from now on, until the block ends.

        Raises:
            HubFullError: as many listen as may, or the hub is closed.
        """
        if self._closed or len(self._listeners) >= self._max_listeners:
            raise HubFullError
        listener = Listener(self._queue_events)
        self._listeners.add(listener)
        try:
            yield listener
        finally:
            self._listeners.discard(listener)

    def close(self) -> None:
        """Let every listener go, and take no more: the lane is stopping."""
        self._closed = True
        for listener in tuple(self._listeners):
            listener.end()
