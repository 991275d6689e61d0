"""The event stream: a snapshot first, then each change, a beat between, and an end."""

import asyncio
from contextlib import asynccontextmanager

import httpx
import msgspec
import pytest

from agent.events import Hub, HubFullError
from agent.http_limits import Limits
from agent.http_stream import snapshot, stream
from agent.page_keys import COOKIE
from offers.model import LaneId, Language
from staff_help.lane_state import LaneState, Light
from tests.agent.fake_desk import FakeDesk, basket, face

LIGHT = Light("good", "ready")
BEAT = {"event": "beat", "data": "{}"}


def state(note: str) -> LaneState:
    return LaneState(LaneId("lane1"), Language("en"), LIGHT, LIGHT, LIGHT, notices=(note,))


@asynccontextmanager
async def listening(at, **named):
    """Listen as a page does; gives a function that waits for the next event."""
    async with at.till.stream("GET", "/v1/events", **named) as answer:
        assert answer.status_code == 200
        lines = answer.aiter_lines()

        async def event() -> dict[str, str]:
            found: dict[str, str] = {}
            async with asyncio.timeout(20):
                async for line in lines:
                    if not line and "data" in found:
                        return found
                    name, _, value = line.partition(": ")
                    found[name] = value
            raise EOFError

        yield answer, event


async def until_end(event) -> str:
    """Take events until the stream ends."""
    try:
        while True:
            await event()
    except EOFError:
        return "ended"


async def nobody_listens(hub: Hub) -> None:
    """Wait until the server has noticed that every page left."""
    async with asyncio.timeout(20):
        while hub.listening:
            await asyncio.sleep(0)


async def test_a_page_gets_the_state_and_then_each_change():
    """The first event is the state of now, the next comes with the next basket."""
    async with face() as at, listening(at) as (answer, event):
        assert answer.headers["content-type"].startswith("text/event-stream")
        first = await event()
        assert (first["event"], msgspec.json.decode(first["data"])["sale"]) == ("state", None)
        await at.till.put("/v1/transactions/t-77", json=basket())
        second = msgspec.json.decode((await event())["data"])
        assert second["sale"]["number"] == "77"


async def test_a_quiet_lane_tells_its_state_again():
    """What is said to be minutes old grows older on the screen, though nothing happens."""
    async with face(limits=Limits(beat_s=0.02, refresh_s=0.05)) as at, listening(at) as (_, event):
        names = [(await event())["event"] for _ in range(8)]
    assert names[0] == "state"
    assert {"state", "beat"} <= set(names[1:])


async def test_a_quiet_lane_beats():
    """Where nothing changes the page still hears that the lane lives."""
    async with face(limits=Limits(beat_s=0.05)) as at, listening(at) as (_, event):
        await event()
        for _ in range(2):
            beat = await event()
            assert {name: beat[name] for name in BEAT} == BEAT


async def test_a_stream_ends_after_its_time_and_may_come_again():
    """A stream is cut after its time: the page comes back and its cookie is renewed."""
    async with face(limits=Limits(stream_s=0.2)) as at, listening(at) as (_, event):
        await event()
        async with asyncio.timeout(20):
            assert await until_end(event) == "ended"


async def test_a_pages_cookie_is_renewed_by_its_stream():
    """Who listens with a cookie gets a fresh one; a till with a token gets none."""
    async with face() as at:
        async with listening(at) as (answer, _):
            assert "set-cookie" not in answer.headers
        cookie = {"cookie": f"{COOKIE}={at.page.new_cookie()}", "authorization": ""}
        request = at.till.build_request("GET", "/v1/events", headers=cookie)
        del request.headers["authorization"]
        answer = await at.till.send(request, stream=True)
        await answer.aclose()
    assert answer.headers["set-cookie"].startswith(f"{COOKIE}=")


async def test_when_the_lane_stops_its_streams_end():
    """Leaving the server closes the hub, and an open page sees the end, not a silence."""
    async with face() as at:
        reader, writer = await asyncio.open_connection(at.host, at.port)
        writer.write(
            f"GET /v1/events HTTP/1.1\r\nHost: {at.authority}\r\n"
            f"Authorization: {at.till.headers['authorization']}\r\n\r\n".encode()
        )
        await reader.readuntil(b"event: state")
    assert (await asyncio.wait_for(reader.read(), 20)).endswith(b"0\r\n\r\n")
    writer.close()


async def test_one_listener_too_many_is_refused_and_places_come_free():
    """The hub takes so many pages and no more; a page that leaves makes room."""
    desk = FakeDesk(events=Hub(max_listeners=1))
    async with face(desk, Limits(beat_s=0.02)) as at:
        async with listening(at) as (_, event):
            await event()
            refused = await at.till.get("/v1/events")
            assert (refused.status_code, refused.json()["code"]) == (503, "too_many_listeners")
        await nobody_listens(desk.events)
        async with listening(at) as (_, event):
            assert (await event())["event"] == "state"


async def test_a_listener_that_falls_behind_is_let_go():
    """A full queue ends its listener and no other; nobody waits."""
    hub = Hub(queue_events=2)
    with hub.listen() as slow, hub.listen() as quick:
        for number in range(3):
            hub.publish("state", state(str(number)))
            event = await quick.next()
            assert event is not None
            assert f'"{number}"'.encode() in event.data
        assert slow.lost
        assert await slow.next() is None
        assert not quick.lost
    assert hub.listening == 0


async def test_a_reader_that_leaves_a_busy_lane_is_forgotten():
    """A stream that is never found waiting ends all the same when its reader has left."""
    desk = FakeDesk()
    async with face(desk) as at:
        async with listening(at) as (_, event):
            await event()
        async with asyncio.timeout(20):
            while desk.events.listening:
                desk.events.publish("state", state("busy"))
                await asyncio.sleep(0)


async def test_a_closed_hub_takes_nobody():
    """After the end no page may begin to listen."""
    hub = Hub()
    with hub.listen() as listener:
        hub.close()
        assert await listener.next() is None
        hub.publish("state", state("late"))
        assert await listener.next() is None
    with pytest.raises(HubFullError), hub.listen():
        pass


async def test_the_snapshot_is_never_older_than_what_follows():
    """A change told while the snapshot was read is in the snapshot, not behind it."""

    class Busy(FakeDesk):
        states = iter(["old", "new"])

        async def page_state(self) -> LaneState:
            made = state(next(self.states))
            if made.notices == ("old",):
                self.events.publish("state", state("between"))
            return made

    desk = Busy()
    with desk.events.listen() as listener:
        assert b'"new"' in (await snapshot(desk, listener)).data
        assert not listener.forget()


async def test_one_event_is_one_line_of_data():
    """A line break in a text is written as JSON does: it cannot begin a second field."""

    class Odd(FakeDesk):
        async def page_state(self) -> LaneState:
            return state("a\nevent: forged\n\ndata: b\r\u2028")

    desk = Odd()
    with desk.events.listen() as listener:
        parts = stream(desk, listener, Limits())
        first = await anext(parts)
        await parts.aclose()
    assert first.startswith(b"retry: 2000\n\nevent: state\ndata: ")
    assert first.count(b"\n") == 5
    assert b"\r" not in first


async def test_a_page_that_leaves_is_forgotten():
    """A closed connection frees its place in the hub."""
    async with face(limits=Limits(beat_s=0.02)) as at:
        other = httpx.AsyncClient(headers=at.till.headers)
        async with other, other.stream("GET", f"http://{at.authority}/v1/events") as answer:
            await anext(answer.aiter_lines())
            assert at.desk.events.listening == 1
        await nobody_listens(at.desk.events)
