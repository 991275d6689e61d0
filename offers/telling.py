"""Evidence in words: each fact that a sentence may ask for, from the key it comes from."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from offers.conditions import text_of
from offers.model import Offer, OtherReduced
from offers.promises import reward_words, then_words
from offers.reasons import Evidence
from offers.speech import Speech


class Telling(NamedTuple):
    """What is told of: the evidence of one verdict, its offer, and the language to say it in."""

    evidence: Evidence
    offer: Offer
    voice: Speech

    def fact(self, name: str) -> str | None:
        """Give a fact in words, or None where the evidence has none. What only asks gives ""."""
        if name in ALWAYS:
            return ALWAYS[name](self)
        if name in ASKED:
            return "" if self._holds(name.removeprefix("if_"), ASKED[name]) else None
        keys, words = FACTS[name]
        value = next((self.evidence[key] for key in keys if self.evidence.get(key)), None)
        return None if value is None else words(self, value) or None

    def _holds(self, wanted: str, keys: tuple[str, ...]) -> bool:
        return any(
            wanted == self.evidence.get(key) if key in CHOICES else key in self.evidence
            for key in keys
        )

    def count(self, key: str) -> int:
        """Give a number of the evidence; 0 where there is none."""
        value = self.evidence.get(key)
        return value if isinstance(value, int) else 0


Words = Callable[[Telling, str | int], str]
CHOICES = ("what", "mode")  # keys whose value is one of a few words
ASKED: dict[str, tuple[str, ...]] = {
    "if_instead": ("instead",),
    "if_lane": ("lane", "lanes"),
    "if_never": ("mode",),
    "if_panel": ("what",),
    "if_stock": ("what",),
}


def _name(telling: Telling, value: str | int) -> str:
    return telling.voice.value(str(value))


def _amount(telling: Telling, value: str | int) -> str:
    return telling.voice.money(value) if isinstance(value, int) else ""


def _number(telling: Telling, value: str | int) -> str:
    return telling.voice.number(value) if isinstance(value, int) else ""


def _times(telling: Telling, value: str | int) -> str:
    return telling.voice.counted("times", value) if isinstance(value, int) else ""


def _points(telling: Telling, value: str | int) -> str:
    return telling.voice.counted("points", value) if isinstance(value, int) else ""


def _day(telling: Telling, value: str | int) -> str:
    try:
        return telling.voice.day(datetime.fromisoformat(str(value)).date())
    except ValueError:
        return _name(telling, value)


def _place(telling: Telling, value: str | int) -> str:
    store, slash, lane = str(value).partition("/")
    if not slash:
        return _name(telling, value)
    return telling.voice.say("place", store=_name(telling, store), lane=_name(telling, lane))


def _category(telling: Telling, value: str | int) -> str:
    return _name(telling, str(value).rpartition("/")[2])


def _hours(telling: Telling, value: str | int) -> str:
    until = telling.evidence.get("to")
    days = str(telling.evidence.get("weekdays", "")).split(", ")
    named = tuple(int(day) for day in days if day.isdecimal() and int(day) < 7)
    return telling.voice.hours(str(value), str(until), named) if until else ""


def _title(telling: Telling) -> str:
    return telling.voice.value(
        text_of(telling.offer.title, telling.voice.language) or telling.offer.offer_id
    )


def _set(telling: Telling, value: str | int) -> str:
    """Name the set in the language that is spoken; the evidence has it in the store's."""
    title = text_of(telling.offer.products.title, telling.voice.language) or str(value)
    return telling.voice.value(title) if title else telling.voice.say("anything")


NEEDS = (  # the key of the evidence, and the kind of need that it tells of
    ("missing", "units"),
    ("missing_pieces", "pieces"),
    ("missing_distinct", "distinct"),
    ("missing_g", "weight"),
    ("missing_minor", "money"),
    ("missing_other", "other"),
)
BESIDE = ("distinct", "weight", "money", "basket", "other")  # what may be said after another need


def _needs(telling: Telling, _: str | int) -> str:
    """Say what is missing: first with the name of its set, then what else must be true of it."""
    wanted = [(key, _kind(telling, kind)) for key, kind in NEEDS if telling.count(key) > 0]
    if not wanted:
        return ""
    voice, (key, kind) = telling.voice, wanted[0]
    first = _need(telling, f"need_{kind}", key)
    more = [_need(telling, f"also_{it}", key) for key, it in wanted[1:] if it in BESIDE]
    if excluded := telling.evidence.get("except"):
        more.append(voice.say("except", **{"except": _name(telling, excluded)}))
    return voice.say("needs", first=first, more=voice.join(more)) if more else first


def _kind(telling: Telling, kind: str) -> str:
    what = telling.evidence.get("what")
    if kind == "units" and what == "other":
        return "other"
    return "basket" if kind == "money" and what == "basket" else kind


def _need(telling: Telling, name: str, key: str) -> str:
    voice, n = telling.voice, telling.count(key)
    if name.endswith("weight"):
        return voice.say(name, weight=voice.weight(n), set=_set(telling, ""))
    if name.endswith(("money", "basket")):
        return voice.say(name, money=voice.money(n), set=_set(telling, ""))
    return voice.counted(name, n, set=_set(telling, ""), other=_other(telling))


def _other(telling: Telling) -> str:
    """Name the second set in the language that is spoken."""
    reward, given = telling.offer.reward, str(telling.evidence.get("other", ""))
    title = ""
    if isinstance(reward, OtherReduced):
        title = text_of(reward.products.title, telling.voice.language)
    return telling.voice.value(title or given) or _set(telling, "")


def _reward(telling: Telling) -> str:
    return reward_words(telling.offer, telling.voice.language, telling.voice.currency)


def _then(telling: Telling) -> str:
    return then_words(telling.offer, telling.voice, str(telling.evidence.get("what", "")))


ALWAYS: dict[str, Callable[[Telling], str]] = {"title": _title, "reward": _reward, "then": _then}
FACTS: dict[str, tuple[tuple[str, ...], Words]] = {
    "amount": (("amount_minor",), _amount),
    "by_title": (("by_title",), _name),
    "cap": (("cap",), _number),
    "category": (("category",), _category),
    "ended": (("ended",), _day),
    "hours": (("from",), _hours),
    "needs": (tuple(key for key, _ in NEEDS), _needs),
    "out_until": (("out_until",), _day),
    "points": (("points",), _points),
    "product": (("product",), _name),
    "set": (("set",), _set),
    "starts": (("starts",), _day),
    "times": (("max_uses", "limit"), _times),
    "until": (("until",), _day),
    "variant": (("variant",), _name),
    "when": (("when",), _day),
    "where": (("where",), _place),
}
