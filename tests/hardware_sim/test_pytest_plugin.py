"""The plugin, as an integrator uses it: in a pytest of its own, in a directory of its own."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "simulator.md").read_text(encoding="utf-8")
INI = f"[pytest]\nsim_shop = {ROOT / 'examples'}\naddopts = --strict-markers\nfilterwarnings = error\n"


def run(folder, tests):
    """Run tests there; give what pytest said."""
    (folder / "pytest.ini").write_text(INI)
    (folder / "test_it.py").write_text(tests)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "hardware_sim.pytest_plugin", "-rs"]
    path = f"{os.environ['PATH']}{os.pathsep}/usr/sbin"  # Debian keeps mosquitto there
    ended = subprocess.run(
        [*command, "-p", "no:cacheprovider", "-p", "no:asyncio"], cwd=folder, env=os.environ | {"PATH": path},
        capture_output=True, text=True, timeout=150, check=False,
    )  # fmt: skip
    return ended.stdout + ended.stderr


def test_the_page_s_example_passes(tmp_path):
    """The tests that docs/simulator.md shows, as they stand there, the whole lane included."""
    example = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL).group(1)
    assert "3 passed" in run(tmp_path, example)


def test_the_report_of_a_failed_test_shows_the_paper(tmp_path):
    """What the printer had printed stands in a section of its own."""
    said = run(
        tmp_path,
        "import socket\n"
        "def test_it(sim_printer):\n"
        "    host, port = sim_printer.address.split(':')\n"
        "    with socket.create_connection((host, int(port))) as line:\n"
        "        line.sendall(b'so far\\n')\n"
        "    sim_printer.wait_for('further', timeout_s=0.3)\n",
    )
    assert "1 failed" in said
    assert "paper of simulated printer 1" in said
    assert "expected 'further' and 0 slips; on paper:\nE" in said


def test_every_device_can_be_taken_in_hand(tmp_path):
    """Scanner, two printers, a till without a lane: plain and async tests, on TCP and pty."""
    said = run(
        tmp_path,
        """
import asyncio, os
from datetime import date
import pytest

def test_a_scanner(sim_scanner):
    line = os.open(sim_scanner.path, os.O_RDONLY | os.O_NOCTTY)
    sim_scanner.scan("4006381333931", "]E0")
    assert os.read(line, 100) == b"]E04006381333931\\r"
    sim_scanner.garbage()
    assert os.read(line, 1000).endswith(b"\\r")
    sim_scanner.wait_until_read()
    os.close(line)

def test_two_printers(make_sim_printer):
    first, second = make_sim_printer("58mm"), make_sim_printer(port="pty", flow="xonxoff")
    assert first.url.startswith("tcp://")
    line = os.open(second.url, os.O_RDWR | os.O_NOCTTY)
    os.write(line, b"on the second\\n\\x10\\x04\\x01")
    second.wait_for("on the second")
    second.wait_until_idle()
    assert os.read(line, 10) == b"\\x12"
    assert first.paper == []
    os.close(line)

@pytest.mark.sim_printer(timed=True, model="tm-t88vi")
def test_a_timed_one(sim_printer):
    async def print_it():
        host, port = sim_printer.address.split(":")
        _, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"\\x1d^\\x01\\x00\\x01word\\n\\x1dk\\x024006381333931\\x00")
        await writer.drain()
        writer.close()
        await writer.wait_closed()
    asyncio.run(print_it())
    sim_printer.wait_for("4006381333931")
    assert [code.text for code in sim_printer.codes()] == ["4006381333931"]

def test_a_till(sim_till, tmp_path):
    (tmp_path / "token").write_text("x")
    till = sim_till("http://127.0.0.1:1", tmp_path / "token")
    till.begin(date(2026, 11, 2))
    till.ring("4006381333931", 2, 199)
    with pytest.raises(OSError):
        till.put()
""",
    )
    assert "4 passed" in said, said


def test_a_mark_that_is_wrong_is_told_in_a_sentence(tmp_path):
    """A model, a fault, a port or a word that there is not: an error that says what there is."""
    said = run(
        tmp_path,
        """
import pytest

@pytest.mark.parametrize("_", [pytest.param(0, marks=pytest.mark.sim_printer(**words)) for words in (
    {"model": "58mmm"}, {"faults": ["papr-out"]}, {"port": "serial"}, {"baud": 9600}, {"modell": "58mm"},
)])
def test_it(sim_printer, _):
    pass
""",
    )
    assert "5 errors" in said
    assert "no printer model is called '58mmm'; there is tm-t88v" in said
    assert "did you mean 'paper-out'?" in said
    assert said.count("port is 'tcp', or 'pty' with baud and flow") >= 2
    assert "unexpected keyword argument 'modell'" in said


def test_a_till_of_one_s_own_at_a_whole_lane(tmp_path):
    """The lane's address and token, its scanner and its printer with a fault, each in the test's hands."""
    said = run(
        tmp_path,
        """
import json, urllib.request
from datetime import date
import pytest

@pytest.mark.sim_lane(printer="pty", faults=["paper-near-end"])
def test_it(sim_lane, sim_till):
    sim_lane.do("expect state offers up")
    sim_lane.scanner.scan("2900000001015", "]E0")
    sim_lane.scanner.wait_until_read()
    till = sim_till(sim_lane.api, sim_lane.token_file)
    till.begin(date(2026, 11, 2))
    till.ring("9520000001049", 1, 189)
    assert till.put().status == 200
    assert till.tender().status == 200
    sim_lane.printer.wait_for("Solenne", slips=1, timeout_s=20)
    assert sim_lane.printer.state["paper_near_end"]
    bare = urllib.request.urlopen(sim_lane.api + "/healthz")
    assert bare.status == 200
""",
    )
    assert "1 passed" in said, said
