"""The till's calls over a real server: answers, refusals, deadlines."""

import asyncio

import httpx
import pytest

from agent.http_limits import Limits
from tests.agent.fake_desk import FakeDesk, basket, face

SALE = "/v1/transactions/t-77"


async def test_a_basket_is_decided():
    """A PUT gives the decision of its revision."""
    async with face() as at:
        answer = await at.till.put(SALE, json=basket())
    assert answer.status_code == 200
    assert answer.json()["revision"] == 1
    assert answer.json()["discounts"] == [
        {"line_id": "1", "offer_id": "O1", "amount_minor": 100, "serial": None}
    ]
    assert list(at.desk.baskets) == ["t-77"]


@pytest.mark.parametrize(
    ("path", "body", "state"),
    [
        ("/tender", {"revision": 1, "given": []}, "tendered"),
        ("/void", None, "voided"),
        ("/suspend", None, "suspended"),
    ],
)
async def test_each_verb_reaches_the_lane(path, body, state):
    """Tender, void and suspend end at the desk with the id of the path."""
    async with face() as at:
        await at.till.put(SALE, json=basket())
        answer = await at.till.post(SALE + path, json=body)
    assert answer.status_code == 200
    assert at.desk.done == {"t-77": state}


async def test_a_return_says_what_to_refund():
    """A return of a known sale gives its amounts."""
    async with face() as at:
        await at.till.put(SALE, json=basket())
        body = {"till": "1", "number": "77", "business_date": "2026-03-02"}
        answer = await at.till.post("/v1/returns", json=body)
    assert answer.json() == {"refund_minor": 250, "reversals": []}


async def test_a_dispute_is_settled_with_the_tills_token():
    """Goodwill reaches the desk as it was asked for."""
    wish = {
        "transaction": "t-77",
        "offer_id": "O1",
        "amount_minor": 150,
        "by": "12",
        "note": "Shelf label",
    }
    async with face() as at:
        await at.till.put(SALE, json=basket())
        answer = await at.till.post("/v1/disputes", json=wish)
    assert answer.json()["amount_minor"] == 150
    assert [gift.note for gift in at.desk.gifts] == ["Shelf label"]


@pytest.mark.parametrize(
    ("revision", "status", "code"), [(1, 200, None), (2, 409, "unknown_revision")]
)
async def test_the_state_of_a_sale_may_refuse(revision, status, code):
    """What the lane refuses comes back with its own status, code and advice."""
    async with face() as at:
        await at.till.put(SALE, json=basket())
        answer = await at.till.post(f"{SALE}/tender", json={"revision": revision, "given": []})
    assert answer.status_code == status
    assert answer.json().get("code") == code
    if code:
        assert answer.json()["what"]
        assert answer.json()["do"]


async def test_an_unknown_sale_is_404():
    """A verb on a sale that was never sent is refused, not invented."""
    async with face() as at:
        answer = await at.till.post("/v1/transactions/none/void")
    assert (answer.status_code, answer.json()["code"]) == (404, "no_such_sale")


