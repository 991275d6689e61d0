"""How a sale ends: what the till gave becomes redemptions."""

from __future__ import annotations

import hashlib
from importlib.metadata import version

import msgspec
from msgspec import Struct

from agent.answers import verdicts_out
from agent.issue_desk import Issue
from agent.kept_facts import NO_FACTS
from agent.records_of import Bank, Given, redemptions_given, sold_lines
from agent.refunds import SaleEvidence
from agent.sales import Answered, Finished, Sale
from agent.till_types import TenderIn, TenderOut
from cache.journal import Journal
from cache.shelf import Shelf
from offers.basket import Line
from offers.context import Moment
from offers.model import Language, OfferId, PastUse, Serial
from offers.offer_sets import offer_category
from offers.reasons import Reason, Verdict
from offers.records import SoldLine, Tendered

APP = f"tillside {version('tillside')}"
encode = msgspec.json.Encoder(order="deterministic").encode


class Ending(Struct, frozen=True):
    """A sale at its tender, before its rows are written."""

    sale: Sale
    answered: Answered | None
    given: Given
    revision: int

    @property
    def used(self) -> frozenset[Serial]:
        """The serials that were used up."""
        serials = (r.serial for r in self.given.redemptions)
        return frozenset(serial for serial in serials if serial is not None)

    @property
    def past(self) -> tuple[PastUse, ...]:
        """What the shopper has used just now: it counts when the next offers are chosen."""
        on = self.sale.key.business_date
        return tuple(
            PastUse("redeemed", r.offer_id, on, r.category) for r in self.given.redemptions
        )

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines that were sold."""
        return self.answered.basket.lines if self.answered is not None else ()

    def tendered(self, journal: Journal, generation: str) -> Tendered:
        """Make the sale's row. Training redeems and sells nothing."""
        sale, live = self.sale, self.sale.mode == "live"
        decided = encode((self.answered, generation))
        return Tendered(
            uid=sale.uid,
            key=sale.key,
            revision=self.revision,
            mode=sale.mode,
            shopper=journal.ref(sale.shopper) if sale.shopper is not None else None,
            basket_minor=sum(line.amount_minor for line in self.lines),
            discount_minor=sum(r.amount_minor for r in self.given.redemptions) if live else 0,
            redemptions=self.given.redemptions if live else (),
            not_given=self.given.not_given,
            sold=sold_lines(self.lines) if live else (),
            decision_sha256=hashlib.sha256(decided).hexdigest(),
            lines=tuple(_sold_line(line) for line in self.lines) if live else (),
        )

    def out(self, issue: Issue, shelf: Shelf, language: Language) -> TenderOut:
        """Make the till's answer."""
        offers = shelf.generation.offers
        currency = shelf.generation.store.currency
        return TenderOut(
            transaction=self.sale.handle,
            redeemed=tuple(r.offer_id for r in self.given.redemptions),
            released=self.given.not_given,
            printing=tuple(offer.offer_id for offer in issue.offers),
            verdicts=verdicts_out(self.late + issue.verdicts, offers, language, currency),
            points=sum(r.points for r in self.given.redemptions),
        )

    def evidence(
        self, tendered: Tendered, out: TenderOut, moment: Moment, generation: str
    ) -> bytes:
        """Make what is kept for returns and disputes."""
        answered = self.answered
        return SaleEvidence(
            handle=self.sale.handle,
            digest=answered.digest if answered else "",
            basket=answered.basket if answered else None,
            decision=answered.decision if answered else None,
            moment=moment,
            generation=generation,
            tendered=tendered,
            told=answered.out if answered else None,
            out=out,
            facts=answered.facts if answered else NO_FACTS,
            app=APP,
        ).encode()

    def finished(self, out: TenderOut, issue: Issue) -> Finished:
        """Give the sale as the book keeps it."""
        return Finished(
            uid=self.sale.uid,
            key=self.sale.key,
            answered=self.answered,
            out=out,
            shopper=self.sale.shopper,
            late=self.late,
            job=issue.job,
        )

    @property
    def late(self) -> tuple[Verdict, ...]:
        """The verdicts of what was decided and not given."""
        return tuple(self._late(offer_id) for offer_id in self.given.not_given)

    def line(self, issue: Issue) -> str:
        """Say the sale in a line of the log."""
        withheld = sorted({v.reason.value for v in issue.verdicts if v.outcome == "withheld"})
        return (
            f"redeemed {len(self.given.redemptions)}, printed {len(issue.slips)}, "
            f"withheld {', '.join(withheld) or 'none'}"
        )

    def _late(self, offer_id: OfferId) -> Verdict:
        version = next((v.version for v in self._verdicts() if v.offer_id == offer_id), 0)
        return Verdict(offer_id, version, "not_applied", Reason.DECISION_LATE)

    def _verdicts(self) -> tuple[Verdict, ...]:
        return self.answered.decision.verdicts if self.answered is not None else ()


def _sold_line(line: Line) -> SoldLine:
    return SoldLine(line.line_id, line.gtin, line.quantity, line.amount_minor)


def end_sale(sale: Sale, message: TenderIn, shelf: Shelf) -> Ending:
    """Match what the till gave with what was decided for the revision that it names."""
    answered = sale.answer_for(message.revision)
    offers = shelf.generation.offers
    depth = shelf.generation.policy.category_depth
    shared = {s.offer_id for s in answered.decision.shares} if answered is not None else set()
    shared |= {it.offer_id for it in answered.decision.earned} if answered is not None else set()
    categories = {
        offer_id: offer_category(
            offers[offer_id], shelf.generation.products_of(offers[offer_id]), depth
        )
        for offer_id in shared & offers.keys()
    }
    given = redemptions_given(answered, message.given, sale.held, Bank(offers, categories))
    return Ending(sale, answered, given, message.revision)
