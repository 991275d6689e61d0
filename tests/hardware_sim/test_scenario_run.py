"""Whole stories on a child process: devices on ptys and sockets, the test clock, the till's HTTP."""

import json
import sys
from pathlib import Path

import pytest

from hardware_sim.scenario import ScenarioError
from hardware_sim.scenario_run import play
from hardware_sim.shop import KEYS, ShopError, read_shop

AGENT = Path(__file__).parent / "fake_agent.py"
CONFIG = {
    "port": "${api_port}",
    "scanner": "${scanner}",
    "printer": "${printer}",
    "printer_kind": "${printer_kind}",
}
PREPARE = "import pathlib, sys; pathlib.Path(sys.argv[1]).write_text('secret\\n')"
HQ = "import pathlib, sys; pathlib.Path(sys.argv[1], 'hq.txt').write_text(' '.join(sys.argv[2:]))"


@pytest.fixture
def shop(tmp_path):
    """A shop whose agent is the fake one."""
    folder = tmp_path / "shop"
    folder.mkdir()
    python = sys.executable
    table = {
        "prepare": [[python, "-c", PREPARE, "${work}/token"]],
        "background": [[python, "-c", "import time; time.sleep(60)"]],
        "prepare_lane": [],
        "hq": [python, "-c", HQ, "${work}"],
        "run": [python, str(AGENT), "${work}/lane-${lane}.toml", "${clock}"],
        "config": json.dumps(CONFIG),
        "api": "http://127.0.0.1:${api_port}",
        "token": "${work}/token",
    }
    lines = [f"{key} = {json.dumps(value)}" for key, value in table.items()]
    (folder / "sim.toml").write_text("\n".join(lines))
    return read_shop(folder)


@pytest.fixture
def work(tmp_path):
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


FIRST = """\
time 2026-11-02T10:00:00Z
lane 1 printer {port}
shopper anna card 2900000000018
scan anna
basket 4006381333931 x 2 @ 1.99
expect shopper known
expect discount 0.00
expect verdict yog NOT_ASSIGNED
expect sentence "one more"
expect cue "card"
tender
expect printed "20 % off"
expect not printed "30 % off"
expect slips 1
expect code "(255)9501101530003"
keep coupon as c1
"""


@pytest.mark.parametrize("port", ["tcp", "pty"])
async def test_a_coupon_is_printed_kept_and_redeemed(shop, work, port):
    """Two visits: the coupon's code is read off the first paper and presented at the second."""
    story = FIRST.format(port=port) + (
        "advance 3 days\n"
        "basket 4006381333931 x 2 @ 1.99\n"
        "present c1\n"
        "expect discount 0.40\n"
        "expect verdict yog APPLIED\n"
        "tender giving 0.10\n"
        "return 4006381333931\n"
        "expect refund 3.59\n"
        "hq recall 4006381333931 --now\n"
    )
    outcomes = await play(story, shop, work)
    assert [str(o) for o in outcomes if not o.held] == []
    assert len(outcomes) == 25
    assert (work / "hq.txt").read_text() == "recall 4006381333931 --now"
    assert (work / "paper" / "lane-1-slip-1.png").exists()
    assert "20 % off yogurt" in (work / "paper" / "lane-1-slip-2.txt").read_text()


async def test_faults_reach_the_agent_and_heal(shop, work):
    """Paper that is out is seen by the agent; after new paper the slip comes out."""
    story = (
        "time 2026-11-02T10:00:00Z\nlane 1 printer tcp\nfault printer paper-out\n"
        "basket 4006381333931\ntender\nexpect state printer paper_out\nexpect slips 0\n"
        'heal printer\nexpect printed "20 % off"\nfault link cut\nheal link\n'
        "kill lane 1\nrestart lane 1\nbasket 4006381333931\nexpect answer 200\n"
    )
    outcomes = await play(story, shop, work)
    assert [str(o) for o in outcomes if not o.held] == []


async def test_what_does_not_hold_is_said_and_the_story_goes_on(shop, work):
    """A failed expectation tells what was seen; the next step is played all the same."""
    story = (
        "time 2026-11-02T10:00:00Z\nlane 1 printer tcp\nbasket 4006381333931\n"
        "expect discount 0.99\nexpect verdict yog APPLIED\ntender\n"
    )
    outcomes = await play(story, shop, work)
    assert [o.held for o in outcomes] == [True, True, True, False, False, True]
    assert outcomes[3].saw == "saw 0 instead of 99 (answer 200)"
    assert "NOT_ASSIGNED" in outcomes[4].saw


@pytest.mark.parametrize(
    ("story", "saw"),
    [
        ("lane 1 printer tcp\ntender", "no time yet"),
        ('time 2026-11-02T10:00:00Z\nscan "1"\ntender', "no lane yet"),
        ("time 2026-11-02T10:00:00Z\nlane 1 printer tcp\nscan bob\ntender", "no shopper or coupon"),
        (
            "time 2026-11-02T10:00:00Z\nlane 1 printer tcp\nfault printer usb-vanish\ntender",
            "is for pty only",
        ),
        ("time 2026-11-02T10:00:00Z\nlane 1 printer tcp laser\ntender", "no printer model"),
        ("time 2026-11-02T10:00:00Z\nlane 1 printer tcp\ntender\ntender", "no open transaction"),
    ],
)
async def test_a_step_that_cannot_be_done_ends_the_story(shop, work, story, saw):
    """The last outcome says why; what stands behind it is not played."""
    outcomes = await play(story, shop, work)
    assert not outcomes[-1].held
    assert saw in outcomes[-1].saw
    assert len(outcomes) == len(story.splitlines()) - 1


async def test_a_bad_line_starts_nothing(shop, work):
    """The whole story is read before the first step."""
    with pytest.raises(ScenarioError):
        await play("time 2026-11-02T10:00:00Z\nlane 1 printer tcp\ntendre\n", shop, work)
    assert list(work.iterdir()) == []


async def test_an_agent_that_dies_at_start_shows_its_log(shop, work):
    """The step fails at once, with what the agent said."""
    (shop.folder / "bad.py").write_text("print('no keys here'); raise SystemExit(2)")
    text = (shop.folder / "sim.toml").read_text().replace(str(AGENT), f"{shop.folder}/bad.py")
    (shop.folder / "sim.toml").write_text(text)
    outcomes = await play(
        "time 2026-11-02T10:00:00Z\nlane 1 printer tcp\n", read_shop(shop.folder), work
    )
    assert not outcomes[-1].held
    assert "no keys here" in outcomes[-1].saw


def test_a_shop_file_is_strict(tmp_path):
    """A missing file, a missing key and an unknown one are said by name."""
    with pytest.raises(ShopError, match=r"sim\.toml"):
        read_shop(tmp_path)
    lines = [f'{key} = ""' for key in KEYS if key != "run"]
    (tmp_path / "sim.toml").write_text("\n".join([*lines, 'runn = ""']))
    with pytest.raises(ShopError, match="run, runn"):
        read_shop(tmp_path)
