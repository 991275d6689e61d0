"""The lane's time moved from outside, over a real socket."""

import asyncio

from agent.stepped_time import SteppedTime


async def test_the_lane_says_hello_obeys_and_answers_when_idle():
    """`set` and `advance` are each answered once everything due has run."""
    heard: list[str] = []
    woken: list[float] = []
    done = asyncio.Event()

    async def simulator(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for command in ("set 2026-11-02T12:00:00Z", "advance 2.5", "set 2026-11-03T00:00:00Z"):
            heard.append((await reader.readline()).decode().strip())
            writer.write(command.encode() + b"\n")
            await asyncio.sleep(0)
        heard.append((await reader.readline()).decode().strip())
        writer.close()
        done.set()

    server = await asyncio.start_server(simulator, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    time, clock = await SteppedTime.connect(f"127.0.0.1:{port}")

    async def sleeper() -> None:
        await clock.sleep(2)
        woken.append(clock.monotonic_s())

    task = asyncio.create_task(sleeper())

    async def idle() -> None:
        await asyncio.sleep(0)

    await asyncio.wait_for(time.follow(clock, idle), 5)
    await asyncio.wait_for(done.wait(), 5)
    await task
    assert woken == [2.0]
    assert heard == [
        "hello",
        "idle 2026-11-02T12:00:00+00:00 0.0",
        "idle 2026-11-02T12:00:02.500000+00:00 2.5",
        "idle 2026-11-03T00:00:00+00:00 2.5",
    ]
    time.close()
    server.close()
    await server.wait_closed()
