"""The file of baskets: what is written is read back, and anything else is refused."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import zstandard
from hypothesis import given, settings, strategies as st

from cache.replay_file import (
    FORMAT,
    ReplayBasket,
    ReplayHeader,
    ReplayLine,
    ReplayRedemption,
    read_baskets,
    read_header,
    write_replay,
)
from ground.complaints import Complaint

NINE = datetime(2017, 1, 1, 9, tzinfo=UTC)
USED = ReplayRedemption("0" * 32, "9900000000003", "o", date(2017, 1, 1))


def header(baskets: int, form: int = FORMAT) -> ReplayHeader:
    return ReplayHeader(form, "test", "USD", "g.db", baskets, 0, (USED,))


def basket(number: int) -> ReplayBasket:
    lines = (ReplayLine("00000000000017", 2, 398), ReplayLine("00000000000024", 1, 155, 1200))
    return ReplayBasket(str(number), "0" * 32, "7", NINE + timedelta(minutes=number), lines, (0,))


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 300))
def test_what_is_written_is_read_back(tmp_path_factory, count: int) -> None:
    """Header and baskets, in order, for files of any length."""
    file = tmp_path_factory.mktemp("r") / "b.zst"
    written = [basket(number) for number in range(count)]
    write_replay(file, header(count), iter(written))
    assert read_header(file) == header(count)
    assert list(read_baskets(file)) == written


def test_a_failure_while_writing_leaves_no_file(tmp_path: Path) -> None:
    """Half a year under the final name would be played as a whole one."""

    def baskets():
        yield basket(1)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_replay(tmp_path / "b.zst", header(2), baskets())
    assert not (tmp_path / "b.zst").exists()


@pytest.mark.parametrize("keep", [0, 5, 60, 0.5, 0.9])
def test_a_file_cut_short_is_refused(tmp_path: Path, keep) -> None:
    """Wherever it ends, the reader does not take it for the whole."""
    file = tmp_path / "b.zst"
    write_replay(file, header(2000), map(basket, range(2000)))
    data = file.read_bytes()
    file.write_bytes(data[: keep if isinstance(keep, int) else int(len(data) * keep)])
    with pytest.raises(Complaint, match="no file of baskets"):
        list(read_baskets(file))


def test_other_files_are_refused(tmp_path: Path) -> None:
    """Text, another format, a record that claims 4 GB, a missing basket."""
    file = tmp_path / "b.zst"
    file.write_bytes(b"hello, this is text and no zstd frame")
    with pytest.raises(Complaint, match="no file of baskets"):
        read_header(file)
    write_replay(file, header(0, FORMAT + 1), ())
    with pytest.raises(Complaint, match="format 2"):
        read_header(file)
    file.write_bytes(zstandard.compress(b"\xff\xff\xff\xff" + b"x" * 100))
    with pytest.raises(Complaint, match="too long"):
        read_header(file)
    write_replay(file, header(2), [basket(1)])
    with pytest.raises(Complaint, match="1 baskets of 2"):
        list(read_baskets(file))
