from datetime import timedelta

from cache.journal import Entry
from offers.changes import AssignOp, LeaseOp, PastOp, SoldOp, StockOp
from offers.model import PastUse, Serial
from offers.records import (
    ClaimId,
    ClaimProvisional,
    ClaimReleased,
    Incarnation,
    Returned,
    Reversal,
    Sold,
    Voided,
)
from offers.serials import Lease

SERIAL = "000070001234"
HOUR = timedelta(hours=1)
ELSEWHERE = Incarnation("other")


async def test_a_sale_counts_for_its_shopper_its_products_and_its_serial(lane, make):
    """After the commit the mirror knows the use, the units and the serial, with uid and time."""
    async with lane.journal() as journal:
        ref = journal.ref(make.ANNA)
        sale = make.tendered(
            shopper=ref,
            redemptions=(make.redemption(SERIAL),),
            sold=(Sold(make.YOGURT, 2), Sold(make.BREAD, 1)),
        )
        await journal.append(Entry(sale, make.NOON))
        mirror = journal.mirror
        use = PastUse("redeemed", "O1", make.NOON.date(), "dairy")
        assert mirror.past(make.ANNA) == (use,)
        assert mirror.past(make.BERT) == ()
        assert mirror.redeemed_serial(SERIAL) == ("u1", make.NOON)
        assert mirror.redeemed_serial("9" * 12) is None
        sold = [mirror.sold_since(make.YOGURT, make.NOON + n * HOUR) for n in (-1, 0, 1)]
        assert sold == [2, 0, 0]


async def test_training_counts_for_nothing(lane, make):
    """A training sale leaves no trace in caps, stock or serials."""
    async with lane.journal() as journal:
        sale = make.tendered(
            mode="training",
            shopper=journal.ref(make.ANNA),
            redemptions=(make.redemption(SERIAL),),
            sold=(Sold(make.YOGURT, 2),),
        )
        await journal.append(Entry(sale, make.NOON))
        await journal.append(Entry(Voided("u1", make.key()), make.NOON))
        mirror = journal.mirror
        assert (mirror.past(make.ANNA), mirror.redeemed_serial(SERIAL)) == ((), None)
        assert mirror.sold_since(make.YOGURT, make.NOON - HOUR) == 0


async def test_a_void_right_after_the_tender_undoes_the_sale_once(lane, make):
    """A sale and its void leave nothing; a second void takes nothing more."""
    async with lane.journal() as journal:
        sale = make.tendered(
            shopper=journal.ref(make.ANNA),
            redemptions=(make.redemption(SERIAL),),
            sold=(Sold(make.YOGURT, 2),),
        )
        await journal.append(Entry(sale, make.NOON))
        for _ in range(2):
            await journal.append(Entry(Voided("u1", make.key()), make.NOON))
        mirror = journal.mirror
        assert (mirror.past(make.ANNA), mirror.redeemed_serial(SERIAL)) == ((), None)
        assert mirror.sold_since(make.YOGURT, make.NOON - HOUR) == 0


async def test_a_coupon_lives_again_only_when_its_redemption_is_wholly_reversed(lane, make):
    """A partial return keeps the serial used up, a whole one frees it and the caps."""
    async with lane.journal() as journal:
        ref = journal.ref(make.ANNA)
        sale = make.tendered(
            shopper=ref,
            redemptions=(make.redemption(SERIAL),),
            sold=(Sold(make.YOGURT, 2),),
        )
        await journal.append(Entry(sale, make.NOON))
        seen = []
        for whole in (False, True):
            back = Reversal("O1", 50, whole, Serial(SERIAL))
            record = Returned("u2", make.key(), ("1",), 50, (back,), (Sold(make.YOGURT, -1),), ref)
            await journal.append(Entry(record, make.NOON))
            mirror = journal.mirror
            left = mirror.sold_since(make.YOGURT, make.NOON - HOUR)
            seen.append((mirror.redeemed_serial(SERIAL) is None, len(mirror.past(make.ANNA)), left))
        assert seen == [(False, 1, 1), (True, 0, 0)]


