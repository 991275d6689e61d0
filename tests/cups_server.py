"""A real CUPS of a test's own: its files in one directory, its port free, its queues raw."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

CUPSD = "/usr/sbin/cupsd"
USER, GROUP = "lp", "lpadmin"  # Debian's; cupsd refuses to run its programs as root
START_S = 10.0

CONFIG = """\
Listen 127.0.0.1:{port}
LogLevel warn
DefaultAuthType None
WebInterface No
Browsing No
MaxLogSize 0
<Location />
  Order allow,deny
  Allow all
</Location>
<Location /admin>
  Order allow,deny
  Allow all
</Location>
<Policy default>
  JobPrivateAccess default
  JobPrivateValues default
  SubscriptionPrivateAccess default
  SubscriptionPrivateValues default
  <Limit All>
    Order deny,allow
  </Limit>
</Policy>
"""

FILES = """\
ServerRoot {home}/root
StateDir {home}/state
CacheDir {home}/cache
RequestRoot {home}/spool
TempDir {home}/tmp
ErrorLog {home}/error_log
AccessLog {home}/access_log
PageLog {home}/page_log
SystemGroup {group}
User {user}
Group {user}
"""


def why_no_cups() -> str:
    """Say what is missing to run a CUPS here; "" where nothing is."""
    if not Path(CUPSD).exists() or shutil.which("lpadmin") is None:
        return "no CUPS here: Debian's package is `cups`"
    if os.name != "posix" or os.geteuid() != 0:
        return "cupsd starts as root only"
    try:
        import cups  # noqa: F401
    except ImportError:
        return "no pycups here: pip install 'tillside[cups]'"
    return ""


@contextlib.contextmanager
def cups_server() -> Iterator[int]:
    """Run a CUPS and give its port; nothing of it is left behind."""
    with tempfile.TemporaryDirectory(prefix="cups-") as folder:
        home = Path(folder)
        home.chmod(0o711)
        for name in ("root", "state", "cache", "spool", "tmp"):
            (home / name).mkdir()
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        (home / "cupsd.conf").write_text(CONFIG.format(port=port))
        (home / "files.conf").write_text(FILES.format(home=home, user=USER, group=GROUP))
        command = [CUPSD, "-f", "-c", str(home / "cupsd.conf"), "-s", str(home / "files.conf")]
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as server:
            try:
                _wait_for(port, server)
                yield port
            finally:
                server.terminate()
                server.wait(START_S)


def add_queue(port: int, name: str, device: str) -> None:
    """Add a raw queue that hands its bytes to a device (`socket://host:port`), and gives up at once."""
    subprocess.run(
        ["lpadmin", "-h", f"127.0.0.1:{port}", "-p", name, "-E", "-v", device,
         "-o", "printer-error-policy=abort-job"],
        check=True,
        capture_output=True,
    )  # fmt: skip


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    for _ in range(int(START_S / 0.05)):
        if server.poll() is not None:
            raise RuntimeError(f"cupsd ended with {server.returncode}")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise RuntimeError("cupsd does not listen")
