"""A blob in chunks: lost, repeated, resumed; and the file that it becomes."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
import zstandard
from hypothesis import given, strategies as st
from msgspec import structs

from offers.model import StoreId
from sync.blob_file import BadBlob, BlobFile
from sync.messages import CHUNK_BYTES, BlobAsk, Manifest
from sync.pulls import Bad, Chunk, Done, Keep, Pull, Step, spans

K = CHUNK_BYTES
SHA = "ab" * 32


def piece(offset: int, length: int = K, sha: str = SHA) -> Chunk:
    return Chunk(sha, offset, bytes(length))


def test_two_chunks_are_under_way() -> None:
    """The first ask has a credit of two; each chunk that comes asks for the next one."""
    pull = Pull(SHA, 3 * K + 5)
    assert pull.start(0, now=0.0) == [BlobAsk(SHA, 0, 2)]
    assert pull.chunk(piece(0), 0.1) == [Keep(0, bytes(K)), BlobAsk(SHA, 2 * K, 1)]
    assert pull.chunk(piece(K), 0.2) == [Keep(K, bytes(K)), BlobAsk(SHA, 3 * K, 1)]
    assert pull.chunk(piece(2 * K), 0.3) == [Keep(2 * K, bytes(K))]
    assert pull.chunk(piece(3 * K, 5), 0.4) == [Keep(3 * K, bytes(5)), Done(SHA)]
    assert pull.next_deadline() is None


def test_it_resumes_at_a_whole_chunk() -> None:
    """A torn last chunk is asked for again; a whole file asks for nothing."""
    assert Pull(SHA, 9 * K).start(2 * K + 100, now=0.0) == [BlobAsk(SHA, 2 * K, 2)]
    assert Pull(SHA, 2 * K + 100).start(2 * K + 100, now=0.0) == [Done(SHA)]


def test_repeats_holes_and_strangers_are_ignored() -> None:
    """Only the next chunk of this blob counts."""
    pull = Pull(SHA, 5 * K)
    pull.start(K, now=0.0)
    assert pull.chunk(piece(0), 0.1) == []
    assert pull.chunk(piece(2 * K), 0.1) == []
    assert pull.chunk(piece(K, sha="cd" * 32), 0.1) == []
    assert pull.have == K


def test_silence_asks_again_later_and_later() -> None:
    """After 5, 10, 20 seconds, at most a minute apart, from the first missing byte."""
    pull = Pull(SHA, 5 * K)
    pull.start(0, now=0.0)
    pull.chunk(piece(0), 1.0)
    assert pull.on_deadline(5.9) == []
    times = []
    for _ in range(6):
        due = pull.next_deadline()
        assert due is not None
        times.append(due)
        assert pull.on_deadline(due) == [BlobAsk(SHA, K, 2)]
    assert times == [6.0, 16.0, 36.0, 76.0, 136.0, 196.0]


@pytest.mark.parametrize("length", [0, K - 1, K + 1])
def test_a_chunk_of_the_wrong_length_ends_the_pull(length: int) -> None:
    """The manifest's size says how long each chunk is."""
    pull = Pull(SHA, 5 * K)
    pull.start(0, now=0.0)
    (step,) = pull.chunk(piece(0, length), 0.1)
    assert isinstance(step, Bad)
    assert pull.chunk(piece(0), 0.2) == []


def test_a_file_longer_than_the_blob_is_bad() -> None:
    """It belongs to something else."""
    (step,) = Pull(SHA, K).start(K + 1, now=0.0)
    assert isinstance(step, Bad)


@given(
    size=st.integers(1, 6 * K),
    fates=st.lists(st.sampled_from(["comes", "lost", "twice", "restart", "late"]), max_size=40),
)
def test_any_line_gives_the_blob_whole(size: int, fates: list[str]) -> None:
    """Whatever the line does, the kept bytes are the blob's, in order, once; then it is done."""
    blob = hashlib.shake_128(b"seed").digest(size)
    pull, kept, now, done = Pull(SHA, size), bytearray(), 0.0, False
    wire = list(pull.start(0, now))
    fate = iter(fates)
    for _ in range(200):
        if done:
            break
        if not wire:
            now = pull.next_deadline() or now
            wire = list(pull.on_deadline(now))
            continue
        step = wire.pop(0)
        if isinstance(step, Done):
            done = True
        elif isinstance(step, Keep):
            assert step.offset == len(kept)
            kept += step.data
        elif isinstance(step, BlobAsk):
            wire += answered(pull, blob, step, next(fate, "comes"), len(kept), now)
    assert done
    assert bytes(kept) == blob


