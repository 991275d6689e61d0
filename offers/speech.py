"""A language as it is spoken in one store: its phrases, and values put so that they lie right."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from offers.bidi import isolated, runs_right_to_left
from offers.hours import clock_time
from offers.model import Daypart
from offers.money import day, known_language, money, number, pattern_of, percent, weight
from offers.wordings import counted, phrase, ranked

DAYS_A_WEEK, RUN = 7, 3  # days in a row from which on "Mon to Wed" is said
WHOLE_DAY = (0, 1440)


class Speech:
    """Says phrases, amounts and names; in a right-to-left language each value is isolated."""

    def __init__(self, language: str, currency: str) -> None:
        self.language = language
        self.currency = currency
        self._base = known_language(language)
        self._isolating = runs_right_to_left(self._base)

    def value(self, text: str) -> str:
        """Put a name or a figure in a sentence."""
        return isolated(text) if self._isolating else text

    def say(self, name: str, **facts: str) -> str:
        """Say a phrase."""
        return phrase(self._base, name, facts)

    def counted(self, name: str, n: int, **facts: str) -> str:
        """Say a phrase that goes by a count."""
        return counted(self._base, name, n, {"n": self.number(n), **facts})

    def rank(self, n: int) -> str:
        """Say a place in a row: "2nd"."""
        return ranked(self._base, "nth", n, {"n": str(n)})

    def money(self, minor: int) -> str:
        """Say an amount."""
        return self.value(money(minor, self.language, self.currency))

    def percent(self, n: int) -> str:
        """Say a percentage."""
        return self.value(percent(n, self.language, self.currency))

    def weight(self, grams: int) -> str:
        """Say a weight."""
        return self.value(weight(grams, self.language, self.currency))

    def number(self, n: int) -> str:
        """Say a whole number."""
        return number(n, self.language, self.currency)

    def day(self, value: date) -> str:
        """Say a date."""
        return self.value(day(value, self.language, self.currency))

    def join(self, parts: Iterable[str]) -> str:
        """Put parts in a row."""
        return self.say("comma").join(parts)

    def hours(self, since: str, until: str, weekdays: tuple[int, ...] = ()) -> str:
        """Say when something holds: "Mon to Fri 17:00 to 19:00"; times are as a clock shows them."""
        days = self._days(weekdays)
        if days and (since, until) == tuple(map(clock_time, WHOLE_DAY)):
            return days
        facts = {"from": self.value(since), "to": self.value(until)}
        return " ".join(part for part in (days, self.say("hours", **facts)) if part)

    def daypart(self, part: Daypart) -> str:
        """Say a daypart."""
        return self.hours(clock_time(part.from_minute), clock_time(part.to_minute), part.weekdays)

    def _days(self, weekdays: tuple[int, ...]) -> str:
        """Name days of the week, three in a row by the first and the last; none where it is all."""
        days = sorted(set(weekdays))
        if len(days) in (0, DAYS_A_WEEK):
            return ""
        names = pattern_of(self.language, self.currency).weekdays
        if len(days) >= RUN and days[-1] - days[0] == len(days) - 1:
            return self.say("span", **{"from": names[days[0]], "to": names[days[-1]]})
        return self.join(names[one] for one in days)


@lru_cache(64)
def speech(language: str, currency: str) -> Speech:
    """Give the speech of a language and a currency; it is kept."""
    return Speech(language, currency)
