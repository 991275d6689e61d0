"""`tillside printer` as store IT types it, on a simulated printer: with a lane that runs, and without."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
import pytest

from agent import printer_commands
from agent.cli import main
from agent.http_app import make_app
from agent.http_limits import Limits
from agent.http_server import serve
from agent.page_keys import PageKeys
from agent.print_desk import PrintDesk
from cache.entries import Entry
from cache.journal import Journal
from ground.clock import SystemClock
from ground.dice import Dice
from hardware_sim.loop_thread import LoopThread
from hardware_sim.network_printer import NetworkPrinter
from hardware_sim.print_head import AT_ONCE, pace_of
from hardware_sim.printer_device import PrinterDevice
from hardware_sim.printer_models import MODELS
from hardware_sim.stand_ins import PrinterStandIn, printer_on
from offers.model import CampaignId, CouponNumber, OfferId, Serial
from offers.records import Incarnation, Issued, JobId, Printed, Uid
from printer.patches import table_from_patches
from printer.profile import PROFILES, load_profile
from printer.slip import Slip
from tests.agent.fake_desk import TOKEN, FakeDesk

CONFIG = 'store = "s001"\nlane = "1"\ndata_dir = "data"\nkeys_dir = "keys"\n'


@pytest.fixture
def loop() -> Iterator[LoopThread]:
    thread = LoopThread()
    yield thread
    thread.close()


@pytest.fixture
def printer(loop: LoopThread) -> Iterator[PrinterStandIn]:
    """A TM-T20III that prints at once."""
    one = printer_on(loop, NetworkPrinter(PrinterDevice(MODELS["tm-t20iii"], AT_ONCE)))
    yield one
    one.close()


@pytest.fixture
def config(tmp_path: Path, printer: PrinterStandIn) -> Path:
    """A lane's configuration with that printer."""
    (tmp_path / "data").mkdir()
    file = tmp_path / "lane.toml"
    file.write_text(f'{CONFIG}[printer]\nurl = "{printer.url}"\nprofile = "TM-T20III"\n')
    return file


class NoJournal:
    """Keeps what is written."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []

    async def append(self, *entries: Entry) -> None:
        self.entries += entries


class Lane:
    """The printer's part of a lane that runs, behind its real HTTP face."""

    def __init__(self, loop: LoopThread, config: Path, url: str) -> None:
        self.journal = NoJournal()
        self._loop = loop
        loop.run(self._start(config, url))

    async def _start(self, config: Path, url: str) -> None:
        clock = SystemClock()
        journal: object = self.journal
        self.desk = PrintDesk(url, PROFILES["TM-T20III"], journal, clock, Dice(1))  # type: ignore[arg-type]
        self.running = asyncio.ensure_future(self.desk.run())
        app = make_app(FakeDesk(), TOKEN, PageKeys(TOKEN, clock), Limits(), self.desk)
        self._face = serve(app, "127.0.0.1", 0, Limits(), lambda: None)
        host, port = await self._face.__aenter__()
        token = config.parent / "till.token"
        token.write_text(TOKEN + "\n")
        token.chmod(0o600)
        place = config.parent / "data" / "address.json"
        place.write_text(json.dumps({"http": f"http://{host}:{port}", "pid": 1}))

    def close(self) -> None:
        self._loop.run(self._stop())

    async def _stop(self) -> None:
        await self._face.__aexit__(None, None, None)
        self.running.cancel()
        await asyncio.gather(self.running, return_exceptions=True)


@pytest.fixture
def lane(loop: LoopThread, config: Path, printer: PrinterStandIn) -> Iterator[Lane]:
    one = Lane(loop, config, printer.url)
    yield one
    one.close()


