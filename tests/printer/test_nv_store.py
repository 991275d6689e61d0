"""Pictures in the printer's own memory, on the simulator's, with its deafness and its wear."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace
from PIL import Image

from hardware_sim.printer_device import PrinterDevice
from printer.bitmap import Bitmap, from_image
from printer.layout import picture_bitmap
from printer.nv import picture_name
from printer.nv_store import WRITES_A_DAY, NvStore
from printer.profile import PROFILES
from printer.slip import Slip
from tests.faults.fast_loop import LoopClock, run_fast
from tests.faults.rig import Rig, gradient, long_slip, profile_of

MODEL = "tm-t20iii"
PROFILE = replace(PROFILES["TM-T20III"], fence_follows_paper=True)


def picture(number: int) -> Bitmap:
    """Make pictures that differ."""
    image = Image.new("1", (160, 40 + number), 1)
    image.paste(0, (0, 0, 8 + number, 20))
    return from_image(image)


def always() -> bool:
    return True


def nights(tmp_path: Path, story: Callable[[Rig, NvStore], Awaitable[object]]) -> object:
    """Tell a story of one printer and its store, from a time when both know nothing."""

    async def told() -> object:
        rig = Rig(MODEL, "tcp", tmp_path, PROFILE)
        store = NvStore(tmp_path / "pictures.json", rig.profile, LoopClock())
        rig.queue.use_memory(store)
        async with rig.running():
            await asyncio.sleep(2.0)
            return await story(rig, store)

    return run_fast(told)


def keys(rig: Rig) -> set[bytes]:
    return set(rig.device.reader.desk.graphics.nv.kept)


def test_the_most_useful_pictures_are_written_within_the_day_s_budget(tmp_path: Path) -> None:
    """Fifteen pictures: ten tonight, the first of them; five on the next night."""
    ranked = [picture(number) for number in range(15)]

    async def story(rig: Rig, store: NvStore) -> None:
        said = await rig.queue.keep_pictures(ranked, always)
        assert said == "10 written or deleted, 5 left, 10 pictures ready"
        assert rig.device.nv_writes == len(keys(rig)) == WRITES_A_DAY
        assert set(store.stored) == {picture_name(one) for one in ranked[:10]}
        await rig.queue.keep_pictures(ranked, always)
        assert rig.device.nv_writes == WRITES_A_DAY
        store._clock.ahead = timedelta(hours=25)  # type: ignore[attr-defined]
        await rig.queue.keep_pictures(ranked, always)
        assert set(store.stored) == {picture_name(one) for one in ranked}
        assert rig.device.nv_writes == 15

    nights(tmp_path, story)


def test_a_stored_picture_is_called_up_and_is_dot_for_dot_the_same(tmp_path: Path) -> None:
    """The second slip is on the rung "nv", a fiftieth of the bytes, and looks like the first."""
    slip = long_slip()

    async def story(rig: Rig, store: NvStore) -> None:
        first = await rig.queue.submit("1" * 32, (slip,), 60.0)
        png = slip.picture_png
        assert png is not None
        await rig.queue.keep_pictures([picture_bitmap(png, PROFILE)], always)
        sent = len(rig.sent)
        second = await rig.queue.submit("2" * 32, (slip,), 60.0)
        assert (first.plan[:5], second.plan[:3]) == ("full:", "nv:")
        assert first.result == second.result == "printed"
        assert len(rig.sent) - sent < 600
        one, two = (paper.image() for paper in rig.device.roll.slips[-2:])
        assert one.convert("L").point(lambda grey: 255 - grey).getbbox() is not None
        assert _ink(one) == _ink(two)

    nights(tmp_path, story)


def _ink(image: Image.Image) -> bytes:
    dark = image.convert("L").point(lambda grey: 255 - grey)
    return dark.crop(dark.getbbox()).tobytes()


def test_another_unit_in_its_place_prints_in_full(tmp_path: Path) -> None:
    """Swapped overnight: its list differs, so nothing is called up from it."""
    slip = long_slip()

    async def story(rig: Rig, store: NvStore) -> None:
        png = slip.picture_png
        assert png is not None
        await rig.queue.keep_pictures([picture_bitmap(png, PROFILE)], always)
        assert store.stored
        rig.device.reader.desk.graphics.nv.kept.clear()
        rig.fault("reset")
        await asyncio.sleep(3.0)
        result = await rig.queue.submit("1" * 32, (slip,), 60.0)
        assert (result.result, result.plan[:5]) == ("printed", "full:")

    nights(tmp_path, story)


def test_trouble_makes_the_printer_list_its_pictures_again(tmp_path: Path) -> None:
    """Somebody opened the cover: perhaps to put another one there. Believed again once it listed."""

    async def story(rig: Rig, store: NvStore) -> None:
        await rig.queue.keep_pictures([picture(1)], always)
        rig.fault("cover-open")
        await asyncio.sleep(6.0)
        assert not store.stored
        await rig.heal()
        await asyncio.sleep(6.0)
        assert store.stored

    nights(tmp_path, story)


def test_a_store_is_believed_after_a_restart_only_once_it_listed(tmp_path: Path) -> None:
    """The file says what was written, the printer whether it is there."""

    async def story(rig: Rig, store: NvStore) -> None:
        await rig.queue.keep_pictures([picture(1)], always)
        again = NvStore(tmp_path / "pictures.json", rig.profile, LoopClock())
        assert not again.stored
        assert again.writes_left == WRITES_A_DAY - 1
        await again.verify(rig.queue._link)
        assert set(again.stored) == {picture_name(picture(1))}

    nights(tmp_path, story)


def test_the_shop_s_own_logo_is_never_touched(tmp_path: Path) -> None:
    """What somebody else stored stays, under its key, whatever is written around it."""

    async def story(rig: Rig, store: NvStore) -> None:
        shelf = rig.device.reader.desk.graphics.nv.kept
        await rig.queue.keep_pictures([picture(1)], always)
        (ours,) = keys(rig)
        logo = shelf[ours]
        shelf[b"G1"] = logo
        await rig.queue.keep_pictures([picture(2)], always)
        assert shelf[b"G1"] is logo
        assert len(keys(rig)) == 2
        assert set(store.stored) == {picture_name(picture(2))}

    nights(tmp_path, story)


def test_writing_stops_when_the_shop_opens(tmp_path: Path) -> None:
    """Asked before each picture: the rest waits for another night, what was written is used."""
    left = [3]

    def two_more() -> bool:
        left[0] -= 1
        return left[0] > 0

    async def story(rig: Rig, store: NvStore) -> None:
        said = await rig.queue.keep_pictures([picture(n) for n in range(5)], two_more)
        assert said == "2 written or deleted, 3 left, 2 pictures ready"

    nights(tmp_path, story)


def test_a_power_cut_amid_the_writing_loses_no_count_and_believes_no_picture(
    tmp_path: Path,
) -> None:
    """The write is counted before its first byte; what was not confirmed is not called up."""

    async def story(rig: Rig, store: NvStore) -> None:
        rig.fault("power-cycle=400")
        said = await rig.queue.keep_pictures([picture(n) for n in range(3)], always)
        assert "0 pictures ready" in said
        assert store.writes_left == WRITES_A_DAY - 1
        assert not store.stored

    nights(tmp_path, story)


def test_nothing_is_asked_of_the_printer_while_it_is_deaf(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From a picture's first byte to its answer no other byte is sent."""
    heard_while_writing: list[bytes] = []
    receive = PrinterDevice.receive

    def listening(device: PrinterDevice, data: bytes, now: float) -> None:
        if device._writes_nv:
            heard_while_writing.append(data)
        receive(device, data, now)

    monkeypatch.setattr(PrinterDevice, "receive", listening)

    async def story(rig: Rig, store: NvStore) -> None:
        big = from_image(Image.frombytes("L", (560, 400), bytes(range(224)) * 1000).convert("1"))
        await rig.queue.keep_pictures([big], always)
        assert store.stored
        await asyncio.sleep(12.0)

    nights(tmp_path, story)
    assert heard_while_writing == []


def test_a_printer_that_lists_nothing_is_left_alone(tmp_path: Path) -> None:
    """A clone whose profile claims a memory: nothing is written that could not be listed."""

    profile = profile_of("58mm")

    async def told() -> str:
        rig = Rig("58mm", "tcp", tmp_path, profile)
        store = NvStore(tmp_path / "pictures.json", rig.profile, LoopClock())
        rig.queue.use_memory(store)
        async with rig.running():
            await asyncio.sleep(2.0)
            said = await rig.queue.keep_pictures([picture(1)], always)
            assert rig.device.nv_writes == 0
            return said

    assert run_fast(told) == "the printer does not list its pictures"


def test_a_gradient_is_a_picture() -> None:
    """The pictures of these stories are real ones."""
    assert gradient(10, 10).startswith(b"\x89PNG")
    assert isinstance(long_slip(), Slip)
