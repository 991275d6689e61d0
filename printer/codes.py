"""The code on a slip: checked, measured, and drawn natively or as dots, before a byte is sent.

A printer that is given a code wider than its paper prints nothing and does not say so; hence the
width with its quiet zones is computed here, for the native commands too.
"""

from __future__ import annotations

from typing import Literal

from printer.barcodes import (
    CODE128_QUIET,
    EAN_QUIET,
    code128c_modules,
    code128c_values,
    ean13_modules,
)
from printer.bitmap import Bitmap, compose, enlarge
from printer.databar import databar_bitmap, databar_columns, databar_width
from printer.errors import CodeError, CodeTooWide
from printer.items import Dots, Feed, Item, NativeBars, NativeQr
from printer.profile import Profile
from printer.realtime_safe import holds_realtime
from printer.slip import Code

EAN_MODULE = 3  # dots; 0.375 mm at 203 dpi, above GS1's least X of 0.264 mm
CODE128_MODULE = 3
DATABAR_MODULE = 3  # 0.375 mm at 203 dpi; at 2 dots it would be below GS1's least X
QR_MODULES = (6, 5, 4)  # dots, the widest that fits; below 4 a blurred print is not read
DRAWN_QR_MODULES = (6, 4)  # sent at half size and doubled by the printer: a quarter of the bytes
QR_QUIET = 4  # modules on each side: ISO/IEC 18004, 6.3.8
BAR_HEIGHT = 96  # dots; 12 mm, so that one sweep of a hand scanner crosses it

# Bytes that QR versions 1 to 15 hold at correction level M: ISO/IEC 18004, table 7. A printer that
# packs digits tighter makes a smaller code, never a wider one.
QR_BYTES = (14, 26, 42, 62, 84, 106, 122, 152, 180, 213, 251, 287, 331, 362, 412)


def code_items(code: Code, profile: Profile) -> list[Item]:
    """Give what to print for a code, its quiet zones above and below included.

    Raises:
        CodeError: the data does not fit the kind of code.
        CodeTooWide: it does not fit the paper.
    """
    if code.kind == "none":
        return []
    if code.kind == "qr":
        return _qr_items(code.data, profile)
    if code.kind == "databar":
        return [_databar(code.data, profile), Feed(8)]
    return [_bars(code.kind, code.data, profile)]


def _bars(kind: Literal["ean13", "code128"], data: str, profile: Profile) -> Item:
    if kind == "ean13":
        row, module, quiet = ean13_modules(data), EAN_MODULE, EAN_QUIET
        native = profile.native_ean13
    else:
        row, module, quiet = code128c_modules(data), CODE128_MODULE, CODE128_QUIET
        native = profile.native_code128 and code128_is_safe(data)
    needed = (len(row) + sum(quiet)) * module
    if needed > profile.dots_wide:
        raise CodeTooWide(kind, needed, profile.dots_wide)
    if native:
        return NativeBars(kind, data, module, BAR_HEIGHT, len(row) * module)
    bars = bars_bitmap(row, module, BAR_HEIGHT // 2)
    return Dots(bars, (profile.dots_wide - bars.width) // 2, times_y=2)


def _databar(data: str, profile: Profile) -> Item:
    """Draw a stacked symbol as wide as the paper lets it be: each row less is paper saved."""
    columns = databar_columns(data, DATABAR_MODULE, profile.dots_wide)
    if columns < 1:
        needed = (databar_width(1) + 2) * DATABAR_MODULE
        raise CodeTooWide("databar", needed, profile.dots_wide)
    bars = databar_bitmap(data, columns, DATABAR_MODULE)
    return Dots(bars, (profile.dots_wide - bars.width) // 2, times_y=2)


def code128_is_safe(digits: str) -> bool:
    """Tell whether the native command may carry these digits.

    It carries a pair of digits as one byte: "1604" would be DLE EOT to the printer.
    """
    return not holds_realtime(bytes(code128c_values(digits)))


def bars_bitmap(row: str, module: int, height: int) -> Bitmap:
    """Draw modules ("101...") as bars, without quiet zones."""
    width = len(row) * module
    bits = "".join(bit * module for bit in row).ljust((width + 7) // 8 * 8, "0")
    line = int(bits, 2).to_bytes(len(bits) // 8, "big")
    return Bitmap(width, height, line * height)


def _qr_items(data: str, profile: Profile) -> list[Item]:
    side = qr_modules(data)
    modules = QR_MODULES if profile.native_qr else DRAWN_QR_MODULES
    module = _qr_module(side, modules, profile.dots_wide)
    quiet = Feed(QR_QUIET * module)
    if profile.native_qr:
        return [quiet, NativeQr(data, module, side * module), quiet]
    dots = qr_bitmap(data, module // 2)
    x = (profile.dots_wide - 2 * dots.width) // 2
    return [quiet, Dots(dots, x, times_x=2, times_y=2), quiet]


def _qr_module(side: int, modules: tuple[int, ...], dots_wide: int) -> int:
    for module in modules:
        if (side + 2 * QR_QUIET) * module <= dots_wide:
            return module
    raise CodeTooWide("qr", (side + 2 * QR_QUIET) * QR_MODULES[-1], dots_wide)


def qr_modules(data: str) -> int:
    """Give the most modules that a side of this code may have, without quiet zone.

    Raises:
        CodeError: empty, not printable ASCII, or longer than a slip should carry.
    """
    if not data or not data.isascii() or not data.isprintable():
        raise CodeError("qr", "needs printable ASCII")
    for version, room in enumerate(QR_BYTES, 1):
        if len(data) <= room:
            return 17 + 4 * version
    raise CodeError("qr", f"{len(data)} characters, at most {QR_BYTES[-1]}")


def qr_bitmap(data: str, module: int) -> Bitmap:
    """Draw a QR code at level M, without quiet zone. `qrcode` is imported only when needed."""
    import qrcode  # type: ignore[import-untyped]

    symbol = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, border=0)
    symbol.add_data(data.encode())
    symbol.make(fit=True)
    lines = [bars_bitmap("".join("01"[bit] for bit in row), 1, 1) for row in symbol.get_matrix()]
    page = compose(len(lines), len(lines), [(0, y, line) for y, line in enumerate(lines)])
    return enlarge(page, module, module)


def code_bitmap(item: NativeBars | NativeQr) -> Bitmap:
    """Draw what the printer will draw by itself: for previews."""
    if isinstance(item, NativeQr):
        drawn = qr_bitmap(item.data, item.module)
        at = (item.side - drawn.width) // 2
        return compose(item.side, item.side, [(at, at, drawn)])
    rows = ean13_modules(item.data) if item.kind == "ean13" else code128c_modules(item.data)
    return bars_bitmap(rows, item.module, item.height)
