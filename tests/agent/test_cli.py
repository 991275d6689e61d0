"""`tillside` as store IT types it: exit codes, and what stands on the screen."""

import subprocess
import sys
from pathlib import Path

import pytest

from cache.journal import Journal
from ground.key_files import write_key
from tests.lane_shop import NOON, build_generation

TILLSIDE = Path(sys.executable).with_name("tillside")
CONFIG = 'store = "s001"\nlane = "1"\ndata_dir = "data"\nkeys_dir = "keys"\n'


def tillside(*words, cwd=None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [TILLSIDE, *map(str, words)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=cwd,
    )


@pytest.fixture
def lane(tmp_path):
    (tmp_path / "lane.toml").write_text(CONFIG)
    for kind in ("shopper", "hq-public"):
        write_key(tmp_path / "keys", kind, "a", bytes(32))
    return tmp_path


def test_a_good_configuration_is_said_to_be_good(lane):
    """Exit 0, and one line."""
    done = tillside("check-config", "--config", lane / "lane.toml")
    assert (done.returncode, done.stderr) == (0, "")
    assert "lane s001/1" in done.stdout


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ('[printer]\nurl = "tcp://x"\nprofile = "nope"\n', "nope"),
        ('[printer]\nurl = "lpt1"\n', "lpt1"),
        ("[htp]\nport = 1\n", "did you mean 'http'?"),
    ],
)
def test_a_bad_one_is_told_with_what_to_do(lane, more, said):
    """Exit 1, what happened and an arrow to the cure, no traceback."""
    (lane / "lane.toml").write_text(CONFIG + more)
    done = tillside("check-config", "--config", lane / "lane.toml")
    assert done.returncode == 1
    assert said in done.stderr
    assert "->" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_missing_key_file_is_told(lane):
    """The lane cannot know its shoppers without it."""
    (lane / "keys" / "shopper-a.key").unlink()
    done = tillside("check-config", "--config", lane / "lane.toml")
    assert (done.returncode, "shopper" in done.stderr) == (1, True)


def test_wrong_usage_is_exit_2():
    """No command, an unknown command."""
    assert tillside().returncode == 2
    assert tillside("fly").returncode == 2


def test_the_test_clock_is_refused_on_a_live_lane(lane):
    """Nobody moves a real lane's time."""
    done = tillside("run", "--config", lane / "lane.toml", "--test-clock", "127.0.0.1:1")
    assert done.returncode == 1
    assert 'mode = "test"' in done.stderr


async def test_the_databases_can_be_looked_into(tmp_path):
    """Tables, rows as CSV, and the chain's verdict; a broken row is named."""
    build_generation(tmp_path / "g.db")
    done = tillside("db", "rows", tmp_path / "g.db", "offer", "--csv")
    assert done.stdout.splitlines()[0] == "offer_id,coupon_number,body"
    journal = await Journal.open(
        tmp_path / "journal.db", incarnation=lambda: "0123456789abcdef", now=lambda: NOON
    )
    await journal.close()
    assert "row" in tillside("db", "tables", tmp_path / "journal.db").stdout
    good = tillside("db", "verify", tmp_path / "journal.db")
    assert (good.returncode, "whole" in good.stdout) == (0, True)
    assert tillside("db", "verify", tmp_path / "nowhere.db").returncode == 1
