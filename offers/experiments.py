"""Who is held out of an experiment: a keyed hash, so that every lane finds the same arm offline."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from typing import Literal

from msgspec import structs

from offers.context import Candidate, Experiment
from offers.model import CampaignId, ShopperKey

Arm = Literal["treat", "holdout"]
PERMILLE = 1000
HASH_BITS = 64


def arm_of(shopper: ShopperKey, experiment: Experiment) -> Arm:
    """Give a shopper's arm: HMAC-SHA256 keyed by the salt over experiment and shopper, in permille.

    Another salt or another experiment divides the shoppers anew, independently.
    """
    message = f"{experiment.experiment_id}\n{shopper}".encode()
    digest = hmac.digest(experiment.salt.encode(), message, hashlib.sha256)
    place = int.from_bytes(digest[: HASH_BITS // 8], "big") * PERMILLE >> HASH_BITS
    return "holdout" if place < experiment.holdout_permille else "treat"


def is_in(campaign: CampaignId, experiment: Experiment) -> bool:
    """Tell whether an experiment is about a campaign."""
    return not experiment.campaigns or campaign in experiment.campaigns


def with_arms(
    candidates: Sequence[Candidate], shopper: ShopperKey, experiments: Iterable[Experiment]
) -> tuple[Candidate, ...]:
    """Give the candidates with the shopper's arm in each assignment.

    Who is held out of one of a campaign's experiments is held out of the campaign. A holdout that
    headquarters wrote into the assignment stays one. A candidate without an assignment has no arm.
    """
    closed = [it for it in experiments if arm_of(shopper, it) == "holdout"]
    return (
        tuple(_with_arm(candidate, closed) for candidate in candidates)
        if closed
        else tuple(candidates)
    )


def _with_arm(candidate: Candidate, closed: Iterable[Experiment]) -> Candidate:
    given, campaign = candidate.assignment, candidate.offer.campaign_id
    if given is None or not any(is_in(campaign, it) for it in closed):
        return candidate
    return structs.replace(candidate, assignment=structs.replace(given, arm="holdout"))
