"""Headquarters on PostgreSQL: collectors side by side, a server that dies under them, and what is said."""

import builtins
import sys
import threading
from datetime import timedelta
from urllib.parse import quote

import pytest

from ground.complaints import Complaint
from hq import cli
from hq.desk import open_desk
from hq.inbox import Inbox
from hq.keys import make_keys
from hq.ledger import HqLedger
from hq.postgres import Met
from hq.statements import StoreAway
from hq.store import open_store, shown
from offers.records import ClaimId, Noted
from sync.arbiter import Arbiter
from sync.messages import Ack, Claim
from sync.payload import pack
from sync.topics import up
from tests.brokers import start_mosquitto
from tests.hq.conftest import NOON
from tests.hq.test_collect import collected, process
from tests.hq.test_serve import Listener
from tests.postgres import Postgres, programs

TOPIC = up("s001", "1", "rows")


@pytest.fixture
def away(tmp_path, monkeypatch):
    """Generations are files: a folder for them."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def own(away):
    """A server of this test alone, to be killed."""
    if (found := programs()) is None:
        pytest.skip("there is no PostgreSQL here: apt-get install postgresql")
    server = Postgres(found).start()
    server.run("CREATE DATABASE hq")
    yield server
    server.clear()


class Hq:
    """`tillside-hq` on a database; the words that every command takes."""

    def __init__(self, url, folder, shop) -> None:
        self.url, self.keys = url, folder / "hq-keys"
        self.where = ["--db", url, "--keys", str(self.keys)]
        assert cli.main(["init", *self.where]) == 0
        assert cli.main(["apply", str(shop), *self.where]) == 0

    def seqs(self) -> list[int]:
        store = open_store(self.url)
        found = [seq for (seq,) in store.conn.execute("SELECT seq FROM rows ORDER BY seq")]
        store.close()
        return found


async def test_collectors_share_the_rows_and_survive_the_servers_death(
    own, tmp_path, shop_dir, lane1
) -> None:
    """Killed twice under load: every acknowledged row is there, and nobody is started anew."""
    hq = Hq(own.url("hq"), tmp_path, shop_dir)
    for number in range(300):
        lane1.write(Noted("n", str(number)))
    broker, logs = start_mosquitto(tmp_path), []
    try:
        async with (
            Listener(broker.port, hq.keys).running() as lane,
            process(hq, broker, "serve", logs),
            process(hq, broker, "collect", logs),
            process(hq, broker, "collect", logs),
        ):
            for start in (1, 101, 201):
                for seq in range(start, start + 100):
                    lane.link.publish(pack(TOPIC, lane1.message(seq)))
                heard = await told(lane, start + 10)
                if start > 1:
                    own.end(kill=True)
                    own.start()
                    assert hq.seqs()[: start + 10] == list(range(1, start + 11))
                if heard < start + 99:
                    await told(lane, start + 99)
    finally:
        broker.stop()
    assert hq.seqs() == list(range(1, 301))
    shares = [collected(log) for log in logs]
    assert min(shares) >= 20
    assert sum("the store is away" in log for log in logs) >= 1
    assert "Traceback" not in "".join(logs)


async def told(lane: Listener, least: int) -> int:
    """Wait until so many rows are acknowledged; says how many are."""
    while (ack := await lane.next(Ack)).upto < least:
        pass
    return ack.upto


async def test_a_backend_that_is_killed_costs_nothing(postgres_url, postgres, away, lane1) -> None:
    """The connection is made anew; what was under way is told as undone, and done again."""
    store = open_store(postgres_url)
    lane1.write(Noted("n", "1"))

    def killed() -> None:
        with store.change():
            Inbox(store).rows("s001", "1", lane1.message(1), NOON)
            kill_the_others(postgres)

    with pytest.raises(StoreAway):
        killed()
    with store.change():
        assert Inbox(store).rows("s001", "1", lane1.message(1), NOON).upto == 1
    store.close()


def kill_the_others(postgres) -> None:
    postgres.run(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'tillside'"
        " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
    )


def test_one_row_from_four_collectors_at_once_is_one_row(
    postgres_url, away, tmp_path, lane1
) -> None:
    """Each hears that it is kept; the row, its delta and its count are there once."""
    make_keys(tmp_path / "keys", NOON)
    packets = [pack(TOPIC, lane1.message(lane1.write(Noted("n", str(n))).seq)) for n in range(20)]
    ready, heard = threading.Barrier(4), []

    def collect() -> None:
        store = open_store(postgres_url)
        desk = open_desk(store, tmp_path / "keys")
        ready.wait(20)
        for packet in packets:
            heard.append(len(desk.answer_rows([packet], NOON)))
        store.close()

    together(collect)
    assert heard == [1] * 80
    store = open_store(postgres_url)
    assert store.conn.execute("SELECT count(*), max(seq) FROM rows").fetchone() == (20, 20)
    assert store.conn.execute("SELECT upto FROM cursors").fetchall() == [(20,)]
    store.close()


def together(work, times: int = 4) -> None:
    threads = [threading.Thread(target=work) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)


def test_one_serial_is_granted_once_to_lanes_of_several_stores(postgres_url, away) -> None:
    """Claims of different stores take different locks: what both would change, one changes first."""
    answers, ready = [], threading.Barrier(4)
    names = iter("abcd")

    def claim() -> None:
        store, name = open_store(postgres_url), next(names)
        ready.wait(20)
        for number in range(10):
            asked = Claim(ClaimId(name * 16, number), f"{number:012}", "9", "o", "u", NOON)
            done = store.beside(
                [f"store-{name}"],
                lambda asked=asked: Arbiter(HqLedger(store.conn)).on_claim(asked, name, NOON),
            )
            answers.append((number, done.answer))
        store.close()

    together(claim)
    assert sorted(answers).count((3, "grant")) == 1
    assert [answers.count((number, "grant")) for number in range(10)] == [1] * 10
    assert len(answers) == 40


def test_work_that_met_another_is_done_anew_alone(postgres_url, away) -> None:
    """Two read what the other writes: one of them is told, and its second try sees the first's."""
    one, two = open_store(postgres_url), open_store(postgres_url)
    tries = []

    def meet() -> int:
        (count,) = one.conn.execute("SELECT count(*) FROM bad_packets").fetchone()
        if not tries:
            tries.append(count)
            two.beside(["b"], lambda: add(two))
        add(one)
        return int(count)

    def add(store) -> None:
        (count,) = store.conn.execute("SELECT count(*) FROM bad_packets").fetchone()
        Inbox(store).bad_packet(str(count), b"", "why", NOON)

    assert one.beside(["a"], meet) == 1
    assert tries == [0]
    topics = one.conn.execute("SELECT topic FROM bad_packets ORDER BY id").fetchall()
    assert topics == [("0",), ("1",)]
    one.close()
    two.close()


