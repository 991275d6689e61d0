"""Write `docs/sentences.md`: every sentence in every language, said of one example each.

`python tools/list_sentences.py`; a test holds the page to what is said today. Each wording is said
once at least, so that a change of words is read where it is seen: in the page's difference.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import get_args, get_type_hints

from offers.basket import LeftOut
from offers.model import (
    AmountOff,
    AmountOffPerKg,
    BasketAmountOff,
    BasketPercentOff,
    CampaignId,
    CheapestFree,
    Condition,
    CouponNumber,
    Daypart,
    FixedPrice,
    Gtin,
    NForM,
    NthPercent,
    Offer,
    OfferId,
    OtherReduced,
    PercentOff,
    Points,
    Product,
    ProductSet,
    Reward,
    Selector,
    Texts,
)
from offers.money import SPOKEN
from offers.promises import reward_words
from offers.reasons import Evidence, Outcome, Reason, Verdict
from offers.sentences import left_out_sentence, sentence, slip_words

sys.path.insert(0, str(Path(__file__).parent.parent))

from tools.list_page_words import page_words

WHYS = get_args(get_type_hints(LeftOut)["why"])
TARGET = Path(__file__).parent.parent / "docs" / "sentences.md"
R = Reason


def _texts(en: str, es: str, de: str, ar: str) -> Texts:
    return dict(zip(SPOKEN, (en, es, de, ar), strict=True))


TITLE = _texts(
    "1.00 off Alpro yogurt",
    "1,00 menos en yogur Alpro",
    "1,00 Rabatt auf Alpro-Joghurt",
    "خصم 1.00 على زبادي Alpro",
)
YOGURT = _texts(
    "Alpro yogurt 500 g", "yogur Alpro 500 g", "Alpro-Joghurt 500 g", "زبادي Alpro 500 g"
)
CROISSANT = _texts(
    "butter croissant", "cruasán de mantequilla", "Buttercroissant", "كرواسون بالزبدة"
)
OTHER = ProductSet(CROISSANT, Selector((Gtin("2"),)))
PRODUCT = {"gtin": "09520000001018", "product": "Alpro yogurt Coconut 500 g", "set": "Alpro"}
WINNER = {"by": "O2", "by_title": "Yogurt week", "total_minor": 300}

EXAMPLES: Mapping[Reason, Sequence[Evidence]] = {
    R.APPLIED: (
        {"amount_minor": 100, "points": 50},
        {"amount_minor": 100, "units": 1, "uses": 1},
        {"points": 50},
        {},
    ),
    R.NEAR_MISS_QTY: (
        {"missing": 1, "set": "Alpro", "except": "Coconut"},
        {"missing": 2, "set": "Alpro"},
        {"missing_pieces": 4, "set": "Alpro"},
        {"missing_distinct": 1, "set": "Alpro"},
        {"missing_g": 250, "set": "Alpro"},
        {"missing": 3, "missing_distinct": 1, "missing_minor": 250, "set": "Alpro", "what": "set"},
        {"missing": 12, "missing_other": 1, "missing_g": 1250, "set": "Alpro", "other": "butter"},
        {"missing": 1, "what": "other", "other": "butter croissant", "set": "Alpro"},
        {},
    ),
    R.NEAR_MISS_VALUE: (
        {"missing_minor": 250, "set": "Alpro", "what": "set", "except": "Coconut, Vanilla"},
        {"missing_minor": 250, "set": "Alpro", "what": "basket"},
        {},
    ),
    R.NO_QUALIFYING_ITEM: ({"set": "Alpro"}, {}),
    R.EXCLUDED_VARIANT: ({**PRODUCT, "variant": "Coconut"}, {}),
    R.CONSUMED_BY_OTHER_OFFER: (WINNER, {}),
    R.NOT_COMBINABLE: ({"by": "O1", "max_uses": 2}, WINNER, {}),
    R.BETTER_OFFER_CHOSEN: ({"by": "", "instead": "price"}, WINNER, {"cap": 3}, {}),
    R.MASS_PROMO_CLASH: (PRODUCT, {"gtin": "09520000001018"}),
    R.NOT_STARTED: ({"starts": "2026-11-21"}, {}),
    R.EXPIRED: ({"ended": "2026-11-19"}, {}),
    R.WRONG_STORE: ({"groups": "self", "lane": "L1"}, {"store": "s001", "stores": "s002"}),
    R.WRONG_DAYPART: (
        {"from": "17:00", "to": "19:00"},
        {"from": "08:00", "to": "12:00", "weekdays": "0, 1, 2, 3, 4"},
        {"from": "00:00", "to": "24:00", "weekdays": "1, 5"},
        {},
    ),
    R.NOT_ASSIGNED: ({"what": "panel"}, {}),
    R.OTHER_SHOPPER: ({},),
    R.CARD_NOT_SCANNED: ({},),
    R.COUPON_NOT_PRESENTED: ({},),
    R.ID_TOO_WEAK: ({},),
    R.ALREADY_REDEEMED: (
        {"max_uses": 1, "when": "2026-11-19"},
        {"limit": 3, "times": 3},
        {"when": "2026-11-19T18:05:00+00:00", "where": "s002/L1"},
        {"when": "2026-11-19T18:05:00+00:00"},
        {"where": "s002/L1"},
        {},
    ),
    R.CLAIMED_ELSEWHERE: ({"where": "s001/L2"}, {}),
    R.SERIAL_UNKNOWN: ({},),
    R.SERIAL_FORGED: ({},),
    R.CAP_PERSON: ({"cap": 8}, {}),
    R.CAP_CATEGORY: ({"cap": 2, "category": "dairy/yogurt"}, {}),
    R.QUIET_TIME: ({"out_until": "2026-11-30"}, {"until": "2026-11-27"}, {}),
    R.RIVAL_BRAND: ({"by": "O2", "by_title": "Oatly week"}, {"by": "O2"}),
    R.CONTACT_CAP: ({"cap": 20}, {}),
    R.BUDGET_EXHAUSTED: ({"most": 1000, "what": "issues"},),
    R.OUT_OF_STOCK: ({"gtin": "09520000001018", "on_hand": 0},),
    R.RECALLED: (PRODUCT, {"what": "offer"}),
    R.LOW_MOVER: ({"gtin": "09520000001018", "least": 8, "sold": 2},),
    R.NO_PAPER_NEEDED: ({},),
    R.PICTURE_STALE: ({"on_shelf": 2, "pictured": 1},),
    R.NOT_APPROVED: ({"what": "panel"}, {}),
    R.HOLDOUT: ({},),
    R.LEGAL_INFANT_FORMULA: ({"gtin": "09520000001018"},),
    R.LEGAL_ALCOHOL: ({"gtin": "09520000001018"},),
    R.LEGAL_TOBACCO: ({"gtin": "09520000001018"},),
    R.LEGAL_HFSS_VOLUME: ({"gtin": "09520000001018"},),
    R.LEGAL_PRINT_ON_REQUEST: ({"mode": "never"}, {"mode": "on_request"}),
    R.OFFLINE_LIMIT: ({},),
    R.STALE_DATA: ({"gtin": "09520000001018", "what": "stock"}, {"what": "clock"}),
    R.OFFER_INVALID: ({"field": "condition", "what": "it asks for more than there can be"},),
    R.DECISION_LATE: ({},),
    R.PRINTER_DOWN: ({},),
    R.PRINT_UNKNOWN: ({},),
    R.RETURNED_LINE: ({"amount_minor": 100}, {}),
    R.OVERRIDDEN: ({},),
    R.GOODWILL: ({"amount_minor": 100}, {}),
}

REWARDS: tuple[tuple[Reward, Condition], ...] = (
    (PercentOff(20), Condition()),
    (PercentOff(20, 300), Condition()),
    (AmountOff(100), Condition(min_quantity=2)),
    (AmountOffPerKg(150), Condition()),
    (FixedPrice(199), Condition()),
    (FixedPrice(500), Condition(min_quantity=3)),
    (CheapestFree(), Condition(min_quantity=4)),
    (NForM(2), Condition(min_quantity=3)),
    (NthPercent(100), Condition(min_quantity=2)),
    (NthPercent(50), Condition(min_quantity=2)),
    (NthPercent(30), Condition(min_quantity=3)),
    (NthPercent(100), Condition(min_spend_minor=500)),
    (NthPercent(30), Condition(min_spend_minor=500)),
    (OtherReduced(OTHER), Condition(min_quantity=2)),
    (OtherReduced(OTHER, 50), Condition()),
    (OtherReduced(OTHER, 30, 2), Condition()),
    (Points(250), Condition()),
    (BasketAmountOff(500), Condition(basket_min_minor=5000)),
    (BasketPercentOff(5), Condition(basket_min_minor=5000)),
)
AMOUNT = AmountOff(100)
SLIP = Condition(
    min_quantity=2,
    min_spend_minor=400,
    basket_min_minor=2000,
    min_distinct=2,
    dayparts=(Daypart((0, 1, 2, 3, 4), 1020, 1140),),
)
NOT_SOLD = {Gtin("3"): Product(Gtin("3"), "Alpro yogurt", "Alpro", "dairy/yogurt", "Coconut")}

HEAD = """# Sentences

