"""How dark dithered dots look, where a printed dot is a disc wider than its cell.

`COVERS` holds, for radii of 0.50 to 1.00 dot pitches, what patches of 1/16 to 15/16 black dots
cover, solid black being 1. It was computed by `tools/dot_gain_table.py` from Pillow's own error
diffusion; a measured wedge (`printer.calibration.table_from_wedge`) takes its place.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

Curve = tuple[tuple[float, float], ...]  # (share of dots black, share that looks black), rising

# fmt: off
COVERS = {
    0.50: (0.062, 0.124, 0.186, 0.245, 0.314, 0.376, 0.439, 0.5, 0.561, 0.624, 0.687, 0.755, 0.813, 0.876, 0.939),
    0.55: (0.066, 0.132, 0.199, 0.262, 0.334, 0.398, 0.462, 0.526, 0.585, 0.646, 0.708, 0.771, 0.825, 0.884, 0.943),
    0.60: (0.074, 0.148, 0.222, 0.293, 0.373, 0.44, 0.507, 0.574, 0.629, 0.688, 0.747, 0.802, 0.849, 0.9, 0.951),
    0.65: (0.085, 0.169, 0.254, 0.336, 0.427, 0.498, 0.567, 0.641, 0.689, 0.746, 0.8, 0.844, 0.881, 0.921, 0.961),
    0.70: (0.096, 0.191, 0.287, 0.38, 0.482, 0.558, 0.63, 0.71, 0.752, 0.805, 0.855, 0.887, 0.914, 0.943, 0.972),
    0.75: (0.112, 0.222, 0.334, 0.442, 0.551, 0.629, 0.703, 0.786, 0.82, 0.868, 0.912, 0.931, 0.948, 0.965, 0.983),
    0.80: (0.127, 0.252, 0.379, 0.502, 0.609, 0.687, 0.759, 0.839, 0.868, 0.909, 0.946, 0.958, 0.968, 0.979, 0.99),
    0.85: (0.142, 0.283, 0.425, 0.565, 0.665, 0.739, 0.808, 0.883, 0.907, 0.941, 0.971, 0.978, 0.983, 0.989, 0.994),
    0.90: (0.159, 0.316, 0.476, 0.632, 0.72, 0.789, 0.852, 0.918, 0.938, 0.964, 0.987, 0.99, 0.993, 0.995, 0.998),
    0.95: (0.176, 0.349, 0.524, 0.697, 0.771, 0.835, 0.891, 0.947, 0.963, 0.981, 0.996, 0.998, 0.998, 0.999, 0.999),
    1.00: (0.198, 0.392, 0.589, 0.784, 0.836, 0.89, 0.935, 0.975, 0.986, 0.993, 1.0, 1.0, 1.0, 1.0, 1.0),
}
# fmt: on
STEP = 0.05
DEFAULT_GAIN = (
    0.69  # where the worst printer from no gain to 0.80 looks best; measured in bench_pictures
)


def curve_of_gain(gain: float) -> Curve:
    """Give a radius's curve, from white (0, 0) to black (1, 1); between two rows a mixture."""
    low = min(max(COVERS), max(min(COVERS), int(gain / STEP + 1e-9) * STEP))
    low = min(COVERS, key=lambda row: abs(row - low))
    high = min(COVERS, key=lambda row: abs(row - min(max(COVERS), low + STEP)))
    share = (gain - low) / STEP if high > low else 0.0
    mixed = [a + (b - a) * share for a, b in zip(COVERS[low], COVERS[high], strict=True)]
    count = len(mixed) + 1
    return whole((step / count, cover) for step, cover in enumerate(mixed, 1))


def whole(points: Iterable[tuple[float, float]]) -> Curve:
    """Complete a curve with white and black, rising in both: what goes back is noise."""
    curve = [(0.0, 0.0)]
    for dots, cover in sorted(points):
        if 0 < dots < 1:
            curve.append((dots, min(1.0, max(curve[-1][1], cover))))
    return (*curve, (1.0, 1.0))


def blocked(curve: Curve, block: int) -> Curve:
    """Give the curve of dots printed `block` x `block`: they gain at their edges only."""
    return tuple((dots, dots + (cover - dots) / block) for dots, cover in curve)


def dots_for(cover: float, curve: Curve) -> float:
    """Give the share of dots that covers so much, straight between the curve's points."""
    for (dots, covered), (more_dots, more_covered) in pairwise(curve):
        if cover <= more_covered:
            rise = max(more_covered - covered, 1e-9)
            return dots + (more_dots - dots) * max(0.0, cover - covered) / rise
    return 1.0


def cover_of(dots: float, curve: Curve) -> float:
    """Give what a share of dots covers: `dots_for` the other way round."""
    return dots_for(dots, tuple((cover, share) for share, cover in curve))