def answered(pull: Pull, blob: bytes, ask: BlobAsk, fate: str, kept: int, now: float) -> list[Step]:
    if fate == "restart" and kept == pull.have:
        return pull.start(kept, now)
    steps: list[Step] = []
    for offset, length in spans(ask, len(blob)):
        chunk = Chunk(SHA, offset, blob[offset : offset + length])
        for _ in range({"comes": 1, "twice": 2}.get(fate, 0)):
            steps += pull.chunk(chunk, now)
    return steps


def test_an_ask_past_the_end_gets_nothing() -> None:
    """Headquarters reads no further than the blob."""
    assert spans(BlobAsk(SHA, 5 * K, 8), 5 * K) == []
    assert spans(BlobAsk(SHA, 4 * K, 8), 5 * K - 1) == [(4 * K, K - 1)]


RAW = b"SQLite format 3\x00" + hashlib.shake_128(b"db").digest(100_000)
PACKED = zstandard.compress(RAW)


def manifest(raw: bytes = RAW, packed: bytes = PACKED, generation: str = "g7") -> Manifest:
    shas = [hashlib.sha256(data).hexdigest() for data in (packed, raw)]
    built = datetime(2026, 3, 2, tzinfo=UTC)
    return Manifest(
        StoreId("S1"), generation, 7, built, shas[0], len(packed), shas[1], len(raw), 1, {}, 0
    )


def gather(blob: BlobFile, data: bytes) -> None:
    for offset in range(0, len(data), K):
        blob.keep(offset, data[offset : offset + K])


def test_a_gathered_blob_becomes_a_versioned_file(tmp_path: Path) -> None:
    """The unpacked bytes stand under the generation's name, and the part is gone."""
    blob = BlobFile(tmp_path, manifest())
    gather(blob, PACKED)
    assert blob.finish() == tmp_path / "offers-g7.db"
    assert (tmp_path / "offers-g7.db").read_bytes() == RAW
    assert [path.name for path in tmp_path.iterdir()] == ["offers-g7.db"]


def test_a_part_is_resumed_at_a_whole_chunk(tmp_path: Path) -> None:
    """After a power cut, whole chunks count and a torn one is cut off."""
    blob = BlobFile(tmp_path, manifest())
    assert blob.have_bytes() == 0
    blob.keep(0, PACKED[:K])
    blob.keep(K, PACKED[K : K + 100])
    again = BlobFile(tmp_path, manifest())
    assert again.have_bytes() == K
    gather(again, PACKED)
    assert again.have_bytes() == len(PACKED)
    assert again.finish().read_bytes() == RAW


@pytest.mark.parametrize(
    ("named", "data", "why"),
    [
        (manifest(), PACKED[:-1] + b"\x00", "pulled bytes"),
        (manifest(packed=b"no frame"), b"no frame", "zstd"),
        (structs.replace(manifest(), raw_size=len(RAW) - 1), PACKED, "unpacks to more"),
        (structs.replace(manifest(), raw_size=len(RAW) + 1), PACKED, "unpacked file"),
        (structs.replace(manifest(), raw_sha256="00" * 32), PACKED, "unpacked file"),
        (manifest(), b"", "nothing was gathered"),
    ],
)
def test_wrong_bytes_leave_nothing_behind(
    tmp_path: Path, named: Manifest, data: bytes, why: str
) -> None:
    """A wrong hash or size deletes the part: the next pull starts whole."""
    blob = BlobFile(tmp_path, named)
    gather(blob, data)
    with pytest.raises(BadBlob) as caught:
        blob.finish()
    assert why in caught.value.why
    assert list(tmp_path.iterdir()) == []


def test_a_bomb_writes_no_more_than_the_manifest_allows(tmp_path: Path) -> None:
    """64 MB in a few bytes stop at the raw size that headquarters signed."""
    bomb = zstandard.compress(bytes(64 * 1024 * 1024))
    blob = BlobFile(tmp_path, manifest(raw=b"tiny", packed=bomb))
    gather(blob, bomb)
    with pytest.raises(BadBlob, match="more than 4 bytes"):
        blob.finish()


@pytest.mark.parametrize("generation", ["", "../etc/passwd", ".hidden", "a/b", "x" * 65, "a\n"])
def test_a_generation_never_becomes_a_path(tmp_path: Path, generation: str) -> None:
    """The name comes from outside, even if it is signed."""
    with pytest.raises(BadBlob, match="file name"):
        BlobFile(tmp_path, manifest(generation=generation))
