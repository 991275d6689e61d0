"""Collectors on a real broker: processes on one file share the rows, and lose none when one is killed."""

import asyncio
import re
import signal
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from hq.store import open_store
from offers.records import ClaimId, Noted
from sync.messages import Ack, Claim, ClaimAnswer, Manifest
from sync.payload import pack
from sync.topics import up
from tests.brokers import HOST, start_mosquitto
from tests.hq.conftest import NOON
from tests.hq.test_serve import HqProcess, Listener

TOPIC = up("s001", "1", "rows")


@pytest.fixture
def broker(tmp_path: Path):
    running = start_mosquitto(tmp_path)
    yield running
    running.stop()


@asynccontextmanager
async def process(hq: HqProcess, broker, command: str, logs: list[str]):
    """One process of headquarters; its log is added to `logs` when it has ended."""
    words = [command, "--broker", f"mqtt://{HOST}:{broker.port}", *hq.where]
    made = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "hq.cli", *words), stderr=asyncio.subprocess.PIPE
    )
    head = b""
    while b"connected" not in head:
        line = await asyncio.wait_for(made.stderr.readline(), 20)
        assert line, head.decode()
        head += line
    try:
        yield made
    finally:
        if made.returncode is None:
            made.terminate()
        _, rest = await made.communicate()
        logs.append(head.decode() + rest.decode())
    assert made.returncode in (0, -signal.SIGKILL), logs[-1]


def collected(log: str) -> int:
    return int(re.findall(r"collected (\d+) messages", log)[-1])


def stored(hq: HqProcess) -> list[int]:
    store = open_store(hq.db)
    numbers = [row[0] for row in store.conn.execute("SELECT seq FROM rows ORDER BY seq")]
    store.close()
    return numbers


async def upto(lane: Listener, want: int) -> None:
    while (await lane.next(Ack)).upto < want:
        pass


async def test_three_processes_share_the_rows(broker, tmp_path, shop_dir, lane1) -> None:
    """Dealt out in any order: each takes some, all are kept once, and `upto` reaches the last."""
    hq = HqProcess(tmp_path, shop_dir)
    for number in range(60):
        lane1.write(Noted("n", str(number)))
    logs: list[str] = []
    async with (
        Listener(broker.port, hq.keys).running() as lane,
        process(hq, broker, "serve", logs),
        process(hq, broker, "collect", logs),
        process(hq, broker, "collect", logs),
    ):
        for seq in range(1, 61):
            lane.link.publish(pack(TOPIC, lane1.message(seq)))
        await upto(lane, 60)
    assert stored(hq) == list(range(1, 61))
    shares = [collected(log) for log in logs]
    assert sum(shares) == 60
    assert min(shares) >= 10


async def test_a_collector_that_is_killed_leaves_no_hole(broker, tmp_path, shop_dir, lane1) -> None:
    """What it had in hand the lane sends again, and those that are left take it."""
    hq = HqProcess(tmp_path, shop_dir)
    for number in range(200):
        lane1.write(Noted("n", str(number)))
    logs: list[str] = []
    async with (
        Listener(broker.port, hq.keys).running() as lane,
        process(hq, broker, "serve", logs),
    ):
        async with process(hq, broker, "collect", logs) as second:
            for seq in range(1, 201):
                lane.link.publish(pack(TOPIC, lane1.message(seq)))
            await upto(lane, 20)
            second.kill()
            await second.wait()
        for _ in range(3):  # as a lane's window does, from the last acknowledged row on
            kept = stored(hq)
            if kept == list(range(1, 201)):
                break
            first = next(seq for seq in range(1, 202) if seq not in kept)
            for seq in range(first, 201):
                lane.link.publish(pack(TOPIC, lane1.message(seq)))
            await upto(lane, 200)
    assert stored(hq) == list(range(1, 201))


async def test_a_row_out_of_turn_waits_for_the_one_before(
    broker, tmp_path, shop_dir, lane1
) -> None:
    """`upto` is the end of the longest unbroken prefix, whoever stored what."""
    hq = HqProcess(tmp_path, shop_dir)
    for number in range(3):
        lane1.write(Noted("n", str(number)))
    logs: list[str] = []
    async with (
        Listener(broker.port, hq.keys).running() as lane,
        process(hq, broker, "serve", logs),
        process(hq, broker, "collect", logs),
    ):
        told = []
        for seqs in ((3,), (1,), (2,)):
            lane.link.publish(pack(TOPIC, lane1.message(*seqs)))
            told.append((await lane.next(Ack)).upto)
    assert told == [0, 1, 3]


async def test_a_claim_does_not_wait_behind_a_backlog(broker, tmp_path, shop_dir, lane1) -> None:
    """Two thousand rows are under way; the answer comes while most of them still are."""
    hq = HqProcess(tmp_path, shop_dir)
    for number in range(2000):
        lane1.write(Noted("n", str(number)))
    claim = Claim(ClaimId("a" * 16, 7), "000000010000", "9520000900052", "oat-30", "u", NOON)
    logs: list[str] = []
    async with (
        Listener(broker.port, hq.keys).running() as lane,
        process(hq, broker, "serve", logs),
    ):
        await lane.next(Manifest)
        for start in range(1, 401):
            assert lane.link.publish(
                pack(TOPIC, lane1.message(*range(start * 5 - 4, start * 5 + 1)))
            )
        lane.link.publish(pack(up("s001", "1", "claim"), claim))
        answer = await lane.next(ClaimAnswer)
        assert answer.claim == claim.claim
        before = lane.words[Ack].qsize()
        await upto(lane, 2000)
    assert before < 300
