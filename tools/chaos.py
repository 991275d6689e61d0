"""`make chaos`: the long runs of the fault harnesses, as a table and as JSON.

python -m tools.chaos [--out FILE] [--share 0.1] [PART ...]
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

# tools/chaos_<part>.py, each with `results(share: float) -> Iterator[Result]`
PARTS = ("disk", "sockets", "claims", "ledger")


@dataclass(frozen=True)
class Result:
    """What one harness found: how many stories it told, how many went wrong, and what was due."""

    name: str
    stories: int
    wrong: int
    goal: str
    met: bool
    detail: str = ""


def told(parts: list[str], share: float) -> Iterator[Result]:
    """Run part after part, one row at a time."""
    for part in parts:
        begin = time.monotonic()
        for result in importlib.import_module(f"tools.chaos_{part}").results(share):
            mark = "met " if result.met else "MISS"
            seconds = time.monotonic() - begin
            print(
                f"{mark}  {result.name:52.52}  {result.stories:8,} stories  {result.wrong:6,} wrong"
                f"  (goal {result.goal})  {seconds:5.0f} s  {result.detail}",
                flush=True,
            )
            begin = time.monotonic()
            yield result


def main() -> int:
    """Run, print, write; 1 where a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("out/chaos.json"))
    parser.add_argument("--share", type=float, default=1.0, help="of the stories; 1: all")
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(PARTS)}; none: all")
    arguments = parser.parse_args()
    results = list(told(arguments.parts or list(PARTS), arguments.share))
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(json.dumps([asdict(result) for result in results], indent=2) + "\n")
    return 0 if all(result.met for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
