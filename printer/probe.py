"""Find out what a printer can do, once, at installation, and write it to one small file.

The only module that imports python-escpos: its data base of models gives widths, columns and code
pages. What a model answers is not in it; `probe` asks the unit itself. The proof that a fence
follows the paper is a race: behind ten centimetres of feed an honest unit cannot answer sooner
than the fastest head on the market could have moved the paper.
"""

from __future__ import annotations

import asyncio
import codecs
from collections.abc import Awaitable, Callable
from typing import Any

from msgspec.structs import replace

from ground.clock import Clock, within
from printer.errors import ProfileError
from printer.escpos import CUT, FENCE, process_id
from printer.ports import Port
from printer.profile import EPSON_PAGES, PROFILES, Profile
from printer.status import Answer, Event, Fence, Info, ProcessId, Status, StatusReader

ANSWER_S = 1.5
COVER_S = 10.0  # a printer that was closed warms up, and feeds ten centimetres
RACE_FEEDS = 4  # ESC J 200: 800 rows, 10 cm at 203 dpi
RACE_ROWS = 800
FASTEST_ROWS_PER_S = 4000  # 500 mm/s, faster than any receipt printer sold
RIGHT_TO_LEFT = frozenset({"cp856", "cp862", "cp864", "cp1255", "cp1256", "cp720"})
TWO_BYTE = frozenset({"cp932"})
NATIVE_FEATURES = {"native_qr": "qrCode", "native_ean13": "barcodeB", "native_code128": "barcodeB"}


def known_models() -> list[str]:
    """Give the names of python-escpos' profiles."""
    return sorted(_capabilities()["profiles"])


def compile_profile(escpos_profile_name: str, **known: Any) -> Profile:
    """Compile a model's profile from python-escpos' data base; `known` fields override.

    Raises:
        ProfileError: it does not know the model, or how wide it prints.
    """
    data = _capabilities()["profiles"].get(escpos_profile_name)
    if data is None:
        raise ProfileError(escpos_profile_name, f"not one of {', '.join(known_models())}")
    media, features, fonts = data["media"], data["features"], data["fonts"]
    width = media["width"].get("pixels")
    if "dots_wide" not in known and not isinstance(width, int):
        raise ProfileError(escpos_profile_name, "python-escpos does not know its width: dots_wide")
    facts: dict[str, Any] = {
        "name": escpos_profile_name,
        "dots_wide": width,
        "dpi": media["dpi"] if isinstance(media.get("dpi"), int) else 203,
        "columns_a": fonts["0"]["columns"],
        "columns_b": fonts.get("1", fonts["0"])["columns"],
        "code_pages": _code_pages(data["codePages"]),
        "cutter": bool(features["paperFullCut"] or features["paperPartCut"]),
        "multibyte": data.get("vendor") != "Epson",
    }
    facts |= {name: bool(features[feature]) for name, feature in NATIVE_FEATURES.items()}
    base = next((built for name, built in PROFILES.items() if name == escpos_profile_name), None)
    return replace(base or Profile(name=""), **{**facts, **known})


def _code_pages(numbered: dict[str, str]) -> dict[int, str]:
    """Keep the single-byte pages that Python can encode and that run left to right, Latin first."""
    encodings = _capabilities()["encodings"]
    pages: dict[int, str] = {}
    for number, name in numbered.items():
        codec = encodings[name].get("python_encode")
        if codec and codec not in RIGHT_TO_LEFT | TWO_BYTE and codec not in pages.values():
            pages[int(number)] = codecs.lookup(codec).name
    latin_first = {codec: at for at, codec in enumerate(EPSON_PAGES.values())}
    order = sorted(pages, key=lambda number: (latin_first.get(pages[number], 99), number))
    return {number: pages[number] for number in order}


def _capabilities() -> dict[str, Any]:
    from escpos.capabilities import CAPABILITIES

    return CAPABILITIES  # type: ignore[no-any-return]


async def probe(port: Port, clock: Clock, start: Profile) -> Profile:
    """Ask a unit what it answers, and give the profile with that.

    Feeds ten centimetres of paper and cuts. Nothing else may use the printer meanwhile.

    Args:
        port: opened for this.
        clock: all waiting is on it.
        start: what is known of the model, from `compile_profile` or a built-in.
    """
    asking = _Asking(port, clock)
    reading = asyncio.ensure_future(asking.read())
    try:
        return await _asked(asking, start)
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)


