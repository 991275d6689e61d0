"""A disk that is full, read-only, or fails its syncs; files that are cut or scrambled; little memory."""

import hashlib
import random
import subprocess
import sys
from datetime import timedelta

import pytest

from cache.entries import Entry
from cache.errors import GenerationError
from cache.generation import Generation
from cache.generation_writer import GenerationWriter
from cache.inspect import verify
from cache.journal import Journal
from offers.context import Policy, Risk, StoreFacts
from offers.model import StoreId
from offers.records import Incarnation, Noted
from tests.faults_disk.harmed_files import HARMS, harmed, judged_files
from tests.faults_disk.shim import FOREVER, ROOT, environment, live
from tests.faults_disk.workload import NOON


def whole(place, rows: int) -> None:
    report = verify(place / "journal.db")
    assert (report.rows, report.first_bad_seq, report.do) == (rows, None, "nothing")


@pytest.mark.parametrize("fault", ["eiosync", "eio", "readonly"])
def test_a_disk_that_fails_refuses_each_call_and_keeps_what_it_had(shim, tmp_path, fault):
    """While it fails, no call is answered as kept; afterwards the lane goes on in the same journal."""
    told = live(shim, "sick_lane", tmp_path, fault, 1, FOREVER, 6)
    assert (told["kept"], set(told["refused"])) == (0, {"JournalUnwritable"})
    assert (len(told["refused"]), told["last"]) == (6, 11)
    whole(tmp_path, 11)


@pytest.mark.parametrize("fault", ["eiosync", "eio"])
@pytest.mark.parametrize("first", [1, 2, 3])
def test_one_failure_costs_one_call(shim, tmp_path, fault, first):
    """One failed write or sync: that call is told so, the rest is kept, the chain is whole."""
    told = live(shim, "sick_lane", tmp_path, fault, first, 1, 8)
    assert len(told["refused"]) <= 1
    assert told["last"] == 11 + told["kept"]
    whole(tmp_path, 11 + told["kept"])


def test_a_full_disk_takes_200_redemptions_more_and_then_refuses_cleanly(shim, tmp_path):
    """No file may grow any more: the reserve holds the next 200 sales; then each is refused whole."""
    told = live(shim, "sick_lane", tmp_path, "full", 1, FOREVER, 9000)
    assert told["kept"] >= 200
    assert set(told["refused"]) == {"JournalFull"}
    assert told["last"] == 11 + told["kept"]
    whole(tmp_path, 11 + told["kept"])


def test_a_disk_that_takes_nothing_at_all_refuses_each_call(shim, tmp_path):
    """Where not even an overwrite is taken, the ballast is given up too, and the refusal is clean."""
    told = live(shim, "sick_lane", tmp_path, "enospc", 1, FOREVER, 3)
    assert (told["kept"], told["refused"], told["last"]) == (0, ["JournalFull"] * 3, 11)
    whole(tmp_path, 11)


def test_a_process_out_of_memory_refuses_the_call_that_needs_it(shim, tmp_path):
    """A call that cannot get its memory fails alone; those before and after it are kept."""
    told = live(shim, "sick_lane", tmp_path, "memory", 1, 1, 6)
    assert (told["kept"], told["refused"]) == (5, ["MemoryError"])
    whole(tmp_path, 10 + 5 + 1)


@pytest.mark.parametrize(("part", "harm"), HARMS)
async def test_a_harmed_file_gives_a_whole_prefix_or_is_set_aside(part, harm):
    """Cut, scrambled or deleted: what opens is a prefix of the truth, or it is kept and begun anew."""
    assert set(await judged_files(part, harm, 12)) <= {"prefix", "set aside"}


@pytest.mark.parametrize("harm", ["cut", "scrambled"])
def test_a_harmed_generation_is_refused_by_its_hash(tmp_path, harm):
    """Every cut and every scrambled place of a generation file is found; nothing of it is served."""
    path = tmp_path / "offers.db"
    with GenerationWriter(path) as writer:
        writer.put_store(StoreFacts(StoreId("S1")), Policy(), Risk())
        writer.finish("g1", NOON, 0)
    data = path.read_bytes()
    sha256 = hashlib.sha256(data).hexdigest()
    Generation.open(path, raw_sha256=sha256).close()
    dice = random.Random(harm)
    for _ in range(40):
        path.write_bytes(harmed(data, harm, dice))
        with pytest.raises(GenerationError):
            Generation.open(path, raw_sha256=sha256)


@pytest.mark.parametrize("jump", [timedelta(days=-1), timedelta(days=1)])
async def test_a_clock_that_jumps_a_day_loses_and_prunes_nothing_wrongly(tmp_path, jump):
    """Rows keep their order whatever the clock says; pruning goes by the earlier of the two times."""
    clock = [NOON]
    journal = await Journal.open(
        tmp_path / "journal.db",
        incarnation=lambda: Incarnation("b" * 16),
        now=lambda: clock[0],
        retention=timedelta(hours=12),
        spare_pages=2,
    )
    for number in range(5):
        await journal.append(Entry(Noted("before", str(number)), clock[0]))
    clock[0] += jump
    for number in range(5):
        await journal.append(Entry(Noted("after", str(number)), clock[0]))
    await journal.hq_has(10, NOON)  # headquarters' clock did not jump
    assert len(await journal.rows_after(0, 100)) == 10
    await journal.close()
    whole(tmp_path, 10)


def test_a_directory_that_cannot_be_written_is_told_and_left_as_it_is(shim, tmp_path):
    """A lane whose disk is read-only from the start says so; its journal is not set aside."""
    live(shim, "sick_lane", tmp_path, "none", 1, 1, 0)
    before = (tmp_path / "journal.db").read_bytes()
    script = (
        "import sys; from pathlib import Path; from tests.faults_disk.shim import arm\n"
        "from tests.faults_disk import sick_lane as s; import asyncio\n"
        "place = Path(sys.argv[1]); arm(place, 'readonly')\n"
        "asyncio.run(s.live(place, 'none', 1, 1, 0))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)],
        env=environment(shim),
        cwd=ROOT,
        timeout=60,
        check=False,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert done.returncode == 1
    assert "JournalUnwritable" in done.stderr
    assert (tmp_path / "journal.db").read_bytes() == before
    assert not list(tmp_path.glob("*.damaged-*"))


REFUSED_AND_KILLED = """
import asyncio, os, sys
from pathlib import Path
from cache.entries import Entry
from cache.errors import JournalUnwritable
from cache.journal import Journal
from offers.records import Noted
from tests.faults_disk.shim import arm
from tests.faults_disk.workload import EPOCH, NOON

async def live(place):
    journal = await Journal.open(
        place / "journal.db", incarnation=lambda: EPOCH, now=lambda: NOON, spare_pages=2
    )
    await journal.append(Entry(Noted("kept", ""), NOON))
    arm(place, "eiosync", 1, 1)
    try:
        await journal.append(Entry(Noted("refused", ""), NOON))
    except JournalUnwritable:
        os._exit(7)

asyncio.run(live(Path(sys.argv[1])))
"""


def test_a_call_that_was_refused_for_its_sync_does_not_come_back_at_the_restart(shim, tmp_path):
    """Its pages did reach the log, and the process is killed at the answer: they were written over."""
    done = subprocess.run(
        [sys.executable, "-c", REFUSED_AND_KILLED, str(tmp_path)],
        env=environment(shim),
        cwd=ROOT,
        timeout=60,
        check=False,
    )
    assert done.returncode == 7
    whole(tmp_path, 1)
