"""Commands of a shop run as children; a part is found in any shape of health page."""

import asyncio
import sys

import pytest

from hardware_sim.scenario_expect import state_of
from hardware_sim.shop import ShopError, fill, filled, free_port, run_command, start


def test_placeholders_are_filled_or_refused():
    """A known name is replaced, $$ is a dollar, an unknown name is an error that says it."""
    assert fill("${lane}: $$${price}", {"lane": "1", "price": "5"}) == "1: $5"
    assert filled(("a", "${lane}"), {"lane": "7"}) == ["a", "7"]
    with pytest.raises(ShopError, match="lame"):
        fill("${lame}", {"lane": "1"})


async def test_a_command_that_fails_shows_the_end_of_its_log(tmp_path):
    """The error holds the command, its exit status and what it said."""
    log = tmp_path / "log"
    await run_command([sys.executable, "-c", "print('fine')"], log)
    assert log.read_text() == "fine\n"
    with pytest.raises(ShopError, match=r"exit status 3\n(?s:.*)no broker"):
        await run_command([sys.executable, "-c", "print('no broker'); exit(3)"], log)


async def test_a_command_that_is_not_there_is_a_clear_error(tmp_path):
    """No traceback: the name of what is missing."""
    with pytest.raises(ShopError, match="no-such-command"):
        await start(["no-such-command"], tmp_path / "log")


async def test_our_own_commands_are_found_first(tmp_path):
    """A child sees this Python's folder at the head of its PATH."""
    code = "import os; print(os.environ['PATH'].split(os.pathsep)[0])"
    child = await start([sys.executable, "-c", code], tmp_path / "log")
    assert await asyncio.wait_for(child.wait(), 20) == 0
    assert (tmp_path / "log").read_text().strip() == sys.executable.rpartition("/")[0]


def test_free_ports_can_be_bound():
    """The port is one that nobody holds."""
    assert 1024 < free_port() < 65536


@pytest.mark.parametrize(
    "health",
    [
        {"printer": "paper_out"},
        {"printer": {"state": "paper_out", "since": 5}},
        {"status": "ok", "parts": {"printer": "paper_out", "mqtt": "up"}},
        {"parts": [{"name": "mqtt", "state": "up"}, {"name": "printer", "state": "paper_out"}]},
    ],
)
def test_a_parts_state_is_found_in_any_shape(health):
    """By its key or by its name, at any depth."""
    assert state_of(health, "printer") == "paper_out"
    assert state_of(health, "fridge") is None