async def prove_by_cover(
    port: Port, clock: Clock, found: Profile, ask_person: Callable[[str], Awaitable[None]]
) -> Profile:
    """Prove it once more with the cover open: who names a job then has not printed it.

    A clone may wait before it answers, and so win the race; it cannot know that its cover is open
    and answer right. The unit must be quiet while the cover is open, and answer once it is closed.

    Args:
        port: as for `probe`.
        clock: as for `probe`.
        found: what `probe` found.
        ask_person: shows a sentence, and returns when it was done.
    """
    if not found.fence_follows_paper:
        return found
    asking = _Asking(port, clock)
    reading = asyncio.ensure_future(asking.read())
    try:
        await ask_person("Open the printer's cover")
        strip = _dots_as_units(found) + b"\x1bJ\xc8" * RACE_FEEDS + process_id(b"up03")
        early = await asking.ask(strip, _is_id(b"up03"))
        await ask_person("Close the cover")
        late = early is None and await asking.wait(_is_id(b"up03"), COVER_S)
        await asking.ask(b"\x1dP\x00\x00" + (CUT if found.cutter else b""), None)
        return replace(found, fence_follows_paper=bool(late))
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)


async def _asked(asking: _Asking, start: Profile) -> Profile:
    realtime = await asking.ask(b"\x10\x04\x01", _is(Answer), realtime=1)
    text = await asking.ask(b"\x1dIC", _is(Info))
    fence = await asking.ask(FENCE, _is(Fence))
    status = await asking.ask(b"\x1da\xff", _is(Status))
    await asking.ask(b"\x1da\x00", None)
    short = await asking.ask(process_id(b"up01"), _is_id(b"up01"))
    race = _dots_as_units(start) + b"\x1bJ\xc8" * RACE_FEEDS + process_id(b"up02")
    long = await asking.ask(race, _is_id(b"up02")) if short is not None else None
    await asking.ask(b"\x1dP\x00\x00" + (CUT if start.cutter else b""), None)
    model = asking.text if text is not None else ""
    return replace(
        start,
        name=f"{start.name} ({model})" if model and model not in start.name else start.name,
        realtime_status=realtime is not None,
        info_text=text is not None,
        gs_r=fence is not None,
        asb=status is not None,
        process_id=short is not None,
        fence_follows_paper=_follows_paper(short, long),
    )


def _follows_paper(short: float | None, long: float | None) -> bool:
    """Tell whether the answer behind the feed came later than paper can move."""
    if short is None or long is None:
        return False
    return long - short >= RACE_ROWS / FASTEST_ROWS_PER_S


def _dots_as_units(profile: Profile) -> bytes:
    return b"\x1dP" + bytes([min(255, profile.dpi)] * 2)


class _Asking:
    """One question after another, and how long each answer took."""

    def __init__(self, port: Port, clock: Clock) -> None:
        self._port = port
        self._clock = clock
        self._reader = StatusReader()
        self._came: asyncio.Queue[Event] = asyncio.Queue()
        self.text = ""

    async def read(self) -> None:
        """Collect what comes until the line ends."""
        while data := await self._port.read():
            for event in self._reader.feed(data):
                self._came.put_nowait(event)

    async def ask(
        self, question: bytes, fits: Callable[[Event], bool] | None, realtime: int = 0
    ) -> float | None:
        """Send a question; give the seconds to its answer, None if none came or none is expected."""
        if realtime:
            self._reader.asked(realtime)
        began_s = self._clock.monotonic_s()
        try:
            await within(self._port.write(question), ANSWER_S, self._clock)
            if fits is None:
                return None
            await within(self._answer(fits), ANSWER_S, self._clock)
        except TimeoutError:
            return None
        return self._clock.monotonic_s() - began_s

    async def wait(self, fits: Callable[[Event], bool], seconds: float) -> bool:
        """Tell whether an answer comes to what was asked before."""
        try:
            await within(self._answer(fits), seconds, self._clock)
        except TimeoutError:
            return False
        return True

    async def _answer(self, fits: Callable[[Event], bool]) -> None:
        while not fits(event := await self._came.get()):
            pass
        if isinstance(event, Info):
            self.text = event.text


def _is(kind: type[Event]) -> Callable[[Event], bool]:
    return lambda event: isinstance(event, kind)


def _is_id(four: bytes) -> Callable[[Event], bool]:
    return lambda event: event == ProcessId(four)
