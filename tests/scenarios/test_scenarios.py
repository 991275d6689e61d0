"""The stories, played on the real agent with simulated devices, a real broker and headquarters."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
SIM = Path(sys.executable).with_name("tillside-sim")


@pytest.mark.parametrize("story", sorted(path.stem for path in HERE.glob("*.lane")))
def test_every_step_of_the_story_holds(story, tmp_path):
    """The first line of the file says what it tells."""
    command = [SIM, "run", HERE / f"{story}.lane", "--shop", ROOT / "examples", "--out", tmp_path]
    played = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
    log = "".join(p.read_text()[-3000:] for p in tmp_path.glob("lane-*/agent.log"))
    assert played.returncode == 0, played.stdout + played.stderr + log


def test_a_step_that_does_not_hold_fails_the_story(tmp_path):
    """A story that expects the wrong discount ends with exit status 1 and says what it saw."""
    story = tmp_path / "wrong.lane"
    text = (HERE / "training.lane").read_text().splitlines()[:7]
    story.write_text("\n".join([*text, "basket 9520000001049 @ 1.89", "expect discount 0.50", ""]))
    command = [SIM, "run", story, "--shop", ROOT / "examples", "--out", tmp_path / "out"]
    played = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
    assert played.returncode == 1
    assert "FAIL" in played.stdout


@pytest.mark.parametrize("broker", ["mosquitto", "iotcore"])
def test_the_demo_holds_on_either_broker(broker, tmp_path):
    """Every step of `make demo`, with the summary that it promises."""
    import json

    if broker == "mosquitto":
        assert shutil.which("mosquitto", path="/usr/sbin:/usr/bin"), "apt-get install mosquitto"
    out = tmp_path / "demo"
    command = [SIM, "demo", "--shop", ROOT / "examples/shop", "--out", out, "--broker", broker]
    played = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    assert played.returncode == 0, played.stdout + played.stderr
    summary = json.loads((out / "summary.json").read_text())
    assert all(step["held"] for step in summary)
    assert set(summary[0]) == {"step", "at_s", "expected", "saw", "held"}
    assert len(list((out / "paper").glob("*.png"))) >= 5