def test_a_failure_of_the_second_try_is_told(postgres_url, away) -> None:
    """Alone nothing can come in between: what still fails is a fault, and no third try is made."""
    store, tries = open_store(postgres_url), []

    def fail() -> None:
        tries.append(1)
        raise Met("again")

    with pytest.raises(Met):
        store.beside(["a"], fail)
    assert len(tries) == 2
    store.close()


def test_what_postgresql_cannot_hold_stops_no_row(postgres_url, away, lane1) -> None:
    """A NUL in a text, a number of 30 digits in a sum: kept, acknowledged, and the lists are made."""
    store = open_store(postgres_url)
    inbox = Inbox(store)
    lane1.write(Noted("n\0", "a\0b \\u0000"), shopper="s\0")
    with store.change():
        assert inbox.rows("s001", "1", lane1.everything(), NOON).upto == 1
        inbox.bad_packet("t\0", b"\0", "\0", NOON)
    find = "SELECT json_extract(body, '$.detail') FROM rows"
    assert store.conn.execute(find).fetchone() == ("a\ufffdb \\u0000",)
    read = "SELECT CAST(json_extract(body, '$.n') AS INTEGER) FROM (SELECT ? AS body) AS t"
    for body, number in (('{"n":12}', 12), ('{"n":true}', 1), (f'{{"n":{10**30}}}', None)):
        assert store.conn.execute(read, (body,)).fetchone() == (number,)
    assert store.conn.execute(read, ("no json",)).fetchone() == (None,)
    store.close()


