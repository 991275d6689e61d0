"""What stands before every call: who asks, from which page, how much, and with which key.

Loopback alone protects nothing: any page that the lane's browser opens may send requests here.
So Host must be a loopback name with our own port (else a foreign name was rebound to us), a
foreign Origin or Sec-Fetch-Site is refused, and /v1 wants a key: the till's token, or for the
page's own calls the page's cookie. X-Forwarded-* is never read: it proves nothing.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac

import msgspec
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from agent.http_limits import Limits
from agent.page_keys import COOKIE, PageKeys
from agent.refusals import Refused

LOOPBACK = (b"127.0.0.1", b"localhost", b"[::1]")
HTTP_PORT = 80  # a Host without a port names it (RFC 9110, 4.2.1)
PAGE_CALLS = frozenset(
    {
        ("GET", "/v1/events"),
        ("GET", "/v1/ask"),
        ("GET", "/v1/past"),
        ("POST", "/v1/disputes"),
        ("POST", "/v1/disputes/step"),
        ("POST", "/v1/disputes/settle"),
        ("POST", "/v1/disputes/paper"),
        ("GET", "/v1/staff"),
        ("POST", "/v1/staff/sign_in"),
        ("POST", "/v1/staff/sign_out"),
        ("POST", "/v1/paper"),
        ("POST", "/v1/prints"),
        ("POST", "/v1/wordings"),
        ("POST", "/v1/scans"),
    }
)
SLIPS = "/v1/slips/"  # pictures, for the page's own eyes

POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    b"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
ALWAYS = (
    (b"content-security-policy", POLICY),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)

HOST = Refused(
    "wrong_host",
    "The request names another host than this lane.",
    "Call http://127.0.0.1 or http://localhost with the lane's port.",
    403,
)
ORIGIN = Refused(
    "foreign_origin",
    "The request comes from a page that is not the lane's own.",
    "Call from the till's program, or from the page that the lane serves.",
    403,
)
TOKEN = Refused(
    "no_token",
    "The request carries no valid token.",
    "Send 'Authorization: Bearer' with the token from the lane's token file.",
    401,
)


def too_large() -> Refused:
    """Say that the body is over the limit."""
    return Refused(
        "too_large",
        "The request is larger than the lane takes.",
        "Send the basket alone: at most 500 lines, 256 KiB.",
        413,
    )


def too_slow() -> Refused:
    """Say that the body did not arrive."""
    return Refused(
        "too_slow",
        "The request's body did not arrive in time.",
        "Send the whole request at once.",
        408,
    )


class Guard:
    """An ASGI application around another: refuses what may not pass, and bounds the rest."""

    def __init__(self, app: ASGIApp, token: str, page: PageKeys, limits: Limits) -> None:
        self._app = app
        self._token = hashlib.sha256(token.encode()).digest()
        self._page = page
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a refusal, or hand the call on."""
        if scope["type"] != "http":
            return
        refusal = self.objection(scope)
        if refusal is None:
            await self._app(scope, self._bounded(receive), with_headers(send))
        else:
            await answer(refusal, with_headers(send))

    def objection(self, scope: Scope) -> Refused | None:
        """Name what stands against a request, from its head alone; None where nothing does."""
        host = only(scope, b"host")
        if host is None or not is_own(host, port_of(scope)):
            return HOST
        if not is_same_site(scope, host):
            return ORIGIN
        length = only(scope, b"content-length")
        if length is not None and length.isdigit() and int(length[:20]) > self._limits.body_bytes:
            return too_large()
        if scope["path"].startswith("/v1/") and not self._may(scope):
            return TOKEN
        return None

    def _may(self, scope: Scope) -> bool:
        if count(scope, b"authorization"):
            kind, _, key = (only(scope, b"authorization") or b"").partition(b" ")
            digest = hashlib.sha256(key.strip()).digest()
            return kind.lower() == b"bearer" and hmac.compare_digest(digest, self._token)
        return self._may_page(scope)

    def _may_page(self, scope: Scope) -> bool:
        """Let the page's cookie do the page's own calls; one that changes things names its page."""
        slip = scope["method"] == "GET" and scope["path"].startswith(SLIPS)
        if not slip and (scope["method"], scope["path"]) not in PAGE_CALLS:
            return False
        if scope["method"] != "GET" and only(scope, b"origin") is None:
            return False
        return self._page.opens(cookie(scope))

    def _bounded(self, receive: Receive) -> Receive:
        loop = asyncio.get_running_loop()
        until = loop.time() + self._limits.body_s
        taken = 0
        whole = False

        async def bounded() -> Message:
            nonlocal taken, whole
            if whole:
                return await receive()  # the next message says that the caller left
            try:
                async with asyncio.timeout_at(until):
                    message = await receive()
            except TimeoutError:
                raise too_slow() from None
            taken += len(message.get("body", b""))
            whole = not message.get("more_body", False)
            if taken > self._limits.body_bytes:
                raise too_large()
            return message

        return bounded


def count(scope: Scope, name: bytes) -> int:
    """Count a header's occurrences."""
    return sum(1 for key, _ in scope["headers"] if key == name)


def only(scope: Scope, name: bytes) -> bytes | None:
    """Give a header's value where it is there exactly once."""
    values = [value for key, value in scope["headers"] if key == name]
    return values[0] if len(values) == 1 else None


def port_of(scope: Scope) -> int:
    """Give the port on which the request came in."""
    server = scope.get("server")
    return server[1] if server and server[1] is not None else HTTP_PORT


def is_own(host: bytes, port: int) -> bool:
    """Tell whether a Host header names this machine's loopback and our port."""
    for name in LOOPBACK:
        if host.lower() == b"%s:%d" % (name, port):
            return True
        if port == HTTP_PORT and host.lower() == name:
            return True
    return False


def is_same_site(scope: Scope, host: bytes) -> bool:
    """Tell whether the request comes from no page at all, or from our own."""
    if count(scope, b"origin") and only(scope, b"origin") != b"http://" + host:
        return False
    site = only(scope, b"sec-fetch-site")
    return not count(scope, b"sec-fetch-site") or site in (b"same-origin", b"none")


def cookie(scope: Scope) -> str:
    """Give the page's key from the cookie header, or nothing."""
    jar = (only(scope, b"cookie") or b"").decode("latin-1")
    pairs = (pair.strip().partition("=") for pair in jar.split(";"))
    return next((value for name, _, value in pairs if name == COOKIE), "")


def with_headers(send: Send) -> Send:
    """Add the headers that every answer carries; nothing is kept by a browser unless it says so."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = list(message.get("headers", []))
            if not any(key.lower() == b"cache-control" for key, _ in headers):
                headers.append((b"cache-control", b"no-store"))
            message = {**message, "headers": [*headers, *ALWAYS]}
        await send(message)

    return sending


async def answer(refusal: Refused, send: Send) -> None:
    """Send a refusal as JSON. A body on its way is read off by the server and dropped."""
    body = msgspec.json.encode(refusal.problem)
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", b"%d" % len(body)),
    ]
    if refusal.status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
