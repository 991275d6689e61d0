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
    """The result of a replay, as it is written to a file. `redemptions` sums to all of them."""

    baskets: int
    baskets_per_s: float
    decision_ms: dict[str, float]
    verdicts: dict[str, int]
    redemptions: dict[str, int]
    peak_rss_mb: float


class Tally:
    """Takes one decided basket after another."""

    def __init__(self, redemptions: Sequence[ReplayRedemption]) -> None:
        self.baskets = 0
        self._redemptions = redemptions
        self._decision_ms = array("d")
        self._verdicts: Counter[Reason] = Counter()
        self._became: dict[int, str] = {}

    def decided(self, basket: ReplayBasket, verdicts: Iterable[Told], took_ms: float) -> None:
        """Count the verdicts of a basket, and see what its presented coupons came to."""
        self.baskets += 1
        self._decision_ms.append(took_ms)
        told = list(verdicts)
        self._verdicts.update(reason for _, _, reason in told)
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
            decision_ms={"p50": self._percentile(50), "p99": self._percentile(99)},
            verdicts={reason.value: count for reason, count in self._verdicts.most_common()},
            redemptions=dict(buckets.most_common()),
            peak_rss_mb=round(peak_rss_mb, 1),
        )

    def _percentile(self, percent: int) -> float:
        if not self._decision_ms:
            return 0.0
        ranked = sorted(self._decision_ms)
        return round(ranked[min(len(ranked) - 1, len(ranked) * percent // 100)], 3)


def lines_of(report: Report) -> list[str]:
    """Say a report in lines for a person."""
    decision = report.decision_ms
    return [
        f"{report.baskets} baskets, {report.baskets_per_s:.0f} a second",
        f"scan to decision, journal included: p50 {decision['p50']:.2f} ms, p99 {decision['p99']:.2f} ms",
        f"peak memory {report.peak_rss_mb:.0f} MB, mapped pages included",
        "verdicts:",
        *_table(report.verdicts),
        f"redemptions, {sum(report.redemptions.values())} in all:",
        *_table(report.redemptions),
    ]


def _table(counts: Mapping[str, int]) -> list[str]:
    return [f"{count:12}  {name}" for name, count in counts.items()]