def test_status_without_a_lane_asks_the_printer(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """How it is, who said so, and what its profile says that it does."""
    assert main(["printer", "status", "--config", str(config)]) == 0
    said = capsys.readouterr().out
    assert "ok, says the printer itself" in said
    assert "profile TM-T20III; it says how it is when asked" in said


def test_status_of_a_printer_in_trouble_is_a_problem(
    config: Path, printer: PrinterStandIn, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 1, and the trouble by its name."""
    printer.fault("cover-open")
    assert main(["printer", "status", "--config", str(config)]) == 1
    assert "cover open, says" in capsys.readouterr().out


def test_a_test_slip_without_a_lane(
    config: Path, printer: PrinterStandIn, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is on the paper with a code that a scanner reads, and is no coupon."""
    assert main(["printer", "test", "--config", str(config)]) == 0
    assert "accepted" in capsys.readouterr().out
    printer.wait_for("Test of the printer", slips=1)
    assert [code.text for code in printer.codes()] == ["TILLSIDE PRINTER TEST"]


def test_a_test_slip_goes_through_the_running_lane(
    config: Path, lane: Lane, printer: PrinterStandIn, capsys: pytest.CaptureFixture[str]
) -> None:
    """The lane prints it, says how it ended, and writes no row about it."""
    assert main(["printer", "test", "--config", str(config)]) == 0
    assert "accepted" in capsys.readouterr().out
    printer.wait_for("Test of the printer", slips=1)
    assert main(["printer", "status", "--config", str(config)]) == 0
    said = capsys.readouterr().out
    assert "says the running lane" in said
    assert "accepted" in said
    assert lane.journal.entries == []


def test_calibrating_through_the_lane_asks_for_the_patches(
    config: Path,
    lane: Lane,
    printer: PrinterStandIn,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Printed by the lane, answered by the operator row by row, written beside the configuration."""
    asked: list[str] = []

    def answer(question: str) -> str:
        asked.append(question)
        return "3"

    monkeypatch.setattr("builtins.input", answer)
    assert main(["printer", "calibrate", "--config", str(config)]) == 0
    printer.wait_for("step wedge", slips=1)
    assert [
        row for question in asked for row in ("light", "middle", "dark") if row in question
    ] == [
        "light",
        "middle",
        "dark",
    ]
    found = load_profile(config.parent / "printer.json")
    assert found.dot_gain == pytest.approx(0.60)
    assert found.wedge == ()
    assert 'profile = "printer.json"' in capsys.readouterr().out


def test_rows_that_differ_make_a_table(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Light tones gain less than dark ones: the profile has a table, and the middle's gain beside it."""
    words = ["printer", "calibrate", "--config", str(config), "--patch", "3,4,6"]
    assert main(words) == 0
    found = load_profile(config.parent / "printer.json")
    assert found.dot_gain == pytest.approx(0.65)
    assert found.wedge == table_from_patches((3, 4, 6))
    assert f"a table of {len(found.wedge)} tones" in capsys.readouterr().out


def test_a_measured_wedge_is_the_unit_s_table(config: Path, printer: PrinterStandIn) -> None:
    """Read off a file, checked, and written into the unit's profile; nothing is printed."""
    readings = config.parent / "unit-7.txt"
    readings.write_text("0 200\n25 130\n50 70\n75 30\n100 20\n")
    words = ["printer", "calibrate", "--config", str(config), "--wedge", str(readings)]
    assert main(words) == 0
    wedge = load_profile(config.parent / "printer.json").wedge
    assert wedge == ((0.25, 0.3889), (0.5, 0.7222), (0.75, 0.9444))
    assert printer.paper == []


@pytest.mark.parametrize("text", ["0 200\n100 x\n", "0 200\n50 70\n", "0 20\n100 200\n", None])
def test_a_wedge_that_makes_no_table_is_told(
    config: Path, text: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    """A line that is none, a tile that is missing, black lighter than white, no such file."""
    readings = config.parent / "unit-7.txt"
    if text is not None:
        readings.write_text(text)
    words = ["printer", "calibrate", "--config", str(config), "--wedge", str(readings)]
    assert main(words) == 1
    assert capsys.readouterr().err
    assert not (config.parent / "printer.json").exists()


def test_calibrating_with_a_patch_prints_nothing(config: Path, printer: PrinterStandIn) -> None:
    """For scripts: what the slip showed is known; the profile is written where it is asked."""
    out = config.parent / "unit-7.json"
    words = ["printer", "calibrate", "--config", str(config), "--patch", "9", "--out", str(out)]
    assert main(words) == 0
    assert load_profile(out).dot_gain == pytest.approx(0.90)
    assert printer.paper == []


@pytest.mark.parametrize("patch", ["0", "10", "x", "1,2,10"])
def test_a_patch_that_is_not_there_is_told(
    config: Path, patch: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 1, the numbers that there are, nothing written."""
    assert main(["printer", "calibrate", "--config", str(config), "--patch", patch]) == 1
    assert "1 to 9" in capsys.readouterr().err
    assert not (config.parent / "printer.json").exists()


def test_the_probe_does_not_take_the_port_from_a_lane(
    config: Path, lane: Lane, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 1: stop the lane first."""
    assert main(["printer", "probe", "--config", str(config)]) == 1
    assert "stop the lane" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("model", "proven"), [("tm-t20iii", True), ("lying-clone", False), ("mute-clone", False)]
)
def test_the_probe_writes_what_a_unit_proved(
    loop: LoopThread, tmp_path: Path, model: str, proven: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    """A unit at its own speed: who answers before the paper moved has proved nothing."""
    unit = printer_on(loop, NetworkPrinter(PrinterDevice(MODELS[model], pace_of(MODELS[model]))))
    config, out = tmp_path / "lane.toml", tmp_path / "printer.json"
    config.write_text(f'{CONFIG}[printer]\nurl = "{unit.url}"\nprofile = "TM-T20III"\n')
    assert main(["printer", "probe", "--config", str(config)]) == 0
    unit.close()
    assert load_profile(out).fence_follows_paper is proven
    assert ("names a job after its paper moved" in capsys.readouterr().out) is proven


@pytest.mark.parametrize("honest", [True, False])
def test_the_cover_shows_who_answers_ahead_of_the_paper(
    loop: LoopThread, tmp_path: Path, honest: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The operator opens it, the strip is sent, he closes it: only then may the answer come."""
    model = MODELS["tm-t20iii" if honest else "lying-clone"]
    unit = printer_on(loop, NetworkPrinter(PrinterDevice(model, pace_of(model))))

    async def do(what: str) -> None:
        (unit.fault if "Open" in what else lambda _: unit.heal())("cover-open")

    monkeypatch.setattr(printer_commands, "_ask_person", do)
    if not honest:  # it won the race, let us say
        monkeypatch.setattr("printer.probe._follows_paper", lambda short, long: True)
    out = tmp_path / "printer.json"
    words = ["printer", "probe", "TM-T20II", "--port", unit.url, "--out", str(out), "--cover"]
    assert main(words) == 0
    unit.close()
    assert load_profile(out).fence_follows_paper is honest


def test_jobs_come_from_the_journal(
    loop: LoopThread, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The newest first: its coupons, how it ended, on which rung and why; a second try names the first."""
    file = tmp_path / "journal.db"
    loop.run(_write_jobs(file))
    assert main(["printer", "jobs", "--journal", str(file)]) == 0
    newest, oldest = capsys.readouterr().out.splitlines()
    assert "2026-11-02 10:00:00" in oldest
    assert "not_printed  paper out  yogurt-20" in oldest
    assert "again of 11111111" in newest
    assert "yogurt-20  words: 560 bytes take 0.6 s of 2.0 s" in newest


async def _write_jobs(file: Path) -> None:
    now = datetime(2026, 11, 2, 10, 0, tzinfo=UTC)
    journal = await Journal.open(file, incarnation=lambda: Incarnation("0" * 16), now=lambda: now)
    first, second = JobId("1" * 32), JobId("2" * 32)
    coupon = Issued(
        Uid("a" * 32), first, OfferId("yogurt-20"), 1, CampaignId("c1"), "dairy",
        CouponNumber("9520000900014"), Serial("123456789012"),
        date(2026, 11, 2), date(2026, 12, 2), None,
    )  # fmt: skip
    plan = "words: 560 bytes take 0.6 s of 2.0 s"
    for record in (
        coupon,
        Printed(first, "not_printed", "paper out"),
        Printed(second, "accepted", "", plan, first),
    ):
        await journal.append(Entry(record, now))
    await journal.close()


def test_a_lane_without_a_printer_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each command that needs one: exit 1, and what to set."""
    config = tmp_path / "lane.toml"
    config.write_text(CONFIG)
    for what in ("status", "test", "probe"):
        assert main(["printer", what, "--config", str(config)]) == 1
        assert "set url under [printer]" in capsys.readouterr().err


def test_a_slip_that_found_no_paper_is_printed_when_there_is_some(
    loop: LoopThread, config: Path, lane: Lane, printer: PrinterStandIn
) -> None:
    """Paper out, not printed; paper in: the same slip, once, in a row that names the first job."""
    job = JobId("1" * 32)
    printer.fault("paper-out")
    loop.call(lambda: lane.desk.submit(job, (Slip(job=job, headline="Greek yogurt"),), _good))
    _wait(loop, lambda: len(lane.journal.entries) == 1)
    printer.heal()
    printer.wait_for("Greek yogurt", slips=1, timeout_s=20.0)
    _wait(loop, lambda: len(lane.journal.entries) == 2)
    first, second = (entry.record for entry in lane.journal.entries)
    assert isinstance(first, Printed)
    assert isinstance(second, Printed)
    assert (first.result, first.detail, first.again_of) == ("not_printed", "paper out", None)
    assert (second.result, second.again_of) == ("accepted", job)
    assert second.plan.startswith("full: ")
    assert loop.call(lambda: lane.desk.result(job)) == "accepted"
    assert msgspec.json.decode(msgspec.json.encode(second), type=Printed) == second


def _good() -> bool:
    return True


def _wait(loop: LoopThread, holds: Callable[[], bool], most_s: float = 20.0) -> None:
    """Wait for a lane in another thread."""
    clock = SystemClock()
    until_s = clock.monotonic_s() + most_s
    while not loop.call(holds):
        assert clock.monotonic_s() < until_s
        loop.run(clock.sleep(0.02))
