"""What the till sends, as JSON on a real socket, against the contract's description."""

import asyncio
import json
from datetime import date

import pytest

from hardware_sim.http_client import BadAnswerError, call, events
from hardware_sim.till import Till

DAY = date(2026, 11, 2)
DECISION = {
    "discounts": [
        {"line_id": "1", "offer_id": "a", "amount_minor": 40, "serial": None},
        {"line_id": "2", "offer_id": "b", "amount_minor": 25, "serial": "123456789012"},
    ],
    "total_discount_minor": 65,
}


class Lane:
    """Keeps each request, answers with what is in `answers`, then with the decision."""

    def __init__(self):
        self.requests = []
        self.answers = []

    async def serve(self, reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        fields = dict(line.split(": ", 1) for line in head[1:] if line)
        body = await reader.readexactly(int(fields["Content-Length"]))
        self.requests.append((head[0], fields, json.loads(body) if body else None))
        writer.write(self.answers.pop(0) if self.answers else http(json.dumps(DECISION).encode()))
        await writer.drain()
        writer.close()


def http(body, status="200 OK", extra=""):
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{extra}\r\n".encode() + body


@pytest.fixture
async def lane():
    lane = Lane()
    server = await asyncio.start_server(lane.serve, "127.0.0.1", 0)
    lane.api = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield lane
    server.close()


@pytest.fixture
def till(lane, tmp_path):
    (tmp_path / "token").write_text("s3cret\n")
    till = Till(lane.api, tmp_path / "token", name="7")
    till.begin(DAY)
    till.add("4006381333931", 2, 199)
    till.add("96385074", 1, 100)
    return till


async def test_a_basket_is_sent_whole_with_the_token(lane, till):
    """The PUT carries every field of the contract, amounts in minor units, the token as bearer."""
    till.identify("card", "2900000000018")
    till.present("(255)1")
    await till.put()
    line, fields, body = lane.requests[0]
    assert line == "PUT /v1/transactions/1 HTTP/1.1"
    assert fields["Authorization"] == "Bearer s3cret"
    assert fields["Host"] == lane.api.removeprefix("http://")
    assert body == {
        "till": "7",
        "number": "1",
        "business_date": "2026-11-02",
        "revision": 1,
        "currency": "EUR",
        "lines": [
            {"line_id": "1", "gtin": "4006381333931", "quantity": 2, "amount_minor": 398},
            {"line_id": "2", "gtin": "96385074", "quantity": 1, "amount_minor": 100},
        ],
        "identities": [{"kind": "card", "value": "2900000000018"}],
        "coupons": ["(255)1"],
        "mode": "live",
        "suspended": False,
    }


async def test_revisions_count_up_and_line_ids_are_not_used_twice(lane, till):
    """After an article was taken off, the next one's line is new."""
    await till.put()
    till.remove("4006381333931")
    till.add("40170725")
    await till.put()
    body = lane.requests[1][2]
    assert body["revision"] == 2
    assert [line["line_id"] for line in body["lines"]] == ["2", "3"]


async def test_repeats_and_late_ones_are_the_same_bytes(lane, till):
    """A repeated basket is the last one again; a late one the one before."""
    await till.put()
    till.add("40170725")
    await till.put()
    await till.put_again()
    await till.put_again(1)
    bodies = [request[2] for request in lane.requests]
    assert bodies[2] == bodies[1]
    assert bodies[3] == bodies[0]


async def test_swapped_revisions_arrive_in_the_wrong_order(lane, till):
    """Revision 2 goes out before revision 1."""
    await till.put_swapped()
    assert [request[2]["revision"] for request in lane.requests] == [2, 1]
    await till.put()
    assert lane.requests[2][2]["revision"] == 3


@pytest.mark.parametrize(
    ("at_most", "given"),
    [
        (None, [("1", "a", 40), ("2", "b", 25)]),
        (50, [("1", "a", 40), ("2", "b", 10)]),
        (40, [("1", "a", 40)]),
        (0, []),
    ],
)
async def test_a_tender_says_what_was_given(lane, till, at_most, given):
    """All of the decision, or less: cut off in its order, nothing of 0 is sent."""
    await till.put()
    await till.tender(at_most)
    line, _, body = lane.requests[1]
    assert line == "POST /v1/transactions/1/tender HTTP/1.1"
    assert body["revision"] == 1
    shares = [(s["line_id"], s["offer_id"], s["amount_minor"]) for s in body["given"]]
    assert shares == given
    assert all(set(share) == {"line_id", "offer_id", "amount_minor"} for share in body["given"])


async def test_void_suspend_resume(lane, till):
    """Void and suspend have no body; resuming sends the basket again, no longer suspended."""
    await till.put()
    await till.suspend()
    await till.resume()
    await till.void()
    lines = [request[0].rsplit(" ", 1)[0] for request in lane.requests]
    assert lines == [
        "PUT /v1/transactions/1",
        "POST /v1/transactions/1/suspend",
        "PUT /v1/transactions/1",
        "POST /v1/transactions/1/void",
    ]
    assert lane.requests[2][2]["suspended"] is False


async def test_a_return_names_the_sale_and_its_lines(lane, till):
    """By the GTIN, the line of the past sale; without one, all of it."""
    await till.put()
    await till.tender()
    await till.give_back(["96385074"])
    await till.give_back([])
    assert lane.requests[2][0].startswith("POST /v1/returns ")
    assert lane.requests[2][2] == {
        "till": "7", "number": "1", "business_date": "2026-11-02", "lines": ["2"],
    }  # fmt: skip
    assert lane.requests[3][2]["lines"] == []


async def test_a_refusal_is_kept_and_is_no_decision(lane, till):
    """A 409 stays in `last`; the decision in hand does not change."""
    await till.put()
    lane.answers.append(http(b'{"code": "stale"}', "409 Conflict"))
    answer = await till.put()
    assert (answer.status, till.last.json()) == (409, {"code": "stale"})
    assert till.sale.decision == DECISION


async def test_numbers_count_up_or_are_used_again(till):
    """The next sale has the next number, unless one is said."""
    assert till.begin(DAY).number == "2"
    assert till.begin(DAY, number="1").number == "1"
    assert till.begin(DAY, mode="training").number == "3"


async def test_chunked_answers_are_read(lane):
    """A server may send its answer in chunks."""
    lane.answers.append(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n3;x=1\r\n   \r\n0\r\n\r\n"
    )
    assert (await call("GET", lane.api, {})).body == b"{}   "


@pytest.mark.parametrize(
    "answer", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"]
)
async def test_what_is_not_http_is_an_error(lane, answer):
    """An empty answer, another protocol and a body cut off are all refused."""
    lane.answers.append(answer)
    with pytest.raises(BadAnswerError):
        await call("GET", lane.api, {})


async def test_server_sent_events_are_heard_until_the_server_hangs_up(lane):
    """Names and data come out, comments and chunk sizes do not."""
    stream = b': beat\n\nevent: printer\ndata: {"a":\ndata: 1}\n\ndata: plain\n\n'
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(stream), stream)
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    lane.answers.append(head + chunked)
    heard = [event async for event in events(f"{lane.api}/v1/events", {})]
    assert heard == [("printer", '{"a":\n1}'), ("message", "plain")]


async def test_nobody_there_is_an_oserror():
    """A closed port is refused, not waited for."""
    with pytest.raises(OSError, match="onnect"):
        await call("GET", "http://127.0.0.1:1/", {})
