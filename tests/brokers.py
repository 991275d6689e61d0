"""Real brokers on free ports, each with its own files: mosquitto, and iotcore where it is meant."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

HOST = "127.0.0.1"
START_S = 10.0


@dataclass
class Broker:
    """A running broker process; `start` brings it back on the same port with the same files."""

    port: int
    command: Sequence[str]
    log: Path
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> Broker:
        """Start, and wait until it takes connections."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.PIPE, stdout=log, stderr=subprocess.STDOUT
            )
        deadline = time.monotonic() + START_S
        while not accepts(self.port):
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(f"the broker did not start: {self.log.read_text()[-2000:]}")
            time.sleep(0.01)
        return self

    def stop(self) -> None:
        """End it as a shutdown does: what it keeps on disk is written."""
        self._end(kill=False)

    def kill(self) -> None:
        """End it as a power cut does."""
        self._end(kill=True)

    def _end(self, kill: bool) -> None:
        if self.process is None:
            return
        if kill:
            self.process.kill()
        else:
            self.process.terminate()
        self.process.wait(10)
        if self.process.stdin is not None:
            self.process.stdin.close()
        self.process = None


def start_mosquitto(tmp_path: Path, extra: str = "allow_anonymous true\n") -> Broker:
    """Start Debian's mosquitto with persistence in tmp_path; `extra` are further config lines."""
    port = free_port()
    directory = tmp_path / f"mosquitto-{port}"
    directory.mkdir()
    config = directory / "mosquitto.conf"
    lines = [
        f"listener {port} {HOST}",
        f"user {pwd.getpwuid(os.getuid()).pw_name}",  # else root becomes a user that owns nothing
        "persistence true",
        f"persistence_location {directory}/",
        "autosave_interval 5",
        "max_queued_messages 0",
        "max_inflight_messages 100",
        "log_type all",
        extra,
    ]
    config.write_text("\n".join(lines))
    return Broker(port, [mosquitto_path(), "-c", str(config)], directory / "log").start()


def start_configured(tmp_path: Path, config: str) -> Broker:
    """Start mosquitto with a config of the deploy folder: a free port, its files in tmp_path."""
    port = free_port()
    directory = tmp_path / f"mosquitto-{port}"
    directory.mkdir()
    config = re.sub(r"^listener .*$", f"listener {port} {HOST}", config, flags=re.MULTILINE)
    config = config.replace("/var/lib/mosquitto/", f"{directory}/")
    file = directory / "mosquitto.conf"
    user = pwd.getpwuid(os.getuid()).pw_name
    file.write_text(f"user {user}\nlog_type all\n{config}")
    return Broker(port, [mosquitto_path(), "-c", str(file)], directory / "log").start()


def mosquitto_path() -> str:
    """Say where mosquitto is; Debian puts it where users do not look."""
    return shutil.which("mosquitto") or "/usr/sbin/mosquitto"


def start_iotcore(tmp_path: Path, max_payload_bytes: int = 2 * 1024 * 1024) -> Broker:
    """Start iotcore's MQTT 5 listener: memory only, no access rules, refuses keepalive 0."""
    port = free_port()
    config = tmp_path / f"iotcore-{port}.toml"
    config.write_text(
        f"""id = 0
[router]
id = 0
max_connections = 100
max_outgoing_packet_count = 200
max_segment_size = 104857600
max_segment_count = 10
[v5.1]
name = "v5-1"
listen = "{HOST}:{port}"
next_connection_delay_ms = 1
    [v5.1.connections]
    connection_timeout_ms = 60000
    max_payload_size = {max_payload_bytes}
    max_inflight_count = 100
"""
    )
    serve = "import sys; from iotcore._serve import main; main()"
    options = f'{{"config_path": "{config}"}}'
    command = [sys.executable, "-c", serve, options]
    return Broker(port, command, tmp_path / f"iotcore-{port}.log").start()


def free_port() -> int:
    """Give a port that nobody listens on now."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        port: int = listener.getsockname()[1]
        return port


def accepts(port: int) -> bool:
    """Tell whether someone takes connections there."""
    try:
        with socket.create_connection((HOST, port), timeout=0.5):
            return True
    except OSError:
        return False
