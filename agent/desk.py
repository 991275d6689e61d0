"""What the HTTP calls need of the lane: its verbs, the page's state, and how its parts are."""

from __future__ import annotations

from typing import Literal, Protocol

from msgspec import Struct

from agent.events import Hub
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
from staff_help.lane_state import LaneState

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


class Desk(Protocol):
    """The lane as the till and the cashier's page see it.

    Each verb raises `Refused` where the state of the sale says no. A verb may be called again
    with the same arguments at any time, also while the first call is still at work.
    """

    @property
    def events(self) -> Hub:
        """Give the hub on which every new `LaneState` is told as "state"."""

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
