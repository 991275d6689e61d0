"""The shop a scenario plays in: `sim.toml` in its directory says how to prepare and start things.

Every text in it may hold placeholders like `${work}`; `PLACEHOLDERS` names them. Commands are
lists of words, run without a shell.
"""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

PLACEHOLDERS = [
    "shop",
    "work",
    "time",
    "date",
    "lane",
    "clock",
    "api_port",
    "printer",
    "printer_url",
    "printer_kind",
    "scanner",
    "model",
    "broker_port",
    "link_port",
]
COMMAND_S = 120.0  # for one preparing command
KEYS = {
    "prepare": "commands run once, before the first lane starts",
    "background": "commands that stay up for the whole scenario (a broker, headquarters)",
    "prepare_lane": "commands run before a lane starts for the first time",
    "hq": "the command to which the words of an `hq` step are added",
    "run": "the command that starts a lane's agent",
    "config": "the text of a lane's config file, written to ${work}/lane-${lane}.toml",
    "api": "the address of the lane's HTTP API",
    "token": "the file with the till's token",
}


class ShopError(Exception):
    """The shop's directory cannot be used, or one of its commands failed."""


@dataclass(frozen=True)
class Shop:
    """What `sim.toml` says."""

    folder: Path
    prepare: tuple[tuple[str, ...], ...]
    background: tuple[tuple[str, ...], ...]
    prepare_lane: tuple[tuple[str, ...], ...]
    hq: tuple[str, ...]
    run: tuple[str, ...]
    config: str
    api: str
    token: str


def read_shop(folder: Path) -> Shop:
    """Read a shop's `sim.toml`.

    Raises:
        ShopError: it is missing, is no TOML, or lacks a key or has one too many.
    """
    path = folder / "sim.toml"
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ShopError(f"{path}: {error}") from error
    wrong = sorted(table.keys() ^ KEYS.keys())
    if wrong:
        raise ShopError(
            f"{path}: missing or unknown: {', '.join(wrong)}; its keys are {list(KEYS)}"
        )
    return Shop(
        folder.resolve(),
        prepare=_commands(table["prepare"]),
        background=_commands(table["background"]),
        prepare_lane=_commands(table["prepare_lane"]),
        hq=tuple(table["hq"]),
        run=tuple(table["run"]),
        config=str(table["config"]),
        api=str(table["api"]),
        token=str(table["token"]),
    )


def _commands(rows: list[Any]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(str(word) for word in row) for row in rows)


def fill(text: str, values: dict[str, str]) -> str:
    """Put values into a text's placeholders.

    Raises:
        ShopError: a placeholder is unknown, or not known yet at this moment.
    """
    try:
        return Template(text).substitute(values)
    except (KeyError, ValueError) as error:
        raise ShopError(f"sim.toml: placeholder {error}; known are {PLACEHOLDERS}") from error


def filled(command: tuple[str, ...], values: dict[str, str]) -> list[str]:
    """Fill a command's words."""
    return [fill(word, values) for word in command]


def environment() -> dict[str, str]:
    """Give our environment, with this Python's own commands found first."""
    return os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}


async def start(command: list[str], log: Path) -> asyncio.subprocess.Process:
    """Start a child whose output goes to a file.

    Raises:
        ShopError: there is no such command.
    """
    try:
        with log.open("ab") as out:
            return await asyncio.create_subprocess_exec(
                *command,
                stdout=out,
                stderr=out,
                stdin=asyncio.subprocess.DEVNULL,
                env=environment(),
            )
    except OSError as error:
        raise ShopError(f"{' '.join(command)}: {error}") from error


async def run_command(command: list[str], log: Path) -> None:
    """Run a command to its end.

    Raises:
        ShopError: it failed, or took too long; with the end of what it said.
    """
    child = await start(command, log)
    try:
        async with asyncio.timeout(COMMAND_S):
            status = await child.wait()
    except TimeoutError:
        status = -1
        child.kill()
        await child.wait()
    if status:
        raise ShopError(f"{' '.join(command)}: exit status {status}\n{end_of(log)}")


def end_of(log: Path) -> str:
    """Give the last lines of a log."""
    return log.read_text(encoding="utf-8", errors="replace")[-800:]


def free_port() -> int:
    """Find a TCP port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
