"""All reasons in one table: how grave, who may see it, what comes first, what proves it, which script.

Severity: "info" is as it should be, "notice" is worth saying because something can be done about
it, "problem" is for somebody to look at. Each viewer sees what the one before sees, and more.
`rank` is the order of importance at a till: lower is said first. `script` names the dispute script
that begins where a shopper complains; the scripts go by complaints, not by reasons, so that several
reasons may lead to one. `evidence` is every key that a verdict with this reason may carry.
"""

from __future__ import annotations

from typing import Literal, NamedTuple, get_args

from offers.reasons import Reason

R = Reason
Severity = Literal["info", "notice", "problem"]
Viewer = Literal["shopper", "cashier", "manager", "headquarters"]  # from the least to the most
Script = Literal[
    "wrong_variant",
    "wrong_size",
    "quantity",
    "expired",
    "not_my_card",
    "already_used",
    "used_elsewhere",
    "out_of_stock",
    "recalled",
    "printed_torn",
    "not_printed",
    "promised_by_email",
    "other_offer_used_it",
    "staff_said_so",
    "returned_item",
    "phone_unknown",
    "shelf_price",
    "two_for_one",
    "cap_reached",
    "system_offline",
]

VIEWERS: tuple[Viewer, ...] = get_args(Viewer)
NEEDS = "missing missing_pieces missing_distinct missing_g missing_minor missing_other"
WINNER = "by by_title total_minor"
SOLD = "gtin product set"


class Entry(NamedTuple):
    """What holds of every verdict with one reason. `least` is the first viewer who may see it."""

    severity: Severity
    least: Viewer
    rank: int
    script: Script
    evidence: tuple[str, ...]


def _entry(
    severity: Severity, least: Viewer, rank: int, script: Script, evidence: str = ""
) -> Entry:
    return Entry(severity, least, rank, script, tuple(sorted(evidence.split())))


