"""Every kind of reward under every kind of condition: from the verdict to the words and the return."""

from __future__ import annotations

import itertools
import random

import msgspec
import pytest
from msgspec import structs

from offers.allocation import refund_minor, reverse
from offers.context import Context
from offers.contradictions import contradictions
from offers.decide import decide
from offers.model import (
    AmountOff,
    AmountOffPerKg,
    BasketAmountOff,
    BasketPercentOff,
    CheapestFree,
    Condition,
    Daypart,
    FixedPrice,
    NForM,
    NthPercent,
    Offer,
    OtherReduced,
    PercentOff,
    Points,
    ProductSet,
    Reward,
    Selector,
)
from offers.reasons import Reason
from offers.sentences import sentence, slip_words
from tests.offers.brute import brute_force, enough, kind, points_alone, units_of, uses_of
from tests.offers.test_decide_bytes import redeemed

LANGUAGES = ("en", "es", "de", "ar")
OWN, OTHER = ("1", "2", "3"), ("3", "4")  # product 3 is in both sets
REWARDS: dict[str, Reward] = {
    "percent": PercentOff(20),
    "percent, capped": PercentOff(50, 90),
    "amount": AmountOff(150),
    "price": FixedPrice(99),
    "n for m": NForM(1),
    "cheapest": CheapestFree(),
    "nth": NthPercent(50, 70),
    "per kg": AmountOffPerKg(120),
    "other free": OtherReduced(ProductSet({"en": "Tea"}, Selector(OTHER))),
    "others reduced": OtherReduced(ProductSet({"en": "Tea"}, Selector(OTHER)), 50, 2, 110),
    "points": Points(25),
    "basket amount": BasketAmountOff(200),
    "basket percent": BasketPercentOff(10, 95),
}
CONDITIONS = {
    "nothing": Condition(),
    "units": Condition(3),
    "pieces": Condition(4, count="pieces"),
    "kinds": Condition(2, min_distinct=2),
    "spend": Condition(min_spend_minor=400),
    "weight": Condition(min_weight_g=500),
    "basket": Condition(2, basket_min_minor=1000),
    "hours": Condition(2, dayparts=(Daypart((4,), 720, 780),)),
    "spend, kinds": Condition(2, min_spend_minor=500, min_distinct=2),
    "pieces, kinds": Condition(5, count="pieces", min_distinct=2),
    "weight, spend": Condition(2, min_spend_minor=450, min_weight_g=500),
    "all": Condition(4, 600, 1100, (Daypart((4,), 720, 780),), "pieces", 2, 700),
}
PAIRS = [(reward, condition) for reward in REWARDS for condition in CONDITIONS]


def of_pair(make, reward: str, condition: str) -> Offer:
    """Give the offer of a pair, used once a basket."""
    return make.offer("O1", OWN, reward=REWARDS[reward], condition=CONDITIONS[condition])


def refused(offer: Offer) -> bool:
    """Tell whether the pair makes no sense, and is refused by headquarters and lane."""
    return any(it.closes for it in contradictions(offer))


def products(make):
    return {gtin: make.product(gtin, pieces=3 if gtin == "3" else 1) for gtin in "1234"}


def baskets(make):
    """Give small baskets: up to three of 1, a bag of 2, up to two three-packs of 3, perhaps a 4."""
    for ones, bag, packs, fours in itertools.product((0, 1, 3), (0, 1), (0, 2), (0, 1)):
        lines = [
            make.line("A", "1", ones * 199 + 1, ones),
            make.line("B", "2", 431, weight_g=740),
            make.line("C", "3", packs * 250, packs),
            make.line("D", "4", 130),
        ]
        there = (ones, bag, packs, fours)
        yield [line for line, units in zip(lines, there, strict=True) if units]


