"""What headquarters takes in: beside a bare insert, with more collectors, and from 2,000 lanes at once.

Both stores, where Debian's PostgreSQL is there. On a machine of two cores, which broker, lanes, collectors
and the database share, the growth shows what collectors cost each other, not what more machines would give.
"""

from __future__ import annotations

import asyncio
import io
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing, contextmanager, redirect_stdout
from pathlib import Path

import msgspec

from hq import cli
from hq.desk import open_desk
from hq.store import HqStore, open_store
from offers.records import JobId, Noted, Printed, Sold
from sync.payload import Packet, pack
from sync.topics import up
from tests.bench.figure import Figure
from tests.bench.fleet import FleetLane, Load, connected, drained
from tests.brokers import HOST, Broker, start_mosquitto
from tests.hq.conftest import NOON, LaneJournal
from tests.hq.test_inbox import OAT, sale
from tests.postgres import Postgres, programs

STORES, LANES = 50, 40  # 2,000 lanes
SALES = 3  # of each of them
SALE_S = 30.0  # between two sales of a busy lane
GROWTH_LANES, GROWTH_ROWS, MESSAGE_ROWS = 100, 192, 64  # as a lane's window sends a backlog
COLLECTORS = (1, 2, 4)
CORE_LANES, CORE_MESSAGES = 8, 6
TOGETHER = 4  # messages in one commit
ROUNDS = 3
PATIENCE_S = 240.0
SHOP = Path(__file__).parents[2] / "examples" / "shop"
INSERT = "INSERT INTO {} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
Stores = dict[str, "Place"]


class Place:
    """One kind of store: gives a new one, published, as often as it is asked."""

    def __init__(self, folder: Path, server: Postgres | None) -> None:
        self._folder, self._server, self._made = folder, server, 0
        self.keys = folder / "hq-keys"

    def fresh(self) -> str:
        """Make a store with 50 stores' offers; give its name as `--db` takes it."""
        self._made += 1
        where = str(self._folder / f"hq{self._made}.db")
        if self._server is not None:
            self._server.run(f"CREATE DATABASE hq{self._made}")
            where = self._server.url(f"hq{self._made}")
        words = ["--db", where, "--keys", str(self.keys)]
        with redirect_stdout(io.StringIO()):
            assert cli.main(["init", *words]) == 0
            assert cli.main(["apply", str(self._folder / "shop"), *words]) == 0
        return where


def figures() -> list[Figure]:
    """Measure in a directory on a disk: in memory a sync costs nothing."""
    found: list[Figure] = []
    here = Path.cwd()
    with tempfile.TemporaryDirectory(dir=here) as name, places(Path(name)) as stores:
        os.chdir(name)  # generations beside a database are files of the working directory
        try:
            for kind, place in stores.items():
                found.append(core(kind, place))
                found += asyncio.run(growth(kind, place, Path(name)))
            found += asyncio.run(fleet(stores["SQLite"], Path(name)))
        finally:
            os.chdir(here)
    return found


@contextmanager
def places(folder: Path) -> Iterator[Stores]:
    """Give the stores that can be had here."""
    write_shop(folder / "shop")
    stores = {"SQLite": Place(folder, None)}
    if (found := programs()) is None:
        print("no PostgreSQL here: only SQLite is measured", file=sys.stderr)
        yield stores
        return
    server = Postgres(found).start()
    try:
        yield stores | {"PostgreSQL": Place(folder, server)}
    finally:
        server.clear()


def write_shop(folder: Path) -> None:
    """Copy the example's shop, with 50 stores of 40 lanes."""
    for path in SHOP.rglob("*"):
        target = folder / path.relative_to(SHOP)
        if path.is_dir():
            target.mkdir(parents=True, exist_ok=True)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    lanes = ", ".join(f'"{n}"' for n in range(1, LANES + 1))
    text = (SHOP / "stores.toml").read_text().replace('lanes = ["1", "2"]', f"lanes = [{lanes}]")
    head, table, body = text.partition("[[store]]")
    more = [table + body.replace('"s001"', f'"s{n:03}"', 1) for n in range(1, STORES + 1)]
    (folder / "stores.toml").write_text(head + "\n".join(more))


