"""A holdout is held out on every lane of the store, offline, and over generations."""

from __future__ import annotations

from contextlib import AsyncExitStack
from datetime import date

from agent.facts import candidates_of
from cache.generation import Generation
from cache.generation_writer import GenerationWriter
from offers.context import Experiment, Policy, Risk, StoreFacts
from offers.model import Assignment, Product, ShopperKey, Wallet
from tests.lane_shop import COFFEE, NOON, OFFERS, running_lane

HALF = Experiment("x1", "salt", 500)
SHOPPERS = [ShopperKey(f"{n:032x}") for n in range(60)]
LONG = date(2026, 1, 1), date(2026, 12, 31)


def serve(shop, folder, name, experiments, dealt):
    """Put a generation in force in which these shoppers have the coffee offer."""
    path = folder / "data" / f"offers-{name}.db"
    with GenerationWriter(path) as writer:
        writer.put_store(StoreFacts("s001"), Policy(), Risk())
        for one in OFFERS:
            writer.put_offer(one)
        writer.put_product(Product(COFFEE, "Espresso", "Montebruno", "coffee/beans"))
        for key in dealt:
            writer.put_wallet(key, Wallet((Assignment("coffee-1", 0.5, *LONG),)))
        writer.put_experiments(experiments)
        writer.finish(name, NOON, 0)
    shop.wired.shelf.swap(Generation.open(path)).close()


def held_out(shop):
    """Name the shoppers that a lane holds out."""
    dealt = ((key, candidates_of(shop.wired.shelf, key)) for key in SHOPPERS)
    return {key for key, its in dealt if its and its[0].assignment.arm == "holdout"}


async def test_the_arm_is_the_same_on_two_lanes_and_after_a_new_generation(tmp_path):
    """Lane 1 and lane 2 never meet; the next generation has other wallets and one experiment more."""
    async with AsyncExitStack() as stack:
        lanes = []
        for lane in ("1", "2"):
            folder = tmp_path / lane
            folder.mkdir()
            lanes.append((await stack.enter_async_context(running_lane(folder, lane)), folder))
        (one, first), (two, second) = lanes
        serve(one, first, "g5", (HALF,), SHOPPERS)
        serve(two, second, "g5", (HALF,), SHOPPERS[::-1])
        before = held_out(one)
        assert 15 < len(before) < 45
        assert held_out(two) == before
        serve(two, second, "g6", (Experiment("x2", "grain", 1, ("no-such",)), HALF), SHOPPERS[:40])
        assert held_out(two) == before & set(SHOPPERS[:40])
        assert held_out(one) == before
        serve(two, second, "g7", (), SHOPPERS)
        assert held_out(two) == set()
