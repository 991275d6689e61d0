"""One number of `make bench`: a value beside what it is measured against."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """`ratio` is `value` over the figure named by `against`, both from the same run."""

    name: str
    value: float
    unit: str
    against: str
    ratio: float
    goal: str
    met: bool
