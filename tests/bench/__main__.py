"""`make bench`: every figure of every room, as a table and as JSON."""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from tests.bench.figure import Figure

HERE = Path(__file__).parent


def rooms() -> list[str]:
    """Name the bench modules, in order."""
    return sorted(path.stem for path in HERE.glob("bench_*.py"))


def measured(names: list[str]) -> Iterator[Figure]:
    """Run each room's bench in turn, one row at a time."""
    for name in names:
        module = importlib.import_module(f"tests.bench.{name}")
        for figure in module.figures():
            mark = "met " if figure.met else "MISS"
            print(
                f"{mark}  {figure.name:58.58}  {figure.value:12.4g} {figure.unit:8}"
                f"  {figure.ratio:9.3g} x {figure.against}   (goal {figure.goal})",
                flush=True,
            )
            yield figure


def main() -> int:
    """Measure, print, write; 1 where a figure misses its goal."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("out/bench.json"))
    parser.add_argument("rooms", nargs="*", help="such as bench_cache; none: all")
    arguments = parser.parse_args()
    figures = list(measured(arguments.rooms or rooms()))
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(json.dumps([asdict(figure) for figure in figures], indent=2) + "\n")
    return 0 if all(figure.met for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
