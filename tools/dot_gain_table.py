"""Compute `printer/dot_gain.py`'s table: what Pillow's dithering covers where dots are discs.

Needs numpy (extra `bench`). Prints the rows; `python tools/dot_gain_table.py`.
"""

from __future__ import annotations

import numpy as np
from PIL import Image

FINE = 20  # samples across a dot's cell
SIDE, EDGE = 128, 16  # of an even patch; its edge is left out
STEPS = 16
NEIGHBOURS = [(x, y) for x in (-1, 0, 1) for y in (-1, 0, 1)]


def covers(gain: float) -> list[float]:
    """Give the cover of even patches of 1/16 to 15/16 black dots, solid black being 1."""
    table = _cells(gain)
    full = table[-1]
    return [
        float(round(min(1.0, _cover(step / STEPS, table) / full), 3)) for step in range(1, STEPS)
    ]


def _cells(gain: float) -> np.ndarray:
    """Give the cover of a cell for each of the 512 ways in which it and its neighbours are black."""
    across = (np.arange(FINE) + 0.5) / FINE - 0.5
    xs, ys = np.meshgrid(across, across)
    discs = [(xs - x) ** 2 + (ys - y) ** 2 <= gain**2 for x, y in NEIGHBOURS]
    shares = np.zeros(1 << len(discs))
    for black in range(1, len(shares)):
        inked = [disc for bit, disc in enumerate(discs) if black >> bit & 1]
        shares[black] = np.logical_or.reduce(inked).mean()
    return shares


def _cover(share: float, table: np.ndarray) -> float:
    """Dither a patch; exactly half is a checkerboard that pictures never hold, so look beside it."""
    if share == 0.5:
        return (_cover(15 / 32, table) + _cover(17 / 32, table)) / 2
    patch = Image.new("L", (SIDE, SIDE), round(255 * (1 - share))).convert("1")
    black = np.pad(~np.asarray(patch), 1)
    ways = np.zeros((SIDE, SIDE), dtype=int)
    for bit, (x, y) in enumerate(NEIGHBOURS):
        ways |= black[1 + y : 1 + y + SIDE, 1 + x : 1 + x + SIDE].astype(int) << bit
    return float(table[ways][EDGE:-EDGE, EDGE:-EDGE].mean())


if __name__ == "__main__":
    for hundredths in range(50, 101, 5):
        print(f"    {hundredths / 100:.2f}: {tuple(covers(hundredths / 100))},")
