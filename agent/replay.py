"""Play a file of real baskets through one lane, in time order, and say what came of it.

Every basket takes the way of a scan: identity, wallet, decision, tender, with the journal on disk.
Time is the basket's own. `docs/replay.md` says how to read the report.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from agent.moment import moment
from agent.replay_count import Report, Tally, lines_of
from agent.replay_lane import ReplayLane, replay_lane
from agent.till_types import BasketIn, DecisionOut, GivenIn, IdentityIn, LineIn, TenderIn
from cache.replay_file import ReplayBasket, ReplayHeader, read_baskets, read_header
from ground.clock import SteppedClock, SystemClock
from offers.context import StoreFacts

BASKETS_FILE = "baskets.msgpack.zst"
ACKNOWLEDGE_EVERY = 64  # baskets; headquarters' answer comes by batches, too
BAR_EVERY = 200  # baskets
BAR_CHARS = 40

Progress = Callable[[int, float], None]


def replay(directory: Path, store: str | None, json_file: Path | None) -> int:
    """Play what `tillside-hq import` wrote; 0 when it was played to its end.

    The journal lives in a temporary folder inside `directory`: on a disk, where a sync has a price.

    Args:
        directory: the folder with the generation and the baskets.
        store: only this store's baskets.
        json_file: where the report goes besides standard output.

    Raises:
        Complaint: the file of baskets or the generation cannot be used.
        OSError: a file is missing, or the journal cannot be written.
    """
    header = read_header(directory / BASKETS_FILE)
    with tempfile.TemporaryDirectory(prefix="replay-", dir=directory) as place:
        report = asyncio.run(played(directory, header, store, Path(place), _bar(header.baskets)))
    sys.stdout.write("\n".join(lines_of(report)) + "\n")
    if json_file is not None:
        json_file.parent.mkdir(parents=True, exist_ok=True)
        json_file.write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n")
    return 0


async def played(
    directory: Path, header: ReplayHeader, store: str | None, place: Path, progress: Progress
) -> Report:
    """Play the baskets, one sale at a time, and give the report.

    Args:
        directory: the folder with the generation and the baskets.
        header: what the file of baskets says of itself.
        store: only this store's baskets, where one is named.
        place: an empty folder for the journal.
        progress: told now and then how many baskets of the file are read, after how many seconds.
    """
    real, tally = SystemClock(), Tally(header.redemptions)
    numbered = _of_store(directory / BASKETS_FILE, store)
    first = next(numbered, None)
    if first is None:
        return tally.report(0, peak_rss_mb())
    clock = SteppedClock(first[1].at)
    async with replay_lane(directory / header.generation, place, clock) as rooms:
        till = Till(rooms, clock, real, header.currency)
        began = real.monotonic_s()
        numbered = _with_first(first, numbered)
        for number, basket in numbered:
            took_ms, out = await till.sale(basket, header)
            tally.took(*took_ms)
            told = ((v.offer_id, v.outcome, v.reason) for v in out.verdicts)
            tally.decided(basket, told, len(out.left_out))
            if tally.baskets % ACKNOWLEDGE_EVERY == 0:
                await rooms.journal.hq_has(rooms.journal.last_seq)
            if number % BAR_EVERY == 0:
                progress(number, real.monotonic_s() - began)
        progress(header.baskets, took_s := real.monotonic_s() - began)
    return tally.report(took_s, peak_rss_mb())


class Till:
    """Sends each basket as a till does: once to decide, once to tender what was decided."""

    def __init__(
        self, rooms: ReplayLane, clock: SteppedClock, real: SystemClock, currency: str
    ) -> None:
        self._lane = rooms.lane
        self._store = rooms.generation.store
        self._clock = clock
        self._real = real
        self._currency = currency

    async def sale(
        self, basket: ReplayBasket, header: ReplayHeader
    ) -> tuple[tuple[float, float], DecisionOut]:
        """Play one basket at its own time; give the decision, how long it took, and all of it."""
        ahead_s = (basket.at - self._clock.utc_now()).total_seconds()
        if ahead_s > 0:
            await self._clock.advance(ahead_s)
        message = basket_in(basket, header, self._store)
        began = self._real.monotonic_s()
        out = await self._lane.basket(basket.basket, message)
        decided = self._real.monotonic_s()
        await self._lane.tender(basket.basket, tender_in(out))
        ended = self._real.monotonic_s()
        return (1000 * (decided - began), 1000 * (ended - began)), out


def basket_in(basket: ReplayBasket, header: ReplayHeader, store: StoreFacts) -> BasketIn:
    """Write a basket as its till would, with the coupons that were really presented that day."""
    numbers = (header.redemptions[place].coupon_number for place in basket.presented)
    return BasketIn(
        till=basket.store,
        number=basket.basket,
        business_date=moment(basket.at, True, store).business_date,
        revision=1,
        currency=header.currency,
        lines=tuple(
            LineIn(str(n), line.gtin, line.quantity, line.amount_minor, line.weight_g)
            for n, line in enumerate(basket.lines, 1)
        ),
        identities=(IdentityIn("app", basket.shopper),),
        coupons=tuple(dict.fromkeys(numbers)),
    )


def tender_in(out: DecisionOut) -> TenderIn:
    """Give all that was decided."""
    given = tuple(GivenIn(s.line_id, s.offer_id, s.amount_minor) for s in out.discounts)
    return TenderIn(out.revision, given)


def _of_store(file: Path, store: str | None) -> Iterator[tuple[int, ReplayBasket]]:
    for number, basket in enumerate(read_baskets(file), 1):
        if store is None or basket.store == store:
            yield number, basket


def _with_first(
    first: tuple[int, ReplayBasket], rest: Iterator[tuple[int, ReplayBasket]]
) -> Iterator[tuple[int, ReplayBasket]]:
    yield first
    yield from rest


def _bar(baskets: int) -> Progress:
    """Draw how far it is, where a person looks on."""
    if not sys.stderr.isatty():
        return lambda _number, _took_s: None

    def draw(number: int, took_s: float) -> None:
        done = BAR_CHARS * number // max(1, baskets)
        left_s = took_s / number * (baskets - number) if number else 0
        bar = "#" * done + "." * (BAR_CHARS - done)
        sys.stderr.write(f"\r[{bar}] {number} of {baskets}, {left_s:4.0f} s left ")
        sys.stderr.write("\n" if number == baskets else "")
        sys.stderr.flush()

    return draw


def peak_rss_mb() -> float:
    """Give the most memory that this process ever had, mapped pages included; 0 where unknown."""
    try:
        import resource
    except ImportError:  # not on Windows
        return 0.0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1024 / (1024 if sys.platform == "darwin" else 1)
