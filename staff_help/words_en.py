"""The cashier's page in English: its fixed words, and why a gift is not given."""

from __future__ import annotations

PAGE: dict[str, str] = {
    "lane": "Lane",
    "till": "Till",
    "shopper": "Shopper",
    "no_shopper": "No card scanned",
    "printer": "Printer",
    "hq": "Headquarters",
    "cache": "Offers",
    "offers_heading": "Offers in this sale",
    "received_heading": "You have just received",
    "settled_heading": "Settled in this sale",
    "nothing_new": "No new offer today.",
    "no_sale": "Ready for the next shopper",
    "no_sale_hint": "Offers show here as soon as the till sends a basket.",
    "no_lines": "No offer touches this basket.",
    "total": "Offers take off",
    "training": "TRAINING: nothing here is used up or printed for real",
    "not_connected": "Not connected to the lane. The till goes on selling; trying again…",
    "provisional": "Headquarters not asked yet",
    "kind_refused": "Refused",
    "kind_near_miss": "Almost",
    "kind_applied": "Applied",
    "kind_other": "Not used",
    "state_open": "Open",
    "state_tendered": "Paid",
    "state_voided": "Given up",
    "state_suspended": "Parked",
    "settle": "Settle…",
    "settle_heading": "Settle as goodwill",
    "amount": "Amount",
    "less": "Less",
    "more": "More",
    "note": "Why",
    "note_claim": "Shopper's claim accepted",
    "note_wording": "Wording misled the shopper",
    "note_shelf": "Shelf label was wrong",
    "note_failed": "Coupon could not be read",
    "badge": "Your badge",
    "badge_missing": "Enter your badge number first.",
    "give": "Give {amount}",
    "cancel": "Cancel",
    "given": "Settled. Take {amount} off at the till.",
    "failed": "Not settled: the lane did not answer. Try again; it is never given twice.",
    "print_printing": "printing",
    "print_printed": "printed",
    "print_accepted": "sent to the printer",
    "print_unconfirmed": "sent, not confirmed: look at the slip",
    "print_not_printed": "not printed",
    "print_unknown": "unknown: look at the slip",
}

# code -> what happened, what to do
REFUSALS: dict[str, tuple[str, str]] = {
    "training": (
        "This is a training sale: nothing in it can be given.",
        "Leave training mode for a real sale.",
    ),
    "no_such_offer": (
        "This sale has no such offer.",
        "Send the offer's id as the last answer to the basket names it.",
    ),
    "not_disputable": (
        "This offer was not refused, or may not be settled as goodwill.",
        "Read the offer's sentence to the shopper.",
    ),
    "over_case_limit": (
        "That is more than one case may give.",
        "Give at most {most}, or call a manager.",
    ),
    "over_shift_limit": (
        "This lane has given its goodwill for this shift.",
        "Give at most {most}, or call a manager.",
    ),
    "already_settled": (
        "This offer was settled before with another amount or badge.",
        "Look at what was settled in this sale; it is not given twice.",
    ),
}
