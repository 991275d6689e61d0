"""Ask a lane that runs about its printer, or the printer itself where no lane has it.

A lane writes its address and process id into `address.json`; one that does not answer there is taken
not to run, and then the port is free.
"""

from __future__ import annotations

import asyncio
import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from agent.config import Config
from agent.http_printer import (
    WITHIN_S,
    PrinterJobIn,
    PrinterJobOut,
    PrinterOut,
    content_of,
    proved,
)
from agent.secrets_files import till_token
from ground.clock import SystemClock
from ground.complaints import Complaint
from ground.dice import Dice
from printer.ports import open_port, tuned
from printer.print_queue import PrintQueue
from printer.profile import Profile, find_profile
from printer.session import JobResult

CALL_S = 5.0
ASK_AGAIN_S = 0.3
LOOK_S = 4.0  # until a printer that is there has been found and heard


class Running(Struct, frozen=True):
    """A lane that answers."""

    address: str
    token: str

    def status(self) -> PrinterOut:
        """Ask how its printer is."""
        return msgspec.json.decode(self._call("/v1/printer", None), type=PrinterOut)

    def begin(self, what: str) -> PrinterJobOut:
        """Let it print a slip of ours."""
        body = msgspec.json.encode(PrinterJobIn(what))  # type: ignore[arg-type]
        return msgspec.json.decode(self._call("/v1/printer/jobs", body), type=PrinterJobOut)

    def _call(self, path: str, body: bytes | None) -> bytes:
        headers = {"authorization": f"Bearer {self.token}", "content-type": "application/json"}
        asked = urllib.request.Request(self.address + path, body, headers)
        try:
            with urllib.request.urlopen(asked, timeout=CALL_S) as answer:
                return bytes(answer.read())
        except urllib.error.HTTPError as refused:
            problem = _problem(refused.read())
            raise Complaint(problem["what"], problem["do"]) from refused


def _problem(body: bytes) -> dict[str, str]:
    try:
        told: dict[str, Any] = json.loads(body)
        return {"what": str(told["what"]), "do": str(told["do"])}
    except (ValueError, KeyError, TypeError):
        return {"what": "the lane refused without a word", "do": "look into its log"}


def running_lane(config: Config) -> Running | None:
    """Find the lane of a configuration, if it runs.

    Raises:
        Complaint: it answers, and refuses.
    """
    place = config.path(config.lane.data_dir) / "address.json"
    try:
        address = str(json.loads(place.read_text())["http"])
    except (OSError, ValueError, KeyError):
        return None
    lane = Running(address, till_token(config.path(config.lane.http.token_file)))
    try:
        urllib.request.urlopen(address + "/healthz", timeout=CALL_S).close()
    except urllib.error.HTTPError:
        pass  # 503: it runs, and is not ready
    except OSError:
        return None
    return lane


def profile_of(config: Config) -> Profile:
    """Give the profile that the lane uses.

    Raises:
        ProfileError: there is none, or it is broken.
    """
    name = config.lane.printer.profile
    return find_profile(str(config.path(name)) if name.endswith(".json") else name)


def port_of(config: Config) -> str:
    """Give the printer's address.

    Raises:
        Complaint: the lane has no printer.
    """
    if not config.lane.printer.url:
        raise Complaint(
            "this lane has no printer", 'set url under [printer], such as "tcp://10.0.0.7:9100"'
        )
    return config.lane.printer.url


def status(config: Config) -> tuple[PrinterOut, bool]:
    """Say how the printer is, and whether a running lane said it."""
    lane = running_lane(config)
    if lane is not None:
        return lane.status(), True
    return asyncio.run(_looked_at(config)), False


async def _looked_at(config: Config) -> PrinterOut:
    profile, url = profile_of(config), port_of(config)
    queue = _queue(profile, url)
    running = asyncio.ensure_future(queue.run())
    clock = SystemClock()
    until_s = clock.monotonic_s() + LOOK_S
    while queue.state.link.what == "offline" and clock.monotonic_s() < until_s:
        await clock.sleep(ASK_AGAIN_S)
    state = queue.state
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    link = state.link
    since = link.since.isoformat()
    return PrinterOut(url, profile.name, proved(profile), link.what, since, link.paper_low, 0, 0)


def print_slip(config: Config, what: str) -> PrinterJobOut:
    """Print a test or calibration slip, through the lane where one runs; wait how it ends."""
    lane = running_lane(config)
    if lane is None:
        return asyncio.run(_printed(config, what))
    return asyncio.run(_told(lane, lane.begin(what).job, WITHIN_S[what]))


async def _told(lane: Running, job: str, seconds: float) -> PrinterJobOut:
    clock = SystemClock()
    until_s = clock.monotonic_s() + seconds + CALL_S
    while clock.monotonic_s() < until_s:
        state = await asyncio.to_thread(lane.status)
        found = next((one for one in state.jobs if one.job == job), None)
        if found is not None and found.result:
            return found
        await clock.sleep(ASK_AGAIN_S)
    raise Complaint("the lane did not say how the slip ended", "look into its log")


async def _printed(config: Config, what: str) -> PrinterJobOut:
    profile = profile_of(config)
    queue = _queue(profile, port_of(config))
    running = asyncio.ensure_future(queue.run())
    try:
        result = await queue.submit(what, content_of(what, profile), WITHIN_S[what])
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    return PrinterJobOut(what, result.result, result.detail, result.plan)


def _queue(profile: Profile, url: str) -> PrintQueue:
    return PrintQueue(lambda: open_port(url), tuned(profile, url), SystemClock(), _noted, Dice())


async def _noted(_: str, result: JobResult) -> None:
    """Write nothing down: a slip of ours is no coupon."""


def free_port(config: Config) -> str:
    """Give the printer's address if no running lane holds it.

    Raises:
        Complaint: one does, or the lane has no printer.
    """
    if running_lane(config) is not None:
        raise Complaint(
            "the lane is running and holds the printer's port",
            "stop the lane (systemctl stop tillside), probe, start it again",
        )
    return port_of(config)


def profile_file(config: Config, asked: Path | None) -> Path:
    """Say where a unit's profile is written: as asked, the lane's own file, or one beside it."""
    name = config.lane.printer.profile
    if asked is not None:
        return asked
    return config.path(name) if name.endswith(".json") else config.path("printer.json")
