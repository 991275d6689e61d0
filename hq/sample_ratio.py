"""Whether an experiment's arms came out as planned: the sample ratio check, before anybody reads a lift.

A lane that does not know of the experiment, rows that did not arrive, or a rule that treats the arms
differently all show here first: the number of shoppers that were given something, against those
that only would have been.
"""

from __future__ import annotations

from math import erfc, sqrt
from typing import NamedTuple

PERMILLE = 1000
ALARM_P = 0.001  # so rare by chance that it is looked into: one false alarm in a thousand checks
LEAST_EXPECTED = 5  # of the smaller arm: below, the chi-square distribution does not hold


class Check(NamedTuple):
    """The outcome. `p` is None where there are too few shoppers to tell."""

    exposed: int
    ghosts: int
    planned_ghosts: float
    p: float | None
    verdict: str


def sample_ratio(exposed: int, ghosts: int, holdout_permille: int) -> Check:
    """Compare the arms with the plan by a chi-square test of one degree of freedom.

    Args:
        exposed: shoppers that were given an offer of the experiment.
        ghosts: shoppers that would have been.
        holdout_permille: the planned share of the ghosts.
    """
    total = exposed + ghosts
    planned = total * holdout_permille / PERMILLE
    if min(planned, total - planned) < LEAST_EXPECTED:
        return Check(exposed, ghosts, planned, None, "too few shoppers to tell")
    off = (ghosts - planned) ** 2
    chi_square = off / planned + off / (total - planned)
    p = erfc(sqrt(chi_square / 2))  # one degree of freedom: a squared normal
    return Check(exposed, ghosts, planned, p, _words(ghosts, planned, p))


def _words(ghosts: int, planned: float, p: float) -> str:
    if p >= ALARM_P:
        return "as planned"
    which = "fewer" if ghosts < planned else "more"
    return f"{which} held out than planned: find out why before reading any result"
