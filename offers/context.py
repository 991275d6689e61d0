"""Every fact a decision may look at, in frozen values: a dispute replays them months later."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from offers.basket import Basket, Earned, LeftOut, Presented, Share
from offers.law import LawRule
from offers.model import (
    Assignment,
    CampaignId,
    Gtin,
    LaneId,
    Language,
    Offer,
    OfferId,
    PastUse,
    Product,
    ShopperKey,
    StoreId,
    Texts,
    Value,
)
from offers.reasons import Verdict


class Moment(Struct, frozen=True):
    """When it is. `trusted` is False where the clock is below its floor or has jumped."""

    utc: datetime
    trusted: bool
    business_date: date
    weekday: int  # of the business date, Monday is 0
    minute: int  # since local midnight, as a clock on the wall shows it
    past_midnight: bool = False  # the business date's own night: the wall's date is a later one


class StoreFacts(Struct, frozen=True):
    """What the manifest says of the store."""

    store: StoreId
    currency: str = "EUR"
    languages: tuple[Language, ...] = (Language("en"),)
    jurisdiction: str = ""  # ISO 3166, with subdivision where laws differ: "GB-ENG", "FR", "IE"
    time_zone: str = "UTC"
    day_ends_hour: Annotated[int, Meta(ge=0, le=12)] = 0  # a sale at 01:30 may belong to yesterday
    groups: tuple[str, ...] = ()  # of stores, as offers name them
    lane_groups: dict[LaneId, tuple[str, ...]] = {}
    laws: tuple[LawRule, ...] = ()  # those of its place; none: `offers.law.BUILT_IN`


class Mix(Value, frozen=True):
    """How many offers of one objective a slip holds.

    Never more than `most`. As near to `least` as the shopper's offers allow, even where others have
    better scores.
    """

    objective: Literal["value", "retention", "tier_move"]
    least: Annotated[int, Meta(ge=0, le=10)] = 0
    most: Annotated[int, Meta(ge=0, le=10)] = 10


class Policy(Value, frozen=True):
    """The issue policy. Each number is a rule with a reason of its own.

    `channel_week_caps` names channels ("receipt", "email", "app"): nothing is printed in a week in
    which one of them carried so many messages; what is printed counts for "receipt".
    """

    slip_offers: Annotated[int, Meta(ge=0, le=10)] = 3  # printed after one sale at most
    person_month_cap: Annotated[int, Meta(ge=0, le=1000)] = 8
    category_month_cap: Annotated[int, Meta(ge=0, le=1000)] = 2
    category_depth: Annotated[int, Meta(ge=1, le=9)] = 2  # path parts that make "a category"
    quiet_days: Annotated[int, Meta(ge=0, le=366)] = 7  # after a redemption of the same offer
    contact_week_cap: Annotated[int, Meta(ge=0, le=1000)] = 20  # over all channels
    min_on_hand: Annotated[int, Meta(ge=0, le=100_000)] = 1
    stock_max_age_h: Annotated[int, Meta(ge=1, le=8760)] = 72
    coupons_out: Annotated[int, Meta(ge=1, le=10)] = 1  # unused ones of one offer, with one shopper
    min_cover_days: Annotated[int, Meta(ge=0, le=366)] = 0  # on hand by daily sales; 0: not asked
    low_mover_units: Annotated[int, Meta(ge=0, le=100_000)] = 0  # sold in four weeks at least
    print_mode: Literal["always", "on_request", "never"] = "always"
    channel_week_caps: dict[str, Annotated[int, Meta(ge=0, le=1000)]] = field(default_factory=dict)
    mix: tuple[Mix, ...] = ()
    greeting: Texts = field(default_factory=dict)  # of the cashier's page; may name {shopper}


class Risk(Value, frozen=True):
    """How much a lane may accept while no arbiter answers; counts and money per rolling hour.

    The store's caps are shared out: cut off from each other, its lanes together keep within them. A
    shopper's caps hold at each lane.
    """

    lane_count: Annotated[int, Meta(ge=0, le=10_000)] = 20
    lane_minor: Annotated[int, Meta(ge=0, le=100_000_00)] = 100_00
    store_count: Annotated[int, Meta(ge=0, le=100_000)] = 100
    store_minor: Annotated[int, Meta(ge=0, le=1_000_000_00)] = 500_00
    shopper_count: Annotated[int, Meta(ge=0, le=100)] = 2
    shopper_minor: Annotated[int, Meta(ge=0, le=100_000_00)] = 20_00
    serial_max_minor: Annotated[int, Meta(ge=0, le=100_000_00)] = 10_00


class Candidate(Struct, frozen=True, gc=False):
    """An offer that this shopper could use now: by assignment, by a presented coupon, or both.

    Hundreds are made for a basket, and none can be part of a cycle: the garbage collector need not
    look at them. The same is said of assignments and verdicts.
    """

    offer: Offer
    assignment: Assignment | None = None
    presented: Presented | None = None


class Availability(Struct, frozen=True):
    """What is known of a product's stock: HQ's figure less what was sold since.

    `sold_28d` is how many units the store sold in the four weeks before the figure, if HQ knows.
    """

    on_hand: int
    as_of: datetime
    sold_28d: int | None = None


class Experiment(Value, frozen=True):
    """A holdout: so many of a thousand shoppers get none of these campaigns' offers.

    The arm is a keyed hash of the shopper key, so that every lane finds the same one offline. No
    campaign named: all of them.
    """

    experiment_id: str
    salt: str
    holdout_permille: Annotated[int, Meta(ge=1, le=999)]
    campaigns: tuple[CampaignId, ...] = ()


class Context(Struct, frozen=True):
    """The facts of one evaluation of a basket.

    `candidates` is every offer of the wallet, and of every coupon presented, in HQ's order.
    `products` holds what is known of the basket's GTINs, and the examples the offers name.
    `redemptions_left` is what this lane may still give of offers with `max_redemptions`.
    """

    moment: Moment
    store: StoreFacts
    basket: Basket
    candidates: tuple[Candidate, ...]
    products: dict[Gtin, Product]
    shopper_known: bool = False
    identity_strong: bool = True
    past: tuple[PastUse, ...] = ()
    recalled: frozenset[Gtin] = frozenset()
    killed: frozenset[OfferId] = frozenset()
    lane: LaneId = LaneId("")
    panel: bool = False
    redemptions_left: dict[OfferId, int] = {}


class Search(Struct, frozen=True):
    """How far the solver got. `bound_minor` is what no set can beat; equal means proven best."""

    nodes: int
    finished: bool
    best_minor: int
    bound_minor: int


class Decision(Struct, frozen=True):
    """The outcome for one basket: one verdict per candidate, and the discount of each line."""

    revision: int
    verdicts: tuple[Verdict, ...]
    shares: tuple[Share, ...]
    total_minor: int
    search: Search
    left_out: tuple[LeftOut, ...] = ()
    points: int = 0
    earned: tuple[Earned, ...] = ()  # the points, line by line


class IssueContext(Struct, frozen=True):
    """The facts of choosing what to print for the next visit."""

    moment: Moment
    store: StoreFacts
    policy: Policy
    candidates: tuple[Candidate, ...]  # assignments only, HQ's score descending
    products: dict[Gtin, Product]  # what is known of the products that the candidates' sets count
    availability: dict[Gtin, Availability]
    past: tuple[PastUse, ...] = ()
    rivals: tuple[tuple[str, str], ...] = ()  # brands that never stand on one slip
    mass_promotions: frozenset[Gtin] = frozenset()
    recalled: frozenset[Gtin] = frozenset()
    killed: frozenset[OfferId] = frozenset()
    shopper: ShopperKey | None = None
    panel: bool = False
    lane: LaneId = LaneId("")
    issues_left: dict[OfferId, int] = {}  # what this lane may still print of offers with max_issued
    asked: bool = False  # the shopper asked for paper


class IssueDecision(Struct, frozen=True):
    """What to print, best first, and one verdict per candidate (printed, withheld)."""

    chosen: tuple[Candidate, ...]
    verdicts: tuple[Verdict, ...]