async def test_provisional_acceptances_count_per_hour_lane_and_shopper(lane, make):
    """Count and money since a moment; a release takes its share back, a tender does not."""
    async with lane.journal() as journal:
        anna = journal.ref(make.ANNA)
        serials = [f"00007{n:03}1234" for n in range(3)]
        rows = []
        for number, (serial, ref) in enumerate(zip(serials, (anna, None, None), strict=True)):
            entry = Entry(make.claiming(serial, shopper=ref), make.NOON + number * HOUR)
            rows += await journal.append(entry)
            claim = ClaimId(journal.epoch, rows[-1].seq)
            accepted = ClaimProvisional(claim, serial, 100 + number)
            await journal.append(Entry(accepted, make.NOON + number * HOUR))
        mirror = journal.mirror
        assert mirror.provisional_since(make.NOON) == (3, 303)
        assert mirror.provisional_since(make.NOON + HOUR) == (2, 203)
        assert mirror.provisional_since(make.NOON, make.ANNA) == (1, 100)
        assert {c.state for c in mirror.claims.values()} == {"provisional"}
        claims = [ClaimId(journal.epoch, row.seq) for row in rows]
        use = make.redemption(serials[0], claim=claims[0])
        await journal.append(Entry(make.tendered(redemptions=(use,)), make.NOON))
        await journal.append(Entry(ClaimReleased(claims[1], serials[1], "removed"), make.NOON))
        assert list(mirror.claims) == [claims[2]]
        assert mirror.provisional_since(make.NOON) == (2, 202)


async def test_a_coupon_printed_here_is_known_and_its_slot_never_given_again(lane, make):
    """Slots go on where the journal ends, after a crash too; two in the making never share one."""
    journal = await lane.open()
    own = Lease(7, "S1", "L1", journal.epoch, "k")
    await journal.apply_delta(1, (LeaseOp(own), LeaseOp(Lease(6, "S1", "L2", ELSEWHERE, "k"))))
    taken = [journal.mirror.next_serial_slot(journal.epoch) for _ in range(2)]
    assert taken == [(own, 0), (own, 1)]
    await journal.append(Entry(make.issued("000070001234"), make.NOON))
    await lane.crash(journal)
    async with lane.journal() as again:
        assert again.mirror.next_serial_slot(again.epoch) == (own, 1)
        printed = again.mirror.issued("000070001234")
        assert (printed.offer_id, printed.valid_from) == ("O1", make.NOON.date())
        assert again.mirror.issued("000070011234") is None
        await again.append(Entry(make.issued("000079981234"), make.NOON))
        assert again.mirror.leases_left() == 1
        assert again.mirror.next_serial_slot(again.epoch) == (own, 999)
        assert again.mirror.next_serial_slot(again.epoch) is None
        assert again.mirror.leases_left() == 0
        more = Lease(8, "S1", "L1", again.epoch, "k")
        await again.add_leases(more)
        assert again.mirror.next_serial_slot(again.epoch) == (more, 0)
        assert again.mirror.lease(6).lane == "L2"


async def test_slots_and_serials_outlive_their_pruned_rows(lane, make):
    """Rows that are gone still keep their serials from being used or given twice."""
    async with lane.journal(retention=timedelta(days=1)) as journal:
        await journal.apply_delta(1, (LeaseOp(Lease(7, "S1", "L1", journal.epoch, "k")),))
        sale = make.tendered(redemptions=(make.redemption("000079991234"),))
        await journal.append(Entry(make.issued("000070411234"), make.NOON), Entry(sale, make.NOON))
        lane.now = make.NOON + timedelta(days=2)
        await journal.hq_has(2)
        assert await journal.rows_after(0, 9) == ()
    async with lane.journal() as journal:
        assert journal.mirror.redeemed_serial("000079991234") == ("u1", make.NOON)
        assert journal.mirror.next_serial_slot()[1] == 42


async def test_a_delta_that_comes_again_changes_nothing(lane, make):
    """Deltas count by revision, and sales of other lanes by their row, however often they come."""
    async with lane.journal() as journal:
        sold = SoldOp("L2", ELSEWHERE, 5, make.YOGURT, 3, make.NOON + HOUR)
        own = SoldOp("L1", journal.epoch, 1, make.YOGURT, 50, make.NOON + HOUR)
        use = PastUse("redeemed", "O1", make.NOON.date())
        past = PastOp("L2", ELSEWHERE, 5, make.ANNA, use)
        stock = StockOp(make.YOGURT, 10, make.NOON)
        assert await journal.apply_delta(1, (stock, sold, own, past, past))
        assert not await journal.apply_delta(1, (sold,))
        assert await journal.apply_delta(2, (sold, past, past))
        mirror = journal.mirror
        assert mirror.stock(make.YOGURT) == (10, make.NOON)
        assert mirror.sold_since(make.YOGURT, make.NOON) == 3
        assert mirror.past(make.ANNA) == (use, use)
        assert journal.delta_rev == 2
    async with lane.journal() as journal:
        assert journal.mirror.sold_since(make.YOGURT, make.NOON) == 3
        assert journal.mirror.past(make.ANNA) == (use, use)


