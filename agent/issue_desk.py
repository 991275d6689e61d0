"""What to print for the next visit: choose, give serials, lay out, and hand over to the printer."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from typing import Protocol

from msgspec import Struct, structs

from agent.facts import Here, candidates_of, issue_context
from agent.stock import Stock
from offers.context import Candidate, IssueDecision, Moment
from offers.issue import choose, valid_to
from offers.issue_rules import withdrawn_from_print
from offers.model import Language, Offer, PastUse, Serial, ShopperKey
from offers.money import ENGLISH, chosen_language
from offers.offer_sets import offer_category
from offers.reasons import Reason, Verdict
from offers.records import Ghost, Issued, JobId, Record, Uid
from offers.sentences import slip_words
from offers.serials import make_serial
from printer.slip import Slip
from printer.worded import NO_CODE, Carrier, coupon_code, worded


class Printing(Protocol):
    """The way to the paper."""

    @property
    def ready(self) -> bool:
        """Tell whether a job given now would start."""

    def submit(self, job: JobId, slips: tuple[Slip, ...], still_good: Callable[[], bool]) -> None:
        """Queue a job; its result is written down when it is known."""


class Issue(Struct, frozen=True):
    """What is about to be printed: rows first, then the job."""

    records: tuple[Record, ...] = ()
    job: JobId | None = None
    slips: tuple[Slip, ...] = ()
    offers: tuple[Offer, ...] = ()
    verdicts: tuple[Verdict, ...] = ()


class Occasion(Struct, frozen=True):
    """What a slip follows. Training lays out TRAINING slips without serials or rows."""

    uid: Uid
    moment: Moment
    training: bool = False
    asked: bool = False  # the shopper asked for paper


class IssueDesk:
    """Issues coupons to the shopper in hand; a lane without a printer issues nothing."""

    def __init__(
        self,
        stock: Stock,
        printing: Printing | None,
        brand_line: str,
        here: Here,
        carrier: Carrier = "qr",
    ) -> None:
        self._journal, self._shelf, self._keys = stock.journal, stock.shelf, stock.serial_keys
        self._printing = printing
        self._brand_line = brand_line
        self._here = here
        self._carrier: Carrier = carrier

    def prepare(
        self, occasion: Occasion, shopper: ShopperKey, just_now: tuple[PastUse, ...] = ()
    ) -> Issue:
        """Choose the slip and make its rows; nothing is printed or written yet.

        Args:
            occasion: the sale that the slip follows, and when.
            shopper: who gets it.
            just_now: what this very sale used, not yet in the journal.
        """
        uid, moment, training, asked = structs.astuple(occasion)
        if self._printing is None:
            return Issue()
        if not self._printing.ready:
            return Issue(verdicts=self._not_now(shopper))
        context = issue_context(self._here, shopper, moment, asked)
        decision = choose(structs.replace(context, past=context.past + just_now))
        language = self._language(shopper)
        job = JobId(secrets.token_hex(16))
        records: list[Record] = self._ghosts(uid, shopper, decision) if not training else []
        slips: list[Slip] = []
        offers: list[Offer] = []
        verdicts = list(decision.verdicts)
        for candidate in decision.chosen:
            serial = None if training else self._next_serial(candidate.offer)
            if candidate.offer.single_use and serial is None and not training:
                verdicts = _replace(verdicts, candidate, Reason.OFFLINE_LIMIT)
                continue
            issued = self._issued(uid, job, candidate, serial, shopper, moment.business_date)
            offers.append(candidate.offer)
            slips.append(self._slip(candidate.offer, issued, language, training))
            if not training:
                records.append(issued)
        return Issue(
            tuple(records), job if slips else None, tuple(slips), tuple(offers), tuple(verdicts)
        )

    @property
    def ready(self) -> bool:
        """Tell whether paper can be printed now."""
        return self._printing is not None and self._printing.ready

    def again(
        self,
        uid: Uid,
        old: Serial,
        offer: Offer,
        shopper: ShopperKey | None,
        days: tuple[date, date],
    ) -> Issue | None:
        """Make ready a coupon in the place of another; None where no serial is left or all is stopped.

        Args:
            uid: the sale in which it is asked for.
            old: the serial that this one replaces.
            offer: what the coupon is for.
            shopper: whose it is, if that is known.
            days: the business date, and the last day on which the old one holds.
        """
        serial = self._next_serial(offer) if self._still_good((offer,)) else None
        if serial is None:
            return None
        today, last = days
        job = JobId(secrets.token_hex(16))
        made = self._issued(uid, job, Candidate(offer), serial, shopper, today)
        issued = structs.replace(made, valid_to=last, instead_of=old)
        slip = self._slip(offer, issued, self._language(shopper), False)
        return Issue((issued,), job, (slip,), (offer,))

    def hand_over(self, slip: Slip) -> None:
        """Print a paper that is no coupon."""
        if self._printing is not None:
            self._printing.submit(JobId(slip.job), (slip,), lambda: True)

    def once_more(self, issued: tuple[Issued, ...], shopper: ShopperKey | None) -> Issue:
        """Lay coupons out once more, under the serials that they have; nothing new is written.

        One whose offer is gone from the bank, withdrawn, or past its last day is left out.
        """
        if self._printing is None:
            return Issue()
        job = JobId(secrets.token_hex(16))
        generation = self._shelf.generation
        known = [(it, generation.offers.get(it.offer_id)) for it in issued]
        good = [(it, offer) for it, offer in known if offer and self._still_good((offer,))]
        language = self._language(shopper) if shopper is not None else generation.store.languages[0]
        slips = tuple(
            self._slip(offer, structs.replace(it, job=job), language, False) for it, offer in good
        )
        offers = tuple(offer for _, offer in good)
        return Issue(job=job if slips else None, slips=slips, offers=offers)

    def making(self, issue: Issue) -> AbstractContextManager[None]:
        """Hold the places of an issue's coupons in their offers' first N while its rows are written."""
        issued = (record for record in issue.records if isinstance(record, Issued))
        return self._here.quotas.making([record.offer_id for record in issued])

    def print(self, issue: Issue) -> None:
        """Hand the job over, now that its rows are durable; a recall before its first byte stops it."""
        if issue.job is None or self._printing is None:
            return
        self._printing.submit(issue.job, issue.slips, lambda: self._still_good(issue.offers))

    def _still_good(self, offers: tuple[Offer, ...]) -> bool:
        shelf = self._shelf
        return not any(
            withdrawn_from_print(
                offer, shelf.generation.products_of(offer), shelf.killed, shelf.recalled
            )
            for offer in offers
        )

    def _not_now(self, shopper: ShopperKey) -> tuple[Verdict, ...]:
        """Withhold everything that has a coupon: nothing is issued that cannot be printed."""
        return tuple(
            Verdict(c.offer.offer_id, c.offer.version, "withheld", Reason.PRINTER_DOWN)
            for c in candidates_of(self._shelf, shopper)
            if c.offer.use != "card" and not (c.assignment and c.assignment.arm == "holdout")
        )

    def _next_serial(self, offer: Offer) -> Serial | None:
        """Take the next number of this incarnation's leases; None where none is left or none needed."""
        if not offer.single_use:
            return None
        slot = self._shelf.next_serial_slot(self._journal.epoch)
        if slot is None:
            return None
        lease, counter = slot
        key = self._keys.get(lease.key_id)
        return make_serial(lease, counter, offer.coupon_number, key) if key else None

    def _issued(
        self,
        uid: Uid,
        job: JobId,
        candidate: Candidate,
        serial: Serial | None,
        shopper: ShopperKey | None,
        today: date,
    ) -> Issued:
        offer = candidate.offer
        generation = self._shelf.generation
        category = offer_category(
            offer, self._shelf.generation.products_of(offer), generation.policy.category_depth
        )
        return Issued(
            uid=uid,
            job=job,
            offer_id=offer.offer_id,
            version=offer.version,
            campaign_id=offer.campaign_id,
            category=category,
            coupon_number=offer.coupon_number,
            serial=serial,
            valid_from=today,
            valid_to=valid_to(candidate, today),
            shopper=self._journal.ref(shopper) if shopper is not None else None,
        )

    def _slip(self, offer: Offer, issued: Issued, language: Language, training: bool) -> Slip:
        generation = self._shelf.generation
        picture = generation.picture(offer.picture.sha256) if offer.picture else None
        number, serial = issued.coupon_number, issued.serial
        code = NO_CODE if training else coupon_code(number, serial, self._carrier)

        # Last the language that is printed; behind it those that a lane without its letters prints.
        slip: Slip | None = None
        for spoken in reversed(dict.fromkeys((language, *generation.store.languages, ENGLISH))):
            products, currency = generation.products_of(offer), generation.store.currency
            days = issued.valid_to, issued.valid_from
            words = slip_words(offer, products, spoken, currency, *days)
            slip = structs.replace(
                worded(words, issued.job, code, picture),
                brand_line=self._brand_line,
                training=training,
                otherwise=slip,
            )
        assert slip is not None
        return slip

    def _language(self, shopper: ShopperKey | None) -> Language:
        store = self._shelf.generation.store
        spoken = self._shelf.wallet(shopper).language if shopper is not None else None
        return chosen_language(spoken, *store.languages)

    def _ghosts(self, uid: Uid, shopper: ShopperKey, decision: IssueDecision) -> list[Record]:
        held = [v for v in decision.verdicts if v.reason is Reason.HOLDOUT]
        return [Ghost(uid, verdict.offer_id, self._journal.ref(shopper)) for verdict in held]


def _replace(verdicts: list[Verdict], candidate: Candidate, reason: Reason) -> list[Verdict]:
    offer_id = candidate.offer.offer_id
    return [
        structs.replace(v, outcome="withheld", reason=reason) if v.offer_id == offer_id else v
        for v in verdicts
    ]
