"""What one printer model can do: a small JSON file, or one of four built-in tables.

`printer.probe` compiles the file with python-escpos; the lane reads only the file. A mode that a
job changed is set back to what `resting_*` says, since a job never sends ESC @.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace

from printer.dot_gain import DEFAULT_GAIN
from printer.errors import ProfileError

RESERVE_BYTES = 128  # an Epson reports "buffer full" with 128 bytes left (TM-T88III spec., p. 12)
MAX_PROFILE_BYTES = 65_536
FASTEST_LINE_BYTES_PER_S = 1_000_000  # USB and LAN: the head decides, not the line

# Epson's numbers (ESC t). Pages of scripts that run right to left are not used: a printer sets the
# bytes in the order they come. Latin first, so that most slips need one page.
EPSON_PAGES = {
    16: "cp1252", 19: "cp858", 0: "cp437", 2: "cp850", 3: "cp860", 4: "cp863", 5: "cp865",
    18: "cp852", 39: "iso8859_2", 40: "iso8859_15", 45: "cp1250", 13: "cp857", 48: "cp1254",
    33: "cp775", 51: "cp1257", 14: "cp737", 15: "iso8859_7", 47: "cp1253", 17: "cp866",
    34: "cp855", 46: "cp1251",
}  # fmt: skip
CLONE_PAGES = {16: "cp1252", 19: "cp858", 0: "cp437", 2: "cp850", 18: "cp852", 17: "cp866"}

Byte = Annotated[int, Meta(ge=0, le=255)]
Share = Annotated[float, Meta(ge=0, le=1)]


class Profile(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One model. Lengths in dots, `buffer_bytes` as the printer receives, `baud` 0 if not serial.

    `fence_follows_paper` is what the probe proved on the very unit: its process id is answered
    after the paper moved, not before. Only then a job may be called printed. `wedge` is what a
    calibration slip showed (`printer.calibration.table_from_wedge`); without it `dot_gain` holds.
    `fonts` is a folder with more fonts for the words that are drawn as dots. On a printer that no
    till shares, a job need not undo what a till may have left behind.
    """

    name: str
    dots_wide: Annotated[int, Meta(ge=200, le=1024)] = 576
    dpi: Annotated[int, Meta(ge=60, le=600)] = 203
    code_pages: dict[Byte, str] = msgspec.field(default_factory=lambda: dict(CLONE_PAGES))
    columns_a: Annotated[int, Meta(ge=8, le=96)] = 48
    columns_b: Annotated[int, Meta(ge=8, le=128)] = 64
    cutter: bool = True
    native_qr: bool = True
    native_ean13: bool = True
    native_code128: bool = True
    raster: Literal["GS v 0", "GS 8 L"] = "GS v 0"
    buffer_bytes: Annotated[int, Meta(ge=512, le=16_777_216)] = 4096
    rows_per_s: Annotated[int, Meta(ge=50, le=5000)] = 1200
    asb: bool = False
    realtime_status: bool = False
    gs_r: bool = False
    process_id: bool = False
    info_text: bool = False
    nv: bool = False
    motion_units: bool = True
    multibyte: bool = False
    resting_code_page: Byte = 0
    shared: bool = True
    fence_follows_paper: bool = False
    dot_gain: Annotated[float, Meta(ge=0.5, le=1.0)] = DEFAULT_GAIN
    wedge: tuple[tuple[Share, Share], ...] = ()
    fonts: str = ""
    baud: Annotated[int, Meta(ge=0, le=4_000_000)] = 0

    def __hash__(self) -> int:
        """Let a profile be a key of what was laid out for it; equality looks at every field."""
        return hash((self.name, self.dots_wide, self.dpi, self.baud, self.dot_gain))

    @property
    def bytes_per_s(self) -> float:
        """Give the line's speed: ten bits a byte on a serial line."""
        return self.baud / 10 if self.baud else FASTEST_LINE_BYTES_PER_S

    @property
    def window_bytes(self) -> int:
        """Give how many bytes may be on the way without an answer."""
        return self.buffer_bytes - RESERVE_BYTES

    @property
    def part_bytes(self) -> int:
        """Give the longest run of bytes between two fences: two of them fill the window."""
        return min(2048, self.window_bytes // 2)


EPSON = Profile(
    name="Epson",
    code_pages=dict(EPSON_PAGES),
    asb=True,
    realtime_status=True,
    gs_r=True,
    process_id=True,
    info_text=True,
    nv=True,
)
GENERIC = Profile(name="generic", multibyte=True)

# Widths, columns and dpi: python-escpos' data base. Speeds: 300, 250, 150 and 70 mm/s. A clone is
# taken to answer nothing that the probe has not heard, except what nearly every 80 mm one does.
PROFILES: dict[str, Profile] = {
    profile.name: profile
    for profile in (
        replace(
            EPSON,
            name="TM-T88V",
            dots_wide=512,
            dpi=180,
            columns_a=42,
            columns_b=56,
            rows_per_s=2100,
        ),
        replace(EPSON, name="TM-T20III", rows_per_s=2000),
        replace(GENERIC, name="generic-80mm", realtime_status=True, gs_r=True),
        replace(
            GENERIC,
            name="generic-58mm",
            dots_wide=384,
            columns_a=32,
            columns_b=42,
            cutter=False,
            native_qr=False,
            rows_per_s=560,
        ),
    )
}


def load_profile(path: Path) -> Profile:
    """Read a profile file that the probe wrote.

    Raises:
        ProfileError: not there, not JSON, or a field that this version does not know.
    """
    try:
        with path.open("rb") as file:
            text = file.read(MAX_PROFILE_BYTES + 1)
        if len(text) > MAX_PROFILE_BYTES:
            raise ProfileError(str(path), f"longer than {MAX_PROFILE_BYTES} bytes")
        profile = msgspec.json.decode(text, type=Profile)
        for codec in profile.code_pages.values():
            "".encode(codec)
    except (OSError, LookupError, msgspec.MsgspecError) as error:
        raise ProfileError(str(path), str(error)) from error
    return profile


def find_profile(name_or_path: str) -> Profile:
    """Give a built-in profile by its name, else read the file of that path.

    Raises:
        ProfileError: as `load_profile`.
    """
    return PROFILES.get(name_or_path) or load_profile(Path(name_or_path))


def save_profile(profile: Profile, path: Path) -> None:
    """Write a profile where `load_profile` finds it, whole or not at all."""
    text = msgspec.json.format(msgspec.json.encode(profile), indent=2)
    fresh = path.with_suffix(path.suffix + ".new")
    fresh.write_bytes(text + b"\n")
    fresh.replace(path)
