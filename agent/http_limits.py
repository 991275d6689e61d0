"""How much a caller may ask of the lane's HTTP server: sizes, counts and seconds, in one value."""

from __future__ import annotations

from msgspec import Struct


class Limits(Struct, frozen=True):
    """The server's bounds. Times are real seconds: a till waits in real time."""

    body_bytes: int = 256 * 1024  # 500 lines are 90 kB
    connections: int = 64  # a till keeps one or two open, each page one
    header_s: float = 5.0  # from the first byte of a request to the end of its header
    body_s: float = 5.0  # from the header to the body's last byte
    send_s: float = 10.0  # a reader that takes nothing this long is gone
    keep_alive_s: int = 75
    basket_s: float = 1.0  # a claim takes 0.8 s at most; later is a refusal, never a wait
    settle_s: float = 3.0  # tender, void, return and goodwill wait for the disk
    beat_s: float = 5.0
    refresh_s: float = 60.0  # "3 minutes" is told anew, though nothing happened
    stream_s: float = 3600.0  # a page then comes back, and its key is renewed
