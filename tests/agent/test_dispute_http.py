"""Disputes over HTTP: the real server before a real lane, as the page and as others try it."""

from __future__ import annotations

import httpx
import pytest

from agent.dispute_calls import DISPUTE_CALLS
from agent.http_calls import CALLS
from agent.http_guard import PAGE_CALLS
from agent.page_keys import COOKIE
from tests.agent.fake_desk import face
from tests.agent.test_staff_desk import STAFF
from tests.dispute_play import at_a_lane
from tests.dispute_shop import STORY_SALE

STEP = {"transaction": "dispute", "offer_id": "tea-50"}
GIFT = {**STEP, "path": ["gift"], "by": "1204"}
CHANGING = [
    ("/v1/disputes/settle", GIFT),
    ("/v1/disputes/paper", STEP),
    ("/v1/staff/sign_in", {"id": "m1", "pin": "802604"}),
    ("/v1/staff/sign_out", None),
]


@pytest.fixture
async def served(tmp_path):
    """A lane with a disputed sale, behind its own server; the page's browser beside the till."""
    async with at_a_lane(tmp_path) as player:
        await player.do_sale(STORY_SALE, 1)
        async with face(player.lane.counter) as at:
            base = f"http://{at.authority}"
            async with httpx.AsyncClient(base_url=base, timeout=20) as browser:
                yield player, at, browser


async def opened(at, browser) -> dict[str, str]:
    """Open the page by a launch code, as a browser does; give the headers of its own calls."""
    answer = await browser.get(f"/?code={at.page.new_code()}")
    assert answer.status_code == 303
    return {"origin": f"http://{at.authority}", "content-type": "application/json"}


def test_the_guard_lets_the_page_make_its_own_calls_and_no_other():
    """Each call that is for the page is in the guard's table."""
    for_page = {(call.method, call.path) for call in (*CALLS, *DISPUTE_CALLS) if call.for_page}
    assert for_page <= PAGE_CALLS
    assert {(call.method, call.path) for call in DISPUTE_CALLS} == {
        (call.method, call.path) for call in DISPUTE_CALLS if call.for_page
    }


def test_only_the_one_that_changes_nothing_is_a_get():
    """A GET of a foreign page can do no harm even if it came through."""
    assert [call.path for call in DISPUTE_CALLS if call.method == "GET"] == ["/v1/staff"]


async def test_the_page_settles_in_two_calls(served):
    """One opens, one ends; the till sees the gift in its next answer."""
    player, at, browser = served
    own = await opened(at, browser)
    step = (await browser.post("/v1/disputes/step", json=STEP, headers=own)).json()
    assert [choice["id"] for choice in step["choices"]] == ["told", "gift", "ask"]
    done = await browser.post("/v1/disputes/settle", json=GIFT, headers=own)
    assert (done.status_code, done.json()["amount_minor"]) == (200, 50)
    assert [row.amount_minor for row in await player.settled()] == [50]


@pytest.mark.parametrize(("path", "body"), CHANGING)
async def test_without_the_page_s_key_nothing_is_done(served, path, body):
    """No cookie, a forged one, one with a changed time, a stolen code used before: 401 each."""
    player, at, browser = served
    own = {"origin": f"http://{at.authority}"}
    rows = player.lane.journal.last_seq
    made, _, mac = at.page.new_cookie().rpartition(".")
    forged = [
        "",
        "x",
        f"{made}.{'0' * len(mac)}",
        f"{int(made.partition('.')[0]) + 60}.{made.partition('.')[2]}.{mac}",
    ]
    code = at.page.new_code()
    assert (await browser.get(f"/?code={code}")).status_code == 303
    browser.cookies.clear()
    assert (await browser.get(f"/?code={code}")).status_code == 401
    for value in forged:
        headers = {**own, "cookie": f"{COOKIE}={value}"} if value else own
        answer = await browser.post(path, json=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "no_token")
    assert player.lane.journal.last_seq == rows


@pytest.mark.parametrize(("path", "body"), CHANGING)
@pytest.mark.parametrize("origin", [None, "null", "http://evil.example", "http://127.0.0.1:1"])
async def test_another_page_with_the_browsers_cookie_does_nothing(served, path, body, origin):
    """A cross-site form or script is refused before anything is read."""
    player, at, browser = served
    await opened(at, browser)
    rows = player.lane.journal.last_seq
    headers = {} if origin is None else {"origin": origin}
    answer = await browser.post(path, json=body, headers=headers)
    assert answer.status_code == (401 if origin is None else 403)
    assert player.lane.journal.last_seq == rows


async def test_a_get_settles_nothing(served):
    """The calls that change something have no other method."""
    player, at, browser = served
    await opened(at, browser)
    for path, _ in CHANGING:
        assert (await at.till.get(path)).status_code == 405
    assert await player.settled() == []


@pytest.mark.parametrize(
    "spoilt",
    [
        {"amount_minor": -1},
        {"amount_minor": 100_001},
        {"amount_minor": 1e9},
        {"amount_minor": 10**30},
        {"path": []},
        {"path": ["../../etc/passwd"]},
        {"path": ["gift"] * 33},
        {"script": "no_such"},
        {"serial": "12345678901"},
        {"serial": "123456789012\n"},
        {"note": "x" * 201},
        {"approval": {"by": "m1", "pin": "9" * 65}},
        {"extra": 1},
    ],
)
async def test_values_out_of_their_range_are_refused(served, spoilt):
    """422 with where it is; nothing is settled."""
    player, at, _ = served
    answer = await at.till.post("/v1/disputes/settle", json=GIFT | spoilt)
    assert (answer.status_code, answer.json()["code"]) == (422, "wrong_value")
    assert await player.settled() == []


async def test_pin_guessing_over_http_is_locked_out(tmp_path):
    """The sixth call gets `pin_locked`; no answer tells a PIN or a hash."""
    async with at_a_lane(tmp_path, staff=STAFF) as player, face(player.lane.counter) as at:
        answers = [
            await at.till.post("/v1/staff/sign_in", json={"id": "m1", "pin": f"{n:06d}"})
            for n in range(6)
        ]
        told = await at.till.get("/v1/staff")
    assert [a.json()["code"] for a in answers] == ["sign_in_refused"] * 5 + ["pin_locked"]
    assert all(a.status_code == 409 for a in answers)
    assert "argon2" not in told.text + "".join(a.text for a in answers)
    assert told.json()["approvers"] == ["s7", "m1"]