def expected(offer: Offer, lines, known) -> tuple[str, int, int]:
    """Work out outcome, discount and points by trying everything."""
    units = units_of(lines, known)
    own = [unit for unit in units if unit[0] in OWN]
    rest = sum(unit[1] for unit in units)
    per_kg = kind(offer) == "AmountOffPerKg" and not offer.condition.min_weight_g
    if not own or (per_kg and not any(unit[3] for unit in own)):
        return "not_applied", 0, 0
    if not enough(offer.condition, own) or rest < offer.condition.basket_min_minor:
        return "near_miss", 0, 0
    if kind(offer) == "OtherReduced" and not uses_of(offer, units):
        return "near_miss", 0, 0
    if kind(offer) == "Points":
        return "applied", 0, points_alone(offer, lines, known)
    off = brute_force([offer], lines, known)
    return ("applied" if off else "not_applied"), off, 0


@pytest.mark.parametrize(("reward", "condition"), PAIRS)
def test_solver_near_miss_and_words_agree(make, reward, condition):
    """What can be used is used for its most, what cannot is said to be missing, in each language."""
    offer, known = of_pair(make, reward, condition), products(make)
    outcomes = set()
    for lines in baskets(make):
        decision = decide(make.context([offer], lines, products=known))
        (verdict,) = decision.verdicts
        said = {sentence(verdict, offer, language, "EUR") for language in LANGUAGES}
        assert len(said) == 4
        assert not any("{" in words or not words.strip() for words in said)
        if refused(offer):
            assert verdict.reason is Reason.OFFER_INVALID
            continue
        got = (verdict.outcome, decision.total_minor, decision.points)
        assert got == expected(offer, lines, known), lines
        outcomes.add(verdict.outcome)
    assert refused(offer) or "applied" in outcomes


@pytest.mark.parametrize(("reward", "condition"), PAIRS)
def test_the_slip_says_the_whole_condition(make, reward, condition):
    """No language leaves a gap; each number that is asked for stands in the words."""
    offer, known = of_pair(make, reward, condition), products(make)
    slips = [slip_words(offer, known, it, "EUR", make.today) for it in LANGUAGES]
    for slip in slips:
        assert slip.big
        assert slip.counts
        assert not any("{" in words for words in slip)
    asked, (english, *_) = offer.condition, slips
    wanted = [
        (str(asked.min_quantity), asked.min_quantity > 1),
        (str(asked.min_distinct), asked.min_distinct > 1),
        (f"{asked.min_spend_minor / 100:.2f}", asked.min_spend_minor),
        (f"{asked.basket_min_minor / 100:.2f}", asked.basket_min_minor),
        (f"{asked.min_weight_g} g", asked.min_weight_g),
    ]
    for number, is_asked in wanted:
        assert not is_asked or number in english.counts
    assert not asked.dayparts or "12:00" in english.validity


@pytest.mark.parametrize("reward", REWARDS)
def test_outside_its_hours_every_reward_waits(make, reward):
    """One minute before, and on another day of the week."""
    offer = of_pair(make, reward, "hours")
    for moment in (structs.replace(make.noon, minute=719), structs.replace(make.noon, weekday=5)):
        facts = make.context([offer], list(baskets(make))[-1], moment=moment)
        assert decide(facts).verdicts[0].reason is Reason.WRONG_DAYPART


@pytest.mark.parametrize(("reward", "condition"), PAIRS)
def test_what_is_sold_can_be_stored_and_brought_back(make, reward, condition):
    """The facts read back give the same bytes; line by line in any order all that was given comes back."""
    offer, lines = of_pair(make, reward, condition), list(baskets(make))[-1]
    facts = make.context([offer], lines, products=products(make))
    decision = decide(facts)
    stored = msgspec.json.decode(msgspec.json.encode(facts), type=Context)
    again = decide(stored)
    assert msgspec.json.encode(again) == msgspec.json.encode(decision)
    sale, ids = redeemed(decision), [line.line_id for line in lines]
    before, off, points, refund = frozenset(), 0, 0, 0
    for line_id in random.Random(condition).sample(ids, len(ids)):
        now = frozenset({line_id})
        back = reverse(sale, tuple(lines), before, now)
        off += sum(it.amount_minor for it in back)
        points += sum(it.points for it in back)
        refund += refund_minor(sale, tuple(lines), before, now)
        before |= now
    assert (off, points) == (decision.total_minor, decision.points)
    assert refund == sum(line.amount_minor for line in lines) - off
