"""Headquarters' store in PostgreSQL: the same tables by URL, for collectors on several machines.

Transactions are SERIALIZABLE, so that what holds of the file, one change after another, holds here.
Collectors change it side by side: each takes the locks of the stores that its rows are from, and one
that met another all the same is done anew, alone. Every other change is made alone at once. The locks
are PostgreSQL's advisory ones and end with the connection, so that a killed collector holds nobody up.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from ground.complaints import Complaint
from hq.postgres_schema import FUNCTIONS, MIGRATIONS, of_query, of_schema
from hq.schema import STEPS, statements
from hq.statements import Found, StoreAway, Values
from hq.store import BUSY_MS, HqStore, shown
from offers.model import StoreId

try:
    import psycopg
    from psycopg import errors
    from psycopg.types.numeric import NumericLoader
except ImportError:
    raise Complaint(
        "a PostgreSQL URL needs psycopg, which is not installed", "pip install 'tillside[hq]'"
    ) from None

T = TypeVar("T")
CONNECT_S = 5
SETTINGS = {  # seconds, but for the waits: a collector's machine that is gone gives its locks back
    "lock_timeout": BUSY_MS,
    "tcp_keepalives_idle": 20,
    "tcp_keepalives_interval": 5,
    "tcp_keepalives_count": 3,
}
ALL = (
    7_455_000_000  # our own number among the database's advisory locks; a store's is its CRC above
)
_AWAY = (
    errors.AdminShutdown,
    errors.CrashShutdown,
    errors.CannotConnectNow,
    errors.TooManyConnections,
    errors.LockNotAvailable,
    errors.DiskFull,
    errors.IdleInTransactionSessionTimeout,
)
_MET = (errors.SerializationFailure, errors.DeadlockDetected, errors.UniqueViolation)
_BEGIN = "BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE"
# a scan of a whole small table would meet everybody who writes to it
_BEGIN_BESIDE = f"{_BEGIN}; SET LOCAL enable_seqscan = off"


class Met(Exception):  # noqa: N818 - no fault: it is done again
    """Another transaction came in between."""


class Connection:
    """`hq.statements.Statements` over one connection; it is made anew where it broke."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._within = False
        self._conn = _connected(url)

    def execute(self, sql: str, values: Values = (), /) -> Found:
        """Run one statement."""
        with self._told():
            return self._ready().execute(_query(sql), _plain(values))

    def executemany(self, sql: str, rows: Iterable[Any], /) -> None:
        """Run one statement for each row of values."""
        with self._told():
            self._ready().cursor().executemany(_query(sql), [_plain(row) for row in rows])

    def plain(self, sql: str) -> Found:
        """Run what is written for PostgreSQL."""
        with self._told():
            return self._ready().execute(sql.encode())

    @contextmanager
    def piece(self, locks: str, begin: str = _BEGIN) -> Iterator[None]:
        """Hold locks around one transaction; what broke on the way is undone by PostgreSQL itself."""
        self._ready()
        self._within = True  # from here on a connection that broke is an end, and not made anew
        try:
            self.plain(locks)
            self.plain(begin)
            yield
            self.plain("COMMIT")
        except BaseException:
            with suppress(psycopg.Error):
                self._conn.execute("ROLLBACK")
            raise
        finally:
            self._within = False
            with suppress(psycopg.Error):
                self._conn.execute("SELECT pg_advisory_unlock_all()")

    def close(self) -> None:
        """Close the connection."""
        self._conn.close()

    def _ready(self) -> psycopg.Connection[Any]:
        if self._conn.closed and not self._within:
            self._conn = _connected(self._url)
        return self._conn

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except _MET as error:
            raise Met(str(error)) from error
        except _AWAY as error:
            raise _away(error) from error
        except errors.InsufficientPrivilege as error:
            raise _no_rights(error) from error
        except psycopg.Error as error:
            if self._conn.closed:
                raise _away(error) from error
            raise


class PostgresStore(HqStore):
    """The store, where `conn` is a connection to PostgreSQL."""

    def __init__(self, conn: Connection, blobs: Path) -> None:
        super().__init__(conn, blobs)
        self._own = conn

    @contextmanager
    def change(self) -> Iterator[None]:
        """Do everything inside in one transaction, or nothing of it; nobody else changes anything."""
        with self._own.piece(f"SELECT pg_advisory_lock({ALL})"):
            yield

    def beside(self, stores: Iterable[StoreId], work: Callable[[], T]) -> T:
        """Do a piece of work beside others' that are about other stores; alone where it met one."""
        keys = ", ".join(f"pg_advisory_lock({number})" for number in sorted(map(_number, stores)))
        locks = f"SELECT pg_advisory_lock_shared({ALL}){keys and ', ' + keys}"
        try:
            with self._own.piece(locks, _BEGIN_BESIDE):
                return work()
        except Met:
            with self.change():
                return work()

    def data_version(self) -> object:
        """Give a value that is another one when anybody committed something."""
        return self._own.plain("SELECT pg_current_snapshot()::text").fetchone()[0]

    def shrink(self) -> None:
        """Write the tables anew without what was deleted, and what PostgreSQL counted of it first."""
        self._own.plain("ANALYZE")
        self._own.plain("VACUUM FULL")

    def close(self) -> None:
        """Close the connection."""
        self._own.close()


