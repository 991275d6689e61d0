"""Offers of which each use is one unit, whichever: what a use on each unit gives, exactly."""

from __future__ import annotations

from offers.model import Offer
from offers.rewards import discount
from offers.shelf import Lot

Weights = dict[int, int]  # by class: what a use on a unit weighs, where it weighs anything


def unit_weights(offer: Offer, classes: tuple[int, ...], lots: list[Lot], scale: int) -> Weights:
    """Weigh a use on a unit of each class."""
    given = ((c, discount(offer.reward, ((lots[c], 1),))) for c in classes)
    return {c: minor * scale + offer.priority for c, minor in given if minor > 0}
