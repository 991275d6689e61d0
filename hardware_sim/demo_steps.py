"""The demo's steps: what each does, expects and saw."""

from __future__ import annotations

import re
import time

from hardware_sim.demo_stage import STORE, DemoLane
from hardware_sim.demo_story import (
    ANNA,
    BEN,
    CHRIS,
    COCONUT,
    ESPRESSO,
    HAZELNUT,
    OAT,
    RECALL_S,
    TEA,
    VANILLA,
    Story,
    checked,
    same_picture,
    see,
    serial_of,
    until_async,
    verdict,
    words_on,
)

YOGURTS = (VANILLA, 2, 199)
COFFEE = (ESPRESSO, 1, 1299)
LEASES = 4  # two blocks of serials ahead for each lane


async def publish(story: Story) -> str:
    """HQ plans and applies; both lanes pull the signed generation."""
    stage = story.stage
    planned = (await stage.hq("plan", str(stage.shop))).strip().splitlines()
    await stage.hq("apply", str(stage.shop))
    await stage.add_lane("1", over="pty")
    await stage.add_lane("2", over="tcp")
    lanes = await story.hq_sees(
        lambda found: (
            len({lane["generation"] for lane in found} - {"", "none"}) == 1
            and all(lane["online"] for lane in found)
        ),
        "lanes",
    )
    for lane in stage.lanes.values():

        async def knows(lane: DemoLane = lane) -> bool:
            return (await stage.lane_db(lane, "overlay")).count("\nlease,") >= LEASES

        await until_async(knows, lambda: "a lane does not know the other's serials")
    changes = next(line for line in planned if re.match(r"[0-9]+ changes", line))
    return f"{changes}; on {stage.broker}, lanes 1 and 2 serve {lanes[0]['generation']}"


async def first_visit(story: Story) -> str:
    """A card is scanned, a sale is tendered, offers for the next visit are printed."""
    await story.sale(story.one, (COCONUT, 1, 189), card=ANNA)
    answer = await story.tender(story.one)
    codes = story.keep_paper(story.one, "first-visit")
    for offer_id, found in zip(answer["printing"], codes, strict=True):
        story.codes[offer_id] = found[0].text if found else ""
    good = {"solenne-20", "coffee-1", "hazelnut-75"} == set(story.codes)
    serials = {serial_of(code) for code in story.codes.values()}
    return see(
        good and "" not in serials and len(serials) == 3,
        f"printed on the serial printer and read back: {story.codes}",
    )


async def near_miss(story: Story) -> str:
    """One yogurt is not two: the answer says what is missing."""
    answer = (
        await story.sale(story.one, (VANILLA, 1, 199), coupon=story.codes["solenne-20"])
    ).json()
    found = verdict(answer, "solenne-20")
    return see(found["outcome"] == "near_miss" and not answer["discounts"], found["sentence"])


async def second_visit(story: Story) -> str:
    """With two it applies; the tender makes it final, and HQ has it."""
    story.one.till.add(VANILLA, 1, 199)
    answer = checked(await story.one.till.put()).json()
    await story.tender(story.one)
    serial = serial_of(story.codes["solenne-20"])
    held = await story.hq_sees(
        lambda found: [line for line in found if line["serial"] == serial] != [], "redemptions"
    )
    mine = [line for line in held if line["serial"] == serial]
    return see(
        answer["total_discount_minor"] == 80 and len(mine) == 1 and mine[0]["amount_minor"] == 80,
        f"0.80 off; headquarters has serial {serial} once, {mine[0]['amount_minor']} cents",
    )


async def third_visit(story: Story) -> str:
    """The same coupon at the other lane is refused with a sentence that a cashier can say."""
    answer = (await story.sale(story.two, YOGURTS, coupon=story.codes["solenne-20"])).json()
    found = verdict(answer, "solenne-20")
    return see(found["reason"] == "ALREADY_REDEEMED" and not answer["discounts"], found["sentence"])


