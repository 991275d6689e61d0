"""What a foreign page, another program, or a crowd may try on the lane's port: each is refused."""

import asyncio
import resource

import httpx
import msgspec
import pytest

from agent.http_limits import Limits
from agent.page_keys import COOKIE
from tests.agent.fake_desk import SLIP, TOKEN, basket, face

WISH = {"offer_id": "O1", "clarity": 2}
READS = ("/v1/ask?q=yogurt", "/v1/past?number=77", f"/v1/slips/{SLIP}", "/v1/events", "/v1/staff")


async def browser(at) -> httpx.AsyncClient:
    """A browser that has the page's cookie."""
    client = httpx.AsyncClient(base_url=f"http://{at.authority}", timeout=20)
    client.cookies.set(COOKIE, at.page.new_cookie())
    return client


def own(at) -> dict[str, str]:
    return {"origin": f"http://{at.authority}"}


async def test_the_page_s_own_calls_work():
    """What is refused below is let in when the page itself asks."""
    async with face() as at, await browser(at) as page:
        assert (await page.get("/v1/ask", params={"q": "x"})).status_code == 200
        assert (await page.get(f"/v1/slips/{SLIP}")).headers["content-type"] == "image/png"
        assert (await page.post("/v1/wordings", json=WISH, headers=own(at))).status_code == 200
        assert (await page.get("/v1/past", params={"number": "1"})).status_code == 404
    assert [it.clarity for it in at.desk.rated] == [2]