@pytest.mark.parametrize(
    ("url", "what", "do"),
    [
        ("postgresql://u:secret@{host}/nowhere", "does not exist", "createdb"),
        ("postgresql://u@/x?host=/nonexistent", "No such file", "start PostgreSQL there"),
        ("postgresql://tillside@{host}/x?colour=red", "no PostgreSQL URL", "USER@HOST:PORT"),
        ("postgresql://tillside@{host}/postgres", "no tables of tillside", "tillside-hq init --db"),
    ],
)
def test_what_cannot_be_opened_says_what_to_do(postgres, away, capsys, url, what, do) -> None:
    """Two lines on every command, with no password in them."""
    host = quote(str(postgres.folder), safe="")
    assert cli.main(["lanes", "--db", url.format(host=host)]) == 1
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 2
    assert what in said[0]
    assert do in said[1]
    assert "secret" not in "".join(said)


def test_without_the_extra_the_command_to_install_it_is_told(monkeypatch, capsys) -> None:
    """psycopg is no part of a plain installation."""
    real = builtins.__import__

    def without(name, *rest, **named):
        if name.startswith("psycopg"):
            raise ImportError(name)
        return real(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    monkeypatch.delitem(sys.modules, "hq.postgres")
    assert cli.main(["lanes", "--db", "postgresql://u@h/d"]) == 1
    assert "pip install 'tillside[hq]'" in capsys.readouterr().err


def test_tables_of_another_version_are_refused(postgres_url, away, capsys) -> None:
    """Older ones wait for `init`, which brings them up; newer ones for a newer program."""
    store = open_store(postgres_url)
    store.conn.execute("DELETE FROM tillside_migrations WHERE name = 'erasures'")
    store.conn.execute("DROP TABLE tombstones, tombstone_rev")
    store.conn.execute("ALTER TABLE announced DROP COLUMN erased_rev")
    with pytest.raises(Complaint, match="older tillside"):
        open_store(postgres_url)
    again = open_store(postgres_url, make=True)
    assert again.conn.execute("SELECT count(*) FROM tombstones").fetchone() == (0,)
    again.conn.execute("INSERT INTO tillside_migrations(name) VALUES ('of_the_future')")
    with pytest.raises(Complaint, match=r"newer tillside \(of_the_future"):
        open_store(postgres_url)
    store.close()
    again.close()


def test_a_role_without_rights_is_told_whose_they_are(postgres, postgres_url, away) -> None:
    """It may connect, and may not read: the words of PostgreSQL, and what to do."""
    name = postgres_url.partition("@/")[2].partition("?")[0]
    postgres.run("DROP ROLE IF EXISTS guest")
    postgres.run("CREATE ROLE guest LOGIN")
    with pytest.raises(Complaint) as told:
        open_store(postgres.url(name, "guest"))
    assert "permission denied" in told.value.what
    assert "tillside-hq init" in told.value.do


def test_a_url_is_shown_without_its_password() -> None:
    """A file's name is shown as it is."""
    assert shown("postgresql://me:p@ss@host:5/db?x=1") == "postgresql://me@host:5/db?x=1"
    assert shown("postgresql://host/db") == "postgresql://host/db"
    assert shown("/srv/hq.db") == "/srv/hq.db"


def test_another_process_sees_a_commit(postgres_url, away) -> None:
    """`serve` looks for this every tenth of a second, also while a long change is under way."""
    one, two = open_store(postgres_url), open_store(postgres_url)
    before = one.data_version()
    assert one.data_version() == before
    with two.change():
        Inbox(two).bad_packet("t", b"", "why", NOON + timedelta(1))
        during = one.data_version()
    assert one.data_version() not in (before, during)
    one.close()
    two.close()
