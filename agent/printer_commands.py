"""`tillside printer`: how the lane's printer is, what it can do, and what it printed."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from agent.config import read_config
from ground.clock import SystemClock
from ground.complaints import Complaint
from printer.profile import Profile, save_profile

OK, PROBLEM = 0, 1
GOOD = ("printed", "accepted", "unconfirmed")
WORDS = {
    "printed": "printed: the paper moved",
    "accepted": "accepted: the printer took every byte; look whether the slip is there",
    "unconfirmed": "sent; nothing answers on this port: look whether the slip is there",
    "not_printed": "not printed",
    "unknown": "unknown: look whether the slip is there",
}
# makes a command: its parent, name, what runs it, a sentence, an example
Maker = Callable[..., argparse.ArgumentParser]


def say(text: str) -> None:
    """Tell the operator one line."""
    sys.stdout.write(text + "\n")


def add_printer_commands(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], command: Maker, config: Path
) -> None:
    """Add `tillside printer` and its parts."""
    printer = commands.add_parser("printer", help="Get to know the lane's printer.")
    parts = printer.add_subparsers(required=True, metavar="WHAT")
    lane = "--config lane.toml"
    made = [
        command(parts, "status", _status, "Say how the printer is and what it has proved.", lane),
        command(parts, "test", _test, "Print a short slip, and say how it ended.", lane),
        command(
            parts,
            "calibrate",
            _calibrate,
            "Print a calibration slip and write what it shows into the unit's profile.",
            f"{lane} --patch 5",
        ),
        command(parts, "jobs", _jobs, "List the print jobs of the lane's journal.", lane),
        command(
            parts,
            "probe",
            _probe,
            "Find out what a printer really does, and write it into one profile file.",
            "TM-T88V --port serial:///dev/ttyS0?baud=38400 --out printer.json",
        ),
    ]
    for part in made:
        part.add_argument("--config", type=Path, default=config, metavar="FILE")
    _, _, calibrate, jobs, probe = made
    calibrate.add_argument(
        "--patch",
        metavar="N[,N,N]",
        help="the patch that melts into its frame, or one of each row: light, middle, dark; print nothing",
    )
    calibrate.add_argument(
        "--wedge",
        type=Path,
        metavar="FILE",
        help="the wedge as it was measured, a tile and its light on each line; print nothing",
    )
    calibrate.add_argument("--out", type=Path, metavar="FILE", help="the profile to write")
    jobs.add_argument("--limit", type=int, default=20, metavar="N")
    jobs.add_argument("--journal", type=Path, metavar="FILE", help="this one, not the lane's")
    probe.add_argument(
        "model", nargs="?", help="its name in python-escpos' list; else the lane's own profile"
    )
    probe.add_argument("--port", metavar="URL", help="ask the printer there")
    probe.add_argument("--out", type=Path, metavar="FILE", help="the profile to write")
    probe.add_argument(
        "--cover", action="store_true", help="prove it with the cover open; asks you to open it"
    )


def _status(options: argparse.Namespace) -> int:
    from agent import printer_talk

    said, by_lane = printer_talk.status(read_config(options.config))
    who = "the running lane" if by_lane else "the printer itself: no lane runs here"
    say(f"{said.url}: {said.what}{', little paper left' if said.paper_low else ''}, says {who}")
    say(f"profile {said.profile}; it {', '.join(said.proved) or 'answers nothing'}")
    say(f"{said.waiting} jobs wait; {said.pictures} pictures in its memory")
    for job in said.jobs:
        say(f"  {job.job[:8]}  {job.result or 'printing'}  {job.detail}  {job.plan}")
    return OK if said.what in ("ok", "unknown") else PROBLEM


def _test(options: argparse.Namespace) -> int:
    from agent import printer_talk

    return _ended(printer_talk.print_slip(read_config(options.config), "test"))


def _ended(job: object) -> int:
    result, detail, plan = (str(getattr(job, name)) for name in ("result", "detail", "plan"))
    say(WORDS[result] + (f": {detail}" if detail else "") + (f" ({plan})" if plan else ""))
    return OK if result in GOOD else PROBLEM


def _calibrate(options: argparse.Namespace) -> int:
    from agent import printer_talk

    config = read_config(options.config)
    if options.wedge is not None:
        changed = _measured(options.wedge)
    else:
        patches: str | None = options.patch
        if patches is None:
            if _ended(printer_talk.print_slip(config, "calibration")) != OK:
                return PROBLEM
            patches = ",".join(_asked_for(tone) for tone in ("light", "middle", "dark"))
        changed = _seen(patches)
    found = replace(printer_talk.profile_of(config), **changed)
    out = printer_talk.profile_file(config, options.out)
    save_profile(found, out)
    table = f", a table of {len(found.wedge)} tones" if found.wedge else ""
    say(f"{out}: dot gain {found.dot_gain:.2f}{table}")
    _say_use(out, config.lane.printer.profile)
    return OK


def _asked_for(tone: str) -> str:
    return input(f"Which patch of the {tone} row melts into its frame? ").strip()


def _seen(text: str) -> dict[str, Any]:
    """Turn patches into the profile's fields: one number, or one of each row."""
    from printer.patches import gain_from_patch, table_from_patches

    numbers = [_number(word) for word in text.split(",")]
    gains = {gain_from_patch(number) for number in numbers}
    if len(numbers) == 1:
        return {"dot_gain": gains.pop(), "wedge": ()}
    wedge = table_from_patches(numbers)  # and refuse what is not one of each row
    middle = gain_from_patch(numbers[1])
    return {"dot_gain": middle, "wedge": () if len(gains) == 1 else wedge}