# fmt: off
CATALOGUE: dict[Reason, Entry] = {
    R.APPLIED: _entry("info", "shopper", 40, "two_for_one", "amount_minor points units uses"),
    R.NEAR_MISS_QTY: _entry("notice", "shopper", 30, "quantity", f"{NEEDS} except other set what"),
    R.NEAR_MISS_VALUE: _entry("notice", "shopper", 31, "quantity", "except missing_minor set what"),
    R.NO_QUALIFYING_ITEM: _entry("info", "shopper", 80, "wrong_size", "set"),
    R.EXCLUDED_VARIANT: _entry("notice", "shopper", 34, "wrong_variant", f"{SOLD} variant"),
    R.CONSUMED_BY_OTHER_OFFER: _entry("info", "shopper", 50, "other_offer_used_it", WINNER),
    R.NOT_COMBINABLE: _entry("info", "shopper", 51, "other_offer_used_it", f"{WINNER} max_uses"),
    R.BETTER_OFFER_CHOSEN: _entry(
        "info", "shopper", 52, "other_offer_used_it", f"{WINNER} cap instead objective"
    ),
    R.MASS_PROMO_CLASH: _entry("info", "shopper", 53, "shelf_price", SOLD),
    R.NOT_STARTED: _entry("info", "shopper", 61, "expired", "starts"),
    R.EXPIRED: _entry("info", "shopper", 60, "expired", "ended"),
    R.WRONG_STORE: _entry(
        "info", "shopper", 63, "staff_said_so", "groups lane lanes store stores"
    ),
    R.WRONG_DAYPART: _entry("info", "shopper", 62, "staff_said_so", "from to weekdays"),
    R.NOT_ASSIGNED: _entry("info", "shopper", 70, "promised_by_email", "what"),
    R.OTHER_SHOPPER: _entry("info", "shopper", 24, "not_my_card"),
    R.CARD_NOT_SCANNED: _entry("notice", "shopper", 32, "not_my_card"),
    R.COUPON_NOT_PRESENTED: _entry("notice", "shopper", 33, "printed_torn"),
    R.ID_TOO_WEAK: _entry("notice", "shopper", 35, "phone_unknown"),
    R.ALREADY_REDEEMED: _entry(
        "info", "shopper", 20, "already_used", "limit max_uses times when where"
    ),
    R.CLAIMED_ELSEWHERE: _entry("notice", "shopper", 21, "used_elsewhere", "when where"),
    R.SERIAL_UNKNOWN: _entry("notice", "shopper", 22, "printed_torn", "when where"),
    R.SERIAL_FORGED: _entry("problem", "cashier", 11, "already_used", "when where"),
    R.CAP_PERSON: _entry("info", "cashier", 72, "cap_reached", "cap"),
    R.CAP_CATEGORY: _entry("info", "cashier", 73, "cap_reached", "cap category"),
    R.QUIET_TIME: _entry("info", "cashier", 74, "cap_reached", "out_until until"),
    R.RIVAL_BRAND: _entry("info", "manager", 76, "not_printed", "by by_title"),
    R.CONTACT_CAP: _entry("info", "cashier", 75, "not_printed", "cap channel"),
    R.BUDGET_EXHAUSTED: _entry("info", "shopper", 64, "cap_reached", "most what"),
    R.OUT_OF_STOCK: _entry("info", "shopper", 65, "out_of_stock", "cover_days gtin on_hand"),
    R.RECALLED: _entry("problem", "shopper", 10, "recalled", f"{SOLD} what"),
    R.LOW_MOVER: _entry("info", "manager", 77, "out_of_stock", "gtin least sold"),
    R.NO_PAPER_NEEDED: _entry("info", "shopper", 81, "not_printed"),
    R.PICTURE_STALE: _entry("info", "cashier", 78, "not_printed", "on_shelf pictured"),
    R.NOT_APPROVED: _entry("problem", "cashier", 66, "staff_said_so", "what"),
    R.HOLDOUT: _entry("info", "headquarters", 99, "not_printed"),
    R.LEGAL_INFANT_FORMULA: _entry("info", "shopper", 54, "wrong_variant", f"{SOLD} mode place"),
    R.LEGAL_ALCOHOL: _entry("info", "shopper", 55, "wrong_variant", f"{SOLD} mode place"),
    R.LEGAL_TOBACCO: _entry("info", "shopper", 56, "wrong_variant", f"{SOLD} mode place"),
    R.LEGAL_HFSS_VOLUME: _entry("info", "shopper", 57, "wrong_variant", f"{SOLD} mode place"),
    R.LEGAL_PRINT_ON_REQUEST: _entry("info", "shopper", 71, "not_printed", "gtin mode place"),
    R.OFFLINE_LIMIT: _entry("problem", "shopper", 23, "system_offline", "when where"),
    R.STALE_DATA: _entry("problem", "cashier", 79, "system_offline", "gtin what"),
    R.OFFER_INVALID: _entry("problem", "cashier", 67, "staff_said_so", "field what"),
    R.DECISION_LATE: _entry("problem", "shopper", 25, "system_offline", "when where"),
    R.PRINTER_DOWN: _entry("problem", "shopper", 27, "not_printed"),
    R.PRINT_UNKNOWN: _entry("problem", "cashier", 26, "not_printed"),
    R.RETURNED_LINE: _entry("info", "shopper", 43, "returned_item", "amount_minor"),
    R.OVERRIDDEN: _entry("info", "cashier", 42, "staff_said_so"),
    R.GOODWILL: _entry("info", "shopper", 41, "staff_said_so", "amount_minor"),
}
# fmt: on


def may_see(reason: Reason, viewer: Viewer) -> bool:
    """Tell whether a reason, and the offer that ended so, may be shown to somebody."""
    return VIEWERS.index(viewer) >= VIEWERS.index(CATALOGUE[reason].least)


def rank(reason: Reason) -> int:
    """Give the order of importance: lower is said first."""
    return CATALOGUE[reason].rank
