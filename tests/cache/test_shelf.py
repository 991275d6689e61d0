import sqlite3
from datetime import timedelta

from cache.generation import Generation
from cache.generation_writer import GenerationWriter
from cache.journal import Entry
from cache.journal_store import OpenBasket
from cache.shelf import Shelf
from offers.basket import Presented
from offers.changes import AssignOp, StockOp
from offers.context import Availability
from offers.model import Wallet
from offers.records import Sold

HOUR = timedelta(hours=1)


def coupon(number: int, serial: str | None = None) -> Presented:
    return Presented(f"{number:013}", serial, "granted")


async def test_candidates_stand_in_hqs_order_coupons_joined(lane, generation, make):
    """Best score first; a coupon joins its assignment; a foreign coupon comes behind."""
    async with lane.journal() as journal:
        shelf = Shelf(generation, journal.mirror)
        one, three, alien = coupon(1, "1" * 12), coupon(3), coupon(9)
        found = shelf.candidates(make.ANNA, (three, one, alien, one))
        seen = [(c.offer.offer_id, c.assignment and c.assignment.score, c.presented) for c in found]
        assert seen == [("O2", 0.9, None), ("O1", 0.2, one), ("O3", None, three)]
        assert [c.offer.offer_id for c in shelf.candidates(None, (three,))] == ["O3"]
        assert shelf.candidates(make.BERT, ()) == ()


async def test_two_coupons_of_one_offer_are_two_candidates(lane, generation, make):
    """Each serial may be used once, so each stands for itself."""
    async with lane.journal() as journal:
        shown = (coupon(3, "1" * 12), coupon(3, "2" * 12))
        found = Shelf(generation, journal.mirror).candidates(None, shown)
        assert [candidate.presented for candidate in found] == list(shown)


async def test_new_assignments_take_the_place_of_the_generations(lane, generation, make):
    """A delta's assignments hold whole; an offer that the generation lacks is passed over."""
    async with lane.journal() as journal:
        shelf = Shelf(generation, journal.mirror)
        new = (make.assignment(3, 0.1), make.assignment(1, 0.1), make.assignment(77, 1.0))
        await journal.apply_delta(1, (AssignOp(make.ANNA, new),))
        assert shelf.wallet(make.ANNA).assignments == new
        assert [c.offer.offer_id for c in shelf.candidates(make.ANNA, ())] == ["O1", "O3"]
        assert shelf.wallet(make.BERT) == Wallet()


async def test_the_past_of_both_sides_is_in_the_wallet(lane, generation, make):
    """What happened here since the generation counts at once."""
    async with lane.journal() as journal:
        use = make.redemption()
        sale = make.tendered(shopper=journal.ref(make.ANNA), redemptions=(use,))
        await journal.append(Entry(sale, make.NOON))
        past = Shelf(generation, journal.mirror).wallet(make.ANNA).past
        assert [(use.kind, use.offer_id) for use in past] == [("redeemed", "O1")]


async def test_availability_is_the_newest_figure_less_what_was_sold_since(lane, generation, make):
    """Ten by the generation, three sold: seven; the newer figure holds from its own time on."""
    async with lane.journal() as journal:
        shelf = Shelf(generation, journal.mirror)
        assert shelf.availability(make.BREAD) is None
        for hours, units in ((-1, 5), (1, 3)):
            sale = make.tendered(sold=(Sold(make.YOGURT, units),))
            await journal.append(Entry(sale, make.NOON + hours * HOUR))
        assert shelf.availability(make.YOGURT) == Availability(7, make.NOON)
        await journal.apply_delta(1, (StockOp(make.YOGURT, 2, make.NOON + HOUR / 2),))
        assert shelf.availability(make.YOGURT) == Availability(0, make.NOON + HOUR / 2)
        old = StockOp(make.YOGURT, 99, make.NOON - 2 * HOUR)
        await journal.apply_delta(2, (old,))
        assert shelf.availability(make.YOGURT) == Availability(7, make.NOON)


async def test_a_swap_puts_the_new_generation_in_force(lane, generation, make, tmp_path):
    """After the swap every answer is the new generation's; the old one is handed back."""
    make.generation(tmp_path / "g2.db")
    other = Generation.open(tmp_path / "g2.db")
    async with lane.journal() as journal:
        shelf = Shelf(generation, journal.mirror)
        assert shelf.product(make.YOGURT) is not None
        assert shelf.swap(other) is generation
        assert shelf.product(make.YOGURT) is None
        assert shelf.candidates(make.ANNA, (coupon(1),)) == ()
        assert shelf.lease(7) is None
        assert shelf.next_serial_slot(journal.epoch) is None
        assert shelf.leases_left == 0
        await journal.set_recalls(1, (make.YOGURT,), ("O1",))
        assert (shelf.recalled, shelf.killed) == ({make.YOGURT}, {"O1"})
    other.close()


async def test_a_shopper_asked_for_again_has_the_newest_assignments(lane, generation, make):
    """Between two questions of one scan a delta may come: what was read before does not count."""
    async with lane.journal() as journal:
        shelf = Shelf(generation, journal.mirror)
        assert [c.offer.offer_id for c in shelf.candidates(make.ANNA, ())] == ["O2", "O1"]
        await journal.apply_delta(1, (AssignOp(make.ANNA, (make.assignment(3, 0.1),)),))
        assert [c.offer.offer_id for c in shelf.candidates(make.ANNA, ())] == ["O3"]
        await journal.apply_delta(2, (AssignOp(make.ANNA, (make.assignment(1, 0.1),)),))
        assert [c.offer.offer_id for c in shelf.candidates(make.ANNA, ())] == ["O1"]


async def test_a_shopper_asked_for_again_is_read_from_the_generation_in_force(
    lane, generation, make, tmp_path
):
    """After a swap the wallet in hand is the new generation's, though the shopper is the same."""
    with GenerationWriter(tmp_path / "next.db") as writer:
        writer.put_store(generation.store, generation.policy, generation.risk)
        writer.finish("next", make.NOON, 0)
    async with lane.journal() as journal:
        shelf = Shelf(generation, journal.mirror)
        assert len(shelf.candidates(make.ANNA, ())) == 2
        following = Generation.open(tmp_path / "next.db")
        shelf.swap(following)
        assert shelf.candidates(make.ANNA, ()) == ()
        assert shelf.wallet(make.ANNA) == Wallet()
        following.close()


async def test_an_open_basket_is_small_on_disk_and_whole_after_a_restart(lane, make):
    """An answer names its offers again and again: 200 KB of it are some pages, not fifty."""
    body = b'{"offer_id":"O1","reason":"EXPIRED"},' * 5000
    async with lane.journal() as journal:
        kept = OpenBasket("b" * 32, make.tendered().key, 1, body)
        await journal.append(open_baskets={kept.uid: kept})
    db = sqlite3.connect(lane.path)
    ((size,),) = db.execute("SELECT length(body) FROM open_basket").fetchall()
    db.close()
    assert size < len(body) / 20
    async with lane.journal() as journal:
        assert journal.open_baskets() == (kept,)
