"""What the HTTP calls need of the lane: its verbs, the page's state, and how its parts are."""

from __future__ import annotations

from typing import Literal, Protocol

from msgspec import Struct

from agent.events import Hub
from agent.page_types import (
    NextScanOut,
    PaperAskedIn,
    PaperAskedOut,
    ReprintIn,
    ReprintOut,
    WordingIn,
    WordingOut,
)
from agent.staff_types import (
    DisputeIn,
    DisputeOut,
    PaperIn,
    PaperOut,
    SettledOut,
    SettleIn,
    SignInIn,
    StaffOut,
)
from agent.till_types import (
    BasketIn,
    DecisionOut,
    DoneOut,
    GoodwillIn,
    GoodwillOut,
    ReturnIn,
    ReturnOut,
    TenderIn,
    TenderOut,
)
from offers.model import Language
from staff_help.ask_words import Answers
from staff_help.lane_state import LaneState
from staff_help.past_sale import PastSale

PartState = Literal["up", "starting", "down", "off"]


class PartOut(Struct, frozen=True):
    """One part of the lane and how it is, in words."""

    name: str
    state: PartState
    words: str = ""


class HealthOut(Struct, frozen=True):
    """GET /healthz: may the till use the lane, and how each part is."""

    ready: bool
    lane: str
    version: str
    parts: tuple[PartOut, ...] = ()


class PageHelp(Protocol):
    """What the cashier's page asks beside disputes; each raises `Refused` where it cannot be."""

    async def ask(self, query: str) -> Answers:
        """Answer a question about offers, for the shopper of the sale in hand."""

    async def look_back(self, wanted: str) -> PastSale:
        """Find a past sale by its number or its coupon, and decide it again."""

    async def slip(self, name: str) -> bytes | None:
        """Give a slip's picture by its name, or None."""

    async def paper_asked(self, wish: PaperAskedIn) -> PaperAskedOut:
        """Print coupons because the shopper asked."""

    async def reprint(self, wish: ReprintIn) -> ReprintOut:
        """Print a sale's coupons once more, under the same serials."""

    async def rate(self, wording: WordingIn) -> WordingOut:
        """Write down how clear an offer's wording is."""

    async def next_scan(self) -> NextScanOut:
        """Take the next coupon that the lane's scanner reads for a look back."""


class Disputes(Protocol):
    """How a dispute is led and ended."""

    async def step(self, asked: DisputeIn) -> DisputeOut:
        """Give a step of a dispute."""

    async def end(self, wanted: SettleIn) -> SettledOut:
        """End a dispute."""

    async def paper(self, asked: PaperIn) -> PaperOut:
        """Print what counts and what does not."""

    @property
    def staff(self) -> People:
        """Give who stands at the lane."""


class People(Protocol):
    """Who is signed in."""

    async def signed_in(self) -> StaffOut:
        """Tell who is signed in."""

    async def sign_in(self, wanted: SignInIn) -> StaffOut:
        """Sign somebody in."""

    async def sign_out(self) -> StaffOut:
        """Sign out who is there."""


class Desk(Protocol):
    """The lane as the till and the cashier's page see it.

    Each verb raises `Refused` where the state of the sale says no. A verb may be called again
    with the same arguments at any time, also while the first call is still at work.
    """

    @property
    def events(self) -> Hub:
        """Give the hub on which every new `LaneState` is told as "state"."""

    @property
    def language(self) -> Language:
        """Give the language of the cashier's page."""

    @property
    def help(self) -> PageHelp:
        """Give what answers the page's questions."""

    @property
    def disputes(self) -> Disputes:
        """Give what leads disputes."""

    async def put_basket(self, uid_path: str, basket: BasketIn) -> DecisionOut:
        """Decide one revision of a basket."""

    async def tender(self, uid_path: str, tender: TenderIn) -> TenderOut:
        """Make a paid sale final."""

    async def void(self, uid_path: str) -> DoneOut:
        """Give a sale up."""

    async def suspend(self, uid_path: str) -> DoneOut:
        """Park a sale."""

    async def return_sale(self, wanted: ReturnIn) -> ReturnOut:
        """Take lines of a past sale back."""

    async def settle(self, wish: GoodwillIn) -> GoodwillOut:
        """Settle a refused offer as goodwill."""

    async def page_state(self) -> LaneState:
        """Give what the page shows now."""

    async def health(self) -> HealthOut:
        """Tell how the lane and its parts are."""