Every sentence that a shopper or a cashier may read, said of one example each; below them the dispute scripts and the words of the cashier's page.
Written by `tools/list_sentences.py` from `offers/words_en.py`, `staff_help/` and their neighbours; do not edit it here. [reasons.md](reasons.md) says what the codes mean and who may see them.

An amount and its sign are held together by a blank that may not end a line (U+00A0). In Arabic, names and figures stand in marks that isolate
them (U+2068, U+2069), and digits are 0 to 9, as on the keypads, codes and displays of tills everywhere.
"""


def offer(reward: Reward = AMOUNT, condition: Condition = SLIP) -> Offer:
    """Make the example: an offer on Alpro yogurt, without Coconut."""
    whole = isinstance(reward, BasketAmountOff | BasketPercentOff)
    products = ProductSet({} if whole else YOGURT, Selector((Gtin("1"),)), Selector((Gtin("3"),)))
    return Offer(
        offer_id=OfferId("O1"),
        version=1,
        campaign_id=CampaignId("C1"),
        objective="value",
        title=TITLE,
        products=products,
        condition=condition,
        reward=reward,
        starts=date(2026, 11, 1),
        ends=date(2026, 11, 30),
        use="coupon",
        coupon_number=CouponNumber("9800000000014"),
        max_uses_per_basket=2,
        max_uses_per_shopper=3,
        max_redemptions=1000,
        combinable=False,
    )


def verdict(reason: Reason, evidence: Evidence) -> Verdict:
    """Make a verdict of that reason, with the outcome that it mostly has."""
    outcome: Outcome = (
        "near_miss" if reason in (R.NEAR_MISS_QTY, R.NEAR_MISS_VALUE) else "not_applied"
    )
    return Verdict(OfferId("O1"), 1, outcome, reason, evidence)


def listed() -> str:
    """Give the page's text."""
    said = [*_reasons(), *_rewards(), *_slips(), *_left_out(), *page_words()]
    return "\n".join([HEAD, *said]).rstrip() + "\n"