def open_postgres(url: str, make: bool = False) -> PostgresStore:
    """Open the store of a URL; only with `make` its tables are made, or brought up to date.

    Raises:
        Complaint: it cannot be had, it is not ours, or its tables are of another version.
    """
    conn = Connection(url)
    try:
        if make:
            _make(conn)
        _check(conn, url)
    except BaseException:
        conn.close()
        raise
    blobs = Path("hq.blobs")
    blobs.mkdir(exist_ok=True)
    return PostgresStore(conn, blobs)


def _make(conn: Connection) -> None:
    with conn.piece(f"SELECT pg_advisory_lock({ALL})"):
        conn.plain(MIGRATIONS)
        for function in FUNCTIONS:
            conn.plain(function)
        done = {name for (name,) in conn.plain("SELECT name FROM tillside_migrations")}
        for name, script in STEPS:
            if name not in done:
                for statement in statements(script):
                    conn.plain(of_schema(statement))
                conn.execute("INSERT INTO tillside_migrations(name) VALUES (?)", (name,))


def _check(conn: Connection, url: str) -> None:
    """See that the tables are those of this version, and that a commit is one."""
    names = conn.plain("SELECT to_regclass('tillside_migrations') IS NOT NULL").fetchone()
    init = f"tillside-hq init --db {shown(url)}"
    if not names[0]:
        raise Complaint(f"{shown(url)} has no tables of tillside", f"make them: {init}")
    done = {name for (name,) in conn.plain("SELECT name FROM tillside_migrations")}
    known = {name for name, _ in STEPS}
    if done - known:
        what = f"{shown(url)} has tables of a newer tillside ({', '.join(sorted(done - known))})"
        raise Complaint(what, "install that version here")
    if known - done:
        what = f"{shown(url)} has tables of an older tillside"
        raise Complaint(what, f"stop what runs on it, and bring them up to date: {init}")
    for name in ("fsync", "full_page_writes"):
        if conn.plain(f"SHOW {name}").fetchone()[0] != "on":
            what = f"{shown(url)}: its setting {name} is off, so that a power cut loses what it committed"
            raise Complaint(what, f"set {name} = on in postgresql.conf")


def _connected(url: str) -> psycopg.Connection[Any]:
    try:
        conn = psycopg.connect(url, autocommit=True, connect_timeout=CONNECT_S)
    except psycopg.ProgrammingError as error:
        do = "write it as postgresql://USER@HOST:PORT/DATABASE"
        raise Complaint(f"this is no PostgreSQL URL: {error}", do) from None
    except psycopg.OperationalError as error:
        raise _unreached(url, error) from None
    conn.adapters.register_loader("numeric", _Number)
    for name, value in SETTINGS.items():
        conn.execute(f"SET {name} = {value}".encode())
    if conn.execute("SHOW synchronous_commit").fetchone() == ("off",):
        conn.execute("SET synchronous_commit = on")  # an acknowledgement follows each commit
    return conn


class _Number(NumericLoader):
    """Sums are whole numbers, and means are floats, as SQLite gives them."""

    def load(self, data: Any) -> Any:
        value = super().load(data)
        return int(value) if value.as_tuple().exponent == 0 else float(value)


@lru_cache(500)
def _query(sql: str) -> bytes:
    return of_query(sql).encode()


def _plain(values: Values) -> Any:
    """Write truth as 1 and 0, and take NULs out of texts, which PostgreSQL cannot keep."""
    if isinstance(values, Mapping):
        return {name: _clean(value) for name, value in values.items()}
    return [_clean(value) for value in values]


def _clean(value: Any) -> Any:
    if isinstance(value, bool):
        return int(value)
    return value.replace("\0", "\ufffd") if isinstance(value, str) and "\0" in value else value


def _number(store: StoreId) -> int:
    return ALL + 1 + zlib.crc32(store.encode())


def _unreached(url: str, error: psycopg.Error) -> Complaint:
    words = " ".join(str(error).split()) or "no answer"
    what = f"{shown(url)}: {words}"
    if "authentication failed" in words or "no password supplied" in words:
        return Complaint(what, "correct user and password in the URL, or keep them in ~/.pgpass")
    if "does not exist" in words and ("database" in words or "role" in words):
        return Complaint(what, "make it: createuser and createdb, as docs/hq.md says")
    if "permission denied" in words:
        return Complaint(what, "let this role connect: GRANT CONNECT ON DATABASE ... TO ...")
    return StoreAway(what, "start PostgreSQL there, or correct host and port in the URL")


def _away(error: psycopg.Error) -> StoreAway:
    words = str(error).strip().splitlines()
    return StoreAway(f"PostgreSQL: {words[0] if words else 'the connection is gone'}", "try again")


def _no_rights(error: psycopg.Error) -> Complaint:
    do = "let the role own the tables: run tillside-hq init as the role that serves"
    return Complaint(f"PostgreSQL: {str(error).splitlines()[0]}", do)
