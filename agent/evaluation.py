"""Decide on a basket, claiming on the way each serial that would apply."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date
from typing import Literal

from msgspec import structs

from agent.claim_line import ClaimLine
from agent.coupon_desk import CouponDesk, Wanted
from agent.facts import Here, basket_context
from agent.sales import Sale
from agent.scan_reading import CouponScan
from offers.basket import Basket, Line, Presented
from offers.context import Context, Decision, Moment
from offers.decide import decide
from offers.model import Serial

CLAIM_ROUNDS = 2  # a refused coupon may let another one in, once: the till waits 1 s at most

MomentOf = Callable[[date | None], Moment]


class Evaluation:
    """Runs the rules until every serial that applies is one that this sale has a right to."""

    def __init__(
        self, here: Here, coupons: CouponDesk, line: ClaimLine, moment_of: MomentOf
    ) -> None:
        self._here = here
        self._coupons = coupons
        self._line = line
        self._moment_of = moment_of

    async def evaluate(
        self,
        sale: Sale,
        revision: int,
        currency: str,
        lines: tuple[Line, ...],
    ) -> tuple[Context, Decision]:
        """Give the facts as decided on, and the decision."""
        tried: set[Serial] = set()
        wanted: list[Wanted] = []
        for rounds_left in range(CLAIM_ROUNDS, -1, -1):
            presented = tuple(self._stand(sale, scan, tried) for scan in sale.scanned.values())
            basket = Basket(sale.key, revision, sale.mode, currency, lines, presented)
            if sale.suspended:  # it has given its rights back, and asks for none until it goes on
                return self.decide(sale, _without_claims(basket, {p.serial for p in presented}))
            context, decision = self.decide(sale, basket)
            wanted = self._wanted(sale, decision)
            if not wanted:
                return context, decision
            if not rounds_left or self._unanswered(sale, tried):
                break
            await self._coupons.claim(self._line, sale, wanted)
            tried |= {want.serial for want in wanted}
        basket = _without_claims(basket, {want.serial for want in wanted})
        return self.decide(sale, basket)

    def decide(self, sale: Sale, basket: Basket) -> tuple[Context, Decision]:
        """Run the rules on one basket as it stands."""
        moment = self._moment_of(basket.key.business_date)
        context = basket_context(self._here, sale, basket, moment)
        return context, decide(context)

    def _stand(self, sale: Sale, scan: CouponScan, tried: set[Serial]) -> Presented:
        if scan.serial in tried and scan.serial in sale.held:
            return sale.held[scan.serial].presented
        return self._coupons.look(sale, scan)

    def _wanted(self, sale: Sale, decision: Decision) -> list[Wanted]:
        """List the serials that apply though no arbiter gave them yet. Training claims nothing."""
        if sale.mode == "training":
            return []
        held = {s for s, h in sale.held.items() if h.claim is not None}
        return [
            Wanted(sale.scanned[v.serial], v.serial, v.offer_id, v.discount_minor)
            for v in decision.verdicts
            if v.outcome == "applied" and v.serial is not None and v.serial not in held
        ]

    def _unanswered(self, sale: Sale, tried: set[Serial]) -> bool:
        """Tell whether the arbiter kept silent in this call: asking again would hold the till up."""
        silent: tuple[Literal["provisional", "offline_limit"], ...] = (
            "provisional",
            "offline_limit",
        )
        return any(sale.held[s].presented.standing in silent for s in tried if s in sale.held)


def _without_claims(basket: Basket, serials: Collection[Serial | None]) -> Basket:
    presented = tuple(
        structs.replace(p, standing="unanswered")
        if p.serial is not None and p.serial in serials
        else p
        for p in basket.presented
    )
    return structs.replace(basket, presented=presented)