# One collector's work, without a broker.


def core(kind: str, place: Place) -> Figure:
    """Take batches of rows as a collector does; insert the same rows bare, with as many commits."""
    ours, bare = [], []
    where = place.fresh()
    with closing(open_store(where)) as store:
        desk = open_desk(store, place.keys)
        store.conn.execute("CREATE TABLE bare_rows AS SELECT * FROM rows")
        for turn in range(ROUNDS):
            batches = list(batches_of(turn))
            began = time.perf_counter()
            for packets, _ in batches:
                desk.answer_rows(packets, NOON)
            between = time.perf_counter()
            for _, rows in batches:
                insert(store, rows)
            ended = time.perf_counter()
            count = sum(len(rows) for _, rows in batches)
            ours.append(count / (between - began))
            bare.append(count / (ended - between))
        taken = store.conn.execute("SELECT count(*) FROM rows").fetchone()[0]
        assert taken == store.conn.execute("SELECT count(*) FROM bare_rows").fetchone()[0]
    rate = statistics.median(ours)
    ratio = rate / statistics.median(bare)
    name = f"HQ ingest of one collector, {kind}, {TOGETHER * MESSAGE_ROWS} rows a commit"
    return Figure(name, rate, "rows/s", "bare executemany", ratio, ">= 0.1", ratio >= 0.1)


def insert(store: HqStore, rows: list[tuple[object, ...]]) -> None:
    """Insert rows and commit, and nothing else."""
    with store.change():
        store.conn.executemany(INSERT.format("bare_rows"), rows)


