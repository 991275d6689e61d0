"""A shop of our own in each test, copied from the examples; a file of headquarters; lanes' rows."""

import hashlib
import secrets
import shutil
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import pytest

from hq.lint import lint
from hq.lint_facts import Fault
from hq.plan import make_plan
from hq.publish import apply
from hq.shop_files import read_shop
from hq.store import open_store
from offers.records import Row
from sync.messages import Rows
from tests.postgres import Postgres, programs

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SECRET = b"s" * 32
EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture
def shop_dir(tmp_path: Path) -> Path:
    """A copy of the example shop that a test may spoil."""
    return Path(shutil.copytree(EXAMPLES / "shop", tmp_path / "shop"))


@pytest.fixture
def spoil(shop_dir: Path):
    """Give a function that replaces words in one file of the shop, once and only if they are there."""

    def change(name: str, old: str, new: str) -> None:
        path = shop_dir / name
        text = path.read_text()
        assert old in text, f"{old!r} is not in {name}"
        path.write_text(text.replace(old, new, 1))

    return change


@pytest.fixture
def fault_of(shop_dir: Path, spoil):
    """Give a function that spoils a file and finds the one fault of that, on the spoilt line."""

    def find(file: str, old: str, new: str, place: str, words: str, after: int = 0) -> Fault:
        before = (shop_dir / file).read_text().partition(old)[0].count("\n")
        key = place.rpartition(" ")[2]
        spoilt = [line.lstrip("[{ ").startswith(key) for line in new.splitlines()]
        spoil(file, old, new)
        faults = lint(read_shop(shop_dir))
        (fault,) = [f for f in faults if (f.file, f.place) == (file, place) and words in f.what]
        assert fault.line == before + 1 + after + (spoilt.index(True) if True in spoilt else 0)
        assert fault.words().startswith(f"{file}:{fault.line} {place}: ")
        assert fault.do
        return fault

    return find


@pytest.fixture(params=["sqlite", "postgres"])
def where(request, tmp_path: Path, monkeypatch) -> Path | str:
    """A new store of headquarters, by name: a file, and a database of a real PostgreSQL."""
    if request.param == "sqlite":
        return tmp_path / "hq.db"
    monkeypatch.chdir(tmp_path)  # generations are files, also beside a database
    return request.getfixturevalue("postgres_url")


@pytest.fixture
def store(where: Path | str):
    """An empty store of headquarters."""
    opened = open_store(where, make=True)
    yield opened
    opened.close()


@pytest.fixture
def disk(request, where: Path | str, tmp_path: Path):
    """Give a function that reads every byte that the store's tables have on the disk."""
    if where == tmp_path / "hq.db":
        return where.read_bytes
    server = request.getfixturevalue("postgres")
    return lambda: server.files_of(urlsplit(where).path[1:])


@pytest.fixture(scope="session")
def postgres():
    """Debian's PostgreSQL, for all tests of this run."""
    if (found := programs()) is None:
        pytest.skip("there is no PostgreSQL here: apt-get install postgresql")
    server = Postgres(found).start()
    server.run("CREATE DATABASE empty")
    open_store(server.url("empty"), make=True).close()
    yield server
    server.clear()


@pytest.fixture
def postgres_url(postgres: Postgres) -> str:
    """A database with headquarters' tables, and nothing in them."""
    name = f"hq_{secrets.token_hex(6)}"
    postgres.run(f"CREATE DATABASE {name} TEMPLATE empty")
    return postgres.url(name)


@pytest.fixture
def publish(store, shop_dir: Path):
    """Give a function that applies the shop as its files are now; it returns the manifests."""

    def run(now: datetime = NOON):
        return apply(store, make_plan(read_shop(shop_dir), store, SECRET), now)

    return run


@pytest.fixture
def lane1() -> "LaneJournal":
    """Rows of lane 1, chained."""
    return LaneJournal("a" * 16)


@pytest.fixture
def lane2() -> "LaneJournal":
    """Rows of lane 2, chained."""
    return LaneJournal("b" * 16)


class LaneJournal:
    """Writes rows as a lane does, hashed by the words of docs/wire.md with no code of ours."""

    def __init__(self, epoch: str) -> None:
        self.epoch = epoch
        self.rows: list[Row] = []
        self._prev = hashlib.sha256(epoch.encode()).digest()

    def write(self, record, at: datetime = NOON, shopper: str | None = None) -> Row:
        body = msgspec.json.encode(record)
        seq = len(self.rows) + 1
        kind = record.__struct_config__.tag
        when = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f+00:00")
        digest = hashlib.sha256()
        for part in (self._prev, seq.to_bytes(8, "big"), kind.encode(), when.encode(), body):
            digest.update(len(part).to_bytes(4, "big") + part)
        row = Row(seq, kind, at, msgspec.Raw(body), self._prev.hex(), digest.hexdigest(), shopper)
        self._prev = digest.digest()
        self.rows.append(row)
        return row

    def message(self, *seqs: int) -> Rows:
        return Rows(self.epoch, tuple(self.rows[seq - 1] for seq in seqs))

    def everything(self) -> Rows:
        return Rows(self.epoch, tuple(self.rows))