async def goodwill(story: Story) -> str:
    """The cashier settles it: a journal row, and a row at headquarters."""
    number = story.two.till.sale.number if story.two.till.sale is not None else ""
    status, given = await story.two.post(
        "/v1/disputes",
        {
            "transaction": number,
            "offer_id": "solenne-20",
            "amount_minor": 80,
            "by": "badge-17",
            "note": "Shopper's claim accepted",
        },
    )
    checked(await story.two.till.tender())
    listed = await story.hq_sees(lambda found: len(found) == 1, "disputes", "--each")
    row = "settled" in await story.stage.lane_db(story.two, "row")
    return see(
        status == 200 and row and listed[0]["amount_minor"] == 80,
        f"{given}; in the journal of lane 2, and at headquarters: {listed[0]['reason']}",
    )


async def last_unit(story: Story) -> str:
    """Lane 1 sells the last one: lane 2 withholds the offer."""
    await story.sale(story.one, (OAT, 1, 249))
    await story.tender(story.one)

    async def heard() -> bool:
        return f"0{OAT}" in await story.stage.lane_db(story.two, "overlay")

    await until_async(heard, lambda: "lane 2 has not heard of the sale")
    await story.sale(story.two, (VANILLA, 1, 199), card=BEN)
    answer = await story.tender(story.two)
    found = verdict(answer, "oat-30")
    return see(
        found["reason"] == "OUT_OF_STOCK" and "oat-30" not in answer["printing"],
        f"printed {answer['printing']}; {found['sentence']}",
    )


async def restocked(story: Story) -> str:
    """A new on-hand figure releases the offer."""
    await story.stage.hq("stock", STORE, OAT, "24")

    async def heard() -> bool:
        return '"on_hand":24' in (await story.stage.lane_db(story.two, "overlay")).replace(
            '""', '"'
        )

    await until_async(heard, lambda: "lane 2 has not heard the new figure")
    await story.sale(story.two, (VANILLA, 1, 199), card=BEN)
    answer = await story.tender(story.two)
    codes = story.keep_paper(story.two, "restocked")
    return see(
        "oat-30" in answer["printing"] and all(codes),
        f"printed over the network: {answer['printing']}",
    )


async def recalled(story: Story) -> str:
    """A recall is in force on both lanes within two seconds, for paper and for coupons."""
    coupon = story.codes["hazelnut-75"]
    before = (await story.sale(story.one, (HAZELNUT, 1, 399), coupon=coupon)).json()
    await story.sale(story.two, (HAZELNUT, 1, 399), card=CHRIS)
    begun = time.monotonic()
    await story.stage.hq("recall", STORE, HAZELNUT)

    async def refused() -> bool:
        answer = checked(await story.one.till.put()).json()
        return bool(verdict(answer, "hazelnut-75")["reason"] == "RECALLED")

    await until_async(refused, lambda: "lane 1 still honours it", RECALL_S)
    took = time.monotonic() - begun
    answer = await story.tender(story.two)
    found = verdict(answer, "hazelnut-75")
    checked(await story.one.till.void())
    return see(
        before["total_discount_minor"] == 75
        and found["reason"] == "RECALLED"
        and took < RECALL_S
        and "hazelnut-75" not in answer["printing"],
        f"refused at lane 1, not printed at lane 2, {took:.2f} s after the command was typed",
    )


async def changed(story: Story) -> str:
    """HQ changes reward and picture: the next print shows both."""
    stage = story.stage
    await story.sale(story.one, (COCONUT, 1, 189), card=ANNA)
    printed = (await story.tender(story.one))["printing"]
    old = story.one.new_slips()[printed.index("coffee-1")].image()
    offer = stage.shop / "offers" / "coffee-1.toml"
    offer.write_text(offer.read_text().replace("amount_minor = 100", "amount_minor = 150"))
    picture = stage.shop / "offers" / "coffee-1.png"
    picture.write_bytes((stage.shop / "offers" / "tea-50.png").read_bytes())
    applied = await stage.hq("apply", str(stage.shop))
    newest = re.findall(r"generation ([^,]+),", applied)[-1]
    await story.hq_sees(lambda found: {lane["generation"] for lane in found} == {newest}, "lanes")
    await story.sale(story.one, (COCONUT, 1, 189), card=ANNA)
    printed = (await story.tender(story.one))["printing"]
    new = story.one.new_slips()[printed.index("coffee-1")].image()
    codes = story.keep_paper(story.one, "changed")
    story.codes["coffee-1"] = codes[printed.index("coffee-1")][0].text
    words = words_on(story.one)
    return see(
        "1.50" in words and not same_picture(old, new),
        f"the slip now says: {_near(words, '1.50')}",
    )


