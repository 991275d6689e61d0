"""A lane's journal over a long day of sales, crashes and acknowledgements, against a plain model."""

import asyncio
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from cache import inspect
from cache.journal import Entry, Journal
from cache.journal_store import OpenBasket
from offers.basket import TransactionKey
from offers.changes import AssignOp, PastOp, SoldOp, StockOp
from offers.model import Assignment, PastUse, ShopperKey, ShopperRef
from offers.records import (
    ClaimGranted,
    ClaimId,
    Claiming,
    ClaimReleased,
    Incarnation,
    Issued,
    Redemption,
    Sold,
    Tendered,
    Voided,
)

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
SHOPPERS = [ShopperKey(letter * 32) for letter in "ab"]
SERIALS = [f"00007{n:03}1234" for n in range(4)]
GTINS = ["04006381333931", "04006381333948"]
ELSEWHERE = Incarnation("f" * 16)


class LaneDay(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "journal.db"
        self.now = NOON
        self.names = 0
        self.rows = []
        self.rev = 0
        self.gone = 0
        self.journal = self.do(self.opened())

    def do(self, awaitable):
        return self.loop.run_until_complete(awaitable)

    def opened(self) -> Journal:
        return Journal.open(
            self.path,
            incarnation=lambda: Incarnation("0" * 16),
            now=lambda: self.now,
            new_ref=lambda: ShopperRef(f"r{self.name()}"),
            retention=timedelta(days=92),
            spare_pages=1,
        )

    def name(self) -> int:
        self.names += 1
        return self.names

    def append(self, *records, **more):
        entries = [Entry(record, self.now) for record in records]
        rows = self.do(self.journal.append(*entries, **more))
        self.rows += rows
        return rows

    @initialize()
    def nothing_is_there(self) -> None:
        assert (self.journal.last_seq, self.journal.set_aside) == (0, None)

    @rule(
        shopper=st.sampled_from([*SHOPPERS, None]),
        serial=st.sampled_from([*SERIALS, None]),
        gtin=st.sampled_from(GTINS),
        live=st.booleans(),
        void=st.booleans(),
    )
    def sell(self, shopper, serial, gtin, live, void) -> None:
        uid = f"u{self.name()}"
        key = TransactionKey("S1", "T1", self.now.date(), uid)
        use = Redemption("O1", 1, "C1", 50, (), "dairy", serial)
        ref = None if shopper is None else self.journal.ref(shopper)
        mode = "live" if live else "training"
        sale = Tendered(uid, key, 1, mode, ref, 9, 5, (use,), (), (Sold(gtin, 2),), "")
        self.append(sale, evidence={uid: uid.encode()})
        if void:
            self.append(Voided(uid, key))

    @rule(serial=st.sampled_from(SERIALS), shopper=st.sampled_from(SHOPPERS))
    def issue(self, serial, shopper) -> None:
        today = self.now.date()
        ref = self.journal.ref(shopper)
        self.append(
            Issued("u", f"j{self.name()}", "O1", 1, "C1", "x", "1" * 13, serial, today, today, ref)
        )

    @rule(serial=st.sampled_from(SERIALS), end=st.sampled_from(["open", "granted", "released"]))
    def claim(self, serial, end) -> None:
        (row,) = self.append(Claiming("u1", serial, "1" * 13, "O1", 100))
        claim = ClaimId(self.journal.epoch, row.seq)
        if end == "granted":
            self.append(ClaimGranted(claim, serial))
        if end == "released":
            self.append(ClaimReleased(claim, serial, "timeout"))

    @rule(number=st.integers(1, 3), over=st.booleans())
    def basket(self, number, over) -> None:
        uid = f"b{number}"
        key = TransactionKey("S1", "T1", self.now.date(), str(number))
        basket = None if over else OpenBasket(uid, key, self.name(), b"x")
        self.append(open_baskets={uid: basket})

    @rule(gtin=st.sampled_from(GTINS), shopper=st.sampled_from(SHOPPERS), again=st.booleans())
    def delta(self, gtin, shopper, again) -> None:
        self.rev += not again
        use = PastUse("contact", "O2", self.now.date())
        ops = (
            StockOp(gtin, self.rev, self.now),
            SoldOp("L2", ELSEWHERE, self.rev, gtin, 1, self.now),
            PastOp("L2", ELSEWHERE, self.rev, shopper, use),
            AssignOp(shopper, (Assignment("O1", 0.5, NOON.date(), NOON.date()),)),
        )
        assert self.do(self.journal.apply_delta(self.rev, ops)) == (not again and self.rev > 0)

    @rule(back=st.integers(0, 2))
    def new_generation(self, back) -> None:
        self.do(self.journal.point_to("g", 1, delta_rev=max(0, self.rev - back)))
        self.rev = self.journal.delta_rev

    @rule(days=st.integers(0, 50))
    def time_passes(self, days) -> None:
        self.now += timedelta(days=days, minutes=1)

    @rule()
    def hq_has_it_all(self) -> None:
        self.acknowledge(self.journal.last_seq)

    def acknowledge(self, upto) -> None:
        self.do(self.journal.hq_has(upto))
        left = self.do(self.journal.rows_after(0, 10_000))
        self.gone = left[0].seq - 1 if left else self.journal.last_seq

    def answers(self) -> dict:
        """Everything that the scan path may ask."""
        mirror = self.journal.mirror
        mirror.forget(self.now)
        return {
            "past": [mirror.past(shopper) for shopper in SHOPPERS],
            "sold": [
                mirror.sold_since(gtin, self.now - timedelta(days=days))
                for gtin in GTINS
                for days in (1, 3, 13)
            ],
            "stock": [mirror.stock(gtin) for gtin in GTINS],
            "assigned": [mirror.assignments(shopper) for shopper in SHOPPERS],
            "claims": dict(mirror.claims),
            "redeemed": [mirror.redeemed_serial(serial) for serial in SERIALS],
            "issued": [mirror.issued(serial) for serial in SERIALS],
            "used": mirror._slots.used,
            "baskets": sorted(self.journal.open_baskets(), key=lambda basket: basket.uid),
            "marks": (self.journal.acked, self.journal.delta_rev, self.journal.last_seq),
        }

    @rule(power_cut=st.booleans())
    def restart(self, power_cut) -> None:
        self.acknowledge(0)
        before = self.answers()
        if power_cut:
            left = [self.path.with_name("journal.db" + end) for end in ("", "-wal")]
            data = [file.read_bytes() for file in left]
        self.do(self.journal.close())
        if power_cut:
            for file, content in zip(left, data, strict=True):
                file.write_bytes(content)
        self.journal = self.do(self.opened())
        assert self.journal.set_aside is None
        assert self.answers() == before

    @invariant()
    def every_answered_row_is_there(self) -> None:
        left = self.do(self.journal.rows_after(0, 10_000))
        kept = [row for row in self.rows if row.seq > self.gone]
        assert [row.hash for row in left] == [row.hash for row in kept]

    def teardown(self) -> None:
        """Whatever happened, the chain holds from its anchor to its end."""
        self.do(self.journal.close())
        assert inspect.verify(self.path).first_bad_seq is None
        self.loop.close()
        self.folder.cleanup()


TestLaneDay = LaneDay.TestCase
TestLaneDay.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
