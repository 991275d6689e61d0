"""The files of a shop directory, as types: what a person at headquarters writes.

One directory is one chain: `stores.toml`, `policy.toml`, `products.toml` (or `products.csv`),
`stock.toml`, `rivals.toml`, `assignments.toml`, `mass_promotions.toml`, `experiments.toml`,
`laws/*.toml` (`hq.law_files` has their types), and `offers/*.toml` with each offer's picture beside it under the same name. Versions of offers are not written by hand:
`tillside-hq apply` counts them up where an offer's content changed.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from msgspec import Meta, field

from offers.context import Experiment, Policy, Risk
from offers.model import (
    Approval,
    CampaignId,
    Condition,
    Count,
    CouponNumber,
    Funding,
    Gtin,
    LaneId,
    Language,
    OfferId,
    Product,
    ProductSet,
    Reward,
    StoreId,
    Texts,
    Value,
)

Name = Annotated[str, Meta(pattern="^[a-z0-9][a-z0-9_-]{0,39}$")]
"""Ids of ours end up in topics and file names: small letters, digits, "-" and "_"."""


class PictureEntry(Value, frozen=True):
    """What the picture beside the offer shows: the packaging's version, and of which product."""

    pack_version: int = 1
    gtin: Gtin | None = None


class OfferFile(Value, frozen=True):
    """One offer, `offers/NAME.toml`. Fields mean what `offers.model.Offer` says of them."""

    offer_id: Name
    campaign_id: CampaignId
    objective: Literal["value", "retention", "tier_move"]
    title: Texts
    products: ProductSet
    condition: Condition
    reward: Reward
    starts: date
    ends: date
    use: Literal["card", "coupon", "mass"]
    coupon_number: CouponNumber
    single_use: bool = True
    coupon_days: Annotated[int, Meta(ge=1, le=366)] = 28
    max_uses_per_basket: Annotated[int, Meta(ge=1, le=99)] = 1
    combinable: bool = True
    priority: Annotated[int, Meta(ge=0, le=1000)] = 0
    stores: tuple[StoreId, ...] = ()
    terms: Texts = field(default_factory=dict)
    picture: PictureEntry | None = None
    approval: Approval | None = None
    funding: tuple[Funding, ...] = ()
    group: str = ""
    identity: Literal["strong", "any"] = "strong"
    store_groups: tuple[str, ...] = ()
    lane_groups: tuple[str, ...] = ()
    max_uses_per_shopper: Annotated[int, Meta(ge=1, le=1000)] | None = None
    max_redemptions: Annotated[int, Meta(ge=1, le=100_000_000)] | None = None
    max_issued: Annotated[int, Meta(ge=1, le=100_000_000)] | None = None
    panel_only: bool = False
    currency: Annotated[str, Meta(pattern="^([A-Z]{3})?$")] = ""


class ProductsFile(Value, frozen=True):
    """The range, `products.toml`."""

    product: tuple[Product, ...] = ()


class StoreEntry(Value, frozen=True):
    """A store, its lanes, and what its manifest says of it. `lane_groups` is by lane.

    The law files of `laws/` always hold. Where `laws` is "own", those that come with this program
    do not.
    """

    store: Name
    lanes: tuple[LaneId, ...]
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")] = "EUR"
    languages: tuple[Language, ...] = (Language("en"),)
    jurisdiction: str = ""
    time_zone: str = "UTC"
    day_ends_hour: Annotated[int, Meta(ge=0, le=12)] = 0
    laws: Literal["shipped", "own"] = "shipped"
    groups: tuple[Name, ...] = ()
    lane_groups: dict[LaneId, tuple[Name, ...]] = field(default_factory=dict)


class StoresFile(Value, frozen=True):
    """The chain, `stores.toml`."""

    store: tuple[StoreEntry, ...] = ()


class DisputeRules(Value, frozen=True):
    """When an offer's disputes are too many: of 1,000 sales in which it was shown. 0: never.

    Below `least_shown` sales nothing is said. `halt` switches the offer off by itself, as a recall.
    """

    flag_per_1000: Annotated[int, Meta(ge=0, le=1000)] = 50
    halt_per_1000: Annotated[int, Meta(ge=0, le=1000)] = 0
    least_shown: Annotated[int, Meta(ge=1, le=1_000_000)] = 100


class PolicyFile(Value, frozen=True):
    """What is issued and what is risked, and how many disputes are too many, `policy.toml`."""

    policy: Policy = Policy()
    risk: Risk = Risk()
    disputes: DisputeRules = DisputeRules()


class StockEntry(Value, frozen=True):
    """Units on hand of one product in one store; `sold_28d` in the four weeks before the count."""

    store: StoreId
    gtin: Gtin
    on_hand: Count
    sold_28d: Count | None = None


class StockFile(Value, frozen=True):
    """The count, `stock.toml`. Without `as_of` a figure holds from the first apply that saw it."""

    as_of: datetime | None = None
    stock: tuple[StockEntry, ...] = ()


class RivalsEntry(Value, frozen=True):
    """Brands of which no two may stand on one slip."""

    brands: Annotated[tuple[str, ...], Meta(min_length=2)]


class RivalsFile(Value, frozen=True):
    """The brand graph, `rivals.toml`."""

    rivals: tuple[RivalsEntry, ...] = ()


class IdentityEntry(Value, frozen=True):
    """A card, phone or app code as the shopper shows it. It leaves headquarters only as a key."""

    kind: Literal["card", "phone", "app"]
    value: Annotated[str, Meta(min_length=4, max_length=64)]


class AssignmentEntry(Value, frozen=True):
    """An offer given to a shopper; dates left out are the offer's own."""

    offer_id: OfferId
    score: Annotated[float, Meta(ge=0, le=1_000_000)]
    starts: date | None = None
    ends: date | None = None
    arm: Literal["treat", "holdout"] = "treat"


class PastEntry(Value, frozen=True):
    """A message that reached the shopper another way, or an older use, for the caps.

    A contact may be about no offer of ours: a newsletter.
    """

    kind: Literal["issued", "redeemed", "contact"]
    on: date
    offer_id: OfferId = OfferId("")
    category: str = ""
    channel: Name = "email"


class ShopperEntry(Value, frozen=True):
    """One shopper: every identity leads to one wallet, named by the first.

    A shopper of the `panel` tries offers that nobody has approved yet (`panel_only`).
    """

    identities: Annotated[tuple[IdentityEntry, ...], Meta(min_length=1, max_length=8)]
    language: Language | None = None
    assignment: tuple[AssignmentEntry, ...] = ()
    past: tuple[PastEntry, ...] = ()
    panel: bool = False


class AssignmentsFile(Value, frozen=True):
    """Who is given what, `assignments.toml`."""

    shopper: tuple[ShopperEntry, ...] = ()


class PromotionEntry(Value, frozen=True):
    """A promotion to everyone that the till knows: no personal offer is issued beside it."""

    gtins: tuple[Gtin, ...]
    starts: date
    ends: date


class PromotionsFile(Value, frozen=True):
    """The till's own promotions, `mass_promotions.toml`."""

    promotion: tuple[PromotionEntry, ...] = ()


class ExperimentsFile(Value, frozen=True):
    """The holdouts, `experiments.toml`."""

    experiment: tuple[Experiment, ...] = ()
