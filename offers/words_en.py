"""English: what is said of each outcome, and the parts that sentences and slips are put together from.

`offers.wordings` says how the tables are read.
"""

from __future__ import annotations

from offers.reasons import Reason

R = Reason

SENTENCES: dict[Reason, tuple[str, ...]] = {
    R.APPLIED: (
        "{title}: you save {amount} and get {points}.",
        "{title}: you save {amount}.",
        "{title}: you get {points}.",
        "{title}: {reward}.",
    ),
    R.NEAR_MISS_QTY: (
        "{needs}, {then}.",
        "A little more is needed for {title}.",
    ),
    R.NEAR_MISS_VALUE: (
        "{needs}, {then}.",
        "A little more is needed for {title}.",
    ),
    R.NO_QUALIFYING_ITEM: (
        "{title} is for {set}, and there is none in the basket yet.",
        "Nothing in the basket counts for {title} yet.",
    ),
    R.EXCLUDED_VARIANT: (
        "{product} does not count: the offer is for {set}, any kind except {variant}.",
        "This kind does not count for {title}.",
    ),
    R.CONSUMED_BY_OTHER_OFFER: (
        "{by_title} already uses the items that {title} needs.",
        "Another offer already uses the items that {title} needs.",
    ),
    R.NOT_COMBINABLE: (
        "{title} can be used {times} per shopping trip, and that is done.",
        "{title} cannot be combined with {by_title}.",
        "{title} cannot be combined with other offers.",
    ),
    R.BETTER_OFFER_CHOSEN: (
        "{if_instead}The price is already better than {title}.",
        "{by_title} saves more than {title}, so we used that one.",
        "We print up to {cap} at a time, and other offers came before {title}.",
        "Other offers give more than {title}.",
    ),
    R.MASS_PROMO_CLASH: (
        "{product} is already reduced for everyone, so {title} does not come on top.",
        "The item is already reduced for everyone, so {title} does not come on top.",
    ),
    R.NOT_STARTED: ("{title} starts on {starts}.", "{title} has not started yet."),
    R.EXPIRED: ("{title} ended on {ended}.", "{title} has ended."),
    R.WRONG_STORE: (
        "{if_lane}{title} is not valid at this till.",
        "{title} is not valid in this store.",
    ),
    R.WRONG_DAYPART: (
        "{title} is valid at these times only: {hours}.",
        "{title} is not valid at this time.",
    ),
    R.NOT_ASSIGNED: (
        "{if_panel}{title} is on trial with a few shoppers only.",
        "{title} is not among the offers of this card.",
    ),
    R.OTHER_SHOPPER: ("{title} belongs to another loyalty card.",),
    R.CARD_NOT_SCANNED: ("Please scan the loyalty card for {title}.",),
    R.COUPON_NOT_PRESENTED: ("Please scan the printed coupon for {title}.",),
    R.ID_TOO_WEAK: ("{title} needs the card or the app; a phone number is not enough.",),
    R.ALREADY_REDEEMED: (
        "{title} can be used {times}, and it was. The last time was on {when}.",
        "{title} can be used {times}, and it was.",
        "This coupon was already used on {when} ({where}).",
        "This coupon was already used on {when}.",
        "This coupon was already used ({where}).",
        "This coupon was already used.",
    ),
    R.CLAIMED_ELSEWHERE: (
        "This coupon is being used right now ({where}).",
        "This coupon is being used right now at another till.",
    ),
    R.SERIAL_UNKNOWN: ("We cannot find this coupon's number.",),
    R.SERIAL_FORGED: ("We cannot accept this coupon: its number is not one of ours.",),
    R.CAP_PERSON: (
        "This month's limit for printed offers ({cap}) is reached.",
        "This month's limit for printed offers is reached.",
    ),
    R.CAP_CATEGORY: (
        "This month's limit for printed offers on {category} ({cap}) is reached.",
        "This month's limit for printed offers on this kind of product is reached.",
    ),
    R.QUIET_TIME: (
        "{title} is already printed: the coupon is valid until {out_until}.",
        "{title} was used a short time ago and can come again from {until}.",
        "{title} was used a short time ago.",
    ),
    R.RIVAL_BRAND: (
        "{title} is not printed beside {by_title}, a competing brand.",
        "{title} is not printed beside a competing brand's offer.",
    ),
    R.CONTACT_CAP: (
        "This week's limit for offers and messages ({cap}) is reached.",
        "This week's limit for offers and messages is reached.",
    ),
    R.BUDGET_EXHAUSTED: ("{title} was limited, and there are none left here.",),
    R.OUT_OF_STOCK: ("{title} is not printed, because we are out of stock.",),
    R.RECALLED: (
        "{product} was recalled: please do not sell it.",
        "{title} was withdrawn.",
    ),
    R.LOW_MOVER: ("{title} is not printed here, because the product sells slowly in this store.",),
    R.NO_PAPER_NEEDED: ("{title} needs no coupon: the card is enough.",),
    R.PICTURE_STALE: ("{title} is not printed, because the packaging has changed.",),
    R.NOT_APPROVED: (
        "{if_panel}{title} is on trial with a few shoppers only.",
        "{title} has not been released yet.",
    ),
    R.HOLDOUT: ("No new offer today.",),
    R.LEGAL_INFANT_FORMULA: ("By law, infant formula cannot be part of an offer.",),
    R.LEGAL_ALCOHOL: ("By law, alcohol cannot be part of this offer here.",),
    R.LEGAL_TOBACCO: ("By law, tobacco cannot be part of an offer.",),
    R.LEGAL_HFSS_VOLUME: ("By law, this product cannot be part of a multi-buy offer here.",),
    R.LEGAL_PRINT_ON_REQUEST: (
        "{if_never}This store prints no coupons.",
        "We print coupons on request: just ask.",
    ),
    R.OFFLINE_LIMIT: (
        "We cannot check this coupon at the moment. It stays valid: please try again later.",
    ),
    R.STALE_DATA: (
        "{if_stock}{title} is not printed, because we do not know how many are left.",
        "Nothing new is printed, because this till's data may be out of date.",
    ),
    R.OFFER_INVALID: ("{title} has a mistake in it and cannot be used. Headquarters knows.",),
    R.DECISION_LATE: ("The check took too long. The coupon stays valid.",),
    R.PRINTER_DOWN: ("The printer is not ready, so {title} was not printed.",),
    R.PRINT_UNKNOWN: ("Please check whether {title} was printed.",),
    R.RETURNED_LINE: (
        "{amount} of {title} went back with the returned items.",
        "{title} went back with the returned items.",
    ),
    R.OVERRIDDEN: ("{title} was changed by hand.",),
    R.GOODWILL: ("You get {amount} as goodwill.", "This was given as goodwill."),
}

