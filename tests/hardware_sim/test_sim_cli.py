"""The command line: help with an example, exit statuses, and devices that really serve."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from hardware_sim.cli import main
from hardware_sim.http_client import call


@pytest.mark.parametrize("command", ["run", "printer", "scanner", "till"])
def test_every_command_has_a_sentence_and_an_example(capsys, command):
    """--help ends with status 0 and shows how the command is used."""
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    assert f"Example: tillside-sim {command}" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["dance"],
        ["printer"],
        ["printer", "--tcp", "0", "--fault", "tea"],
        ["printer", "--tcp", "0", "--fault", "mute=3"],
        ["till", "1"],
    ],
)
def test_wrong_usage_is_status_2(capsys, arguments):
    """Missing and unknown arguments are wrong usage."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2


def test_a_scenario_can_be_checked_without_playing(tmp_path, capsys):
    """--check counts the steps, or says which line is none; a missing file is wrong usage."""
    story = tmp_path / "a.lane"
    story.write_text("time 2026-11-02T10:00:00Z\ntender\n")
    assert main(["run", str(story), "--check"]) == 0
    assert "2 steps" in capsys.readouterr().out
    story.write_text("tendre\n")
    assert main(["run", str(story), "--check"]) == 1
    assert "line 1: unknown word 'tendre'" in capsys.readouterr().err
    assert main(["run", str(tmp_path / "none.lane"), "--check"]) == 2


def test_a_failed_expectation_is_status_1(tmp_path, capsys):
    """A step that cannot be done is reported with its line, and the status says so."""
    (tmp_path / "sim.toml").write_text(
        'prepare = []\nbackground = []\nprepare_lane = []\nhq = []\nrun = []\nconfig = ""\n'
        'api = ""\ntoken = ""\n'
    )
    story = tmp_path / "a.lane"
    story.write_text("time 2026-11-02T10:00:00Z\ntender\n")
    assert main(["run", str(story), "--shop", str(tmp_path)]) == 1
    out = capsys.readouterr().out
    assert "ok      1  time 2026-11-02T10:00:00Z" in out
    assert "FAIL    2  tender" in out
    assert "1 of 2 steps held" in out


def test_a_till_without_a_lane_is_status_1(tmp_path, capsys):
    """Nobody at the address: a sentence, not a traceback."""
    (tmp_path / "token").write_text("x")
    arguments = ["till", "--api", "http://127.0.0.1:1", "--token", str(tmp_path / "token")]
    assert main([*arguments, "4006381333931"]) == 1
    assert main([*arguments, "yogurt"]) == 2
    assert "tillside-sim:" in capsys.readouterr().err


async def child(*arguments, **more):
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "hardware_sim.cli", *arguments,
        stdout=asyncio.subprocess.PIPE, **more,
    )  # fmt: skip


async def test_the_printer_writes_each_slip_and_ends_after_so_many(tmp_path):
    """A child process prints what a socket sends, as PNG and text."""
    process = await child("printer", "--tcp", "0", "--out", str(tmp_path), "--slips", "1")
    line = (await asyncio.wait_for(process.stdout.readline(), 20)).decode()
    _, writer = await asyncio.open_connection("127.0.0.1", int(line.rpartition(":")[2]))
    writer.write(b"from afar\n\x1dVA\x00")
    await writer.drain()
    saved = Path((await asyncio.wait_for(process.stdout.readline(), 20)).decode().strip())
    assert await asyncio.wait_for(process.wait(), 20) == 0
    writer.close()
    assert saved.with_suffix(".txt").read_text() == "from afar\n-- full cut --\n"


async def test_the_printer_shows_itself_in_a_browser_and_starts_with_its_faults(tmp_path):
    """--web alone takes a free port and says it; --fault takes its number; --timed its own pace."""
    process = await child(
        "printer", "--pty", str(tmp_path / "line"), "--flow", "xonxoff", "--model", "veteran",
        "--timed", "--web", "--fault", "paper-out=40", "--fault", "mute", "--out", str(tmp_path),
    )  # fmt: skip
    await asyncio.wait_for(process.stdout.readline(), 20)
    page = (await asyncio.wait_for(process.stdout.readline(), 20)).decode().split()[-1]
    state = (await call("GET", f"{page}/state", {})).json()
    assert state["model"] == "TM-T88III"
    assert state["faults"] == ["paper-out=40", "mute"]
    process.terminate()
    assert await asyncio.wait_for(process.wait(), 20) == 0


async def test_a_fault_of_the_other_line_is_status_1(tmp_path, capfd):
    """A serial line has no connection to reset: a sentence, not a traceback."""
    process = await child("printer", "--pty", str(tmp_path / "line"), "--fault", "reset")
    assert await asyncio.wait_for(process.wait(), 20) == 1
    await process.stdout.read()
    assert "is for tcp only" in capfd.readouterr().err


async def test_the_scanner_scans_its_standard_input(tmp_path):
    """Each line that is typed comes out of the pty, with the AIM identifier."""
    path = tmp_path / "scanner"
    arguments = ("scanner", "--pty", str(path), "--aim", "]E0")
    process = await child(*arguments, stdin=asyncio.subprocess.PIPE)
    await asyncio.wait_for(process.stdout.readline(), 20)
    fd = os.open(path, os.O_RDONLY | os.O_NOCTTY)
    process.stdin.write(b"4006381333931\n")
    assert await asyncio.to_thread(os.read, fd, 100) == b"]E04006381333931\r"
    process.stdin.close()
    assert await asyncio.wait_for(process.wait(), 20) == 0
    os.close(fd)
