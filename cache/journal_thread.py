"""The journal's only writer: one thread that takes what waits, commits once, and answers all of it."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, NamedTuple, TypeVar

from cache.errors import JournalFull, JournalUnwritable
from cache.housekeeping import make_ballast, settle, top_up
from cache.journal_store import JournalStore

GROUP_MAX = 256  # jobs in one commit; more than lanes ever have in flight
CHECKPOINT_COMMITS = 512  # a checkpoint syncs three times: 1.006 syncs a commit
IDLE_S = 20.0  # without a call: what is in the WAL goes into the file, a crash then reads less
LATEST_COMMITS = 8 * CHECKPOINT_COMMITS  # even where the queue is never empty
SICK = (  # the disk's own failures, and what it gave back that cannot be read
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_CORRUPT,
)

T = TypeVar("T")
R = TypeVar("R")


class Job(NamedTuple):
    """Work for the thread, what the loop does with its value after the commit, and who waits."""

    work: Callable[[JournalStore], Any]
    then: Callable[[Any], Any]
    future: asyncio.Future[Any]


class Outcome(NamedTuple):
    """How a job ended."""

    job: Job
    value: Any
    error: Exception | None


class JournalThread:
    """Owns the connection from start to stop."""

    def __init__(self, path: Path, store: JournalStore, spare_pages: int) -> None:
        self.truncate_due = False  # after an erasure: nothing of it may stay in the WAL
        self._path = path
        self._ballast = path.with_name(path.name + ".ballast")
        self._store = store
        self._spare_pages = spare_pages
        self._commits = 0
        self._queue: SimpleQueue[Job | None] = SimpleQueue()
        self._loop = asyncio.get_running_loop()
        self._ended = self._loop.create_future()
        self._stopped = False
        self._thread = Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    def ask(self, work: Callable[[JournalStore], T], then: Callable[[T], R]) -> asyncio.Future[R]:
        """Have work done in the next commit.

        Args:
            work: runs in the thread, inside the transaction.
            then: runs on the loop after the commit, in the order of commits, even where nobody
                waits any more; its value is the answer.

        Raises:
            RuntimeError: the journal is closed.
        """
        if self._stopped:
            raise RuntimeError("the journal is closed")
        future: asyncio.Future[R] = self._loop.create_future()
        self._queue.put(Job(work, then, future))
        return future

    async def stop(self) -> None:
        """Finish what waits, then checkpoint and close."""
        if not self._stopped:
            self._stopped = True
            self._queue.put(None)
        await asyncio.shield(self._ended)
        self._thread.join()

    # In the thread.

    def _run(self) -> None:
        going_on = True
        while going_on:
            batch, going_on = self._take()
            if batch:
                outcomes = self._settle(batch)
                self._truncate_if_due()
                self._tell(self._resolve, outcomes)
                self._checkpoint_if_due()
        with suppress(sqlite3.Error):  # what is committed is safe without it
            self._store.db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        self._store.db.close()
        self._tell(self._ended.set_result, None)

    def _take(self) -> tuple[list[Job], bool]:
        batch: list[Job] = []
        while len(batch) < GROUP_MAX:
            if batch and self._queue.empty():
                break
            try:
                job = self._queue.get(timeout=IDLE_S if self._commits and not batch else None)
            except Empty:
                self._checkpoint()
                continue
            if job is None:
                return batch, False
            batch.append(job)
        return batch, True

    def _settle(self, batch: list[Job]) -> list[Outcome]:
        """Commit the batch at once, or, where one job spoils it, each job by itself."""
        try:
            return self._commit_with_room(batch)
        except Exception as error:  # noqa: BLE001 - every failure belongs to the one who waits
            sick = is_sqlite(error, *SICK)
            if len(batch) > 1 and not sick:
                return [outcome for job in batch for outcome in self._settle([job])]
            if sick:
                self._write_over()
            told = self._told(error)
            return [Outcome(job, None, told) for job in batch]

    def _told(self, error: Exception) -> Exception:
        if is_sqlite(error, sqlite3.SQLITE_FULL):
            return JournalFull(self._path)
        return JournalUnwritable(self._path, str(error)) if is_sqlite(error, *SICK) else error

    def _write_over(self) -> None:
        """Take the place in the log of a commit that was refused because its sync failed.

        Its pages may be on the disk all the same. SQLite has forgotten them, but a restart would
        find them whole; the next commit is written where they stand, and its own sync is believed.
        """
        with suppress(sqlite3.Error):  # the disk is still ill: then the next call takes the place
            self._commit([Job(_mark, _nothing, self._ended)])

    def _commit_with_room(self, batch: list[Job]) -> list[Outcome]:
        for make_room in (self._reuse_wal, self._drop_ballast):
            try:
                return self._commit(batch)
            except sqlite3.OperationalError as error:
                if not is_sqlite(error, sqlite3.SQLITE_FULL):
                    raise
                make_room()
        return self._commit(batch)

    def _commit(self, batch: list[Job]) -> list[Outcome]:
        store = self._store
        db, head = store.db, store.head
        db.execute("BEGIN IMMEDIATE")
        try:
            outcomes = [Outcome(job, job.work(store), None) for job in batch]
            db.execute("COMMIT")
        except BaseException:
            store.head = head
            if db.in_transaction:  # on some errors SQLite has rolled back by itself
                db.execute("ROLLBACK")
            raise
        self._commits += 1
        return outcomes

    def _reuse_wal(self) -> None:
        with suppress(sqlite3.Error):
            self._store.db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    def _drop_ballast(self) -> None:
        with suppress(OSError):
            self._ballast.unlink(missing_ok=True)

    def _truncate_if_due(self) -> None:
        if self.truncate_due:
            with suppress(sqlite3.Error):  # a reader holds it: after the next commit, then
                db = self._store.db
                (busy, *_) = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
                self.truncate_due = bool(busy)
                db.execute("PRAGMA secure_delete = fast")

    def _checkpoint_if_due(self) -> None:
        due = self._commits >= CHECKPOINT_COMMITS and self._queue.empty()
        if due or self._commits >= LATEST_COMMITS:
            self._checkpoint()

    def _checkpoint(self) -> None:
        """Fold the WAL into the file; it keeps its size, which is room on a full disk."""
        with suppress(sqlite3.Error, OSError):  # no room for a reserve: it is there for that
            self._commit([Job(settle, _nothing, self._ended)])
            self._reuse_wal()
            top_up(self._store.db, self._spare_pages)
            make_ballast(self._ballast)
        self._commits = 0

    def _tell(self, callback: Callable[[Any], Any], value: Any) -> None:
        with suppress(RuntimeError):  # the loop has ended without a close: nobody waits
            self._loop.call_soon_threadsafe(callback, value)

    # On the loop.

    def _resolve(self, outcomes: list[Outcome]) -> None:
        for job, value, error in outcomes:
            if error is None:
                try:
                    answer = job.then(value)
                except Exception as bug:  # noqa: BLE001 - it is told to the one who waits
                    error = bug
                else:
                    if not job.future.done():
                        job.future.set_result(answer)
            if error is not None and not job.future.done():
                job.future.set_exception(error)


def is_sqlite(error: Exception, *codes: int) -> bool:
    """Tell whether an error is SQLite's with one of these primary result codes."""
    return (
        isinstance(error, sqlite3.Error) and getattr(error, "sqlite_errorcode", 0) & 0xFF in codes
    )


def _mark(store: JournalStore) -> None:
    """Write something that changes nothing."""
    store.set_meta("refused_after", str(store.head.seq))


def _nothing(value: object) -> None:
    """Do nothing with a value."""
