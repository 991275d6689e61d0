"""The page's keys: a launch code that works once becomes a cookie that ends when left idle.

The cookie says when it was made and carries a MAC over that, under a key made from the lane's
token: it outlives a restart of the agent, and ends for everyone when the token file is replaced.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from ground.clock import Clock

COOKIE = "tillside_page"
CODE_S = 900.0  # a quarter of an hour to open the address
COOKIE_S = 86_400  # renewed by each load and each stream: a screen in use never loses it
MAX_CODES = 8


class PageKeys:
    """Makes and checks launch codes and cookies."""

    def __init__(self, token: str, clock: Clock) -> None:
        self._key = hmac.new(token.encode(), b"tillside page", hashlib.sha256).digest()
        self._clock = clock
        self._codes: dict[bytes, float] = {}  # digest of a code -> monotonic seconds of its end

    def new_code(self) -> str:
        """Make a launch code; the oldest falls out where there are too many."""
        code = secrets.token_urlsafe(24)
        while len(self._codes) >= MAX_CODES:
            self._codes.pop(next(iter(self._codes)))
        self._codes[digest(code)] = self._clock.monotonic_s() + CODE_S
        return code

    def redeem(self, code: str) -> str | None:
        """Take a launch code for good; give the cookie's value, or None for a code that is not."""
        ends = self._codes.pop(digest(code), None)
        if ends is None or ends <= self._clock.monotonic_s():
            return None
        return self.new_cookie()

    def new_cookie(self) -> str:
        """Give a cookie's value as of now."""
        made = f"{int(self._clock.utc_now().timestamp())}.{secrets.token_urlsafe(12)}"
        return f"{made}.{self._mac(made)}"

    def opens(self, value: str) -> bool:
        """Tell whether a cookie's value is ours and not too old."""
        made, _, mac = value.rpartition(".")
        if not hmac.compare_digest(mac.encode(), self._mac(made).encode()):
            return False
        age_s = self._clock.utc_now().timestamp() - int(made.partition(".")[0])
        return -COOKIE_S < age_s < COOKIE_S  # a clock set back must not lock the screen

    def _mac(self, made: str) -> str:
        return hmac.new(self._key, made.encode(), hashlib.sha256).hexdigest()


def digest(code: str) -> bytes:
    """Give what is kept of a code: looking it up tells nothing about it."""
    return hashlib.sha256(code.encode()).digest()


def set_cookie(value: str) -> str:
    """Give the header that stores the cookie. No script reads it, no other site sends it."""
    return f"{COOKIE}={value}; Path=/; Max-Age={COOKIE_S}; HttpOnly; SameSite=Strict"
