"""What an offer gives, in words: alone on a slip, and as the end of "one more, and ..."."""

from __future__ import annotations

from offers.conditions import text_of
from offers.model import (
    AmountOff,
    AmountOffPerKg,
    BasketAmountOff,
    BasketPercentOff,
    CheapestFree,
    FixedPrice,
    NForM,
    NthPercent,
    Offer,
    OtherReduced,
    PercentOff,
    Points,
)
from offers.speech import Speech, speech

HALF, ALL = 50, 100  # per cent that have a word of their own
NAMES = {  # the phrase of a reward that is one figure
    PercentOff: "percent",
    BasketPercentOff: "basket_percent",
    AmountOff: "amount",
    AmountOffPerKg: "per_kg",
    BasketAmountOff: "basket_amount",
}
LEADS = {PercentOff: "then_percent", BasketPercentOff: "then_percent", Points: "then_points"}


def reward_words(offer: Offer, language: str, currency: str) -> str:
    """Say what an offer gives: "20% off, up to 3.00 €", "3 for 2", "2nd one half price"."""
    voice = speech(language, currency)
    return _limited(_reward(offer, voice), offer, voice)


def then_words(offer: Offer, voice: Speech, what: str) -> str:
    """Say what follows when the missing is added; `what` "other": when the reduced product is."""
    return _limited(_then(offer, voice, what), offer, voice)


def _limited(words: str, offer: Offer, voice: Speech) -> str:
    most = getattr(offer.reward, "max_minor", None)
    return words if most is None else voice.say("up_to", reward=words, max=voice.money(most))


def _reward(offer: Offer, voice: Speech) -> str:
    match offer.reward:
        case PercentOff(n) | BasketPercentOff(n):
            return voice.say(NAMES[type(offer.reward)], percent=voice.percent(n))
        case AmountOff(minor) | AmountOffPerKg(minor) | BasketAmountOff(minor):
            return voice.say(NAMES[type(offer.reward)], amount=voice.money(minor))
        case Points(n):
            return voice.counted("points", n)
        case _:
            return _of_several(offer, voice)


def _of_several(offer: Offer, voice: Speech) -> str:
    quantity = offer.condition.min_quantity
    match offer.reward:
        case FixedPrice(minor) if quantity > 1:
            return voice.say("price_of", n=voice.number(quantity), price=voice.money(minor))
        case FixedPrice(minor):
            return voice.say("price", price=voice.money(minor))
        case NForM(m):
            return voice.say("n_for_m", n=voice.number(quantity), m=voice.number(m))
        case NthPercent(n):
            return _nth("", n, offer, voice)
        case OtherReduced(products, n, count):
            name = voice.value(text_of(products.title, voice.language))
            percent = voice.percent(n)
            return voice.counted(f"other_{_degree(n)}", count, other=name, percent=percent)
        case _:
            return voice.say("cheapest")


def _nth(lead: str, n: int, offer: Offer, voice: Speech) -> str:
    """Say "the 2nd one half price"; where no count decides, it is the cheapest."""
    quantity = offer.condition.min_quantity
    if quantity == 1:
        name = "cheapest" if n == ALL else "cheapest_percent"
        return voice.say(f"{lead}{name}", percent=voice.percent(n))
    nth = voice.rank(quantity)
    return voice.say(f"{lead}nth_{_degree(n)}", nth=nth, percent=voice.percent(n))


def _degree(percent: int) -> str:
    return {ALL: "free", HALF: "half"}.get(percent, "percent")


def _then(offer: Offer, voice: Speech, what: str) -> str:
    match offer.reward:
        case OtherReduced(_, n) if what == "other":
            return voice.say(f"then_it_{_degree(n)}", percent=voice.percent(n))
        case FixedPrice(minor):
            one = offer.condition.min_quantity == 1 and not offer.condition.min_spend_minor
            return voice.say("then_price_one" if one else "then_price", price=voice.money(minor))
        case CheapestFree():
            return voice.say("then_cheapest")
        case NthPercent(n):
            return _nth("then_", n, offer, voice)
        case _:
            lead = LEADS.get(type(offer.reward), "then")
            return voice.say(lead, reward=_reward(offer, voice))
