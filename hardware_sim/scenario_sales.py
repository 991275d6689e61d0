"""The steps at the scanner and the till. Each function is one sentence's action."""

from __future__ import annotations

from hardware_sim.coupon_reader import ReadCode
from hardware_sim.http_client import Answer
from hardware_sim.scenario import Step, articles, minor
from hardware_sim.scenario_expect import say_codes, until
from hardware_sim.till import Till
from hardware_sim.world import World, known


async def shopper(world: World, step: Step) -> None:
    """Name a shopper."""
    world.shoppers[step.words["name"]] = (step.words["kind"], step.words["value"])


async def scan(world: World, step: Step) -> None:
    """Scan a shopper's card or a kept coupon."""
    name = step.words["name"]
    if name in world.coupons:
        await _scan(world, world.coupons[name].text, world.coupons[name].aim_id)
    else:
        await _scan(world, known("shopper or coupon", world.shoppers, name)[1])


async def scan_text(world: World, step: Step) -> None:
    """Scan these very characters."""
    await _scan(world, step.words["text"])


async def _scan(world: World, text: str, aim_id: str | None = None) -> None:
    world.lane_here.mark_paper()
    world.lane_here.scanner.scan(text, aim_id)
    await world.lane_here.settle()


async def scan_garbage(world: World, _step: Step) -> None:
    """Send line noise."""
    world.lane_here.scanner.garbage()
    await world.lane_here.settle()


async def scan_burst(world: World, _step: Step) -> None:
    """Send 10,000 digits in one scan."""
    world.lane_here.scanner.burst()
    await world.lane_here.settle()


async def training(world: World, _step: Step) -> None:
    """Make the next sale a training one."""
    world.mode = "training"


def _sale(world: World) -> Till:
    till = world.lane_here.till
    if till.sale is None:
        till.begin(world.time().date(), mode=world.mode)
        world.mode = "live"
    return till


async def identify(world: World, step: Step) -> None:
    """Type a shopper in at the till."""
    kind, value = known("shopper", world.shoppers, step.words["name"])
    _sale(world).identify(kind, value)


async def basket(world: World, step: Step) -> None:
    """Ring articles up and send the basket."""
    till = _sale(world)
    for gtin, quantity, unit_minor in articles(step.line, step.words["articles"]):
        till.add(gtin, quantity, unit_minor)
    await till.put()


async def basket_again(world: World, _step: Step) -> None:
    """Send the last basket once more, as it was."""
    await _sale(world).put_again()


async def basket_late(world: World, _step: Step) -> None:
    """Send the basket before the last once more, as it was."""
    await _sale(world).put_again(1)


async def remove(world: World, step: Step) -> None:
    """Take an article off and send the basket."""
    _sale(world).remove(step.words["gtin"])
    await _sale(world).put()


async def present(world: World, step: Step) -> None:
    """Scan a kept coupon at the till and send the basket."""
    coupon: ReadCode = known("coupon", world.coupons, step.words["name"])
    _sale(world).present(coupon.text)
    await _sale(world).put()


async def tender(world: World, step: Step) -> None:
    """Take the money, with the decided discounts or at most so much of them."""
    amount = step.words.get("amount")
    await _tender(world, minor(amount) if amount else None)


async def tender_nothing(world: World, _step: Step) -> None:
    """Take the money and give no discount."""
    await _tender(world, 0)


async def _tender(world: World, at_most_minor: int | None) -> None:
    lane = world.lane_here
    lane.mark_paper()
    await _end(world, await lane.till.tender(at_most_minor))


async def _end(world: World, answer: Answer) -> None:
    if answer.status == 200:
        world.lane_here.till.sale = None
    await world.lane_here.settle()


async def void(world: World, _step: Step) -> None:
    """Give the sale up."""
    await _end(world, await world.lane_here.till.void())


async def suspend(world: World, _step: Step) -> None:
    """Park the sale."""
    await world.lane_here.till.suspend()


async def resume(world: World, _step: Step) -> None:
    """Take the parked sale up."""
    await world.lane_here.till.resume()


async def give_back(world: World, step: Step) -> None:
    """Take goods of the last sale back."""
    gtin = step.words.get("gtin")
    await world.lane_here.till.give_back([gtin] if gtin else [])


async def keep_coupon(world: World, step: Step) -> None:
    """Keep a code off the new paper, the first unless a number is said."""
    wanted = int(step.words.get("count", "1"))
    await until(lambda: len(world.lane_here.codes()) >= wanted, lambda: say_codes(world))
    world.coupons[step.words["name"]] = world.lane_here.codes()[wanted - 1]
