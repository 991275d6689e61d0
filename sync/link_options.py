"""What an MQTT link is told, and whom it tells. Nothing here knows the client."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from msgspec import Struct

from sync.payload import Packet

SESSION_EXPIRY_S = 7 * 24 * 3600  # a store may be closed for a week


class TlsFiles(Struct, frozen=True):
    """PEM files: who signs the broker's certificate, and the lane's own certificate and key."""

    ca: Path
    certificate: Path | None = None
    key: Path | None = None


class LinkOptions(Struct, frozen=True, kw_only=True):
    """Where the broker is and who we are there. `client_id` is the same for ever."""

    host: str
    port: int
    client_id: str
    subscriptions: tuple[str, ...] = ()
    username: str | None = None
    password: str | None = None
    tls: TlsFiles | None = None
    will: Packet | None = None
    will_delay_s: int = 15  # shorter cuts than this do not show as an outage at headquarters
    keepalive_s: int = 25
    connect_timeout_s: float = 5.0
    session_expiry_s: int = SESSION_EXPIRY_S


class Poison(Struct, frozen=True):
    """What could not be delivered for good: the topic or filter, and why."""

    topic: str
    why: str


class Ears(Struct, frozen=True, kw_only=True):
    """Who hears of what, all on the event loop. `on_down` also tells why a try to connect failed.

    A message is acknowledged to the broker once `on_message` has returned. Where it raises, the
    link is made anew so that the message comes once more; the second time it is given up as poison.
    """

    on_message: Callable[[Packet], Awaitable[None]]
    on_up: Callable[[bool], None]  # whether the broker still knew our session
    on_down: Callable[[str], None]
    on_poison: Callable[[Poison], None]
    on_batch: Callable[[list[Packet]], Awaitable[None]] | None = (
        None  # several at once, all or none
    )
    on_sent: Callable[[str], None] | None = None  # the broker has a packet of this topic
    on_rival: Callable[[str], None] | None = None  # another client seems to go by our name
