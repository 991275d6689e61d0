"""The shim from Python's side: build it, preload it into a process, arm it, read its trace."""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

SOURCE = Path(__file__).with_name("shim.c")
ROOT = Path(__file__).parents[2]
_HEAD = struct.Struct("<cHQQ")
FOREVER = 2**31


class Op(NamedTuple):
    """One operation on one file: w(rite), s(ync), t(runcate), u(nlink) or r(ename)."""

    kind: str
    name: str
    offset: int
    data: bytes


def compiler() -> str | None:
    """Name the C compiler, None where there is none (or no LD_PRELOAD, which is Linux's)."""
    return shutil.which("cc") if sys.platform == "linux" else None


def build(directory: Path) -> Path:
    """Compile the shim."""
    target = directory / "shim.so"
    command = [str(compiler()), "-shared", "-fPIC", "-O2", "-Wall", "-Wextra", "-Werror"]
    subprocess.run([*command, "-o", target, SOURCE, "-ldl", "-lpthread"], check=True)
    return target


def environment(shim: Path) -> dict[str, str]:
    """Give the environment of a process that runs on the shim."""
    return os.environ | {"LD_PRELOAD": str(shim), "PYTHONPATH": str(ROOT)}


def live(shim: Path, what: str, place: Path, *words: object) -> dict[str, Any]:
    """Live a sick day in a process of its own: `tests.faults_disk.WHAT PLACE WORD...`; it tells JSON."""
    done = subprocess.run(
        [sys.executable, "-m", f"tests.faults_disk.{what}", str(place), *map(str, words)],
        env=environment(shim),
        cwd=ROOT,
        check=True,
        timeout=120,
        stdout=subprocess.PIPE,
    )
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def arm(directory: Path, fault: str, first: int = 1, many: int = FOREVER, trace: int = -1) -> None:
    """Begin to misbehave below a directory; called in the process that the shim is loaded into."""
    where = os.fsencode(directory.resolve())
    shim = ctypes.CDLL(None)
    shim.shim_arm(where, fault.encode(), ctypes.c_long(first), ctypes.c_long(many), trace)


def counted() -> tuple[int, int]:
    """Tell how many operations there were since it was armed, and how many syncs among them."""
    shim = ctypes.CDLL(None)
    shim.shim_count.restype = shim.shim_syncs.restype = ctypes.c_long
    return shim.shim_count(), shim.shim_syncs()


def read_trace(path: Path) -> Iterator[Op]:
    """Read what a process did, in order."""
    data = path.read_bytes()
    at = 0
    while at < len(data):
        kind, named, offset, size = _HEAD.unpack_from(data, at)
        at += _HEAD.size
        name = os.fsdecode(data[at : at + named])
        at += named
        body = b"" if kind == b"t" else data[at : at + size]
        at += len(body)
        yield Op(kind.decode(), name, offset, body)
