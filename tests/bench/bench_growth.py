"""How a decision's time grows with the offers and with the lines: near linear, and plotted.

`out/bench/growth.png` holds the plot where matplotlib is installed (the extra `bench`).
"""

from __future__ import annotations

import importlib.util
import time
from math import log
from pathlib import Path
from statistics import median

from offers.decide import decide
from tests.bench.bench_offers import context_of
from tests.bench.figure import Figure

PLOT = Path("out/bench/growth.png")
OFFERS, LINES = (50, 100, 200, 400, 800), (10, 20, 40, 80, 160)
OF_OFFERS, OF_LINES = 500, 50  # what stays the same while the other grows
SEEDS, ROUNDS = 5, 9
LIMIT = 1.2  # the exponent: 1 is linear, 2 is quadratic

Points = list[tuple[int, float]]


def figures() -> list[Figure]:
    """Time growing contexts, fit a power law to each growth, and plot both."""
    by_offers = [(n, _ms(n, OF_LINES)) for n in OFFERS]
    by_lines = [(n, _ms(OF_OFFERS, n)) for n in LINES]
    if importlib.util.find_spec("matplotlib") is not None:
        _plot(by_offers, by_lines)
    return [
        _figure(f"decision, growth from {OFFERS[0]} to {OFFERS[-1]} offers", by_offers),
        _figure(f"decision, growth from {LINES[0]} to {LINES[-1]} lines", by_lines),
    ]


def _ms(offers: int, lines: int) -> float:
    """Give the median CPU time of a decision, over several baskets."""
    took = []
    for seed in range(SEEDS):
        context = context_of(offers, lines, seed)
        decide(context)
        for _ in range(ROUNDS):
            started = time.thread_time()
            decide(context)
            took.append(1000 * (time.thread_time() - started))
    return median(took)


def _figure(name: str, points: Points) -> Figure:
    exponent = slope(points)
    against = f"a straight line's, {points[0][1]:.2g} to {points[-1][1]:.2g} ms"
    return Figure(name, exponent, "power", against, exponent, f"<= {LIMIT}", exponent <= LIMIT)


def slope(points: Points) -> float:
    """Give the exponent of the power law that fits the points best, by least squares of logs."""
    xs, ys = [log(n) for n, _ in points], [log(ms) for _, ms in points]
    x, y = sum(xs) / len(xs), sum(ys) / len(ys)
    return sum((a - x) * (b - y) for a, b in zip(xs, ys, strict=True)) / sum(
        (a - x) ** 2 for a in xs
    )


def _plot(by_offers: Points, by_lines: Points) -> None:
    import matplotlib  # the backend is chosen before pyplot

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, sides = pyplot.subplots(1, 2, figsize=(10, 4))
    for side, points, what in (
        (sides[0], by_offers, f"offers, on {OF_LINES} lines"),
        (sides[1], by_lines, f"lines, with {OF_OFFERS} offers"),
    ):
        counts, took = [n for n, _ in points], [ms for _, ms in points]
        side.plot(counts, took, "o-", label=f"measured, power {slope(points):.2f}")
        side.plot(counts, [took[0] * n / counts[0] for n in counts], "--", label="linear")
        side.set(xlabel=what, ylim=(0, 1.2 * max(took)), xlim=(0, None))
        side.legend()
    sides[0].set_ylabel("ms a decision (median, CPU)")
    PLOT.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(PLOT, dpi=110, bbox_inches="tight")
    pyplot.close(figure)