def _measured(file: Path) -> dict[str, Any]:
    """Turn a file of measured tiles into the profile's field."""
    from printer.calibration import read_wedge, table_from_wedge

    try:
        return {"wedge": table_from_wedge(read_wedge(file.read_text(encoding="utf-8")))}
    except UnicodeDecodeError:
        raise Complaint(f"{file} is no text", "write a tile and its light on each line") from None


def _number(text: str) -> int:
    if not text.strip().isdecimal():
        raise Complaint(f"{text!r} is no patch", "say the number that stands below it: 1 to 9")
    return int(text)


def _say_use(out: Path, named: str) -> None:
    if Path(named).name != out.name:
        say(f'  -> set profile = "{out.name}" under [printer] in the lane\'s configuration')
    say("  -> restart the lane: it reads the profile at its start")


def _jobs(options: argparse.Namespace) -> int:
    from cache.print_jobs import print_jobs

    journal: Path | None = options.journal
    if journal is None:
        config = read_config(options.config)
        journal = config.path(config.lane.data_dir) / "journal.db"
    for job in print_jobs(journal, options.limit):
        again = f"again of {job.again_of[:8]}  " if job.again_of else ""
        offers = " ".join(job.offers)
        say(
            f"{job.at:%Y-%m-%d %H:%M:%S}  {job.job[:8]}  {job.result or 'printing'}  "
            f"{job.detail}  {again}{offers}  {job.plan}"
        )
    return OK


def _probe(options: argparse.Namespace) -> int:
    from agent import printer_talk
    from printer.probe import compile_profile

    if options.model is not None:
        if options.out is None:
            raise Complaint("probe writes a file", "say which: --out printer.json")
        start, url, out = compile_profile(options.model), options.port, options.out
    else:
        config = read_config(options.config)
        start = printer_talk.profile_of(config)
        url = options.port or printer_talk.free_port(config)
        out = printer_talk.profile_file(config, options.out)
    found = asyncio.run(_asked(url, start, cover=options.cover)) if url else start
    save_profile(found, out)
    said = ", ".join(_proved(found)) or "answers nothing"
    say(f"{out}: {found.name}, {found.dots_wide} dots, {len(found.code_pages)} code pages; {said}")
    return OK


def _proved(profile: Profile) -> tuple[str, ...]:
    from agent.http_printer import proved

    return proved(profile)


async def _asked(url: str, start: Profile, *, cover: bool) -> Profile:
    """Ask the printer behind a port what it really does."""
    from printer.ports import open_port
    from printer.probe import probe, prove_by_cover

    port = await open_port(url)
    try:
        found = await probe(port, SystemClock(), start)
        if cover:
            found = await prove_by_cover(port, SystemClock(), found, _ask_person)
        return found
    finally:
        await port.close()


async def _ask_person(what: str) -> None:
    """Ask the operator to do something, and wait for Enter."""
    await asyncio.to_thread(input, f"{what}, then press Enter. ")