async def test_a_generation_folds_the_changes_and_what_hq_has_seen_of_our_own(lane, make):
    """After the fold nothing counts twice: own uses that came back from HQ are in its wallets."""
    async with lane.journal() as journal:
        ref = journal.ref(make.ANNA)
        sale = make.tendered(shopper=ref, redemptions=(make.redemption(),))
        rows = await journal.append(Entry(sale, make.NOON))
        use = PastUse("redeemed", "O1", make.NOON.date(), "dairy")
        seen = PastOp("L1", journal.epoch, rows[0].seq, make.ANNA, use)
        changed = AssignOp(make.ANNA, (make.assignment(3, 0.5),))
        await journal.apply_delta(1, (seen, changed, StockOp(make.YOGURT, 5, make.NOON)))
        sale = make.tendered("u2", shopper=ref, redemptions=(make.redemption(number=2),))
        await journal.append(Entry(sale, make.NOON))
        await journal.apply_delta(2, (StockOp(make.BREAD, 4, make.NOON),))
        assert len(journal.mirror.past(make.ANNA)) == 2
        await journal.point_to("offers-g2.db", 2, delta_rev=1)

        def state(journal):
            mirror = journal.mirror
            uses = [use.offer_id for use in mirror.past(make.ANNA)]
            stock = [mirror.stock(gtin) for gtin in (make.YOGURT, make.BREAD)]
            return uses, stock, mirror.assignments(make.ANNA), journal.delta_rev

        folded = state(journal)
        assert folded == (["O2"], [None, (4, make.NOON)], None, 2)
        await journal.close()
        journal = await lane.open()
        assert state(journal) == folded
        await journal.reset_overlay(0)
        back = state(journal)
        assert back == (["O1", "O2"], [None, None], None, 0)
        await journal.close()
        journal = await lane.open()
        assert state(journal) == back
        await journal.close()


async def test_recalls_are_replaced_whole_by_a_newer_list(lane, make):
    """The newest list holds, an older one is passed over, and a restart keeps it."""
    async with lane.journal() as journal:
        assert await journal.set_recalls(3, (make.YOGURT,), ("O1",))
        assert not await journal.set_recalls(2, (), ())
        assert await journal.set_recalls(4, (make.BREAD,), ())
        assert (journal.mirror.recalled, journal.mirror.killed) == ({make.BREAD}, frozenset())
    async with lane.journal() as journal:
        assert (journal.mirror.recalled, journal.recall_rev) == ({make.BREAD}, 4)


async def test_memory_is_bounded_by_time(lane, make):
    """Past uses go after 62 days, sales after 14, at HQ's next word; serials used up stay."""
    async with lane.journal() as journal:
        sale = make.tendered(
            shopper=journal.ref(make.ANNA),
            redemptions=(make.redemption(SERIAL),),
            sold=(Sold(make.YOGURT, 2),),
        )
        await journal.append(Entry(sale, make.NOON), Entry(make.issued(), make.NOON))
        seen = []
        for days in (14, 15, 62, 63, 400, 401):
            lane.now = make.NOON + timedelta(days=days)
            await journal.hq_has(0)
            mirror = journal.mirror
            sold = mirror.sold_since(make.YOGURT, make.NOON - HOUR)
            printed = mirror.issued(SERIAL) is not None
            seen.append(
                (sold, len(mirror.past(make.ANNA)), printed, mirror.redeemed_serial(SERIAL))
            )
        at = ("u1", make.NOON)
        assert seen == [
            (2, 1, True, at),
            (0, 1, True, at),
            (0, 1, True, at),
            (0, 0, False, at),
            (0, 0, False, at),
            (0, 0, False, None),
        ]
