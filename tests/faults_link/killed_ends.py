"""Starts the two ends with a broker, has one of the three killed, and counts what headquarters has."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import tempfile
import threading
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from hq.keys import make_keys
from hq.store import open_store
from tests.brokers import Broker, start_mosquitto
from tests.faults_disk.crash_images import MEMORY
from tests.faults_disk.shim import ROOT, environment
from tests.lane_shop import NOON

BROKER_EVERY_S = 0.5


class Found(NamedTuple):
    """How often one was killed, what was answered, and what headquarters has of it."""

    killed: int
    rows: int
    lost: int
    strange: int  # rows that the lane does not have so


def live(shim: Path, fault: str, who: str, first: int, many: int, brokers: int = 0) -> Found:
    """Let one end be killed so many times, or the broker, which forgets everything each time."""
    with tempfile.TemporaryDirectory(dir=MEMORY) as name:
        folder = Path(name)
        (folder / "lane").mkdir()
        make_keys(folder / "hq-keys", NOON)
        store = open_store(folder / "hq.db", make=True)
        with store.change():
            facts = ("s001", '{"store":"s001"}', '["1"]')
            store.conn.execute("INSERT INTO stores(store, facts, lanes) VALUES (?, ?, ?)", facts)
        store.close()
        broker = start_mosquitto(folder)
        over = threading.Event()
        killer = threading.Thread(target=_kill, args=(broker, over, brokers))
        killer.start()
        try:
            words = [name, str(broker.port), fault, who, str(first), str(many)]
            done = subprocess.run(
                [sys.executable, "-m", "tests.faults_link.ends", *words],
                env=environment(shim),
                cwd=ROOT,
                check=True,
                stdout=subprocess.PIPE,
                timeout=300,
            )
        finally:
            over.set()
            killer.join()
            broker.kill()
        killed: int = json.loads(done.stdout)["killed"]
        return _judged(folder, killed or brokers)


def _kill(broker: Broker, over: threading.Event, times: int) -> None:
    """Kill the broker and start it empty, again and again."""
    for _ in range(times):
        if over.wait(BROKER_EVERY_S):
            return
        broker.kill()
        for file in broker.log.parent.glob("mosquitto.db*"):
            file.unlink()
        broker.start()


def _judged(folder: Path, killed: int) -> Found:
    told = dict(json.loads(line) for line in (folder / "told").read_text().splitlines())
    own = _rows(folder / "lane" / "data" / "journal.db", "lower(hex(hash))")
    there = _rows(folder / "hq.db", "hash")
    lost = sum(there.get(seq) != hashed for seq, hashed in told.items())
    return Found(killed, len(told), lost, sum(own.get(seq) != it for seq, it in there.items()))


def _rows(path: Path, hashed: str) -> dict[int, str]:
    table = "row" if path.name == "journal.db" else "rows"
    with closing(sqlite3.connect(path)) as db:
        return dict(db.execute(f"SELECT seq, {hashed} FROM {table}"))