PHRASES: dict[str, str | dict[str, str]] = {
    "printed": "{title}: printed for your next visit.",
    # near misses: what is missing, first with its name, then what else
    "need_units": {"one": "{n} more {set}", "other": "{n} more {set}"},
    "need_pieces": {"one": "{n} more piece of {set}", "other": "{n} more pieces of {set}"},
    "need_distinct": {"one": "{n} more kind of {set}", "other": "{n} more kinds of {set}"},
    "need_weight": "{weight} more of {set}",
    "need_money": "{money} more of {set}",
    "need_basket": "{money} more in the basket",
    "need_other": {"one": "Add {n} x {other}", "other": "Add {n} x {other}"},
    "also_distinct": {"one": "{n} of another kind", "other": "{n} of other kinds"},
    "also_weight": "at least {weight}",
    "also_money": "for {money} or more",
    "also_basket": "with {money} more in the basket in all",
    "also_other": {"one": "plus {n} x {other}", "other": "plus {n} x {other}"},
    "except": "any kind except {except}",
    "needs": "{first}, {more}",
    "then": "and you get {reward}",
    "then_percent": "and you get {reward}",
    "then_points": "and you get {reward}",
    "then_price_one": "and it costs only {price}",
    "then_price": "and they cost only {price} together",
    "then_cheapest": "and the cheapest one is free",
    "then_cheapest_percent": "and the cheapest one is {percent} off",
    "then_nth_free": "and the {nth} one is free",
    "then_nth_half": "and the {nth} one is half price",
    "then_nth_percent": "and the {nth} one is {percent} off",
    "then_it_free": "and it is free",
    "then_it_half": "and it is half price",
    "then_it_percent": "and it is {percent} off",
    # rewards, as a slip says them
    "percent": "{percent} off",
    "amount": "{amount} off",
    "per_kg": "{amount} off per kg",
    "price": "{price}",
    "price_of": "{n} for {price}",
    "cheapest": "cheapest one free",
    "cheapest_percent": "{percent} off the cheapest one",
    "n_for_m": "{n} for {m}",
    "nth_free": "{nth} one free",
    "nth_half": "{nth} one half price",
    "nth_percent": "{percent} off the {nth} one",
    "nth": {"one": "{n}st", "two": "{n}nd", "few": "{n}rd", "other": "{n}th"},
    "other_free": {"one": "a free {other}", "other": "{n} x {other} free"},
    "other_half": {"one": "{other} at half price", "other": "{n} x {other} at half price"},
    "other_percent": {"one": "{percent} off {other}", "other": "{percent} off {n} x {other}"},
    "points": {"one": "{n} point", "other": "{n} points"},
    "basket_percent": "{percent} off your shopping",
    "basket_amount": "{amount} off your shopping",
    "up_to": "{reward}, up to {max}",
    # facts inside a sentence
    "times": {"one": "once", "other": "{n} times"},
    "place": "store {store}, till {lane}",
    "comma": ", ",
    # a slip's other lines
    "counts": "{set}",
    "counts_units": {"one": "{n} x {set}", "other": "{n} x {set}"},
    "counts_pieces": {"one": "{n} piece of {set}", "other": "{n} pieces of {set}"},
    "counts_distinct": {"one": "{n} kind", "other": "{n} different kinds"},
    "counts_weight": "{weight} or more",
    "counts_spend": "from {spend}",
    "counts_basket": "when you spend {spend} in all",
    "anything": "your whole shopping",
    "not": "Not: {names}",
    "valid": "Valid until {day}",
    "valid_from": "Valid from {from} to {day}",
    "span": "{from} to {to}",
    "hours": "{from} to {to}",
    "once": "One use per coupon",
    "alone": "Not with other offers",
    "per_basket": {"one": "Once per shopping trip", "other": "At most {n} per shopping trip"},
    "per_shopper": {"one": "Once per shopper", "other": "At most {n} per shopper"},
    "first_n": {"one": "For the first {n} only", "other": "For the first {n} only"},
    # lines that the decision left out
    "left_out_unknown_product": "Line {line}: we do not know this product, so no offer counts it.",
    "left_out_quantity": "Line {line}: the quantity cannot be right, so no offer counts it.",
    "left_out_amount": "Line {line}: the amount cannot be right, so no offer counts it.",
    "left_out_currency": "Line {line}: this is another currency, so no offer counts it.",
}
