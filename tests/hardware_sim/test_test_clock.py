"""The test clock's line, with a hand-written agent at the other end."""

import asyncio
from datetime import UTC, datetime

import pytest

from hardware_sim.test_clock import ClockLineError, ClockServer, Idle, read_idle

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


@pytest.fixture
async def clock():
    server = ClockServer(answer_s=2.0)
    server.address = await server.start()
    yield server
    await server.stop()


async def agent(clock, answers):
    """Say hello, then answer each command with the next of `answers`; give what was heard."""
    host, port = clock.address.split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"hello\n")
    heard = []
    for answer in answers:
        heard.append(await reader.readline())
        writer.write(answer)
    await reader.read()
    writer.close()
    return heard


async def test_time_is_set_and_advanced(clock):
    """The bytes on the line are those of the protocol, and the answers are read."""
    playing = asyncio.create_task(
        agent(
            clock,
            [b"idle 2026-01-02T12:00:00Z 0.0\n", b"idle 2026-01-02T12:00:30+00:00 30.0\n"],
        )
    )
    await clock.greet()
    assert await clock.set(NOON) == Idle(NOON, 0.0)
    later = await clock.advance(30)
    assert (later.utc.second, later.monotonic_s) == (30, 30.0)
    await clock.stop()
    assert await playing == [b"set 2026-01-02T12:00:00Z\n", b"advance 30\n"]


async def test_an_agent_that_hangs_up_is_an_error(clock):
    """Without an answer there is no time."""
    host, port = clock.address.split(":")
    _, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"hello\n")
    await clock.greet()
    writer.close()
    with pytest.raises(ClockLineError, match="hung up"):
        await clock.set(NOON)


async def test_a_stranger_is_an_error(clock):
    """Whoever does not say hello is not the agent."""
    host, port = clock.address.split(":")
    _, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"GET / HTTP/1.1\n")
    with pytest.raises(ClockLineError, match="hello"):
        await clock.greet()
    writer.close()


async def test_time_needs_an_agent(clock):
    """Nobody connected: a clear error, no wait."""
    with pytest.raises(ClockLineError, match="no agent"):
        await clock.advance(1)


@pytest.mark.parametrize(
    "line", ["", "idle", "idle now 1", "idle 2026-01-02T12:00:00 1", "busy 2026-01-02T12:00:00Z 1"]
)
def test_malformed_answers_are_refused(line):
    """A naive time, a missing part or another word is no answer."""
    with pytest.raises(ClockLineError):
        read_idle(line)
