"""Which form of a phrase goes with a number: the CLDR rules of `offers.number_patterns`."""

from __future__ import annotations

from functools import lru_cache

from offers.number_patterns import ORDINALS, PLURALS, Rules

KEPT = 4096


@lru_cache(KEPT)
def plural(language: str, n: int) -> str:
    """Give the plural category of a whole number: "one", "few", "other"."""
    return _category(PLURALS[language], abs(n))


@lru_cache(KEPT)
def ordinal(language: str, n: int) -> str:
    """Give the category of a rank: of 1st, 2nd, 3rd and 4th in English, each its own."""
    return _category(ORDINALS[language], abs(n))


def forms(language: str) -> frozenset[str]:
    """Give the plural categories that whole numbers have in a language."""
    return frozenset((*(category for category, _ in PLURALS[language]), "other"))


def ordinal_forms(language: str) -> frozenset[str]:
    """Give the categories that ranks have in a language."""
    return frozenset((*(category for category, _ in ORDINALS[language]), "other"))


def _category(rules: Rules, n: int) -> str:
    for category, alternatives in rules:
        for clauses in alternatives:
            if all(
                _holds(n % modulus if modulus else n, ranges) is wanted
                for modulus, ranges, wanted in clauses
            ):
                return category
    return "other"


def _holds(n: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(low <= n <= high for low, high in ranges)
