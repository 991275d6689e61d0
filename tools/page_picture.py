"""Take a picture of a running cashier's page: python tools/page_picture.py ADDRESS [FILE] [--size WxH].

ADDRESS is what `tillside page` prints, with its launch code: it works once. Needs Debian's chromium,
which is driven over two pipes by the Chrome DevTools Protocol: its own --screenshot is taken before
the page has heard from the lane.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PICTURE = Path("docs/pictures/page.png")
LIMIT_S = 30
LIVE = "document.body?.dataset.link === 'live'"
SETTLE = "new Promise((done) => setTimeout(done, 500))"  # a line that has just come is moving


class Browser:
    """A browser at the other end of two pipes; messages are JSON, each ended by a zero byte."""

    def __init__(self, read: int, write: int) -> None:
        self._read, self._write = read, write
        self._buffer = b""
        self._count = 0

    def ask(self, method: str, session: str | None = None, **params: Any) -> dict[str, Any]:
        """Send a command and wait for its answer; events are passed over."""
        self._count += 1
        command = {"id": self._count, "method": method, "params": params}
        if session is not None:
            command["sessionId"] = session
        os.write(self._write, json.dumps(command).encode() + b"\0")
        while (message := self._next()).get("id") != self._count:
            pass
        if "error" in message:
            raise RuntimeError(f"{method}: {message['error']['message']}")
        answer: dict[str, Any] = message["result"]
        return answer

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._read], [], [], LIMIT_S)
            data = os.read(self._read, 65536) if ready else b""
            if not data:
                raise RuntimeError("the browser says nothing")
            self._buffer += data
        message, _, self._buffer = self._buffer.partition(b"\0")
        found: dict[str, Any] = json.loads(message)
        return found


@contextlib.contextmanager
def browser(program: str) -> Iterator[Browser]:
    """Run a browser without a window; it reads commands on 3 and answers on 4."""
    its_read, our_write = os.pipe()
    our_read, its_write = os.pipe()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
        options += ["--remote-debugging-pipe", f"--user-data-dir={profile}"]
        script = f'exec "$@" 3<&{its_read} 4>&{its_write}'
        process = subprocess.Popen(
            ["sh", "-c", script, "sh", program, *options],
            pass_fds=(its_read, its_write),
            stderr=subprocess.DEVNULL,
        )
        os.close(its_read)
        os.close(its_write)
        try:
            yield Browser(our_read, our_write)
        finally:
            os.close(our_write)  # the end of the pipe is the end of the browser
            os.close(our_read)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(LIMIT_S)
            process.kill()
            process.wait()


def take(chromium: str, address: str, width: int, height: int) -> bytes:
    """Open the page, wait until it is live, give its picture as PNG."""
    with browser(chromium) as asked:
        target = asked.ask("Target.createTarget", url="about:blank")["targetId"]
        session = asked.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        asked.ask("Emulation.setDeviceMetricsOverride", session, **size)
        asked.ask("Page.navigate", session, url=address)
        wait_until_live(asked, session)
        picture = asked.ask("Page.captureScreenshot", session, format="png")["data"]
    return base64.b64decode(picture)


def wait_until_live(asked: Browser, session: str) -> None:
    """Ask the page until it has heard from the lane."""
    until = time.monotonic() + LIMIT_S
    while time.monotonic() < until:
        found = asked.ask("Runtime.evaluate", session, expression=LIVE)["result"]
        if found.get("value") is True:
            asked.ask("Runtime.evaluate", session, expression=SETTLE, awaitPromise=True)
            return
        time.sleep(0.1)
    raise RuntimeError("the page did not come up: is the address still good?")


def main() -> int:
    """Take the picture; 1 where there is no browser or the page did not come up."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address")
    parser.add_argument("file", nargs="?", type=Path, default=PICTURE)
    parser.add_argument("--size", default="800x480")
    given = parser.parse_args()
    chromium = shutil.which("chromium")
    if chromium is None:
        print("no chromium on PATH: apt-get install chromium", file=sys.stderr)
        return 1
    width, height = (int(part) for part in given.size.split("x"))
    try:
        picture = take(chromium, given.address, width, height)
    except (OSError, RuntimeError) as error:
        print(f"no picture: {error}", file=sys.stderr)
        return 1
    given.file.parent.mkdir(parents=True, exist_ok=True)
    given.file.write_bytes(picture)
    print(given.file)
    return 0


if __name__ == "__main__":
    sys.exit(main())
