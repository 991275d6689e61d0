"""A verdict's evidence as pairs of words: what each fact is called, and how it is written. Pure."""

from __future__ import annotations

from datetime import datetime

from offers.conditions import text_of
from offers.model import Language, Offer
from offers.reasons import Evidence
from offers.speech import Speech, speech
from staff_help.words import EVIDENCE, spoken

Pairs = tuple[tuple[str, str], ...]
DAYS = frozenset({"starts", "ended", "until", "out_until", "when"})


def told(evidence: Evidence, offer: Offer | None, language: Language, currency: str) -> Pairs:
    """Give the facts that a cashier can use, in the order of the evidence; codes are left out."""
    voice, names = speech(language, currency), EVIDENCE[spoken(language)]
    return tuple(
        (names[key], words(key, value, offer, voice))
        for key, value in evidence.items()
        if key in names
    )


def words(key: str, value: str | int, offer: Offer | None, voice: Speech) -> str:
    """Write one fact: amounts, weights, numbers and days as the language has them."""
    if isinstance(value, int):
        return _number(key, value, voice)
    if key in DAYS:
        return _day(value, voice)
    if key == "where" and "/" in value:
        store, _, lane = value.partition("/")
        return voice.say("place", store=voice.value(store), lane=voice.value(lane))
    if key == "set" and offer is not None:
        value = text_of(offer.products.title, voice.language) or value
    return voice.value(value)


def _number(key: str, value: int, voice: Speech) -> str:
    if key.endswith("_minor"):
        return voice.money(value)
    return voice.weight(value) if key.endswith("_g") else voice.number(value)


def _day(value: str, voice: Speech) -> str:
    try:
        return voice.day(datetime.fromisoformat(value).date())
    except ValueError:
        return voice.value(value)
