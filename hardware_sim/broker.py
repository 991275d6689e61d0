"""A broker of one's own on a free loopback port: mosquitto where it is on PATH, else iotcore.

iotcore comes with pip, speaks MQTT 5 and keeps everything in memory only: good for a demo.
"""

from __future__ import annotations

import asyncio
import getpass
import os
import shutil
import sys
from pathlib import Path

from hardware_sim.shop import ShopError, end_of, environment

HOST = "127.0.0.1"
START_S = 10.0

MOSQUITTO = """\
listener {port} 127.0.0.1
allow_anonymous true
user {user}
persistence true
persistence_location {folder}/
autosave_interval 5
max_queued_messages 0
max_inflight_messages 100
"""

IOTCORE = """\
id = 0
[router]
id = 0
max_connections = 100
max_outgoing_packet_count = 200
max_segment_size = 104857600
max_segment_count = 10
[v5.1]
name = "v5-1"
listen = "127.0.0.1:{port}"
next_connection_delay_ms = 1
[v5.1.connections]
connection_timeout_ms = 60000
max_payload_size = 2097152
max_inflight_count = 100
"""


async def start_broker(
    port: int, folder: Path, wanted: str = "auto"
) -> tuple[str, asyncio.subprocess.Process]:
    """Start a broker and wait until it takes connections; give its name and its process.

    Raises:
        ShopError: it did not come up; with the end of its log.
    """
    folder.mkdir(parents=True, exist_ok=True)
    search = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin"))
    program = shutil.which("mosquitto", path=search) if wanted != "iotcore" else None
    if wanted == "mosquitto" and program is None:
        raise ShopError("mosquitto is not on PATH: apt-get install mosquitto")
    log = folder / "broker.log"
    if program:
        config = folder / "mosquitto.conf"
        config.write_text(MOSQUITTO.format(port=port, folder=folder, user=getpass.getuser()))
        command, name = [program, "-c", str(config)], "mosquitto"
    else:
        config = folder / "iotcore.toml"
        config.write_text(IOTCORE.format(port=port))
        serve = "from iotcore._serve import main; main()"
        command = [sys.executable, "-c", serve, f'{{"config_path": "{config}"}}']
        name = "iotcore"
    child = await _open(command, log)
    try:
        async with asyncio.timeout(START_S):
            while not await _accepts(port):
                if child.returncode is not None:
                    raise ShopError(f"{name} ended: {end_of(log)}")
                await asyncio.sleep(0.02)
    except TimeoutError:
        child.kill()
        raise ShopError(f"{name} does not take connections: {end_of(log)}") from None
    return name, child


async def _open(command: list[str], log: Path) -> asyncio.subprocess.Process:
    """Start it with an input that stays open: iotcore ends with its parent, which it knows by that."""
    with log.open("ab") as out:
        return await asyncio.create_subprocess_exec(
            *command, stdout=out, stderr=out, stdin=asyncio.subprocess.PIPE, env=environment()
        )


async def _accepts(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection(HOST, port)
    except OSError:
        return False
    writer.close()
    return True
