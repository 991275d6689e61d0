"""What the agent costs its machine before the first scan: memory, and the CPU of its imports.

The real `tillside run` is started on a generation of 1,000,000 assignments and asked until it says
that it is ready; the kernel then tells what it holds.
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from tests.bench.figure import Figure
from tests.bench.lane_home import make_home

SHOPPERS, EACH = 100_000, 10
ANON_MB, IMPORT_RATIO, ROUNDS = 48.0, 1.3, 9
START_WITHIN_S = 60
# The design's list: compiled or converted before the lane runs, or of headquarters.
NOT_LOADED = ("escpos", "sqlite_utils", "argon2", "pandas", "numpy")
OURS = """
import agent.cli
from agent.unswept import unswept
with unswept():
    import agent.life
with unswept():
    import agent.element_strings
"""  # as `tillside run` loads them until it is ready
LIST_THEIRS = """
import json, sys
own = {"agent", "cache", "ground", "offers", "printer", "staff_help", "sync"}
known = own | set(sys.stdlib_module_names)
print(json.dumps([m for m in sys.modules if m.split(".")[0] not in known and m != "__main__"]))
"""
TIMED = "import time\nbegan = time.process_time()\n{}\nprint(time.process_time() - began)"


def figures() -> list[Figure]:
    """Measure in a folder on a disk, as a lane's is, with every module compiled, as an install has."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:
        home = Path(name)
        compiled = compiled_in(home / "compiled")
        listed: list[str] = json.loads(told_by(f"{OURS}\n{LIST_THEIRS}", compiled))
        make_home(home / "lane", SHOPPERS, EACH)
        with running(home / "lane", compiled) as agent:
            memory, mapped = status_mb(agent.pid), files_mapped(agent.pid)
        return [
            *memory_figures(memory),
            *module_figures(mapped, listed),
            imports(listed, compiled),
        ]


def compiled_in(place: Path) -> dict[str, str]:
    """Give an environment whose interpreters keep what they compile, and read it the next time."""
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": str(place)}


@contextmanager
def running(home: Path, env: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run the agent until it is ready, and end it as a service manager does."""
    command = [sys.executable, "-m", "agent.cli", "run", "--config", str(home / "lane.toml")]
    agent = subprocess.Popen(command, stderr=subprocess.DEVNULL, env=env)
    try:
        wait_until_ready(home / "data" / "address.json", agent)
        yield agent
    finally:
        agent.send_signal(signal.SIGTERM)
        agent.wait(START_WITHIN_S)


def wait_until_ready(address: Path, agent: subprocess.Popen[bytes]) -> None:
    """Ask `healthz` until the lane says that it is ready."""
    end = time.monotonic() + START_WITHIN_S
    while time.monotonic() < end and agent.poll() is None:
        if address.exists() and ready(json.loads(address.read_text())["http"]):
            return
        time.sleep(0.1)
    raise RuntimeError("the agent did not start")


def ready(url: str) -> bool:
    """Tell what `healthz` says."""
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=5)
    try:
        connection.request("GET", "/healthz")
        return json.load(connection.getresponse())["ready"] is True
    except OSError:
        return False
    finally:
        connection.close()


def status_mb(pid: int) -> dict[str, float]:
    """Read the kernel's account of a process's memory."""
    fields = dict(
        line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines()
    )
    return {name: int(fields[name].split()[0]) / 1024 for name in ("RssAnon", "RssFile")}


def files_mapped(pid: int) -> list[str]:
    """List the files that a process has mapped: compiled modules among them."""
    lines = Path(f"/proc/{pid}/maps").read_text().splitlines()
    return sorted({line.split(maxsplit=5)[5] for line in lines if line.count("/")})


def memory_figures(memory: dict[str, float]) -> list[Figure]:
    """Put the agent's own memory beside its limit, and the mapped pages beside that."""
    anon, mapped = memory["RssAnon"], memory["RssFile"]
    limit = f"the limit of {ANON_MB:g} MB"
    name = f"agent ready, {SHOPPERS * EACH:,} assignments"
    return [
        Figure(f"{name}: RssAnon", anon, "MB", limit, anon / ANON_MB, "<= 1", anon <= ANON_MB),
        Figure(
            f"{name}: RssFile", mapped, "MB", "RssAnon", mapped / anon, "beside it, no goal", True
        ),
    ]


def module_figures(mapped: list[str], listed: list[str]) -> list[Figure]:
    """Count the modules that a serving lane must not have: by name, and among its mapped files."""
    found = [m for m in listed if m.split(".")[0] in NOT_LOADED]
    found += [f for f in mapped if any(f"/{name}/" in f for name in NOT_LOADED)]
    against = f"{', '.join(NOT_LOADED)}"
    number = float(len(found))
    return [Figure("modules not to be loaded", number, "found", against, number, "0", not found)]


def told_by(code: str, env: dict[str, str]) -> str:
    """Run code in an interpreter of its own, and give what it prints."""
    command = [sys.executable, "-c", code]
    return subprocess.run(command, check=True, capture_output=True, text=True, env=env).stdout


def imports(listed: list[str], env: dict[str, str]) -> Figure:
    """Compare the CPU of our imports with a bare import of the third-party modules they bring."""
    theirs = f"import importlib; [importlib.import_module(m) for m in {listed!r}]"
    ours: list[float] = []
    bare: list[float] = []
    for _ in range(ROUNDS):
        ours.append(float(told_by(TIMED.format(OURS), env)))
        bare.append(float(told_by(TIMED.format(theirs), env)))
    value, peer = median(ours), median(bare)
    ratio = value / peer
    against = f"bare third-party imports: {1000 * peer:.0f} ms"
    goal = f"<= {IMPORT_RATIO}x"
    return Figure("import CPU", 1000 * value, "ms", against, ratio, goal, ratio <= IMPORT_RATIO)


if __name__ == "__main__":
    for figure in figures():
        print(figure)
