"""A lane that headquarters did not hear of for more than a year: its memory, and what goes first."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.bench.backlog_rows import write_backlog
from tests.bench.bench_agent import compiled_in, running, status_mb
from tests.bench.bench_sync import limit
from tests.bench.figure import Figure
from tests.bench.lane_home import make_home
from tests.brokers import free_port

ROWS, MOST_MB = 1_000_000, 60.0
HQ = '[hq]\nhost = "127.0.0.1"\nport = {port}\n'


def figures() -> list[Figure]:
    """Start the real agent on the journal, with headquarters out of reach."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:
        place = Path(name)
        compiled = compiled_in(place / "compiled")
        for home in (place / "first", place / "lane"):  # the first one compiles every module
            make_home(home, 100, 10)
            with (home / "lane.toml").open("a") as file:
                file.write(HQ.format(port=free_port()))
        with running(place / "first", compiled):
            pass
        write_backlog(place / "lane" / "data" / "journal.db", ROWS)
        with running(place / "lane", compiled) as agent:
            held = status_mb(agent.pid)["RssAnon"]
    return [limit(f"{ROWS:,} rows queued offline: RssAnon", held, "MB", MOST_MB)]
