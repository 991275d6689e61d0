"""What a replay counts: how fast, which verdicts, and what became of each real redemption. Pure."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from cache.replay_file import ReplayBasket, ReplayRedemption
from offers.model import OfferId
from offers.reasons import Outcome, Reason

APPLIED = "applied"
NO_BASKET = "no_basket_that_day"

Told = tuple[OfferId, Outcome, Reason]  # what a till is told of one offer


class Report(Struct, frozen=True):
    """The result of a replay, as it is written to a file. `redemptions` sums to all of them.

    `decision_ms` is from a basket's call to its answer, `basket_ms` to the end of its tender.
    """

    baskets: int
    baskets_per_s: float
    decision_ms: dict[str, float]
    basket_ms: dict[str, float]
    verdicts: dict[str, int]
    outcomes: dict[str, int]
    left_out_lines: int
    redemptions: dict[str, int]
    peak_rss_mb: float


class Tally:
    """Takes one decided basket after another."""

    def __init__(self, redemptions: Sequence[ReplayRedemption]) -> None:
        self.baskets = 0
        self._redemptions = redemptions
        self._decision_ms = array("d")
        self._basket_ms = array("d")
        self._outcomes: Counter[Outcome] = Counter()
        self._left_out = 0
        self._verdicts: Counter[Reason] = Counter()
        self._became: dict[int, str] = {}

    def took(self, decision_ms: float, basket_ms: float) -> None:
        """Take how long a basket's decision took, and how long all of it with the tender."""
        self._decision_ms.append(decision_ms)
        self._basket_ms.append(basket_ms)

    def decided(self, basket: ReplayBasket, verdicts: Iterable[Told], left_out: int = 0) -> None:
        """Count the verdicts of a basket, and see what its presented coupons came to."""
        self.baskets += 1
        self._left_out += left_out
        told = list(verdicts)
        self._verdicts.update(reason for _, _, reason in told)
        self._outcomes.update(outcome for _, outcome, _ in told)
        if basket.presented:
            by_offer = {offer_id: (outcome, reason) for offer_id, outcome, reason in told}
            for place in basket.presented:
                self._presented(place, by_offer)

    def _presented(self, place: int, by_offer: Mapping[OfferId, tuple[Outcome, Reason]]) -> None:
        """Keep the best that a coupon came to that day.

        Applied in any basket is applied. Of several refusals the first counts, except that one
        about the basket's offers and prices says more than "nothing in it counts".
        """
        outcome, reason = by_offer[self._redemptions[place].offer_id]
        before = self._became.get(place)
        if outcome == "applied":
            self._became[place] = APPLIED
        elif before in (None, Reason.NO_QUALIFYING_ITEM.value):
            self._became[place] = reason.value

    def report(self, took_s: float, peak_rss_mb: float) -> Report:
        """Sum up."""
        buckets = Counter(
            self._became.get(place, NO_BASKET) for place in range(len(self._redemptions))
        )
        return Report(
            baskets=self.baskets,
            baskets_per_s=round(self.baskets / took_s, 1) if took_s else 0.0,
            decision_ms=_spread(self._decision_ms),
            basket_ms=_spread(self._basket_ms),
            verdicts={reason.value: count for reason, count in self._verdicts.most_common()},
            outcomes=dict(self._outcomes.most_common()),
            left_out_lines=self._left_out,
            redemptions=dict(buckets.most_common()),
            peak_rss_mb=round(peak_rss_mb, 1),
        )


def _spread(times_ms: Sequence[float]) -> dict[str, float]:
    """Give the median, the 99th percentile and the longest."""
    ranked = sorted(times_ms) or [0.0]
    places = {"p50": len(ranked) // 2, "p99": len(ranked) * 99 // 100, "max": len(ranked) - 1}
    return {name: round(ranked[place], 3) for name, place in places.items()}


def lines_of(report: Report) -> list[str]:
    """Say a report in lines for a person."""
    return [
        f"{report.baskets} baskets, {report.baskets_per_s:.0f} a second",
        f"scan to decision, journal included: {_said(report.decision_ms)}",
        f"a whole basket, tender included:    {_said(report.basket_ms)}",
        f"peak memory {report.peak_rss_mb:.0f} MB, mapped pages included",
        f"lines left out as senseless: {report.left_out_lines}",
        f"verdicts, {sum(report.verdicts.values())} in all:",
        *_table(report.verdicts, max(1, report.baskets)),
        "outcomes:",
        *_table(report.outcomes, max(1, report.baskets)),
        f"redemptions, {sum(report.redemptions.values())} in all:",
        *_table(report.redemptions),
    ]


def _said(spread_ms: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {took:.2f} ms" for name, took in spread_ms.items())


def _table(counts: Mapping[str, int], baskets: int = 0) -> list[str]:
    """Put counts under each other: how many, their share of all, and how many a basket."""
    total = max(1, sum(counts.values()))
    return [
        f"{count:12}  {100 * count / total:6.2f} %"
        + (f"  {count / baskets:9.3f} a basket" if baskets else "")
        + f"  {name}"
        for name, count in counts.items()
    ]