def batches_of(turn: int) -> Iterator[tuple[list[Packet], list[tuple[object, ...]]]]:
    """Give batches as a link hands them over, each with its rows as they are stored."""
    for lane in range(CORE_LANES):
        journal = LaneJournal(f"{turn:08x}{lane:08x}")
        write_rows(journal, CORE_MESSAGES * MESSAGE_ROWS // 4, lane)
        messages = list(messages_of(journal, f"s{lane + 1:03}", "1", MESSAGE_ROWS))
        for start in range(0, len(messages), TOGETHER):
            some = messages[start : start + TOGETHER]
            first, last = some[0][1] - MESSAGE_ROWS, some[-1][1]
            place = (f"s{lane + 1:03}", "1", journal.epoch)
            rows: list[tuple[object, ...]] = [
                (*place, r.seq, r.kind, str(r.at), str(NOON), r.shopper_key, r.prev, r.hash, 1,
                 bytes(r.body).decode())
                for r in journal.rows[first:last]
            ]  # fmt: skip
            yield [packet for packet, _ in some], rows


def write_rows(journal: LaneJournal, sales: int, lane: int) -> None:
    """Write what a sale leaves: the sale with a redemption, two slips, a note."""
    shopper = f"{lane:032x}"
    for number in range(sales):
        uid = f"{journal.epoch}-{number}"
        sold = tuple(Sold(OAT, 1) for _ in range(5))
        journal.write(msgspec.structs.replace(sale(uid=uid), sold=sold), shopper=shopper)
        journal.write(Printed(JobId(uid), "printed", "", "native"))
        journal.write(Printed(JobId(f"{uid}b"), "printed", "", "native"))
        journal.write(Noted("sale", "x" * 100))


def messages_of(
    journal: LaneJournal, store: str, lane: str, rows: int
) -> Iterator[tuple[Packet, int]]:
    """Cut a journal into messages of so many rows, each with its last number."""
    for start in range(0, len(journal.rows), rows):
        seqs = range(start + 1, min(start + rows, len(journal.rows)) + 1)
        yield pack(up(store, lane, "rows"), journal.message(*seqs)), seqs[-1]  # type: ignore[arg-type]


# Collectors on a broker.


async def growth(kind: str, place: Place, folder: Path) -> list[Figure]:
    """Drain the same backlog of 100 lanes with 1, 2 and 4 collectors."""
    rates = {}
    for count in COLLECTORS:
        broker = start_mosquitto(folder)
        where = place.fresh()
        try:
            async with AsyncExitStack() as stack:
                for _ in range(count):
                    words = ("collect", where, place.keys, broker)
                    await stack.enter_async_context(headquarters(*words))
                loads = list(backlog(GROWTH_LANES, GROWTH_ROWS // 4, MESSAGE_ROWS))
                lanes = await connected(loads, HOST, broker.port, window=8)
                rates[count] = GROWTH_LANES * GROWTH_ROWS / await drained(lanes, PATIENCE_S)
                hang_up(lanes)
        finally:
            broker.kill()
    one = rates[1]
    what = f"rows/s of {{}} collectors on one broker, {kind}"
    return [
        Figure(what.format(count), rates[count], "rows/s", f"one: {one:.0f}", rates[count] / one,
               ">= 0.5", rates[count] / one >= 0.5)
        for count in COLLECTORS[1:]
    ]  # fmt: skip


def backlog(lanes: int, sales: int, rows: int) -> Iterator[Load]:
    """Give what lanes of all stores have to send; the same each time."""
    for number in range(lanes):
        store, lane = f"s{number % STORES + 1:03}", str(number // STORES + 1)
        journal = LaneJournal(f"{number:016x}")
        write_rows(journal, sales, number)
        yield Load(store, lane, list(messages_of(journal, store, lane, rows)))


def hang_up(lanes: Sequence[FleetLane]) -> None:
    """End every connection."""
    for lane in lanes:
        lane.close()


@asynccontextmanager
async def headquarters(
    command: str, where: str, keys: Path, broker: Broker
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run `serve` or a `collect` as a process of its own, from when it has joined the group."""
    words = ["--broker", f"mqtt://{HOST}:{broker.port}", "--db", where, "--keys", str(keys)]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "hq.cli", command, *words), stderr=asyncio.subprocess.PIPE
    )
    assert process.stderr is not None
    while b"collector" not in (line := await process.stderr.readline()):
        assert line, f"{command} did not start"
    swallow = asyncio.ensure_future(process.stderr.read())
    try:
        yield process
    finally:
        process.terminate()
        await asyncio.gather(swallow, process.wait())


# Two thousand lanes.


async def fleet(place: Place, folder: Path) -> list[Figure]:
    """Connect 2,000 lanes to one mosquitto; each sends its sales as fast as headquarters takes them."""
    broker, count, where = start_mosquitto(folder), STORES * LANES, place.fresh()
    assert broker.process is not None
    try:
        async with headquarters("serve", where, place.keys, broker) as hq:
            before = memory_kb(broker.process.pid), memory_kb(hq.pid)
            loads = list(backlog(count, SALES, rows=4))
            lanes = await connected(loads, HOST, broker.port, window=1)
            took_s = await drained(lanes, PATIENCE_S)
            after = memory_kb(broker.process.pid), memory_kb(hq.pid)
            waits = sorted(wait for lane in lanes for wait in lane.took)
            hang_up(lanes)
    finally:
        broker.kill()
    with closing(open_store(where)) as store:
        kept = store.conn.execute("SELECT count(*) FROM rows").fetchone()[0]
    rate, lost = count * SALES / took_s, count * SALES * 4 - kept
    need = count / SALE_S
    per_lane = [(b - a) / count for a, b in zip(before, after, strict=True)]
    wait = waits[len(waits) // 2]
    return [
        Figure(f"messages/s of {count} lanes on one mosquitto, a sale each", rate, "msg/s",
               f"a sale each {SALE_S:.0f} s", rate / need, ">= 2", rate / need >= 2),
        Figure("all of them at once: a sale is at HQ after, median", wait, "s",
               f"{SALE_S:.0f} s", wait / SALE_S, "<= 1", wait <= SALE_S),
        limit("memory of a lane at the broker", per_lane[0], 40),
        limit("memory of a lane at headquarters", per_lane[1], 20),
        Figure("rows of them that are not at headquarters", lost, "rows", "0", float(lost), "0", lost == 0),
    ]  # fmt: skip


def limit(name: str, value: float, most: float) -> Figure:
    """Make a figure of KB that must not exceed a limit."""
    return Figure(name, value, "KB", "its limit", value / most, f"<= {most:g} KB", value <= most)


def memory_kb(pid: int) -> int:
    """Give a process's own memory, without mapped files."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1])
    return 0
