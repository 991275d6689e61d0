"""What an eye reads off the calibration slip: numbered patches at three tones.

Each patch is a fine pattern in a frame of coarse bars. Bars eight dots apart gain next to nothing,
single dots gain much; the patch that melts into its frame says how much. A real printer gains
differently in light and in dark tones, so each tone has a row of its own: `table_from_patches` makes
of the three numbers the profile's `wedge`, and of three like numbers `dot_gain` alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PIL import Image, ImageDraw

from printer.bitmap import Bitmap, from_image
from printer.dot_gain import Curve, cover_of, curve_of_gain, dots_for

GAINS = (0.50, 0.55, 0.60, 0.65, 0.70, 0.75, 0.80, 0.85, 0.90)  # of patches 1 to 9
TONES = {"light": 0.25, "middle": 0.5, "dark": 0.75}  # the share of bars that is black, by row
PERIOD = 16  # dots from bar to bar
PATCH_DOTS = 64
TABLE_STEPS = 16  # as many as the model's own curves have


def patch(gain: float, tone: float = 0.5) -> Bitmap:
    """Draw single dots in a frame of bars: equally dark where the printer has this gain."""
    frame = Image.new("1", (PATCH_DOTS, PATCH_DOTS), 1)
    pen = ImageDraw.Draw(frame)
    for top in range(0, PATCH_DOTS, PERIOD):
        pen.rectangle((0, top, PATCH_DOTS - 1, top + round(PERIOD * tone) - 1), fill=0)
    inner = PATCH_DOTS // 2
    frame.paste(even(share_as_dark_as_bars(gain, tone), inner), (inner // 2, inner // 2))
    return from_image(frame)


def even(share: float, side: int) -> Image.Image:
    """Dither an even patch with the printer's own pattern and no table."""
    return Image.new("L", (side, side), round(255 * (1 - share))).convert("1")


def share_as_dark_as_bars(gain: float, tone: float = 0.5) -> float:
    """Give the share of single dots that covers as much as the frame's bars do at this gain."""
    return dots_for(_bars(gain, tone), curve_of_gain(gain))


def gain_from_patch(number: int) -> float:
    """Turn the patch that melts into its frame into the profile's `dot_gain`.

    Raises:
        ValueError: there is no such patch.
    """
    if not 1 <= number <= len(GAINS):
        raise ValueError(f"patches are numbered 1 to {len(GAINS)}, not {number}")
    return GAINS[number - 1]


def table_from_patches(numbers: Sequence[int]) -> Curve:
    """Turn the patches that melt in at the three tones into the profile's `wedge`.

    At each tone the table says what was seen; between two tones the gain goes over from one to the
    other, below the light one and above the dark one it stays.

    Args:
        numbers: of the rows in `TONES`, in its order.

    Raises:
        ValueError: there is no such patch, or a row is left out.
    """
    if len(numbers) != len(TONES):
        raise ValueError(f"a table needs one patch of each row: {', '.join(TONES)}")
    gains = [gain_from_patch(number) for number in numbers]
    tones = list(zip(gains, TONES.values(), strict=True))
    seen = [(share_as_dark_as_bars(gain, tone), gain) for gain, tone in tones]
    shares = {step / TABLE_STEPS for step in range(1, TABLE_STEPS)} | {share for share, _ in seen}
    points: list[tuple[float, float]] = []
    for share in sorted(shares):
        cover = cover_of(share, curve_of_gain(_gain_at(share, sorted(seen))))
        highest = points[-1][1] if points else 0.0
        points.append((round(share, 4), round(max(highest, cover), 4)))
    return tuple(points)


def _bars(gain: float, tone: float) -> float:
    """Give what bars cover: each of a bar's two edges moves by what the disc is wider than its cell."""
    return tone + 2 * (gain - 0.5) / PERIOD


def _gain_at(share: float, seen: list[tuple[float, float]]) -> float:
    """Give the gain at a share of dots, straight between what was seen."""
    if share <= seen[0][0]:
        return seen[0][1]
    for (low, gain), (high, next_gain) in pairwise(seen):
        if share <= high:
            return gain + (next_gain - gain) * (share - low) / max(high - low, 1e-9)
    return seen[-1][1]
