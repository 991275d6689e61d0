"""The page's own calls that change something, one row each; no till makes them. `docs/page.md`."""

from __future__ import annotations

from agent.http_calls import Call
from agent.page_types import (
    NextScanOut,
    PaperAskedIn,
    PaperAskedOut,
    ReprintIn,
    ReprintOut,
    WordingIn,
    WordingOut,
)

PAGE_OWN = (
    Call(
        "POST",
        "/v1/paper",
        "paper_asked",
        "Print coupons because the shopper asks for them.",
        PaperAskedIn,
        PaperAskedOut,
        lambda desk, _, wish: desk.help.paper_asked(wish),
    ),
    Call(
        "POST",
        "/v1/prints",
        "reprint",
        "Print a sale's coupons once more, under the same serials.",
        ReprintIn,
        ReprintOut,
        lambda desk, _, wish: desk.help.reprint(wish),
    ),
    Call(
        "POST",
        "/v1/wordings",
        "rate_wording",
        "Tell headquarters how clear an offer's wording is.",
        WordingIn,
        WordingOut,
        lambda desk, _, wording: desk.help.rate(wording),
    ),
    Call(
        "POST",
        "/v1/scans",
        "next_scan",
        "Take the next coupon that the lane's scanner reads for a look back.",
        None,
        NextScanOut,
        lambda desk, _, __: desk.help.next_scan(),
    ),
)