async def cut_off(story: Story) -> str:
    """The link is cut: a coupon is redeemed and offers are printed all the same."""
    link = story.stage.link
    assert link is not None
    link.fault("cut")
    await story.sale(story.one, COFFEE, card=ANNA, coupon=story.codes["coffee-1"])
    decision = story.one.till.sale.decision if story.one.till.sale is not None else {}
    await story.tender(story.one)
    await story.sale(story.one, (VANILLA, 1, 199), card=BEN)
    answer = await story.tender(story.one)
    story.keep_paper(story.one, "cut-off")
    found = verdict(decision, "coffee-1")
    return see(
        decision["total_discount_minor"] == 150
        and found["provisional"]
        and answer["printing"] != [],
        f"1.50 off, provisional; printed {answer['printing']} without headquarters",
    )


async def healed(story: Story) -> str:
    """The link heals: headquarters has every row of both lanes, once."""
    link = story.stage.link
    assert link is not None
    await link.heal()
    serial = serial_of(story.codes["coffee-1"])
    held = await story.hq_sees(
        lambda found: [line for line in found if line["serial"] == serial] != [], "redemptions"
    )
    counts = {}
    for name, lane in story.stage.lanes.items():
        rows = (await story.stage.lane_db(lane, "row")).strip().splitlines()
        counts[name] = len(rows) - 1
    lanes = await story.hq_sees(
        lambda found: {lane["lane"]: lane["rows"] for lane in found} == counts, "lanes"
    )
    mine = [line for line in held if line["serial"] == serial]
    return see(
        len(mine) == 1
        and mine[0]["provisional"]
        and all(lane["chain_breaks"] == 0 for lane in lanes),
        f"rows at headquarters {counts}, as in the journals; serial {serial} once, provisional",
    )


async def mass_coupon(story: Story) -> str:
    """A leaflet's EAN-13 works for anyone, again and again, with no serial to claim."""
    answers = []
    for _ in range(2):
        await story.sale(story.two, (TEA, 1, 349), coupon="9900000900045")
        sale = story.two.till.sale
        answers.append(sale.decision["total_discount_minor"] if sale is not None else 0)
        await story.tender(story.two)
    return see(answers == [50, 50], f"0.50 off twice: {answers}")


STEPS = (
    (
        "HQ publishes a signed offer set, two lanes receive it",
        "one generation on both lanes",
        publish,
    ),
    (
        "First visit: card scanned, sale tendered, offers printed",
        "three coupons, QR codes read back",
        first_visit,
    ),
    ("Near miss: one yogurt of two", "a sentence that says what is missing", near_miss),
    (
        "Second visit: the coupon applies and is redeemed",
        "0.80 off, at headquarters once",
        second_visit,
    ),
    ("Third visit: the same coupon at lane 2", "refused: used at lane 1", third_visit),
    (
        "The refused coupon is settled as goodwill",
        "a row in the journal and at headquarters",
        goodwill,
    ),
    ("Lane 1 sells the last oat drink", "lane 2 withholds its offer as OUT_OF_STOCK", last_unit),
    ("HQ counts 24 oat drinks", "lane 2 prints the offer", restocked),
    ("HQ recalls the hazelnut spread", "within 2 s not printed, not honoured", recalled),
    ("HQ changes an offer's reward and picture", "the next print shows both", changed),
    ("A leaflet's coupon for everyone", "0.50 off, twice", mass_coupon),
    ("The link to HQ is cut", "a coupon is redeemed, offers are printed", cut_off),
    ("The link heals", "every row at headquarters, once", healed),
)


def _near(words: str, what: str) -> str:
    at = words.find(what)
    return words[max(0, at - 30) : at + 40].strip()