@pytest.mark.parametrize("path", READS)
@pytest.mark.parametrize("host", ["evil.example", "lane.evil.example:80", "127.0.0.1.nip.io"])
async def test_a_rebound_name_reads_nothing(path, host):
    """A name that was bound to 127.0.0.1 after its page was loaded is not ours."""
    async with face() as at, await browser(at) as page:
        answer = await page.get(path, headers={"host": host})
    assert (answer.status_code, answer.json()["code"]) == (403, "wrong_host")


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:1"},
        {"origin": "https://127.0.0.1"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
@pytest.mark.parametrize("path", ["/v1/wordings", "/v1/prints", "/v1/paper", "/v1/scans"])
async def test_another_page_changes_nothing(headers, path):
    """A foreign origin, none that can be named, another port, a form of another site."""
    async with face() as at, await browser(at) as page:
        answer = await page.post(path, json=WISH, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "foreign_origin")
        assert not at.desk.rated


async def test_a_form_changes_nothing():
    """A plain form sends no JSON, and without an Origin nothing is changed by the cookie alone."""
    async with face() as at, await browser(at) as page:
        sent = await page.post("/v1/wordings", data=WISH, headers=own(at))
        assert (sent.status_code, sent.json()["code"]) == (415, "not_json_type")
        without = await page.post("/v1/wordings", json=WISH)
        assert without.status_code == 401
        assert not at.desk.rated


@pytest.mark.parametrize("path", READS)
async def test_another_site_reads_nothing(path):
    """An image, a script or a frame of another site is refused before the lane looks."""
    async with face() as at, await browser(at) as page:
        answer = await page.get(path, headers={"sec-fetch-site": "cross-site"})
    assert (answer.status_code, answer.json()["code"]) == (403, "foreign_origin")


@pytest.mark.parametrize("path", READS)
async def test_nobody_reads_without_a_key(path):
    """Neither a token nor the cookie: nothing, however the cookie is forged."""
    async with face() as at, httpx.AsyncClient(base_url=f"http://{at.authority}") as stranger:
        assert (await stranger.get(path)).status_code == 401
        value = at.page.new_cookie()
        for forged in (value[:-1] + ("0" if value[-1] != "0" else "1"), "1.x." + "0" * 64, ""):
            stranger.cookies.set(COOKIE, forged)
            assert (await stranger.get(path)).status_code == 401


@pytest.mark.parametrize(
    "name",
    [
        "..%2f..%2fetc%2fpasswd",
        "%2e%2e/%2e%2e/till.token",
        "0000-0/../../x",
        "%00",
        "-1",
        SLIP + "9" * 5000,
        "a" * 32 + "-99999999999999999999",
    ],
)
async def test_no_picture_s_name_is_a_path(name):
    """A name is compared with those that are kept, and never opened."""
    async with face() as at, await browser(at) as page:
        url = httpx.URL(f"http://{at.authority}").copy_with(raw_path=f"/v1/slips/{name}".encode())
        assert (await page.get(url)).status_code in (400, 401, 404)


@pytest.mark.parametrize("q", ["", " ", "x" * 257])
async def test_a_question_has_bounds(q):
    """Nothing, and more than a coupon's code, is no question."""
    async with face() as at, await browser(at) as page:
        assert (await page.get("/v1/ask", params={"q": q})).status_code == 422


async def sent_away(at, held: list[asyncio.StreamWriter]) -> bool:
    """Call, say nothing, hear what the lane says, and hang up only when the test ends."""
    reader, writer = await asyncio.open_connection(at.host, at.port)
    held.append(writer)
    return b"too_many_callers" in await reader.read()


@pytest.fixture
def many_files():
    """As many open files as a crowd needs; a shell's usual 1,024 are too few."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    yield hard
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


async def put(at, line, revision: int) -> bytes:
    """Send a basket on a till's own connection, which stays open; give the answer's first line."""
    reader, writer = line
    body = msgspec.json.encode(basket(revision=revision))
    head = f"PUT /v1/transactions/t1 HTTP/1.1\r\nhost: {at.authority}\r\n"
    head += f"authorization: Bearer {TOKEN}\r\ncontent-type: application/json\r\n"
    writer.write(f"{head}content-length: {len(body)}\r\n\r\n".encode() + body)
    told = await reader.readuntil(b"\r\n\r\n")
    length = next(it for it in told.lower().split(b"\r\n") if it.startswith(b"content-length"))
    await reader.readexactly(int(length.partition(b":")[2]))
    return told.partition(b"\r\n")[0]


async def test_ten_thousand_open_connections_do_not_stop_the_till(many_files):
    """Beyond the limit each is told so and let go, and takes nothing by staying; the till goes on."""
    many, crowd = min(10_000, many_files - 500), 50
    async with face(limits=Limits(connections=16, header_s=160)) as at:
        line = await asyncio.open_connection(at.host, at.port)
        assert await put(at, line, 1) == b"HTTP/1.1 200 OK"
        held = [(await asyncio.open_connection(at.host, at.port))[1] for _ in range(15)]
        while not await asyncio.wait_for(sent_away(at, held), 20):
            pass  # the last ones of the held are not taken yet
        for revision in range(2, many // crowd + 2):
            assert all(await asyncio.gather(*(sent_away(at, held) for _ in range(crowd))))
            assert await put(at, line, revision) == b"HTTP/1.1 200 OK"
        assert len(held) > many
        for writer in (line[1], *held):
            writer.close()


async def test_a_reader_that_takes_nothing_is_let_go():
    """A page that does not read its stream fills no memory: its queue ends, then its connection."""
    async with face(limits=Limits(send_s=0.2)) as at:
        _, writer = await asyncio.open_connection(at.host, at.port)
        value = at.page.new_cookie()
        writer.write(
            f"GET /v1/events HTTP/1.1\r\nhost: {at.authority}\r\ncookie: {COOKIE}={value}\r\n\r\n".encode()
        )
        async with asyncio.timeout(20):
            while not at.desk.events.listening:
                await asyncio.sleep(0.005)
        state = msgspec.structs.replace(await at.desk.page_state(), notices=("x" * 100_000,))
        async with asyncio.timeout(60):
            while at.desk.events.listening:
                at.desk.events.publish("state", state)
                await asyncio.sleep(0.005)
        writer.close()
        assert (await at.till.put("/v1/transactions/t1", json=basket())).status_code == 200