def _table(*columns: str) -> Iterator[str]:
    yield f"| {' | '.join(columns)} |"
    yield f"|{'---|' * len(columns)}"


def _reasons() -> Iterator[str]:
    for reason in Reason:
        yield f"## {reason.value}\n"
        yield from _table("evidence", *SPOKEN)
        for evidence in EXAMPLES[reason]:
            shown = ", ".join(f"`{key}` {value}" for key, value in evidence.items() if value != "")
            said = [sentence(verdict(reason, evidence), offer(), it, "EUR") for it in SPOKEN]
            yield f"| {shown} | {' | '.join(said)} |"
        yield ""


def _rewards() -> Iterator[str]:
    yield "## Rewards\n"
    yield "What a slip prints large, and what a shopper hears who is one item short.\n"
    yield from _table("", *SPOKEN)
    for reward, condition in REWARDS:
        it = offer(reward, condition)
        name = type(reward).__name__
        large = [reward_words(it, language, "EUR") for language in SPOKEN]
        yield f"| {name} | {' | '.join(large)} |"
        near: Evidence = {"missing": 1, "set": "Alpro"}
        if isinstance(reward, OtherReduced):
            near = {"missing": reward.quantity, "what": "other", "other": "butter croissant"}
        if isinstance(reward, BasketAmountOff | BasketPercentOff):
            near = {"missing_minor": 250, "what": "basket"}
        short = verdict(R.NEAR_MISS_QTY, near)
        said = [sentence(short, it, language, "EUR") for language in SPOKEN]
        yield f"| | {' | '.join(said)} |"
    yield ""


def _slips() -> Iterator[str]:
    yield "## A slip\n"
    yield from _table("", *SPOKEN)
    words = [
        slip_words(offer(), NOT_SOLD, it, "EUR", date(2026, 11, 30), date(2026, 11, 20))
        for it in SPOKEN
    ]
    for name in words[0]._fields:
        yield f"| {name} | {' | '.join(getattr(one, name) for one in words)} |"
    printed = Verdict(OfferId("O1"), 1, "printed", R.APPLIED)
    said = [sentence(printed, offer(), it, "EUR") for it in SPOKEN]
    yield f"| on the screen | {' | '.join(said)} |"
    yield ""


def _left_out() -> Iterator[str]:
    yield "## Lines that were left out\n"
    yield from _table("", *SPOKEN)
    for why in WHYS:
        said = [left_out_sentence(LeftOut("3", why), language) for language in SPOKEN]
        yield f"| {why} | {' | '.join(said)} |"


if __name__ == "__main__":
    TARGET.write_text(listed(), encoding="utf-8")
