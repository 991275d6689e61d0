"""The power is cut after every operation, in every mixture of what reached the disk."""

import random

import pytest

from tests.faults_disk.crash_images import (
    Disk,
    Run,
    replay,
    torn,
    trace,
)
from tests.faults_disk.shim import Op


@pytest.fixture(scope="module")
def full(shim) -> Run:
    return trace(shim, "full")


def test_no_crash_image_loses_what_was_acknowledged(full):
    """Some hundred images of a day: rows, baskets, deltas, recalls, erasures are there once told."""
    found = replay(full, every=31)
    assert set(found) <= {"whole", "new"}
    assert found["whole"] > 200


@pytest.mark.parametrize("synchronous", ["normal", "off"])
def test_the_harness_sees_what_weaker_settings_lose(shim, synchronous):
    """With synchronous NORMAL or OFF the same day loses acknowledged rows: the images show it."""
    found = replay(trace(shim, synchronous), every=61)
    assert found["lost"] + found["corrupt"] > 10


def test_the_harness_sees_a_disk_that_lies(shim):
    """A disk that says "done" and did nothing is beyond any setting; the images show that too."""
    found = replay(trace(shim, "full", "lie"), every=61)
    assert found["lost"] + found["corrupt"] > 10


def test_after_failed_syncs_nothing_rests_on_the_word_of_a_later_one(shim):
    """Each fifth sync fails, and the kernel forgets what it could not write: no answered row is lost.

    Now and then a refused call is back, whole, behind everything that was answered.
    """
    run = trace(shim, "full", "eiosome", 20, 5)
    assert sum(op.kind == "f" for op in run.ops) > 20
    found = replay(run, every=23)
    assert set(found) <= {"whole", "new", "back"}
    assert found["whole"] > 200


def test_a_day_under_the_shim_is_a_day(full):
    """The trace has the whole day: each file, syncs, truncations, and the rows in their order."""
    names = {op.name for op in full.ops}
    assert {"journal.db", "journal.db-wal", "journal.db.ballast", "told"} <= names
    assert {op.kind for op in full.ops} >= {"w", "s", "t"}
    assert sorted(full.truth) == list(range(1, 325))  # 3 rounds of 3 tills, 18 sales of 2 rows


def test_the_model_of_the_disk():
    """What was synced stays, what was not may be missing, whole, or torn at a sector."""
    disk = Disk(random.Random(1))
    for op in (Op("w", "a", 0, b"1" * 4), Op("s", "a", 0, b""), Op("w", "a", 2, b"2" * 4)):
        disk.take(op)
    assert disk.image("none") == {"a": b"1111"}
    assert disk.image("all") == {"a": b"112222"}
    disk.take(Op("t", "a", 1, b""))
    assert disk.image("all") == {"a": b"1"}
    disk.take(Op("r", "a", 0, b"b"))
    assert disk.image("none") == {"b": b"1111"}
    disk.take(Op("u", "b", 0, b""))
    assert disk.image("all") == {}


def test_a_torn_write_ends_at_a_sector():
    """Half a write is a whole number of sectors of it."""
    lengths = {len(torn(Op("w", "a", 0, bytes(1500)), random.Random(n)).data) for n in range(50)}
    assert lengths == {0, 512, 1024}
