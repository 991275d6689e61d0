"""The lane's one configuration file, typed and ranged. `docs/config.md` explains each setting.

Paths may be relative to the file. A key that nobody reads is an error that names the nearest known.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, Struct

from ground.strict_toml import read_toml
from offers.model import LaneId, Language, StoreId
from printer.worded import Carrier
from staff_help.goodwill import GoodwillRules

Name = Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{1,32}$")]
HOURS = "^([0-2][0-9]:[0-5][0-9]-[0-2][0-9]:[0-5][0-9])?$"
Port = Annotated[int, Meta(ge=0, le=65535)]


class Table(Struct, frozen=True, forbid_unknown_fields=True):
    """The base of every table of the file."""


class HqTable(Table, frozen=True):
    """[hq]: the broker of headquarters. No host: the lane works alone."""

    host: str = ""
    port: Port = 8883
    user: str = ""
    password_file: str = ""
    ca_file: str = ""
    cert_file: str = ""
    key_file: str = ""


class ArbiterTable(Table, frozen=True):
    """[arbiter]: the store's own broker, over which a lane of the store arbitrates. No host: none."""

    host: str = ""
    port: Port = 8883
    user: str = ""
    password_file: str = ""
    ca_file: str = ""
    cert_file: str = ""
    key_file: str = ""
    here: bool = False  # headquarters may let this lane arbitrate
    claim_wait_ms: Annotated[int, Meta(ge=50, le=1000)] = 300  # a store's network answers in 10


class ScannerTable(Table, frozen=True):
    """[scanner]: a serial port, a pty or `socket://host:port`. No url: the till sends the scans."""

    url: str = ""
    baud: Annotated[int, Meta(ge=1200, le=921_600)] = 9600
    prefix: str = ""
    suffix: str = ""


class PrinterTable(Table, frozen=True):
    """[printer]: where slips go. No url: nothing is printed, and nothing is issued."""

    url: str = ""
    profile: str = "generic-80mm"  # a built-in name, or a file made by `tillside printer probe`
    deadline_s: Annotated[float, Meta(ge=0.2, le=60)] = 2.0
    pictures: Annotated[str, Meta(pattern=HOURS)] = ""  # when the printer's memory is written
    fonts: str = ""  # a folder of fonts for words that the printer has no letters for


class HttpTable(Table, frozen=True):
    """[http]: the till's API and the cashier's page, on loopback only."""

    port: Port = 8370
    token_file: str = "till.token"
    connections: Annotated[int, Meta(ge=4, le=1000)] = 64


class CardsTable(Table, frozen=True):
    """[cards]: which numbers are the shop's own."""

    ean_prefixes: tuple[str, ...] = ("29", "28")
    luhn_prefixes: tuple[str, ...] = ()
    app_prefix: str = ""


class TillTable(Table, frozen=True):
    """[till]: whether a till is attached; without one a scan prints at once."""

    attached: bool = True
    claim_wait_ms: Annotated[int, Meta(ge=50, le=1000)] = 800  # HQ arbitrates: design, section 7
    carrier: Carrier = "qr"  # the code of a single-use coupon: what the till's scanner reads


class StaffTable(Table, frozen=True):
    """[staff]: how people sign in, where headquarters publishes who they are."""

    badge_prefix: Annotated[str, Meta(pattern=r"^[!-~]{0,16}$(?!\n)")] = ""
    idle_lock_s: Annotated[int, Meta(ge=30, le=3600)] = 300


class LaneConfig(Table, frozen=True):
    """The whole file."""

    store: Name
    lane: Name
    data_dir: str
    keys_dir: str
    mode: Literal["live", "test"] = "live"
    brand_line: Annotated[str, Meta(max_length=42)] = ""  # heads every slip
    language: Annotated[str, Meta(pattern="^[a-z]{2}(-[a-z]{2})?$")] = "en"
    hq: HqTable = HqTable()
    arbiter: ArbiterTable = ArbiterTable()
    scanner: ScannerTable = ScannerTable()
    printer: PrinterTable = PrinterTable()
    http: HttpTable = HttpTable()
    cards: CardsTable = CardsTable()
    goodwill: GoodwillRules = GoodwillRules()
    staff: StaffTable = StaffTable()
    till: TillTable = TillTable()

    @property
    def store_id(self) -> StoreId:
        """The store, as the wire names it."""
        return StoreId(self.store)

    @property
    def lane_id(self) -> LaneId:
        """The lane, as the wire names it."""
        return LaneId(self.lane)

    @property
    def language_id(self) -> Language:
        """The language of the cashier's sentences."""
        return Language(self.language)


class Config(Struct, frozen=True):
    """A configuration and the folder that its relative paths start from."""

    lane: LaneConfig
    home: Path

    def path(self, text: str) -> Path:
        """Resolve a path of the file."""
        return (self.home / text).resolve()


def read_config(path: Path) -> Config:
    """Read and check the file.

    Raises:
        TomlComplaint: a key is unknown, missing, of the wrong type or out of its range.
        OSError: the file cannot be read.
    """
    return Config(read_toml(path, LaneConfig), path.resolve().parent)
