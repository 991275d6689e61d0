"""A real PostgreSQL of Debian's, on a socket in a folder of its own, run by a user that may do nothing else."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

START_S = 30.0
NOBODY = "nobody"  # PostgreSQL refuses to be run by root
AS_NOBODY = """
import os, pwd, sys
who = pwd.getpwnam(sys.argv[1])
os.setgroups([]); os.setgid(who.pw_gid); os.setuid(who.pw_uid)
os.execv(sys.argv[2], sys.argv[2:])
"""


class Postgres:
    """One server with its own data; `start` brings it back with what it had."""

    def __init__(self, programs: Path) -> None:
        self.programs = programs
        # a socket's path has 107 bytes at most, and every folder above is to be open to its user
        self.folder = Path(tempfile.mkdtemp(prefix="tillside-pg-", dir="/tmp"))
        self.process: subprocess.Popen[bytes] | None = None
        if os.getuid() == 0:
            os.chown(self.folder, pwd.getpwnam(NOBODY).pw_uid, -1)
        # a language whose order of words is not that of bytes: nothing may depend on it
        how = ["-U", "tillside", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"]
        how += ["--locale-provider=icu", "--icu-locale=en-US"]
        self._run("initdb", "-D", str(self.data), *how)

    @property
    def data(self) -> Path:
        """Give the folder of its files."""
        return self.folder / "data"

    def url(self, database: str, user: str = "tillside") -> str:
        """Name a database of it."""
        return f"postgresql://{user}@/{database}?host={quote(str(self.folder), safe='')}"

    def start(self) -> Postgres:
        """Start, and wait until it answers."""
        words = ["-D", str(self.data), "-k", str(self.folder), "-c", "listen_addresses="]
        deadline = time.monotonic() + START_S
        ready = [str(self.programs / "pg_isready"), "-q", "-h", str(self.folder)]
        while self.process is None or subprocess.run(ready, check=False).returncode:
            if self.process is None or self.process.poll() is not None:
                # also once more: what a killed one left in shared memory goes with its last child
                self.process = self._started(*words)
            if time.monotonic() > deadline:
                self.end()
                raise RuntimeError((self.folder / "log").read_text()[-2000:])
            time.sleep(0.02)
        return self

    def _started(self, *words: str) -> subprocess.Popen[bytes]:
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(self._command("postgres", *words), stdout=log, stderr=log)

    def end(self, kill: bool = False) -> None:
        """End it at once, its clients' connections with it; `kill`: as a power cut does."""
        if self.process is None:
            return
        if kill:
            self.process.kill()
        else:
            self.process.send_signal(
                3
            )  # SIGQUIT is "immediate shutdown": no goodbye, recovery next
        self.process.wait(20)
        self.process = None

    def clear(self) -> None:
        """End it and remove its files."""
        self.end()
        shutil.rmtree(self.folder, ignore_errors=True)

    def files_of(self, database: str) -> bytes:
        """Give every byte of a database's files, once all of it is there; not the write-ahead log."""
        self.run("CHECKPOINT")
        oid = self.run(f"SELECT oid FROM pg_database WHERE datname = '{database}'").strip()
        return b"".join(path.read_bytes() for path in (self.data / "base" / oid).iterdir())

    def run(self, statement: str) -> str:
        """Run a statement as the server's owner; gives what it prints."""
        where = ["-h", str(self.folder), "-U", "tillside", "-d", "postgres"]
        command = [str(self.programs / "psql"), "-qAt", *where, "-c", statement]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def _run(self, program: str, *words: str) -> None:
        done = subprocess.run(
            self._command(program, *words), capture_output=True, check=False, cwd="/"
        )
        if done.returncode:
            raise RuntimeError(done.stderr.decode()[-2000:])

    def _command(self, program: str, *words: str) -> Sequence[str]:
        command = [str(self.programs / program), *words]
        if os.getuid() == 0:
            return [sys.executable, "-c", AS_NOBODY, NOBODY, *command]
        return command


def programs() -> Path | None:
    """Say where PostgreSQL's programs are, the newest; None where they are not."""
    found = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = sorted(found, key=lambda path: int(path.parts[-3]))
    return newest[-1].parent if newest else None
