"""Fit together what disputes need of a lane: its people, their keys, and the way to print again."""

from __future__ import annotations

from collections.abc import Callable

from agent.claim_line import ClaimLine
from agent.config import LaneConfig
from agent.dispute_desk import DisputeDesk
from agent.dispute_opening import Tools
from agent.hq_link import HqLink
from agent.reissue_desk import ReissueDesk
from agent.rooms import Rooms
from agent.staff_desk import StaffDesk, StaffSettings
from agent.staff_papers import StaffPapers
from ground.key_files import KeyRing
from offers.shopper_key import identity_key
from sync.claims import LaneClaims


def is_up(link: HqLink | None) -> bool:
    """Tell whether headquarters can be asked now."""
    return link is not None and link.view.up


def disputes_of(
    config: LaneConfig,
    keys: KeyRing,
    rooms: Rooms,
    arbiter: tuple[ClaimLine, LaneClaims],
    online: Callable[[], bool],
) -> DisputeDesk:
    """Build the dispute desk of a lane.

    Args:
        config: the lane's settings.
        keys: the pepper of PINs and the secret of badges.
        rooms: the lane's parts.
        arbiter: the way to ask for a serial.
        online: tells whether headquarters can be asked now.
    """

    def badge_key(number: str) -> str:
        _, secret = keys.current("shopper")
        return identity_key("badge", number, secret)

    papers = StaffPapers(rooms.shelf)
    settings = StaffSettings(
        idle_lock_s=config.staff.idle_lock_s,
        badge_prefix=config.staff.badge_prefix,
        language=rooms.language,
        badge_key=badge_key,
        peppers=keys.every("pin"),
    )
    line, claims = arbiter
    tools = Tools(
        lane=config.lane,
        rules=config.goodwill,
        papers=papers,
        staff=StaffDesk(rooms.journal, papers, rooms.clock, settings, rooms.changed),
        reissues=ReissueDesk(rooms, line, claims),
        online=online,
        brand_line=config.brand_line,
    )
    return DisputeDesk(rooms, tools)
