"""The page's door and files: a launch code opens once, a cookie ends, files are named by content."""

from datetime import UTC, datetime

import httpx
import pytest

from agent.page_keys import CODE_S, COOKIE, COOKIE_S, MAX_CODES, PageKeys
from ground.clock import SteppedClock
from tests.agent.fake_desk import TOKEN, face

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock(NOON)


@pytest.fixture
def keys(clock: SteppedClock) -> PageKeys:
    return PageKeys(TOKEN, clock)


def test_a_launch_code_opens_once(keys):
    """The second use of a code gives nothing."""
    code = keys.new_code()
    cookie = keys.redeem(code)
    assert cookie is not None
    assert keys.opens(cookie)
    assert keys.redeem(code) is None


async def test_a_launch_code_ends(keys, clock):
    """A code that nobody used in its quarter of an hour is dead."""
    code, late = keys.new_code(), keys.new_code()
    await clock.advance(CODE_S - 1)
    assert keys.redeem(code) is not None
    await clock.advance(1)
    assert keys.redeem(late) is None


def test_codes_do_not_pile_up(keys):
    """Only the newest few codes live."""
    codes = [keys.new_code() for _ in range(MAX_CODES + 1)]
    assert keys.redeem(codes[0]) is None
    assert all(keys.redeem(code) for code in codes[1:])


async def test_a_cookie_ends_when_left_idle(keys, clock):
    """A cookie that was not renewed for a day no longer opens."""
    cookie = keys.new_cookie()
    await clock.advance(COOKIE_S - 1)
    assert keys.opens(cookie)
    await clock.advance(1)
    assert not keys.opens(cookie)


def test_a_clock_set_back_does_not_lock_the_screen(keys, clock):
    """An hour back is no reason to send a cashier away."""
    cookie = keys.new_cookie()
    clock.set_time(datetime(2026, 3, 2, 11, tzinfo=UTC))
    assert keys.opens(cookie)


def test_a_cookie_outlives_a_restart_but_not_the_token(keys, clock):
    """A new process with the same token takes it; with a new token file nobody's cookie opens."""
    cookie = keys.new_cookie()
    assert PageKeys(TOKEN, clock).opens(cookie)
    assert not PageKeys("another token", clock).opens(cookie)


@pytest.mark.parametrize("value", ["", ".", "a.b", "1.2.3", "é", "9" * 5000, "x." + "0" * 64])
def test_rubbish_is_no_cookie(keys, value):
    """Whatever stands in the cookie, it is refused and nothing breaks."""
    assert not keys.opens(value)


def test_a_changed_cookie_is_no_cookie(keys):
    """A cookie whose time was moved does not open."""
    made, nonce, mac = keys.new_cookie().split(".")
    assert not keys.opens(f"{int(made) + 1}.{nonce}.{mac}")


async def test_the_code_becomes_a_strict_cookie_and_leaves_the_address():
    """The browser is sent on to a clean address with a cookie that no script can read."""
    async with face() as at, httpx.AsyncClient(base_url=f"http://{at.authority}") as browser:
        code = at.page.new_code()
        opened = await browser.get("/", params={"code": code})
        assert (opened.status_code, opened.headers["location"]) == (303, "/")
        assert opened.headers["set-cookie"].startswith(f"{COOKIE}=")
        assert opened.headers["set-cookie"].endswith("HttpOnly; SameSite=Strict")
        page = await browser.get("/")
        assert page.status_code == 200
        assert b"/static/page.js" in page.content
        again = await browser.get("/", params={"code": code})
        assert (again.status_code, again.headers["location"]) == (303, "/")


@pytest.mark.parametrize("query", ["", "?code=", "?code=wrong", "?code=%ff", "?other=1"])
async def test_without_its_key_the_page_is_locked(query):
    """Who has no key is told how to get one, and gets no cookie."""
    async with face() as at, httpx.AsyncClient(base_url=f"http://{at.authority}") as browser:
        answer = await browser.get("/" + query)
    assert answer.status_code == 401
    assert b"tillside page" in answer.content
    assert "set-cookie" not in answer.headers


async def test_a_cross_site_link_does_not_burn_a_code():
    """A foreign page that sends the browser here is refused before the code is looked at."""
    async with face() as at, httpx.AsyncClient(base_url=f"http://{at.authority}") as browser:
        code = at.page.new_code()
        foreign = {"sec-fetch-site": "cross-site"}
        answer = await browser.get("/", params={"code": code}, headers=foreign)
        assert answer.status_code == 403
        assert (await browser.get("/", params={"code": code})).status_code == 303


async def test_the_token_makes_an_address_that_opens_the_page():
    """A till or the command line asks for an address; a browser opens it."""
    async with face() as at, httpx.AsyncClient() as browser:
        made = (await at.till.post("/v1/page")).json()
        assert made["seconds"] == 900
        opened = await browser.get(made["address"], follow_redirects=True)
    assert opened.status_code == 200
    assert str(opened.url) == f"http://{at.authority}/"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("page.js", "text/javascript"),
        ("page.css", "text/css"),
        ("words.json", "application/json"),
    ],
)
async def test_a_file_is_sent_once_and_then_asked_after(name, kind):
    """A file has its type and an ETag; the browser's own copy is confirmed by 304."""
    async with face() as at:
        first = await at.till.get(f"/static/{name}")
        known = {"if-none-match": first.headers["etag"]}
        second = await at.till.get(f"/static/{name}", headers=known)
    assert first.headers["content-type"].startswith(kind)
    assert first.headers["cache-control"] == "no-cache"
    assert (second.status_code, second.content) == (304, b"")


@pytest.mark.parametrize(
    "name", ["nothing.js", "..%2fwords.py", "%2e%2e/%2e%2e/pyproject.toml", "%2fetc%2fpasswd", ""]
)
async def test_no_name_becomes_a_path(name):
    """Only the page's own files are there, however a name is written."""
    async with face() as at:
        url = httpx.URL(f"http://{at.authority}").copy_with(raw_path=b"/static/" + name.encode())
        answer = await at.till.get(url)
    assert answer.status_code == 404
