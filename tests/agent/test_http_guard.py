"""The attack table: what a page, a program or a stranger on this machine may not do."""

import asyncio
import contextlib
import json

import httpx
import pytest

from agent.http_limits import Limits
from agent.page_keys import COOKIE
from tests.agent.fake_desk import TOKEN, FakeDesk, basket, face

SALE = "/v1/transactions/t-77"
OWN = object()  # stands for the server's own "host:port"


async def code_of(at, method="PUT", path=SALE, **headers):
    """Ask with these headers in place of the usual ones; None leaves one out."""
    usual = {"authorization": f"Bearer {TOKEN}", "host": at.authority}
    sent = usual | {k.replace("_", "-"): v for k, v in headers.items()}
    async with httpx.AsyncClient(base_url=f"http://{at.authority}") as client:
        request = client.build_request(method, path, json=basket() if method == "PUT" else None)
        for name, value in sent.items():
            request.headers.pop(name, None)
            if value is not None:
                request.headers[name] = value.replace("OWN", at.authority)
        answer = await client.send(request)
    return answer.status_code, answer.json().get("code")


@pytest.mark.parametrize(
    ("headers", "refusal"),
    [
        ({"host": "evil.example"}, (403, "wrong_host")),
        ({"host": "evil.example:80"}, (403, "wrong_host")),
        ({"host": "0.0.0.0:80"}, (403, "wrong_host")),
        ({"host": "127.0.0.1"}, (403, "wrong_host")),
        ({"host": "localhost:1"}, (403, "wrong_host")),
        ({"host": "127.0.0.1.evil.example"}, (403, "wrong_host")),
        ({"host": ""}, (403, "wrong_host")),
        ({"origin": "http://evil.example"}, (403, "foreign_origin")),
        ({"origin": "null"}, (403, "foreign_origin")),
        ({"origin": "http://127.0.0.1:1"}, (403, "foreign_origin")),
        ({"origin": "https://OWN"}, (403, "foreign_origin")),
        ({"sec_fetch_site": "cross-site"}, (403, "foreign_origin")),
        ({"sec_fetch_site": "same-site"}, (403, "foreign_origin")),
        ({"authorization": None}, (401, "no_token")),
        ({"authorization": "Bearer wrong"}, (401, "no_token")),
        ({"authorization": "Bearer"}, (401, "no_token")),
        ({"authorization": "Basic " + TOKEN}, (401, "no_token")),
        ({"authorization": TOKEN}, (401, "no_token")),
        ({"authorization": None, "x_forwarded_for": "127.0.0.1"}, (401, "no_token")),
        ({"host": "evil.example", "x_forwarded_host": "OWN"}, (403, "wrong_host")),
    ],
)
async def test_an_attack_is_refused(headers, refusal):
    """Each row of the table is refused by its name, and the lane never hears of it."""
    async with face() as at:
        assert await code_of(at, **headers) == refusal
    assert at.desk.baskets == {}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "http://OWN", "sec_fetch_site": "same-origin"},
        {"sec_fetch_site": "none"},
        {"authorization": "bearer " + TOKEN},
        {"x_forwarded_host": "evil.example", "x_forwarded_for": "6.6.6.6"},
    ],
)
async def test_an_honest_caller_passes(headers):
    """A till without a browser's headers, and the lane's own page, are let through."""
    async with face() as at:
        assert await code_of(at, **headers) == (200, None)


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "LOCALHOST"])
async def test_a_loopback_name_with_our_port_is_ours(name):
    """The till may call the lane by either name."""
    async with face() as at:
        assert await code_of(at, host=f"{name}:{at.port}") == (200, None)


@pytest.mark.parametrize(
    "lines",
    [
        [],  # no Host at all
        ["Host: OWN", "Host: OWN"],
        ["Host: OWN", "Host: evil.example"],
    ],
)
async def test_host_must_be_there_once(lines):
    """A missing or doubled Host never reaches the lane."""
    async with face() as at:
        head = [f"DELETE {SALE} HTTP/1.1", *lines, "Connection: close", "", ""]
        text = "\r\n".join(head).replace("OWN", at.authority)
        answer = await at.raw(text.encode())
    assert answer.split(b" ")[1] in (b"400", b"403")


async def test_two_tokens_are_no_token():
    """A doubled Authorization header is refused, even where one of the two is right."""
    async with face() as at:
        text = (
            f"POST {SALE}/void HTTP/1.1\r\nHost: {at.authority}\r\nConnection: close\r\n"
            f"Authorization: Bearer {TOKEN}\r\nAuthorization: Bearer x\r\nContent-Length: 0\r\n\r\n"
        )
        answer = await at.raw(text.encode())
    assert answer.startswith(b"HTTP/1.1 401")


async def test_a_body_that_says_it_is_too_large_is_refused_unread():
    """Content-Length alone is enough: no byte of the body is waited for."""
    async with face() as at:
        head = (
            f"PUT {SALE} HTTP/1.1\r\nHost: {at.authority}\r\nAuthorization: Bearer {TOKEN}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {300 * 1024}\r\n\r\n"
        )
        reader, writer = await asyncio.open_connection(at.host, at.port)
        writer.write(head.encode())
        answer = await asyncio.wait_for(reader.readline(), 20)
        writer.close()
    assert answer.startswith(b"HTTP/1.1 413")


