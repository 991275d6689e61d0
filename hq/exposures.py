"""Who was given an experiment's offers, and who only would have been: read from the collected rows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from hq.reports import Line
from hq.sample_ratio import sample_ratio
from hq.store import HqStore
from offers.context import Experiment
from offers.experiments import arm_of, is_in
from offers.model import CampaignId, OfferId, ShopperKey

_SEEN = """
SELECT DISTINCT coalesce(a.shopper, r.shopper), r.kind, json_extract(r.body, '$.offer_id')
FROM rows r LEFT JOIN aliases a ON a.alias = r.shopper
WHERE r.kind IN ('issued', 'ghost') AND r.shopper IS NOT NULL AND r.at >= ?
"""


def experiments(store: HqStore, since: datetime | None = None) -> list[Line]:
    """List the published experiments, each with its arms and the sample ratio's verdict.

    A shopper counts once. Who is held out of the same campaigns by another experiment says nothing
    of this one and is left out; who was given offers and held out in one experiment is `crossed`.

    Args:
        store: headquarters' file.
        since: count rows of this time and later: when the experiment began.
    """
    published = store.document("experiments", tuple[Experiment, ...]) or ()
    seen = _seen(store, since)
    return [_line(it, _others(it, published), seen) for it in published]


def _line(
    experiment: Experiment,
    others: list[Experiment],
    seen: dict[ShopperKey, set[tuple[str, CampaignId]]],
) -> Line:
    kinds = {shopper: _kinds(uses, experiment) for shopper, uses in seen.items()}
    mine = {
        shopper: found
        for shopper, found in kinds.items()
        if found and not any(arm_of(shopper, other) == "holdout" for other in others)
    }
    exposed = sum(found == {"issued"} for found in mine.values())
    ghosts = sum(found == {"ghost"} for found in mine.values())
    check = sample_ratio(exposed, ghosts, experiment.holdout_permille)
    return {
        "experiment": experiment.experiment_id,
        "exposed": exposed,
        "ghosts": ghosts,
        "planned_ghosts": round(check.planned_ghosts, 1),
        "crossed": len(mine) - exposed - ghosts,
        "p": None if check.p is None else float(f"{check.p:.3g}"),
        "verdict": check.verdict,
    }


def _kinds(uses: Iterable[tuple[str, CampaignId]], experiment: Experiment) -> set[str]:
    return {kind for kind, campaign in uses if is_in(campaign, experiment)}


def _others(experiment: Experiment, published: Iterable[Experiment]) -> list[Experiment]:
    """Give the other experiments that may hold a shopper out of the same campaigns."""
    return [it for it in published if it is not experiment and _share(it, experiment)]


def _share(one: Experiment, other: Experiment) -> bool:
    named = one.campaigns and other.campaigns
    return not named or bool(set(one.campaigns) & set(other.campaigns))


def _seen(store: HqStore, since: datetime | None) -> dict[ShopperKey, set[tuple[str, CampaignId]]]:
    """Give each shopper's (kind of row, campaign)s; an offer's campaign is that of its last version."""
    campaigns = _campaigns(store)
    seen: dict[ShopperKey, set[tuple[str, CampaignId]]] = {}
    for shopper, kind, offer_id in store.conn.execute(_SEEN, (since.isoformat() if since else "",)):
        if offer_id in campaigns:
            seen.setdefault(shopper, set()).add((kind, campaigns[offer_id]))
    return seen


def _campaigns(store: HqStore) -> dict[OfferId, CampaignId]:
    query = (
        "SELECT offer_id, json_extract(body, '$.campaign_id') FROM offer_history ORDER BY version"
    )
    return dict(store.conn.execute(query))