def with_amount(text: str) -> bytes:
    """A basket whose amount is written exactly so."""
    return (
        b'{"till":"1","number":"77","business_date":"2026-03-02","revision":1,"currency":"EUR",'
        b'"lines":[{"line_id":"1","gtin":"4006381333931","quantity":1,"amount_minor":'
        + text.encode()
        + b"}]}"
    )


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "malformed"),
        (b"{", 400, "malformed"),
        (b"\xff\xfe\x00", 400, "malformed"),
        (b'{"till":"\xff"}', 400, "malformed"),
        (b"\xef\xbb\xbf{}", 400, "malformed"),
        (with_amount("NaN"), 400, "malformed"),
        (with_amount("Infinity"), 400, "malformed"),
        (with_amount("100") + b"x", 400, "malformed"),
        (with_amount('"\\ud800"'), 400, "malformed"),
        (with_amount("1e999"), 422, "wrong_value"),
        (with_amount("1.5"), 422, "wrong_value"),
        (with_amount("9007199254740993"), 422, "wrong_value"),
        (with_amount("12345678901234567890123"), 422, "wrong_value"),
        (with_amount('"100"'), 422, "wrong_value"),
        (with_amount("null"), 422, "wrong_value"),
        (with_amount("1" * 5000), 422, "wrong_value"),
        (b"[" * 100_000, 422, "wrong_value"),
        (b'{"till":' + b"[" * 100_000, 422, "wrong_value"),
        (b"null", 422, "wrong_value"),
        (with_amount("1").replace(b"4006381333931", b"4006381333931\\n"), 422, "wrong_value"),
        (with_amount("1").replace(b"EUR", b"EUR\\n"), 422, "wrong_value"),
        (b'{"surprise":1}', 422, "wrong_value"),
    ],
)
async def test_bad_json_is_refused_with_its_reason(body, status, code):
    """Malformed text is 400, a wrong value 422; nothing of it reaches the lane."""
    async with face() as at:
        answer = await at.till.put(SALE, content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert at.desk.baskets == {}


async def test_a_wrong_value_is_named_by_its_place():
    """The refusal of a value says where it stands."""
    headers = {"content-type": "application/json"}
    async with face() as at:
        answer = await at.till.put(SALE, content=with_amount("1.5"), headers=headers)
    assert "$.lines[0].amount_minor" in answer.json()["what"]


async def test_of_equal_keys_the_last_wins():
    """A key that stands twice takes its last value, as docs/till_api.md says."""
    body = with_amount("100").replace(b'"revision":1', b'"revision":1,"revision":9')
    async with face() as at:
        answer = await at.till.put(SALE, content=body, headers={"content-type": "application/json"})
    assert answer.json()["revision"] == 9


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
async def test_a_body_of_another_type_is_refused(kind):
    """What a foreign form can send without asking never passes for JSON."""
    async with face() as at:
        headers = {"content-type": kind}
        answer = await at.till.put(SALE, content=with_amount("1"), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (415, "not_json_type")


@pytest.mark.parametrize("name", ["..", ".hidden", "a" * 65, "ä", "a b", "-x", "a%0a"])
async def test_an_odd_id_is_refused(name):
    """An id becomes a path nowhere, but it is also never stored in an odd form."""
    async with face() as at:
        url = httpx.URL(f"http://{at.authority}").copy_with(
            raw_path=b"/v1/transactions/" + httpx.URL("/" + name).raw_path[1:]
        )
        answer = await at.till.put(url, json=basket())
    assert answer.status_code in (404, 422)
    assert at.desk.baskets == {}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/v1/nothing", 404), ("GET", SALE, 405), ("PUT", "/healthz", 405)],
)
async def test_an_unknown_call_is_a_problem_too(method, path, status):
    """Every refusal has one form."""
    async with face() as at:
        answer = await at.till.request(method, path)
    assert answer.status_code == status
    assert set(answer.json()) == {"code", "what", "do"}


async def test_a_late_answer_is_a_refusal_and_the_work_goes_on(caplog):
    """A lane that hangs costs the till its deadline; a repeat then finds what was done."""
    desk = FakeDesk(stuck=asyncio.Event())
    async with face(desk, Limits(basket_s=0.05)) as at:
        late = await at.till.put(SALE, json=basket())
        desk.stuck.set()
        again = await at.till.put(SALE, json=basket())
    assert (late.status_code, late.json()["code"]) == (503, "late")
    assert again.status_code == 200
    assert "put_basket ended late: done" in caplog.text


async def test_a_bug_is_loud_and_answered(caplog):
    """A failing lane gives 500 in the form of every refusal, and the log has the trace."""
    async with face(FakeDesk(broken=True)) as at:
        answer = await at.till.put(SALE, json=basket())
        assert (answer.status_code, answer.json()["code"]) == (500, "bug")
        assert (await at.till.get("/healthz")).status_code == 200
    assert "a bug" in caplog.text


@pytest.mark.parametrize(("ready", "status"), [(True, 200), (False, 503)])
async def test_health_needs_no_token(ready, status):
    """Who watches the lane sees whether it is ready, by status and in words."""
    async with face(FakeDesk(ready=ready)) as at, httpx.AsyncClient() as stranger:
        answer = await stranger.get(f"http://{at.authority}/healthz")
    assert answer.status_code == status
    assert answer.json()["ready"] is ready
    assert answer.json()["parts"] == [{"name": "printer", "state": "up", "words": ""}]
