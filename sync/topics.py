"""The topics, one function each.

Everything of a lane stands under its own two levels, so that a broker's rule is one pattern on
the certificate's name.
"""

from __future__ import annotations

from typing import Literal

from offers.model import LaneId, StoreId

ROOT = "retail/v1"

Up = Literal[
    "status", "rows", "claim", "ask", "blob", "words", "heard", "oath", "copy", "relay", "sale"
]
Down = Literal["ack", "claim", "blob", "delta", "lease", "words", "heard", "copy", "relay", "sale"]
StoreDown = Literal["manifest", "recall", "erased", "delta", "seat"]


def up(store: StoreId, lane: LaneId, what: Up) -> str:
    """Name a topic from a lane to headquarters."""
    return f"{ROOT}/{store}/{lane}/up/{what}"


def down(store: StoreId, lane: LaneId, what: Down) -> str:
    """Name a topic from headquarters to one lane."""
    return f"{ROOT}/{store}/{lane}/down/{what}"


def store_down(store: StoreId, what: StoreDown) -> str:
    """Name a topic from headquarters to every lane of a store."""
    return f"{ROOT}/{store}/down/{what}"


def every_lane_up(what: Up) -> str:
    """Name the filter that headquarters subscribes to."""
    return f"{ROOT}/+/+/up/{what}"


def parse_up(topic: str) -> tuple[StoreId, LaneId, str] | None:
    """Read store, lane and kind from a topic a lane published on; None if it is not one."""
    parts = topic.split("/")
    if len(parts) != 6 or "/".join(parts[:2]) != ROOT or parts[4] != "up":
        return None
    return StoreId(parts[2]), LaneId(parts[3]), parts[5]


def down_filters(store: StoreId, lane: LaneId) -> tuple[str, ...]:
    """Name what a lane subscribes to: its own topics, and its store's."""
    return f"{ROOT}/{store}/{lane}/down/#", f"{ROOT}/{store}/down/#"


def lanes_filters(store: StoreId) -> tuple[str, ...]:
    """Name what the arbiter of a store hears of its lanes, on the store's own broker."""
    return tuple(f"{ROOT}/{store}/+/up/{what}" for what in ("claim", "words", "oath"))