async def test_a_body_that_grows_too_large_is_refused_on_the_way():
    """A chunked body without a length is cut at the limit."""

    async def endless():
        for _ in range(1000):
            yield b" " * 1024

    async with face() as at:
        headers = {"content-type": "application/json"}
        answer = await at.till.put(SALE, content=endless(), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


@pytest.mark.parametrize(("size", "status"), [(256 * 1024, 200), (256 * 1024 + 1, 413)])
async def test_the_limit_is_exact(size, status):
    """256 KiB pass, one byte more does not."""
    body = json.dumps(basket()).encode()
    async with face() as at:
        headers = {"content-type": "application/json"}
        answer = await at.till.put(SALE, content=body.ljust(size), headers=headers)
    assert answer.status_code == status


async def test_a_body_that_stops_half_way_is_given_up():
    """A caller who announces a body and sends no more gets an answer, and the connection ends."""
    async with face(limits=Limits(body_s=0.1)) as at:
        head = (
            f"PUT {SALE} HTTP/1.1\r\nHost: {at.authority}\r\nAuthorization: Bearer {TOKEN}\r\n"
            f"Content-Type: application/json\r\nContent-Length: 500\r\n\r\n{{"
        )
        answer = await at.raw(head.encode())
    assert answer.startswith(b"HTTP/1.1 408")


@pytest.mark.parametrize("sent", [b"", b"PUT /v1/transac", b"GET / HTTP/1.1\r\nHost: 127"])
async def test_a_half_sent_header_is_closed(sent):
    """Who connects and does not finish a header is closed without an answer."""
    async with face(limits=Limits(header_s=0.1)) as at:
        with contextlib.suppress(ConnectionResetError):
            assert await at.raw(sent) == b""


async def test_a_half_sent_second_header_is_closed():
    """The same holds for the next request of a connection that was kept."""
    async with face(limits=Limits(header_s=0.3)) as at:
        reader, writer = await asyncio.open_connection(at.host, at.port)
        writer.write(f"GET /healthz HTTP/1.1\r\nHost: {at.authority}\r\n\r\n".encode())
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"GET /healthz HT")
        try:
            rest = await asyncio.wait_for(reader.read(), 20)
        except ConnectionResetError:
            rest = b""
        writer.close()
    assert b"HTTP/1.1" not in rest


async def test_one_caller_too_many_is_sent_away():
    """Over the cap a caller gets 503 at once; when one leaves, the next is served."""
    async with face(limits=Limits(connections=2)) as at:
        held = [await asyncio.open_connection(at.host, at.port) for _ in range(2)]
        for reader, writer in held:
            writer.write(f"GET /healthz HTTP/1.1\r\nHost: {at.authority}\r\n\r\n".encode())
            await reader.readuntil(b"\r\n\r\n")
        assert b"too_many_callers" in await at.raw(b"")
        held[0][1].close()
        await held[0][1].wait_closed()
        async with asyncio.timeout(20):
            while True:
                async with httpx.AsyncClient() as client:
                    answer = await client.get(f"http://{at.authority}/healthz")
                if answer.status_code == 200:
                    break
        held[1][1].close()


async def test_a_reader_who_takes_nothing_is_dropped():
    """A page that stops reading its stream loses its connection, and the lane its burden."""
    desk = FakeDesk()
    async with face(desk, Limits(send_s=0.1)) as at:
        reader, writer = await asyncio.open_connection(at.host, at.port, limit=1024)
        writer.write(
            f"GET /v1/events HTTP/1.1\r\nHost: {at.authority}\r\n"
            f"Authorization: Bearer {TOKEN}\r\n\r\n".encode()
        )
        await reader.readuntil(b"\r\n\r\n")
        big = await desk.page_state()
        big = type(big)(
            big.lane, big.language, big.printer, big.hq, big.cache, notices=("x" * 10**6,)
        )
        async with asyncio.timeout(20):
            while desk.events.listening:
                desk.events.publish("state", big)
                await asyncio.sleep(0)
        writer.close()


async def cookie_of(at) -> str:
    """Open the page as its browser does; give the cookie."""
    async with httpx.AsyncClient(base_url=f"http://{at.authority}") as browser:
        answer = await browser.get("/", params={"code": at.page.new_code()})
    assert answer.status_code == 303
    return answer.cookies[COOKIE]


@pytest.mark.parametrize(
    ("method", "path", "origin", "status"),
    [
        ("GET", "/v1/page", "http://OWN", 401),
        ("PUT", SALE, "http://OWN", 401),
        ("POST", f"{SALE}/void", "http://OWN", 401),
        ("POST", "/v1/returns", "http://OWN", 401),
        ("POST", "/v1/page", "http://OWN", 401),
        ("POST", "/v1/disputes", None, 401),
        ("POST", "/v1/disputes", "http://evil.example", 403),
        ("POST", "/v1/disputes", "http://OWN", 415),  # let through to the call itself
    ],
)
async def test_the_pages_cookie_opens_the_pages_calls_alone(method, path, origin, status):
    """With the cookie a page may listen and settle disputes, from its own origin; no more."""
    async with face() as at:
        cookie = f"other=1; {COOKIE}={await cookie_of(at)}"
        got, _ = await code_of(at, method, path, authorization=None, cookie=cookie, origin=origin)
    assert got == status


@pytest.mark.parametrize("path", ["/", "/static/page.js", "/healthz", "/v1/nothing"])
async def test_every_answer_carries_the_strict_headers(path):
    """No answer, a refusal neither, may be framed, sniffed or run foreign code."""
    async with face() as at:
        answer = await at.till.get(path)
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"


async def test_the_server_says_nothing_of_itself():
    """No answer names the software."""
    async with face() as at:
        answer = await at.till.get("/healthz")
    assert "server" not in answer.headers
